"""One part of a Markdown document -> its records, block by block, with the section and label that each stands under."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from steplint.sources.playbook.blocks import Block, blocks_of
from steplint.sources.playbook.items import has_marks, is_field, read_item, status_of
from steplint.sources.playbook.mails import has_subject, mail_rows, subject_of
from steplint.sources.playbook.rows import Playbook, Row
from steplint.sources.playbook.scripts import (
    is_callout,
    is_label,
    is_ours,
    is_quote,
    is_script,
    script_rows,
    spoken,
    spoken_role,
    with_ends,
)
from steplint.sources.playbook.tables import table_rows, unquoted
from steplint.sources.playbook.text import Text, cut, joined, trimmed
from steplint.sources.playbook.words import (
    CALL,
    SPOKEN,
    example_side,
    is_list_of_steps,
    is_section,
    label_of,
    owner_of,
    plain,
    role_of,
    shown,
    sorts_steps,
)

__all__ = ["PartReader"]

#: Fences in these languages are prose; all others are code.
_PROSE = ("", "text", "txt", "plain", "plaintext", "markdown", "md", "email", "mail", "script", "none")
_AROUND = ("goal", "dependency", "risk", "next_meeting")
_BEST = re.compile(r"\A([❌🚫👎✖✗]|[✅👍✔✓])\ufe0f?\s*")
_NAME_WORDS = 6  # a longer label is a sentence


class PartReader:
    """Adds the records of one part to `book`. `weak`: all of it are bad examples."""

    def __init__(self, book: Playbook, heading: str, weak: bool = False) -> None:
        self.book = book
        self.heading = heading
        self.weak = weak
        self.doc = book.doc(heading)
        self.rows: list[Row] = []
        self._section: str | None = None
        self._label: str | None = None
        self._owner: str | None = None  # who a heading or label says does all that stands under it
        self._label_level = 0  # how deep the list is whose item the label is
        self._task = 0  # level of the action item whose sub-items are its notes

    def read(self, blocks: Sequence[Block]) -> None:
        """Add the records of the part to the book."""
        for at, (block, following) in enumerate(zip_longest(blocks, blocks[1:])):
            if block.kind in ("paragraph", "heading") and subject_of(block.text) is not None:
                self._finish()
                self.book.add(list(mail_rows(blocks[at:], self.doc)))
                return
            if block.kind == "heading":
                self._head(block)
            elif block.kind == "table":
                self.rows += table_rows(block.rows, self.doc, self._under, self._role(), self._is_weak())
            elif block.kind == "fence":
                self._fence(block)
            elif block.kind == "item":
                self._item(block, following)
            else:
                self._paragraph(block)
        self._finish()

    def _finish(self) -> None:
        self.book.add(with_ends(self.rows, self.heading))
        self.rows = []

    @property
    def _under(self) -> str | None:
        return self._label or self._section

    @property
    def _names(self) -> tuple[str | None, ...]:
        """What stands above a block, the nearest first."""
        return (self._label, self._section, self.heading)

    def _role(self) -> str | None:
        """The role of what stands here: that of the label, else of the section, else of the part."""
        return next((role for name in self._names if name and (role := role_of(name))), None)

    def _is_weak(self) -> bool:
        return self.weak or any(example_side(name or "") == "weak" for name in self._names)

    def _head(self, block: Block) -> None:
        """A heading; one that only sorts next steps, by their owner or by time, leaves the section as it is."""
        self._label, self._task, self._label_level = None, 0, 0
        name = shown(block.said)
        if self._section and is_list_of_steps(self._section) and not is_section(name) and sorts_steps(name):
            self._owner = owner_of(name)
        else:
            self._section, self._owner = name, None

    def _name(self, text: str, level: int = 0) -> None:
        """A label: it reaches to the next one, that of a list to the end of what is nested under it."""
        self._label, self._label_level = shown(text), level
        self._owner = owner_of(self._label) if self._role() == "step" else None

    def _unname(self) -> None:
        self._label, self._owner, self._label_level = None, None, 0

    def _add(self, row: Row) -> None:
        sides = ("weak", "strong")
        before = self.rows[-1] if self.rows else None
        if row.role in sides and before and before.role in sides and before.role != row.role and not before.pair:
            lone = len(self.rows) < 2 or self.rows[-2].role != before.role
            if lone and 0 < row.text[0].number - before.text[-1].number <= 2:
                row = replace(row, pair=True)
        self.rows.append(row)

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
            PartReader(self.book, name, self._is_weak()).read(blocks)
            return
        doc = self.book.doc(name)
        rows: list[Row] = []
        if script:
            rows += script_rows(block.text, doc, *self._names)
        elif CALL.search(plain(name)) or spoken_role(*self._names):
            role = spoken_role(*self._names)
            rows += [Row(each.text, "utterance", doc, self._label, role) for each in blocks if each.kind == "paragraph"]
        self.book.add(with_ends(rows, name))

    def _item(self, block: Block, following: Block | None) -> None:
        if self._task and block.level > self._task:
            self._field(block)
            return
        self._task = 0
        if self._label_level and block.level <= self._label_level:
            self._unname()
        leads = following is not None and following.kind == "item" and following.level > block.level
        whole, role = block.said, self._role()
        if not block.mark and (is_label(whole) or (leads and block.bold and role == "step" and owner_of(whole))):
            self._name(whole, block.level)
            return
        if self._example(block.text) or self._around(block.text):
            return
        if (role != "step" or is_quote(whole)) and self._said(block.text):
            return
        if self._is_weak():
            return
        status = status_of(block.mark, whole)
        if role in _AROUND:
            status = status if role in ("dependency", "risk") else None
            self._add(Row(block.text, "plan_row", self.doc, self._under, role, status=status))
        elif role == "agenda":
            self._add(Row(block.text, "utterance", self.doc, self._under, role))
        elif (role == "step" and not is_field(whole)) or has_marks(whole, box=block.mark is not None):
            item = read_item(whole)
            self._add(
                Row(
                    block.text, "task", self.doc, self._under, "step",
                    owner=item.owner or self._owner, due=item.due, status=status or item.status, contacts=item.contacts,
                )
            )  # fmt: skip
            self._task = block.level

    def _field(self, block: Block) -> None:
        """A note on the last action item, which may say who does it and by when."""
        if not is_field(block.said):
            return
        task, told = self.rows[-1], read_item(block.said, people=False)
        self.rows[-1] = replace(
            task,
            owner=told.owner if task.owner in (None, self._owner) and told.owner else task.owner,
            due=task.due or told.due,
            status=task.status or told.status,
            contacts=task.contacts or told.contacts,
        )

    def _paragraph(self, block: Block) -> None:
        self._task = 0
        if block.quoted:
            self._quote(block)
        elif is_label(block.said) or (block.bold and block.said[-1] not in ".!?…"):
            self._name(block.said)
        elif self._example(block.text) or self._around(block.text) or self._said(block.text):
            pass
        elif (role := self._role()) in ("goal", "next_meeting") and role_of(self._under or "") == role:
            self._add(Row(block.text, "plan_row", self.doc, self._under, role))
        elif len(block.text) > 1 and is_label(block.text[0].text):
            self._labelled(block)
        else:
            self._unname()

    def _labelled(self, block: Block) -> None:
        """A label and, without a blank line between, what it names."""
        self._name(block.text[0].text)
        if is_script(block.text[1:]):
            self.rows += script_rows(block.text[1:], self.doc, *self._names)

    def _quote(self, block: Block) -> None:
        """A block quote is something to say where the headings are of that, unless it is a note."""
        if is_callout(block.said) or (self._spoken_role() is None and self._role() is not None):
            return
        if is_label(block.said):
            self._name(block.said)
            return
        if not self._called() and self._spoken_role() is None and not is_ours(block.said):
            return
        said = spoken(block.text) or block.text
        if not self._example(block.text):
            self._add(Row(said, "utterance", self.doc, self._under, self._spoken_role()))

    def _called(self) -> bool:
        """Whether what stands here is said or written to somebody."""
        names = [plain(name) for name in (*self._names, self.book.title) if name]
        return any(CALL.search(name) or SPOKEN.search(name) for name in names)

    def _spoken_role(self) -> str | None:
        role = spoken_role(*self._names)
        return "weak" if self.weak and role is None else role

    def _said(self, text: Text) -> bool:
        """A quote or a line of ours where something is to be said, or a quote behind its role (`Ending: “…”`)."""
        said, role = spoken(text), self._spoken_role()
        if said is None and (label := label_of(joined(text))):
            said, role = spoken(trimmed(cut(text, label[1]))), spoken_role(label[0])
            if role is None:
                return False
        if said is None:
            return False
        called = any(CALL.search(plain(name or "")) for name in self._names)
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
