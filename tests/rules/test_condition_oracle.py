"""Random conditions: text, tree and expression agree with a few lines of three-valued Python."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from steplint.rules.condition import compile, parse, unparse

COLUMNS = {
    "bool": ("waiting", "hedged", "vague"),
    "int": ("commitment", "action_count"),
    "str": ("owner", "name"),
    "date": ("date", "due_date", "as_of"),
}
DTYPES = {"bool": pl.Boolean, "int": pl.Int16, "str": pl.String, "date": pl.Date}
DAY = dt.date(2026, 1, 12)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int": st.integers(-3, 400),
    "str": st.sampled_from(["", "a", "A", "ab", "b%", "it's", "é\n"]),
    "date": st.integers(-9, 9).map(lambda days: DAY + dt.timedelta(days)),
}
ROWS = st.lists(
    st.fixed_dictionaries({name: st.none() | VALUES[kind] for kind, names in COLUMNS.items() for name in names}),
    min_size=1,
    max_size=6,
)


def column(kind: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(COLUMNS[kind]).map(lambda name: ["col", name])


def literal(kind: str) -> st.SearchStrategy[Any]:
    if kind == "date":
        return VALUES[kind].map(lambda day: ["date", day.isoformat()])
    return VALUES[kind].map(lambda value: ["lit", value])


def value(kind: str) -> st.SearchStrategy[Any]:
    plain = column(kind) | literal(kind)
    other = st.tuples(column(kind), plain).map(lambda pair: ["call", "coalesce", list(pair)])
    if kind == "int":
        moved = st.tuples(st.sampled_from("+-"), plain, plain).map(list)
        return plain | other | moved | column("str").map(lambda item: ["call", "length", [item]])
    if kind == "date":
        days = st.integers(0, 9).map(lambda count: ["days", ["lit", count]])
        return column(kind) | literal(kind) | st.tuples(st.sampled_from("+-"), column(kind), days).map(list)
    return plain | other


def comparison(kind: str) -> st.SearchStrategy[Any]:
    signs = ["=", "!="] if kind == "bool" else ["=", "!=", "<", "<=", ">", ">="]
    left = column(kind) if kind == "date" else value(kind)
    compared = st.tuples(st.sampled_from(signs), left, value(kind)).map(list)
    among = st.tuples(column(kind), st.lists(literal(kind), min_size=1, max_size=3)).map(lambda pair: ["in", *pair])
    null = column(kind).map(lambda item: ["is_null", item])
    if kind == "bool":
        return compared | null
    return compared | among | null | st.tuples(st.just("between"), column(kind), literal(kind), literal(kind)).map(list)


LEAVES = (
    column("bool")
    | comparison("bool")
    | comparison("int")
    | comparison("str")
    | comparison("date")
    | st.tuples(st.sampled_from(["like", "ilike"]), column("str"), st.sampled_from(["a%", "_", "%b%", "%\\"])).map(
        lambda parts: [parts[0], parts[1], ["lit", parts[2]]]
    )
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        inner.map(lambda tree: ["not", tree])
        | st.tuples(st.sampled_from(["is_true", "is_false", "is_null"]), inner).map(list)
        | st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=4)).map(
            lambda p: [p[0], *p[1]]
        )
        | st.tuples(inner, inner, inner).map(lambda p: ["case", [[p[0], p[1]]], p[2]])
    ),
    max_leaves=8,
)


def like(text: str, pattern: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(like(text[start:], pattern[1:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("_", text[0]) and like(text[1:], pattern[1:])


def holds(tree: Any, row: dict[str, Any]) -> Any:
    """The value of a tree for a row, None where it is not known."""
    head, *parts = tree
    if head == "col":
        return row[parts[0]]
    if head in ("lit", "days"):
        return parts[0] if head == "lit" else dt.timedelta(parts[0][1])
    if head == "date":
        return dt.date.fromisoformat(parts[0])
    if head == "case":
        chosen = next((then for when, then in parts[0] if holds(when, row)), parts[1])
        return holds(chosen, row)
    if head == "call":
        seen = [holds(part, row) for part in parts[1]]
        if parts[0] == "coalesce":
            return next((item for item in seen if item is not None), None)
        return None if seen[0] is None else len(seen[0])
    if head == "in":
        found = holds(parts[0], row)
        return None if found is None else found in [holds(item, row) for item in parts[1]]
    seen = [holds(part, row) for part in parts]
    if head == "and":
        return False if False in seen else None if None in seen else True
    if head == "or":
        return True if True in seen else None if None in seen else False
    if head.startswith("is_"):
        return seen[0] is {"is_null": None, "is_true": True, "is_false": False}[head]
    if None in seen:
        if head == "between" and seen[0] is not None:
            raise AssertionError("bounds are literals here")
        return None
    a, b = seen[0], seen[-1]
    if head == "not":
        return not a
    if head == "between":
        return seen[1] <= a <= b
    if head in ("like", "ilike"):
        return like(a, b) if head == "like" else like(a.lower(), b.lower())
    return {
        "=": a == b,
        "!=": a != b,
        "<": head == "<" and a < b,
        "<=": head == "<=" and a <= b,
        ">": head == ">" and a > b,
        ">=": head == ">=" and a >= b,
        "+": head == "+" and a + b,
        "-": head == "-" and a - b,
    }[head]


@settings(max_examples=300, deadline=None)
@given(TREES, ROWS)
def test_text_tree_and_expression_agree(tree: Any, rows: list[dict[str, Any]]) -> None:
    text = unparse(tree)
    assert parse(text) == tree
    schema = {name: DTYPES[kind] for kind, names in COLUMNS.items() for name in names}
    frame = pl.DataFrame(rows, schema=schema)
    made = frame.select(compile(tree).alias("held"))["held"]
    found = [made[0]] * len(rows) if len(made) == 1 else made.to_list()
    assert found == [holds(tree, row) is True for row in rows], text
