"""One way for the tests to patch bytes as a file of some name, with the records that its own reader gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from steplint.records.org import Org
from steplint.sources import open_source
from steplint.sources.patch import Edit, Patched, patch

__all__ = ["AS_OF", "File", "reasons"]

AS_OF = date(2026, 1, 12)


@dataclass
class File:
    """A file on disk: what its reader makes of it, and what a patch does."""

    path: Path
    options: Mapping[str, Any]

    @classmethod
    def of(cls, folder: Path, name: str, data: bytes | str, **options: Any) -> File:
        path = folder / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return cls(path, options)

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    def records(self) -> list[dict[str, Any]]:
        options = {name: value for name, value in self.options.items() if name != "timezone"}
        org = Org(timezone=self.options.get("timezone", "UTC"))
        stream = open_source([str(self.path)], as_of=AS_OF, allow_empty=True, org=org, **options)
        batches = [batch.records for batch in stream.batches]
        return pl.concat(batches).to_dicts() if batches else []

    def edit(self, row: int, field: str, new: str) -> Edit:
        """An edit of what the record has there now."""
        record = self.records()[row]
        return edit_of(record, field, new)

    def patch(self, *edits: Edit) -> Patched:
        before = self.data
        patched = patch(str(self.path), edits, as_of=AS_OF, **self.options)
        assert self.data == before, "a patch writes nothing"
        assert sorted([*patched.done, *(edit for edit, _ in patched.refused)]) == sorted(edits)
        return patched

    def after(self, *edits: Edit) -> bytes:
        """The bytes with edits that must all be made."""
        patched = self.patch(*edits)
        assert patched.refused == []
        return patched.data

    def put(self, row: int, field: str, new: str) -> str:
        """The text of the file with one edit that must be made."""
        return self.after(self.edit(row, field, new)).decode()

    def refuses(self, row: int, field: str, new: str) -> str:
        """Why an edit is not made; the bytes then stay."""
        patched = self.patch(self.edit(row, field, new))
        assert patched.data == self.data
        return reasons(patched)[0]


def edit_of(record: Mapping[str, Any], field: str, new: str) -> Edit:
    old = record[field]
    text = old.isoformat() if isinstance(old, date) else old
    return Edit(record["line"], record["column"], field, text, new)


def reasons(patched: Patched) -> list[str]:
    return [reason for _, reason in patched.refused]


def differing(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """(row, column) of each value that two readings have otherwise; both must have as many rows."""
    pairs = list(zip(before, after, strict=True))
    return [(at, name) for at, (old, new) in enumerate(pairs) for name in old if old[name] != new[name]]
