"""YAML playbooks: plans, steps, mails, scripts and agendas under their own keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from steplint import yaml_safe
from steplint.errors import InputError
from steplint.sources.playbook.comments import yaml_comments
from steplint.sources.playbook.items import Item, read_item
from steplint.sources.playbook.rows import Playbook, Row
from steplint.sources.playbook.scripts import spoken_role, with_ends
from steplint.sources.playbook.text import Line, Text
from steplint.sources.playbook.words import role_of
from steplint.sources.tables import Table

__all__ = ["PLAYBOOK_KEYS", "is_playbook", "playbook_of", "playbook_table"]

#: Key -> what it holds. A file is a playbook where its top level is a mapping with one of them.
PLAYBOOK_KEYS = {
    "plan": "plan", "mutual_action_plan": "plan", "action_plan": "plan", "close_plan": "plan", "milestones": "plan",
    "next_steps": "items", "action_items": "items",
    "scripts": "script", "script": "script", "talk_track": "script",
    "emails": "mail", "email": "mail", "mails": "mail", "recap": "mail", "agenda": "agenda",
}  # fmt: skip
_AROUND = {
    "goal": "goal", "goals": "goal", "objective": "goal", "dependencies": "dependency", "risks": "risk",
    "prerequisites": "dependency", "success_criteria": "goal",
}  # fmt: skip
_ACTION = ("action", "step", "next_step", "task", "milestone", "activity", "what", "item", "deliverable", "text")
_OWNER = ("owner", "who", "responsible", "assignee", "lead")
_DUE = ("date", "due", "due_date", "by", "when", "deadline", "target_date", "by_when")
_STATUS = ("status", "state", "progress")
_WITH = ("with", "attendees", "contacts", "help_from", "whom", "participants")
_CELLS = {"next_step": _ACTION, "owner": _OWNER, "due_date": _DUE, "status": _STATUS}
_TITLE = ("title", "name")
_ROWS = ("steps", "rows", "milestones", "actions", "plan", "table")
_SAID = (*_ACTION, "topic", "line", "say", "quote")
_OF_MAIL = {"closing": "ending", "ending": "ending", "body": "body"}

LARGEST = 8 << 20

Loc = tuple[str | int, ...]


def is_playbook(data: Any) -> bool:
    """Whether a YAML document is a playbook rather than a record or a list of them (`deals:` beside `plan:`)."""
    if not isinstance(data, dict):
        return False
    lists = {_key(key): value for key, value in data.items() if isinstance(value, list | dict)}
    exports = (name for name in lists if name not in (*PLAYBOOK_KEYS, *_AROUND, *_WITH))
    return not lists.keys().isdisjoint(PLAYBOOK_KEYS) and not any(_of_mappings(lists[name]) for name in exports)


def playbook_table(document: yaml_safe.Document, path: str, notes: list[str]) -> Table:
    """The records of a YAML playbook, which was read `as_written`; it may have none. InputError: larger than 8 MiB."""
    return playbook_of(document, path).table("yaml", notes)


def playbook_of(document: yaml_safe.Document, path: str) -> Playbook:
    """The records of a YAML playbook; `cells` of each are where the scalars of its keys begin."""
    if len(document.text) > LARGEST:
        raise InputError(f"a playbook larger than {LARGEST >> 20} MiB", path=path, hint="split it into several files")
    data = document.data
    book = Playbook(path)
    book.title = _value(data, _TITLE) or ""
    book.account = _value(data, ("account", "customer", "company"))
    _Reader(document, book).part(data, (), book.doc(""))
    book.rows.sort(key=lambda row: row.text[0].number)
    items = [row.text[0].number for row in book.rows]
    book.comments = yaml_comments(document.text.splitlines(), items, path)
    return book


class _Reader:
    """Goes through one document; `loc` is the way of keys and places to a value."""

    def __init__(self, document: yaml_safe.Document, book: Playbook) -> None:
        self.document = document
        self.book = book
        self.lines = document.text.splitlines()

    def part(self, data: dict[str, Any], loc: Loc, doc: str, steps: tuple[str, ...] = ()) -> None:
        """What stands under the keys of one mapping; `steps`: keys that hold the rows of a plan here."""
        for key, value in data.items():
            name, here = _key(key), (*loc, key)
            what = "plan" if name in steps else PLAYBOOK_KEYS.get(name)
            if name in _AROUND:
                self._plain(value, here, "plan_row", doc, _AROUND[name])
            elif what == "plan" and isinstance(value, dict):
                self.part(value, here, doc, _ROWS)
            elif what in ("plan", "items") and isinstance(value, list):
                self._steps(value, here, "plan_row" if what == "plan" else "task", doc)
            elif what == "agenda":
                self._plain(value, here, "utterance", doc, "agenda")
            elif what == "script":
                self._named(value, here, self._script)
            elif what == "mail":
                self._named(value, here, self._mail)

    def _plain(self, value: Any, here: Loc, kind: str, doc: str, role: str) -> None:
        self.book.add([Row(text, kind, doc, str(here[-1]), role) for text in self._texts(value, here)])

    def _steps(self, items: list[Any], here: Loc, kind: str, doc: str) -> None:
        """One record an item, be it a text or a mapping."""
        for at, item in enumerate(items):
            place = (*here, at)
            if isinstance(item, str):
                told, text = read_item(item), self._text(item, place)
            elif isinstance(item, dict):
                action = _first(item, _ACTION)
                said = item[action] if action else None
                text = self._text(said, (*place, str(action))) if isinstance(said, str) else ()
                text = text or (Line("", *self.document.place(place)),)
                told = Item(_value(item, _OWNER), _value(item, _DUE), _names(item), _value(item, _STATUS))
            else:
                continue
            row = Row(text, kind, doc, str(here[-1]), "step", told.owner, told.due, told.status, told.contacts)
            self.book.add([replace(row, cells=self._cells(item, place) if isinstance(item, dict) else {})])

    def _cells(self, item: dict[str, Any], place: Loc) -> dict[str, Text]:
        """Where the scalars begin that columns are read from."""
        found: dict[str, Text] = {}
        for name, keys in _CELLS.items():
            key = _first(item, keys)
            if key and (value := self.document.values.get((*place, key))):
                line, column, _, text = value
                found[name] = (Line(text, line, column),)
        return found

    def _named(self, value: Any, here: Loc, read: Callable[[Any, Loc, str], None]) -> None:
        """Scripts or mails: one, a list of them, or a mapping by name."""
        if isinstance(value, list) and any(isinstance(each, dict) for each in value):
            for at, each in enumerate(value):
                if isinstance(each, dict):
                    read(each, (*here, at), _value(each, _TITLE) or "")
        elif isinstance(value, dict) and value and all(isinstance(each, dict) for each in value.values()):
            for key, each in value.items():
                read(each, (*here, key), key)
        elif isinstance(value, dict | list):
            read(value, here, (_value(value, _TITLE) if isinstance(value, dict) else None) or str(here[-1]))

    def _script(self, data: Any, here: Loc, name: str) -> None:
        doc = self.book.doc(name)
        parts = {None: data} if isinstance(data, list) else data
        rows: list[Row] = []
        for key, value in parts.items():
            if key is not None and _key(key) in (*_TITLE, "notes", "description"):
                continue
            loc = here if key is None else (*here, key)
            role = spoken_role(_spaced(key or ""), name)
            rows += [Row(text, "utterance", doc, key, role) for text in self._texts(value, loc)]
        self.book.add(with_ends(rows, "script"))

    def _mail(self, data: Any, here: Loc, name: str) -> None:
        doc = self.book.doc(name)
        for key, value in data.items() if isinstance(data, dict) else ():
            role = _OF_MAIL.get(_key(key)) or role_of(_spaced(key))
            if role == "step" and isinstance(value, list):
                self._steps(value, (*here, key), "email", doc)
            elif role in (*_OF_MAIL.values(), "subject", "takeaway", "next_meeting", "opening"):
                self._plain(value, (*here, key), "email", doc, str(role))

    def _texts(self, value: Any, loc: Loc) -> Iterator[Text]:
        """Every text of a value: itself, those of a list, and what is to be done or said in mappings of one."""
        if isinstance(value, str):
            if value.strip():
                yield self._text(value, loc)
        elif isinstance(value, list):
            for at, each in enumerate(value):
                yield from self._texts(each, (*loc, at))
        elif isinstance(value, dict) and (key := _first(value, _SAID)):
            yield from self._texts(value[key], (*loc, key))

    def _text(self, value: str, loc: Loc) -> Text:
        """A value at its place in the file; where it is written otherwise (folded, escaped) its column is not known."""
        line, column, style, _ = self.document.values.get(loc, (*self.document.place(loc), None, ""))
        block = style in ("|", ">")
        if block:
            before = value[: len(value) - len(value.lstrip())]
            line += 1 + before.count("\n")
        found = []
        for at, part in enumerate(value.strip().split("\n")):
            part = part.rstrip()
            found.append(Line(part, line + at, self._column(line + at, part, 0 if at or block else column)))
        return tuple(found)

    def _column(self, line: int, text: str, column: int) -> int:
        """Where a line of the file has `text`, looked for from `column` on; 0 where it is written otherwise."""
        source = self.lines[line - 1] if line <= len(self.lines) else ""
        return source.find(text, max(column - 1, 0)) + 1


def _of_mappings(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _key(key: str) -> str:
    return key.strip().casefold().replace(" ", "_").replace("-", "_")


def _spaced(key: str) -> str:
    return key.replace("_", " ").replace("-", " ")


def _first(item: dict[str, Any], names: tuple[str, ...]) -> str | None:
    folded = {_key(key): key for key in item}
    return next((folded[name] for name in names if name in folded), None)


def _value(item: dict[str, Any], names: tuple[str, ...]) -> str | None:
    key = _first(item, names)
    value = item[key] if key else None
    return value if isinstance(value, str) else None


def _names(item: dict[str, Any]) -> tuple[str, ...]:
    key = _first(item, _WITH)
    names = item[key] if key else None
    return tuple(name for name in (names if isinstance(names, list) else [names]) if isinstance(name, str))
