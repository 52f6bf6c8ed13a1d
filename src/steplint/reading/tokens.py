"""Texts to tokens in columns: scan, look up distinct pieces, join terms, match the record's names, place verbs and dates."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from steplint.reading.dates import Conventions
from steplint.reading.names import match_names
from steplint.reading.neighbours import place_arrows, place_verbs
from steplint.reading.pieces import PieceReader
from steplint.reading.placing import place_dates
from steplint.reading.terms import join_terms
from steplint.reading.vocabulary import Vocabulary

__all__ = ["Tokenizer", "Tokens"]


# A no-break space reads as a blank, and what follows the last word says nothing; both leave every position as it is.
_TEXT = pl.col("next_step").fill_null("").str.replace_all("\u00a0", " ", literal=True).str.strip_chars_end()


class Tokens(NamedTuple):
    """A batch in tokens.

    `table`: one row a token in text order: `row` (position in the batch), `start`, `end` (code points), `code` (its
    class) and `dated` (place in `dates`, or null). `dates`: one row a date: `row, start, end` and what `place_dates` found.
    `foreign`: the texts that are not English, `row, language`.
    """

    table: pl.DataFrame
    dates: pl.DataFrame
    foreign: pl.DataFrame


class Tokenizer:
    """Turns batches of records into tokens."""

    def __init__(self, pattern: str, reader: PieceReader, terms: pl.DataFrame, conventions: Conventions) -> None:
        self.pattern = pattern
        self.languages = reader.languages
        self.codes = reader.codes
        self.conventions = conventions
        self.terms = terms
        self.vocabulary = Vocabulary(reader, terms.filter(pl.col("words") == 1)["key"])

    def tokens(self, records: pl.DataFrame) -> Tokens:
        """The tokens of `next_step`; needs `ref_date`, `owner`, `contacts` and `account` beside it."""
        pieces = (
            records.select(row=pl.int_range(pl.len(), dtype=pl.UInt32), text=_TEXT)
            .with_columns(size=pl.col("text").str.len_chars().cast(pl.Int64))
            .select(
                "row",
                before=pl.col("size").cum_sum() - pl.col("size"),
                piece=pl.col("text").str.extract_all(self.pattern),
            )
            .explode("piece", empty_as_null=False)
            .with_columns(size=pl.col("piece").str.len_chars().cast(pl.Int64))
            .select("row", "piece", start=(pl.col("size").cum_sum() - pl.col("size") - pl.col("before")).cast(pl.Int32))
        )
        # Numbering the distinct pieces by a category is several times as fast as `unique` and a join.
        category = pl.Categorical(pl.Categories.random("pieces"))
        numbered = pieces["piece"].cast(category)  # to be kept while its numbers are looked up
        word = numbered.to_physical().alias("word")
        numbers = pl.Series(range(int(str(word.max())) + 1 if len(word) else 0), dtype=pl.UInt32)
        words, symbols = self.vocabulary.attributes(pl.Series(numbers.cat.to(category)).cast(pl.String))
        table = pieces.select("row", word, "start").with_columns(
            code=words["code"].gather(word), end=pl.col("start") + words["length"].gather(word)
        )
        foreign = _foreign(table["row"], words["tongues"].gather(word), self.languages)
        table = join_terms(table, words, self.terms)
        table = match_names(table, words, records, self.codes)
        table = place_arrows(table, self.codes)
        table = place_verbs(table, words, self.codes)
        table, dates = place_dates(table, words, symbols, records["ref_date"], self.codes, self.conventions)
        return Tokens(table, dates, foreign)


def _foreign(rows: pl.Series, tongues: pl.Series, languages: list[str]) -> pl.DataFrame:
    """Texts in which two or more function words are another language's and fewer are English: `row`, `language`."""
    names = [name for name in languages if name != "en"]
    marked = pl.DataFrame({"row": rows, "tongues": tongues}).filter(pl.col("tongues") > 0)
    other = marked.filter(pl.col("tongues") > 1).select("row").unique()
    counts = (
        marked.join(other, on="row", how="semi")
        .group_by("row")
        .agg(
            *(((pl.col("tongues") & (1 << bit)) > 0).sum().alias(name) for bit, name in enumerate(names, start=1)),
            ((pl.col("tongues") & 1) > 0).sum().alias("en"),
        )
        .with_columns(most=pl.max_horizontal(names))
        .filter((pl.col("most") >= 2) & (pl.col("most") > pl.col("en")))
    )
    tongue = pl.coalesce(*(pl.when(pl.col(name) == pl.col("most")).then(pl.lit(name)) for name in names))
    return counts.select("row", language=tongue)
