"""The record's own names in its text: which words are its contacts, its owner, its account."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from steplint.reading.cutting import numbered

__all__ = ["match_names"]

_SIDES = (("account", "account"), ("owner", "owner"), ("contacts", "contact"))
_NAME_WORD = r"[^\s,.()\-/&]+"
_INITIALS = r"([^\s,.()\-/&])[^\s,.()\-/&]*[\s,.()\-/&]*"

# Words of a company's name that do not tell it from another.
_COMMON = (
    "inc llc ltd gmbh ag sa bv plc corp co company group holdings holding the and of for de la solutions systems "
    "services technologies technology tech bank health labs energy global international partners university hospital "
    "logistics foods media software digital renewal expansion new pilot demo partner security legal finance capital "
    "industries manufacturing network networks".split()
)


def match_names(
    table: pl.DataFrame, words: pl.DataFrame, records: pl.DataFrame, codes: Mapping[str, int]
) -> pl.DataFrame:
    """Tokens that are names of the record's contacts, owner or account get that class, contacts before owner before account.

    `table`: tokens with `row, word, code`; `words` as the vocabulary makes them. A matched token keeps no `word`: it is no
    date ("March"). A word that means something else counts only with a capital.
    """
    named = {column: _name_words(records, column) for column in ("account", "contacts")}
    owners = _owner_names(records)
    keys = pl.concat([owners["key"], *(frame["key"] for frame in named.values())]).unique()
    some = words["nameable"] & words["key"].is_in(keys.implode()).fill_null(value=False)  # few words are anybody's name
    maybe = table.select("row", "word").with_row_index("at").filter(some.gather(table["word"]).fill_null(value=False))
    maybe = maybe.select("at", "row", key=words["key"].gather(maybe["word"]))
    code, word = table["code"], table["word"]
    for column, name in _SIDES:  # a later side wins over an earlier one
        at = (
            _owner_words(maybe, owners, records)
            if column == "owner"
            else maybe.join(named[column], on=["row", "key"], how="semi")["at"]
        )
        code, word = code.scatter(at, codes[name]), word.scatter(at, None)
    return table.with_columns(code, word)


def _name_words(records: pl.DataFrame, column: str) -> pl.DataFrame:
    """`row`, `key`: the words of a record's names in one column, as `name_key` writes them."""
    people = records.select(row=pl.int_range(pl.len(), dtype=pl.UInt32), name=pl.col(column))
    if column == "contacts":
        return _split_names(people.explode("name", empty_as_null=False).drop_nulls("name"), "row")
    return _split_names(people.drop_nulls("name"), "row").filter(~pl.col("key").is_in(_COMMON))


def _owner_names(records: pl.DataFrame) -> pl.DataFrame:
    """`full`, `key`: the words and the initials of each owner's name. A few owners own many records."""
    owners = records.select(name=pl.col("owner").unique()).drop_nulls().with_columns(full="name")
    initials = owners.select("full", key=pl.col("name").str.to_lowercase().str.replace_all(_INITIALS, "$1"))
    return pl.concat([_split_names(owners, "full"), initials.filter(pl.col("key").str.len_chars().is_between(2, 3))])


def _owner_words(maybe: pl.DataFrame, owners: pl.DataFrame, records: pl.DataFrame) -> pl.Series:
    """`at` of the words that are a name or the initials of the record's owner."""
    some = maybe.filter(pl.col("key").is_in(owners["key"].unique().implode()))
    some = some.with_columns(full=records["owner"].gather(some["row"]))
    return some.join(owners, on=["full", "key"], how="semi")["at"]


def _split_names(people: pl.DataFrame, by: str) -> pl.DataFrame:
    """`by`, `key`: a row for each word of `name` that is longer than a letter. The same names come again and again."""
    number, distinct = numbered(people["name"])
    name = pl.col("name")
    foreign = name.str.len_bytes() != name.str.len_chars()
    lower = pl.when(foreign).then(name.str.normalize("NFKC")).otherwise(name).str.to_lowercase()
    long = pl.element().filter(pl.element().str.len_bytes() > 1)
    keys = distinct.alias("name").to_frame().select(key=lower.str.extract_all(_NAME_WORD).list.eval(long))["key"]
    return pl.DataFrame({by: people[by], "key": keys.gather(number)}).explode("key", empty_as_null=False)
