"""Next-step text → what it says. The way through: scan → pieces → tokens → clauses → record (see docs/reading.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import polars as pl

from steplint.reading.clauses import ClauseReader
from steplint.reading.dates import Conventions, load_words, scan_source
from steplint.reading.grammar import Grammar
from steplint.reading.judge import Judge
from steplint.reading.lexicon import load_lexicon
from steplint.reading.nested import nested
from steplint.reading.pieces import PieceReader
from steplint.reading.record import Labels
from steplint.reading.scan import scan_pattern
from steplint.reading.schema import READING
from steplint.reading.tokens import Tokenizer, term_table

__all__ = ["READING", "Reader", "Reading", "nested"]

# Nothing but these and white space is in an empty text (PROMISES: "a step of only U+3164 is empty").
_INVISIBLE = r"^[\s\x{00ad}\x{115f}\x{1160}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{2800}\x{3164}\x{fe00}-\x{fe0f}\x{feff}\x{ffa0}]*$"
_LABEL_COLUMNS = tuple(name for name in Labels._fields if name != "date_clause")


@dataclass(frozen=True)
class Reading:
    """What a batch of texts says.

    `frame`: one row a record in the same order, `row` and the columns of `READING`.
    `mentions`: every date in the texts: `row, start, end, granularity, value, value_end, time, flaw, ambiguous`.
    Positions count code points of the original text, end exclusive.
    """

    frame: pl.DataFrame
    mentions: pl.DataFrame
    _kept: pl.DataFrame
    _clauses: pl.DataFrame
    _reader: ClauseReader
    _rows: pl.Series

    @cached_property
    def spans(self) -> pl.DataFrame:
        """`row, role (who, what, when, whom, vague), start, end` in text order; made when first asked for."""
        spans = self._reader.spans(self._kept, self._clauses)
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
            scan_pattern(scan_source(load_words("en"))),
            PieceReader(words, codes),
            term_table(words["words"], codes),
            Conventions(order=date_order, fiscal_start=fiscal_start),
        )
        self._clause_reader = ClauseReader(self._grammar, self._judge)
        self._date_order_known = date_order_known
        self._lock = Lock()

    def read(self, records: pl.DataFrame) -> Reading:
        """Read `next_step` of each record; needs `row`, `ref_date`, `basis`, `owner`, `contacts` and `account` beside it."""
        with self._lock:
            if self._clause_reader.full:
                self._clause_reader = ClauseReader(self._grammar, self._judge)
            reader = self._clause_reader
        tokens, foreign = self._tokenizer.tokens(records)
        kept, clauses = reader.clauses(tokens)
        labelled = reader.records(clauses, records.height)
        labelled = labelled.join(foreign, on="row", how="left", maintain_order="left")
        frame = self._frame(records, tokens, kept, reader, labelled, reader.date_tokens(clauses, labelled))
        mentions = tokens.filter(pl.col("granularity").is_not_null()).select(
            "row", "start", "end", "granularity", "value", "value_end", "time", "flaw", "ambiguous"
        )
        mentions = mentions.with_columns(records["row"].gather(mentions["row"]))
        return Reading(frame, mentions, kept, clauses, reader, records["row"])

    def _frame(
        self,
        records: pl.DataFrame,
        tokens: pl.DataFrame,
        kept: pl.DataFrame,
        reader: ClauseReader,
        labelled: pl.DataFrame,
        places: pl.DataFrame,
    ) -> pl.DataFrame:
        labels = pl.DataFrame(
            [label[: len(_LABEL_COLUMNS)] for label in reader.labels[: int(labelled["label"].max() or 0) + 1]],  # type: ignore[call-overload]
            schema={name: READING[name].dtype for name in _LABEL_COLUMNS},
            orient="row",
        )
        frame = labels[labelled["label"]].with_columns(row=records["row"])
        # Kind "none" with a day: the step's only day was over when it was written.
        specific = frame["date_kind"] != "vague"
        at, clock = places["date_at"], places["clock_at"]
        absolute = kept["absolute"].gather(at)
        flaws = _flaws(tokens, records.height)
        return (
            frame.with_columns(
                date=pl.when(specific).then(kept["value"].gather(at)),
                date_end=pl.when(specific).then(kept["value_end"].gather(at)),
                time=pl.when(frame["date_kind"] == "specific").then(
                    pl.coalesce(kept["time"].gather(at), kept["time"].gather(clock))
                ),
                date_basis=pl.when(specific).then(
                    pl.when(absolute).then(pl.lit("absolute")).otherwise(records["basis"].cast(pl.String))
                ),
                date_flaw=flaws["flaw"],
                date_ambiguous=flaws["ambiguous"] & (not self._date_order_known),
                language=labelled["language"].fill_null("en"),
                empty=records["next_step"].fill_null("").str.contains(_INVISIBLE),
            )
            .with_columns(placeholder=pl.col("placeholder") | pl.col("empty"))
            .select("row", *READING)
        )


def _flaws(tokens: pl.DataFrame, rows: int) -> pl.DataFrame:
    """Of each record: the flaw of any of its dates, and whether one could be read as another day."""
    found = (
        tokens.filter(pl.col("flaw").is_not_null() | pl.col("ambiguous"))
        .group_by("row")
        .agg(pl.col("flaw").drop_nulls().first(), pl.col("ambiguous").any())
    )
    everyone = pl.DataFrame({"row": pl.int_range(rows, dtype=pl.UInt32, eager=True)})
    return everyone.join(found, on="row", how="left", maintain_order="left").with_columns(
        pl.col("ambiguous").fill_null(False)
    )
