"""What a loopback Salesforce knows: its records in SQLite, who may see what, and why a write is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from tests.servers.salesforce_objects import NAMED, made_id, objects
from tests.servers.soql import Field, Query, SoqlError, parse, stamp

#: Why a record is not written: (statusCode, message), or None where it is.
Refuse = Callable[[str, Mapping[str, Any]], tuple[str, str] | None]


class Org:
    """Objects, records and permissions. Values are kept as the API writes them, booleans as 0 and 1."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.objects = objects()
        self.hidden: set[str] = set()
        self.refuse: Refuse = lambda _kind, _record: None
        self.made = 10**12
        self.db = sqlite3.connect(":memory:", check_same_thread=False)
        for name, fields in self.objects.items():
            if name != "Name":
                columns = ", ".join(self._column(field) for field in fields.values())
                self.db.execute(f'CREATE TABLE "{name}" ({columns})')
        shown = []
        for name in NAMED:
            email, active = (f'"{c}"' if c.lower() in self.objects[name] else "NULL" for c in ("Email", "IsActive"))
            shown.append(f"SELECT Id, Name, '{name}' AS Type, {email} AS Email, {active} AS IsActive FROM \"{name}\"")
        self.db.execute(f'CREATE VIEW "Name" AS {" UNION ALL ".join(shown)}')

    @staticmethod
    def _column(field: Field) -> str:
        if field.type == "id":
            return f'"{field.name}" TEXT PRIMARY KEY'
        plain = field.type in ("string", "picklist", "email", "textarea", "anyType")
        numeric = field.type in ("currency", "double", "percent", "int")
        kind = "REAL" if numeric else "INTEGER" if field.type == "boolean" else "TEXT"
        return f'"{field.name}" {kind}{" COLLATE NOCASE" if plain else ""}'

    def add_field(self, kind: str, field: Field) -> None:
        """A custom field, as an admin makes it: the external id of a write-back, say."""
        self.objects[kind][field.name.lower()] = field
        self.db.execute(f'ALTER TABLE "{kind}" ADD COLUMN {self._column(field)}')

    def hide(self, *names: str) -> None:
        """Take `Object` or `Object.Field` away from the user."""
        self.hidden |= set(names)

    def load(self, chunks: Iterable[tuple[str, list[dict[str, Any]]]]) -> None:
        """Insert rows as they are."""
        for kind, rows in chunks:
            names = list(dict.fromkeys(name for row in rows for name in row))
            columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
            insert = f'INSERT INTO "{kind}" ({columns}) VALUES ({marks})'
            self.db.executemany(insert, ([row.get(name) for name in names] for row in rows))

    def select(self, soql: str) -> tuple[Query, list[tuple[Any, ...]]]:
        """The rows of a query; for COUNT() one row with the number. SoqlError."""
        query = parse(soql, self.objects, frozenset(self.hidden))
        return query, self.db.execute(query.sql, query.values).fetchall()

    def describe(self, kind: str) -> dict[str, Any] | None:
        """What the user may see of an object; None: nothing at all."""
        if kind not in self.objects or kind in self.hidden or kind == "Name":
            return None
        seen = [f for f in self.objects[kind].values() if f"{kind}.{f.name}" not in self.hidden]
        return {"name": kind, "label": kind, "queryable": True, "fields": [_described(field) for field in seen]}

    # -- writes

    def create(self, kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
        """A result as composite/sobjects gives it."""
        refused = self._refused(kind, record)
        if refused:
            return _failed(*refused)
        self.made += 1
        new, now = made_id(kind, self.made), stamp(self.now())
        stamps = {
            n: now for n in ("CreatedDate", "SystemModstamp", "LastModifiedDate") if n.lower() in self.objects[kind]
        }
        self.load([(kind, [{**stamps, **self._known(kind, record), "Id": new}])])
        return {"id": new, "success": True, "errors": [], "created": True}

    def update(self, kind: str, key: str, record: Mapping[str, Any]) -> dict[str, Any]:
        if not self.db.execute(f'SELECT 1 FROM "{kind}" WHERE Id = ?', [key]).fetchone():
            return _failed("ENTITY_IS_DELETED", "entity is deleted")
        refused = self._refused(kind, record)
        if refused:
            return _failed(*refused)
        values = self._known(kind, record)
        values |= {
            n: stamp(self.now()) for n in ("SystemModstamp", "LastModifiedDate") if n.lower() in self.objects[kind]
        }
        changes = ", ".join(f'"{name}" = ?' for name in values)
        self.db.execute(f'UPDATE "{kind}" SET {changes} WHERE Id = ?', [*values.values(), key])
        return {"id": key, "success": True, "errors": [], "created": False}

    def upsert(self, kind: str, field: str, record: Mapping[str, Any]) -> dict[str, Any]:
        """Create or update by a field that is an external id."""
        known = self.objects[kind].get(field.lower())
        if known is None or not (known.external or known.type == "id"):
            return _failed(
                "INVALID_FIELD", f"Field name provided, {field} is not an External ID or indexed field for {kind}"
            )
        value = record.get(known.name)
        found = self.db.execute(f'SELECT Id FROM "{kind}" WHERE "{known.name}" = ?', [value]).fetchall()
        if len(found) > 1:
            return _failed("DUPLICATE_EXTERNAL_ID", f"{field}: more than one record found for external id")
        rest = {name: value for name, value in record.items() if name != "Id"}
        return self.update(kind, found[0][0], rest) if found else self.create(kind, rest)

    def _refused(self, kind: str, record: Mapping[str, Any]) -> tuple[str, str] | None:
        for name in record:
            known = self.objects[kind].get(name.lower())
            if name != "attributes" and (known is None or f"{kind}.{known.name}" in self.hidden):
                return "INVALID_FIELD", f"No such column '{name}' on sobject of type {kind}"
            if known and isinstance(record[name], str) and len(record[name]) > known.length:
                return "STRING_TOO_LONG", f"{name}: data value too large: (max length={known.length})"
        return self.refuse(kind, record)

    def _known(self, kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
        return {self.objects[kind][name.lower()].name: value for name, value in record.items() if name != "attributes"}


def _failed(code: str, message: str) -> dict[str, Any]:
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": []}]}


def _described(field: Field) -> dict[str, Any]:
    return {
        "name": field.name, "type": field.type, "label": field.name.replace("_", " "), "custom": field.custom,
        "updateable": field.type != "id", "length": field.length, "referenceTo": list(field.refers),
        "relationshipName": field.relationship, "externalId": field.external, "picklistValues": [],
    }  # fmt: skip


__all__ = ["Org", "SoqlError"]
