"""Condition text → checked tree. sqlglot settles precedence; what it returns is read node by node from an allow-list.

Every handler names the parts of a node that it has read; a node with any other part set is refused, so that a meaning
that is not known here (an escape character, a window, a filter) can never be dropped in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from steplint.errors import RuleError
from steplint.rules.columns import COLUMNS, comparable
from steplint.rules.condition import Tree
from steplint.rules.condition.tokens import FUNCTIONS, MAX_DEPTH, PREFIX, guard
from steplint.rules.condition.typing import NAMES, Typed, Typing
from steplint.rules.options import type_of

if TYPE_CHECKING:
    from sqlglot.expressions import Expression

__all__ = ["MAX_NODES", "parse"]

MAX_NODES = 500

_COMPARE = {"EQ": "=", "NEQ": "!=", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}


def parse(
    text: str,
    *,
    options: Mapping[str, Any] | None = None,
    columns: Mapping[str, str] = COLUMNS,
    path: str | None = None,
) -> Tree:
    """The tree of a condition that is true, false or null. Raises RuleError with line and column inside `text`."""
    from sqlglot.errors import ErrorLevel, ParseError
    from sqlglot.parser import Parser

    options = options or {}
    tokens = guard(text, options=options, columns=columns, path=path)
    reader = _Reader(text, options, columns, path)
    try:
        roots = Parser(error_level=ErrorLevel.IMMEDIATE).parse(tokens, text)
    except ParseError as caught:
        first = caught.errors[0] if caught.errors else {}
        line, end = first.get("line") or 1, first.get("col") or 1
        column = max(1, end - len(first.get("highlight") or " ") + 1)
        shown = str(first.get("highlight") or "").strip()[:30].removeprefix(PREFIX)
        message = f"the condition breaks off at {shown}" if shown else "the condition breaks off"
        hint = "a value, an operator or a bracket is missing"
        raise RuleError(message, path=path, line=line, column=column, hint=hint) from None
    except RecursionError:
        raise RuleError("the condition is nested too deeply", path=path, line=1, column=1) from None
    if len(roots) != 1 or roots[0] is None:
        raise RuleError("a rule has one condition", path=path, line=1, column=1)
    root: Any = roots[0]
    tree, kind = reader.read(root, 1)
    if kind != "bool":
        reader.fail(root, f"the condition is {NAMES[kind]}, not true or false", "compare it with something")
    return tree


class _Reader(Typing):
    def read(self, node: Expression | None, depth: int) -> Typed:
        """One node and what is below it, with its type."""
        if node is None:
            self.fail(node, "a value is missing")
        self.last = node.meta.get("start", self.last)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.fail(node, f"more than {MAX_NODES} parts", "split the rule into several rules")
        if depth > MAX_DEPTH:
            self.fail(node, f"nested deeper than {MAX_DEPTH} levels", "split the rule into several rules")
        kind = type(node).__name__
        handler = _LEAVES.get(kind) or _HANDLERS.get(kind)
        if handler is None:
            self.fail(node, "this is not part of the condition language")
        reads, function = handler
        for name, part in node.args.items():
            if part and name not in reads:
                if (kind, name) == ("Case", "this"):
                    self.fail(node, "CASE is followed by WHEN here", "write CASE WHEN x = 1 THEN …")
                self.fail(node, f"{name} is not part of the condition language")
        result: Typed = function(self, node) if kind in _LEAVES else function(self, node, depth)
        return result

    def bool(self, node: Expression | None, depth: int) -> Tree:
        tree, kind = self.read(node, depth)
        if kind != "bool":
            self.fail(node, f"{self.shown(node)} is {NAMES[kind]}, not true or false", "compare it with something")
        return tree

    # Logic

    def junction(self, node: Expression, depth: int) -> Typed:
        """A chain `a AND b AND c` is one node of three parts: its length is no depth."""
        kind = type(node)
        parts: list[Expression] = []
        todo: list[Expression] = [node]
        while todo:
            item = todo.pop()
            if type(item) is kind:
                todo += [item.args["expression"], item.args["this"]]
            else:
                parts.append(item)
        return [kind.__name__.lower(), *(self.bool(part, depth + 1) for part in parts)], "bool"

    def negation(self, node: Expression, depth: int) -> Typed:
        return ["not", self.bool(node.this, depth + 1)], "bool"

    def paren(self, node: Expression, depth: int) -> Typed:
        return self.read(node.this, depth)

    # Comparisons

    def pair(self, node: Expression, left: Typed, other: Expression | None, depth: int) -> Tree:
        """The right side of a comparison, of the left side's type: text beside a day is read as that day."""
        return self.fit(node.this, left, self.read(other, depth), other)

    def comparison(self, node: Expression, depth: int) -> Typed:
        left, right = self.read(node.this, depth + 1), self.read(node.expression, depth + 1)
        sign = _COMPARE[type(node).__name__]
        if "bool" in (left[1], right[1]) and sign not in ("=", "!="):
            self.fail(node, "true and false have no order", "use =, or IS TRUE")
        if (day := self.moment(left, right[1])) is not None:
            return [sign, day, right[0]], "bool"
        return [sign, left[0], self.fit(node.this, left, right, node.expression)], "bool"

    def between(self, node: Expression, depth: int) -> Typed:
        left = self.read(node.this, depth + 1)
        low, high = (self.pair(node, left, node.args.get(name), depth + 1) for name in ("low", "high"))
        return ["between", left[0], low, high], "bool"

    def inclusion(self, node: Expression, depth: int) -> Typed:
        left = self.read(node.this, depth + 1)
        items = node.expressions
        if not items and node.args.get("field") is not None:
            tree, kind = self.read(node.args["field"], depth + 1)
            if kind != "list" or tree[0] != "opt":
                self.fail(node.args["field"], "IN wants a list in brackets, or an option that is a list")
            item = type_of(self.options[tree[1]])[1]
            if not comparable(left[1], item) or left[1] in ("date", "datetime", "time"):
                self.fail(node.args["field"], f"{NAMES[left[1]]} is looked up in a list of other values")
            return ["in", left[0], tree], "bool"
        if not items:
            self.fail(node, "IN wants at least one value in its brackets")
        trees = [self.pair(node, left, item, depth + 1) for item in items]
        for tree, item in zip(trees, items, strict=True):
            if tree[0] not in ("lit", "date", "time", "opt", "neg"):
                self.fail(item, "IN lists fixed values only", "use = and OR to compare columns")
        return ["in", left[0], trees], "bool"

    def like(self, node: Expression, depth: int) -> Typed:
        left, right = self.read(node.this, depth + 1), self.read(node.expression, depth + 1)
        if left[1] != "str" or right[1] != "str":
            self.fail(node, "LIKE compares text with a pattern in quotes")
        if right[0][0] != "lit":
            self.fail(node.expression, "the pattern of LIKE is fixed text in quotes")
        tree = [type(node).__name__.lower(), left[0], right[0]]
        return (["not", tree] if node.args.get("negate") else tree), "bool"

    def identity(self, node: Expression, depth: int) -> Typed:
        tree, kind = self.read(node.this, depth + 1)
        what = type(node.expression).__name__
        if what == "Null":
            return ["is_null", tree], "bool"
        if what != "Boolean":
            self.fail(node, "IS is followed by NULL, TRUE or FALSE", "use = to compare values")
        if kind != "bool":
            self.fail(node, f"{self.shown(node)} is {NAMES[kind]}, not true or false")
        return ["is_true" if node.expression.this else "is_false", tree], "bool"

    # Values

    def column(self, node: Expression) -> Typed:
        name = node.name
        if not name.startswith(":"):
            return ["col", name], self.columns[name]
        return ["opt", name[1:]], type_of(self.options[name[1:]])[0]

    def literal(self, node: Expression) -> Typed:
        if node.args.get("is_string"):
            return ["lit", node.this], "str"
        if "." in node.this:
            return ["lit", float(node.this)], "float"
        return ["lit", int(node.this)], "int"

    def constant(self, node: Expression) -> Typed:
        return (["lit", bool(node.this)], "bool") if "this" in node.args else (["lit", None], "null")

    def minus(self, node: Expression, depth: int) -> Typed:
        tree, kind = self.read(node.this, depth + 1)
        if kind not in ("int", "float"):
            self.fail(node, f"minus before {NAMES[kind]}")
        return (["lit", -tree[1]] if tree[0] == "lit" else ["neg", tree]), kind

    def arithmetic(self, node: Expression, depth: int) -> Typed:
        left, right = self.read(node.this, depth + 1), self.read(node.expression, depth + 1)
        sign = "+" if type(node).__name__ == "Add" else "-"
        if right[1] == "days" and (day := self.moment(left, "date")) is not None:
            left = day, "date"
        if right[1] == "days" and left[1] in ("date", "datetime"):
            return [sign, left[0], right[0]], "date"
        if left[1] in ("int", "float") and right[1] in ("int", "float"):
            return [sign, left[0], right[0]], "float" if "float" in (left[1], right[1]) else "int"
        both_days = left[1] in ("date", "datetime") and right[1] in ("date", "datetime")
        hint = "use days_between(a, b)" if both_days else "write date + 3 days, or date - 2 workdays"
        return self.fail(node, f"{NAMES[left[1]]} {sign} {NAMES[right[1]]} has no meaning", hint)

    def case(self, node: Expression, depth: int) -> Typed:
        branches, kind = [], "null"
        default = node.args.get("default")
        for branch in node.args.get("ifs") or []:
            condition = self.bool(branch.this, depth + 1)
            value = self.read(branch.args.get("true"), depth + 1)
            kind = self.common(branch, kind, value[1])
            branches.append([condition, value[0]])
        other = None
        if default is not None:
            value = self.read(default, depth + 1)
            other, kind = value[0], self.common(default, kind, value[1])
        return ["case", branches, other], kind

    def call(self, node: Expression, depth: int) -> Typed:
        name = str(node.this).removeprefix(PREFIX)
        arguments = [self.read(item, depth + 1) for item in node.expressions]
        if name in ("days", "workdays"):
            if arguments[0][1] != "int":
                self.fail(node, f"{NAMES[arguments[0][1]]} {name}: a whole number is wanted")
            return [name, arguments[0][0]], "days"
        wanted, result = FUNCTIONS[name]
        if len(arguments) != len(wanted) and not (name == "coalesce" and len(arguments) > 1):
            self.fail(node, f"{name} takes {len(wanted)} value{'s' * (len(wanted) > 1)}, not {len(arguments)}")
        if name == "coalesce":
            kind = "null"
            for item, argument in zip(node.expressions, arguments, strict=True):
                kind = self.common(item, kind, argument[1])
            return ["call", name, [tree for tree, _ in arguments]], kind
        trees = []
        for item, argument, need in zip(node.expressions, arguments, wanted, strict=True):
            day = self.moment(argument, need)
            if day is None and not (comparable(argument[1], need) and argument[1] != "null"):
                self.fail(item, f"{name} wants {NAMES[need]} here, not {NAMES[argument[1]]}")
            trees.append(day if day is not None else argument[0])
        if name in ("has", "count") and trees[0][0] != "col":
            self.fail(node, f"{name} looks into a column that is a list", "use IN for a list in an option")
        return ["call", name, trees], result


_LEAVES: dict[str, tuple[Collection[str], Any]] = {
    "Column": (("this",), _Reader.column),
    "Literal": (("this", "is_string"), _Reader.literal),
    "Boolean": (("this",), _Reader.constant),
    "Null": ((), _Reader.constant),
}
_HANDLERS: dict[str, tuple[Collection[str], Any]] = {
    "And": (("this", "expression"), _Reader.junction),
    "Or": (("this", "expression"), _Reader.junction),
    "Not": (("this",), _Reader.negation),
    "Paren": (("this",), _Reader.paren),
    **dict.fromkeys(_COMPARE, (("this", "expression"), _Reader.comparison)),
    "Between": (("this", "low", "high"), _Reader.between),
    "In": (("this", "expressions", "field"), _Reader.inclusion),
    "Like": (("this", "expression", "negate"), _Reader.like),
    "ILike": (("this", "expression", "negate"), _Reader.like),
    "Is": (("this", "expression"), _Reader.identity),
    "Neg": (("this",), _Reader.minus),
    "Add": (("this", "expression"), _Reader.arithmetic),
    "Sub": (("this", "expression"), _Reader.arithmetic),
    "Case": (("ifs", "default"), _Reader.case),
    "Anonymous": (("this", "expressions"), _Reader.call),
}
