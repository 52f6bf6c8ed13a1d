"""The body of a `group` check, which judges the rows of one document together: what it reads, and what it says.

A body is plain data (see `group_model` for the keys of a rule file): `by` (columns), `where` (a tree), `any`, `none`,
`first`, `last` (each a list of checks, one of which must hold), `requires` (pairs of a name and such a list), `given` (a
number), `alike` (columns, at_least), `unordered` (a column), `no_better` (column, rows, than).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["columns_read", "describe"]

#: Keys whose value is a list of checks, and how they read in a sentence.
_TESTS = {
    "any": "a row is",
    "none": "no row is",
    "first": "the first row is",
    "last": "the last row is",
}


def _checks(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in _TESTS:
        yield from body.get(name, ())
    for _, checks in body.get("requires", ()):
        yield from checks


def columns_read(body: Mapping[str, Any]) -> set[str]:
    """Every column that a group check looks at."""
    from steplint.rules.condition import columns_of

    found = {*body["by"], *body.get("alike", {}).get("columns", ())}
    trees = [body["where"]] if "where" in body else []
    for check in _checks(body):
        if "where" in check:
            trees.append(check["where"])
        else:
            found.add(check["phrases"]["column"])
            trees += [check["phrases"]["unless"]] if "unless" in check["phrases"] else []
    if "unordered" in body:
        found |= {body["unordered"], "position"}
    if "no_better" in body:
        found.add(body["no_better"]["column"])
        trees += [body["no_better"]["rows"], body["no_better"]["than"]]
    return found.union(*(columns_of(tree) for tree in trees))


def describe(body: Mapping[str, Any]) -> list[str]:
    """The check in words, a part a line; all parts hold where the group is wrong."""
    from steplint.rules.condition import unparse

    lines = [f"rows that share {' and '.join(body['by'])}, judged together"]
    if "where" in body:
        lines.append(f"counting rows where {unparse(body['where'])}")
    lines += [f"{words}: {_told(body[name])}" for name, words in _TESTS.items() if name in body]
    if "requires" in body:
        known = f" (where {body['given']} or more of them are there)" if "given" in body else ""
        lines.append(f"one of these is missing{known}:")
        lines += [f"  {name}: {_told(checks)}" for name, checks in body["requires"]]
    if "alike" in body:
        columns = " or ".join(body["alike"]["columns"])
        lines.append(f"all rows share one {columns} ({body['alike']['at_least']} rows or more)")
    if "unordered" in body:
        lines.append(f"{body['unordered']} does not ascend from row to row")
    if "no_better" in body:
        part = body["no_better"]
        lines.append(f"{part['column']} where {unparse(part['rows'])} is not above that where {unparse(part['than'])}")
    return lines


def _told(checks: Sequence[Mapping[str, Any]]) -> str:
    from steplint.rules.condition import unparse

    return " or ".join(
        unparse(check["where"]) if "where" in check else f"one of {len(check['phrases']['list'])} phrases"
        for check in checks
    )
