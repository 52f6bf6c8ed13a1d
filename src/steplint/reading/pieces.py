"""What one distinct piece of text is: its class, its name key, its date. Plain Python, once per distinct piece."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from steplint.reading.dates import DateSymbol, Flag, guard, load_words, parse
from steplint.reading.lexicon import fold_term
from steplint.reading.scan import PUNCTUATION

__all__ = ["Piece", "PieceReader", "name_key"]

_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\u3164\u115f\u1160\U000e0000-\U000e007f]"
)
_TAIL = re.compile(r"[\s\u200b]+$")
_FREE = frozenset({None, "person"})  # classes a name of the record may have in any case
_SPELLED = {"IT": "department", "US": "proper"}  # words that capitals tell from "it" and "us"
_PREFIX = re.compile(r"(?:re|pre|co|non|un|mid|post) ")
_ARROWS = frozenset(("->", "=>", "-->", "==>"))
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z._+-]+)@[\w.-]+\.\w+")
_POSSESSIVE = re.compile(r"['’]s?$")


class Piece(NamedTuple):
    """One distinct piece. `code` is its class, None for a word that no list knows.

    `length` counts its code points without trailing blanks.
    """

    code: int | None
    length: int
    key: str | None  # in lower case, without 's: for matching the record's own names
    free: bool  # a word that is nothing else, so it may be a name in any case
    capital: bool
    date: DateSymbol | None
    text: str = ""  # folded, for joining multi-word terms; empty for a hyphen inside a word
    tongues: int = 0  # bit n: a function word of the n-th language


def name_key(word: str) -> str:
    """A name as it is compared: NFKC, in lower case, without invisible characters and possessive."""
    if not word.isascii():
        word = _INVISIBLE.sub("", unicodedata.normalize("NFKC", word))
    return _POSSESSIVE.sub("", word.lower())


class PieceReader:
    """Classifies pieces by one lexicon."""

    def __init__(self, lexicon: Mapping[str, Any], codes: Mapping[str, int]) -> None:
        self.words: dict[str, str] = lexicon["words"]
        self.first_names = frozenset(lexicon["first_names"])
        self.date_words = frozenset(load_words("en")["phrases"])
        self.codes = codes
        self.lists = {name: frozenset(words) for name, words in lexicon["grammar"]["lists"].items()}
        self.languages: list[str] = list(lexicon["languages"])
        self.tongues: dict[str, int] = {}
        for bit, name in enumerate(self.languages):
            for word in lexicon["languages"][name]:
                self.tongues[word] = self.tongues.get(word, 0) | 1 << bit
        self.listed = frozenset(self.words) | self.date_words | self.first_names | frozenset(self.tongues)

    def __call__(self, piece: str) -> Piece:
        codes = self.codes
        core = _TAIL.sub("", piece)
        length = len(core)
        if core.isascii() and core.isalpha():
            # Most distinct pieces are one plain word; only those that dates are written with are worth the date grammar.
            folded = core.lower()
            if folded not in self.date_words:
                return self._plain(core, folded)
        if not core:
            return Piece(codes["stop" if "\n" in piece else "noise"], 0, None, False, False, None)
        if piece == "-":
            return Piece(codes["noise"], 1, None, False, False, None)
        if core[0] in PUNCTUATION and (length == 1 or not any(c.isalnum() for c in core)):
            name = PUNCTUATION[core[0]]
            if "\n" in piece or ">" in core:
                name = "arrow" if core in _ARROWS else "stop"
            return Piece(codes[name], length, None, False, False, None, core[0])
        if core[-1] == ")" and core[:-1].isdigit():
            return Piece(codes["stop"], length, None, False, False, None, core)
        if length > 2 and core[0] + core[-1] in ("<>", "{}"):
            return Piece(codes["slot"], length, None, False, False, None, "")
        plain = core if core.isascii() else _INVISIBLE.sub("", unicodedata.normalize("NFKC", core))
        if not plain.strip():
            return Piece(codes["noise"], length, None, False, False, None)
        folded = fold_term(plain)
        capital = plain[:1].isupper()
        symbol = parse(piece)
        if symbol is not None:
            needs = bool(symbol.flags & Flag.NEEDS_CONTEXT)
            fallback = self.words.get(folded) or ("number" if plain[:1].isdigit() else "word")
            key = name_key(core) if needs or core.isalpha() else None  # "Mark Friday" may be a contact
            tongues = self.tongues.get(folded, 0)
            return Piece(codes[fallback], symbol.end_chars or length, key, needs, capital, symbol, folded, tongues)
        if "@" in core and (person := _ADDRESS.match(core)):
            role = any(word in self.lists["role_box"] for word in re.split(r"[._+-]", person[1].lower()))
            return Piece(codes["number" if role else "person"], length, None, False, False, None, "")
        if folded not in self.words and guard(piece) not in (None, "word"):
            return Piece(codes["number"], length, None, False, False, None, folded)
        word = self._word(folded, plain, capital)
        if word == "initial":
            folded = folded[:1]
        return self._piece(word, core, name_key(core) if plain[:1].isalpha() else None, folded, capital)

    def _plain(self, core: str, folded: str) -> Piece:
        capital = core[0].isupper()
        name = _SPELLED.get(core) or self.words.get(folded)
        if name is None and capital and folded in self.first_names and not (core.isupper() and len(core) <= 3):
            name = "person"
        return self._piece(name, core, folded, folded, capital)

    def _piece(self, name: str | None, core: str, key: str | None, text: str, capital: bool) -> Piece:
        code = None if name is None else self.codes[name]
        return Piece(code, len(core), key, name in _FREE, capital, None, text, self.tongues.get(text, 0))

    def _word(self, folded: str, plain: str, capital: bool) -> str | None:
        """The class of a word with marks, digits or letters beyond ASCII in it."""
        words = self.words
        if re.fullmatch(r"[A-Z]\.", plain):
            return "initial"
        if (name := words.get(folded) or words.get(folded.rstrip("."))) is not None:
            return name
        if (prefixed := _PREFIX.match(folded)) and (name := words.get(folded[prefixed.end() :])) is not None:
            return name
        if folded.endswith("'d") and folded[:-2] not in self.lists["pronoun"]:
            return words.get(f"{folded[:-2]}ed") or "past"  # "accept'd" is accepted, "DM'd" an act that is over
        if folded.endswith(("'s", "s'")):
            cut = 2 if folded.endswith("'s") else 1
            if (name := words.get(folded[:-cut])) is not None:
                return name
            folded, plain = folded[:-cut], plain[:-cut]
        if re.fullmatch(r"[\d.,/%:]+[a-z%]{0,2}|x\d{1,2}", folded):
            return "number"
        if not any(c.isalnum() for c in plain):
            return "noise"
        return "person" if capital and folded in self.first_names else None
