"""SOQL as Salesforce reads it, over SQLite: a parser of the part that a linter asks, and its errors.

A query is `SELECT fields | COUNT() FROM object [WHERE …] [ORDER BY …] [LIMIT n]`. Fields may be paths (`Owner.Name`); a parent
becomes a join. Sub-selects are refused, as Bulk refuses them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Field:
    """One field of an object. `refers`: the objects that a reference may point to, as the parent `relationship`."""

    name: str
    type: str = "string"
    refers: tuple[str, ...] = ()
    relationship: str | None = None
    length: int = 255
    external: bool = False

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")


#: Object → field name in lower case → field.
Objects = Mapping[str, Mapping[str, Field]]


class SoqlError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass
class Query:
    """What a query asks: `fields` are (path as written, its field), in order; `sql` selects exactly those."""

    object: str
    fields: list[tuple[str, Field]]
    sql: str
    values: list[Any]
    count: bool = False
    parents: dict[str, str] = field(default_factory=dict)


_TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    |(?P<date>\d{4}-\d\d-\d\d)(?![\w-])
    |(?P<number>[+-]?\d+(?:\.\d+)?)(?![\w.])
    |(?P<name>[A-Za-z]\w*(?:\.[A-Za-z]\w*)*)
    |(?P<sign><=|>=|!=|<>|[=<>(),]))""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_NUMBERS = ("double", "currency", "percent", "int")
_POLYMORPHIC = "Name"  # the view that several kinds of parents share


def parse(text: str, objects: Objects, hidden: frozenset[str] = frozenset()) -> Query:
    """A query as SQL. `hidden`: `Object` or `Object.Field` that the user may not see."""
    return _Parser(text, objects, hidden).query()


class _Parser:
    def __init__(self, text: str, objects: Objects, hidden: frozenset[str]) -> None:
        self.text, self.objects, self.hidden = text, objects, hidden
        self.tokens: list[tuple[str, str]] = []
        self.at = 0
        self.joins: dict[str, str] = {}
        self.parents: dict[str, str] = {}
        self.values: list[Any] = []
        self.object = ""
        end = 0
        while end < len(text.rstrip()):
            found = _TOKEN.match(text, end)
            if found is None:
                raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{text[end : end + 20].strip()}'")
            self.tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            end = found.end()

    # -- tokens

    def peek(self) -> str:
        return self.tokens[self.at][1].upper() if self.at < len(self.tokens) else ""

    def take(self, *words: str) -> bool:
        if self.peek() in words:
            self.at += 1
            return True
        return False

    def need(self, word: str) -> None:
        if not self.take(word):
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{self.peek() or '<EOF>'}', expected {word}")

    def next(self, *kinds: str) -> tuple[str, str]:
        if self.at < len(self.tokens) and self.tokens[self.at][0] in kinds:
            self.at += 1
            return self.tokens[self.at - 1]
        raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{self.peek() or '<EOF>'}'")

    # -- grammar

    def query(self) -> Query:
        self.need("SELECT")
        start = self.at
        while self.peek() not in ("FROM", ""):
            if self.tokens[self.at + 1 : self.at + 2] == [("name", "SELECT")]:
                raise SoqlError("MALFORMED_QUERY", "sub-selects are not supported")
            self.at += 1
        self.need("FROM")
        name = self.next("name")[1]
        known = {known.lower(): known for known in self.objects}
        if name.lower() not in known or known[name.lower()] in self.hidden:
            raise SoqlError("INVALID_TYPE", f"sObject type '{name}' is not supported.")
        self.object = known[name.lower()]
        after, self.at = self.at, start
        count, fields, columns = self.selected()
        self.at = after
        where = f" WHERE {self.any()}" if self.take("WHERE") else ""
        order = self.order() if self.take("ORDER") else " ORDER BY t.Id"
        limit = f" LIMIT {int(self.next('number')[1])}" if self.take("LIMIT") else ""
        if self.at < len(self.tokens):
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{self.tokens[self.at][1]}'")
        source = f' FROM "{self.object}" t{"".join(self.joins.values())}{where}'
        sql = f"SELECT COUNT(*){source}" if count else f"SELECT {', '.join(columns)}{source}{order}{limit}"
        return Query(self.object, fields, sql, self.values, count, self.parents)

    def selected(self) -> tuple[bool, list[tuple[str, Field]], list[str]]:
        if self.take("COUNT"):
            self.need("(")
            self.need(")")
            self.need("FROM")
            return True, [], []
        fields: list[tuple[str, Field]] = []
        columns: list[str] = []
        while True:
            path = self.next("name")[1]
            column, found = self.column(path)
            fields.append((path, found))
            columns.append(column)
            if not self.take(","):
                break
        self.need("FROM")
        return False, fields, columns

    def order(self) -> str:
        self.need("BY")
        keys = []
        while True:
            column, _ = self.column(self.next("name")[1])
            descending = self.take("DESC") or (self.take("ASC") and False)
            nulls = " NULLS FIRST" if not descending else " NULLS LAST"
            if self.take("NULLS"):
                nulls = f" NULLS {self.next('name')[1]}"
            keys.append(f"{column}{' DESC' if descending else ''}{nulls}")
            if not self.take(","):
                return f" ORDER BY {', '.join(keys)}, t.Id"

    def any(self) -> str:
        first = self.term()
        joined = [first]
        word = self.peek()
        while word in ("AND", "OR") and self.take(word):
            joined.append(self.term())
            if self.peek() in ("AND", "OR") and self.peek() != word:
                raise SoqlError(
                    "MALFORMED_QUERY", f"unexpected token: '{self.peek()}'"
                )  # AND with OR needs parentheses
        return f" {word} ".join(joined) if len(joined) > 1 else first

    def term(self) -> str:
        if self.take("NOT"):
            return f"NOT ({self.term()})"
        if self.take("("):
            inner = self.any()
            self.need(")")
            return f"({inner})"
        return self.comparison()

    def comparison(self) -> str:
        column, found = self.column(self.next("name")[1])
        if self.take("IN"):
            return f"{column} IN ({self.list(found)})"
        if self.take("NOT"):
            self.need("IN")
            return f"({column} IS NULL OR {column} NOT IN ({self.list(found)}))"
        if self.take("LIKE"):
            self.values.append(_text(self.next("string")[1], like=True))
            return f"{column} LIKE ? ESCAPE '\\'"
        sign = self.next("sign")[1]
        self.values.append(self.literal(found))
        known = {"=": "IS", "!=": "IS NOT", "<>": "IS NOT", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
        if sign not in known:
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{sign}'")
        return f"{column} {known[sign]} ?"

    def list(self, found: Field) -> str:
        self.need("(")
        if self.peek() == "SELECT":
            raise SoqlError("MALFORMED_QUERY", "sub-selects are not supported")
        count = 0
        while not count or self.take(","):
            self.values.append(self.literal(found))
            count += 1
        self.need(")")
        return ", ".join("?" * count)

    def literal(self, found: Field) -> Any:
        kind, text = self.next("string", "moment", "date", "number", "name")
        if kind == "name" and text.upper() == "NULL":
            return None
        if kind == "name" and text.upper() in ("TRUE", "FALSE") and found.type == "boolean":
            return int(text.upper() == "TRUE")
        if kind == "moment" and found.type == "datetime":
            return stamp(datetime.fromisoformat(text))
        if kind == "date" and found.type == "date":
            return text
        if kind == "number" and found.type in _NUMBERS:
            return float(text)
        if kind == "string" and found.type not in ("boolean", "datetime", "date", *_NUMBERS):
            value = _text(text)
            return case_safe(value) if found.type in ("id", "reference") else value
        said = f"value of filter criterion for field '{found.name}' must be of type {found.type}"
        raise SoqlError("INVALID_FIELD", said)

    def column(self, path: str) -> tuple[str, Field]:
        *parents, last = path.split(".")
        owner, alias = self.object, "t"
        for place, parent in enumerate(parents):
            link = next(
                (
                    f
                    for f in self.objects[owner].values()
                    if f.relationship and f.relationship.lower() == parent.lower()
                ),
                None,
            )
            if link is None or f"{owner}.{link.name}" in self.hidden:
                said = f"Didn't understand relationship '{parent}' in field path '{path}' on entity '{owner}'."
                raise SoqlError("INVALID_FIELD", said)
            below = ".".join(parents[: place + 1]).lower()
            target = link.refers[0] if len(link.refers) == 1 else _POLYMORPHIC
            joined = f'j{list(self.joins).index(below)}' if below in self.joins else f"j{len(self.joins)}"  # fmt: skip
            self.joins.setdefault(below, f' LEFT JOIN "{target}" {joined} ON {joined}.Id = {alias}."{link.name}"')
            self.parents[below] = target
            owner, alias = target, joined
        found = self.objects[owner].get(last.lower())
        if found is None or f"{owner}.{found.name}" in self.hidden:
            said = (
                f"\nSELECT …\n       ^\nERROR at Row:1:Column:8\nNo such column '{last}' on entity '{owner}'. If you are "
                "attempting to use a custom field, be sure to append the '__c' after the custom field name."
            )
            raise SoqlError("INVALID_FIELD", said)
        return f'{alias}."{found.name}"', found


def _text(quoted: str, like: bool = False) -> str:
    def one(found: re.Match[str]) -> str:
        letter = found[1]
        if like and letter in "%_\\":
            return found[0]
        return _ESCAPES.get(letter.lower(), letter)

    return re.sub(r"\\(.)", one, quoted[1:-1], flags=re.DOTALL)


def stamp(moment: datetime) -> str:
    """A moment as Bulk writes it, and as it is kept."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def case_safe(short: str) -> str:
    """An id of 15 characters with the three that make it 18."""
    if len(short) != 15:
        return short
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    return short + "".join(
        signs[sum((short[start + n] in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") << n for n in range(5))] for start in (0, 5, 10)
    )
