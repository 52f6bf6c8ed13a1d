"""HubSpot's REST API on loopback, as far as steplint reads it: dated and numbered paths, its limits and its refusals.

What the real one does and is easily forgotten: lists have no total; a search finds 10,000 at most and lags behind; a batch
answers 207 where something in it is not there; unknown properties are left out; sensitive ones are listed apart.
"""

from __future__ import annotations

import argparse
import re
import sys
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.servers.base import Call, Reply, Server, json_reply
from tests.servers.hubspot_data import PIPELINES, PROPERTIES, Account, Values, account

TOKEN = "pat-na1-canary-4711-token"  # noqa: S105 - what tests look for in everything that is written
SCOPES = {
    "deals": "crm.objects.deals.read",
    "companies": "crm.objects.companies.read",
    "contacts": "crm.objects.contacts.read",
    "meetings": "crm.objects.contacts.read",
    "owners": "crm.objects.owners.read",
    "properties": "crm.schemas.deals.read",
    "pipelines": "crm.objects.deals.read",
}
SENSITIVE = "crm.objects.deals.sensitive.read.v2"
_ROUTES = (
    (re.compile(r"/crm/(?:objects/(?P<dated>[\d-]+)|v3/objects)/(?P<kind>\w+)"), "_list"),
    (re.compile(r"/crm/(?:objects/(?P<dated>[\d-]+)|v3/objects)/(?P<kind>\w+)/search"), "_search"),
    (re.compile(r"/crm/(?:objects/(?P<dated>[\d-]+)|v3/objects)/(?P<kind>\w+)/batch/read"), "_batch"),
    (re.compile(r"/crm/(?:associations/(?P<dated>[\d-]+)|v4/associations)/deals/(?P<kind>\w+)/batch/read"), "_links"),
    (re.compile(r"/crm/(?:(?P<kind>owners)/(?P<dated>[\d-]+)|v3/owners)"), "_owners"),
    (re.compile(r"/crm/(?:(?P<kind>pipelines)/(?P<dated>[\d-]+)|v3/pipelines)/deals"), "_pipelines"),
    (re.compile(r"/crm/(?:(?P<kind>properties)/(?P<dated>[\d-]+)|v3/properties)/deals"), "_properties"),
    (re.compile(r"/account-info/(?:(?P<dated>[\d-]+)|v3)/details"), "_details"),
)
#: 429 of the day's limit, and of the ten seconds'.
DAILY = {
    "status": "error",
    "message": "You have reached your daily limit.",
    "errorType": "RATE_LIMIT",
    "policyName": "DAILY",
}
ROLLING = {
    **DAILY,
    "message": "You have reached your ten_secondly_rolling limit.",
    "policyName": "TEN_SECONDLY_ROLLING",
}


def problem(status: int, category: str, message: str, **more: Any) -> Reply:
    return json_reply(
        {"status": "error", "message": message, "correlationId": "c0ffee", "category": category, **more}, status
    )


class HubSpot(Server):
    """An account behind the API of `version`. `scopes` are the key's; `seconds` is the clock that limits are counted by."""

    def __init__(
        self,
        store: Account,
        version: str = "2026-09",
        seconds: Callable[[], float] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(now)
        self.account = store
        self.version = version
        self.scopes = {*SCOPES.values()}
        self.properties = {name: {"name": name, "type": kind, **more} for name, kind, more in PROPERTIES}
        self.links_a_page = 500
        self.late: Counter[int] = Counter()  # deals that so many more searches do not find
        self.ghosts: set[int] = set()  # deleted deals that every search still finds
        self.ui_domain = "app-eu1.hubspot.com"
        self._seconds = seconds
        self._searches: deque[float] = deque()
        self._matches: dict[str, list[int]] = {}
        self._changes = 0
        self._known: dict[str, Any] = {}

    def answer(self, call: Call) -> Reply:
        if call.headers.get("authorization") != f"Bearer {TOKEN}":
            return problem(401, "INVALID_AUTHENTICATION", "Authentication credentials not found. See the docs.")
        for pattern, method in _ROUTES:
            if found := pattern.fullmatch(call.path):
                if (found["dated"] or "v3") != self.version:
                    break
                kind = found.groupdict().get("kind") or method.strip("_")
                scope = SCOPES.get(kind)
                if scope and scope not in self.scopes:
                    needed = [{"message": "One or more …", "context": {"requiredGranularScopes": [scope]}}]
                    return problem(
                        403, "MISSING_SCOPES", "This app hasn't been granted all required scopes.", errors=needed
                    )
                reply: Reply = getattr(self, method)(call, kind)
                return reply
        return json_reply({"status": "error", "message": "resource not found"}, 404)

    def _details(self, _call: Call, _kind: str) -> Reply:
        return json_reply({"portalId": 4242, "uiDomain": self.ui_domain, "companyCurrency": "CHF", "timeZone": "UTC"})

    def _properties(self, call: Call, _kind: str) -> Reply:
        level = call.query.get("dataSensitivity", "non_sensitive")
        found = [row for row in self.properties.values() if row.get("dataSensitivity", "non_sensitive") == level]
        return json_reply({"results": found})

    def _pipelines(self, _call: Call, _kind: str) -> Reply:
        return json_reply({"results": PIPELINES})

    def _owners(self, call: Call, _kind: str) -> Reply:
        limit = int(call.query.get("limit", 100))
        if limit > 500:
            return problem(400, "VALIDATION_ERROR", "limit must be at most 500")
        wanted = call.query.get("archived", "false") == "true"
        found = [owner for owner in self.account.owners if owner["archived"] is wanted]
        start = int(call.query.get("after", 0))
        return self._page(found[start : start + limit], str(start + limit) if start + limit < len(found) else None)

    def _list(self, call: Call, kind: str) -> Reply:
        limit = int(call.query.get("limit", 10))
        if limit > (50 if "propertiesWithHistory" in call.query else 100):
            return problem(400, "VALIDATION_ERROR", f"limit {limit} is too large")
        after = call.query.get("after", "0")
        if not after.isdecimal():
            return problem(400, "VALIDATION_ERROR", f"Unable to decode cursor {after}")
        ids = self._ids(kind)
        start = bisect_right(ids, int(after) - 1)
        page = ids[start : start + limit]
        names = call.query.get("properties", "").split(",")
        results = [self._object(kind, id, names) for id in page]
        more = start + limit < len(ids)
        return self._page(results, str(page[-1] + 1) if more else None)

    def _search(self, call: Call, kind: str) -> Reply:
        if self._seconds is not None:
            moment = self._seconds()
            while self._searches and self._searches[0] <= moment - 1:
                self._searches.popleft()
            self._searches.append(moment)
            if len(self._searches) > 5:
                return json_reply({**ROLLING, "policyName": "SECONDLY"}, 429)
        body, limit = call.json(), call.json().get("limit", 10)
        groups, after = body.get("filterGroups", []), int(body.get("after", 0))
        filters = [len(group["filters"]) for group in groups]
        if limit > 200 or after + limit > 10_000 or len(call.body) > 3_000:
            return problem(400, "VALIDATION_ERROR", "There was a problem with the request.")
        if len(groups) > 5 or any(count > 6 for count in filters) or sum(filters) > 18:
            return problem(400, "VALIDATION_ERROR", "too many filters")
        assert body["sorts"], "the order of results is not promised otherwise"
        late = {id for id, left in self.late.items() if left > 0}
        self.late -= Counter(late)
        ids = [id for id in self._matching(kind, groups) if id not in late] + sorted(self.ghosts)
        results = [self._object(kind, id, body.get("properties", [])) for id in ids[after : after + limit]]
        more = after + limit < len(ids)
        return self._page(results, str(after + limit) if more else None, total=len(ids))

    def _batch(self, call: Call, kind: str) -> Reply:
        body = call.json()
        asked = [int(row["id"]) for row in body["inputs"]]
        history = body.get("propertiesWithHistory") or []
        if len(asked) > (50 if history else 100):
            return problem(400, "VALIDATION_ERROR", f"too many inputs: {len(asked)}")
        self._ids(kind)
        known = self._known[kind][2]
        here = [self.account.merged.get(id, id) if kind == "deals" else id for id in asked]
        results = [self._object(kind, id, body["properties"], history) for id in here if id in known]
        gone = [str(id) for id in here if id not in known]
        return self._parts(results, gone, f"Could not get some {kind} objects, they may be deleted or not exist.")

    def _links(self, call: Call, kind: str) -> Reply:
        inputs = call.json()["inputs"]
        if len(inputs) > 1_000:
            return problem(400, "VALIDATION_ERROR", f"too many inputs: {len(inputs)}")
        results, without = [], []
        for row in inputs:
            id, start = int(row["id"]), int(row.get("after", 0))
            links = [] if id in self.account.archived else self.account.links[kind].get(id, [])
            end = start + self.links_a_page
            to = [{"toObjectId": other, "associationTypes": _types(*rest)} for other, *rest in links[start:end]]
            if not to:
                without.append(row["id"])
                continue
            paging = (
                {"paging": {"next": {"after": str(end), "link": "https://evil.example"}}} if end < len(links) else {}
            )
            results.append({"from": {"id": row["id"]}, "to": to, **paging})
        return self._parts(
            results, without, f"No {kind} is associated with deal.", "crm.associations.NO_ASSOCIATIONS_FOUND"
        )

    def _parts(self, results: list[Any], gone: list[str], message: str, sub: str | None = None) -> Reply:
        """What a batch answers: 207 where a part of it is not there."""
        answer: dict[str, Any] = {"status": "COMPLETE", "results": results}
        if gone:
            error = {"status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": sub, "message": message}
            answer |= {"numErrors": len(gone), "errors": [{**error, "context": {"ids": gone}}]}
        return json_reply(answer, 207 if gone else 200)

    def _page(self, results: list[Any], after: str | None, **more: Any) -> Reply:
        paging = {"paging": {"next": {"after": after, "link": "https://evil.example/next"}}} if after else {}
        return json_reply({**more, "results": results, **paging}, headers={"X-HubSpot-RateLimit-Remaining": "149"})

    def _ids(self, kind: str) -> list[int]:
        """Ids of a kind's records, ascending; kept until the account changes."""
        records: Mapping[int, Values] = getattr(self.account, kind)
        state = (self.account.changes, len(records))
        if self._known.get(kind, (None,))[0] != state:
            ids = sorted(records.keys() - self.account.archived)
            self._known[kind] = (state, ids, frozenset(ids))
        return self._known[kind][1]

    def _object(self, kind: str, id: int, names: Iterable[str], history: Iterable[str] = ()) -> dict[str, Any]:
        values = getattr(self.account, kind)[id]
        shown = {name: values[name] for name in names if name in values and self._may_see(kind, name)}
        answer = {"id": str(id), "properties": {**shown, "hs_object_id": str(id)}, "archived": False}
        if history:
            answer["propertiesWithHistory"] = {name: self.account.history.get(id, []) for name in history}
        return answer

    def _may_see(self, kind: str, name: str) -> bool:
        if kind != "deals":
            return True
        return name in self.properties and ("dataSensitivity" not in self.properties[name] or SENSITIVE in self.scopes)

    def _matching(self, kind: str, groups: list[dict[str, Any]]) -> list[int]:
        """Ids that the filters let through, ascending. Those of one set of filters are kept, but for the id's own bounds."""
        if self._changes != self.account.changes:
            self._matches.clear()
            self._changes = self.account.changes
        bounds = [
            int(one["value"]) for group in groups for one in group["filters"] if one["propertyName"] == "hs_object_id"
        ]
        assert len(set(bounds)) <= 1
        rest = [[one for one in group["filters"] if one["propertyName"] != "hs_object_id"] for group in groups]
        key = f"{kind} {rest}"
        if key not in self._matches:
            records = getattr(self.account, kind)
            self._matches[key] = [
                id
                for id in self._ids(kind)
                if not rest or any(all(_holds(one, records[id]) for one in group) for group in rest)
            ]
        found = self._matches[key]
        return found[bisect_right(found, bounds[0]) :] if bounds else found


def _types(primary: bool, label: str | None) -> list[dict[str, Any]]:
    types = [{"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None}]
    if primary:
        types.insert(0, {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"})
    if label:
        types.append({"category": "USER_DEFINED", "typeId": 77, "label": label})
    return types


def _number(text: str) -> float:
    """Numbers, times (in milliseconds since 1970) as HubSpot compares them."""
    if "T" in text:
        return datetime.fromisoformat(text).timestamp() * 1000
    return float(text)


def _holds(one: Mapping[str, Any], values: Values) -> bool:
    value, operator = values.get(one["propertyName"]), one["operator"]
    if operator in ("EQ", "IN"):
        return value in one.get("values", [one.get("value")])
    if not value:
        return False
    left, right = _number(value), _number(one["value"])
    return {"GT": left > right, "GTE": left >= right, "LT": left < right}[operator]  # another one is not used


def main() -> None:
    """Serve N deals until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000)
    with HubSpot(account(parser.parse_args().records)).serving() as server:
        print(server.url, TOKEN, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
