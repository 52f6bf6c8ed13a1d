"""What to write instead and what to ask: text from suggestions.yaml, filled from the record alone.

Nothing is invented: what a record does not hold stays a visible slot such as ‹customer contact›.

Which texts fit depends on little (rule, stage, kind of step, objection, number of contacts, as-of), so the choice is
made in plain Python once for each distinct combination; only the names are then put in, in columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from steplint.findings.schema import ASK
from steplint.findings.template import fill

__all__ = ["Suggester", "weekday_text"]

# Not strftime: its names follow the machine's locale.
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# More than a handful of choices is no longer a question that a manager asks.
MOST_CHOICES = 4
# Choices that stand for the record's own people.
PEOPLE = frozenset({"{owner}", "{contacts}"})

Entry = dict[str, Any]


class Case(NamedTuple):
    """All that decides which texts fit a finding."""

    rule: int
    stage_role: str | None
    step_type: str | None
    brush_off: str | None
    contacts: str
    as_of: date


class Plan(NamedTuple):
    """The chosen texts, with only the slots contact, owner, account and what left in them."""

    suggestion: str | None
    slot: str | None
    question: str
    choices: tuple[str, ...]


def weekday_text(day: date) -> str:
    """A day as people say it: “Thu 15 Jan”."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


class Suggester:
    """The data of suggestions.yaml for the findings of `codes` (one a rule, in rule order).

    `workday(day, n)` is the n-th workday after `day`.
    """

    def __init__(self, data: Mapping[str, Any], codes: Sequence[str], workday: Callable[[date, int], date]) -> None:
        self._data = data
        self._workday = workday
        self._plans: dict[Case, Plan] = {}
        self._for: list[Mapping[str, str | None]] = []
        for code in codes:
            keys = [key for key in data["for"] if code.startswith(key)]
            self._for.append(data["for"][max(keys, key=len)] if keys else {})

    def fill(self, findings: pl.DataFrame) -> pl.DataFrame:
        """Two columns in the order of `findings`: suggestion (String) and ask (Struct), null where the rule has none.

        Reads rule (index), stage_role, step_type, brush_off, contacts, owner, owner_is_person, account, as_of and
        what (text of the first `what` span).
        """
        count = pl.col("contacts").list.len().fill_null(0)
        cases = findings.select(
            *(pl.col(name) for name in ("rule", "stage_role", "step_type", "brush_off")),
            pl.when(count == 0).then(pl.lit("none")).when(count == 1).then(pl.lit("one")).otherwise(pl.lit("many")),
            pl.col("as_of"),
        )
        cases.columns = list(Case._fields)
        distinct = cases.unique()
        plans: dict[Plan, int] = {}
        numbers = [plans.setdefault(self._plan(Case(*row)), len(plans)) for row in distinct.rows()]
        distinct = distinct.with_columns(plan=pl.Series(numbers, dtype=pl.Int32))
        number = cases.join(distinct, on=Case._fields, how="left", nulls_equal=True, maintain_order="left")["plan"]
        names = findings.select(*self._names(), place=pl.int_range(pl.len())).with_columns(plan=number)
        parts = [part.select("place", *_texts(list(plans)[part["plan"][0]])) for part in names.partition_by("plan")]
        return pl.concat(parts).sort("place").select("suggestion", "ask") if parts else NOTHING

    def _names(self) -> list[pl.Expr]:
        unknown = self._data["unknown"]
        owner = pl.when(pl.col("owner_is_person")).then(pl.col("owner"))
        first = pl.col("contacts").list.first()
        known = {"contact": first, "owner": owner, "account": pl.col("account"), "what": pl.col("what")}
        texts = [
            pl.when(value != "").then(value).otherwise(pl.lit(unknown[name])).alias(name)
            for name, value in known.items()
        ]
        return [*texts, pl.col("contacts"), owner.alias("person")]

    def _plan(self, case: Case) -> Plan:
        plan = self._plans.get(case)
        if plan is None:
            chosen = self._for[case.rule]
            section, ask = chosen.get("suggestion"), chosen.get("ask")
            suggestion = self._first(section, case) if section else None
            if ask is None:
                plan = Plan(suggestion, None, "", ())
            else:
                entry = self._data["ask"][ask]
                choices = [text for source in entry["choices"] for text in self._choices(source, case)]
                choices = list(dict.fromkeys([*choices, *entry.get("fixed", ())]))[:MOST_CHOICES]
                plan = Plan(suggestion, ask, entry["question"], tuple(choices))
            self._plans[case] = plan
        return plan

    def _first(self, section: str, case: Case) -> str:
        return next(self._text(entry, case) for entry in self._data["sections"][section] if _fits(entry, case))

    def _text(self, entry: Entry, case: Case) -> str:
        """The entry's text with all that does not hang on names filled in: its day, time and step."""
        calendar = self._data["calendar"]
        text: str = entry["text"]
        if "{step}" in text:
            text = text.replace("{step}", self._first("steps", case))
        day = self._day(case.as_of, entry.get("days", calendar["first"]))
        return text.replace("{day}", day).replace("{time}", calendar["time"])

    def _day(self, as_of: date, ahead: int) -> str:
        return weekday_text(self._workday(as_of, ahead))

    def _choices(self, source: str, case: Case) -> list[str]:
        if source in ("owner", "contacts"):
            return [f"{{{source}}}"]
        if source == "workdays":
            return [self._day(case.as_of, ahead) for ahead in self._data["calendar"]["choices"]]
        if source == "commitments":
            *entries, last = self._data["sections"][source]
            return [self._text(entry, case) for entry in entries if _fits(entry, case)] or [self._text(last, case)]
        return [self._first(source, case)]


def _fits(entry: Entry, case: Case) -> bool:
    return all(getattr(case, column) in values for column, values in entry.get("match", {}).items())


def _texts(plan: Plan) -> list[pl.Expr]:
    names = {name: pl.col(name) for name in ("contact", "owner", "account", "what")}
    suggestion = pl.lit(None, dtype=pl.String) if plan.suggestion is None else fill(plan.suggestion, names)
    if plan.slot is None:
        return [suggestion.alias("suggestion"), pl.lit(None, dtype=ASK).alias("ask")]
    lists = []
    if "{owner}" in plan.choices:
        lists.append(pl.concat_list("person").list.drop_nulls())
    if "{contacts}" in plan.choices:
        lists.append(pl.col("contacts").fill_null([]))
    texts = [fill(choice, names) for choice in plan.choices if choice not in PEOPLE]
    if texts:
        # An array first: five times as fast as a list of as many texts.
        lists.append(pl.concat_arr(texts).arr.to_list())
    choices = pl.concat_list(lists) if len(lists) > 1 else lists[0] if lists else pl.lit([], dtype=pl.List(pl.String))
    if PEOPLE.intersection(plan.choices):
        choices = choices.list.unique(maintain_order=True).list.head(MOST_CHOICES)
    ask = pl.struct(slot=pl.lit(plan.slot), question=fill(plan.question, names), choices=choices)
    return [suggestion.alias("suggestion"), ask.cast(ASK).alias("ask")]


NOTHING = pl.DataFrame(schema={"suggestion": pl.String, "ask": ASK})
