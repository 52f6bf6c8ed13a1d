"""A condition tree as text again: the words of `why`, of rule pages and of error messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steplint.rules.condition import Tree

__all__ = ["unparse"]

# How tightly a node binds: a part that binds less tightly than its parent stands in brackets.
_BINDS = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "neg": 6}
_TIGHT = {"col", "opt", "lit", "date", "time", "call", "case", "days", "workdays"}


def _binding(tree: Tree) -> int:
    return 7 if tree[0] in _TIGHT else _BINDS.get(tree[0], 4)


def _inner(tree: Tree, parent: int) -> str:
    text = unparse(tree)
    return text if _binding(tree) > parent else f"({text})"


def _literal(tree: Tree) -> str:
    value = tree[1]
    if value is None or isinstance(value, bool):
        return str(value).upper().replace("NONE", "NULL")
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def _joined(tree: Tree) -> str:
    binding = _BINDS[tree[0]]
    return f" {tree[0].upper()} ".join(_inner(part, binding) for part in tree[1:])


def _infix(tree: Tree) -> str:
    return f"{_inner(tree[1], 4)} {tree[0].upper()} {_inner(tree[2], 4)}"


def _sum(tree: Tree) -> str:
    return f"{_inner(tree[1], 4)} {tree[0]} {_inner(tree[2], 5)}"


def _in(tree: Tree) -> str:
    items = tree[2]
    listed = unparse(items) if items and items[0] == "opt" else f"({', '.join(unparse(item) for item in items)})"
    return f"{_inner(tree[1], 4)} IN {listed}"


def _is(word: str) -> Callable[[Tree], str]:
    return lambda tree: f"{_inner(tree[1], 4)} IS {word}"


def _not(tree: Tree) -> str:
    """`NOT x IN (…)` the way people write it: `x NOT IN (…)`."""
    inner: Any = tree[1]
    if inner[0] in ("in", "like", "ilike", "between"):
        left = _inner(inner[1], 4)
        return f"{left} NOT {unparse(inner)[len(left) + 1 :]}"
    if inner[0].startswith("is_"):
        left = _inner(inner[1], 4)
        return f"{left} IS NOT {unparse(inner)[len(left) + 4 :]}"
    return f"NOT {_inner(inner, 2)}"


def _case(tree: Tree) -> str:
    branches = " ".join(f"WHEN {unparse(when)} THEN {unparse(then)}" for when, then in tree[1])
    return f"CASE {branches}{f' ELSE {unparse(tree[2])}' if tree[2] else ''} END"


def _count(tree: Tree) -> str:
    return f"{unparse(tree[1])} {tree[0][:-1] if tree[1] == ['lit', 1] else tree[0]}"


_WRITERS: dict[str, Callable[[Tree], str]] = {
    "and": _joined,
    "or": _joined,
    "not": _not,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "like", "ilike"), _infix),
    "between": lambda tree: f"{_inner(tree[1], 4)} BETWEEN {_inner(tree[2], 4)} AND {_inner(tree[3], 4)}",
    "in": _in,
    "is_null": _is("NULL"),
    "is_true": _is("TRUE"),
    "is_false": _is("FALSE"),
    "case": _case,
    "call": lambda tree: f"{tree[1]}({', '.join(unparse(part) for part in tree[2])})",
    "+": _sum,
    "-": _sum,
    "neg": lambda tree: f"-{_inner(tree[1], 6)}",
    "days": _count,
    "workdays": _count,
    "col": lambda tree: str(tree[1]),
    "opt": lambda tree: f":{tree[1]}",
    "lit": _literal,
    "date": lambda tree: f"'{tree[1]}'",
    "time": lambda tree: f"'{tree[1]}'",
}


def unparse(tree: Tree) -> str:
    """Text that `parse` reads back to the same tree."""
    return _WRITERS[tree[0]](tree)
