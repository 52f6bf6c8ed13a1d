"""What each distinct piece of a batch is, as columns. Open vocabulary is told in columns, the rest once in Python."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from steplint.reading.dates import DateSymbol
from steplint.reading.neighbours import BASE, NOUN, OTHER, S_FORM, VERBAL_NOUNS
from steplint.reading.pieces import Piece, PieceReader
from steplint.reading.terms import Terms

__all__ = ["Vocabulary"]

_CACHE_LIMIT = 400_000
# Latin letters that no compatibility form stands for: a word of them is its own normal form.
_PLAIN = r"^[A-Za-z\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{131}\x{134}-\x{13e}\x{141}-\x{148}\x{14a}-\x{17e}]+$"
_SYMBOL_SCHEMA = dict.fromkeys(DateSymbol._fields, pl.Int32)


# Runs of the keyboard, forwards and backwards, and one letter held down: "lkjhgf", "aaaa".
_MASH = (
    "qwer|wert|erty|rtyu|tyui|asdf|sdfg|dfgh|fghj|ghjk|hjkl|zxcv|xcvb|cvbn|vbnm|lkjh|kjhg|jhgf|hgfd|gfds|fdsa|mnbv|nbvc|bvcx|poiu|oiuy"
    "|^(?:qwe|wer|asd|sdf|zxc|jkl|hjk|dfg|fgh|jk|kl)+$"
    "|" + "|".join(letter * 4 for letter in "abcdefghijklmnopqrstuvwxyz")
)


class Vocabulary:
    """Attributes of distinct pieces. What it read is kept between batches, within a bound."""

    def __init__(self, reader: PieceReader, terms: Terms) -> None:
        self.reader = reader
        self.codes = reader.codes
        self._terms = terms
        self._listed = pl.Series(sorted(reader.listed | terms.words.keys()))
        self._nouns = [self.codes[name] for name in VERBAL_NOUNS]
        self._pieces: dict[str, Piece] = {}

    def attributes(self, distinct: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Of each piece, a row a `word` (its number): `piece, code, length, text, key, nameable, unknown, symbol, tongues, term,
        head`, and for `place_verbs` its `shape`, `capital` and whether it is a `determiner`.

        Second the date symbols: `symbol` and the columns of `DateSymbol`. `text` is the folded word, `term` its number in terms
        (empty for what they skip), `key` the word as a name, `nameable` whether it may be one of the record's names, `head`
        whether a term begins with it, `unknown` see `_unknown`.
        """
        core = pl.col("piece").str.strip_chars_end(" \t\u00a0\u200b")
        pieces = (
            distinct.alias("piece")
            .to_frame()
            .with_row_index("word")
            .with_columns(core=core, lower=core.str.to_lowercase())
        )
        listed = pl.col("lower").is_in(self._listed.implode())
        pieces = pieces.with_columns(open=pl.col("core").str.contains(_PLAIN) & ~listed)
        read, symbols = self._read(pieces.filter(~pl.col("open")).select("word", "piece"))
        unlisted = pieces.filter("open").select(
            "word",
            "piece",
            code=pl.lit(None, dtype=pl.UInt8),
            length=pl.col("core").str.len_chars().cast(pl.Int32),
            key="lower",
            free=pl.lit(True),
            capital=pl.col("core").str.contains(r"^\p{Lu}"),
            symbol=pl.lit(None, dtype=pl.UInt32),
            text="lower",
            tongues=pl.lit(0, dtype=pl.UInt8),
            term=pl.lit(0, dtype=pl.UInt32),
            head=pl.lit(False),
        )
        table = pl.concat([read, unlisted])
        nameable = pl.col("key").is_not_null() & (pl.col("capital") | (pl.col("free") & pl.col("symbol").is_null()))
        table = table.with_columns(
            code=pl.coalesce("code", _open_class(self.codes)),
            nameable=nameable,
            unknown=_unknown(),
            shape=_shape(self._nouns),
            determiner=pl.col("text").is_in(sorted(self.reader.lists["determiner"])),
            subject=pl.col("text").is_in(sorted(self.reader.lists["subject"])),
        )
        return table.drop("free").sort("word"), symbols

    def _read(self, distinct: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        if len(self._pieces) > _CACHE_LIMIT:
            self._pieces = {}  # a thread that still holds the old one is not disturbed
        known = self._pieces
        found = []
        for piece in distinct["piece"].to_list():
            item = known.get(piece)
            if item is None:
                item = known[piece] = self.reader(piece)
            found.append(item)
        dated: dict[DateSymbol, int] = {}
        numbers = [None if item.date is None else dated.setdefault(item.date, len(dated)) for item in found]
        symbols = pl.DataFrame(list(dated), schema=_SYMBOL_SCHEMA, orient="row").with_row_index("symbol")
        numbered = [self._terms.words.get(item.text, 0) for item in found]
        table = pl.DataFrame(
            {
                "word": distinct["word"],
                "piece": distinct["piece"],
                "code": pl.Series([item.code for item in found], dtype=pl.UInt8),
                "length": pl.Series([item.length for item in found], dtype=pl.Int32),
                "key": pl.Series([item.key for item in found], dtype=pl.String),
                "free": pl.Series([item.free for item in found], dtype=pl.Boolean),
                "capital": pl.Series([item.capital for item in found], dtype=pl.Boolean),
                "symbol": pl.Series(numbers, dtype=pl.UInt32),
                "text": pl.Series([item.text for item in found], dtype=pl.String),
                "tongues": pl.Series([item.tongues for item in found], dtype=pl.UInt8),
                "term": pl.Series(numbered, dtype=pl.UInt32),
                "head": pl.Series([number in self._terms.heads for number in numbered], dtype=pl.Boolean),
            }
        )
        return table, symbols


def _unknown() -> pl.Expr:
    """How strange a word is that no list has: 3 in another script, 1 in small Latin letters, else 0."""
    text, listed = pl.col("text"), pl.col("code").is_not_null() | (pl.col("term") > 0)
    other = text.str.len_bytes() >= 2 * text.str.len_chars()  # letters of other scripts take two bytes and more
    latin = ~pl.col("capital") & (text.str.len_bytes() > 2) & ~text.str.ends_with("ed") & ~text.str.ends_with("ing")
    return pl.when(listed | (text == "")).then(0).when(other).then(3).when(latin).then(1).otherwise(0).cast(pl.UInt8)


def _open_class(codes: Mapping[str, int]) -> pl.Expr:
    """The class of a word that no list knows: a name, initials, or what its ending tells.

    An unknown word in -ed tells a finished act, one in -ing an act under way.
    """
    text, piece = pl.col("text"), pl.col("piece")
    shouted = piece.str.contains(r"^\p{Lu}{2,}\P{L}*$")
    size = text.str.len_chars()
    name = (
        pl.when(pl.col("capital") & ~shouted).then(codes["proper"])
        .when(shouted & (size <= 3)).then(codes["initials"])
        .when(text.str.contains("^un.+ed$")).then(codes["word"])
        .when(text.str.ends_with("ed") & ~text.str.ends_with("eed") & (size > 4)).then(codes["past"])
        .when(text.str.ends_with("ing") & (size > 5)).then(codes["ing"])
        .when(pl.col("capital")).then(codes["proper"])
        .when(text.str.contains(_MASH)).then(codes["filler"])
        .when(text.str.contains("(?:er|or|ist|ian|eer|keeper|master)s?$") & (size > 5)).then(codes["agent"])
        .otherwise(codes["word"])
    )  # fmt: skip
    return name.cast(pl.UInt8)


def _shape(nouns: list[int]) -> pl.Expr:
    """Whether a word could be a verb by its form: an unknown base form or form in -s, a noun that is also a verb, or neither."""
    text = pl.col("text")
    plain = pl.col("code").is_null() & text.str.contains("^[a-z]{3,14}$")
    other = text.str.contains("(?:ly|ed|ing|ness|tion|sion|ment|ity|ism|ous|[a-z]{2}able|ible|ful|less)s?$")
    third = text.str.contains("[^su]s$")
    noun = pl.col("code").is_in(nouns) & text.str.contains("^[a-z]{2,11}[a-rt-z]$")
    return (
        pl.when(noun)
        .then(NOUN)
        .when(plain & ~other & third)
        .then(S_FORM)
        .when(plain & ~other)
        .then(BASE)
        .otherwise(OTHER)
        .cast(pl.UInt8)
    )
