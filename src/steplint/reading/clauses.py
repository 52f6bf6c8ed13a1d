"""Tokens to clauses to records in columns: each distinct class string and each distinct clause sequence is judged once."""

from __future__ import annotations

from threading import Lock

import polars as pl

from steplint.reading.clause import Clause, Span
from steplint.reading.grammar import Grammar
from steplint.reading.judge import Judge
from steplint.reading.record import Labels, combine
from steplint.reading.schema import READING

__all__ = ["ClauseReader"]

_CACHE_LIMIT = 1_000_000
# The first code point that stands for a clause judgement in a record's sequence: from here on all take four bytes.
_FIRST = 0x10000
#: Stands between the judgements of a log's clauses and the digits of their entries.
_ENTRIES = "|"


_LABEL_SCHEMA = {name: READING[name].dtype if name in READING else pl.Int32() for name in Labels._fields}


class ClauseReader:
    """Judges the clauses of batches and remembers its judgements. One lock guards what several batches share.

    `full` says that its memory has reached the bound: the caller then goes on with a fresh one.
    """

    def __init__(self, grammar: Grammar, judge: Judge) -> None:
        self.grammar = grammar
        self.judge = judge
        self._lock = Lock()
        self._strings: dict[str, int] = {}  # class string -> row of the three lists below
        self._judgement: list[int] = []
        self._spans: list[tuple[Span, ...]] = []
        self._date_at: list[int] = []
        self._clock_at: list[int] = []
        self._clauses: dict[Clause, int] = {}
        self._by_number: list[Clause] = []
        self._sequences: dict[str, int] = {}
        self.labels: list[Labels] = []
        self._label_frame = pl.DataFrame(schema=_LABEL_SCHEMA)

    def clauses(self, tokens: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Kept tokens (noise, stops and repeats of plain words dropped) and the clause table.

        The clause table has `row`, `first` (index into the kept tokens), `size`, `string` (class-string number),
        `number` (judgement) and `entry` (of a log, else null).
        """
        codes = self.grammar.codes
        ends = pl.col("code") == codes["stop"]
        code = pl.col("code")
        # A label opens a clause wherever it stands ("met ops dir. NS: site walk"); a question mark closes one.
        colon = (code.shift(-1) == codes["colon"]) & (pl.col("row").shift(-1) == pl.col("row"))
        label = (code == codes["l_next"]) & colon.fill_null(False)
        asked = (code == codes["qmark"]).shift(1, fill_value=False)
        table = tokens.with_columns(clause=(ends | asked | label).cast(pl.UInt32).cum_sum())
        kept = table.filter((pl.col("code") != codes["noise"]) & ~ends)
        new = (pl.col("row") != pl.col("row").shift(1)) | (pl.col("clause") != pl.col("clause").shift(1))
        word = codes["word"]
        kept = kept.filter(new.fill_null(True) | (pl.col("code") != word) | (pl.col("code").shift(1) != word))
        starts = kept.with_row_index("first").filter(new.fill_null(True)).select("row", "first")
        starts = starts.with_columns(size=(pl.col("first").shift(-1, fill_value=kept.height) - pl.col("first")))
        letters = pl.Series(list(self.grammar.letters.values()))
        joined = letters.gather(kept["code"]).str.join("").item() if kept.height else ""
        strings = (
            starts.select(
                string=pl.lit(joined.encode()).bin.slice(pl.col("first") * 2, pl.col("size") * 2).cast(pl.String)
            )["string"]
            if kept.height
            else pl.Series("string", [], dtype=pl.String)
        )
        distinct = strings.unique()
        with self._lock:
            judged = pl.Series([self._judge(text) for text in distinct.to_list()], dtype=pl.UInt32)
            judgement = pl.Series(self._judgement, dtype=pl.UInt32)
        numbers = pl.DataFrame({"text": distinct, "string": judged})
        starts = (
            starts.with_columns(text=strings).join(numbers, on="text", how="left", maintain_order="left").drop("text")
        )
        entry = kept["entry"].gather(starts["first"]) if "entry" in kept.columns else pl.lit(None, dtype=pl.UInt8)
        return kept, starts.with_columns(number=judgement.gather(starts["string"]), entry=entry)

    @property
    def full(self) -> bool:
        return len(self._strings) > _CACHE_LIMIT

    def _judge(self, text: str) -> int:
        found = self._strings.get(text)
        if found is None:
            clause, spans = self.judge.judge(text)
            # Where the date stands does not change what a clause says; it is kept beside, so that judgements repeat.
            date_at, clock_at = clause.date_at, clause.clock_at
            clause = clause._replace(date_at=-1, clock_at=-1)
            found = self._strings[text] = len(self._judgement)
            number = self._clauses.setdefault(clause, len(self._by_number))
            if number == len(self._by_number):
                self._by_number.append(clause)
            self._judgement.append(number)
            self._spans.append(spans)
            self._date_at.append(date_at)
            self._clock_at.append(clock_at)
        return found

    def records(self, clauses: pl.DataFrame, rows: int) -> pl.DataFrame:
        """One row a record: `label` (index into `labels`); `date_clause` and `first_clause` (indices into the clause table:
        the one with the date, or null, and the first that counts); `vague`; `entry`, the log entry that counts, or null."""
        letters = pl.Series([chr(_FIRST + number) for number in range(len(self._by_number))], dtype=pl.String)
        joined = letters.gather(clauses["number"]).str.join("").item() if clauses.height else ""
        first = pl.col("row") != pl.col("row").shift(1)
        starts = clauses.select("row").with_row_index("clause").filter(first.fill_null(True))
        size = pl.col("clause").shift(-1, fill_value=clauses.height) - pl.col("clause")
        mark = pl.lit(joined.encode()).bin.slice(pl.col("clause") * 4, size * 4).cast(pl.String)
        sequences = starts.with_columns(sequence=mark) if starts.height else starts.with_columns(sequence=pl.lit(""))
        sequences = _with_entries(sequences, clauses)
        everyone = (
            pl.DataFrame({"row": pl.int_range(rows, dtype=pl.UInt32, eager=True)})
            .join(sequences, on="row", how="left", maintain_order="left")
            .with_columns(pl.col("sequence").fill_null(""))
        )
        distinct = everyone["sequence"].unique()
        with self._lock:
            labels = pl.Series([self._combine(sequence) for sequence in distinct.to_list()], dtype=pl.UInt32)
        numbers = pl.DataFrame({"sequence": distinct, "label": labels})
        everyone = everyone.join(numbers, on="sequence", how="left", maintain_order="left")
        found = self.label_frame(everyone["label"])
        clause, place = pl.col("clause").cast(pl.Int32), found["date_clause"]
        return everyone.select(
            "row",
            "label",
            date_clause=pl.when(place >= 0).then(clause + place),
            first_clause=clause + found["first_clause"],
            vague=found["vague"],
            entry=found["entry"],
        )

    def label_frame(self, label: pl.Series) -> pl.DataFrame:
        """The fields of `Labels` as columns, one row for each index in `label`."""
        with self._lock:
            new = self.labels[self._label_frame.height :]
            if new:
                self._label_frame = pl.concat(
                    [self._label_frame, pl.DataFrame(new, schema=_LABEL_SCHEMA, orient="row")]
                )
            frame = self._label_frame
        return frame[label]

    def _combine(self, sequence: str) -> int:
        found = self._sequences.get(sequence)
        if found is None:
            marks, _, entries = sequence.partition(_ENTRIES)
            clauses = [self._by_number[ord(mark) - _FIRST] for mark in marks]
            found = self._sequences[sequence] = len(self.labels)
            self.labels.append(combine(clauses, entries))
        return found

    def date_tokens(self, clauses: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
        """`row`, `date_at`, `clock_at`: the kept tokens that hold each record's date and a clock apart from it (or null)."""
        date_at = pl.Series(self._date_at, dtype=pl.Int32)
        clock_at = pl.Series(self._clock_at, dtype=pl.Int32)
        place = records["date_clause"]
        string = clauses["string"].gather(place) if len(clauses) else pl.Series([None] * len(records), dtype=pl.UInt32)
        first = (
            clauses["first"].gather(place).cast(pl.Int32)
            if len(clauses)
            else pl.Series([None] * len(records), dtype=pl.Int32)
        )
        found = pl.DataFrame(
            {"row": records["row"], "first": first, "date": date_at.gather(string), "clock": clock_at.gather(string)}
        )
        return found.select(
            "row",
            date_at=pl.when(pl.col("date") >= 0).then(pl.col("first") + pl.col("date")),
            clock_at=pl.when(pl.col("clock") >= 0).then(pl.col("first") + pl.col("clock")),
        )

    def spans(self, kept: pl.DataFrame, clauses: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
        """Long table `row, role, start, end` of the clauses that count, in text order; `clauses` with their number `clause`."""
        used = clauses["string"].unique()
        rows = [(string, span.role, span.first, span.last) for string in used.to_list() for span in self._spans[string]]
        marks = pl.DataFrame(
            rows, schema={"string": pl.UInt32, "role": pl.String, "from": pl.Int64, "to": pl.Int64}, orient="row"
        )
        counted = clauses.select("clause", "row", "first", "string", "entry").filter(
            pl.col("clause") >= pl.lit(records["first_clause"]).gather(pl.col("row")),
            (pl.col("entry") == pl.lit(records["entry"]).gather(pl.col("row"))).fill_null(value=True),
        )
        table = counted.join(marks, on="string", how="inner", maintain_order="left")
        vague = pl.lit(records["vague"]).gather(pl.col("row"))  # a lone "soon" is a filler, its wording no fault
        table = table.filter((pl.col("role") != "vague") | vague)
        first = table["first"].cast(pl.Int64)
        return (
            table.select(
                "row",
                "role",
                start=kept["start"].gather(first + table["from"]),
                end=kept["end"].gather(first + table["to"]),
            )
            .unique(maintain_order=True)
            .sort("row", "start", maintain_order=True)
        )


def _with_entries(sequences: pl.DataFrame, clauses: pl.DataFrame) -> pl.DataFrame:
    """The sequences of logs with the entries of their clauses, a digit each."""
    logs = clauses.select("row", "entry").drop_nulls()
    if logs.is_empty():
        return sequences
    digits = logs.group_by("row", maintain_order=True).agg(pl.col("entry").cast(pl.String).str.join(""))
    joined = sequences.join(digits, on="row", how="left", maintain_order="left")
    told = pl.concat_str("sequence", pl.lit(_ENTRIES), "entry")
    return joined.with_columns(pl.coalesce(told, "sequence").alias("sequence")).drop("entry")
