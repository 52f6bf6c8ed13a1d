"""What the parser sees of a piece: symbols with their values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = ["Token", "Tokens", "first"]


class Token(NamedTuple):
    """One symbol of a piece: letter of the grammar, value from the word table (or the text), text, end offset."""

    letter: str
    value: Any
    text: str
    end: int


Tokens = Sequence[Token]


def first(tokens: Tokens, letters: str) -> Token | None:
    """The first token whose letter is among `letters`, or None."""
    return next((token for token in tokens if token.letter in letters), None)
