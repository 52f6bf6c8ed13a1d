"""A HubSpot account as a source of records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from steplint.sources.hubspot import deals, joining, related
from steplint.sources.hubspot.api import Api, Forbidden, Refused
from steplint.sources.hubspot.fields import read_schema
from steplint.sources.hubspot.joining import Shape
from steplint.sources.hubspot.pipelines import read_pipelines
from steplint.sources.hubspot.planning import KINDS, OWNERS, coverage_of, notes_on, parts_of, wanted_properties
from steplint.sources.hubspot.settings import HubSpotSettings
from steplint.sources.remote.interface import Page, Part, Plan, Source

__all__ = ["HubSpot"]


class HubSpot(Source):
    """Deals of one account, and what they link to. Nothing is written to HubSpot."""

    Settings = HubSpotSettings
    settings: HubSpotSettings
    _api: Api | None = None
    _shape: Shape | None = None
    _pipelines: list[str]

    @property
    def api(self) -> Api:
        """The account's API; the token is looked up when it is first used."""
        if self._api is None:
            self._api = Api(self.name, self.settings, self.context)
        return self._api

    @property
    def shape(self) -> Shape:
        """What records are made of, once that is planned."""
        assert self._shape is not None, "plan() comes first"
        return self._shape

    def plan(self) -> Plan:
        """What this key may see of this account, and which calls that takes."""
        account = self._account()
        pipelines = read_pipelines(self.api)
        self._pipelines = pipelines.ids(self.settings.pipelines, self.name)
        sees = [kind for kind in (OWNERS, *KINDS) if self._may_read(kind)]
        wanted = wanted_properties(self.settings.fields, sees)
        schema = read_schema(self.api, wanted.values())
        required = ["next_step", "stage", *(["pipeline"] if self._pipelines else [])]
        self.context.notes += notes_on(self.name, wanted, self.settings.fields, schema, required)
        names = {column: name for column, name in wanted.items() if name in schema.readable}
        if OWNERS not in sees:  # a number is no name
            names.pop("owner", None)
        currency = account.get("companyCurrency")
        self._shape = Shape(
            names=names,
            schema=schema,
            pipelines=pipelines,
            closed=self.settings.closed,
            currency=currency if isinstance(currency, str) and currency else None,
            url=_deal_url(account),
            as_of=self.context.as_of,
            timezone=self.context.timezone,
        )
        history = self.settings.history == "auto"
        parts = parts_of(self.shape, sees, history)
        asked = self.settings.model_dump(mode="json", exclude={"network"})
        identity = [asked, names, account.get("portalId"), pipelines.closed, [part.name for part in parts]]
        return Plan(
            parts,
            coverage_of(self.shape, wanted, sees, history),
            identity=json.dumps(identity, sort_keys=True),
            watermark=self.api.server_now,
        )

    def pages(self, part: Part, cursor: str | None) -> Iterator[Page]:
        """The pages of a part. What deals link to is asked for by the deals that have come."""
        if part.name == "deals":
            yield from self._deals(cursor)
        elif part.name == OWNERS:
            yield from related.owners(self.api, cursor)
        elif part.name == "history":
            yield from related.histories(self.api, self.shape.names["next_step"], self._judged(), cursor)
        elif part.name in KINDS:
            kind = KINDS[part.name]
            ids = _ids(self.pulled[kind.links])
            yield from related.objects(self.api, part.name, kind.properties, ids, cursor)
        else:
            to = next(name for name, kind in KINDS.items() if kind.links == part.name)
            yield from related.links(self.api, to, self._judged(), cursor)

    def records(self, parts: Mapping[str, pl.LazyFrame]) -> Iterator[pl.DataFrame]:
        """All deals that were pulled, in frames of columns of records."""
        self.context.log.write("calls", calls=self.api.calls, retries=self.api.retries, left_today=self.api.left_today)
        yield from joining.records(parts, self.shape)

    def close(self) -> None:
        """Let go of the connection."""
        if self._api is not None:
            self._api.close()

    def _deals(self, cursor: str | None) -> Iterator[Page]:
        properties = list(dict.fromkeys(self.shape.names.values()))
        if self.context.since is not None:
            yield from deals.searched(self.api, properties, self.context.since, self._pipelines, cursor)
            return
        keep = joining.unfinished(self.shape)
        if self._pipelines:
            keep &= pl.col(self.shape.names["pipeline"]).is_in(self._pipelines)
        for page in deals.listed(self.api, properties, self.settings.page_size, cursor):
            yield Page(page.rows.filter(keep), page.cursor)

    def _judged(self) -> pl.Series:
        """Ids of the deals whose links are wanted."""
        return _ids(self.pulled["deals"].filter(joining.unfinished(self.shape)))

    def _account(self) -> dict[str, Any]:
        """The account's number, address and currency; without them deals have no links."""
        try:
            return self.api.get("account")
        except (Forbidden, Refused):
            return {}

    def _may_read(self, kind: str) -> bool:
        """Whether the key has the scope for something that records can do without; a note says which one it lacks."""
        try:
            self.api.get(*([OWNERS] if kind == OWNERS else ["objects", kind]), limit=1)
        except Forbidden as error:
            self.context.notes.append(error.render())
            return False
        return True


def _ids(rows: pl.LazyFrame) -> pl.Series:
    return rows.select(pl.col("id").unique().sort()).collect(engine="streaming")["id"]


def _deal_url(account: Mapping[str, Any]) -> str | None:
    """Address of a deal in HubSpot, but for its id."""
    portal, host = str(account.get("portalId")), str(account.get("uiDomain") or "app.hubspot.com")
    if not (re.fullmatch(r"[0-9]+", portal) and re.fullmatch(r"[a-z0-9-]+\.hubspot\.com", host)):
        return None
    return f"https://{host}/contacts/{portal}/record/0-3/"
