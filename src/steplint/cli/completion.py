"""`steplint completion`: click's own script, so that a shell completes commands, options and their values."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from steplint.cli.host import Host
from steplint.cli.options import Word
from steplint.errors import UsageError

WHERE = {
    "bash": "add it to ~/.bashrc",
    "zsh": "add it to ~/.zshrc",
    "fish": "save it as ~/.config/fish/completions/steplint.fish",
}


@click.command("completion", short_help="Print the script that completes steplint in a shell.")
@click.argument("shell", type=Word(tuple(WHERE), "shell"))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the completion script of a shell: bash (add it to ~/.bashrc), zsh (~/.zshrc) or fish."""
    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"no completion for {shell}", hint=f"it is one of {', '.join(WHERE)}")
    host = context.find_object(Host)
    root = context.find_root().command
    script = kind(root, {}, "steplint", "_STEPLINT_COMPLETE").source()
    assert host is not None
    host.stdout.write(f"{script}\n".encode())
    host.note(f"For {shell}: {WHERE[shell]}.")
    return 0
