"""Messages and helps: a rule's templates filled for all of its findings at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from steplint.findings.template import fill, slots, visible
from steplint.rules.columns import STAGE_ROLES
from steplint.rules.rule import SPAN_ROLES, Rule

__all__ = ["roles_needed", "texts"]

LONGEST = 80  # characters of a record's text that a message repeats


def roles_needed(rule: Rule) -> set[str]:
    """The span roles whose text a rule's message or help repeats."""
    return {name for template in _templates(rule) for name in slots(template) if name in SPAN_ROLES}


def _templates(rule: Rule) -> tuple[str, str]:
    return rule.message, rule.help or ""


def texts(rule: Rule) -> list[pl.Expr]:
    """The columns `message` and `help` for a frame that holds nothing but findings of `rule`."""
    made = []
    for name, template in zip(("message", "help"), _templates(rule), strict=True):
        values = {slot: visible(slot, _value(slot, rule)) for slot in set(slots(template))}
        made.append(fill(template, values).alias(name))
    return made


def _value(slot: str, rule: Rule) -> pl.Expr:
    if slot in rule.options:
        return _option(rule.options[slot])
    if slot in _VALUES:
        return _VALUES[slot]
    return _short(pl.col(slot).cast(pl.String))


def _option(value: Any) -> pl.Expr:
    """An option as it applies to the record; lists are joined."""
    if not isinstance(value, Mapping):
        return pl.lit(", ".join(str(item) for item in value) if isinstance(value, list) else str(value))
    chosen = _option(value["default"]) if "default" in value else pl.lit(None, dtype=pl.String)
    for role in STAGE_ROLES:
        if role in value:
            chosen = pl.when(pl.col("stage_role") == role).then(_option(value[role])).otherwise(chosen)
    return chosen


def _short(text: pl.Expr) -> pl.Expr:
    """One line of at most LONGEST characters, cut with an ellipsis."""
    line = text.str.replace_all(r"[ \t\r\n]+", " ").str.strip_chars(" ")
    return pl.when(line.str.len_chars() > LONGEST).then(line.str.head(LONGEST - 1) + "…").otherwise(line)


def _date(name: str) -> pl.Expr:
    return pl.col(name).dt.strftime("%a %-d %b %Y")


_STEP_DAY = pl.coalesce("date", "due_date")

#: Slots that are more than the text of a column of their name.
_VALUES: dict[str, pl.Expr] = {
    **{role: _short(pl.col(f"_{role}")) for role in SPAN_ROLES},
    **{
        name: _date(name)
        for name in (
            "date",
            "due_date",
            "close_date",
            "next_meeting",
            "last_meeting",
            "last_activity",
            "next_step_changed",
            "as_of",
        )
    },
    "suggestion": pl.col("suggestion"),
    "contact": _short(pl.col("contacts").list.first()),
    "contacts": _short(pl.col("contacts").list.join(", ", ignore_nulls=True)),
    "amount": pl.concat_str(pl.col("amount").round(0).cast(pl.Int64), "currency", separator=" ", ignore_nulls=True),
    "day": _STEP_DAY.dt.strftime("%A"),
    "days": (pl.col("as_of") - pl.coalesce(_STEP_DAY, pl.col("next_step_changed").dt.date()))
    .dt.total_days()
    .abs()
    .cast(pl.String),
    "count": pl.col("_count").cast(pl.String),
    "missing": pl.col("_missing"),
}
