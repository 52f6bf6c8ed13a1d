"""Multi-word terms: the lexicon's table of them, and the pass that joins their tokens."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from steplint.reading.scan import term_key

__all__ = ["join_terms", "term_table"]

_LONGEST_TERM = 7


def term_table(words: Mapping[str, str], codes: Mapping[str, int]) -> pl.DataFrame:
    """Every prefix of every multi-word term.

    `key` (words with blanks between), `code` (null unless it is a whole term), `more` (a longer term goes on from here),
    `words` (how many).
    """
    terms = {key: name for word, name in words.items() if " " in (key := term_key(word))}
    more: set[str] = set()
    for key in terms:
        parts = key.split(" ")
        more.update(" ".join(parts[:n]) for n in range(1, len(parts)))
    keys = sorted(more | terms.keys())
    return pl.DataFrame(
        {
            "key": keys,
            "code": pl.Series([codes[terms[key]] if key in terms else None for key in keys], dtype=pl.UInt8),
            "more": [key in more for key in keys],
            "words": [key.count(" ") + 1 for key in keys],
        }
    )


def join_terms(table: pl.DataFrame, words: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """Tokens of a multi-word term become one: leftmost first, longest first. Hyphens inside words do not count.

    `table`: tokens with `row, word, code, end`; `words` as the vocabulary makes them, `terms` as `term_table` does. A
    joined token keeps no `word`: it is no name and no date.
    """
    solid = table.select("row", "word").with_row_index("at")
    solid = solid.filter((words["text"] != "").gather(solid["word"]))
    rows, word, at, texts = solid["row"], solid["word"], solid["at"], words["text"]
    open_ = solid.with_row_index("place").filter(words["head"].gather(word)).select("place", "row", "word")
    open_ = open_.select("place", "row", key=texts.gather(open_["word"]))
    terms = terms.drop("words")
    found = []
    for size in range(2, _LONGEST_TERM + 1):
        after = open_["place"] + (size - 1)
        open_ = (
            open_.with_columns(
                key=pl.concat_str(pl.col("key"), pl.lit(" "), texts.gather(word.gather(after, null_on_oob=True))),
                next=rows.gather(after, null_on_oob=True),
            )
            .filter(pl.col("next") == pl.col("row"))
            .drop("next")
            .join(terms, on="key", how="inner", maintain_order="left")
        )
        found.append(open_.drop_nulls("code").select("place", "code", last=pl.col("place") + (size - 1)))
        open_ = open_.filter("more").select("place", "row", "key")
        if open_.is_empty():
            break
    hits = pl.concat(found).sort("place", "last").unique("place", keep="last", maintain_order=True)
    hits = hits.filter(pl.col("place") > pl.col("last").cum_max().shift(1).fill_null(-1))
    if hits.is_empty():
        return table
    first, last = at.gather(hits["place"]), at.gather(hits["last"])
    inside = pl.select(pl.int_ranges(first + 1, last + 1)).to_series().explode(empty_as_null=False)
    gone = pl.Series([False]).new_from_index(0, table.height).scatter(inside, True)
    return table.with_columns(
        code=table["code"].scatter(first, hits["code"]),
        end=table["end"].scatter(first, table["end"].gather(last)),
        word=table["word"].scatter(first, None),
    ).filter(~gone)
