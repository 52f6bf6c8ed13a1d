"""Pages of a query by REST: each answer says where the next page is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import polars as pl
import requests

from steplint.sources.remote.interface import CursorLost, Page
from steplint.sources.salesforce.api import Api
from steplint.sources.salesforce.errors import NotWhole, Refused
from steplint.sources.salesforce.queries import Query

__all__ = ["rest_pages"]

#: Where a page is: a locator, and how many rows come before it.
_CURSOR = re.compile(r"(/services/data/v\d+\.0/query/[A-Za-z0-9]{1,40})-(\d{1,9})")


def rest_pages(api: Api, query: Query, cursor: str | None) -> Iterator[Page]:
    """The pages of `query` from `cursor` (a nextRecordsUrl) on; CursorLost where the locator has died."""
    verb = "queryAll" if query.deleted else "query"
    while True:
        path, params = (cursor, None) if cursor else (f"{api.data}/{verb}/", {"q": query.soql})
        try:
            page = api.read(path, partial(_page, query, cursor), params=params)
        except Refused as error:
            if error.code == "INVALID_QUERY_LOCATOR":
                raise CursorLost(error.code) from None
            raise
        yield page
        cursor = page.cursor
        if cursor is None:
            return


def _page(query: Query, asked: str | None, response: requests.Response) -> Page:
    """An answer as a page; NotWhole where it is cut off, or is another page than the one that was asked for."""
    try:
        # Numbers stay as they are written: all columns of pages are text, as Bulk gives them.
        answer = json.loads(response.content, parse_float=str, parse_int=str)
        records: list[dict[str, Any]] = answer["records"]
        total, following = int(answer["totalSize"]), None if answer["done"] else str(answer["nextRecordsUrl"])
        rows = pl.DataFrame([pl.Series(path, _values(records, path), dtype=pl.String) for path in query.fields])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotWhole("no page") from None
    if following is not None and _offset(following) <= (_offset(asked) if asked else 0):
        raise NotWhole("another page")
    return Page(rows, following, total)


def _offset(cursor: str) -> int:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise NotWhole("no cursor")
    return int(found[2])


def _values(records: list[dict[str, Any]], path: str) -> list[str | None]:
    """One column: what stands at `path` in each record, a parent that is not there being null."""
    *parents, last = path.split(".")
    places: list[Mapping[str, Any] | None] = list(records)
    for parent in parents:
        places = [None if place is None else place[parent] for place in places]
    return [None if place is None else _text(place[last]) for place in places]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    raise TypeError
