"""The language of texts: by function words in columns, and by a library for the few that no word list explains.

Those are texts without an English function word that have three unknown words, or one in another script.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import polars as pl

__all__ = ["foreign"]

#: English shorthand and names stay below this, sentences of another language are above it.
_SURE = 0.5


def foreign(
    rows: pl.Series, tongues: pl.Series, unknown: pl.Series, texts: pl.Series, languages: list[str]
) -> pl.DataFrame:
    """The texts that are not English: `row`, `language` (ISO 639-1).

    Of each word in text order its row in `texts`, its `tongues` (bits in the order of `languages`) and how `unknown` it is
    (see `vocabulary`).
    """
    told = _by_function_words(rows, tongues, languages)
    odd = unknown > 0
    where, weight = rows.filter(odd), unknown.filter(odd)
    strange = where.filter((where == where.shift(2)).fill_null(value=False) | (weight > 1)).unique()
    strange = strange.filter(~strange.is_in(told["row"].implode()))
    if strange.is_empty():
        return told
    english = rows.filter(rows.is_in(strange.implode()) & ((tongues & 1) > 0)).unique()
    strange = strange.filter(~strange.is_in(english.implode())).sort()
    names = pl.Series("language", [_recognised(text) for text in texts.gather(strange).to_list()], dtype=pl.String)
    return pl.concat([told, pl.DataFrame([strange.alias("row"), names]).drop_nulls()])


def _by_function_words(rows: pl.Series, tongues: pl.Series, languages: list[str]) -> pl.DataFrame:
    """Texts in which two or more function words are another language's and fewer are English."""
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


@lru_cache(maxsize=100_000)
def _recognised(text: str) -> str | None:
    """The language that the library is sure of; None for English, shorthand and doubt."""
    name, confidence = _identifier().classify(text[:500])
    return str(name) if name not in ("en", "zxx") and confidence >= _SURE else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
