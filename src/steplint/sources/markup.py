"""HTML cut into tags and text in one linear pass, whatever the page is: Python's own parser is quadratic on broken ones."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

__all__ = ["Token", "tokens"]

#: (tag in lower case, its attributes) where one opens, (`/tag`, "") where one closes, ("", text) for what is between.
Token = tuple[str, str]

# What is never closed ends with the page, so no part of it is looked at twice.
_TOKEN = re.compile(
    r"""
      <!--.*?(?:-->|\Z)
    | <[!?][^>]*(?:>|\Z)
    | <(?P<tag>/?[a-z][^\s/>]*)
       (?P<attributes>(?:[\s/]+ | (?:[^\s/>=]+|=) (?:\s*=\s*(?:"[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^\s>"'][^\s>]*))?)*+)
       (?:>|\Z)
    | (?P<text>[^<]+|<)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_RAW = {name: re.compile(rf"</{name}(?![^\s/>])", re.IGNORECASE) for name in ("script", "style")}
_HUGE = re.compile(r"&#0*\d{8,};?")  # Python reads no number of thousands of digits


def tokens(page: str) -> Iterator[Token]:
    """The page's tags and texts in order, character references resolved; comments and scripts are left out."""
    at = 0
    while found := _TOKEN.match(page, at):
        at = found.end()
        if text := found["text"]:
            yield "", html.unescape(_HUGE.sub("\ufffd", text)) if "&" in text else text
        elif tag := found["tag"]:
            tag = tag.casefold()
            yield tag, found["attributes"]
            if tag in _RAW:
                end = _RAW[tag].search(page, at)
                at = end.start() if end else len(page)
