"""What a rule does to a frame: where its check holds, what it found in the text, and why.

Matching sees text without invisible characters and compatibility forms (`T<ZWSP>BD` is TBD); places that are given back
count code points of the original text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl

from steplint.errors import RuleError
from steplint.rules.columns import COLUMNS
from steplint.rules.condition.compiler import Calendar
from steplint.rules.condition.compiler import compile as compile_condition
from steplint.rules.condition.explainer import explain as explain_condition
from steplint.rules.group import describe
from steplint.rules.pattern import ascii_words
from steplint.rules.pattern import phrases as phrase_pattern
from steplint.rules.rule import Rule

__all__ = ["INVISIBLE", "Calendar", "check_mask", "explain", "found", "mask", "repeat_key"]

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
_INVISIBLE = re.compile(f"[{INVISIBLE}]")


def mask(rule: Rule, calendar: Calendar | None = None, types: Mapping[str, str] = COLUMNS) -> pl.Expr:
    """True for the records that the check of a rule finds, else False; never null.

    `kinds`, `needs` and `implied_by` are the engine's. Raises RuleError for rules that one record cannot be judged by:
    those that count over the whole run (count `repeat_key`, compare with `rule.check["repeated"]["at_least"]`), those of
    documents and those of sources.
    """
    if rule.whole_run or rule.of_group or rule.of_source:
        what = "the whole run" if rule.whole_run else "a document" if rule.of_group else "the source"
        raise RuleError(f"{rule.code} judges {what}, not a record", path=rule.path, line=rule.line)
    if rule.function is not None:
        made: pl.Expr = rule.function(rule.options).fill_null(False)
        return made
    return check_mask(rule.check, rule.options, calendar, types)


def check_mask(
    check: Mapping[str, Any],
    options: Mapping[str, Any],
    calendar: Calendar | None = None,
    types: Mapping[str, str] = COLUMNS,
) -> pl.Expr:
    """The same for a bare check: where, required, phrases or pattern."""
    kind, body = next(iter(check.items()))
    if kind == "where":
        return compile_condition(body, options, types, calendar)
    if kind == "required":
        return pl.any_horizontal(_missing(column, types) for column in body["columns"])
    hit = _matches(pl.col(body["column"]), *_patterns(check)).fill_null(False)
    if body.get("unless"):
        return hit & ~compile_condition(body["unless"], options, types, calendar)
    return hit


def _missing(column: str, types: Mapping[str, str]) -> pl.Expr:
    """Null, or nothing but blanks and invisible characters, or a list without items."""
    value = pl.col(column)
    if types.get(column) == "str":
        return value.is_null() | value.str.contains(rf"^[\s{INVISIBLE}]*$").fill_null(False)
    if types.get(column) == "list":
        return value.is_null() | (value.list.len() == 0).fill_null(False)
    return value.is_null()


def _patterns(check: Mapping[str, Any]) -> tuple[str, str]:
    """The pattern for ASCII texts, and the one for the rest."""
    kind, body = next(iter(check.items()))
    if kind == "phrases":
        return phrase_pattern(body["list"]), phrase_pattern(body["list"], unicode=True)
    return ascii_words(body["regex"]), str(body["regex"])


def _is_ascii(text: pl.Expr) -> pl.Expr:
    return text.str.len_bytes() == text.str.len_chars()


def _folded(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFKC").str.replace_all(f"[{INVISIBLE}]", "")


def _matches(text: pl.Expr, plain: str, full: str) -> pl.Expr:
    """The slow, exact pattern runs on non-ASCII texts only."""
    return pl.when(_is_ascii(text)).then(text.str.contains(plain)).otherwise(_folded(text).str.contains(full))


def found(rule: Rule, texts: pl.Series) -> list[tuple[int, int] | None]:
    """Start and end (code points, end exclusive) of what a `phrases` or `pattern` rule found first in each text.

    Meant for the records that `mask` has found: one Python search a text.
    """
    pattern = _python_pattern(_patterns(rule.check)[1])
    return [_search(pattern, text) for text in texts.to_list()]


@cache
def _python_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(r"(?-u:\b)", r"\b"))


def _search(pattern: re.Pattern[str], text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    if text.isascii():
        hit = pattern.search(text)
        return hit.span() if hit else None
    places: list[int] = []  # of each folded character: where it stands in the original
    folded: list[str] = []
    for index, sign in enumerate(text):
        for part in unicodedata.normalize("NFKC", sign):
            if not _INVISIBLE.match(part):
                folded.append(part)
                places.append(index)
    hit = pattern.search("".join(folded))
    if not hit or hit.start() == hit.end():
        return None
    return places[hit.start()], places[hit.end() - 1] + 1


def repeat_key(rule: Rule) -> pl.Expr:
    """Of a `repeated` rule: what records must share to be counted together (text), null where there is no text.

    Texts are compared without case and extra blanks.
    """
    body = rule.check["repeated"]
    text = _folded(pl.col(body["column"])).str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in body["by"]]
    return pl.when(text.str.len_chars() > 0).then(pl.concat_str([text, *parts], separator="\x1f"))


def explain(
    rule: Rule, row: pl.DataFrame, calendar: Calendar | None = None, types: Mapping[str, str] = COLUMNS
) -> list[tuple[int, str, Any]]:
    """(depth, text, value) of the sub-conditions of a rule for a one-row frame; see `condition.explain`."""
    kind, body = next(iter(rule.check.items()))
    if kind == "where":
        return explain_condition(body, row, rule.options, types, calendar)
    if kind == "repeated":
        shared = " and ".join((body["column"], *body["by"]))
        return [(0, f"same {shared} on at least {body['at_least']} records", None)]
    if kind == "source":
        return []
    if kind == "group":
        verdict = f"_hit_{rule.code}"
        return [(0, "; ".join(describe(body)), bool(row[verdict][0]) if verdict in row.columns else None)]
    held = bool(row.select(mask(rule, calendar, types)).item())
    if kind == "required":
        lines: list[tuple[int, str, Any]] = [(0, f"{' or '.join(body['columns'])} is missing", held)]
        return lines + [(1, column, row[column][0]) for column in body["columns"]]
    if kind == "expr":
        return [(0, f"{rule.name} (Python)", held)] + [(1, column, row[column][0]) for column in body]
    span = found(rule, row[body["column"]])[0]
    what = "a listed phrase" if kind == "phrases" else "the pattern"
    lines = [(0, f"{body['column']} holds {what}", held)]
    lines.append((1, "found", row[body["column"]][0][slice(*span)] if span else None))
    if body.get("unless"):
        nested = explain_condition(body["unless"], row, rule.options, types, calendar)
        lines += [(depth + 1, f"unless {text}" if depth == 0 else text, value) for depth, text, value in nested]
    return lines
