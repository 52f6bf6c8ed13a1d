"""HTML in a Markdown document: its tables, whose cells know where they stand, and the folded parts and their names."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from steplint.sources.playbook.text import Line, Text, cut, joined, trimmed

__all__ = ["Piece", "bare", "opens_table", "pieces"]

# No tag reaches over a line, and no search over more than a thousand signs.
_TAG = re.compile(r"<(?P<tag>/?(?:table|tr|td|th|summary|details))\b(?P<rest>[^<>]{0,1000})>", re.IGNORECASE)
_ROWSPAN = re.compile(r"\browspan\s*=\s*[\"']?([0-9]{1,3})", re.IGNORECASE)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|br|code|del|div|em|font|i|img|input|ins|kbd|li|mark|ol|p|s|small|span|strong|sub|sup|u|ul)\b[^<>]{0,1000}>",
    re.IGNORECASE,
)
_LAST = re.compile(rf"(?:{_INLINE.pattern})\Z", re.IGNORECASE)
_BREAK = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\n]{0,1000}\)")
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_WIDEST = 40


class Piece(NamedTuple):
    """What a run of HTML holds: a `table` with its `rows`, the `summary` that names a folded part, or the end of one."""

    kind: str
    text: Text = ()
    rows: list[list[Text]] = []  # noqa: RUF012 - never changed


def bare(value: str) -> str:
    """A value that stands in a cell as a person sees it: the words of links, no tags, no escapes, no emphasis."""
    return " ".join(html.unescape(_ESCAPE.sub("", _INLINE.sub(" ", _LINK.sub(r"\1", value)))).split()).strip(" *_`")


def opens_table(text: str) -> bool:
    """Whether a table is left open at the end of this text."""
    tags = [match["tag"].lower() for match in _TAG.finditer(text)]
    return tags.count("table") > tags.count("/table")


def pieces(lines: Sequence[Line]) -> Iterator[Piece]:
    """The tables, names and ends in the lines of one block of HTML; all else in it says nothing."""
    reader = _Reader()
    for line in lines:
        yield from reader.read(line)
    yield from reader.end()


class _Reader:
    """Goes over lines; a cell may reach over several of them."""

    def __init__(self) -> None:
        self._rows: list[list[Text]] = []
        self._below: dict[int, tuple[int, Text]] = {}  # column -> rows that a cell above still covers, and its text
        self._parts: list[Line] | None = None  # of the cell or name that is open
        self._covers = 1

    def read(self, line: Line) -> Iterator[Piece]:
        at = 0
        for match in _TAG.finditer(line.text):
            self._say(line, at, match.start())
            at = match.end()
            tag = match["tag"].lower()
            place = line._replace(text="", column=line.column + at)
            yield from self._take(tag, match["rest"], place)
        self._say(line, at, len(line.text))

    def end(self) -> Iterator[Piece]:
        self._close_cell()
        if self._rows:
            yield Piece("table", rows=self._rows)
        self._rows, self._below = [], {}

    def _take(self, tag: str, rest: str, place: Line) -> Iterator[Piece]:
        if tag in ("tr", "/tr", "td", "/td", "th", "/th", "table", "/table"):
            self._close_cell()
        if tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            rows = _ROWSPAN.search(rest)
            self._parts, self._covers = [place], int(rows[1]) if rows else 1
        elif tag == "/table":
            yield from self.end()
        elif tag == "summary":
            self._parts = [place]
        elif tag == "/summary" and self._parts is not None:
            text, self._parts = _stripped(self._parts), None
            yield Piece("summary", text)
        elif tag == "/details":
            yield Piece("end")

    def _say(self, line: Line, start: int, end: int) -> None:
        """More of what is open: the line goes on to `end`, with whatever tags of no meaning stand in it."""
        if self._parts is None:
            return
        last = self._parts[-1]
        if last.number == line.number:
            self._parts[-1] = last._replace(text=line.text[last.column - line.column : end])
        else:
            self._parts.append(Line(line.text[start:end], line.number, line.column + start))

    def _close_cell(self) -> None:
        if self._parts is None:
            return
        if not self._rows:
            self._rows.append([])
        row = self._rows[-1]
        while len(row) < _WIDEST and (above := self._below.pop(len(row), None)):
            if above[0] > 1:
                self._below[len(row)] = (above[0] - 1, above[1])
            row.append(above[1])
        text = _stripped(self._parts) or (self._parts[0]._replace(text=""),)
        self._parts = None
        if len(row) < _WIDEST:
            if self._covers > 1:
                self._below[len(row)] = (self._covers - 1, text)
            row.append(text)


def _stripped(parts: Sequence[Line]) -> Text:
    """A text without the tags around all of it."""
    text = trimmed(parts)
    while text:
        whole = joined(text)
        first, last = _INLINE.match(whole), _LAST.search(whole)
        if first and _BREAK.fullmatch(first[0]):
            text = trimmed(cut(text, first.end()))
        elif last and _BREAK.fullmatch(last[0]):
            text = trimmed(cut(text, 0, last.start()))
        elif first and last and whole.count("<") == 2:
            text = trimmed(cut(text, first.end(), last.start()))
        else:
            break
    return text
