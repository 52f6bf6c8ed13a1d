"""One record, explained: what was read, which rules found a fault, and for each the sub-conditions that held."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from steplint.engine.batch import Judge
from steplint.reading import Reading, nested
from steplint.rules.checks import explain as explain_check
from steplint.rules.condition import unparse
from steplint.rules.condition.compiler import compile
from steplint.rules.rule import Rule

__all__ = ["Explanation", "RuleState", "explain"]


@dataclass(frozen=True)
class RuleState:
    """`state` is found, clean, implied, kind, column, exempt or off; `detail` says by what, `lines` which condition held."""

    rule: Rule
    state: str
    detail: str = ""
    finding: dict[str, Any] | None = None
    lines: tuple[tuple[int, str, Any], ...] = ()


@dataclass(frozen=True)
class Explanation:
    """`record` is its canonical row, `reading` the object of `steplint parse`, `rules` every rule in order of code."""

    record: dict[str, Any]
    reading: dict[str, Any]
    rules: list[RuleState] = field(default_factory=list)


def explain(
    judge: Judge,
    record: pl.DataFrame,
    columns: Collection[str],
    counts: pl.DataFrame | None,
    others: Sequence[tuple[Rule, str]],
    around: pl.DataFrame | None = None,
) -> Explanation:
    """Explain the one row of `record`, whatever its scope; `others` are rules that do not run, with the reason.

    `around` are the records among which `group` rules see it: those of its table, itself among them.
    """
    row = record.with_columns(scope=pl.lit(None, dtype=pl.String))
    reading: Reading = judge.reader.read(row)
    frame = judge.frame(row, reading.frame, whole=True)
    if counts is not None:
        frame = frame.hstack(counts)
    if around is not None and (verdicts := _verdicts(judge, around, row, columns)).width:
        frame = frame.hstack(verdicts)
    judged = judge.judged(frame, reading, columns)
    findings = {finding["code"]: finding for finding in judged.findings.iter_rows(named=True)}
    raw = judge.raw(frame, columns)
    states = [_state(rule, judge, frame, findings, judged.skipped, raw) for rule in judge.rules]
    states += [RuleState(rule, "off", reason, lines=_lines(rule, judge, frame)) for rule, reason in others]
    states.sort(key=lambda state: state.rule.code)
    return Explanation(record.row(0, named=True), nested(row, reading).row(0, named=True), states)


def _verdicts(judge: Judge, around: pl.DataFrame, row: pl.DataFrame, columns: Collection[str]) -> pl.DataFrame:
    """What `group` rules say of `row`, judged among the records `around` it."""
    if not any(rule.of_group and row["kind"][0] in rule.kinds for rule in judge.rules):
        return pl.DataFrame()
    document = pl.concat([around.filter(pl.col("scope").is_null() & (pl.col("row") != row["row"][0])), row]).sort("row")
    frame = judge.frame(document, judge.reader.read(document).frame)
    verdicts = judge.grouped(frame, judge.active(columns, frame["kind"].unique().to_list())[0])
    return verdicts.filter(pl.col("row") == row["row"][0]).drop(frame.columns)


def _state(
    rule: Rule,
    judge: Judge,
    frame: pl.DataFrame,
    findings: dict[str, dict[str, Any]],
    skipped: dict[str, tuple[str, ...]],
    raw: dict[str, bool],
) -> RuleState:
    lines = _lines(rule, judge, frame)
    if rule.code in findings:
        return RuleState(rule, "found", finding=findings[rule.code], lines=lines)
    if rule.code in skipped:
        return RuleState(rule, "column", " and ".join(skipped[rule.code]), lines=lines)
    if frame["kind"][0] not in rule.kinds:
        return RuleState(rule, "kind", frame["kind"][0], lines=lines)
    if rule.exempt is not None and frame.select(compile(rule.exempt, calendar=judge.calendar)).item():
        return RuleState(rule, "exempt", unparse(rule.exempt), lines=lines)
    if raw.get(rule.code):
        said = [code for code in rule.implied_by if code in findings or raw.get(code)]
        return RuleState(rule, "implied", ", ".join(said), lines=lines)
    return RuleState(rule, "clean", lines=lines)


def _lines(rule: Rule, judge: Judge, frame: pl.DataFrame) -> tuple[tuple[int, str, Any], ...]:
    return tuple(explain_check(rule, frame, judge.calendar))
