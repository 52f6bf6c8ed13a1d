"""The baseline: findings that were there when steplint came, accepted until the text at fault changes.

It is a set of fingerprints, never counts: a repair and a new fault do not cancel out. It stays in columns, so that a million
entries are no trouble, and holds no text of a record and no name (see `stored_id`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import polars as pl

from steplint.findings.keys import digest

__all__ = ["IDS", "SCHEMA", "Baseline", "entries_of", "stored_id"]

#: One entry: the rule's code, the record as `stored_id` has it, and the hashes of the finding.
SCHEMA = {"rule": pl.String, "record": pl.String, "key": pl.String, "fingerprint": pl.String}
#: Patterns that an id of a source fits, and that one made of names hardly does.
IDS = (r"^[A-Za-z0-9_.:\-]{1,64}$", "[0-9]")


def stored_id(record_id: pl.Expr) -> pl.Expr:
    """A record's id as the file names it. Where a source has no ids they are made of names: only what looks like an id (a digit,
    no blanks) stands as it is, everything else as a hash."""
    is_id = pl.all_horizontal(record_id.str.contains(pattern) for pattern in IDS)
    hashed = pl.concat_str(pl.lit("sha256:"), digest(record_id))
    return pl.when(is_id).then(record_id).when(record_id.is_not_null()).then(hashed)


def entries_of(findings: pl.DataFrame) -> pl.DataFrame:
    """The entries (see SCHEMA) that accept these findings."""
    return findings.select(
        pl.col("code").alias("rule"), stored_id(pl.col("record_id")).alias("record"), "key", "fingerprint"
    )


def _numbers(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries as a run compares them: numbers in place of texts, in a fifth of the memory and ten times as fast. 64 of the 80
    bits of a hash tell any two apart."""
    return entries.select("rule", pl.col("record").hash(), *(_number(pl.col(name)) for name in ("key", "fingerprint")))


def _number(hashes: pl.Expr) -> pl.Expr:
    return hashes.str.head(16).str.to_integer(base=16, dtype=pl.UInt64)


class Baseline:
    """Accepted findings, and what a run shows of them: which still occur, and whose records were read."""

    def __init__(self, entries: Iterable[pl.DataFrame]) -> None:
        """`entries` come in pieces with the columns of SCHEMA; of their texts only numbers are kept."""
        self._entries = pl.concat([_numbers(pl.DataFrame(schema=SCHEMA)), *map(_numbers, entries)])
        self._occurs = pl.repeat(value=False, n=self.height, dtype=pl.Boolean, eager=True)
        self._read = self._occurs.clone()

    @property
    def height(self) -> int:
        """How many entries there are."""
        return self._entries.height

    def note_records(self, ids: pl.Series) -> None:
        """These records were read, and are judged."""
        names = ids.drop_nulls().to_frame("id").select(stored_id(pl.col("id")).hash()).to_series()
        self._read |= self._entries["record"].is_in(names.implode())

    def accepts(self, findings: pl.DataFrame) -> pl.Series:
        """Which findings are in the baseline; that their faults occur is noted."""
        keys, found = findings.select(_number(pl.col("key")), _number(pl.col("fingerprint"))).get_columns()
        self._occurs |= self._entries["key"].is_in(keys.implode())
        # A set is made of the batch, which is smaller, and then of what the two have in common.
        known = self._entries["fingerprint"]
        return found.is_in(known.filter(known.is_in(found.implode())).implode())

    def gone(self, ran: Collection[str]) -> pl.Series:
        """Which entries no longer occur: their record was read, their rule (one of `ran`) looked at it and found nothing.

        Where the same rule finds another text at fault, the entry waits: what it accepted is neither there nor repaired.
        """
        return self._read & ~self._occurs & self._entries["rule"].is_in(list(ran))
