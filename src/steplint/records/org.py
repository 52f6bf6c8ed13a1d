"""What is known of the organisation: stages and their roles, calendar, scope, text limit."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

__all__ = ["Org", "Scope", "default_stages", "holiday_dates", "stage_role"]


@dataclass(frozen=True)
class Scope:
    """Which records are left out. Names are compared without regard to case; `*` stands for anything."""

    include_closed: bool = False
    record_types: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()
    forecast_categories: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    min_amount: float | None = None  # records with a smaller known amount are left out
    grace_days: int = 0  # records made less than so many days before as-of are left out


@dataclass(frozen=True)
class Org:
    """`stages` are (name, role) in order; a name may hold `*`. Days of `workweek` count from Monday = 0."""

    stages: tuple[tuple[str, str], ...] = ()
    holidays: tuple[str, ...] = ()  # country or country-subdivision codes: "US", "DE-BY"
    workweek: tuple[int, ...] = (0, 1, 2, 3, 4)
    fiscal_start: int = 1
    timezone: str = "UTC"
    text_limit: int = 255
    date_order: str = "auto"  # mdy | dmy | auto
    scope: Scope = field(default_factory=Scope)


@cache
def default_stages() -> tuple[tuple[str, str], ...]:
    """(name, role) of the stages that CRMs ship with; a name may hold `*`."""
    table = json.loads(Path(__file__).with_name("stages.json").read_text("utf-8"))
    return tuple((name, role) for role, names in table.items() for name in names)


def fold_name(text: str) -> str:
    """A name without case, punctuation, invisible characters and a leading number ("3 - Proposal")."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = re.findall(r"[^\W_]+|\*", folded)
    while len(words) > 1 and words[0].isdigit():
        words = words[1:]
    return " ".join(words)


def name_pattern(name: str) -> re.Pattern[str]:
    """A pattern that `fold_name`d names are matched with; `*` stands for anything."""
    parts = []
    for part in name.split("*"):
        before, after = part[:1].isspace(), part[-1:].isspace()  # "won *" is no "wonder"
        folded = re.escape(fold_name(part))
        parts.append(f"{' ' if before else ''}{folded}{' ' if after else ''}")
    return re.compile(".*?".join(parts), re.DOTALL)


@cache
def _stage_patterns(stages: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    # What the organisation says comes first; names without a wildcard come before those with one.
    defaults = sorted(default_stages(), key=lambda pair: "*" in pair[0])
    return tuple((name_pattern(name), role) for name, role in (*stages, *defaults))


@cache
def stage_role(stage: str, stages: tuple[tuple[str, str], ...] = ()) -> str | None:
    """Role of a stage name: qualify, prove, propose, commit, won, lost, or None where nothing fits."""
    folded = fold_name(stage)
    for pattern, role in _stage_patterns(stages):
        if pattern.fullmatch(folded):
            return role
    return None


@cache
def holiday_dates(codes: tuple[str, ...], first: int, last: int) -> frozenset[date]:
    """Public holidays of the years `first` to `last`; ValueError names a code that is not known."""
    import holidays

    found: set[date] = set()
    for code in codes:
        country, _, subdivision = code.partition("-")
        try:
            days = holidays.country_holidays(country, subdiv=subdivision or None, years=range(first, last + 1))
        except NotImplementedError as error:
            raise ValueError(f"no holidays are known for “{code}”") from error
        found.update(days)
    return frozenset(found)
