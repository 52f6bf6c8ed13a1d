"""Markdown playbooks -> records: plans, lists of steps, mails, scripts, agendas and examples, each where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from steplint.sources.encoding import Utf8Reader
from steplint.sources.playbook.blocks import Block, blocks_of
from steplint.sources.playbook.comments import markdown_comments
from steplint.sources.playbook.items import has_marks, read_item, status_of
from steplint.sources.playbook.mails import has_subject, mail_rows, subject_of
from steplint.sources.playbook.parts import parts_of
from steplint.sources.playbook.rows import Playbook, Row
from steplint.sources.playbook.scripts import (
    is_callout,
    is_label,
    is_ours,
    is_script,
    script_rows,
    spoken,
    spoken_role,
    with_ends,
)
from steplint.sources.playbook.tables import table_rows, unquoted
from steplint.sources.playbook.text import Line, Text, cut, joined, lines_of, trimmed
from steplint.sources.playbook.words import CALL, example_side, label_of, plain, role_of
from steplint.sources.tables import Table, whole

__all__ = ["LARGEST", "read_markdown", "rows_of"]

LARGEST = 8 << 20
#: Fences in these languages are prose; all others are code.
_PROSE = ("", "text", "txt", "plain", "plaintext", "markdown", "md", "email", "mail", "script", "none")
_AROUND = ("goal", "dependency", "risk", "next_meeting")
_FRONT = re.compile(r"---[ \t]*\Z")
_KEY = re.compile(r"(title|account|customer|company)[ \t]*:[ \t]*(\S.*?)[ \t]*\Z", re.IGNORECASE)
_BEST = re.compile(r"\A([❌🚫👎✖✗]|[✅👍✔✓])\ufe0f?\s*")
_FRONT_LINES = 200
_NAME_WORDS = 6  # a longer label is a sentence


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
        book.title = next((block.said for block in blocks if block.kind == "heading" and block.level == 1), "")
    for part in parts_of(blocks):
        _PartReader(book, part.heading, part.weak).read(part.blocks)
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


class _PartReader:
    """Reads one part, block by block, with the label and section that each stands under."""

    def __init__(self, book: Playbook, heading: str, weak: bool = False) -> None:
        self.book = book
        self.heading = heading
        self.weak = weak
        self.doc = book.doc(heading)
        self.rows: list[Row] = []
        self._section: str | None = None
        self._label: str | None = None
        self._task = 0  # level of the action item whose sub-items are its notes

    def read(self, blocks: Sequence[Block]) -> None:
        """Add the records of the part to the book."""
        for at, block in enumerate(blocks):
            if block.kind in ("paragraph", "heading") and subject_of(block.text) is not None:
                self._finish()
                self.book.add(list(mail_rows(blocks[at:], self.doc)))
                return
            if block.kind == "heading":
                self._section, self._label, self._task = block.said, None, 0
            elif block.kind == "table":
                self._table(block)
            elif block.kind == "fence":
                self._fence(block)
            elif block.kind == "item":
                self._item(block)
            else:
                self._paragraph(block)
        self._finish()

    def _finish(self) -> None:
        self.book.add(with_ends(self.rows, self.heading))
        self.rows = []

    @property
    def _under(self) -> str | None:
        return self._label or self._section

    def _role(self) -> str | None:
        """The role of what stands here: that of the label, else of the section, else of the part."""
        for name in (self._label, self._section, self.heading):
            if name and (role := role_of(name)):
                return role
        return None

    def _add(self, row: Row) -> None:
        sides = ("weak", "strong")
        before = self.rows[-1] if self.rows else None
        if row.role in sides and before and before.role in sides and before.role != row.role and not before.pair:
            lone = len(self.rows) < 2 or self.rows[-2].role != before.role
            if lone and 0 < row.text[0].number - before.text[-1].number <= 2:
                row = replace(row, pair=True)
        self.rows.append(row)

    def _table(self, block: Block) -> None:
        self.rows += table_rows(block.rows, self.doc, self._under, self._role(), self._is_weak())

    def _is_weak(self) -> bool:
        return self.weak or any(
            example_side(name or "") == "weak" for name in (self._label, self._section, self.heading)
        )

    def _fence(self, block: Block) -> None:
        """A fence is a document of its own: a mail, a plan, a script."""
        if block.info.split(" ")[0] not in _PROSE or not block.text:
            return
        under = self._under if self._under and len(self._under.split()) <= _NAME_WORDS else None
        name = " / ".join(part for part in (self.heading, under) if part)
        blocks = blocks_of(block.text)
        kinds = {each.kind for each in blocks}
        script = is_script(block.text)
        if "table" in kinds or has_subject(blocks) or (not script and "item" in kinds):
            _PartReader(self.book, name, self._is_weak()).read(blocks)
            return
        doc = self.book.doc(name)
        labels = (self._label, self._section, self.heading)
        rows: list[Row] = []
        if script:
            rows += script_rows(block.text, doc, *labels)
        elif CALL.search(plain(name)) or spoken_role(*labels):
            role = spoken_role(*labels)
            rows += [Row(each.text, "utterance", doc, self._label, role) for each in blocks if each.kind == "paragraph"]
        self.book.add(with_ends(rows, name))

    def _item(self, block: Block) -> None:
        if self._task and block.level > self._task:
            return
        self._task = 0
        if self._example(block.text) or self._said(block.text) or self._around(block.text):
            return
        whole, role = block.said, self._role()
        if is_label(whole) and not block.mark:
            self._label = whole.strip(" *_#:")
            return
        if self._is_weak():
            return
        if role in _AROUND:
            self._add(Row(block.text, "plan_row", self.doc, self._under, role))
        elif role == "agenda":
            self._add(Row(block.text, "utterance", self.doc, self._under, role))
        elif role == "step" or has_marks(whole):
            item = read_item(whole)
            status = status_of(block.mark, whole) or item.status
            self._add(
                Row(
                    block.text, "task", self.doc, self._under, "step",
                    owner=item.owner, due=item.due, status=status, contacts=item.contacts,
                )
            )  # fmt: skip
            self._task = block.level

    def _paragraph(self, block: Block) -> None:
        self._task = 0
        if block.quoted:
            self._quote(block)
        elif self._example(block.text) or self._around(block.text):
            pass
        elif is_label(block.said):
            self._label = block.said.strip(" *_#:")
        elif self._said(block.text):
            pass
        elif (role := self._role()) in ("goal", "next_meeting") and role_of(self._under or "") == role:
            self._add(Row(block.text, "plan_row", self.doc, self._under, role))
        elif len(block.text) > 1 and is_label(block.text[0].text):
            self._labelled(block)
        else:
            self._label = None

    def _labelled(self, block: Block) -> None:
        """A label and, without a blank line between, what it names."""
        self._label = block.text[0].text.strip(" *_#:")
        if is_script(block.text[1:]):
            self.rows += script_rows(block.text[1:], self.doc, self._label, self._section, self.heading)

    def _quote(self, block: Block) -> None:
        """A block quote is something to say, unless it is a note or stands among steps, goals and the like."""
        if is_callout(block.said) or (self._spoken_role() is None and self._role() is not None):
            return
        if is_label(block.said):
            self._label = block.said.strip(" *_#:")
            return
        said = spoken(block.text) or block.text
        if not self._example(block.text):
            self._add(Row(said, "utterance", self.doc, self._under, self._spoken_role()))

    def _spoken_role(self) -> str | None:
        role = spoken_role(self._label, self._section, self.heading)
        return "weak" if self.weak and role is None else role

    def _said(self, text: Text) -> bool:
        """A quote or a line of ours where something is to be said."""
        said = spoken(text)
        if said is None:
            return False
        role = self._spoken_role()
        called = any(CALL.search(plain(name or "")) for name in (self._label, self._section, self.heading))
        if role is None and not called and not is_ours(joined(text)) and self._role() != "step":
            return False
        self._add(Row(said, "utterance", self.doc, self._under, role))
        return True

    def _example(self, text: Text) -> bool:
        """`Weak: “I'll send info”`, `✅ “Does Tuesday work?”`, or an item under “Don't say”."""
        whole = joined(text)
        side, rest = None, text
        if mark := _BEST.match(whole):
            rest = trimmed(cut(text, mark.end()))
            side = "weak" if mark[1] in "❌🚫👎✖✗" else "strong"
        elif label := label_of(whole):
            side, rest = example_side(label[0]), trimmed(cut(text, label[1]))
            if side and len(plain(label[0]).split()) > 3:
                side = None
        if side and rest and (spoken(rest) or not mark):
            self._add(Row(spoken(rest) or rest, "utterance", self.doc, self._under, side))
            return True
        under = plain(self._under or "")
        side = (
            example_side(under)
            if len(under.split()) <= 4 and re.search(r"\b(?:say|examples?|weak|strong)\b", under)
            else None
        )
        if side is None or is_label(whole):
            return False
        self._add(Row(unquoted(text), "utterance", self.doc, self._under, side))
        return True

    def _around(self, text: Text) -> bool:
        """`Goal: live by May` in a line of its own."""
        label = label_of(joined(text))
        role = role_of(label[0]) if label else None
        rest = trimmed(cut(text, label[1])) if label else ()
        if role not in _AROUND or not rest:
            return False
        self._add(Row(rest, "plan_row", self.doc, self._under, role))
        return True
