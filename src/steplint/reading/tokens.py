"""Texts to tokens in columns: scan, look up distinct pieces, join terms, match the record's names, place verbs and dates."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from steplint.reading.cutting import Cutter
from steplint.reading.dates import Conventions
from steplint.reading.languages import foreign
from steplint.reading.logs import with_entries
from steplint.reading.names import match_names
from steplint.reading.neighbours import place_arrows, place_verbs
from steplint.reading.pieces import PieceReader
from steplint.reading.placing import place_dates
from steplint.reading.slots import fill_slots, in_playbook, opened
from steplint.reading.terms import Terms, join_terms
from steplint.reading.vocabulary import Vocabulary

__all__ = ["Tokenizer", "Tokens"]


# A no-break space reads as a blank, and what follows the last word says nothing; both leave every position as it is.
_TEXT = pl.col("next_step").fill_null("").str.replace_all("\u00a0", " ", literal=True).str.strip_chars_end()


class Tokens(NamedTuple):
    """A batch in tokens.

    `table`: one row a token in text order: `row` (position in the batch), `start`, `end` (code points), `code` (its
    class), `dated` (place in `dates`, or null) and, where any text is a log, `entry` (see `logs`). `dates`: one row a date:
    `row, start, end` and what `place_dates` found. `foreign`: the texts that are not English, `row, language`.
    """

    table: pl.DataFrame
    dates: pl.DataFrame
    foreign: pl.DataFrame


class Tokenizer:
    """Turns batches of records into tokens."""

    def __init__(self, cutter: Cutter, reader: PieceReader, terms: Terms, conventions: Conventions) -> None:
        self.cutter = cutter
        self.languages = reader.languages
        self.codes = reader.codes
        self.conventions = conventions
        self.terms = terms
        self.vocabulary = Vocabulary(reader, terms)

    def tokens(self, records: pl.DataFrame) -> Tokens:
        """The tokens of `next_step`; needs `ref_date`, `owner`, `contacts` and `account` beside it."""
        filled = in_playbook(records)
        texts = records.select(text=_TEXT if filled is None else opened(_TEXT, filled))["text"]
        cut = self.cutter.cut(texts)
        words, symbols = self.vocabulary.attributes(cut.pieces)
        size = cut.pieces.str.len_chars().cast(pl.Int32).gather(cut.word)
        sizes = texts.str.len_chars().cast(pl.Int64)
        before = (sizes.cum_sum() - sizes).gather(cut.row)
        start = (size.cast(pl.Int64).cum_sum() - size - before).cast(pl.Int32)
        table = pl.DataFrame({"row": cut.row, "word": cut.word, "start": start}).with_columns(
            code=words["code"].gather(cut.word), end=pl.col("start") + words["length"].gather(cut.word)
        )
        tongues, unknown = words["tongues"].gather(cut.word), words["unknown"].gather(cut.word)
        strange = foreign(cut.row, tongues, unknown, texts, self.languages)
        table = join_terms(table, words, self.terms)
        table = match_names(table, words, records, self.codes)
        if filled is not None:
            table = fill_slots(table, words, filled, self.codes)
        table = place_arrows(table, self.codes)
        table = place_verbs(table, words, self.codes)
        table, dates = place_dates(table, words, symbols, records["ref_date"], self.codes, self.conventions)
        table = with_entries(table, dates, records["ref_date"], self.codes)
        return Tokens(table, dates, strange)
