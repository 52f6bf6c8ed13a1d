"""The guard before the parser: text → tokens that the language knows, each with its place.

Everything foreign (sub-queries, casts, windows, stars, comments, quoted names, clock functions, aliases) stops here at
its own column, and size and nesting are bounded before any recursion. Columns, options and functions come out as plain
names, so that no SQL keyword keeps a meaning of its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, NoReturn

from steplint.errors import RuleError, nearest
from steplint.rules.columns import COLUMNS

if TYPE_CHECKING:
    from sqlglot.tokens import Token  # type: ignore[attr-defined]

__all__ = ["FUNCTIONS", "MAX_CHARS", "MAX_DEPTH", "MAX_TOKENS", "PREFIX", "guard"]

MAX_CHARS = 20_000
MAX_TOKENS = 2_000
MAX_DEPTH = 50
PREFIX = "f_"
"""Put before function names and units, so that the parser sees only unknown functions: none of SQL's own."""

# name: (argument types, result type); "same" means that arguments share one type, which is the result's.
FUNCTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "length": (("str",), "int"),
    "lower": (("str",), "str"),
    "coalesce": (("same", "same"), "same"),
    "has": (("list", "str"), "bool"),
    "count": (("list",), "int"),
    "days_between": (("date", "date"), "int"),
    "workdays_between": (("date", "date"), "int"),
    "hours_between": (("datetime", "datetime"), "float"),
}
UNITS = {"day": "days", "days": "days", "workday": "workdays", "workdays": "workdays"}
_KEYWORDS = frozenset("AND OR NOT IN BETWEEN LIKE ILIKE IS NULL TRUE FALSE CASE WHEN THEN ELSE END".split())
_VALUES = frozenset({"NULL", "TRUE", "FALSE"})
_SYMBOLS = frozenset({"=", "!=", "<>", "<", "<=", ">", ">=", "+", "-", "(", ")", ","})
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REFUSED = {
    word: what
    for what, words in {
        "sub-queries": ("SELECT", "FROM", "WITH", "UNION", "WHERE", "JOIN", "EXISTS", "VALUES", "TABLE", "LATERAL"),
        "window functions": ("OVER", "WINDOW", "PARTITION", "QUALIFY"),
        "casts": ("CAST", "TRY_CAST", "CONVERT"),
        "aliases": ("AS",),
        "intervals": ("INTERVAL",),
    }.items()
    for word in words
}
_HINTS = {
    "sub-queries": "a condition judges one record",
    "window functions": "use the check `repeated` to look at several records",
    "casts": "every column has its type already",
    "aliases": "join conditions with AND or OR",
    "intervals": "write date + 3 days, or date + 3 workdays",
}
_CLOCK = frozenset(
    {"now", "today", "getdate", "localtime", "localtimestamp", "current_date", "current_time", "current_timestamp"}
)


def guard(
    text: str, *, options: Collection[str], columns: Collection[str] = COLUMNS, path: str | None = None
) -> list[Token]:
    """Tokens of a condition. Raises RuleError whose `line` and `column` are places inside `text`."""
    from sqlglot.errors import SqlglotError
    from sqlglot.tokens import Tokenizer

    if len(text) > MAX_CHARS:
        raise RuleError(
            f"condition of {len(text):,} characters, the limit is {MAX_CHARS:,}",
            path=path,
            line=1,
            column=1,
            hint="split the rule into several rules",
        )
    if not text.strip():
        raise RuleError("the condition is empty", path=path, line=1, column=1)
    try:
        tokens = Tokenizer().tokenize(text)
    except SqlglotError:
        place = _unclosed(text)
        raise RuleError("a quote is not closed", path=path, line=place[0], column=place[1]) from None
    return _Guard(text, tokens, options, columns, path).run()


def _place(text: str, start: int) -> tuple[int, int]:
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def _unclosed(text: str) -> tuple[int, int]:
    """Where the quote opens that is never closed."""
    last = max(text.rfind("'"), text.rfind('"'), 0)
    return _place(text, last)


class _Guard:
    def __init__(
        self, text: str, tokens: list[Token], options: Collection[str], columns: Collection[str], path: str | None
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.options = options
        self.columns = columns
        self.path = path
        self.out: list[Token] = []
        self.depth = 0
        self.run_of_prefixes = 0
        self.after_value = False  # the token before ends a value, so an operator must follow

    def fail(self, token: Token, message: str, hint: str | None = None) -> NoReturn:
        line, column = _place(self.text, token.start)
        raise RuleError(message, path=self.path, line=line, column=column, hint=hint)

    def word(self, index: int) -> str:
        """The unquoted word at `index`, else ''."""
        if index >= len(self.tokens):
            return ""
        token = self.tokens[index]
        raw = self.text[token.start : token.end + 1]
        return raw if _WORD.fullmatch(raw) else ""

    def symbol(self, index: int) -> str:
        return self.text[self.tokens[index].start : self.tokens[index].end + 1] if index < len(self.tokens) else ""

    def emit(self, token: Token, kind: str, text: str, end: int | None = None) -> None:
        from sqlglot.tokens import Token, TokenType  # type: ignore[attr-defined]

        end = token.end if end is None else end
        made = Token(TokenType[kind], text, line=token.line, col=token.col, start=token.start, end=end)
        self.out.append(made)

    def run(self) -> list[Token]:
        from sqlglot.tokens import TokenType  # type: ignore[attr-defined]

        if len(self.tokens) > MAX_TOKENS:
            self.fail(
                self.tokens[MAX_TOKENS], f"condition of more than {MAX_TOKENS:,} words and signs", "split the rule"
            )
        index = 0
        while index < len(self.tokens):
            token = self.tokens[index]
            if token.comments or (index == 0 and self.text[: token.start].strip()):
                self.fail(token, "comments are not part of a condition", "write them as YAML comments: # …")
            raw = self.symbol(index)
            if token.token_type is TokenType.STRING and raw.startswith("'"):
                self.value(token)
                self.out.append(token)
                index += 1
            elif token.token_type is TokenType.NUMBER:
                index += self.number(index)
            elif raw == ":" and self.word(index + 1):
                index += self.option(index)
            elif self.word(index):
                index += self.name(index)
            elif raw in _SYMBOLS:
                self.sign(token, raw)
                index += 1
            else:
                self.foreign(token, raw)
        return self.out

    def foreign(self, token: Token, raw: str) -> NoReturn:
        if raw.startswith(('"', "`", "[")):
            self.fail(token, f"{raw[:20]} is a quoted name", "write text in single quotes: 'text'")
        if raw == "*":
            self.fail(token, "stars are not part of a condition", "name the column")
        if raw == "::":
            self.fail(token, "casts are not part of a condition", _HINTS["casts"])
        if raw == ";":
            self.fail(token, "a rule has one condition", "join conditions with AND or OR")
        if raw == "==":
            self.fail(token, "== is not part of a condition", "write =")
        self.fail(token, f"{raw[:20]} is not part of the condition language")

    def value(self, token: Token) -> None:
        """Two values side by side: in SQL the second would be an alias, and half of the condition would vanish."""
        if self.after_value:
            shown = self.text[token.start : token.end + 1][:30]
            self.fail(token, f"an operator is missing before {shown}", "join conditions with AND or OR")
        self.after_value = True
        self.run_of_prefixes = 0

    def deeper(self, token: Token, levels: int = 1) -> None:
        self.depth += levels
        if self.depth + self.run_of_prefixes > MAX_DEPTH:
            self.fail(token, f"nested deeper than {MAX_DEPTH} levels", "split the rule into several rules")

    def sign(self, token: Token, raw: str) -> None:
        if raw == "(":
            if self.after_value:
                self.fail(token, "an operator is missing before (", "join conditions with AND or OR")
            self.deeper(token)
        elif raw == ")":
            self.depth -= 1
        elif raw == "-" and not self.after_value:
            self.run_of_prefixes += 1
            self.deeper(token, 0)
        self.after_value = raw == ")"
        self.out.append(token)

    def number(self, index: int) -> int:
        token = self.tokens[index]
        self.value(token)
        if not _NUMBER.fullmatch(token.text):
            self.fail(token, f"{token.text[:30]} is not a plain number", "write it like 14 or 2.5")
        return self.unit(index, 1, "NUMBER", token.text)

    def option(self, index: int) -> int:
        token, name = self.tokens[index], self.word(index + 1)
        self.value(token)
        if name not in self.options:
            close = nearest(name, self.options)
            hint = f"did you mean :{close}?" if close else f"add it to the rule: options: {{{name}: …}}"
            self.fail(token, f"unknown option :{name}", hint)
        return self.unit(index, 2, "VAR", f":{name}")

    def unit(self, index: int, width: int, kind: str, text: str) -> int:
        """`3 days` becomes the call `f_days(3)`, a thing the parser knows."""
        token, end = self.tokens[index], self.tokens[index + width - 1].end
        unit = UNITS.get(self.word(index + width).lower())
        if unit is None:
            self.emit(token, kind, text, end)
            return width
        self.emit(token, "VAR", PREFIX + unit)
        self.emit(token, "L_PAREN", "(")
        self.emit(token, kind, text, end)
        self.emit(token, "R_PAREN", ")")
        return width + 1

    def name(self, index: int) -> int:
        token, word = self.tokens[index], self.word(index)
        upper, lower = word.upper(), word.lower()
        called = self.symbol(index + 1) == "("
        if upper in _KEYWORDS:
            self.keyword(token, upper)
            return 1
        if upper in _REFUSED and not (lower in self.columns and not called):
            self.fail(token, f"{_REFUSED[upper]} are not part of a condition", _HINTS[_REFUSED[upper]])
        if lower in _CLOCK and lower not in self.columns:
            self.fail(token, f"{lower} reads the clock", "use as_of, the day the check is made for")
        if called:
            if lower not in FUNCTIONS:
                close = nearest(lower, FUNCTIONS)
                hint = f"did you mean {close}?" if close else f"there are {', '.join(FUNCTIONS)}"
                self.fail(token, f"unknown function {word[:40]}", hint)
            self.value(token)
            self.after_value = False
            self.emit(token, "VAR", PREFIX + lower)
            return 1
        self.value(token)
        if word not in self.columns:
            close = nearest(word, self.columns)
            hint = f"did you mean {close}?" if close else "columns are those of the record and of its reading"
            self.fail(token, f"unknown column {word[:40]}", hint)
        self.emit(token, "VAR", word)
        return 1

    def keyword(self, token: Token, upper: str) -> None:
        if upper in _VALUES:
            self.value(token)
        elif upper == "CASE":
            self.value(token)
            self.after_value = False
            self.deeper(token)
        elif upper == "END":
            self.depth -= 1
            self.after_value = True
        elif upper == "NOT" and not self.after_value:
            self.run_of_prefixes += 1
            self.deeper(token, 0)
        else:
            self.after_value = False
            if upper != "NOT":
                self.run_of_prefixes = 0
        self.out.append(token)
