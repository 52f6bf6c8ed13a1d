"""SRC002, SRC005, SRC006: what of a source was not judged, said once a file and not once a record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from steplint.findings.keys import digest, normal, with_key
from steplint.findings.schema import SCHEMA
from steplint.findings.template import fill, slots, visible
from steplint.reading.schema import LEXICONS
from steplint.records import RecordStream
from steplint.rules.rule import Rule

__all__ = ["Coverage", "Gap", "Unread", "source_findings", "unread_texts"]


@dataclass(frozen=True)
class Gap:
    """Something of a file that was not judged. `what` is the `source` check that tells of it.

    `field` is the canonical column at fault, `column` its header; `line` and `text` are those of the first record concerned.
    """

    what: str
    path: str | None
    field: str = "next_step"
    column: str | None = None
    language: str | None = None
    count: int | None = None
    line: int | None = None
    sheet: str | None = None
    text: str | None = None


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = json.loads(Path(__file__).with_name("language_names.json").read_text("utf-8"))
    return names


class Unread(NamedTuple):
    """Texts in a language without a word list: how many, and line and text of the first one."""

    number: int
    line: int | None
    text: str


#: Path, sheet and language of texts.
_Where = tuple[str | None, str | None, str]


def unread_texts(frame: pl.DataFrame) -> dict[_Where, Unread]:
    """Path, sheet and language → its texts in `frame` (records and reading), for languages without a word list."""
    where = ("path", "sheet", "language")
    strange = frame.select(*where, "line", "next_step").filter(~pl.col("language").is_in(LEXICONS))
    grouped = strange.group_by(where, maintain_order=True)
    found = grouped.agg(pl.len(), pl.col("line").first(), pl.col("next_step").first())
    return {(path, sheet, language): Unread(*rest) for path, sheet, language, *rest in found.rows()}


class Coverage:
    """What the batches of a run show of their tables, in the order of the tables."""

    def __init__(self) -> None:
        self._unread: dict[_Where, Unread] = {}
        self._read: set[tuple[str | None, str]] = set()  # (path, ambiguous column) of which a value could be read

    def add(self, records: pl.DataFrame, unread: Mapping[_Where, Unread], ambiguous: Iterable[str]) -> None:
        """Take a batch: its `records`, the `unread` texts of those that are judged, and the run's ambiguous columns."""
        for where, texts in unread.items():
            before = self._unread.get(where, texts._replace(number=0))
            self._unread[where] = before._replace(number=before.number + texts.number)
        for name in ambiguous:
            self._read |= {(path, name) for path in records["path"].filter(records[name].is_not_null()).unique()}

    def gaps(self, stream: RecordStream) -> Iterator[Gap]:
        """All gaps of a run whose batches have been added."""
        first = stream.mappings[0][0] if stream.mappings else None
        yield from (Gap("hidden", first, name, f"“{name}”", text=name) for name in stream.hidden)
        for path, mapping in stream.mappings or ((None, stream.mapping),):
            left = list(stream.ambiguous_dates)
            if len(stream.mappings) > 1:  # the files share a column that perhaps only one of them writes this way
                left = [name for name in left if name in mapping.fields and (path, name) not in self._read]
            headers = [mapping.headers[mapping.fields[name]] if name in mapping.fields else name for name in left]
            if left:
                shown = ", ".join(f"“{header}”" for header in headers)
                yield Gap("day_order", path, left[0], shown, text=", ".join(headers))
        tables = {key[:2]: place for place, key in reversed(list(enumerate(self._unread)))}
        order = sorted(self._unread.items(), key=lambda item: (tables[item[0][:2]], item[1].line or 0, item[0][2]))
        for (path, sheet, language), texts in order:
            name = _names().get(language, language)
            yield Gap("language", path, "next_step", None, name, texts.number, texts.line, sheet, texts.text)


def source_findings(gaps: Iterable[Gap], rules: Sequence[Rule], source: str) -> pl.DataFrame:
    """The findings of `source` rules for gaps, with the columns of a judged batch. `source` is the name of the source."""
    texts = ("what", "path", "field", "column", "language")
    schema = {
        **dict.fromkeys(texts, pl.String()),
        "count": pl.Int64(),
        "line": pl.Int64(),
        "sheet": pl.String(),
        "text": pl.String(),
    }
    table = pl.DataFrame([astuple(gap) for gap in gaps], schema=schema, orient="row").with_columns(
        source=pl.lit(source)
    )
    found = [_findings(table.filter(what=rule.check["source"]), rule) for rule in rules if rule.of_source]
    return pl.concat(found) if found else pl.DataFrame()


def _findings(gaps: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    given: dict[str, Any] = {
        "code": pl.lit(rule.code),
        "name": pl.lit(rule.name),
        "severity": pl.lit(rule.severity),
        "why_url": pl.lit(rule.url),
        "message": _text(rule.message),
        "help": _text(rule.help or ""),
        "primary": pl.lit(value=True),
        "spans": pl.lit([], dtype=SCHEMA["spans"].dtype),
        "record_line": pl.col("line"),
        **{name: pl.col(name) for name in ("path", "sheet", "line", "field", "text")},
    }
    columns = [
        given.get(name, pl.lit(None)).cast(column.dtype).alias(name)
        for name, column in SCHEMA.items()
        if name not in ("key", "fingerprint")
    ]
    evidence = pl.concat_str("column", "language", separator="\0", ignore_nulls=True)
    found = gaps.select(pl.lit(None, dtype=pl.Int64).alias("row"), *columns, "source", _evidence=evidence)
    found = with_key(found).with_columns(fingerprint=digest(pl.col("key"), normal(pl.col("_evidence"))))
    return found.drop("source", "_evidence")


def _text(template: str) -> pl.Expr:
    return fill(
        template, {name: visible(name, pl.col(name).cast(pl.String)) for name in slots(template) if name in _SLOTS}
    )


_SLOTS = ("column", "language", "count", "path")
