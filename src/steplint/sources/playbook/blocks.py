"""Markdown -> its blocks in order, each a text with exact places. markdown-it-py says what is what, the source where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from steplint.sources.playbook.markup import opens_table, pieces
from steplint.sources.playbook.text import Line, Text, joined, trimmed

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["FOLDED", "Block", "blocks_of"]

#: Quotes and lists nested deeper are not looked into.
MAX_NESTING = 40
#: The level of the name of a part that can be folded, which is below those of all headings.
FOLDED = 7
_LEAVES = ("inline", "table_open", "tr_open", "fence", "code_block", "html_block")
_PREFIX = re.compile(r"(?:[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t])))*[ \t]*")
_CHECKBOX = re.compile(r"\[([ xX~/-])\][ \t]+")
_BOLD = re.compile(r"(\*\*|__)(?=\S)[^\n]{1,80}(?<=\S)\1:?")


@dataclass
class Block:
    """`kind` is heading, paragraph, item, table, fence or end (of a folded part); `text` what it says, without its marks.

    `level`: of a heading 1–6, of the name of a folded part 7, of an item how deep its list is nested, from 1. `rows`: the
    cells of a table, its header first. `quoted`: it stands in a block quote. `bold`: a line that is emphasized as a whole.
    `mark`: what a check box holds. `info`: the language of a fence.
    """

    kind: str
    text: Text = ()
    level: int = 0
    quoted: bool = False
    bold: bool = False
    mark: str | None = None
    rows: list[list[Text]] = field(default_factory=list)
    info: str = ""

    @property
    def said(self) -> str:
        """The text without places."""
        return joined(self.text)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Only blocks are wanted; what stands inside them is read by its own marks.
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table").disable("reference")
    parser.core.ruler.disable(["inline", "text_join"])
    return parser


def blocks_of(lines: Sequence[Line]) -> list[Block]:
    """The blocks of a document, or of the part of one that `lines` are."""
    walk = _Walk(lines)
    for token in _parser().parse(joined(lines)):
        walk.take(token)
    return walk.blocks


class _Walk:
    """One pass over the tokens of a document."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.blocks: list[Block] = []
        self._quotes = 0
        self._lists = 0
        self._heading = 0
        self._item = False  # the next paragraph is the text of an item
        self._table = False
        self._behind = 0  # the line behind the last table of HTML
        self._tables_end = True  # until one is found that does not

    def take(self, token: Token) -> None:
        """Add what one token begins or ends."""
        kind = token.type
        if token.map and token.map[0] < self._behind and kind in _LEAVES:
            return  # inside of a table of HTML
        if kind == "inline":
            if not self._table:
                self._inline(token)
        elif kind in ("blockquote_open", "blockquote_close"):
            self._quotes += token.nesting
        elif kind in ("bullet_list_open", "ordered_list_open", "bullet_list_close", "ordered_list_close"):
            self._lists += token.nesting
            self._item = False
        elif kind == "list_item_open":
            self._item = True
        elif kind == "list_item_close":
            self._item = False
        elif kind == "heading_open":
            self._heading = int(token.tag[1:])
        elif kind == "heading_close":
            self._heading = 0
        elif kind == "table_open":
            self._table = True
            self.blocks.append(Block("table", quoted=self._quotes > 0))
        elif kind == "table_close":
            self._table = False
        elif kind == "tr_open" and token.map:
            line = self._line(token.map[0])
            if line is not None:
                nested = self._quotes > 0 or self._lists > 0
                self.blocks[-1].rows.append(_cells(line, nested=nested))
        elif kind in ("fence", "code_block") and token.map:
            self._fence(token)
        elif kind == "html_block" and token.map:
            self._markup(*token.map)

    def _line(self, number: int) -> Line | None:
        return self.lines[number] if number < len(self.lines) else None

    def _inline(self, token: Token) -> None:
        first = token.map[0] if token.map else 0
        found = [
            _find(line, text)
            for place, text in enumerate(token.content.split("\n"), first)
            if (line := self._line(place)) is not None
        ]
        text = trimmed([_without_comment(line) for line in found])
        if not text:
            return
        quoted = self._quotes > 0
        bold = bool(_BOLD.fullmatch(token.content.strip()))
        if self._heading:
            self.blocks.append(Block("heading", text, self._heading, quoted))
        elif self._item:
            mark = _CHECKBOX.match(text[0].text)
            if mark:
                rest = text[0]._replace(text=text[0].text[mark.end() :], column=text[0].column + mark.end())
                text = trimmed((rest, *text[1:]))
            self._item = False
            self.blocks.append(Block("item", text, self._lists, quoted, bold, mark[1] if mark else None))
        else:
            self.blocks.append(Block("paragraph", text, 0, quoted, bold))

    def _markup(self, first: int, last: int) -> None:
        """A block of HTML; a table in it goes on over blank lines to its end."""
        if self._tables_end and opens_table(joined(self.lines[first:last])):
            after = range(last, len(self.lines))
            following = next((n for n in after if "</table" in self.lines[n].text.lower()), None)
            self._tables_end = following is not None
            last = last if following is None else following + 1
        self._behind = last
        for piece in pieces(self.lines[first:last]):
            if piece.kind == "table":
                self.blocks.append(Block("table", quoted=self._quotes > 0, rows=piece.rows))
            elif piece.kind == "end":
                self.blocks.append(Block("end"))
            elif piece.text:
                self.blocks.append(Block("heading", piece.text, FOLDED, self._quotes > 0))

    def _fence(self, token: Token) -> None:
        first, last = token.map or (0, 0)
        fenced = token.type == "fence"
        inside = [line for place in range(first + fenced, last) if (line := self._line(place)) is not None]
        if fenced and inside and len(inside) > token.content.count("\n"):
            inside.pop()  # the closing marks
        # What a quote or list puts before a line is no part of the code.
        inside = [_find(line, text) for line, text in zip(inside, token.content.split("\n"), strict=False)]
        self._item = False
        self.blocks.append(Block("fence", tuple(inside), quoted=self._quotes > 0, info=token.info.strip().lower()))


def _find(line: Line, text: str) -> Line:
    """Where `text` stands in its line; all of the line where it is written otherwise."""
    wanted = text.strip()
    at = line.text.rfind(wanted)
    if at < 0:
        wanted = line.text.strip()
        at = line.text.find(wanted)
    return Line(wanted, line.number, line.column + at)


def _without_comment(line: Line) -> Line:
    """The line without an HTML comment at its end."""
    start = line.text.rfind("<!--") if line.text.endswith("-->") else -1
    return line._replace(text=line.text[:start]) if start >= 0 else line


def _cells(line: Line, *, nested: bool) -> list[Text]:
    """The cells of a table row, cut at every bar that no backslash stands before."""
    text = line.text
    start = at = _prefix(text) if nested else len(text) - len(text.lstrip())
    if text[at : at + 1] == "|":
        start = at = at + 1
    end = len(text.rstrip())
    cells: list[Text] = []
    while at < end:
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == "|":
            cells.append(_cell(line, start, at))
            start = at + 1
        at += 1
    if start < end:
        cells.append(_cell(line, start, end))
    return cells


def _prefix(text: str) -> int:
    found = _PREFIX.match(text)
    return found.end() if found else 0


def _cell(line: Line, start: int, end: int) -> Text:
    """A cell with its marks of emphasis; an empty one keeps its place."""
    text = line.text[start:end]
    left = len(text) - len(text.lstrip())
    return (Line(text.strip(), line.number, line.column + start + (left if text.strip() else 0)),)
