"""The deals themselves, a page a call: all by the list, or by search those that are open or have changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from steplint.errors import SourceError
from steplint.sources.hubspot.api import Answer, Api, Refused, rows_of
from steplint.sources.remote.interface import CursorLost, Page

__all__ = ["OVERLAP", "frame_of", "listed", "next_of", "searched"]

#: The search index lags behind: what changed so long before a moment may not have been found at it.
OVERLAP = timedelta(minutes=10)
_FOUND_AT_MOST = 200
_ID = "hs_object_id"
_BY_ID = [{"propertyName": _ID, "direction": "ASCENDING"}]

Filter = dict[str, Any]


def listed(api: Api, properties: Sequence[str], size: int, cursor: str | None) -> Iterator[Page]:
    """Every deal, in the order of the list.

    The list has no total of its own. That it ends where the deals end is asked of the search: no deal that was there when the
    pull began may have a higher id than all that came. A cursor is the highest id so far and HubSpot's own cursor.
    """
    highest, _, after = (cursor or "0 ").partition(" ")
    before: frozenset[str] = frozenset()
    while True:
        query: dict[str, str | int] = {"limit": size, "properties": ",".join(properties), "archived": "false"}
        try:
            answer = api.get("objects", "deals", **query, **({"after": after} if after else {}))
        except Refused as error:
            if after:
                raise CursorLost(error.message) from None
            raise
        rows = frame_of(rows_of(answer), properties)
        ids = frozenset(rows["id"])
        if ids and ids <= before:
            raise CursorLost("the same page again")
        before = ids
        highest = str(max([int(highest), *(int(id) for id in ids if id.isdecimal())]))
        after = next_of(answer)
        if not after:
            _check_end(api, highest)
        yield Page(rows, f"{highest} {after}" if after else None)
        if not after:
            return


def _check_end(api: Api, highest: str) -> None:
    """CursorLost: there are deals behind the end. The search may still name some that are deleted: those are read to be sure."""
    assert api.server_now is not None
    later = [_is(_ID, "GT", highest), _is("hs_createdate", "LT", _epoch(api.server_now))]
    body = {"filterGroups": [{"filters": later}], "sorts": _BY_ID, "properties": [_ID], "limit": 100}
    answer = api.post("objects", "deals", "search", body=body)
    named = {str(row.get("id")) for row in rows_of(answer)}
    if named:
        inputs = [{"id": id} for id in sorted(named)]
        there = rows_of(api.post("objects", "deals", "batch", "read", body={"properties": [_ID], "inputs": inputs}))
        if not named.isdisjoint(str(row.get("id")) for row in there):
            raise CursorLost(f"the list ended {_total(answer):,} deals early")


def searched(
    api: Api, properties: Sequence[str], since: datetime, pipelines: Sequence[str], cursor: str | None
) -> Iterator[Page]:
    """Deals that are open or changed since a moment; then, once more, what has changed while they were pulled.

    A search finds 10,000 deals at most. So each page is a search of its own, for the next ids: no limit is met, deals that
    change meanwhile do not move from page to page, and each answer must hold as many as its own total says. A cursor is the
    round, its moment in epoch milliseconds, and the last id.
    """
    assert api.server_now is not None
    within = [_is("pipeline", "IN", values=list(pipelines))] if pipelines else []
    began = _epoch(api.server_now - OVERLAP)
    turn, began, last = cursor.split(" ") if cursor else ("open", began, "0")
    while True:
        changed = _is("hs_lastmodifieddate", "GTE", _epoch(since - OVERLAP) if turn == "open" else began)
        either = [_is("hs_is_closed", "EQ", "false"), changed] if turn == "open" else [changed]
        body = {
            "filterGroups": [{"filters": [one, _is(_ID, "GT", last), *within]} for one in either],
            "sorts": _BY_ID,
            "properties": list(properties),
            "limit": _FOUND_AT_MOST,
        }
        answer = api.post("objects", "deals", "search", body=body)
        rows, total = frame_of(rows_of(answer), properties), _total(answer)
        last = _last_id(rows, last, total)
        if total > rows.height:
            yield Page(rows, f"{turn} {began} {last}")
        elif turn == "open":
            turn, last = "again", "0"
            yield Page(rows, f"{turn} {began} {last}")
        else:
            yield Page(rows, None)
            return


def _last_id(rows: pl.DataFrame, last: str, total: int) -> str:
    """The last id of a page, which has all that it should have, in its order, and nothing of the page before."""
    if rows.height != min(total, _FOUND_AT_MOST):
        raise CursorLost(f"{rows.height:,} deals of {min(total, _FOUND_AT_MOST):,} were found")
    ids = [int(last), *(int(id) if id.isdecimal() else 0 for id in rows["id"])]
    if ids != sorted(set(ids)):
        raise CursorLost("the same deals again")
    return str(ids[-1])


def frame_of(results: Sequence[Mapping[str, Any]], properties: Sequence[str]) -> pl.DataFrame:
    """Objects of an answer as texts: `id`, and a column a property. SourceError where they have another shape."""
    rows = []
    for result in results:
        values, id = result.get("properties"), result.get("id")
        if not isinstance(values, dict) or not isinstance(id, str | int):
            raise SourceError("HubSpot's answer has objects of another shape", hint="check version of the source")
        rows.append({**values, "id": str(id)})
    return texts(rows, ["id", *properties])


def texts(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pl.DataFrame:
    """A frame of strings. Halves of surrogate pairs, which JSON can hold and no text can, become U+FFFD."""
    schema = dict.fromkeys(columns, pl.String)
    try:
        return pl.from_dicts(rows, schema=schema, strict=False)
    except (UnicodeEncodeError, pl.exceptions.ComputeError):
        return pl.from_dicts([{name: _text(row.get(name)) for name in columns} for row in rows], schema=schema)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def next_of(answer: Mapping[str, Any]) -> str:
    """Where the next page begins; empty after the last one. HubSpot's `link` is never followed."""
    paging = answer.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    after = following.get("after") if isinstance(following, dict) else None
    return str(after) if isinstance(after, str | int) else ""


def _total(answer: Answer) -> int:
    total = answer.get("total")
    if not isinstance(total, int):
        raise SourceError("HubSpot's answer to a search has no total", hint="check base_url and version of the source")
    return total


def _is(property: str, operator: str, value: str = "", values: Sequence[str] = ()) -> Filter:
    """One condition of a search."""
    given: Filter = {"values": list(values)} if values else {"value": value}
    return {"propertyName": property, "operator": operator, **given}


def _epoch(moment: datetime) -> str:
    """Milliseconds since 1970, as searches take moments."""
    return str(int(moment.timestamp() * 1000))
