"""The query of a configuration: checked to be one SELECT that changes nothing, and handed on letter by letter."""

from __future__ import annotations

import logging
from typing import NoReturn

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType  # type: ignore[attr-defined]

from steplint.errors import SourceError

__all__ = ["as_text", "check_query"]

logging.getLogger("sqlglot").addHandler(logging.NullHandler())  # its warnings would go to standard error

_DEEPEST = 100
#: SQLAlchemy's names of dialects, where sqlglot has others.
_DIALECTS = {
    "postgresql": "postgres", "cockroachdb": "postgres", "mariadb": "mysql", "mssql": "tsql", "awsathena": "athena",
}  # fmt: skip
_WRITES = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock)
_NAMES = {"Lock": "FOR UPDATE", "Command": "a command"}
_FIRST = (TokenType.SELECT, TokenType.WITH, TokenType.L_PAREN)


def check_query(query: str, dialect: str) -> str:
    """The query without the semicolon at its end. `dialect` is SQLAlchemy's name of it.

    SourceError, with line and column: it is not one SELECT, it writes, locks or stores rows, or it is not understood.
    That the database itself lets nothing be written holds besides.
    """
    _no_code_in_comments(query)
    reader = sqlglot.Dialect.get(_DIALECTS.get(dialect, dialect)) or sqlglot.Dialect
    try:
        end = _end_of_statement(reader().tokenize(query), query)
        found = sqlglot.parse_one(query[:end], dialect=reader)
        writes = next((node for node in found.walk() if isinstance(node, _WRITES)), None)
    except SqlglotError as error:
        places = getattr(error, "errors", None) or [{}]
        hint = "make it a view in the database, and name that one as table:"
        _refuse("it is not understood", places[0].get("line"), places[0].get("col"), hint=hint)
    except RecursionError:
        _refuse("it is nested too deep")
    if writes is not None:
        name = type(writes).__name__
        _refuse(f"it has {_NAMES.get(name, name.upper())} in it")
    if not isinstance(found, exp.Query):
        _refuse("it is no SELECT")
    return query[:end]


def _end_of_statement(tokens: list[Token], query: str) -> int:
    """Where the one statement ends, before its semicolon."""
    end = len(query)
    while tokens and tokens[-1].token_type == TokenType.SEMICOLON:
        end = tokens[-1].start
        tokens = tokens[:-1]
    if not tokens or tokens[0].token_type not in _FIRST:
        _refuse(f"it begins with {tokens[0].text.upper()[:20] if tokens else 'nothing'}", 1)
    depth = 0
    for token in tokens:
        if token.token_type == TokenType.SEMICOLON:
            _refuse("it is several statements", token.line, token.col)
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        if depth > _DEEPEST:
            _refuse("it is nested too deep", token.line, token.col)
    return end


def _no_code_in_comments(query: str) -> None:
    """MySQL runs what stands in such comments, and every parser skips them."""
    for mark in ("/*!", "/*M!"):
        if mark in query:
            _refuse(f"it has {mark}, a comment that some databases run", query[: query.index(mark)].count("\n") + 1)


def _refuse(
    why: str,
    line: int | None = None,
    column: int | None = None,
    *,
    hint: str = "one SELECT that changes nothing is expected",
) -> NoReturn:
    place = f" at line {line}" + (f", column {column}" if column else "") if line else ""
    raise SourceError(f"query: {why}{place}", hint=hint)


def as_text(query: str) -> str:
    """The query for `sqlalchemy.text`, which then hands on exactly this query: no colon in it is a parameter."""
    return query.replace(":", "\\:")
