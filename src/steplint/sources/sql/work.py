"""What one pull of a database reads: the query of the records, and those of the tables that have names for their ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import sqlalchemy as sa

from steplint.records.schema import SCHEMA
from steplint.sources.remote.interface import Context, Coverage
from steplint.sources.sql.columns import to_frame
from steplint.sources.sql.connect import Database
from steplint.sources.sql.loaders import Lookup, closed_by, gone, lookups
from steplint.sources.sql.mapping import Fields, map_columns
from steplint.sources.sql.relation import Relation, find_table, of_query
from steplint.sources.sql.settings import SqlSettings

__all__ = ["OPEN", "RECORDS", "ROW", "Query", "Work", "plan_work"]

RECORDS = "records"
#: Columns of pages beside the canonical ones: the row's number, what `closed_by` found, and `_` with a lookup's part for its key.
ROW, OPEN = "_row", "_open"
#: What a pipeline is expected to have: what is missing of it is said.
_EXPECTED = (
    "id",
    "name",
    "account",
    "stage",
    "owner",
    "is_closed",
    "next_step",
    "due_date",
    "modified",
    "close_date",
    "amount",
)


@dataclass(frozen=True)
class Query:
    """What one part selects: the columns of its pages, by name."""

    relation: Relation
    columns: Mapping[str, Any]
    conditions: tuple[Any, ...] = ()

    def select(self, *what: Any) -> Any:
        """A statement on the same rows."""
        return sa.select(*what).select_from(self.relation.clause).where(*self.conditions)

    def frame(self, rows: Sequence[Sequence[Any]], first: int) -> pl.DataFrame:
        """Rows as a page: numbered from `first`; all else is text or, where a record has several of them, texts."""
        schema = {name: _page_type(name) for name in self.columns}
        return to_frame(rows, schema).with_row_index(ROW, offset=first)


def _page_type(name: str) -> pl.DataType:
    return SCHEMA[name].dtype if name in SCHEMA and isinstance(SCHEMA[name].dtype, pl.List) else pl.String()


@dataclass(frozen=True)
class Work:
    """`queries` and `lookups` are by part. `open_words` are the values of page column OPEN that mean that a deal is open.

    `notes` are for people.
    """

    fields: Fields
    queries: Mapping[str, Query]
    lookups: Mapping[str, Lookup]
    open_words: tuple[str, ...]
    coverage: Coverage
    notes: tuple[str, ...]


def plan_work(database: Database, settings: SqlSettings, context: Context) -> Work:
    """Look at the database, and decide. SourceError: there is no such table, or nothing in it is a next step."""
    relation = of_query(database, settings.query) if settings.query else find_table(database, str(settings.table))
    fields = map_columns(relation, settings)
    named, forbidden = _lookups(relation, fields, database, settings)
    marks = gone(relation, database)
    columns = {name: relation.column(column, database) for name, column in fields.columns.items()}
    columns |= {f"_{part}": relation.column(lookup.key, database) for part, lookup in named.items()}
    closed = closed_by(relation) if "is_closed" not in columns and "is_closed" not in settings.map else None
    conditions = _recent(relation, fields, database, settings, context)
    if relation.table is not None:
        conditions += tuple(marks.values())
    if closed:
        columns[OPEN] = relation.column(closed.column, database)
    queries = {RECORDS: Query(relation, columns, conditions)}
    for part, lookup in named.items():
        queries[part] = _lookup_query(lookup, queries[RECORDS], database)
    names = {**fields.columns, **({"is_closed": closed.column} if closed else {})}
    for lookup in named.values():
        names = {**{name: f"{lookup.relation.table}.{column}" for name, column in lookup.shown.items()}, **names}
    hidden = tuple(name for name in (*fields.hidden, *forbidden) if name not in names and name not in settings.map)
    notes = (*_notes(relation, fields, named, marks), *(forbidden[name] for name in hidden if name in forbidden))
    return Work(fields, queries, named, closed.words if closed else (), _coverage(names, hidden), notes)


def _lookups(
    relation: Relation, fields: Fields, database: Database, settings: SqlSettings
) -> tuple[dict[str, Lookup], dict[str, str]]:
    """Lookups by part, only those that give what the records have not themselves; and canonical columns that the user may not
    look up, with what is said of it."""
    if not settings.lookups:
        return {}, {}
    found, forbidden = lookups(relation, database)
    wanted = [
        lookup
        for lookup in found
        if any(fields.columns.get(name) in (None, lookup.key) for name in lookup.canonical if name not in settings.map)
    ]
    return {f"lookup{number}": lookup for number, lookup in enumerate(wanted, start=1)}, forbidden


def _lookup_query(lookup: Lookup, records: Query, database: Database) -> Query:
    columns = {name: lookup.relation.column(name, database) for name in lookup.columns}
    conditions = [columns[lookup.id].is_not(None)]
    types = (lookup.relation.types[lookup.id], records.relation.types[lookup.key])
    families = {getattr(kind, "_type_affinity", None) for kind in types}
    if lookup.only_used and len(families) == 1 and None not in families:  # a text is not to be compared with a number
        conditions.append(columns[lookup.id].in_(records.select(records.relation.column(lookup.key, database))))
    return Query(lookup.relation, columns, tuple(conditions))


def _recent(
    relation: Relation, fields: Fields, database: Database, settings: SqlSettings, context: Context
) -> tuple[Any, ...]:
    """The condition of `since`: changed or open. Nothing is left out where a type does not show how to compare."""
    since = context.since
    modified, closed = fields.columns.get("modified"), fields.columns.get("is_closed")
    if since is None or modified is None or closed is None or database.dialect == "sqlite":
        return ()
    kind = relation.types[modified]
    if not isinstance(kind, sa.DateTime) or not isinstance(relation.types[closed], sa.Boolean):
        return ()
    if not kind.timezone:
        zone = UTC if settings.naive_times == "utc" else ZoneInfo(context.timezone)
        since = since.astimezone(zone).replace(tzinfo=None)
    changed, is_closed = relation.column(modified, database), relation.column(closed, database)
    recent = changed >= sa.bindparam("since", since, sa.DateTime(timezone=kind.timezone))
    is_open = sa.type_coerce(is_closed, sa.Boolean) == sa.false()
    return (sa.or_(changed.is_(None), recent, is_closed.is_(None), is_open),)


def _notes(relation: Relation, fields: Fields, named: Mapping[str, Lookup], marks: Mapping[str, Any]) -> list[str]:
    notes = [f"{relation.name}: {note}" for note in fields.notes]
    notes += [
        f"{relation.name}: {', '.join(lookup.canonical)} from {lookup.relation.name}, by {lookup.key}"
        for lookup in named.values()
    ]
    given = {name for lookup in named.values() for name in lookup.canonical}
    for name, column in fields.ids.items():
        if name not in given:
            notes.append(f"{relation.name}: {name} is not read: “{column}” holds ids; a query: can join their names")
    if marks and relation.table is not None:
        notes.append(f"{relation.name}: rows that are deleted by {', '.join(marks)} are left out")
    elif marks:
        notes.append(f"{relation.name} gives {', '.join(marks)}, and does not leave out what is deleted by it")
    return notes


def _coverage(names: Mapping[str, str], hidden: tuple[str, ...]) -> Coverage:
    missing = tuple(name for name in _EXPECTED if name not in names and name not in hidden)
    return Coverage(tuple(dict.fromkeys([*names, *hidden, *missing])), names, hidden, missing)
