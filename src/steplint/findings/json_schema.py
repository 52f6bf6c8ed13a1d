"""The JSON Schema of one finding, made from the table's own schema."""

from __future__ import annotations

from typing import Any

import polars as pl

from steplint.findings.schema import SCHEMA, SEVERITIES

__all__ = ["finding_schema"]

_NEVER_NULL = {"code", "name", "severity", "message", "primary", "key", "fingerprint", "spans"}


def finding_schema() -> dict[str, Any]:
    """What a finding looks like in json and jsonl reports. Minor releases only add keys."""
    properties = {
        name: {**_typed(column.dtype, null=name not in _NEVER_NULL), "description": column.doc}
        for name, column in SCHEMA.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "steplint finding",
        "type": "object",
        "properties": properties,
        "required": list(SCHEMA),
    }


def _typed(dtype: Any, *, null: bool) -> dict[str, Any]:
    if isinstance(dtype, pl.Enum):
        return {"enum": [*SEVERITIES, None] if null else list(SEVERITIES)}
    made: dict[str, Any] = {"type": _name(dtype)}
    if isinstance(dtype, pl.List):
        made["items"] = _typed(dtype.inner, null=False)
    elif isinstance(dtype, pl.Struct):
        made["properties"] = {field.name: _typed(field.dtype, null=True) for field in dtype.fields}
    if null:
        made["type"] = [made["type"], "null"]
    return made


def _name(dtype: Any) -> str:
    if isinstance(dtype, pl.List):
        return "array"
    if isinstance(dtype, pl.Struct):
        return "object"
    if dtype == pl.Boolean:
        return "boolean"
    if dtype.is_integer():
        return "integer"
    return "number" if dtype.is_float() else "string"
