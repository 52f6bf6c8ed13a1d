"""Words that no list knows, read by their neighbours: "redraw the layout" and "Lorna pulls 90 days" have verbs in them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

__all__ = ["BASE", "OTHER", "S_FORM", "VERBAL_NOUNS", "neighbour", "place_arrows", "place_verbs"]

# Shapes of a word, as the vocabulary tells them.
OTHER, BASE, S_FORM = 0, 1, 2

# What may stand before an imperative, before a base form, and before a third person.
_OPENS = ("stop", "comma", "then", "and", "dash", "colon", "qmark", "l_next", "close", "quote")
_AUXILIARIES = ("will", "please", "lets", "modal", "request")
_NAMES = ("contact", "owner", "person")
_OTHERS = (
    "buyer_role",
    "seller_role",
    "department",
    "committee",
    "customer",
    "they",
    "account",
    "partner",
    "group",
    "close",
)
_PLURALS = ("you", "they", "both", "group", "customer", "partner", "committee", "department")
# Nouns that may be a verb ("quote", "invoice", "demo").
VERBAL_NOUNS = ("proposal", "deliverable", "contract", "trial", "demo", "topic", "tech")
# What follows a verb that has an object: a determiner, or one of these.
_OBJECTS = (
    "deliverable", "proposal", "contract", "case", "tech", "signoff", "topic", "trial", "event", "demo", "invite", "info",
    "something", "contact", "person", "they", "we", "their", "our", "your", "number", "noun_or_give", "noun_or_act",
)  # fmt: skip


def place_verbs(table: pl.DataFrame, words: pl.DataFrame, codes: Mapping[str, int]) -> pl.DataFrame:
    """Unknown words that stand where a verb stands get a verb's class: `act` for a base form, `v3s` for a third person.

    `table`: tokens with `row, word, code`; `words` with `shape` and `determiner` as the vocabulary makes them.
    """
    code, row, word = table["code"], table["row"], table["word"]
    unknown = (
        table.select("row", shape=words["shape"].gather(word)).with_row_index("at").filter(pl.col("shape") > OTHER)
    )
    if unknown.is_empty():
        return table
    at = unknown["at"].cast(pl.Int64)
    before = neighbour(code, row, unknown["row"], at, -1, codes)
    after = neighbour(code, row, unknown["row"], at, 1, codes)
    next_word = word.gather((at + 1).clip(upper_bound=len(word) - 1))
    next_row = row.gather((at + 1).clip(upper_bound=len(word) - 1))
    spots = unknown.with_columns(
        before=before,
        after=after,
        led=words["determiner"].gather(next_word).fill_null(False)
        & (next_row == unknown["row"])
        & (at + 1 < len(word)),
        capital=words["capital"].gather(word.gather(at)),
        behind_subject=words["subject"].gather(word.gather((at - 1).clip(0))).fill_null(value=False),
    )

    def among(column: str, names: tuple[str, ...]) -> pl.Expr:
        return pl.col(column).is_in([codes[name] for name in names]).fill_null(False)

    objected = pl.col("led") | among("after", _OBJECTS)
    opens = pl.col("before").is_null() | among("before", _OPENS)
    base, third = pl.col("shape") == BASE, (pl.col("shape") == S_FORM) & ~pl.col("capital")
    small = base & ~pl.col("capital")
    we = (pl.col("before") == codes["we"]) & pl.col("behind_subject")
    act = (
        (base & opens & pl.col("led"))
        | (small & among("before", _AUXILIARIES))
        | (small & (pl.col("before") == codes["to"]) & pl.col("led"))
        | (small & we.fill_null(False))
        | (small & among("before", _PLURALS) & objected)
    )
    rules = among("before", ("committee", "they")) & among("after", ("about", "at", "into", "by", "with"))
    v3s = third & (among("before", _NAMES) | rules | (among("before", _OTHERS) & objected))
    nouns = _noun_verbs(table, words, codes)
    table = table.with_columns(code=code.scatter(nouns["at"], nouns["code"]))
    code = table["code"]
    found = spots.select(
        "at", code=pl.when(act).then(codes["act"]).when(v3s).then(codes["v3s"]).cast(pl.UInt8)
    ).drop_nulls()
    return table.with_columns(code=code.scatter(found["at"], found["code"]))


def _noun_verbs(table: pl.DataFrame, words: pl.DataFrame, codes: Mapping[str, int]) -> pl.DataFrame:
    """`at`, `code` of nouns in a verb's place, before a determiner: "Quote the boiler", "might invoice the balance"."""
    code, row, word = table["code"], table["row"], table["word"]
    maybe = table.select("row", "code", listed=words["verbal"].gather(word)).with_row_index("at").filter("listed")
    at = maybe["at"].cast(pl.Int64)
    there = (at + 1).clip(upper_bound=max(len(code) - 1, 0))
    led = words["determiner"].gather(word.gather(there)).fill_null(value=False) & (row.gather(there) == maybe["row"])
    maybe = maybe.filter(led)
    before = neighbour(code, row, maybe["row"], maybe["at"].cast(pl.Int64), -1, codes)
    opens = before.is_null() | before.is_in([codes[name] for name in (*_OPENS, *_AUXILIARIES, "we")])
    kind = pl.col("code").is_in([codes[name] for name in ("proposal", "deliverable", "contract")])
    return maybe.filter(opens).select(
        "at", code=pl.when(kind).then(codes["prepare"]).otherwise(codes["act"]).cast(pl.UInt8)
    )


def neighbour(
    code: pl.Series, row: pl.Series, here: pl.Series, at: pl.Series, step: int, codes: Mapping[str, int]
) -> pl.Series:
    """The class of the nearest token before (`step` -1) or behind (1) that is not noise, or null.

    Looks at most three tokens away and in the same record: `here` are the rows of the tokens `at`.
    """
    found = pl.Series([None], dtype=code.dtype).new_from_index(0, len(at))
    for distance in (3, 2, 1):
        place = at + step * distance
        inside = (place >= 0) & (place < len(code))
        place = place.clip(0, len(code) - 1)
        letter = code.gather(place)
        same = inside & (row.gather(place) == here)
        found = pl.select(
            pl.when(same & (letter != codes["noise"])).then(letter).when(~same).then(None).otherwise(found)
        ).to_series()
    return found


_THINGS = (
    "deliverable", "proposal", "contract", "case", "tech", "word", "noun_or_give", "noun_or_act", "noun_or_v3s", "invite",
    "number",
)  # fmt: skip
_PEOPLE = ("contact", "person", "owner", "they", "customer", "buyer_role", "department", "account", "we", "committee")


def place_arrows(table: pl.DataFrame, codes: Mapping[str, int]) -> pl.DataFrame:
    """An arrow from a thing to a person hands it over (`to`), one behind a person opens what they do (`colon`).

    Every other arrow ends a clause (`stop`).
    """
    code, row = table["code"], table["row"]
    arrows = table.select("row", "code").with_row_index("at").filter(pl.col("code") == codes["arrow"])
    if arrows.is_empty():
        return table
    at = arrows["at"].cast(pl.Int64)
    before = neighbour(code, row, arrows["row"], at, -1, codes)
    after = neighbour(code, row, arrows["row"], at, 1, codes)
    things, people = [codes[name] for name in _THINGS], [codes[name] for name in _PEOPLE]
    meant = pl.select(
        pl.when(before.is_in(things) & after.is_in(people)).then(codes["to"])
        .when(before.is_in(people) & ~after.is_in(people)).then(codes["colon"])
        .otherwise(codes["stop"]).cast(pl.UInt8)
    ).to_series()  # fmt: skip
    return table.with_columns(code=code.scatter(arrows["at"], meant))
