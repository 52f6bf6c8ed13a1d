"""Which part of the text each finding underlines."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from steplint.findings.schema import SPAN
from steplint.rules.checks import found
from steplint.rules.rule import SPAN_ROLES, Rule

__all__ = ["with_role_texts", "with_spans"]


def with_role_texts(findings: pl.DataFrame, spans: pl.DataFrame, roles: Collection[str]) -> pl.DataFrame:
    """Add `_who`, `_what`, … for the wanted roles: the text of the record's first such span, or null."""
    for role in SPAN_ROLES:
        if role not in roles or role == "phrase":
            findings = findings.with_columns(pl.lit(None, dtype=pl.String).alias(f"_{role}"))
            continue
        # Spans come in the order of the text: the first one of a row stands where the row changes.
        own = spans.lazy().filter(role=role)
        first = (
            own.filter((pl.col("row") != pl.col("row").shift(1)).fill_null(value=True))
            .select("row", _start="start", _end="end")
            .collect()
        )
        text = pl.col("next_step").str.slice(pl.col("_start"), pl.col("_end") - pl.col("_start"))
        findings = (
            findings.join(first, on="row", how="left", maintain_order="left")
            .with_columns(pl.when(pl.col("_start").is_not_null()).then(text).otherwise(_beside(role)).alias(f"_{role}"))
            .drop("_start", "_end")
        )
    return findings


def _beside(role: str) -> pl.Expr:
    """What a document says beside the text: its due date, as it is written."""
    return pl.col("due_text") if role == "when" else pl.lit(None, dtype=pl.String)


def with_spans(findings: pl.DataFrame, spans: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Add field, start, end, spans and, for phrase rules, `_phrase`.

    `at` a span role: all spans of that role, the first one being start and end. `at` next_step: the whole text. `at`
    another column: that field, without a place in the text.
    """
    roles = [rule.at if rule.at in SPAN_ROLES and rule.at != "phrase" else None for rule in rules]
    fields = [rule.column for rule in rules]
    lookup = pl.DataFrame({"field": fields, "_role": roles}, schema={"field": pl.String, "_role": pl.String})
    findings = findings.hstack(lookup[findings["rule"]]).with_row_index("_place")
    parts = [_by_role(findings.filter(pl.col("_role").is_not_null()), spans)]
    for index, rule in enumerate(rules):
        if rule.at == "phrase":
            parts.append(_by_phrase(findings.filter(pl.col("rule") == index), rule))
    known = pl.concat(parts)
    findings = findings.join(known, on="_place", how="left", maintain_order="left")
    whole = (pl.col("field") == "next_step") & pl.col("start").is_null() & pl.col("next_step").is_not_null()
    return findings.with_columns(
        pl.when(whole).then(0).otherwise(pl.col("start")).alias("start"),
        pl.when(whole).then(pl.col("next_step").str.len_chars()).otherwise(pl.col("end")).cast(pl.Int64).alias("end"),
        pl.col("spans").fill_null([]),
        pl.coalesce("phrase", "_phrase").alias("_phrase"),
    ).drop("_place", "phrase", "_role")


def _by_role(findings: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    joined = findings.select("_place", "row", "next_step", role="_role").join(
        spans, on=["row", "role"], how="inner", maintain_order="left_right"
    )
    text = pl.col("next_step").str.slice(pl.col("start"), pl.col("end") - pl.col("start"))
    start, end = pl.col("start").cast(pl.Int64), pl.col("end").cast(pl.Int64)
    joined = joined.select("_place", "role", start, end, text.alias("text"))
    return joined.group_by("_place", maintain_order=True).agg(
        pl.col("start").first(),
        pl.col("end").first(),
        pl.struct("role", "start", "end", "text").cast(SPAN).alias("spans"),
        pl.lit(None, dtype=pl.String).alias("phrase"),
    )


def _by_phrase(findings: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """What a phrases or pattern rule found first; a place in another column than next_step is not given."""
    field = rule.column
    texts = findings[field]
    places = [place or (None, None) for place in found(rule, texts)]
    hits = pl.DataFrame(places, schema={"start": pl.Int64, "end": pl.Int64}, orient="row").hstack(
        [findings["_place"], texts.alias("phrase")]
    )
    hits = hits.with_columns(pl.col("phrase").str.slice(pl.col("start"), pl.col("end") - pl.col("start")))
    span = pl.struct(role=pl.lit("phrase"), start="start", end="end", text="phrase").cast(SPAN)
    spans = pl.when(pl.col("start").is_not_null()).then(pl.concat_list(span)).alias("spans")
    if field == "next_step":
        return hits.select("_place", "start", "end", spans, "phrase")
    nothing = pl.lit(None, dtype=pl.Int64)
    return hits.select(
        "_place",
        nothing.alias("start"),
        nothing.alias("end"),
        pl.lit(None, dtype=pl.List(SPAN)).alias("spans"),
        "phrase",
    )
