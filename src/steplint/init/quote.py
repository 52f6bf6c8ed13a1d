"""Text from a file in YAML: as a value that is read back exactly, or in a comment that stays one."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from steplint.reporters.safe import safe_text

__all__ = ["quoted", "remark"]

#: Columns of a comment line.
_WIDTH = 118
# What no YAML file may hold, beside the control characters that `safe_text` takes.
_FORBIDDEN = re.compile("[\ud800-\udfff\ufffe\uffff]")


def quoted(text: str) -> str:
    """`text` as a YAML scalar in double quotes; what could hide, move or break anything is escaped in YAML's own way."""
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    plain = safe_text(char) == char and not _FORBIDDEN.match(char)
    return char if plain else f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"


def remark(text: str, *, wrap: bool = True) -> Iterator[str]:
    """`text` as comment lines, made safe; without `wrap` one line, with its blanks as they are."""
    safe = _FORBIDDEN.sub(lambda match: f"<U+{ord(match.group()):04X}>", safe_text(text))
    lines = textwrap.wrap(safe, _WIDTH - 2, break_long_words=False, break_on_hyphens=False) if wrap else [safe]
    return (f"# {line}".rstrip() for line in lines)
