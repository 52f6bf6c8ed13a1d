"""Options that several commands share, and the types of their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from steplint.errors import nearest

__all__ = [
    "COLOR",
    "DAY",
    "Pair",
    "Word",
    "config_options",
    "named_options",
    "pull_options",
    "rule_options",
    "source_options",
]

Function = TypeVar("Function", bound=Callable[..., Any])


class Word(click.ParamType[str]):
    """One of a few words; a wrong one is answered with the nearest."""

    def __init__(self, words: Sequence[str], name: str = "word") -> None:
        self.words = tuple(words)
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word as it is, in any case."""
        folded = str(value).casefold()
        if folded in self.words:
            return folded
        close = nearest(folded, self.words)
        hint = f"did you mean {close}?" if close else f"it is one of {', '.join(self.words)}"
        raise click.BadParameter(f"{value!r} is no {self.name}; {hint}", ctx, param)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """`[text|json]` in help texts."""
        del param, ctx
        return f"[{'|'.join(self.words)}]"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The words that begin so."""
        del ctx, param
        return [CompletionItem(word) for word in self.words if word.startswith(incomplete)]


class Pair(click.ParamType[tuple[str, str]]):
    """NAME=VALUE."""

    def __init__(self, left: str, right: str) -> None:
        self.name = f"{left}={right}"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """(name, value), without the blanks round them."""
        if isinstance(value, tuple):
            return value
        left, sign, right = str(value).partition("=")
        if not sign or not left.strip() or not right.strip():
            self.fail(f"{value!r} is not {self.name.upper()}", param, ctx)
        return left.strip(), right.strip()


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day; write it like 2026-01-15", param, ctx)


class _Moment(click.ParamType[datetime]):
    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no moment; write it like 2026-01-15 or 2026-01-15T02:00:00Z", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


DAY = _Day()
MOMENT = _Moment()
COLOR = Word(("auto", "always", "never"), "choice of colour")
SEVERITIES = ("error", "warning", "info")


def _add(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


config_options: Callable[[Any], Any] = _add(
    click.option("--config", metavar="FILE", help="Read this configuration, not the nearest one."),
    click.option("--isolated", is_flag=True, help="Read no configuration."),
)

rule_options: Callable[[Any], Any] = _add(
    click.option("--profile", metavar="NAME", help="The set of rules to run (default: recommended)."),
    click.option("--select", metavar="RULES", multiple=True, help="Run just these: codes, prefixes, names or ALL."),
    click.option("--ignore", metavar="RULES", multiple=True, help="Do not run these."),
    click.option("--extend-select", metavar="RULES", multiple=True, help="Run these too."),
    click.option("--severity", metavar="CODE=LEVEL", type=Pair("code", "level"), multiple=True, help="Change a level."),
    click.option("--rules", metavar="PATH", multiple=True, help="Load rules from this file or folder too."),
    click.option("--plugin", metavar="MODULE", multiple=True, help="Load rules from this installed Python module."),
    click.option("--preview", is_flag=True, help="Run preview rules too."),
)

source_options: Callable[[Any], Any] = _add(
    click.option("--as-of", type=DAY, help="The day that overdue is relative to (default: today in --timezone)."),
    click.option("--timezone", metavar="ZONE", help="Time zone of the organisation, such as Europe/Berlin."),
    click.option("--date-order", type=Word(("auto", "mdy", "dmy"), "date order"), help="How 3/4 is read."),
    click.option("--encoding", metavar="NAME", help="Encoding of the input, where it is not UTF-8."),
    click.option("--preset", metavar="CRM", help="Whose headers the file has, such as salesforce or hubspot."),
    click.option(
        "--map", "mapping", metavar="COLUMN=HEADER", type=Pair("column", "header"), multiple=True,
        help="Which header a column is read from.",
    ),
    click.option("--source-name", metavar="NAME", help="Name of the source in keys of findings."),
    click.option("--stdin-filename", metavar="NAME", help="What standard input is called in findings."),
    click.option("--allow-empty", is_flag=True, help="A file without records is fine."),
)  # fmt: skip

pull_options: Callable[[Any], Any] = _add(
    click.option("--since", metavar="MOMENT", type=MOMENT, help="Of closed records pull only those changed since."),
    click.option("--state", metavar="DIR", help="Where pages are kept during a pull (default: STEPLINT_STATE)."),
    click.option("--log", metavar="FILE", help="Add a log of the pull to this file, one JSON object a line."),
    click.option(
        "--log-level", type=Word(("debug", "info", "warning", "error"), "level"), default="info", help="How much."
    ),
)

named_options: Callable[[Any], Any] = _add(
    click.option("--source", metavar="NAME", help="Pull this source of the configuration instead of reading files."),
    pull_options,
)
