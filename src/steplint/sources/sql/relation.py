"""What the records are read from: a table of the database, or the query of the configuration; and its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.sql.elements import quoted_name

from steplint.errors import SourceError, nearest
from steplint.sources.sql.connect import Database
from steplint.sources.sql.statement import as_text, check_query

__all__ = ["Relation", "find_table", "of_query", "table_beside"]


@dataclass(frozen=True)
class Relation:
    """`types`: each column that may be read, and its type where the database says it (a query's has none).
    `hidden`: columns that this user may not read. `name` is for people; `schema` and `table` are those of a table."""

    name: str
    clause: Any
    types: Mapping[str, Any]
    hidden: tuple[str, ...] = ()
    schema: str | None = None
    table: str | None = None

    def column(self, name: str, database: Database) -> Any:
        """A column of it by its name as the database writes it, without a type: values come as the driver gives them."""
        return sa.column(_quoted(name, database.engine.dialect))


def _quoted(name: str, dialect: Any) -> str:
    # Databases that write all names in capitals are spoken to in small letters; their dialects see to that.
    return name if dialect.requires_name_normalize else quoted_name(name, quote=True)


def of_query(database: Database, query: str) -> Relation:
    """The answer to a query as something to select from. SourceError: it is not one SELECT, or the database refuses it."""
    checked = check_query(query, database.dialect)
    # A comment may end the query: the bracket stands on a line of its own.
    clause = sa.text(f"(\n{as_text(checked)}\n) steplint_query")
    with database.asking():
        answer = database.connection.execute(sa.select(sa.text("*")).select_from(clause).where(sa.false()))
        names = list(answer.keys())
        answer.close()
    return Relation("the query", clause, dict.fromkeys(names)) if len(set(names)) == len(names) else _twins(names)


def _twins(names: list[str]) -> Relation:
    name = next(name for name in names if names.count(name) > 1)
    raise SourceError(
        f"query: {names.count(name)} columns are called “{name}”", hint="give each a name of its own with AS"
    )


def find_table(database: Database, wanted: str) -> Relation:
    """The table or view `schema.name`. SourceError, with the nearest names: there is none."""
    schema, _, name = wanted.rpartition(".")
    with database.asking():
        names = _tables(database.inspector, schema or None)
        found = _same(name, names)
        if found is None:
            raise _no_table(database.inspector, schema, name, names)
        return _described(database, schema or None, found)


def table_beside(database: Database, relation: Relation, names: tuple[str, ...]) -> Relation | None:
    """The first of `names` that is a table in the schema of `relation`."""
    with database.asking():
        tables = _tables(database.inspector, relation.schema)
        found = next((table for name in names if (table := _same(name, tables)) is not None), None)
        return None if found is None else _described(database, relation.schema, found)


def _tables(inspector: Inspector, schema: str | None) -> list[str]:
    names = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
    if inspector.dialect.name == "postgresql":
        names += inspector.get_materialized_view_names(schema)
        names += inspector.get_foreign_table_names(schema)  # type: ignore[attr-defined]  # PostgreSQL's own
    return names


def _same(wanted: str, names: list[str]) -> str | None:
    """The name itself, else the only one that differs by case alone."""
    if wanted in names:
        return wanted
    alike = [name for name in names if name.casefold() == wanted.casefold()]
    return alike[0] if len(alike) == 1 else None


def _no_table(inspector: Inspector, schema: str, name: str, names: list[str]) -> SourceError:
    where = f"schema {schema}" if schema else "the default schema"
    schemas = inspector.get_schema_names()
    elsewhere = [other for other in schemas if not schema and _same(name, inspector.get_table_names(other))]
    close = nearest(name, names)
    if elsewhere:
        hint = f"did you mean {elsewhere[0]}.{name}?"
    elif close:
        hint = f"did you mean {f'{schema}.' if schema else ''}{close}?"
    elif names:
        hint = f"it has {', '.join(sorted(names)[:20])}"
    elif schema and (near := nearest(schema, schemas)) and near != schema:
        hint = f"did you mean {near}.{name}?"
    else:
        hint = f"schemas are {', '.join(schemas[:20])}"
    return SourceError(f"there is no table {name} in {where} that this user can see", hint=hint)


def _described(database: Database, schema: str | None, name: str) -> Relation:
    dialect = database.engine.dialect
    clause = sa.table(_quoted(name, dialect), schema=_quoted(schema, dialect) if schema else None)
    types = _types(database, clause, schema, name)
    hidden = _hidden(database, clause)
    readable = {column: kind for column, kind in types.items() if column not in hidden}
    shown = f"{schema}.{name}" if schema else name
    return Relation(shown, clause, readable, tuple(column for column in types if column in hidden), schema, name)


def _types(database: Database, clause: Any, schema: str | None, name: str) -> dict[str, Any]:
    if database.dialect == "duckdb":  # its dialect asks for tables of PostgreSQL's that DuckDB has not
        return dict.fromkeys(
            database.connection.execute(sa.select(sa.text("*")).select_from(clause).where(sa.false())).keys()
        )
    return {str(column["name"]): column["type"] for column in database.inspector.get_columns(name, schema)}


def _hidden(database: Database, clause: Any) -> frozenset[str]:
    """Columns that the user was not granted. Only PostgreSQL shows them at all; elsewhere they are as if they were not there."""
    if database.dialect != "postgresql":
        return frozenset()
    name = database.engine.dialect.identifier_preparer.format_table(clause)
    asked = sa.text(
        "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:name AS regclass) AND attnum > 0 AND NOT attisdropped"
        " AND NOT has_column_privilege(attrelid, attnum, 'SELECT')"
    )
    return frozenset(database.connection.scalars(asked, {"name": name}))
