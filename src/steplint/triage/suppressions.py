"""The suppression file: findings that are excused, each with a reason and, where it has one, a last day.

- rule: WHEN302
  record: 0065g00000ExmplAAB
  reason: the board names the day on the 12th
  until: 2026-03-31
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from steplint import yaml_safe
from steplint.errors import ConfigError
from steplint.rules.exceptions import problem
from steplint.rules.rule import Rule
from steplint.rules.selection import match
from steplint.yaml_safe import Document, Loc

__all__ = ["SUPPRESSIONS", "Suppression", "parse_suppressions", "read_suppressions"]

SUPPRESSIONS = "steplint-suppressions.yaml"
"""What the file is called beside the configuration, unless that says otherwise."""


@dataclass(frozen=True)
class Suppression:
    """One entry. `codes` are those that `rule` names; `until` is the last day it holds. `line` and `places` (line and column of
    each of `records`) say where it stands, `text` is that first line."""

    rule: str
    codes: tuple[str, ...]
    records: tuple[str, ...]
    reason: str
    field: str | None
    until: date | None
    by: str | None
    line: int
    places: tuple[tuple[int, int], ...]
    text: str = ""

    def expired(self, as_of: date) -> bool:
        """Whether it no longer holds on a day."""
        return self.until is not None and self.until < as_of


def read_suppressions(
    path: Path, rules: Sequence[Rule], *, mandatory: Sequence[str] = (), shown: str | None = None
) -> tuple[Suppression, ...]:
    """The entries of a file, in order. `rules` are all that there are, `mandatory` selects those that cannot be suppressed.

    Raises ConfigError with line and column for anything that is unknown, missing or malformed.
    """
    shown = shown or str(path)
    return parse_suppressions(
        yaml_safe.read_text(path, shown=shown, error=ConfigError), rules, mandatory=mandatory, shown=shown
    )


def parse_suppressions(
    text: str, rules: Sequence[Rule], *, mandatory: Sequence[str] = (), shown: str = "<text>"
) -> tuple[Suppression, ...]:
    """`read_suppressions` of text."""
    # Ids, days and reasons are taken as they are written: an id of digits is no number.
    document = yaml_safe.load(text, path=shown, error=ConfigError, as_written=True)
    if document.data is None:
        return ()
    if not isinstance(document.data, list):
        hint = "begin each entry with “- rule:”"
        line, column = document.place(())
        raise ConfigError("suppressions are a list of entries", path=shown, line=line, column=column, hint=hint)
    lines = text.split("\n")
    return tuple(_entry(item, lines, rules, mandatory) for item in _items(document))


def _items(document: Document) -> Iterator[Document]:
    """Each entry as a document of its own, with its places in the file."""
    marks: list[dict[Loc, tuple[int, int]]] = [{} for _ in document.data]
    values: list[dict[Loc, tuple[int, int, str | None, str]]] = [{} for _ in document.data]
    for loc, place in document.marks.items():
        if loc:
            marks[int(loc[0])][loc[1:]] = place
    for loc, value in document.values.items():
        if loc:
            values[int(loc[0])][loc[1:]] = value
    for index, data in enumerate(document.data):
        yield Document(data, document.path, marks[index], values[index], document.text)


def _entry(document: Document, lines: Sequence[str], rules: Sequence[Rule], mandatory: Sequence[str]) -> Suppression:
    from steplint.rules.validation import validate
    from steplint.triage.model import Entry

    line, column = document.place(())
    if not isinstance(document.data, dict):
        raise ConfigError("an entry has the keys rule, record and reason", path=document.path, line=line, column=column)
    entry = validate(Entry, document, ConfigError, "an entry")
    several = isinstance(entry.record, list)
    records = tuple(entry.record) if isinstance(entry.record, list) else (entry.record,)

    def fail(key: str, message: str, hint: str | None = None) -> ConfigError:
        line, column = document.place((key,))
        return ConfigError(f"{key}: {message}", path=document.path, line=line, column=column, hint=hint)

    if entry.rule == "ALL":
        raise fail("rule", "ALL is no rule", "leave the record out with scope: in the configuration")
    if (wrong := problem(entry.rule, rules, mandatory)) is not None:
        raise fail("rule", *wrong)
    if not records:
        raise fail("record", "the list is empty", "name a record's id")
    return Suppression(
        rule=entry.rule,
        codes=tuple(rule.code for rule in rules if match(entry.rule, rule)),
        records=records,
        reason=entry.reason,
        field=entry.field,
        until=date.fromisoformat(entry.until) if entry.until else None,
        by=entry.by,
        line=line,
        places=tuple(document.place(("record", index) if several else ("record",)) for index in range(len(records))),
        text=lines[line - 1].strip() if line <= len(lines) else "",
    )
