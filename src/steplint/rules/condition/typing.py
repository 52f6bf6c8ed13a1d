"""Types of a condition's parts: which values can be compared, and what is said where they cannot."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from steplint.errors import RuleError, nearest
from steplint.rules.columns import VALUES, comparable
from steplint.rules.condition import Tree

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

__all__ = ["NAMES", "Typed", "Typing"]

Typed = tuple[Tree, str]

NAMES = {
    "str": "text",
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "date": "a day",
    "datetime": "a moment",
    "time": "a clock time",
    "list": "a list",
    "days": "a number of days",
    "null": "NULL",
}
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class Typing:
    """Where nodes stand in the text, and whether the types on both sides of a sign fit."""

    def __init__(self, text: str, options: Mapping[str, Any], columns: Mapping[str, str], path: str | None) -> None:
        self.text = text
        self.options = options
        self.columns = columns
        self.path = path
        self.nodes = 0
        self.last = 0

    def fail(self, node: Expression | None, message: str, hint: str | None = None) -> NoReturn:
        start = self.start(node)
        line = self.text.count("\n", 0, start) + 1
        column = start - self.text.rfind("\n", 0, start)
        raise RuleError(message, path=self.path, line=line, column=column, hint=hint)

    def start(self, node: Expression | None) -> int:
        """Where a node begins in the text: its leftmost part that knows its place."""
        if node is None:
            return self.last
        places = [part.meta["start"] for part in node.walk() if "start" in part.meta]
        return min(places, default=self.last)

    def shown(self, node: Expression | None) -> str:
        """The piece of text that a leaf stands for, for messages."""
        from sqlglot import expressions as exp

        leaf = node.find(exp.Identifier, exp.Literal, exp.Anonymous) if node else None
        if leaf is None or "start" not in leaf.meta:
            return "this"
        return self.text[leaf.meta["start"] : leaf.meta["end"] + 1][:30]

    def fit(self, node: Expression | None, left: Typed, right: Typed, other: Expression | None) -> Tree:
        if (tree := self.moment(right, left[1])) is not None:
            return tree
        if not comparable(left[1], right[1]) or left[1] in ("list", "days", "null"):
            self.mismatch(node, left, right, other)
        self.vocabulary(left, right, other)
        return right[0]

    def mismatch(self, node: Expression | None, left: Typed, right: Typed, other: Expression | None) -> NoReturn:
        hint = None
        if "null" in (left[1], right[1]):
            hint = "write IS NULL or IS NOT NULL"
        elif left[1] in ("date", "datetime") and right[0][0] == "lit" and right[1] == "str":
            hint = "write days as '2026-01-31'"
        elif left[1] == "list":
            hint = "use has(list, 'x') or count(list)"
        elif left[1] in ("int", "float") and right[0][0] == "lit" and right[1] == "str":
            hint = "write numbers without quotes"
        message = f"{self.shown(node)} is {NAMES[left[1]]}, compared with {NAMES[right[1]]}"
        self.fail(other or node, message, hint)

    def moment(self, typed: Typed, wanted: str) -> Tree | None:
        """A text literal as the day or clock time that it is compared with, or None."""
        tree, kind = typed
        if kind != "str" or tree[0] != "lit":
            return None
        if wanted in ("date", "datetime"):
            try:
                return ["date", dt.date.fromisoformat(tree[1]).isoformat()]
            except ValueError:
                return None
        return ["time", tree[1]] if wanted == "time" and _TIME.fullmatch(tree[1]) else None

    def vocabulary(self, left: Typed, right: Typed, other: Expression | None) -> None:
        """A word outside a column's closed vocabulary would make a condition that can never hold."""
        for column, value in ((left[0], right[0]), (right[0], left[0])):
            words = VALUES.get(column[1]) if column[0] == "col" else None
            if words and value[0] == "lit" and value[1] not in words:
                close = nearest(str(value[1]), words)
                hint = f"did you mean '{close}'?" if close else f"it holds {', '.join(words)}"
                self.fail(other, f"{column[1]} is never '{value[1]}'", hint)

    def common(self, node: Expression, one: str, two: str) -> str:
        if "null" in (one, two):
            return two if one == "null" else one
        if not comparable(one, two) or "days" in (one, two):
            self.fail(node, f"{NAMES[one]} and {NAMES[two]} are mixed in one value")
        return one if one == two else "float" if "float" in (one, two) else "date"
