"""The condition language: text → checked tree (`parse`) → polars expression (`compile`), and back to text.

A tree is nested lists of plain values, so that prebuilt rules need no parser:
`["and", a, b, …]`, `["or", a, b, …]`, `["not", a]`, `["=" | "!=" | "<" | "<=" | ">" | ">=", a, b]`,
`["in", a, [b, …]]` or `["in", a, ["opt", name]]`, `["between", a, low, high]`, `["like" | "ilike", a, pattern]`,
`["is_null" | "is_true" | "is_false", a]`, `["case", [[condition, value], …], default]`, `["call", name, [a, …]]`,
`["+" | "-", a, b]`, `["neg", a]`, `["days" | "workdays", n]`, `["col", name]`, `["opt", name]`, `["lit", value]`,
`["date", "2026-01-15"]`, `["time", "14:00"]`.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Tree", "columns_of", "compile", "explain", "options_of", "parse", "unparse"]

Tree = list[Any]

_HOMES = {"compile": "compiler", "explain": "explainer", "parse": "parser", "unparse": "text"}


def __getattr__(name: str) -> Any:
    """The parser and polars are heavy: each is imported when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def _named(tree: Any, kind: str) -> set[str]:
    if not isinstance(tree, list):
        return set()
    if len(tree) == 2 and tree[0] == kind and isinstance(tree[1], str):
        return {tree[1]}
    if tree and tree[0] in ("lit", "date", "time"):
        return set()
    return set().union(*(_named(part, kind) for part in tree)) if tree else set()


def columns_of(tree: Tree) -> set[str]:
    """Every column that a condition reads."""
    return _named(tree, "col")


def options_of(tree: Tree) -> set[str]:
    """Every option that a condition reads."""
    return _named(tree, "opt")
