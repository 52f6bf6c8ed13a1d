"""One action item: `Action – Owner: X – By: Y`, `@dana send the deck by Fri`, `**Dana:** redlines`."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import NamedTuple

__all__ = ["Item", "has_marks", "read_item", "status_of"]

_OWNER = r"(?:action )?owners?|who|responsible|assignees?|assigned to|lead|dri|accountable"
_DUE = r"by|by when|due|due by|due date|date|when|deadline|target date|target"
_WITH = r"attendees?|with|participants|help from|whom"
_STATUS = r"status|state"
_FIELD = re.compile(
    rf"(?:^|(?<=[\s(\[|,;–—-]))[*_]{{0,3}}(?P<name>{_OWNER}|{_DUE}|{_WITH}|{_STATUS})[*_]{{0,3}}\s?:(?!//)[*_]{{0,3}}\s*",
    re.IGNORECASE,
)
_FIELDS = [(re.compile(words, re.IGNORECASE), name) for name, words in (
    ("owner", _OWNER), ("due", _DUE), ("contacts", _WITH), ("status", _STATUS),
)]  # fmt: skip
#: What ends a value before the next field does: a dash with blanks round it, a bar, a semicolon, a line end.
_VALUE_ENDS = re.compile(r"\s[-–—]+(?:\s|$)|[|;\n]")
_MENTION = re.compile(r"(?<![\w.@])@([A-Za-z][\w.-]{0,60})")
_PERSON = re.compile(
    r"(?:\*\*|__)(?P<bold>[^\W\d_][^*_:\n]{0,40}):?(?:\*\*|__):?\s|(?P<slot>\[[^\]\n]{1,40}\]|\{\{[^{}\n]{1,40}\}\}|<[^<>\n]{1,40}>):\s"
)
_CALENDAR = re.compile(r"[📅🗓⏰]\ufe0f?\s*([^\s()][^()|;\n]{0,30})")
_DONE = {"x": "done", "X": "done", "-": "cancelled", "~": "cancelled", "/": "in progress", " ": "open"}
_MAX = 2_000


class Item(NamedTuple):
    """What an item says beside its text; None where it does not."""

    owner: str | None = None
    due: str | None = None
    contacts: tuple[str, ...] = ()
    status: str | None = None


def status_of(mark: str | None, text: str) -> str | None:
    """What a check box says: done, cancelled, in progress, open; None without one. An item that is struck out is cancelled."""
    if text.startswith("~~") and text.endswith("~~"):
        return "cancelled"
    return None if mark is None else _DONE[mark]


def has_marks(text: str) -> bool:
    """Whether a list item shows by itself that it is an action item: it names its owner or its day as such."""
    item = read_item(text, people=False)
    return item.owner is not None or item.due is not None


def read_item(text: str, *, people: bool = True) -> Item:
    """The fields of one item. `people`: a bold name or a slot before a colon is its owner ("**Dana:** send the redlines")."""
    text = text[:_MAX]
    found: dict[str, str] = {}
    fields = list(_FIELD.finditer(text))
    for match, after in zip_longest(fields, fields[1:]):
        name = next(name for pattern, name in _FIELDS if pattern.fullmatch(match["name"]))
        value = _clean(text[match.end() : after.start() if after else None])
        if value and name not in found:
            found[name] = value
    owner = found.get("owner")
    if owner is None and (mention := _MENTION.search(text)):
        owner = mention[1].rstrip(".-")
    if owner is None and people and (person := _PERSON.match(text)) and ":" in person[0]:
        owner = person["bold"] or person["slot"]
    due = found.get("due")
    if due is None and (day := _CALENDAR.search(text)):
        due = day[1].strip()
    names = re.split(r"\s*[,&]\s*|\s+and\s+", found.get("contacts", ""))
    return Item(owner, due, tuple(name for name in names if name), found.get("status"))


def _clean(value: str) -> str:
    end = _VALUE_ENDS.search(value)
    value = value[: end.start()] if end else value
    if value.count(")") > value.count("("):
        value = value.rpartition(")")[0]
    return value.strip(" \t*_`.,–—-")
