"""`steplint`: finds the command, and turns whatever happens into an exit code and at most one line."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click
from click.shell_completion import shell_complete

from steplint import __version__
from steplint.cli.host import Host
from steplint.errors import SteplintError, UsageError, nearest
from steplint.reporters.safe import safe_text

__all__ = ["COMMANDS", "main"]

FOUND, USAGE, BUG, INTERRUPTED = 1, 2, 70, 130

#: Command → (module, one line of help). Modules are imported when their command runs; a test holds the lines equal.
COMMANDS = {
    "init": ("init", "Write a configuration to start from."),
    "check": ("check", "Lint exports and playbooks."),
    "parse": ("parse", "Print what next steps say, one JSON object a record."),
    "why": ("why", "Explain one record: its reading, every rule, which sub-condition held."),
    "rules": ("rules", "List the rules."),
    "rule": ("rule", "Explain one rule."),
    "test-rules": ("test_rules", "Run the examples in rule files."),
    "new-rule": ("new_rule", "Write a rule file to start from."),
    "pull": ("pull", "Write the records of a CRM or database to a file."),
    "write-back": ("write_back", "Write findings back to a CRM, as tasks or fields."),
    "baseline": ("baseline", "Accept today's findings."),
    "suppress": ("suppress", "Excuse a finding on a record, with a reason."),
    "config": ("config", "Show the effective configuration and where each value comes from."),
    "schema": ("schema", "Print the JSON Schema of a kind of file."),
    "completion": ("completion", "Print the script that completes steplint in a shell."),
}


class Commands(click.Group):
    """Imports a command when it is asked for, so that `--help` and `--version` stay fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"steplint.cli.{COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            # `steplint deals.csv` is the commonest slip.
            a_file = "." in args[0] or os.sep in args[0]
            close = f"steplint check {args[0]}" if a_file else nearest(args[0], COMMANDS)
            hint = f"did you mean {close}?" if close else f"commands are {', '.join(COMMANDS)}"
            raise UsageError(f"there is no command {args[0]!r}", hint=hint) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.version_option(__version__, prog_name="steplint", message="%(prog)s %(version)s")
def cli() -> None:
    """A linter for CRM next steps: who will do what by when, with help from whom."""


def main(argv: Sequence[str] | None = None, host: Host | None = None) -> int:
    """Run a command line; the exit code. Errors that a user can cause are one line on standard error."""
    own = host is None
    host = host or Host.real()
    args = list(sys.argv[1:] if argv is None else argv)
    if own and (instruction := host.env.get("_STEPLINT_COMPLETE")):
        return shell_complete(cli, {}, "steplint", "_STEPLINT_COMPLETE", instruction)
    if own:
        # Read by the allocator when polars is imported. Batches free and take the same memory again and again: kept for ten
        # seconds rather than given back at once, a run has half the page faults and takes a tenth less time.
        os.environ.setdefault("_RJEM_MALLOC_CONF", "narenas:3,dirty_decay_ms:10000,muzzy_decay_ms:10000")
    try:
        # Not click's own main: it answers a closed pipe and Ctrl-C in ways of its own.
        with cli.make_context("steplint", args, obj=host) as context:
            result = cli.invoke(context)
        host.stdout.flush()
    except BaseException as error:  # panics of polars are BaseExceptions
        code = _failed(error, host)
        if own and code == INTERRUPTED:
            # At once: the threads that still judge a batch have nothing left to tell anybody.
            os._exit(code)
        return code
    return result if isinstance(result, int) else 0


def _failed(error: BaseException, host: Host) -> int:
    from steplint.reporters.sink import OutputClosed, describe

    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        host.stderr.write(f"{error.format_message()}\n".encode())
        return USAGE
    if isinstance(error, click.ClickException):
        return _say(host, _one_line(error.format_message()), USAGE)
    if isinstance(error, SteplintError):
        return _say(host, error.render(), error.exit_code)
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return _say(host, "interrupted", INTERRUPTED)
    if isinstance(error, OutputClosed | BrokenPipeError):
        _mute()
        return 0
    if isinstance(error, OSError):
        return _say(host, describe(error), USAGE)
    return _bug(error, host)


def _bug(error: BaseException, host: Host) -> int:
    if host.env.get("STEPLINT_DEBUG"):
        host.stderr.write(safe_text("".join(traceback.format_exception(error)), keep="\n").encode())
    what = " ".join(str(error).split())[:200]
    told = f"{type(error).__name__}: {what}" if what else type(error).__name__
    hint = "this is a bug in steplint; please report it with the output of the same command under STEPLINT_DEBUG=1"
    return _say(host, f"{told}; {hint}", BUG)


def _say(host: Host, text: str, code: int) -> int:
    with contextlib.suppress(OSError, ValueError):
        host.stdout.flush()
    with contextlib.suppress(OSError, ValueError):
        host.note(f"steplint: {text}")
    return code


def _one_line(message: str) -> str:
    return " ".join(message.split())


def _mute() -> None:
    """Nobody reads standard output any more: what is still in its buffer goes nowhere, quietly."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
