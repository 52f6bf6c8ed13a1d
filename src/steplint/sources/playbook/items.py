"""One action item: `Action – Owner: X – By: Y`, `@dana send the deck by Fri`, `**Dana:** redlines`."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import NamedTuple

__all__ = ["Item", "has_marks", "is_field", "read_item", "status_of"]

_OWNER = r"(?:action )?owners?|who|responsible|assignees?|assigned to|lead|dri|accountable|verantwortlich|zuständig|wer"
_DUE = r"by|by when|due|due by|due date|date|when|deadline|target date|target|bis|bis wann|fällig|frist|termin"
_WITH = r"attendees?|with|participants|help from|whom|teilnehmer|mit"
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
_TITLE = r"(?:Dr|Prof|Mr|Mrs|Ms|Frau|Herr)\.?"
_WORD = r"[^\W\d_a-z][\w'’-]*"
_NAME = rf"(?:{_TITLE} )?(?!(?:Mon|Tues|Wednes|Thurs|Fri)day\b){_WORD}(?: {_WORD}){{0,2}}"
#: “@Hanna Voss — …” and “@Dr. Cole sends …”; “@Dana Send it” is Dana, for nothing ends a name of two words there.
_MENTION = re.compile(
    rf"(?<![\w.@])@(?:(?P<titled>{_TITLE} {_WORD}(?: {_WORD})?)|(?P<full>{_WORD} {_WORD})(?=\s*(?:[-–—,;:|)\n]|to\b|$))"
    r"|(?P<handle>[A-Za-z][\w.-]{0,60}))"
)
_SIDE = r"(?i:you|me|us|we|both|rep|ae|se|csm|seller|customer|client|buyer|prospect)"
_PERSON = re.compile(
    r"(?:\*\*|__)(?P<bold>[^\W\d_][^*_:\n]{0,40}):?(?:\*\*|__):?\s"
    r"|(?P<slot>\[[^\]\n]{1,40}\]|\{\{[^{}\n]{1,40}\}\}|<[^<>\n]{1,40}>):\s"
    rf"|(?P<titled>{_TITLE} {_WORD}(?: {_WORD})?):\s|(?P<side>{_SIDE}):\s"
)
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?"
_MONTH = r"(?:Jan|Feb|Mar|Mär|Apr|May|Mai|Jun|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez)[a-zäö]{0,6}\.?"
_DATE = (
    r"(?:\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}(?:[/.](?:\d{4}|\d\d))?\.?"
    rf"|(?:\d{{1,2}}\.? )?{_MONTH}(?: \d{{1,2}}(?:st|nd|rd|th)?)?(?:,? \d{{4}})?)"
)
_DAY = rf"(?:(?:{_WEEKDAY},? )?{_DATE}|{_WEEKDAY}|today|tomorrow|EO[DW])(?:,? (?:at )?\d{{1,2}}(?::\d\d)? ?(?:[ap]m)?)?"
#: Who and when at the end, without a word for either: “Send it (Hanna Voss, Jan 14)”, “Send it - Hanna - Jan 14”.
_SIGNED = re.compile(
    rf"\(@?(?P<in_name>{_NAME}|(?<=@)[\w.-]+)\s*(?:[,;/]|[-–—] )\s*(?P<in_day>{_DAY})\)\W*$"
    rf"|\((?P<name_before>{_NAME})\),? (?P<day_behind>{_DAY})\W*$"
    rf"|\s[-–—|]+\s+@?(?P<name>{_NAME}|{_SIDE}|(?<=@)[\w.-]+)\s*(?:[,;]|\s[-–—|]+)\s+(?P<day>{_DAY})\W*$"
)
_CALENDAR = re.compile(r"[📅🗓⏰]\ufe0f?\s*([^\s()][^()|;\n]{0,30})")
_DONE = {"x": "done", "X": "done", "-": "cancelled", "~": "cancelled", "/": "in progress", " ": "open"}
_MAX = 2_000
_END = 120


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


def has_marks(text: str, *, box: bool) -> bool:
    """Whether a list item shows by itself that it is an action item: it has an owner as such; with a check `box` before it
    somebody who is mentioned or a day will do, which in other lists are authors and releases.
    """
    if is_field(text):
        return False
    item = read_item(text, people=False)
    if box:
        return item.owner is not None or item.due is not None
    return item.owner is not None and any(
        re.fullmatch(_OWNER, field["name"], re.IGNORECASE) for field in _FIELD.finditer(text[:_MAX])
    )


def is_field(text: str) -> bool:
    """Whether a list item is no act but a field of the one above it: “Owner: Dana”, “Due: 16 Jan”."""
    return bool(_FIELD.match(text[:_MAX]))


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
    owner, due = found.get("owner"), found.get("due")
    if owner is None and (mention := _MENTION.search(text)):
        owner = (mention["titled"] or mention["full"] or mention["handle"]).rstrip(".-")
    if owner is None and people and (person := _PERSON.match(text)) and ":" in person[0]:
        owner = person["bold"] or person["slot"] or person["titled"] or person["side"]
    if due is None and (day := _CALENDAR.search(text)):
        due = day[1].strip()
    if people and (owner is None or due is None) and (signed := _SIGNED.search(text[-_END:])):
        owner = owner or signed["in_name"] or signed["name_before"] or signed["name"]
        due = due or signed["in_day"] or signed["day_behind"] or signed["day"]
    names = re.split(r"\s*[,&]\s*|\s+and\s+", found.get("contacts", ""))
    return Item(owner, due, tuple(name for name in names if name), found.get("status"))


def _clean(value: str) -> str:
    end = _VALUE_ENDS.search(value)
    value = value[: end.start()] if end else value
    if value.count(")") > value.count("("):
        value = value.rpartition(")")[0]
    return value.strip(" \t*_`.,–—-")
