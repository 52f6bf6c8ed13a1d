"""One batch of records → its findings: masks of all rules in one select, then only the rows that were hit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import polars as pl

from steplint.engine.applicable import implied_order, missing_columns
from steplint.engine.calendar import Workdays
from steplint.engine.clock import Clock
from steplint.engine.coverage import Unread, unread_texts
from steplint.engine.derived import with_derived
from steplint.engine.fixes import with_fixes
from steplint.engine.groups import count_column as size_column
from steplint.engine.groups import hit_column, missing_column, step_rows, with_groups
from steplint.engine.messages import roles_needed, texts
from steplint.engine.places import places
from steplint.engine.repeated import count_column
from steplint.engine.spans import with_role_texts, with_spans
from steplint.findings.keys import digest, normal, with_key
from steplint.findings.order import ranks
from steplint.findings.schema import SCHEMA, SEVERITIES
from steplint.findings.suggest import Suggester
from steplint.reading.schema import JUDGED, LEXICONS
from steplint.records import KINDS, Org
from steplint.rules.checks import mask
from steplint.rules.columns import ASIDES, DOCUMENT_KINDS
from steplint.rules.condition import columns_of
from steplint.rules.condition.compiler import compile as compile_condition
from steplint.rules.rule import Rule, reads

__all__ = ["Judge", "Judged", "ReaderLike"]


class ReaderLike(Protocol):
    """What the engine needs of `reading.Reader`."""

    def read(self, frame: pl.DataFrame) -> Any:
        """A reading: `frame` (a row a record, in order), `spans_of(places)` (row, role, start, end), for fixes `mentions`."""


@dataclass
class Judged:
    """A batch's findings, still with `row` and without fingerprint ordinals, and what was counted on the way."""

    findings: pl.DataFrame
    records: int = 0
    out_of_scope: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    unread: dict[tuple[str | None, str | None, str], Unread] = field(default_factory=dict)  # see coverage.unread_texts
    skipped: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


class Judge:
    """The rules of a run, compiled once. `judge` keeps no state, so that threads share it."""

    def __init__(
        self,
        rules: Sequence[Rule],
        reader: ReaderLike,
        org: Org,
        as_of: date,
        suggestions: Mapping[str, Any],
    ) -> None:
        # Rules of the source itself are the run's: see engine.coverage.
        self.rules = rules = tuple(rule for rule in rules if not rule.of_source)
        self.reader = reader
        self._org = org
        self._workdays = Workdays.of(org, as_of)
        self.calendar = self._workdays.calendar()
        codes = [rule.code for rule in rules]
        # A column that few rules look at and that costs more than all others.
        self._untidy = any("text_untidy" in reads(rule) | columns_of(rule.exempt or []) for rule in rules)
        self._suggester = Suggester(suggestions, codes, self._workdays.ahead)
        self._order = implied_order(self.rules)
        self._roles = set().union({"what"}, *(roles_needed(rule) for rule in rules))
        self._lookup = pl.DataFrame(
            {
                "code": codes,
                "rule_name": [rule.name for rule in rules],
                "why_url": [rule.url for rule in rules],
                "severity": [rule.severity for rule in rules],
                "rank": ranks(codes, [rule.severity for rule in rules]),
            },
            schema={
                **dict.fromkeys(("code", "rule_name", "why_url"), pl.String),
                "severity": pl.Enum(SEVERITIES),
                "rank": pl.Int32,
            },
        )

    def judge(
        self,
        records: pl.DataFrame,
        columns: Collection[str],
        counts: pl.DataFrame | None = None,
        *,
        order_shown: bool = False,
    ) -> Judged:
        """The findings of a canonical frame whose source has `columns`; `counts` are those of `repeated` rules.

        `order_shown`: the source itself shows the order of day and month in which its texts are read; without that no
        fix writes what it makes of 3/4.
        """
        clock = Clock()
        scopes = Counter(records["scope"].drop_nulls().to_list())
        if scopes:
            inside = pl.col("scope").is_null()
            counts = counts.filter(records["scope"].is_null()) if counts is not None else None
            records = records.filter(inside)
        reading = self.reader.read(records)
        clock.lap("reading")
        frame = self.frame(records, reading.frame)
        if counts is not None:
            frame = frame.hstack(counts)
        judged = self.judged(frame, reading, columns, clock, order_shown=order_shown)
        judged.out_of_scope = dict(scopes)
        return judged

    def judged(
        self,
        frame: pl.DataFrame,
        reading: Any,
        columns: Collection[str],
        clock: Clock | None = None,
        *,
        order_shown: bool = False,
    ) -> Judged:
        """The findings of a frame that `frame` made, which holds whole documents, and of its reading."""
        clock = clock or Clock()
        active, skipped = self.active(columns, frame["kind"].unique().to_list())
        frame = self.grouped(frame, active)
        hits = self._hits(self.masks(frame, active))
        clock.lap("rules")
        findings = self._findings(frame, hits, reading, order_shown=order_shown)
        clock.lap("findings")
        languages = dict(frame["language"].drop_nulls().value_counts().rows())
        return Judged(findings, frame.height, {}, languages, unread_texts(frame), skipped, clock.seconds)

    def frame(self, records: pl.DataFrame, reading: pl.DataFrame, *, whole: bool = False) -> pl.DataFrame:
        """Records, what their texts say and what follows from both: every column that the rules name; `whole`, that any may."""
        return with_derived(
            records.hstack(reading.drop("row")), self._org, self._workdays, untidy=whole or self._untidy
        )

    def grouped(self, frame: pl.DataFrame, active: Sequence[int]) -> pl.DataFrame:
        """The frame, which holds whole documents, with the verdicts of the active `group` rules."""
        return with_groups(frame, [self.rules[index] for index in active], self.calendar)

    def active(
        self, columns: Collection[str], kinds: Collection[str] = KINDS
    ) -> tuple[list[int], dict[str, tuple[str, ...]]]:
        """The rules whose needed columns the source has, and for the others which ones it lacks.

        A rule that judges none of the `kinds` lacks nothing.
        """
        skipped = {
            rule.code: missing
            for rule in self.rules
            if not set(kinds).isdisjoint(rule.kinds) and (missing := missing_columns(rule, columns))
        }
        return [index for index in self._order if self.rules[index].code not in skipped], skipped

    def masks(self, frame: pl.DataFrame, active: Sequence[int]) -> dict[int, pl.Series]:
        """Rule index → where it finds a fault; a fault that another finding implies is said once."""
        kept: dict[int, pl.Series] = {}
        by_code: dict[str, pl.Series] = {}
        for index, held in self._held(frame, active).items():
            rule = self.rules[index]
            for code in rule.implied_by:
                if code in by_code:
                    held &= ~by_code[code]
            kept[index] = by_code[rule.code] = held
        return kept

    def raw(self, frame: pl.DataFrame, columns: Collection[str]) -> dict[str, bool]:
        """Code → whether the rule's check holds for the one row of `frame`, `implied_by` aside."""
        active, _ = self.active(columns)
        return {self.rules[index].code: bool(held[0]) for index, held in self._held(frame, active).items()}

    def _held(self, frame: pl.DataFrame, active: Sequence[int]) -> dict[int, pl.Series]:
        """Rule index → where its check holds, for the kinds that it judges: all rules in one select."""
        kinds = set(frame["kind"].unique())
        foreign = not frame["language"].is_in(LEXICONS).all()
        asides = not kinds.isdisjoint(DOCUMENT_KINDS) and bool(frame["role"].is_in(ASIDES).any())
        frame = self.grouped(frame, active)
        wanted = {}
        for index in active:
            rule = self.rules[index]
            if kinds.isdisjoint(rule.kinds):
                continue
            if rule.whole_run:
                held = (pl.col(count_column(rule)) >= rule.check["repeated"]["at_least"]).fill_null(value=False)
            elif rule.of_group:
                held = pl.col(hit_column(rule))
            else:
                held = mask(rule, self.calendar)
                if asides and "role" not in reads(rule):
                    held &= step_rows()
            if foreign and not JUDGED.isdisjoint(reads(rule)):
                held &= pl.col("language").is_in(LEXICONS)
            if not kinds <= set(rule.kinds):
                held &= pl.col("kind").is_in(rule.kinds)
            if rule.exempt is not None:
                held &= ~compile_condition(rule.exempt, calendar=self.calendar)
            wanted[index] = held.alias(str(index))
        # With a column beside them, conditions that look at none are as long as the frame too.
        masks = frame.select("row", *wanted.values())
        return {index: masks[str(index)] for index in wanted}

    def _hits(self, masks: Mapping[int, pl.Series]) -> pl.DataFrame:
        """A row a finding, in the order of the records, the primary one first: place, rule, primary."""
        parts = [
            pl.DataFrame({"place": held.arg_true()}).with_columns(rule=pl.lit(index, dtype=pl.Int32))
            for index, held in masks.items()
        ]
        schema = {"place": pl.UInt32, "rule": pl.Int32}
        hits = pl.concat([pl.DataFrame(schema=schema), *parts])
        return (
            hits.with_columns(rank=self._lookup["rank"].gather(hits["rule"]))
            .sort("place", "rank")
            .select("place", "rule", primary=(pl.col("place") != pl.col("place").shift(1)).fill_null(value=True))
        )

    def _findings(self, frame: pl.DataFrame, hits: pl.DataFrame, reading: Any, *, order_shown: bool) -> pl.DataFrame:
        spans = reading.spans_of(hits["place"])
        found = hits.hstack(frame[hits["place"]]).hstack(self._lookup.drop("rank")[hits["rule"]])
        found = with_spans(with_role_texts(found, spans, self._roles), spans, self.rules)
        found = found.hstack(self._suggester.fill(found.with_columns(what="_what")))
        found = found.hstack(self._texts(found))
        found = with_fixes(found, self.rules, reading, order_shown=order_shown)
        sources = _SOURCES if found["column"].null_count() == found.height else _SOURCES | places()
        return (
            found.select(
                "row",
                *(
                    sources.get(name, pl.col(name)).cast(column.dtype).alias(name)
                    for name, column in SCHEMA.items()
                    if name not in ("key", "fingerprint")
                ),
                "source",
                evidence=pl.when(pl.col("field") == "next_step")
                .then(normal(pl.col("next_step")))
                .otherwise(_evidence(found)),
            )
            .pipe(with_key)
            .with_columns(fingerprint=digest(pl.col("key"), pl.col("evidence")))
            .drop("evidence", "source")
        )

    def _texts(self, found: pl.DataFrame) -> pl.DataFrame:
        """message and help, each rule's own templates filled for its own findings."""
        parts = [pl.DataFrame(schema={"_place": pl.UInt32, "message": pl.String, "help": pl.String})]
        places = found.select("rule", _place=pl.int_range(pl.len(), dtype=pl.UInt32))
        for group in places.partition_by("rule"):
            rule = self.rules[group["rule"][0]]
            message, help_text = texts(rule)
            own = {"_count": pl.lit(None, dtype=pl.UInt32), "_missing": pl.lit(None, dtype=pl.String)}
            if rule.whole_run:
                own["_count"] = pl.col(count_column(rule))
            if rule.of_group:
                own = {"_count": pl.col(size_column(rule)), "_missing": pl.col(missing_column(rule))}
            # `rule` is there so that a text without slots still gives a row a finding.
            wanted = {"rule", *message.meta.root_names(), *help_text.meta.root_names()} - own.keys()
            rows = found.select(*sorted(wanted), **own)[group["_place"]]
            parts.append(rows.with_columns(group["_place"]).select("_place", message, help_text))
        return pl.concat(parts).sort("_place").drop("_place")


#: Columns of the findings table that are not a column of the same name.
_SOURCES: dict[str, pl.Expr] = {
    "name": pl.col("rule_name"),
    "record_line": pl.col("line"),
    "end_column": pl.lit(None),
    "record_id": pl.col("id"),
    "record_name": pl.col("name"),
    "text": pl.col("next_step"),
}


def _evidence(found: pl.DataFrame) -> pl.Expr:
    """The value of the field at fault, as text."""
    value = pl.lit(None, dtype=pl.String)
    for name in found["field"].unique():
        if name == "next_step":
            continue
        column = pl.col(name)
        if found.schema[name] == pl.List(pl.String):
            column = column.list.join("\0", ignore_nulls=True)
        value = pl.when(pl.col("field") == name).then(normal(column.cast(pl.String))).otherwise(value)
    return value
