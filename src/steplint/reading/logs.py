"""Logs kept in the field: dated entries, newest first or last, of which the newest that says what comes next counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from steplint.reading.clause import Clause

__all__ = ["newest", "with_entries"]

#: Entries older than so many newer ones are one.
_MOST = 9
_LEADS = ("open", "dash")  # what may stand before the day that opens an entry


def with_entries(
    table: pl.DataFrame, dates: pl.DataFrame, ref_dates: pl.Series, codes: Mapping[str, int]
) -> pl.DataFrame:
    """Add `entry` to the tokens of texts that have entries of two days or more: 0 what stands before the entries of a log
    with its newest first, 1 the newest day, up to 9. Other texts have null; without any log the column is left out.

    An entry begins with a calendar day, in the past or today, at the start of a line or sentence.
    """
    at = table["dated"].is_not_null().arg_true()
    days = dates.select("row", "value", "granularity", "absolute")[table["dated"].gather(at)].with_columns(at=at)
    past = (pl.col("value") <= pl.lit(ref_dates).gather(pl.col("row"))) & pl.col("absolute")
    days = days.filter(past & pl.col("granularity").is_in(["day", "time"]))
    days = days.filter(pl.col("value").n_unique().over("row") > 1)
    if days.is_empty():
        return table
    solid = table.select("row", "code").with_row_index("at").filter(pl.col("code") != codes["noise"])
    before = pl.col("code").shift(1)
    opens = (pl.col("row") != pl.col("row").shift(1)).fill_null(value=True) | (before == codes["stop"])
    led = before.is_in([codes[name] for name in _LEADS]) & opens.shift(1)
    first = solid.filter((opens | led).fill_null(value=False))["at"]
    heads = days.filter(pl.col("at").is_in(first.implode()))
    heads = heads.filter(pl.col("value").n_unique().over("row") > 1)
    if heads.is_empty():
        return table
    rank = pl.col("value").rank("dense", descending=True).over("row").clip(1, _MOST).cast(pl.UInt8)
    falling = pl.col("value").first().over("row") > pl.col("value").last().over("row")
    heads = heads.with_columns(rank=rank, before=pl.when(falling).then(0).otherwise(_MOST).cast(pl.UInt8))
    none = pl.Series([None], dtype=pl.UInt8).new_from_index(0, table.height)
    marked = table.select("row", entry=none.scatter(heads["at"], heads["rank"])).with_row_index("place")
    marked = marked.join(heads.select("row", "before").unique("row"), on="row", maintain_order="left")
    entry = marked.select(pl.coalesce(pl.col("entry").forward_fill().over("row"), "before")).to_series()
    return table.with_columns(entry=none.scatter(marked["place"], entry))


def newest(clauses: Sequence[Clause], entries: str) -> tuple[list[Clause], int]:
    """The clauses with all but one entry told as history, and which entry that is; `entries` has a digit a clause.

    It is the newest one that says anything of what comes; one that only waits gives way to an older dated step.
    """
    found = [entry for entry in sorted(set(entries)) if any(_live(c) for c in _of(clauses, entries, entry))]
    chosen = next(iter(found), None)
    if chosen is None:
        return list(clauses), -1
    if not any(_acts(c) for c in _of(clauses, entries, chosen)):
        dated = (e for e in found if any(_acts(c) and c.date >= 3 for c in _of(clauses, entries, e)))
        chosen = next(dated, chosen)
    told = [
        c if entry == chosen else Clause(past=True, person=c.person) for c, entry in zip(clauses, entries, strict=True)
    ]
    return told, int(chosen)


def _of(clauses: Sequence[Clause], entries: str, wanted: str) -> list[Clause]:
    return [clause for clause, entry in zip(clauses, entries, strict=True) if entry == wanted]


def _acts(clause: Clause) -> bool:
    return bool(
        clause.gives or clause.works or clause.customer_acts or clause.meeting or clause.contact or clause.infos
    )


def _live(clause: Clause) -> bool:
    return _acts(clause) or bool(
        clause.process or clause.goal or clause.waiting or clause.brush_off or clause.housekeeping
    )
