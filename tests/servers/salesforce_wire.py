"""How Salesforce writes its answers: errors, nested records, CSV."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

from tests.servers.base import Reply, json_reply
from tests.servers.soql import Query


def refused(status: int, code: str, message: str) -> Reply:
    return json_reply([{"message": message, "errorCode": code}], status)


def refused_write(result: dict[str, Any]) -> Reply:
    error = result["errors"][0]
    return json_reply([{"message": error["message"], "errorCode": error["statusCode"], "fields": []}], 400)


def oauth_error(error: str, description: str) -> Reply:
    return json_reply({"error": error, "error_description": description}, 400)


def envelope(inner: str) -> bytes:
    opening = '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{opening}{inner}</soapenv:Body></soapenv:Envelope>'.encode()


def record_of(query: Query, row: tuple[Any, ...]) -> dict[str, Any]:
    """A record as REST nests it: parents with attributes of their own, or null; moments end in +0000."""
    record: dict[str, Any] = {
        "attributes": {"type": query.object, "url": f"/services/data/v64.0/sobjects/{query.object}/x"}
    }
    for (path, field), value in zip(query.fields, row, strict=True):
        *parents, last = path.split(".")
        place = record
        for parent in parents:
            place = place.setdefault(parent, {"attributes": {"type": parent, "url": "/x"}})
        if field.type == "boolean" and value is not None:
            value = bool(value)
        elif field.type == "datetime" and value is not None:
            value = value.replace("Z", "+0000")
        place[last] = value
    return _without_empty_parents(record)


def _without_empty_parents(record: dict[str, Any]) -> dict[str, Any]:
    for name, inner in record.items():
        if name != "attributes" and isinstance(inner, dict):
            empty = all(value is None for key, value in inner.items() if key != "attributes")
            record[name] = None if empty else _without_empty_parents(inner)
    return record


def csv_of(query: Query, rows: list[tuple[Any, ...]]) -> bytes:
    """Rows as Bulk writes them: everything quoted, LF, null as nothing, numbers as Java writes them."""
    kinds = [field.type for _, field in query.fields]
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([path for path, _ in query.fields])
    for row in rows:
        writer.writerow([_cell(kind, value) for kind, value in zip(kinds, row, strict=True)])
    return out.getvalue().encode()


def _cell(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if kind == "boolean":
        return "true" if value else "false"
    if isinstance(value, float):
        digits, _, exponent = f"{Decimal(repr(value)).normalize():E}".partition("E")
        return f"{digits}{'' if '.' in digits else '.0'}E{int(exponent)}" if abs(value) >= 1e7 else repr(value)
    return str(value)
