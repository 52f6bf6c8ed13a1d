"""Which part of a condition held for one record: the lines that `steplint why` prints under a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from steplint.rules.columns import COLUMNS
from steplint.rules.condition import Tree
from steplint.rules.condition.compiler import Calendar, Context, expression
from steplint.rules.condition.text import unparse

__all__ = ["explain"]

_LOGIC = {"and", "or", "not"}


def explain(
    tree: Tree,
    row: pl.DataFrame,
    options: Mapping[str, Any] | None = None,
    types: Mapping[str, str] = COLUMNS,
    calendar: Calendar | None = None,
) -> list[tuple[int, str, Any]]:
    """(depth, text, value) of every sub-condition of a one-row frame, parents first.

    A condition's value is True, False or None (not known). Below each comparison stand the columns and options that it
    read, with their values in this record.
    """
    context = Context(options or {}, types, calendar or Calendar())
    parts = list(_parts(tree, 0))
    values = row.select(expression(part, context).alias(str(index)) for index, (_, part) in enumerate(parts))
    row_values = values.row(0)
    return [(depth, unparse(part), row_values[index]) for index, (depth, part) in enumerate(parts)]


def _parts(tree: Tree, depth: int) -> Iterator[tuple[int, Tree]]:
    yield depth, tree
    if tree[0] in _LOGIC:
        for part in tree[1:]:
            yield from _parts(part, depth + 1)
    elif tree[0] != "col":
        yield from ((depth + 1, leaf) for leaf in _leaves(tree))


def _leaves(tree: Any) -> list[Tree]:
    """The columns and options below a comparison, each once."""
    if not isinstance(tree, list) or not tree:
        return []
    if tree[0] in ("col", "opt") and len(tree) == 2:
        return [tree]
    found: list[Tree] = []
    for part in tree if tree[0] not in ("lit", "date", "time") else []:
        found += [leaf for leaf in _leaves(part) if leaf not in found]
    return found
