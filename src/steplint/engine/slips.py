"""Statuses that are a known word with one slip of the keyboard in it: “Complte”, “In-progess”, “Pendign”."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from steplint.engine.plans import without_remark
from steplint.records.org import fold_name
from steplint.records.scope import status_words

__all__ = ["corrected"]

#: Shorter words are too near to others: “gone” is not “done”.
SHORTEST = 6
#: What a slip would make, and what is a word all the same.
_WORDS = frozenset(
    (
        "stated",
        "stared",
        "startled",
        "competed",
        "singed",
        "planed",
        "panned",
        "brooked",
        "a risk",
        "on tack",
        "on rack",
        "on old",
    )
)


def corrected(status: str) -> str | None:
    """The status with its word as it should be, in the case that it has, the remark behind it kept; None where that is not
    beyond doubt.

    A slip is a letter that is missing, one too many, or two that changed places. First and last letter stand where they
    should, unless the last two changed places: “close” for “closed” is another form of the word, not a slip, and one letter in
    place of another makes other words (“skipped”, “shipped”).
    """
    bare = without_remark(status)
    folded = fold_name(bare)
    # Words that a program wrote (IN_PROGESS) are part of a list of its own; with signs about it, it is no slip alone.
    if len(folded) < SHORTEST - 1 or not re.fullmatch(r"[^\W\d_]+(?:[ -][^\W\d_]+)*", bare):
        return None
    words = _slips().get(folded, frozenset()) | {word for word in _shorter(folded) if word in _known()}
    if len(words) != 1 or folded in _known() | _WORDS:
        return None
    word = _in_case(next(iter(words)), bare)
    return status.replace(bare, word, 1)


@cache
def _known() -> frozenset[str]:
    return frozenset(word for words in status_words().values() for word in words if len(word) >= SHORTEST)


@cache
def _slips() -> dict[str, frozenset[str]]:
    """What a known word looks like with a letter missing or two exchanged → the words."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for word in _known():
        for slip in (*_shorter(word), *_exchanged(word)):
            found[slip].add(word)
    return {slip: frozenset(words) for slip, words in found.items()}


def _shorter(word: str) -> Iterator[str]:
    """The word without one of its inner letters."""
    return (word[:at] + word[at + 1 :] for at in range(1, len(word) - 1) if word[at] != " ")


def _exchanged(word: str) -> Iterator[str]:
    """The word with two neighbours exchanged, the first letter aside."""
    return (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        for at in range(1, len(word) - 1)
        if " " not in word[at : at + 2]
    )


def _in_case(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word[0].upper() + word[1:] if like[0].isupper() else word
