"""Short texts that stand on many records: fillers and vague phrases that are known, and those that nobody has judged."""

from __future__ import annotations

from datetime import date

import polars as pl

from steplint.findings.keys import normal
from steplint.init.tally import Counted, Tally
from steplint.reading import Reader
from steplint.reading.schema import LEXICONS
from steplint.records import prepare

__all__ = ["FILLER", "Phrases", "fillers"]

#: The word class that makes a text that is nothing else a placeholder.
FILLER = "filler"

_MOST_CHARACTERS = 40
_MOST_WORDS = 4
_MOST_SHOWN = 12
_REPEATED = 3


class Phrases:
    """Texts of at most 4 words and 40 characters on records in scope, without regard to case."""

    def __init__(self) -> None:
        self._placeholders = Tally()
        self._vague = Tally()
        self._unknown = Tally()

    def add(self, frame: pl.DataFrame) -> None:
        """Count those of records with their reading."""
        text = pl.col("next_step")
        short = frame.filter(text.str.len_chars() <= _MOST_CHARACTERS).with_columns(_key=normal(text))
        short = short.filter(pl.col("_key").str.count_matches(" ", literal=True) < _MOST_WORDS)
        judged = short.filter(pl.col("language").is_in(LEXICONS))
        silent = ~pl.any_horizontal("placeholder", "vague", "has_action", "waiting", "past_only")
        for tally, rows in (
            (self._placeholders, short.filter("placeholder")),
            (self._vague, judged.filter("vague", ~pl.col("placeholder"))),
            (
                self._unknown,
                judged.filter(silent, pl.col("brush_off").is_null(), date_kind="none").filter(
                    pl.col("_key").str.contains(r"\p{L}")
                ),
            ),
        ):
            tally.add(rows["next_step"], rows["_key"])

    @property
    def placeholders(self) -> list[Counted]:
        """The most frequent texts that are read as placeholders."""
        return self._placeholders.most(_MOST_SHOWN)

    @property
    def vague(self) -> list[Counted]:
        """The most frequent texts that are read as vague."""
        return self._vague.most(_MOST_SHOWN)

    @property
    def unknown(self) -> list[Counted]:
        """The most frequent texts that say no act, no day and nothing that is known to say nothing: three records or more."""
        return self._unknown.most(_MOST_SHOWN, at_least=_REPEATED)


def fillers(texts: list[Counted], as_of: date) -> list[Counted]:
    """Those of `texts` that are read as placeholders once they are listed as fillers: to list others would do nothing."""
    if not texts:
        return []
    raw = pl.DataFrame({"next_step": [text for text, _ in texts]}, schema={"next_step": pl.String})
    reader = Reader({FILLER: [text for text, _ in texts]})
    reading = reader.read(prepare(raw, as_of=as_of, date_order="mdy"))
    return [item for item, holds in zip(texts, reading.frame["placeholder"], strict=True) if holds]
