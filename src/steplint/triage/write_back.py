"""What a run has to tell a CRM: one row a record that has a finding to be written, gathered in columns, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from steplint.findings.keys import with_key
from steplint.findings.schema import SEVERITIES
from steplint.findings.summary import OF_NO_RECORD
from steplint.records import Batch, RecordStream
from steplint.rules.rule import Rule
from steplint.sources.remote.writing import Found

__all__ = ["Gathered"]

_PART = 4_096  # records whose keys are made at a time
_CONTROLS = r"[\p{Cc}&&[^\n]]"
_EMPTY = pl.DataFrame(
    schema={
        **dict.fromkeys(("record_id", "record_name", "owner", "key", "code", "title", "text"), pl.String),
        "level": pl.Int8,
        "codes": pl.List(pl.String),
    }
)


class Gathered:
    """Takes the records of a run (`watch`) and its findings, after triage (`add`), and makes `found` of them.

    Of each record with a finding that is to be written (one of `codes`, where these are given, and at least of `severity`), the
    first such finding is kept: a record's findings stand together, the most important one first.
    """

    def __init__(self, codes: Collection[str] | None, severity: str) -> None:
        levels = SEVERITIES[: SEVERITIES.index(severity) + 1]
        self._wanted = pl.col("severity").is_in(levels) & ~pl.col("code").is_in(OF_NO_RECORD)
        if codes is not None:
            self._wanted &= pl.col("code").is_in(list(codes))
        self._records = [_EMPTY]
        self._keys = [pl.Series(dtype=pl.String)]
        self._judged = [pl.Series("id", dtype=pl.String)]
        self._source = ""

    def watch(self, stream: RecordStream) -> RecordStream:
        """The same records, noting which are judged."""
        return replace(stream, batches=self._watched(stream.batches))

    def _watched(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        for batch in batches:
            judged = batch.records.filter(pl.col("scope").is_null())
            self._judged.append(judged["id"])
            if judged.height:
                self._source = str(judged["source"][0])
            yield batch

    def add(self, findings: pl.DataFrame) -> None:
        """A batch of the findings table."""
        self._keys.append(findings["key"])
        found = findings.filter(self._wanted, pl.col("record_id").is_not_null())
        self._records.append(
            found.select("record_id", "record_name", "owner", "key", "code", *_texts(), level="commitment")
            .group_by("record_id", maintain_order=True)
            .agg(
                pl.all().exclude("code").first(),
                pl.col("code").first(),
                codes=pl.col("code").unique(maintain_order=True),
            )
            .select(_EMPTY.columns)
        )

    def found(self, rules: Sequence[Rule], skipped: frozenset[str], due: Callable[[int], date]) -> Found:
        """All of it. `rules` are those that ran, `skipped` the codes of those that lacked a column; `due` gives the n-th workday
        from now."""
        judged, keys = pl.concat(self._judged), pl.concat(self._keys)
        rule_fields = pl.DataFrame(
            {"code": [rule.code for rule in rules], "field": [rule.column for rule in rules]},
            schema={"code": pl.String, "field": pl.String},
        ).with_columns(source=pl.lit(self._source))

        def gone(there: pl.DataFrame) -> pl.Series:
            # A finding's key tells of its rule and source only by being made again.
            records = there.select("record_id").unique().filter(pl.col("record_id").is_in(judged.implode()))
            ours = [
                keys.clear(),
                *(with_key(part.join(rule_fields, how="cross"))["key"] for part in records.iter_slices(_PART)),
            ]
            return there["key"].is_in(pl.concat(ours).implode()) & ~there["key"].is_in(keys.implode())

        return Found(pl.concat(self._records), judged, gone, skipped, due)


def _texts() -> list[pl.Expr]:
    """title and text of a finding: what is wrong; what to do, where the rule is explained, and the key."""
    named = pl.concat_str("code", "name", separator=" ")
    explained = pl.concat_str(named, "why_url", separator=": ", ignore_nulls=True)
    known = pl.format("steplint {}", "key")
    text = pl.concat_str("help", explained, known, separator="\n", ignore_nulls=True)
    return [
        pl.col("message").str.replace_all(r"\s+", " ").str.replace_all(_CONTROLS, "").alias("title"),
        text.str.replace_all(_CONTROLS, "").alias("text"),
    ]
