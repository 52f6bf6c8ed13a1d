"""Errors a user can cause: each renders as one line that says where, what, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "ConfigError",
    "InputError",
    "RuleError",
    "SourceError",
    "SteplintError",
    "TryLater",
    "UsageError",
    "nearest",
]


class SteplintError(Exception):
    """A user's mistake. `path`, `line` and `column` are 1-based places; `hint` is the next step to take."""

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.column = column
        self.hint = hint

    def render(self) -> str:
        """`path:line:column: message; hint`, leaving out what is not known."""
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        text = f"{place}: {self.message}" if place else self.message
        return f"{text}; {self.hint}" if self.hint else text

    __str__ = render


class UsageError(SteplintError):
    """A wrong option, argument or selector."""


class ConfigError(SteplintError):
    """A configuration file that cannot be used."""


class InputError(SteplintError):
    """A records file whose structure or encoding cannot be trusted."""


class RuleError(SteplintError):
    """A rule file that does not load."""


class SourceError(SteplintError):
    """A CRM or database that did not give all that it was asked for."""

    exit_code = 3


class TryLater(SourceError):
    """Nothing is broken, but not now: a limit is used up, or another run holds the lock."""

    exit_code = 75


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice a person most likely meant by `word`, or None when nothing is close."""
    folded = {choice.casefold(): choice for choice in choices}
    found = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
