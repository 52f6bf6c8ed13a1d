"""Texts cut into pieces in two passes: runs of date words and numbers first, then each distinct run by the date grammar.

The grammar's pattern is too large to run over every text at full speed; the first pass knows only which words and marks
dates are made of, and few distinct runs come out of it.
"""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

import polars as pl

from steplint.reading.dates import Words, run_source, run_words, scan_source
from steplint.reading.scan import scan_pattern

__all__ = ["Cut", "Cutter", "numbered"]

_CACHE_LIMIT = 200_000
_NEXT_WORD = "_"  # stands for the word behind a run: a date may end on the blank before it


class Cut(NamedTuple):
    """`row` and `word` of each piece in text order; `pieces`: the distinct pieces, which `word` counts."""

    row: pl.Series
    word: pl.Series
    pieces: pl.Series


class Cutter:
    """Cuts texts; the pieces of a text joined are the text. What it has cut is kept between batches, within a bound."""

    def __init__(self, words: Words) -> None:
        self.fine = scan_pattern(words.get("fine") or scan_source(words))
        self.coarse = scan_pattern(words.get("coarse") or run_source(words))
        self._words = pl.Series(sorted(run_words(words)))
        self._known: dict[str, list[str]] = {}

    def cut(self, texts: pl.Series) -> Cut:
        """The pieces of each text; an empty text has none."""
        found = texts.alias("run").to_frame().select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), pl.col("run").str.extract_all(self.coarse)
        )  # fmt: skip
        found = found.explode("run", empty_as_null=False)
        run, runs = numbered(found["run"])
        parts = self._parts(runs)
        word, pieces = numbered(parts["piece"])
        listed = parts.select("run", word=word).group_by("run", maintain_order=True).agg("word")["word"]
        words = pl.DataFrame({"row": found["row"], "word": listed.gather(run)}).explode("word", empty_as_null=False)
        return Cut(words["row"], words["word"], pieces)

    def _parts(self, runs: pl.Series) -> pl.DataFrame:
        """`run`, `piece`: the pieces of each distinct run in order; what is no run is its own piece."""
        frame = runs.alias("piece").to_frame().with_row_index("run")
        first = pl.col("piece").str.extract(r"^([^\W\d_]+)", 1).str.to_lowercase()
        dated = first.is_in(self._words.implode()).fill_null(value=False) | pl.col("piece").str.contains(
            r"[0-9@./:]|\S\s+\S"
        )
        frame = frame.with_columns(dated=dated)
        some = frame.filter("dated")
        lists = self._read(some["piece"])
        sizes = pl.Series([len(pieces) for pieces in lists], dtype=pl.UInt32)
        owner = pl.select(some["run"].repeat_by(sizes)).to_series().explode(empty_as_null=False)
        cut = pl.DataFrame(
            {"run": owner, "piece": list(chain.from_iterable(lists))}, schema_overrides={"piece": pl.String}
        )
        return pl.concat([frame.filter(~pl.col("dated")).select("run", "piece"), cut]).sort("run", maintain_order=True)

    def _read(self, runs: pl.Series) -> list[list[str]]:
        if len(self._known) > _CACHE_LIMIT:
            self._known = {}  # a thread that still holds the old one is not disturbed
        known, texts = self._known, runs.to_list()
        new = [text for text in texts if text not in known]
        if new:
            # A run that ends on a blank goes on with a word; the mark for it comes off again.
            shown = pl.Series([text + _NEXT_WORD if text[-1] in " \t" else text for text in new], dtype=pl.String)
            for text, pieces in zip(new, shown.str.extract_all(self.fine).to_list(), strict=True):
                known[text] = pieces[:-1] if text[-1] in " \t" else pieces
        return [known[text] for text in texts]


def numbered(strings: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The number of each string, and the distinct strings by number.

    Numbering by a category is several times as fast as `unique` and a join.
    """
    category = pl.Categorical(pl.Categories.random("pieces"))
    cast = strings.cast(category)  # to be kept while its numbers are looked up
    physical = cast.to_physical()
    numbers = pl.Series(range(int(str(physical.max())) + 1 if len(physical) else 0), dtype=pl.UInt32)
    return physical, pl.Series(numbers.cat.to(category)).cast(pl.String)
