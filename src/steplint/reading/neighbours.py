"""Words that no list knows, read by their neighbours: "redraw the layout" and "Lorna pulls 90 days" have verbs in them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

__all__ = ["BASE", "NOUN", "OTHER", "S_FORM", "VERBAL_NOUNS", "neighbour", "place_arrows", "place_verbs"]

# Shapes of a word, as the vocabulary tells them.
OTHER, BASE, S_FORM, NOUN = 0, 1, 2, 3

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
    spots = table.select("row", "code", shape=words["shape"].gather(word)).with_row_index("at")
    spots = spots.filter(pl.col("shape") > OTHER)
    if spots.is_empty():
        return table
    at = spots["at"].cast(pl.Int64)
    there = (at + 1).clip(upper_bound=len(code) - 1)
    beside = (row.gather(there) == spots["row"]) & (there > at)
    spots = spots.with_columns(
        before=neighbour(code, row, spots["row"], at, -1, codes),
        after=neighbour(code, row, spots["row"], at, 1, codes),
        led=words["determiner"].gather(word.gather(there)).fill_null(value=False) & beside,
        capital=words["capital"].gather(word.gather(at)),
        behind_subject=words["subject"].gather(word.gather((at - 1).clip(0))).fill_null(value=False),
    )

    def among(column: str, names: tuple[str, ...]) -> pl.Expr:
        return pl.col(column).is_in([codes[name] for name in names]).fill_null(value=False)

    shape, led = pl.col("shape"), pl.col("led")
    opens = pl.col("before").is_null() | among("before", _OPENS)
    objected = led | among("after", _OBJECTS)
    small = (shape == BASE) & ~pl.col("capital")
    act = (
        ((shape == BASE) & opens & led)
        | (small & among("before", _AUXILIARIES))
        | (small & among("before", ("to",)) & led)
        | (small & among("before", ("we",)) & pl.col("behind_subject"))
        | (small & among("before", _PLURALS) & objected)
    )
    rules = among("before", ("committee", "they")) & among("after", ("about", "at", "into", "by", "with"))
    v3s = (shape == S_FORM) & ~pl.col("capital")
    v3s = v3s & (among("before", _NAMES) | rules | (among("before", _OTHERS) & objected))
    noun = (shape == NOUN) & led & (opens | among("before", (*_AUXILIARIES, "we")))  # "quote the boiler"
    handed = among("code", ("proposal", "deliverable", "contract"))
    name = (
        pl.when(noun & handed).then(codes["prepare"]).when(noun | act).then(codes["act"]).when(v3s).then(codes["v3s"])
    )  # fmt: skip
    found = spots.select("at", code=name.cast(pl.UInt8)).drop_nulls()
    return table.with_columns(code=code.scatter(found["at"], found["code"]))


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
