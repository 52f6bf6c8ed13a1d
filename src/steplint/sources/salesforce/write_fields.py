"""Findings as custom fields of the record itself: its level of commitment, and the codes of what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from steplint.sources.remote.writing import Changes, Found, Proposal
from steplint.sources.salesforce.api import Api
from steplint.sources.salesforce.lookup import lookup

__all__ = ["NUMBERS", "Own", "propose_fields"]

#: Types of fields, as describe calls them, that hold numbers.
NUMBERS = ("double", "int")
_UNJUDGED = "a rule whose code its field names could not judge: a column is hidden or missing"


class Own(NamedTuple):
    """A custom field: its name as the schema writes it, its type there, and how long its text may be."""

    name: str
    type: str
    length: int


def propose_fields(api: Api, kind: str, own: Mapping[str, Own], found: Found) -> Proposal:
    """Only what differs: the fields (`own`: level, codes) of records with a finding are set, those of records that were judged
    and are clean are cleared. Of what was not judged nothing is known, and nothing is written."""
    names = [field.name for field in own.values()]
    # Most records have nothing in these fields, and are in none of the rows.
    filled = " OR ".join(f"{name} != null" for name in names)
    there = lookup(api, kind, names, (f"({filled})",))
    there = there.select("Id", **{f"was {field.name}": _typed(field) for field in own.values()})
    wanted = found.records.with_columns(_value(what, field).alias(field.name) for what, field in own.items())
    both = wanted.join(there, left_on="record_id", right_on="Id", how="left", maintain_order="left")
    changed = both.filter(pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"was {name}")) for name in names))
    clean = there.filter(pl.col("Id").is_in(found.judged.implode())).join(
        wanted, left_on="Id", right_on="record_id", how="anti"
    )
    clean = clean.select(
        pl.lit(None, pl.String).alias("key"), pl.lit(None, pl.String).alias("record_name"), record_id="Id",
        **{name: pl.lit(None, wanted.schema[name]) for name in names}, **{f"was {name}": f"was {name}" for name in names},
    )  # fmt: skip
    parts, left = [], []
    for action, rows in (("set", changed), ("clear", clean)):
        rows = rows.with_columns(id="record_id", told=_told(names), unjudged=_names_any(own, found.skipped))
        left.append(rows.filter("unjudged").select("record_id", "record_name", why=pl.lit(_UNJUDGED)))
        judged = rows.filter(~pl.col("unjudged")).select("key", "record_id", "record_name", "told", "id", *names)
        parts.append(Changes(action, kind, tuple(names), judged))
    changes = tuple(part for part in parts if part.rows.height)
    return Proposal(changes, pl.concat(left), {"up to date": both.height - changed.height})


def _typed(field: Own) -> pl.Expr:
    """What is there now; a whole number may be written as 2.0."""
    now = pl.col(field.name)
    return now.cast(pl.Float64).cast(pl.Int64, strict=False) if field.type in NUMBERS else now


def _value(what: str, field: Own) -> pl.Expr:
    """What is written: a number, or text that fits, whole codes only."""
    if what == "level":
        return pl.col("level").cast(pl.Int64 if field.type in NUMBERS else pl.String)
    joined = pl.col("codes").list.join(";")
    whole = (joined + ";").str.head(field.length + 1).str.replace(r"[^;]*$", "").str.strip_suffix(";")
    return pl.when(joined.str.len_chars() <= field.length).then(joined).otherwise(whole)


def _names_any(own: Mapping[str, Own], skipped: frozenset[str]) -> pl.Expr:
    """Whether the codes that are there now are in part those of rules that could not judge."""
    if "codes" not in own:
        return pl.lit(value=False)
    codes = pl.col(f"was {own['codes'].name}").fill_null("").str.split(";")
    return codes.list.eval(pl.element().is_in(sorted(skipped))).list.any()


def _told(names: list[str]) -> pl.Expr:
    """“Level__c 2 (was 3), Codes__c WHEN303 (was empty)”."""

    def shown(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.String).fill_null("empty")

    parts = [pl.format("{} {} (was {})", pl.lit(name), shown(name), shown(f"was {name}")) for name in names]
    return pl.concat_str(parts, separator=", ")
