"""Multi-word terms: the lexicon's table of them, and the pass that joins their tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from steplint.reading.scan import term_key

__all__ = ["Terms", "compile_terms", "join_terms", "read_terms"]

_LONGEST_TERM = 7
_PERIOD_HEADS = frozenset(("next", "last", "this"))
_STEP = 1 << 16  # more than there are words in terms


class Terms(NamedTuple):
    """Every multi-word term as steps from word to word.

    `words`: each word that occurs in a term, by number (from 1). `heads`: the numbers that begin one. `steps`: a row for each
    prefix of two or more words: `step` (number of the prefix before it × `_STEP` + number of its last word), `node` (its
    own number), `code` (null unless it is a whole term), `more` (a longer term goes on from here).
    """

    words: dict[str, int]
    heads: frozenset[int]
    steps: pl.DataFrame


def compile_terms(words: Mapping[str, str]) -> dict[str, list[Any]]:
    """The multi-word terms of a lexicon's `words` (term -> class) in plain lists, as a build keeps them.

    `words` and `heads` as in `Terms`, the first by place; `step`, `node`, `class` (name or null) and `more` are its steps.
    """
    terms = {tuple(key.split(" ")): name for word, name in words.items() if " " in (key := term_key(word))}
    terms.update({whole: name for term, name in terms.items() if (whole := _with_periods_whole(term)) != term})
    numbers = {word: at for at, word in enumerate(sorted({word for term in terms for word in term}), start=1)}
    prefixes = sorted({term[:n] for term in terms for n in range(2, len(term) + 1)})
    more = {term[:n] for term in terms for n in range(2, len(term))}
    nodes: dict[tuple[str, ...], int] = {(word,): number for word, number in numbers.items()}
    nodes.update({prefix: at for at, prefix in enumerate(prefixes, start=len(numbers) + 1)})
    return {
        "words": list(numbers),
        "heads": sorted({numbers[term[0]] for term in terms}),
        "step": [nodes[prefix[:-1]] * _STEP + numbers[prefix[-1]] for prefix in prefixes],
        "node": [nodes[prefix] for prefix in prefixes],
        "class": [terms.get(prefix) for prefix in prefixes],
        "more": [prefix in more for prefix in prefixes],
    }


def read_terms(compiled: Mapping[str, list[Any]], codes: Mapping[str, int]) -> Terms:
    """What `compile_terms` made, with the codes of classes."""
    steps = pl.DataFrame(
        {
            "step": pl.Series(compiled["step"], dtype=pl.Int64),
            "node": pl.Series(compiled["node"], dtype=pl.Int64),
            "code": pl.Series([None if name is None else codes[name] for name in compiled["class"]], dtype=pl.UInt8),
            "more": pl.Series(compiled["more"], dtype=pl.Boolean),
        }
    )
    numbers = {word: at for at, word in enumerate(compiled["words"], start=1)}
    return Terms(numbers, frozenset(compiled["heads"]), steps)


def _with_periods_whole(term: tuple[str, ...]) -> tuple[str, ...]:
    """A term as texts are cut: "next week" is one piece, a date."""
    if _PERIOD_HEADS.isdisjoint(term):
        return term
    joined = re.sub(r"\b(next|last|this) (week|wk|month|quarter|year)\b", r"\1_\2", " ".join(term))
    return tuple(word.replace("_", " ") for word in joined.split(" "))


def join_terms(table: pl.DataFrame, words: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Tokens of a multi-word term become one: leftmost first, longest first. Hyphens inside words do not count.

    `table`: tokens with `row, word, code, end`; `words` as the vocabulary makes them. A joined token keeps no `word`: it is
    no name and no date.
    """
    solid = table.select("row", "word").with_row_index("at")
    solid = solid.filter((words["text"] != "").gather(solid["word"]))
    rows, at, numbers = solid["row"], solid["at"], words["term"].gather(solid["word"])
    open_ = solid.select("row", node=numbers).with_row_index("place").filter(words["head"].gather(solid["word"]))
    found = []
    for size in range(2, _LONGEST_TERM + 1):
        after = open_["place"] + (size - 1)
        open_ = (
            open_.with_columns(step=numbers.gather(after, null_on_oob=True), next=rows.gather(after, null_on_oob=True))
            .filter((pl.col("step") > 0) & (pl.col("next") == pl.col("row")))
            .select("place", "row", step=pl.col("node").cast(pl.Int64) * _STEP + pl.col("step"))
            .join(terms.steps, on="step", how="inner", maintain_order="left")
        )
        found.append(open_.drop_nulls("code").select("place", "code", last=pl.col("place") + (size - 1)))
        open_ = open_.filter("more").select("place", "row", "node")
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
