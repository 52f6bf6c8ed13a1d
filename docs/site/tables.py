"""Pages that are tables: the columns of records and readings that conditions may name, and the keys of a finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from docs.site.text import SiteError, code, sentence, spans

from steplint.findings.json_schema import finding_schema
from steplint.reading.schema import READING
from steplint.records.schema import SCHEMA
from steplint.rules import columns

__all__ = ["pages"]

ABOUT_COLUMNS = """\
What [conditions](writing-rules.md#conditions), `needs` and `at` may name. A column that a source lacks is null. A date is a day,
a datetime a wall-clock time in the organisation's time zone. `--map COLUMN=HEADER` says which header a column is read from."""
ABOUT_FINDINGS = """\
The keys of a finding in [json, jsonl and csv](formats.md#json-jsonl-csv), and the columns of the table that
[`steplint.lint`](api.md#lint) returns. Minor releases only add keys. `steplint schema finding` prints the JSON Schema."""
TYPES = {"str": "text", "bool": "true or false", "int": "whole number", "float": "number", "list": "list of texts"}
#: Columns that follow from the record and the reading together.
DERIVED = {
    "owner_side": "whose side the owner of a plan row is on: ours, theirs, both",
    "status_role": "what the status of a plan row means: open, active, done …",
    "deal_commitment": "`commitment`, raised by what the calendar knows: 4 a booked meeting ahead, 5 an accepted one",
    "step_grade": "how good a step is, for comparing two of them",
    "date_is_workday": "`date` is a workday of the calendar",
    "due_date_is_workday": "`due_date` is one",
    "owner_given": "a row of a document names its owner",
    "owner_is_person": "the owner is a person; false for queues, placeholders and integration users",
    "text_truncated": "the text stops in mid-word at the length limit of its field",
    "recurring": "a row of a document is a duty that comes again and again (“weekly”, “every …”)",
    "text_untidy": "the text has blanks or line ends round it, or repeated ones in it",
}


def pages() -> dict[str, str]:
    """Path → page."""
    return {"columns.md": "\n".join(_columns()) + "\n", "findings.md": "\n".join(_findings()) + "\n"}


def _columns() -> Iterator[str]:
    records = {name: SCHEMA[name].doc for name in columns.RECORDS}
    readings = {name: READING[name].doc for name in columns.READING}
    docs = {name: column.doc for name, column in SCHEMA.items()} | DERIVED
    if strange := sorted(set(columns.DERIVED) - set(docs)):
        raise SiteError(f"{', '.join(strange)}: say in docs/site/tables.py what it holds")
    derived = {name: docs[name] for name in columns.DERIVED}
    yield from ("# Columns", "")
    yield ABOUT_COLUMNS
    yield from ("", "## Of the record", "", *_table(records))
    yield from ("", "## Of the text", "", "What the [reading](reading.md) of `next_step` says.", "", *_table(readings))
    yield from ("", "## Of both", "", *_table(derived))


def _table(docs: Mapping[str, str]) -> Iterable[str]:
    yield from ("| column | type | |", "|---|---|---|")
    for name, doc in docs.items():
        values = columns.VALUES.get(name, ())
        listed = f" One of {', '.join(map(code, values))}." if values else ""
        kind = columns.COLUMNS[name]
        yield f"| {code(name)} | {TYPES.get(kind, kind)} | {spans(sentence(doc))}{listed} |"


def _findings() -> Iterator[str]:
    yield from ("# Findings", "")
    yield ABOUT_FINDINGS
    yield from ("", "| key | type | |", "|---|---|---|")
    for name, schema in finding_schema()["properties"].items():
        yield f"| {code(name)} | {_type(schema)} | {spans(sentence(schema['description']))} |"


def _type(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "text"
    kinds: list[str] = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    names = {"string": "text", "array": "list", "null": "null"}
    return " or ".join(names.get(kind, kind) for kind in kinds)
