"""The two hashes that name a finding between runs: `key` follows a fault through its life, `fingerprint` its evidence.

Both are the first 80 bits of SHA-256, in hex, over NUL-joined parts, so that any other program can compute them. They
hold no file name, clock or row number: the same fault keeps its names after the rows are shuffled.
"""

from __future__ import annotations

import polars as pl

__all__ = ["Ordinals", "digest", "normal", "with_key"]

HEX_DIGITS = 20
# Seen by nobody and ignored by matching, so it is no evidence either: format characters, fillers, variation selectors.
INVISIBLE = r"[\p{Cf}\u{34F}\u{115F}\u{1160}\u{17B4}\u{17B5}\u{3164}\u{FE00}-\u{FE0F}\u{FFA0}]+"


def digest(*parts: pl.Expr) -> pl.Expr:
    """20 hex digits of SHA-256 over `parts` joined by NUL; a null part counts as empty."""
    import polars_hash

    joined = polars_hash.concat_str([part.fill_null("") for part in parts], separator="\0")
    return joined.chash.sha2_256().str.slice(0, HEX_DIGITS)


def normal(text: pl.Expr) -> pl.Expr:
    """`text` as evidence: NFKC, lower case, without invisible characters, white space squeezed; null stays null."""
    plain = text.str.len_bytes() == text.str.len_chars()
    visible = text.str.normalize("NFKC").str.replace_all(INVISIBLE, "")
    folded = pl.when(~plain).then(visible).otherwise(text).str.to_lowercase()
    return folded.str.replace_all(r"\s+", " ").str.strip_chars(" ")


def with_key(findings: pl.DataFrame) -> pl.DataFrame:
    """Add `key` from the columns code, source, record_id and field."""
    return findings.with_columns(key=digest(pl.col("code"), pl.col("source"), pl.col("record_id"), pl.col("field")))


class Ordinals:
    """Tells ties apart over a whole run: how often a (key, evidence) pair has come before.

    A pair repeats only where a record id does. So the common state is one 64-bit number a pair, in a few sorted runs
    that are merged as they grow alike (8 bytes a finding, a binary search a batch); only repeated pairs have a count.
    """

    def __init__(self) -> None:
        self._runs: list[pl.DataFrame] = []
        self._again = pl.DataFrame(schema={"pair": pl.UInt64, "seen": pl.Int64})

    def take(self, pairs: pl.Series) -> pl.Series:
        """The 0-based ordinal of each pair (UInt64 hashes, in file order), counting those of earlier calls."""
        frame = pairs.alias("pair").to_frame()
        ordered = frame.sort("pair")
        # Looked up in order, neighbours lie side by side in memory: several times as fast as in file order.
        new = not self._known(ordered["pair"]).any()
        if new and ordered["pair"].n_unique() == frame.height:
            self._add(ordered)
            return pl.zeros(frame.height, dtype=pl.Int64, eager=True)
        known = self._known(pairs)
        frame = frame.with_columns(known=known).join(self._again, on="pair", how="left", maintain_order="left")
        frame = frame.with_columns(seen=pl.col("seen").fill_null(0) + pl.col("known"))
        ordinal = frame.select(pl.col("seen") + pl.int_range(pl.len()).over("pair")).to_series()
        ends = frame.group_by("pair").agg(pl.col("known").first(), seen=pl.col("seen").first() + pl.len() - 1)
        self._add(ends.filter(~pl.col("known")).select("pair").sort("pair"))
        repeated = ends.filter(pl.col("seen") > 0).select("pair", "seen")
        self._again = self._again.update(repeated, on="pair", how="full")
        return ordinal

    def _known(self, pairs: pl.Series) -> pl.Series:
        known = pl.repeat(value=False, n=len(pairs), dtype=pl.Boolean, eager=True)
        for run in self._runs:
            column = run["pair"]
            known |= column.gather(column.search_sorted(pairs).clip(0, len(column) - 1)) == pairs
        return known

    def _add(self, run: pl.DataFrame) -> None:
        """Keep a sorted run of pairs that no other run holds."""
        while self._runs and self._runs[-1].height <= 2 * run.height:
            run = run.merge_sorted(self._runs.pop(), key="pair")
        if run.height:
            self._runs.append(run)
