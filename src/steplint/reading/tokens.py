"""Texts to tokens in columns: scan, classify distinct pieces, match the record's own names, place the dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from steplint.reading.dates import Conventions, DateSymbol, Flag, resolve
from steplint.reading.pieces import Piece, PieceReader
from steplint.reading.scan import term_key

__all__ = ["DATE_COLUMNS", "Tokenizer", "term_table"]

_CACHE_LIMIT = 400_000
_LONGEST_TERM = 7
_SYMBOL_SCHEMA = {name: pl.Int32 for name in DateSymbol._fields}
DATE_COLUMNS = ("value", "value_end", "time", "granularity", "past", "flaw", "ambiguous", "absolute")

# Classes after which a word that may be a date is one: "by May", "wait 2 weeks".
_COMPANY = ("by", "at", "about", "cond", "when_event", "into", "contact_verb", "wait", "process", "dial", "reply", "booked", "past")

_NAME_WORD = r"[^\s,.()\-/&]+"
_INITIALS = r"([^\s,.()\-/&])[^\s,.()\-/&]*[\s,.()\-/&]*"

# Words of a company's name that do not tell it from another.
_COMMON = (
    "inc llc ltd gmbh ag sa bv plc corp co company group holdings holding the and of for de la solutions systems services technologies "
    "technology tech bank health labs energy global international partners university hospital logistics foods media software digital "
    "renewal expansion new pilot demo partner security legal finance capital industries manufacturing network networks".split()
)


class Tokenizer:
    """Turns a batch into its token table. Keeps what it learnt about distinct pieces between batches, within a bound."""

    def __init__(self, pattern: str, reader: PieceReader, terms: pl.DataFrame, conventions: Conventions) -> None:
        self.pattern = pattern
        self.reader = reader
        self.codes = reader.codes
        self.conventions = conventions
        self.terms = terms
        self._heads = frozenset(terms.filter(pl.col("words") == 1)["key"].to_list())
        self._pieces: dict[str, Piece] = {}

    def tokens(self, records: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The token table and the texts that are not English (`row`, `language`).

        The token table: one row a token, in text order: `row` (position in the batch), `start`, `end` (code points), `code` (UInt8)
        and, for dates, the columns of `DATE_COLUMNS` and `needs_context`.

        `records`: `next_step`, `ref_date`, `owner`, `contacts`, `account`.
        """
        texts = records.select(
            row=pl.int_range(pl.len(), dtype=pl.UInt32),
            text=pl.col("next_step").fill_null(""),
        )
        table = texts.select(
            "row",
            base=pl.col("text").str.len_chars().cast(pl.Int64).cum_sum()
            - pl.col("text").str.len_chars().cast(pl.Int64),
            piece=pl.col("text").str.extract_all(self.pattern),
        ).explode("piece", empty_as_null=False)
        table = table.with_columns(size=pl.col("piece").str.len_chars().cast(pl.Int64))
        table = table.select(
            "row",
            "piece",
            start=(pl.col("size").cum_sum() - pl.col("size") - pl.col("base")).cast(pl.Int32),
        )
        attributes, symbols = self._attributes(table["piece"].unique())
        table = table.join(attributes, on="piece", how="left", maintain_order="left")
        table = table.with_columns(end=pl.col("start") + pl.col("length")).drop("piece", "length")
        foreign = self._foreign(table)
        table = self._terms(table.drop("tongues"))
        table = self._names(table, records)
        return self._dates(table, records, symbols), foreign

    def _attributes(self, distinct: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        if len(self._pieces) > _CACHE_LIMIT:
            self._pieces = {}  # a thread that still holds the old one is not disturbed
        known = self._pieces
        strings = distinct.to_list()
        found = []
        for piece in strings:
            item = known.get(piece)
            if item is None:
                item = known[piece] = self.reader(piece)
            found.append(item)
        dated: dict[DateSymbol, int] = {}
        numbers = [None if item.date is None else dated.setdefault(item.date, len(dated)) for item in found]
        symbols = pl.DataFrame(list(dated), schema=_SYMBOL_SCHEMA, orient="row").with_row_index("symbol")
        attributes = pl.DataFrame(
            {
                "piece": distinct,
                "code": pl.Series([item.code for item in found], dtype=pl.UInt8),
                "length": pl.Series([item.length for item in found], dtype=pl.Int32),
                "key": pl.Series([item.key for item in found], dtype=pl.String),
                "free": pl.Series([item.free for item in found], dtype=pl.Boolean),
                "capital": pl.Series([item.capital for item in found], dtype=pl.Boolean),
                "symbol": pl.Series(numbers, dtype=pl.UInt32),
                "text": pl.Series([item.text for item in found], dtype=pl.String),
                "tongues": pl.Series([item.tongues for item in found], dtype=pl.UInt8),
                "head": pl.Series([item.text in self._heads for item in found], dtype=pl.Boolean),
            }
        )
        return attributes, symbols

    def _foreign(self, table: pl.DataFrame) -> pl.DataFrame:
        """Texts in which two or more function words are another language's and fewer are English: `row`, `language`."""
        names = [name for name in self.reader.languages if name != "en"]
        marked = table.select("row", "tongues").filter(pl.col("tongues") > 0)
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

    def _terms(self, table: pl.DataFrame) -> pl.DataFrame:
        """Multi-word terms become one token: leftmost first, longest first. Hyphens inside words do not count."""
        solid = table.select("row", "text", "head").with_row_index("at").filter(pl.col("text") != "")
        rows, texts, at = solid["row"], solid["text"], solid["at"]
        open_ = solid.with_row_index("place").filter("head").select("place", "row", key="text")
        found = []
        for words in range(2, _LONGEST_TERM + 1):
            after = open_["place"] + (words - 1)
            open_ = (
                open_.with_columns(
                    key=pl.concat_str(pl.col("key"), pl.lit(" "), texts.gather(after, null_on_oob=True)),
                    next=rows.gather(after, null_on_oob=True),
                )
                .filter(pl.col("next") == pl.col("row"))
                .drop("next")
                .join(self.terms.drop("words"), on="key", how="inner", maintain_order="left")
            )
            found.append(open_.drop_nulls("code").select("place", "code", last=pl.col("place") + (words - 1)))
            open_ = open_.filter("more").select("place", "row", "key")
            if open_.is_empty():
                break
        hits = pl.concat(found).sort("place", "last").unique("place", keep="last", maintain_order=True)
        hits = hits.filter(pl.col("place") > pl.col("last").cum_max().shift(1).fill_null(-1)) if hits.height else hits
        table = table.drop("text", "head")
        if hits.is_empty():
            return table
        first, last = at.gather(hits["place"]), at.gather(hits["last"])
        inner = (
            pl.DataFrame({"first": first, "last": last})
            .select(pl.int_ranges(pl.col("first") + 1, pl.col("last") + 1))
            .to_series()
        )
        inside = inner.explode(empty_as_null=False)
        gone = pl.Series("gone", [False]).new_from_index(0, table.height).scatter(inside, True)
        return table.with_columns(
            code=table["code"].scatter(first, hits["code"]),
            end=table["end"].scatter(first, table["end"].gather(last)),
            free=table["free"].scatter(first, False),
            key=pl.when(pl.Series([False]).new_from_index(0, table.height).scatter(first, True))
            .then(None)
            .otherwise(table["key"]),
            symbol=pl.when(pl.Series([False]).new_from_index(0, table.height).scatter(first, True))
            .then(None)
            .otherwise(table["symbol"]),
        ).filter(~gone)

    def _names(self, table: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
        """Words that are names of the record's contacts, owner or account become `contact`, `owner`, `account`."""
        sides = [
            _name_words(records, column).with_columns(side=pl.lit(self.codes[name], dtype=pl.UInt8), rank=rank)
            for rank, (column, name) in enumerate((("contacts", "contact"), ("owner", "owner"), ("account", "account")))
        ]
        hits = (
            table.select("row", "key", maybe=pl.col("free") | pl.col("capital"), dated=pl.col("symbol").is_not_null(), capital="capital")
            .with_row_index("at")
            .filter(pl.col("maybe") & (pl.col("capital") | ~pl.col("dated")))
            .join(pl.concat(sides), on=["row", "key"], how="inner")
            .sort("at", "rank")
            .unique("at", keep="first", maintain_order=True)
        )
        code = table["code"].scatter(hits["at"], hits["side"])
        named = pl.Series("named", [False]).new_from_index(0, len(table)).scatter(hits["at"], True)
        return table.with_columns(code=code, symbol=pl.when(~named).then("symbol")).drop("key", "free", "capital")

    def _dates(self, table: pl.DataFrame, records: pl.DataFrame, symbols: pl.DataFrame) -> pl.DataFrame:
        codes = self.codes
        before = pl.col("code").shift(1)
        opens = (pl.col("start") == 0) | before.is_in([codes["stop"], codes["comma"]])
        dated = (
            table.select("row", "symbol", opens=opens)
            .with_row_index("at")
            .drop_nulls("symbol")
            .join(symbols, on="symbol", how="left", maintain_order="left")
            .join(
                records.select(row=pl.int_range(pl.len(), dtype=pl.UInt32), ref_date="ref_date"),
                on="row",
                how="left",
                maintain_order="left",
            )
        )
        if dated.is_empty():
            empty = resolve(dated, conventions=self.conventions).select(DATE_COLUMNS).clear()
            return table.drop("symbol").with_columns(
                *(pl.lit(None, dtype=dtype).alias(name) for name, dtype in empty.schema.items()),
                flags=pl.lit(None, dtype=pl.Int32),
            )
        dated = resolve(dated, conventions=self.conventions)
        clock_only = (pl.col("flags") & int(Flag.CLOCK_ONLY)) != 0
        vague = pl.col("granularity") == "vague"
        code = (
            pl.when(pl.col("flaw") == "impossible").then(codes["d_none"])
            .when(clock_only).then(codes["d_clock"])
            .when(vague).then(codes["d_vague"])
            .when(pl.col("past") & ~pl.col("absolute")).then(codes["d_ago"])
            .when(pl.col("past")).then(codes["d_past"])
            # An entry that opens with the day of writing is a log entry of that day.
            .when(pl.col("opens") & pl.col("absolute") & (pl.col("value") == pl.col("ref_date")) & pl.col("time").is_null()).then(codes["d_past"])
            .when((pl.col("flags") & int(Flag.OPEN_AFTER | Flag.ALTERNATIVES)) != 0).then(codes["d_coarse"])
            .when(pl.col("granularity") == "time").then(codes["d_time"])
            .when(pl.col("granularity") == "day").then(codes["d_day"])
            .otherwise(codes["d_coarse"])
        )  # fmt: skip
        dated = dated.with_columns(code=code.cast(pl.UInt8))
        needs = (pl.col("flags") & int(Flag.NEEDS_CONTEXT)) != 0
        if dated.select(needs.any()).item():
            dated = dated.join(self._in_company(table), on="at", how="left").filter(
                ~needs | pl.col("company").fill_null(False)
            )
        table = table.with_columns(code=table["code"].scatter(dated["at"], dated["code"]))
        return (
            table.with_row_index("at")
            .join(dated.select("at", *DATE_COLUMNS, "flags"), on="at", how="left", maintain_order="left")
            .drop("at", "symbol")
        )

    def _in_company(self, table: pl.DataFrame) -> pl.DataFrame:
        """`at`, `company`: whether the word before makes a bare "May", "the 2nd" or "2 weeks" a date."""
        before = [self.codes[name] for name in _COMPANY]
        after = [self.codes[name] for name in ("demo", "event", "review", "trial")]
        return (
            table.select("row", "code", "symbol")
            .with_row_index("at")
            .filter(pl.col("code") != self.codes["noise"])
            .select(
                "at",
                company=pl.col("code").shift(1).is_in(before) & (pl.col("row") == pl.col("row").shift(1))
                | (pl.col("symbol").shift(1).is_not_null() & (pl.col("row") == pl.col("row").shift(1)))
                | (pl.col("code").shift(-1).is_in(after) & (pl.col("row") == pl.col("row").shift(-1))),
            )
        )


def term_table(words: Mapping[str, str], codes: Mapping[str, int]) -> pl.DataFrame:
    """Every prefix of every multi-word term: `key` (words with blanks between), `code` (null unless it is a whole term),
    `more` (a longer term goes on from here), `words`."""
    terms = {key: name for word, name in words.items() if " " in (key := term_key(word))}
    more = set()
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


def _name_words(records: pl.DataFrame, column: str) -> pl.DataFrame:
    """`row`, `key`: the words of a record's names in one column, as `name_key` writes them; of owners also the initials."""
    people = records.select(row=pl.int_range(pl.len(), dtype=pl.UInt32), name=pl.col(column))
    if column == "contacts":
        return _split_names(people.explode("name", empty_as_null=False).drop_nulls("name"), "row")
    people = people.drop_nulls("name")
    if column == "account":
        return _split_names(people, "row").filter(~pl.col("key").is_in(_COMMON))
    # A few owners own many records: split each name once.
    distinct = people.select(name=pl.col("name").unique()).with_columns(full="name")
    initials = distinct.select("full", key=pl.col("name").str.to_lowercase().str.replace_all(_INITIALS, "$1"))
    words = pl.concat([_split_names(distinct, "full"), initials.filter(pl.col("key").str.len_chars().is_between(2, 3))])
    return people.join(words, left_on="name", right_on="full", how="inner").select("row", "key")


def _split_names(people: pl.DataFrame, by: str) -> pl.DataFrame:
    """`by`, `key`: a row for each word of `name` that is longer than a letter."""
    name = pl.col("name")
    foreign = name.str.len_bytes() != name.str.len_chars()
    lower = pl.when(foreign).then(name.str.normalize("NFKC")).otherwise(name).str.to_lowercase()
    words = people.select(by, key=lower.str.extract_all(_NAME_WORD)).explode("key", empty_as_null=False)
    return words.filter(pl.col("key").str.len_bytes() > 1)
