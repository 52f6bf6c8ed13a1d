"""What one distinct piece of text is: its class, its name key, its date. Plain Python, once per distinct piece."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from steplint.reading.dates import DateSymbol, Flag, guard, parse
from steplint.reading.lexicon import fold_term
from steplint.reading.scan import PUNCTUATION, term_key

__all__ = ["Piece", "PieceReader", "name_key"]

_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\u3164\u115f\u1160\U000e0000-\U000e007f]"
)
_TAIL = re.compile(r"[\s\u200b]+$")
_POSSESSIVE = re.compile(r"['’]s?$")  # noqa: RUF001


class Piece(NamedTuple):
    """One distinct piece. `code` is its class; `length` its code points without trailing blanks."""

    code: int
    length: int
    key: str | None  # casefolded, without 's: for matching the record's own names
    free: bool  # a word that is nothing else, so it may be a name in any case
    capital: bool
    date: DateSymbol | None
    text: str = ""  # folded, for joining multi-word terms; empty for a hyphen inside a word
    tongues: int = 0  # bit n: a function word of the n-th language


def name_key(word: str) -> str:
    """A name as it is compared: NFKC, casefolded, without invisible characters and possessive."""
    return _POSSESSIVE.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", word)).casefold())


class PieceReader:
    """Classifies pieces by one lexicon."""

    def __init__(self, lexicon: Mapping[str, Any], codes: Mapping[str, int]) -> None:
        self.words: dict[str, str] = {
            word: name for word, name in lexicon["words"].items() if " " not in term_key(word)
        }
        self.first_names = frozenset(lexicon["first_names"])
        self.codes = codes
        self.languages: list[str] = list(lexicon["languages"])
        self.tongues: dict[str, int] = {}
        for bit, name in enumerate(self.languages):
            for word in lexicon["languages"][name]:
                self.tongues[word] = self.tongues.get(word, 0) | 1 << bit

    def __call__(self, piece: str) -> Piece:
        codes = self.codes
        core = _TAIL.sub("", piece)
        length = len(core)
        if not core:
            return Piece(codes["stop" if "\n" in piece else "noise"], 0, None, False, False, None)
        if piece == "-":
            return Piece(codes["noise"], 1, None, False, False, None)
        if core[0] in PUNCTUATION and (length == 1 or not any(c.isalnum() for c in core)):
            name = "stop" if "\n" in piece or ">" in core else PUNCTUATION[core[0]]
            return Piece(codes[name], length, None, False, False, None, core[0])
        if core[-1] == ")" and core[:-1].isdigit():
            return Piece(codes["stop"], length, None, False, False, None, core)
        plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", core))
        if not plain.strip():
            return Piece(codes["noise"], length, None, False, False, None)
        folded = fold_term(plain)
        capital = plain[:1].isupper()
        symbol = parse(piece)
        if symbol is not None:
            needs = bool(symbol.flags & Flag.NEEDS_CONTEXT)
            fallback = self.words.get(folded) or ("number" if plain[:1].isdigit() else "word")
            key = name_key(core) if needs else None
            tongues = self.tongues.get(folded, 0)
            return Piece(codes[fallback], symbol.end_chars or length, key, needs, capital, symbol, folded, tongues)
        if folded not in self.words and guard(piece) not in (None, "word"):
            return Piece(codes["number"], length, None, False, False, None, folded)
        name = self._word(folded, plain, capital)
        if name == "initial":
            folded = folded[:1]
        free = name in ("word", "proper", "person", "initials")
        key = name_key(core) if plain[:1].isalpha() else None
        return Piece(codes[name], length, key, free, capital, None, folded, self.tongues.get(folded, 0))

    def _word(self, folded: str, plain: str, capital: bool) -> str:
        words = self.words
        if plain == "IT":
            return "department"
        if plain == "US":
            return "proper"
        if (name := words.get(folded)) is not None:
            return name
        if folded.endswith("'s") or folded.endswith("s'"):
            base = folded[:-2] if folded.endswith("'s") else folded[:-1]
            if (name := words.get(base)) is not None:
                return name
            folded, plain = base, plain[: len(base)]
        if re.fullmatch(r"[\d.,/%:]+[a-z%]{0,2}", folded):
            return "number"
        if not any(c.isalnum() for c in plain):
            return "noise"
        if re.fullmatch(r"\w\.", plain):
            return "initial"
        if re.fullmatch(r"[A-Z]{2,3}", plain):
            return "initials"
        if folded in self.first_names and capital:
            return "person"
        if not capital or plain.isupper():
            # Open vocabulary: an unknown word in -ed tells a finished act, one in -ing an act under way.
            if len(folded) > 4 and folded.endswith("ed") and not folded.endswith("eed"):
                return "past"
            if len(folded) > 5 and folded.endswith("ing"):
                return "ing"
        return "proper" if capital else "word"
