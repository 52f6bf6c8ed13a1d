"""The records of one playbook while they are found, and the table that they make."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from steplint.records.mapping import HeaderMap
from steplint.records.schema import SCHEMA
from steplint.records.stream import Comment
from steplint.sources.playbook.text import Text, joined
from steplint.sources.tables import Rejections, Table, TextBlock

__all__ = ["Playbook", "Row"]

_COLUMNS = (
    "id", "kind", "account", "owner", "next_step", "due_date", "due_text", "contacts", "status", "doc_id", "section",
    "position", "role",
)  # fmt: skip
#: What stands around the steps of a plan is kept only where there are steps.
_AROUND = ("goal", "dependency", "risk", "next_meeting")
_WITH_YEAR = re.compile(r"\d{4}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2}$")
_ID_LENGTH = 80


@dataclass(frozen=True)
class Row:
    """One record: its text, at its place, and what stands beside it. `due` is the day as written.

    `cells`: column -> where the source has its value, empty or not, for what has a place of its own beside the text.
    """

    text: Text
    kind: str
    doc: str  # heading of the document part
    section: str | None = None
    role: str | None = None
    owner: str | None = None
    due: str | None = None
    status: str | None = None
    contacts: tuple[str, ...] = ()
    account: str | None = None
    pair: bool = False  # stands beside the row before it: both have one position
    cells: Mapping[str, Text] = field(default_factory=dict)


@dataclass
class Playbook:
    """All that a file gives. `title` and `account` are those of its front matter or first heading."""

    path: str
    title: str = ""
    account: str | None = None
    rows: list[Row] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    _parts: int = 0

    def doc(self, heading: str) -> str:
        """A name of its own for a new document part; `_named` makes it the one that is shown."""
        self._parts += 1
        return f"{heading}\0{self._parts}"

    def add(self, rows: list[Row]) -> None:
        self.rows += rows

    def records(self) -> list[Row]:
        """The rows that the table has, in its order."""
        steps = {row.doc for row in self.rows if row.role not in _AROUND or row.kind == "email"}
        return _named([row for row in self.rows if row.role not in _AROUND or row.doc in steps])

    def table(self, kind: str, notes: list[str]) -> Table:
        """The records as a table; it may have none."""
        rows = self.records()
        mapping = HeaderMap(_COLUMNS, {name: place for place, name in enumerate(_COLUMNS)})
        blocks = iter([TextBlock(self._frame(rows), Rejections(self.path).take())])
        return Table(
            kind, self.path, mapping, blocks, notes, _shape(rows), optional=True, comments=tuple(self.comments)
        )

    def _frame(self, rows: list[Row]) -> pl.DataFrame:
        positions: Counter[str] = Counter()
        records = []
        for row in rows:
            positions[row.doc] += not (row.pair and positions[row.doc])
            text = joined(row.text)
            records.append(
                {
                    "id": " / ".join(part for part in (row.doc or self.title, _named_by(row)) if part),
                    "kind": row.kind,
                    "account": row.account or self.account,
                    "owner": row.owner,
                    "next_step": text,
                    "due_date": row.due if row.due and _WITH_YEAR.search(row.due) else None,
                    "due_text": row.due,
                    "contacts": list(row.contacts) or None,
                    "status": row.status,
                    "doc_id": f"{self.path}#{row.doc}" if row.doc else self.path,
                    "section": row.section,
                    "position": str(positions[row.doc]),
                    "role": row.role,
                    "line": row.text[0].number,
                    "column": row.text[0].column or None,
                    "path": self.path,
                }
            )
        whole = {"line": pl.Int64(), "column": pl.Int64()}
        lists = {name: SCHEMA[name].dtype for name in ("contacts",)}
        schema = {
            name: whole.get(name) or lists.get(name) or pl.String() for name in (*_COLUMNS, "line", "column", "path")
        }
        return pl.DataFrame(records, schema=schema)


def _named_by(row: Row) -> str:
    """What tells a record from the others of its part: its text, or who has to do what is not told."""
    return row.text[0].text[:_ID_LENGTH] or row.owner or row.due or ""


def _named(rows: list[Row]) -> list[Row]:
    """The rows with the headings of their parts; one that comes again is counted."""
    names: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for row in rows:
        if row.doc not in names:
            heading = row.doc.partition("\0")[0]
            seen[heading] += 1
            names[row.doc] = heading if seen[heading] == 1 else f"{heading} ({seen[heading]})".lstrip()
    return [replace(row, doc=names[row.doc]) for row in rows]


def _shape(rows: list[Row]) -> str:
    counts = Counter(row.kind for row in rows)
    names = {"plan_row": "plan row", "task": "action item", "utterance": "line to say", "email": "line of mail"}
    told = []
    for kind, name in names.items():
        if count := counts[kind]:
            plural = name.replace("line", "lines", 1) if name.startswith("line") else f"{name}s"
            told.append(f"{count} {name if count == 1 else plural}")
    return f"playbook: {', '.join(told)}" if told else "playbook without a step"
