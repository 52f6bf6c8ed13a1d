"""Next-step text → what it says. The way through: scan → pieces → tokens → clauses → record (see docs/reading.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

import polars as pl

from steplint.reading.clauses import ClauseReader
from steplint.reading.cutting import Cutter
from steplint.reading.dates import Conventions, load_words
from steplint.reading.due import with_due
from steplint.reading.frame import reading_frame
from steplint.reading.grammar import Grammar
from steplint.reading.judge import Judge
from steplint.reading.lexicon import load_lexicon
from steplint.reading.nested import nested
from steplint.reading.pieces import PieceReader
from steplint.reading.schema import READING
from steplint.reading.terms import read_terms
from steplint.reading.tokens import Tokenizer

__all__ = ["READING", "Reader", "Reading", "nested"]


@dataclass(frozen=True)
class Reading:
    """What a batch of texts says.

    `frame`: one row a record in the same order, `row` and the columns of `READING`.
    `mentions`: every date in the texts: `row, start, end, granularity, value, value_end, time, flaw, ambiguous, absolute`.
    Positions count code points of the original text, end exclusive.
    """

    frame: pl.DataFrame
    mentions: pl.DataFrame
    _kept: pl.DataFrame
    _clauses: pl.DataFrame
    _judged: pl.DataFrame
    _reader: ClauseReader
    _rows: pl.Series

    @cached_property
    def spans(self) -> pl.DataFrame:
        """`row, role (who, what, when, whom, vague), start, end` in text order; made when first asked for."""
        return self.spans_of(pl.int_range(len(self._rows), eager=True))

    def spans_of(self, places: pl.Series) -> pl.DataFrame:
        """The same of the records at these places of the batch only: a run asks for the few that have findings."""
        wanted = pl.repeat(value=False, n=len(self._rows), dtype=pl.Boolean, eager=True).scatter(places, True)
        clauses = self._clauses.with_row_index("clause").filter(wanted.gather(self._clauses["row"]))
        spans = self._reader.spans(self._kept, clauses, self._judged)
        return spans.with_columns(row=self._rows.gather(spans["row"]))


class Reader:
    """Reads batches of next steps. One reader may serve several threads; what it learnt is kept between batches."""

    def __init__(
        self,
        lexicon: Mapping[str, Iterable[str]] | None = None,
        *,
        date_order: str = "mdy",
        date_order_known: bool = True,
        fiscal_start: int = 1,
    ) -> None:
        words = load_lexicon("en", lexicon)
        self._grammar = Grammar(words["classes"], words["grammar"])
        self._judge = Judge(self._grammar, words["grammar"])
        codes = self._grammar.codes
        self._tokenizer = Tokenizer(
            Cutter(load_words("en")),
            PieceReader(words, codes),
            read_terms(words["terms"], codes),
            Conventions(order="dmy" if date_order == "dmy" else "mdy", fiscal_start=fiscal_start),
        )
        self._clause_reader = ClauseReader(self._grammar, self._judge)
        self._date_order_known = date_order_known
        self._lock = Lock()

    def read(self, records: pl.DataFrame) -> Reading:
        """Read `next_step` of each record; needs `row`, `ref_date`, `basis`, `owner`, `contacts` and `account` beside it.

        Where they are there, `kind` and `doc_id` tell templates, and `due_text` their days.
        """
        with self._lock:
            if self._clause_reader.full:
                self._clause_reader = ClauseReader(self._grammar, self._judge)
            reader = self._clause_reader
        tokens = self._tokenizer.tokens(records)
        kept, clauses = reader.clauses(tokens.table)
        judged = reader.records(clauses, records.height)
        places = reader.date_tokens(clauses, judged)
        frame = reading_frame(records, tokens, kept, judged, reader.label_frame(judged["label"]), places)
        if self._date_order_known:
            frame = frame.with_columns(date_ambiguous=pl.lit(False))
        frame = with_due(frame, records, lambda some: self.read(some).frame)
        mentions = tokens.dates.drop("past").with_columns(records["row"].gather(tokens.dates["row"]))
        return Reading(frame, mentions, kept, clauses, judged, reader, records["row"])
