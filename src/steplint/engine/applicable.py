"""Which rules a source can be judged by, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from steplint.rules.columns import RECORDS
from steplint.rules.rule import Rule

__all__ = ["implied_order", "missing_columns"]

#: Columns of records that are known whatever the source has.
_ALWAYS = frozenset({"kind", "as_of", "source", "path"})


def missing_columns(rule: Rule, columns: Collection[str]) -> tuple[str, ...]:
    """The columns of records that a rule needs and a source with `columns` lacks."""
    return tuple(name for name in rule.needs if name in RECORDS and name not in columns and name not in _ALWAYS)


def implied_order(rules: Sequence[Rule]) -> tuple[int, ...]:
    """Rule indices so that a rule comes after those that imply it; rules that imply each other stay as they are."""
    index_of = {rule.code: index for index, rule in enumerate(rules)}
    order: list[int] = []
    seen: set[int] = set()

    def visit(index: int) -> None:
        if index in seen:
            return
        seen.add(index)
        for code in rules[index].implied_by:
            if code in index_of:
                visit(index_of[code])
        order.append(index)

    for index in range(len(rules)):
        visit(index)
    return tuple(order)
