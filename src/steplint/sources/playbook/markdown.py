"""Markdown playbooks -> records: plans, lists of steps, mails, scripts, agendas and examples, each where it stands."""

from __future__ import annotations

import re

from steplint.sources.encoding import Utf8Reader
from steplint.sources.playbook.blocks import blocks_of
from steplint.sources.playbook.comments import markdown_comments
from steplint.sources.playbook.part_reader import PartReader
from steplint.sources.playbook.parts import parts_of
from steplint.sources.playbook.rows import Playbook
from steplint.sources.playbook.text import Line, lines_of
from steplint.sources.playbook.words import shown
from steplint.sources.tables import Table, whole

__all__ = ["LARGEST", "read_markdown", "rows_of"]

LARGEST = 8 << 20
_FRONT = re.compile(r"---[ \t]*\Z")
_KEY = re.compile(r"(title|account|customer|company)[ \t]*:[ \t]*(\S.*?)[ \t]*\Z", re.IGNORECASE)
_FRONT_LINES = 200


def read_markdown(reader: Utf8Reader, path: str) -> Table:
    """The records of a Markdown file; it may have none. InputError: larger than 8 MiB."""
    source = whole(reader, path, largest=LARGEST, hint="split it into several files", may_be_empty=True)
    return rows_of(source.decode(), path).table("markdown", reader.notes)


def rows_of(source: str, path: str) -> Playbook:
    """The records of a Markdown text."""
    book = Playbook(path)
    lines = _front_matter(lines_of(source), book)
    blocks = blocks_of(lines)
    if not book.title:
        book.title = next((shown(block.said) for block in blocks if block.kind == "heading" and block.level == 1), "")
    for part in parts_of(blocks):
        PartReader(book, part.heading, part.weak).read(part.blocks)
    book.rows.sort(key=lambda row: row.text[0].number)
    items = [row.text[0].number for row in book.rows]
    code = {line.number for block in blocks if block.kind == "fence" for line in block.text}
    book.comments = markdown_comments([line.text for line in lines], items, path, code)
    return book


def _front_matter(lines: list[Line], book: Playbook) -> list[Line]:
    """The lines with those of a YAML front matter blank; its title and account are kept."""
    if not lines or not _FRONT.match(lines[0].text):
        return lines
    end = next((n for n, line in enumerate(lines[1:_FRONT_LINES], 1) if _FRONT.match(line.text)), None)
    if end is None:
        return lines
    for line in lines[1:end]:
        if found := _KEY.match(line.text):
            value = found[2].strip("'\"")
            if found[1].casefold() == "title":
                book.title = value
            else:
                book.account = book.account or value
    return [line._replace(text="") if n <= end else line for n, line in enumerate(lines)]
