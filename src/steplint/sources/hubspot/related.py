"""What belongs to deals: owners, links to other records, those records themselves, and earlier values of the next step."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import polars as pl

from steplint.sources.hubspot.api import Answer, Api, Refused, rows_of
from steplint.sources.hubspot.deals import frame_of, next_of, texts
from steplint.sources.remote.interface import CursorLost, Page

__all__ = ["OWNER", "histories", "links", "objects", "owners"]

#: Columns of a row of the part `owners`.
OWNER = ("id", "firstName", "lastName", "email", "archived", "team")
#: How many ids HubSpot takes in one call.
_LINKED, _READ, _READ_WITH_HISTORY = 1_000, 100, 50
#: HubSpot's own type of the association of a deal with its primary company.
_PRIMARY = 5


def owners(api: Api, cursor: str | None) -> Iterator[Page]:
    """Owners, then those who are deactivated. A cursor is which of the two, and HubSpot's own."""
    archived, _, after = (cursor or "false ").partition(" ")
    while True:
        try:
            answer = api.get("owners", limit=500, archived=archived, **({"after": after} if after else {}))
        except Refused as error:
            if after:
                raise CursorLost(error.message) from None
            raise
        found = rows_of(answer)
        if any(bool(row.get("archived")) is not (archived == "true") for row in found):
            raise CursorLost("the answer to another question")
        rows = texts([{**row, "archived": archived, "team": _team(row)} for row in found], OWNER)
        after = next_of(answer)
        if after or archived == "false":
            archived = archived if after else "true"
            yield Page(rows, f"{archived} {after}")
        else:
            yield Page(rows, None)
            return


def _team(owner: Answer) -> str | None:
    """The owner's primary team, else the only one."""
    teams = rows_of(owner, "teams", optional=True)
    first = [team for team in teams if team.get("primary") is True] or (teams if len(teams) == 1 else [])
    return str(first[0].get("name") or "") or None if first else None


def _batches(ids: pl.Series, size: int, cursor: str | None) -> Iterator[tuple[list[str], str | None]]:
    """Ids in batches, each with the cursor behind it; one empty batch where there are none."""
    start = int(cursor or 0)
    while True:
        end = start + size
        yield ids[start:end].to_list(), str(end) if end < len(ids) else None
        if end >= len(ids):
            return
        start = end


def links(api: Api, to: str, deals: pl.Series, cursor: str | None) -> Iterator[Page]:
    """Rows `deal`, `id` (of a record of the kind `to`) and `primary` ("true" for the deal's primary company)."""
    for batch, behind in _batches(deals, _LINKED, cursor):
        rows: list[dict[str, Any]] = []
        asked: list[dict[str, str]] = [{"id": deal} for deal in batch]
        seen: set[tuple[str, str]] = set()
        while asked:
            answer = api.post("associations", "deals", to, "batch", "read", body={"inputs": asked})
            results = [(_start(result), result) for result in rows_of(answer)]
            _check({deal for deal, _ in results}, [row["id"] for row in asked])
            asked = []
            for deal, result in results:
                rows += [_link(deal, link) for link in rows_of(result, "to", optional=True)]
                # A deal with many records has pages of its own.
                if after := next_of(result):
                    if (deal, after) in seen:
                        raise CursorLost("the same place again")
                    seen.add((deal, after))
                    asked.append({"id": deal, "after": after})
        yield Page(texts(rows, ["deal", "id", "primary"]), behind)


def _start(result: Answer) -> str:
    start = result.get("from")
    return str(start.get("id")) if isinstance(start, dict) else ""


def _check(found: Collection[str], asked: Collection[str]) -> None:
    """Some of what was asked for may be gone, and of a merged record the other one comes; but not only such."""
    if found and set(asked).isdisjoint(found):
        raise CursorLost("the answer to another question")


def _link(deal: str, link: Answer) -> dict[str, str]:
    types = rows_of(link, "associationTypes", optional=True)
    primary = any(kind.get("category") == "HUBSPOT_DEFINED" and kind.get("typeId") == _PRIMARY for kind in types)
    return {"deal": deal, "id": str(link.get("toObjectId")), "primary": "true" if primary else "false"}


def objects(api: Api, kind: str, properties: Sequence[str], ids: pl.Series, cursor: str | None) -> Iterator[Page]:
    """Records of a kind by their ids: `id` and properties. What is deleted meanwhile is not among them."""
    for batch, behind in _batches(ids, _READ, cursor):
        found = _read(api, kind, {"properties": list(properties)}, batch)
        yield Page(frame_of(found, properties), behind)


def histories(api: Api, property: str, deals: pl.Series, cursor: str | None) -> Iterator[Page]:
    """All values that a property of deals has had: `deal`, `at`, `value` and `place`, in which order they came."""
    for batch, behind in _batches(deals, _READ_WITH_HISTORY, cursor):
        found = _read(api, "deals", {"properties": ["hs_object_id"], "propertiesWithHistory": [property]}, batch)
        rows = [
            {"deal": str(deal.get("id")), "at": version.get("timestamp"), "value": version.get("value"), "place": place}
            for deal in found
            for place, version in enumerate(rows_of(deal.get("propertiesWithHistory"), property, optional=True))
        ]
        yield Page(texts(rows, ["deal", "at", "value", "place"]), behind)


def _read(api: Api, kind: str, wanted: dict[str, Any], ids: list[str]) -> list[Answer]:
    if not ids:
        return []
    answer = api.post("objects", kind, "batch", "read", body={**wanted, "inputs": [{"id": id} for id in ids]})
    found = rows_of(answer)
    _check({str(row.get("id")) for row in found}, ids)
    return found
