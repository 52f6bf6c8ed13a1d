"""YAML exports: a list of mappings, or a mapping that holds one (`records:`, `deals:` …), or one mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steplint import yaml_safe
from steplint.errors import InputError
from steplint.sources.encoding import Utf8Reader
from steplint.sources.objects import Row, flat, frame_of, map_keys
from steplint.sources.tables import Rejections, Table, TextBlock, whole

__all__ = ["read_yaml"]

#: A file of YAML is read into memory several times its size.
LARGEST = 64 << 20
MAX_NODES = 20_000_000


def read_yaml(
    reader: Utf8Reader, path: str, *, preset: str | None = None, overrides: Mapping[str, str] | None = None
) -> Table:
    """Values are text as written, so that `no`, `007` and `1_000` stay what they are; only null and nothing are null."""
    text = whole(reader, path).decode()
    document = yaml_safe.load(
        text, path=path, error=InputError, max_nodes=MAX_NODES, max_bytes=LARGEST, as_written=True
    )
    rows = _rows(document, path)
    mapping = map_keys((row for _, row in rows), preset=preset, overrides=overrides, path=path, line=rows[0][0])
    blocks = iter([TextBlock(frame_of(rows, mapping, path), Rejections(path).take())])
    return Table("yaml", path, mapping, blocks, reader.notes)


def _rows(document: yaml_safe.Document, path: str) -> list[tuple[int, Row]]:
    data = document.data
    where: tuple[str, ...] = ()
    if isinstance(data, dict):
        lists = [key for key, value in data.items() if _of_mappings(value)]
        if not lists:
            return [(document.place(())[0], flat(data))]
        data, where = data[lists[0]], (lists[0],)
    if not _of_mappings(data):
        raise InputError("no mappings in this YAML", path=path, hint="expected a list of records, each with its fields")
    return [(document.place((*where, at))[0], flat(item)) for at, item in enumerate(data)]


def _of_mappings(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
