"""Suppressions that stand in the documents themselves, as one step between the engine's findings and the rest of triage."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Sequence

import polars as pl

from steplint.findings.summary import Summary
from steplint.records.stream import Comment
from steplint.rules.rule import Rule
from steplint.triage.comments import Ignore, parse_comment
from steplint.triage.report import suppression_findings
from steplint.triage.suppressions import Suppression

__all__ = ["Inline"]


class Inline:
    """Leaves out what a comment in its own document excuses, and says which comments excuse nothing.

    `known` are all rules, `rules` those that run. Raises InputError for a comment that is not understood.
    """

    def __init__(
        self,
        comments: Iterable[Comment],
        known: Sequence[Rule],
        rules: Sequence[Rule],
        *,
        mandatory: Sequence[str] = (),
    ) -> None:
        self._rules = tuple(rules)
        self._ignores: list[tuple[Comment, Ignore]] = []
        for each in comments:
            place = {"path": each.path, "line": each.line, "column": each.column}
            ignore = parse_comment(each.text, known, mandatory=mandatory, **place)  # type: ignore[arg-type]
            if ignore is not None:
                self._ignores.append((each, ignore))
        units = [
            (at, each.path, code, None if ignore.scope == "file" else each.item or 0)
            for at, (each, ignore) in enumerate(self._ignores)
            for code in ignore.codes
        ]
        schema = {"unit": pl.UInt32(), "path": pl.String(), "code": pl.String(), "item": pl.Int64()}
        self._units = pl.DataFrame(units, schema=schema, orient="row")
        self._used: set[int] = set()

    def settle(self, findings: Generator[pl.DataFrame], summary: Summary) -> Generator[pl.DataFrame]:
        """What is left of each batch; `summary` then counts that. After the last one, the comments that were not needed."""
        with contextlib.closing(findings):
            for batch in findings:
                out = self._excused(batch)
                if not out.any():
                    yield batch
                    continue
                left = _primary_first(batch.with_columns(_record=pl.col("primary").cum_sum()).filter(~out))
                summary.suppressed += int(out.sum())
                summary.count_findings(batch, times=-1)
                summary.count_findings(left)
                yield left
        for told in self._unused(summary):
            summary.count_findings(told)
            yield told

    def _excused(self, findings: pl.DataFrame) -> pl.Series:
        places = findings.select("path", "code", "record_line").with_row_index("place")
        hits = places.join(self._units, on=["path", "code"])
        hits = hits.filter(pl.col("item").is_null() | (pl.col("item") == pl.col("record_line")))
        self._used.update(hits["unit"])
        return pl.select(pl.int_range(findings.height, dtype=pl.UInt32).is_in(hits["place"].implode())).to_series()

    def _unused(self, summary: Summary) -> Generator[pl.DataFrame]:
        ran = {rule.code for rule in self._rules} - summary.skipped_rules.keys()
        for at, (each, ignore) in enumerate(self._ignores):
            if at not in self._used and not ran.isdisjoint(ignore.codes):
                where = (
                    "this file" if ignore.scope == "file" else f"line {each.item}" if each.item else "any item below"
                )
                told = Suppression(
                    rule=", ".join(ignore.rules),
                    codes=ignore.codes,
                    records=(where,),
                    reason=ignore.reason,
                    field=None,
                    until=None,
                    by=None,
                    line=each.line,
                    places=((each.line, each.column),),
                    text=each.text,
                )
                found = suppression_findings([(told, 0)], [], self._rules, each.path)
                if found.height:
                    yield found


def _primary_first(left: pl.DataFrame) -> pl.DataFrame:
    """What is left of records (numbered by `_record`): the first finding of each is its primary one."""
    first = (pl.col("_record") != pl.col("_record").shift(1)).fill_null(value=True)
    return left.with_columns(primary=first).drop("_record")
