"""Small queries whose rows are wanted at once: what is there already, and who owns it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
from simple_salesforce.format import quote_soql_value

from steplint.errors import SourceError
from steplint.sources.remote.interface import CursorLost, Part
from steplint.sources.salesforce.api import Api
from steplint.sources.salesforce.queries import Query
from steplint.sources.salesforce.rest import rest_pages

__all__ = ["lookup", "lookup_ids"]

_ATTEMPTS = 3
#: Ids of a query: an address of 16,000 characters holds them.
_IDS = 200


def lookup(
    api: Api, kind: str, fields: Sequence[str], conditions: Sequence[str], *, deleted: bool = False
) -> pl.DataFrame:
    """All rows, each once, of `fields` and Id, as text. `deleted`: also what lies in the recycle bin or is archived.

    Names must have been checked against the schema, and values quoted.
    """
    query = Query(Part(kind, ("Id",)), kind, (*fields, "Id"), tuple(conditions), deleted=deleted)
    for _ in range(_ATTEMPTS):
        try:
            pages = list(rest_pages(api, query, None))
        except CursorLost:
            continue
        rows = pl.concat(page.rows for page in pages).unique("Id", keep="last", maintain_order=True)
        if rows.height == pages[-1].total:
            return rows
    raise SourceError(
        f"{api.name}: {kind}: not all rows came, {_ATTEMPTS} times", hint="nothing was written; try again"
    )


def lookup_ids(api: Api, kind: str, fields: Sequence[str], ids: Sequence[str]) -> pl.DataFrame:
    """The rows with these ids, as `lookup`."""
    parts = [lookup(api, kind, fields, condition) for condition in _conditions(ids)]
    return pl.concat([pl.DataFrame(schema=dict.fromkeys((*fields, "Id"), pl.String)), *parts])


def _conditions(ids: Sequence[str]) -> Iterator[tuple[str]]:
    for start in range(0, len(ids), _IDS):
        yield (f"Id IN {quote_soql_value(list(ids[start : start + _IDS]))}",)
