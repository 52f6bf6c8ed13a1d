"""Pulls of a loopback HubSpot in a world without a clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
from tests.servers.hubspot import TOKEN, HubSpot
from tests.servers.hubspot_data import START

from steplint.records import Org
from steplint.sources import hubspot
from steplint.sources.remote import Context
from steplint.sources.remote.log import RunLog
from steplint.sources.remote.open import open_named
from steplint.sources.remote.secrets import Secrets
from steplint.sources.remote.spool import Spool, pull

AS_OF = date(2026, 1, 12)
ZONE = "America/New_York"


class World:
    """A clock that only sleeping moves, and a log that is kept. The server tells the same time, `skew` apart."""

    def __init__(self, skew: timedelta = timedelta(0)) -> None:
        self.lines = BytesIO()
        self.slept: list[float] = []
        self.seconds = 0.0
        self.skew = skew
        self.notes: list[str] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def there(self) -> datetime:
        """HubSpot's time."""
        return self.now() + self.skew

    def context(self, **more: Any) -> Context:
        secrets = Secrets({"HUBSPOT_TOKEN": TOKEN}, Path("."))
        log = RunLog(self.lines.write, "run-1", self.now, secrets, "debug")
        self.notes = []
        given: dict[str, Any] = {"as_of": AS_OF, "now": self.now, "clock": lambda: self.seconds, "sleep": self.sleep}
        return Context(secrets=secrets, log=log, timezone=ZONE, notes=self.notes, **{**given, **more})

    @property
    def log(self) -> str:
        return self.lines.getvalue().decode()


def source(server: HubSpot, world: World, since: datetime | None = None, **settings: Any) -> hubspot.HubSpot:
    """The source of a server's account."""
    given = {"token": {"env": "HUBSPOT_TOKEN"}, "base_url": server.url, **settings}
    model = hubspot.HubSpot.Settings.model_validate(given)
    return hubspot.HubSpot("crm", model, world.context(since=since))


def pulled(made: hubspot.HubSpot, folder: Path) -> pl.DataFrame:
    """All records, as `steplint check --source` gets them, in the order of their ids."""
    stream = open_named(made, org=Org(timezone=ZONE), state=folder, allow_empty=True)
    batches = [batch.records for batch in stream.batches]
    return pl.concat(batches).drop("row").sort(pl.col("id").cast(pl.Int64))


def fetched(made: hubspot.HubSpot, folder: Path) -> pl.DataFrame:
    """The rows of `records()` alone, which come much faster. What is fetched stays in `folder` where something fails."""
    plan = made.plan()
    spool = Spool(folder, plan.identity, made.context.now())
    frames = list(made.records(pull(made, plan, spool)))
    made.close()
    spool.clear()
    return pl.concat(frames).sort(pl.col("id").cast(pl.Int64)) if frames else pl.DataFrame()
