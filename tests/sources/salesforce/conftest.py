"""The Salesforce source on its loopback server, in a world without a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.servers.base import Reroute
from tests.servers.salesforce import (
    CONSUMER_KEY,
    CONSUMER_SECRET,
    PASSWORD,
    SECURITY_TOKEN,
    USERNAME,
    Salesforce,
    key_pair,
)
from tests.servers.salesforce_objects import deals, people
from tests.sources.remote.conftest import NOW, World

from steplint.records import Org
from steplint.records.schema import empty_frame
from steplint.sources.remote.open import open_named
from steplint.sources.remote.secrets import Secrets
from steplint.sources.salesforce import Salesforce as Source

ENV = {
    "KEY": CONSUMER_KEY,
    "SECRET": CONSUMER_SECRET,
    "PEM": key_pair()[0],
    "PASSWORD": PASSWORD,
    "TOKEN": SECURITY_TOKEN,
}
JWT: dict[str, Any] = {
    "auth": "jwt",
    "username": USERNAME,
    "consumer_key": {"env": "KEY"},
    "private_key": {"env": "PEM"},
}
CREDENTIALS: dict[str, Any] = {
    "auth": "client_credentials",
    "consumer_key": {"env": "KEY"},
    "consumer_secret": {"env": "SECRET"},
}
#: Calls of the pages of the records themselves: by REST, and of the pieces of their job, by Bulk.
PAGES = {
    "rest": r"GET .*(q=SELECT\+Name%2C|query/01gOpportunity\d+-)",
    "bulk": r"GET .*jobs/query/750Opportunity\d+/results",
}


def make_world() -> World:
    world = World()
    world.secrets = Secrets(ENV, Path("."))
    return world


@pytest.fixture
def world() -> World:
    return make_world()


def make_server(count: int) -> Salesforce:
    server = Salesforce(now=lambda: NOW)
    server.org.load(people())
    server.org.load(deals(count))
    return server


@pytest.fixture
def crm() -> Iterator[Salesforce]:
    """54 opportunities, 48 of them open."""
    with make_server(54).serving() as server:
        yield server


def make_source(world: World, context: dict[str, Any] | None = None, **settings: Any) -> Source:
    """The source; it logs in by client credentials unless `settings` say otherwise. `context` is what differs there."""
    login = {} if "auth" in settings else CREDENTIALS
    given = {"domain": "acme.my", **login, **settings}
    return Source("crm", Source.Settings.model_validate(given), world.context(**(context or {})))


Make = Callable[..., Source]


@pytest.fixture
def source(crm: Salesforce, world: World, monkeypatch: pytest.MonkeyPatch) -> Make:
    """`make_source`, connected to the server."""
    monkeypatch.setattr(Source, "transport", Reroute(crm.url))
    return partial(make_source, world)


def records(source: Source, folder: Path, timezone: str = "UTC") -> pl.DataFrame:
    """All canonical records, as `pull` and `check` see them."""
    stream = open_named(source, org=Org(timezone=timezone), state=folder, allow_empty=True)
    return pl.concat([empty_frame(), *(batch.records for batch in stream.batches)])
