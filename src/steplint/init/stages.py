"""The stages of a file in the order in which deals go through them, with the role that each name suggests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from steplint.init.tally import Counted
from steplint.records import STAGE_ROLES, default_stages, stage_role
from steplint.records.org import fold_name, name_pattern

__all__ = ["Stage", "in_order"]

_NUMBERED = re.compile(r"\W*(\d{1,4})")
_LAST = 10_000


class Stage(NamedTuple):
    """`role` is None where the name suggests none."""

    name: str
    role: str | None
    records: int


def in_order(stages: Iterable[Counted]) -> tuple[Stage, ...]:
    """By role; in a role by the number before the name, then as CRMs order them. Unknown ones last, frequent first."""
    made = [Stage(name, stage_role(name), records) for name, records in stages]
    return tuple(sorted(made, key=_place))


def _place(stage: Stage) -> tuple[int, int, int, str]:
    if stage.role is None:
        return len(STAGE_ROLES), -stage.records, 0, stage.name
    number = _NUMBERED.match(stage.name)
    return STAGE_ROLES.index(stage.role), int(number[1]) if number else _LAST, _default_place(stage.name), stage.name


def _default_place(name: str) -> int:
    """The place of the first known stage that the name fits; names without a wildcard are tried first."""
    folded = fold_name(name)
    return next((place for pattern, place in _defaults() if pattern.fullmatch(folded)), _LAST)


@cache
def _defaults() -> tuple[tuple[re.Pattern[str], int], ...]:
    known = sorted(enumerate(default_stages()), key=lambda item: "*" in item[1][0])
    return tuple((name_pattern(name), place) for place, (name, _) in known)
