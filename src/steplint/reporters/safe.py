"""The one place where text from a file is made fit for a terminal or an annotation (promise 12).

Every reporter passes what it writes through `safe_text` or `safe_column` at the moment of writing. C0 and C1 controls,
DEL, bidirectional and zero-width characters, tags and separators become visible escapes such
as `<U+202E>`; a line break or tab becomes `\\n`, `\\t`. Emoji keep the joiner and the variation selectors they need.

What starts a command in the log of a CI service is broken up as well, because such a service reads whatever is printed
(promise 14): `::` at the start of a line, and `##[`, `##vso[`, `##teamcity[` anywhere in it. (GitLab's need an ESC.)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["safe_column", "safe_text", "without_commands"]

# One list, in a notation that both Python and Rust regular expressions read after the substitution below.
RANGES = (
    (0x00, 0x1F),  # C0
    (0x7F, 0x9F),  # DEL and C1
    (0xAD, 0xAD),  # soft hyphen
    (0x34F, 0x34F),  # combining grapheme joiner
    (0x61C, 0x61C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian selectors and vowel separator
    (0x200B, 0x200F),  # zero width and direction marks
    (0x2028, 0x202E),  # line and paragraph separators, embeddings, overrides
    (0x2060, 0x206F),  # word joiner, invisible operators, isolates
    (0x3164, 0x3164),  # Hangul filler
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0xFFF9, 0xFFFB),  # interlinear annotation
    (0x1BCA0, 0x1BCA3),  # shorthand controls
    (0x1D173, 0x1D17A),  # musical controls
    (0xE0000, 0xE0FFF),  # tags
)
SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNSAFE = re.compile("[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in RANGES) + "]")
_GATE = "[" + "".join(f"\\u{{{first:x}}}-\\u{{{last:x}}}" for first, last in RANGES) + "]"
# A joiner between two pictographs only draws one of them (a family, a profession): there it hides nothing.
_JOINED = re.compile(
    "(?<=[\u2640\u2642\u2695\u2696\u2708\u2764\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
)
_COMMAND = r"##(?:\[|vso\[|teamcity\[)|(?m:^[^\S\n]*::)"
_COMMANDS = re.compile(_COMMAND)


def _visible(match: re.Match[str]) -> str:
    character = match.group()
    if character == "\u200d" and _JOINED.match(match.string, match.start()):
        return character
    return SHORT.get(character) or f"<U+{ord(character):04X}>"


def safe_text(text: str, *, keep: str = "") -> str:
    """`text` with every character that could move, hide or command made visible, but for those in `keep`."""
    visible = _UNSAFE.sub(lambda match: match.group() if match.group() in keep else _visible(match), text)
    return without_commands(visible)


def without_commands(text: str) -> str:
    """`text` with the commands of CI services broken up: for a line that is joined from parts that are safe alone."""
    return _COMMANDS.sub(_broken, text)


def _broken(match: re.Match[str]) -> str:
    """The mark of a command with its second character spelled out."""
    blanks, mark, rest = re.split("(##|::)", match.group(), maxsplit=1)
    return f"{blanks}{mark[0]}<U+{ord(mark[1]):04X}>{rest}"


def safe_column(column: pl.Series, *, keep: str = "") -> pl.Series:
    """`safe_text` over a String column; only the few rows that need it leave the columns."""
    import polars as pl

    hits = column.str.contains(f"{_GATE}|{_COMMAND}").fill_null(value=False)
    if not hits.any():
        return column
    places = hits.arg_true()
    cleaned = pl.Series([safe_text(text, keep=keep) for text in column.gather(places)], dtype=pl.String)
    return column.clone().scatter(places, cleaned)
