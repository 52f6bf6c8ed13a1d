"""A page a command, from what click knows of it."""

from __future__ import annotations

from collections.abc import Iterator

import click
from docs.site.text import anchor, code, inert, markdown

from steplint.cli.main import COMMANDS, cli

__all__ = ["nav", "pages"]


def pages() -> dict[str, str]:
    """Path → page: the list of commands, and each command."""
    context = click.Context(cli, info_name="steplint", **cli.context_settings)
    made = {"commands/index.md": _index(context)}
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        made[f"commands/{name}.md"] = _page(command, click.Context(command, info_name=name, parent=context))
    return made


def nav() -> list[dict[str, str]]:
    """The navigation below “Commands”."""
    return [{"All commands": "commands/index.md"}, *({name: f"commands/{name}.md"} for name in COMMANDS)]


def _index(context: click.Context) -> str:
    lines = ["# Commands", "", markdown(cli.get_short_help_str(200)), "", f"`{_usage(cli, context)}`", ""]
    lines += ["| command | |", "|---|---|"]
    lines += [f"| [{name}]({name}.md) | {markdown(told)} |" for name, (_, told) in COMMANDS.items()]
    lines += ["", *_options(cli, context)]
    lines += [
        "",
        "`steplint COMMAND --help` says the same as the pages of the commands. [Start](../start.md) tells the exit codes.",
    ]
    return "\n".join(lines) + "\n"


def _page(command: click.Command, context: click.Context) -> str:
    lines = [f"# steplint {context.info_name}", ""]
    for part in _paragraphs(command.help or ""):
        lines += [part, ""]
    lines += ["```sh", _usage(command, context), "```", "", *_options(command, context), ""]
    for part in _paragraphs(command.epilog or ""):
        lines += [part, ""]
    return "\n".join(lines)


def _usage(command: click.Command, context: click.Context) -> str:
    return " ".join([context.command_path, *command.collect_usage_pieces(context)])


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    yield "## Options"
    yield ""
    yield '<dl class="options">'
    for option in command.get_params(context):
        record = option.get_help_record(context) if isinstance(option, click.Option) else None
        if record is not None:
            name = max(option.opts, key=len)
            yield f'<dt id="{anchor(name)}">{code(record[0])}</dt>'
            yield f"<dd>{inert(record[1])}</dd>"
    yield "</dl>"


def _paragraphs(text: str) -> Iterator[str]:
    """Paragraphs of a help text; those after a \\b keep their lines."""
    for part in text.strip().split("\n\n"):
        if part.lstrip().startswith("\b"):
            yield "```text\n" + part.strip().removeprefix("\b").strip("\n") + "\n```"
        else:
            yield markdown(part)
