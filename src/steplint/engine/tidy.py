"""Texts without blanks that say nothing: at the ends, in runs, and signs that nobody sees.

What a text looks like stays as it is. In a text of several lines blanks may be a layout, so there only those go that
stand behind the end of a line. Tabs inside a line and the single no-break space have a meaning. Invisible signs tell
readers of some scripts how letters join and which way they run: texts with such letters keep them, and pictographs
keep their joiners.
"""

from __future__ import annotations

import polars as pl

__all__ = ["may_be_untidy", "tidied"]

_BLANK = r"[ \t\u{a0}]"
_END = r"(?:\r\n|\n|\r)"
# Soft hyphen, Mongolian vowel separator, zero-width space, word joiner with the invisible operators, byte order mark.
_HIDDEN = r"\u{ad}\u{180e}\u{200b}\u{2060}-\u{2064}\u{feff}"
_DIRECTIONS = r"\u{61c}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}"
_JOINERS = r"\u{200c}\u{200d}"
# Letters of scripts in which an invisible sign may be part of the writing.
_SHAPED = (
    r"[\p{L}--[\p{Latin}\p{Greek}\p{Cyrillic}\p{Armenian}\p{Georgian}\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Hangul}"
    r"\p{Common}\p{Inherited}]]"
)
_PICTURE = r"\p{Extended_Pictographic}"


def may_be_untidy(text: pl.Expr) -> pl.Expr:
    """True for every text that `tidied` changes, and for few others; null for null."""
    return text.str.contains(
        rf"^[\s\u{{a0}}]|[\s\u{{a0}}]$|[ \u{{a0}}]{{2}}|{_BLANK}[\r\n]|[{_HIDDEN}{_DIRECTIONS}{_JOINERS}]"
    )


def tidied(text: pl.Expr) -> pl.Expr:
    """`text`, tidy; what is tidy already stays as it is, and so does null."""
    seen = _visible(text)
    # Empty lines before the text, and anything blank behind it.
    body = seen.str.replace(rf"^(?:{_BLANK}*{_END})+", "").str.replace(rf"(?:{_BLANK}|{_END})+$", "")
    lines = body.str.replace_all(rf"{_BLANK}+({_END})", "$1")
    line = body.str.strip_chars(" \t\u00a0").str.replace_all(r"[ \u{a0}]{2,}", " ")
    return pl.when(body.str.contains(r"[\r\n]")).then(lines).otherwise(line)


def _visible(text: pl.Expr) -> pl.Expr:
    plain = text.str.len_bytes() == text.str.len_chars()
    without = text.str.replace_all(f"[{_HIDDEN}{_DIRECTIONS}]", "")
    joined = text.str.contains(_PICTURE)
    bare = pl.when(joined).then(without).otherwise(without.str.replace_all(f"[{_JOINERS}]", ""))
    return pl.when(plain | text.str.contains(_SHAPED)).then(text).otherwise(bare)
