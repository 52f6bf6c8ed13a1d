"""Condition tree → polars expression: one table, a function a node. Nothing here reads text from a rule file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from steplint.rules.columns import COLUMNS, STAGE_ROLES
from steplint.rules.condition import Tree

__all__ = ["Calendar", "Context", "compile", "expression"]


@dataclass(frozen=True)
class Calendar:
    """Which days are workdays: `week_mask` from Monday to Sunday, and days off."""

    week_mask: tuple[bool, ...] = (True, True, True, True, True, False, False)
    holidays: Sequence[dt.date] = ()


@dataclass(frozen=True)
class Context:
    """What a tree is compiled with: option values, column types, and the calendar for workdays."""

    options: Mapping[str, Any]
    types: Mapping[str, str]
    calendar: Calendar


def compile(
    tree: Tree,
    options: Mapping[str, Any] | None = None,
    types: Mapping[str, str] = COLUMNS,
    calendar: Calendar | None = None,
) -> pl.Expr:
    """True where the condition holds, False where it does not or is not known (null)."""
    return expression(tree, Context(options or {}, types, calendar or Calendar())).fill_null(False)


def expression(tree: Tree, context: Context) -> pl.Expr:
    """A tree as an expression in three-valued logic: null stays null."""
    if literal := _LITERALS.get(tree[0]):
        return pl.lit(literal(tree[1]))
    return _COMPILERS[tree[0]](tree, context)


def _kind(tree: Tree, context: Context) -> str | None:
    """The type of a column, as far as comparisons need it."""
    return context.types.get(tree[1]) if tree[0] == "col" else None


def _day(tree: Tree, context: Context) -> pl.Expr:
    """A date or a moment as its day."""
    made = expression(tree, context)
    return made if _kind(tree, context) == "date" else made.cast(pl.Date)


def _has_days(tree: Any, context: Context) -> bool:
    """Whether a value is a day, or a moment that is compared as its day."""
    head = tree[0]
    if head == "call":
        return tree[1] == "coalesce" and any(_has_days(part, context) for part in tree[2])
    if head == "case":
        values = [value for _, value in tree[1]] + ([tree[2]] if tree[2] else [])
        return any(_has_days(value, context) for value in values)
    if head in ("+", "-"):
        return tree[2][0] in ("days", "workdays")
    return head == "date" or _kind(tree, context) in ("date", "datetime")


def _sides(context: Context, *trees: Tree) -> list[pl.Expr]:
    """Values to compare: days as days, so that a moment late on a day is still on it."""
    read = _day if any(_has_days(tree, context) for tree in trees) else expression
    return [read(tree, context) for tree in trees]


_SIGNS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _compare(tree: Tree, context: Context) -> pl.Expr:
    left, right = _sides(context, tree[1], tree[2])
    return _SIGNS[tree[0]](left, right)


def _and(tree: Tree, context: Context) -> pl.Expr:
    return pl.all_horizontal(expression(part, context) for part in tree[1:])


def _or(tree: Tree, context: Context) -> pl.Expr:
    return pl.any_horizontal(expression(part, context) for part in tree[1:])


def _between(tree: Tree, context: Context) -> pl.Expr:
    value, low, high = _sides(context, tree[1], tree[2], tree[3])
    return (value >= low) & (value <= high)


def _in(tree: Tree, context: Context) -> pl.Expr:
    """A value in a fixed list; an option may give each stage role a list of its own."""
    items = tree[2]
    if items and items[0] == "opt":
        value = expression(tree[1], context)
        return _by_role(context.options[items[1]], lambda listed: value.is_in(listed) if listed else pl.lit(False))
    if all(item[0] in ("lit", "date") for item in items):
        value = _sides(context, tree[1], *items)[0]
        return value.is_in([dt.date.fromisoformat(item[1]) if item[0] == "date" else item[1] for item in items])
    return pl.any_horizontal(_compare(["=", tree[1], item], context) for item in items)


def _by_role(option: Any, make: Callable[[Any], pl.Expr]) -> pl.Expr:
    """An option as it applies to each record: maps are looked up by `stage_role`, null where they are silent."""
    if not isinstance(option, dict):
        return make(option)
    role = pl.col("stage_role")
    chosen = make(option["default"]) if "default" in option else pl.lit(None)
    for name in STAGE_ROLES:
        if name in option:
            chosen = pl.when(role == name).then(make(option[name])).otherwise(chosen)
    return chosen


def _like(tree: Tree, context: Context) -> pl.Expr:
    """`%` any text, `_` one character; matches the whole text, over line ends too."""
    pattern = "".join({"%": ".*", "_": "."}.get(sign) or re.escape(sign) for sign in tree[2][1])
    flags = "(?is)" if tree[0] == "ilike" else "(?s)"
    return _text(tree[1], context).str.contains(f"{flags}^{pattern}$")


def _text(tree: Tree, context: Context) -> pl.Expr:
    return expression(tree, context).cast(pl.String)


def _case(tree: Tree, context: Context) -> pl.Expr:
    values = [value for _, value in tree[1]] + ([tree[2]] if tree[2] else [])
    made = iter(_sides(context, *values))
    chain: Any = pl
    for condition, _ in tree[1]:
        chain = chain.when(expression(condition, context)).then(next(made))
    result: pl.Expr = chain.otherwise(next(made) if tree[2] else None)
    return result


def _shift(tree: Tree, context: Context) -> pl.Expr:
    """Numbers added, or a day moved by days or workdays. A move from a day off starts at the workday that was left."""
    amount = tree[2]
    if amount[0] not in ("days", "workdays"):
        left, right = expression(tree[1], context), expression(amount, context)
        return left + right if tree[0] == "+" else left - right
    day, sign = _day(tree[1], context), 1 if tree[0] == "+" else -1
    count = amount[1]
    if amount[0] == "days":
        return day + pl.duration(days=expression(count, context) * sign)
    if count[0] == "opt":
        return _by_role(context.options[count[1]], lambda n: _workdays(day, n * sign, context.calendar))
    return _workdays(day, count[1] * sign, context.calendar)


def _workdays(day: pl.Expr, count: int, calendar: Calendar) -> pl.Expr:
    if count == 0 or not any(calendar.week_mask):
        return day
    return day.dt.add_business_days(
        count, week_mask=calendar.week_mask, holidays=calendar.holidays, roll="backward" if count > 0 else "forward"
    )


def _has(items: Tree, wanted: Tree, context: Context) -> pl.Expr:
    value = expression(wanted, context)
    return pl.when(value.is_not_null()).then(expression(items, context).list.contains(value))


def _workdays_between(start: Tree, end: Tree, context: Context) -> pl.Expr:
    mask, holidays = context.calendar.week_mask, context.calendar.holidays
    return pl.business_day_count(_day(start, context), _day(end, context), week_mask=mask, holidays=holidays)


def _hours_between(start: Tree, end: Tree, context: Context) -> pl.Expr:
    moments = [expression(tree, context).cast(pl.Datetime("us")) for tree in (start, end)]
    return (moments[1] - moments[0]).dt.total_minutes() / 60


_CALLS: dict[str, Callable[..., pl.Expr]] = {
    "length": lambda value, context: _text(value, context).str.len_chars().cast(pl.Int64),
    "lower": lambda value, context: _text(value, context).str.to_lowercase(),
    "has": _has,
    "count": lambda items, context: expression(items, context).list.len().cast(pl.Int64),
    "days_between": lambda a, b, context: (_day(b, context) - _day(a, context)).dt.total_days(),
    "workdays_between": _workdays_between,
    "hours_between": _hours_between,
}


def _call(tree: Tree, context: Context) -> pl.Expr:
    if tree[1] == "coalesce":
        return pl.coalesce(_sides(context, *tree[2]))
    return _CALLS[tree[1]](*tree[2], context)


def _column(tree: Tree, context: Context) -> pl.Expr:
    column = pl.col(tree[1])
    # Small integers are widened: a sum, or an option of 300, must not overflow them.
    return column.cast(pl.Int64) if context.types.get(tree[1]) == "int" else column


_LITERALS: dict[str, Callable[[Any], Any]] = {
    "lit": lambda value: value,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
}
_COMPILERS: dict[str, Callable[[Tree, Context], pl.Expr]] = {
    "and": _and,
    "or": _or,
    "not": lambda tree, context: ~expression(tree[1], context),
    **dict.fromkeys(_SIGNS, _compare),
    "in": _in,
    "between": _between,
    "like": _like,
    "ilike": _like,
    "is_null": lambda tree, context: expression(tree[1], context).is_null(),
    "is_true": lambda tree, context: expression(tree[1], context).fill_null(False),
    "is_false": lambda tree, context: ~expression(tree[1], context).fill_null(True),
    "case": _case,
    "call": _call,
    "+": _shift,
    "-": _shift,
    "neg": lambda tree, context: -expression(tree[1], context),
    "col": _column,
    "opt": lambda tree, context: _by_role(context.options[tree[1]], pl.lit),
}
