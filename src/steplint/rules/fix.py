"""The repairs that a rule may ask for: a closed list. How each is made is the engine's (`engine.fixes`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["APPLICABILITIES", "KINDS", "Kind", "problem"]

APPLICABILITIES = ("safe", "unsafe")


class Kind(NamedTuple):
    """A repair: the column that it writes, what it does, and whether it may be called safe."""

    field: str
    does: str
    safe: bool


KINDS: dict[str, Kind] = {
    "due_date_from_text": Kind("due_date", "fills the empty date field with the day that the text names", safe=True),
    "tidy_text": Kind("next_step", "removes blanks at the ends, runs of blanks and invisible characters", safe=True),
    "dated_text": Kind("next_step", "writes the relative day in the text as the day that it named", safe=False),
    "known_status": Kind("status", "writes the known status that is misspelt here", safe=True),
}


def problem(fix: Mapping[str, str], needs: tuple[str, ...] | list[str]) -> tuple[str, str, str] | None:
    """What is wrong with the `fix` of a rule with these `needs`: (key, message, hint); None where nothing is."""
    kind = KINDS[fix["kind"]]
    if fix["applicability"] == "safe" and not kind.safe:
        return (
            "applicability",
            f"{fix['kind']} is never safe",
            "write unsafe: what it writes is for a person to see first",
        )
    if kind.field not in needs:
        return "kind", f"{fix['kind']} writes {kind.field}, which the rule does not need", f"add {kind.field} to needs"
    return None
