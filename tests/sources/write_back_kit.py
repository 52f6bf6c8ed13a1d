"""A loopback Salesforce with fields for write-back, and a look at everything that was written there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
from tests.servers.base import Reroute
from tests.servers.salesforce import CANARY, CONSUMER_KEY, USERNAME, Salesforce, key_pair
from tests.servers.salesforce_objects import made_id, people
from tests.servers.soql import Field

from steplint.sources.remote import Context
from steplint.sources.remote.journal import Journal
from steplint.sources.remote.log import RunLog
from steplint.sources.remote.secrets import Secrets
from steplint.sources.remote.writing import Found, Outcome, Proposal, write
from steplint.sources.salesforce import Salesforce as Source
from steplint.sources.salesforce.write import SalesforceWriter

AS_OF = date(2026, 1, 12)
NOW = datetime(2026, 1, 12, 2, tzinfo=UTC)
KEY, LEVEL, CODES = "Steplint_Key__c", "Steplint_Level__c", "Steplint_Codes__c"
ENV = {"KEY": CONSUMER_KEY, "PEM": key_pair()[0]}
LOGIN = {"domain": "acme.my", "username": USERNAME, "consumer_key": {"env": "KEY"}, "private_key": {"env": "PEM"}}
TASK = {"task": {"key_field": KEY}}
FIELD = {"field": {"level": LEVEL, "codes": CODES}}
WRITES = r"^(POST|PATCH|PUT|DELETE) /services/data/"
MAY = {"attributes", "id", KEY, LEVEL, CODES, "Subject", "Description", "OwnerId", "WhatId", "ActivityDate", "Status"}


class Crm(Salesforce):
    """People, and the fields that an administrator makes for write-back."""

    def __init__(self) -> None:
        super().__init__(lambda: NOW)
        self.org.load(people())
        for kind, field in (
            ("Task", Field(KEY, external=True)),
            ("Task", Field("IsDeleted", "boolean")),
            ("Task", Field("IsArchived", "boolean")),
            ("Opportunity", Field(LEVEL, "double")),
            ("Opportunity", Field(CODES)),
        ):
            self.org.add_field(kind, field)

    def deal(self, number: int, step: str | None = "TBD", owner: int = 5, **more: Any) -> str:
        """An open opportunity; its id. Users 3 (nobody above) and 10 (user 1 above) are inactive."""
        new = made_id("Opportunity", number)
        values = {
            "Id": new, "Name": f"Deal {number}", "NextStep": step, "StageName": "Proposal", "CloseDate": "2026-03-31",
            "IsClosed": False, "IsWon": False, "OwnerId": made_id("User", owner), "Amount": 10.0,
            "SystemModstamp": "2026-01-09T09:00:00.000Z", "CreatedDate": "2026-01-02T09:00:00.000Z",
        }  # fmt: skip
        self.org.load([("Opportunity", [{**values, **more}])])
        return new

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.lock:
            return self.org.db.execute(sql, values).fetchall()

    def tasks(self) -> list[tuple[str, str]]:
        """(key, record) of every task that steplint has made."""
        return sorted(self.rows(f'SELECT "{KEY}", WhatId FROM Task WHERE "{KEY}" IS NOT NULL'))

    def fields(self) -> dict[str, tuple[Any, ...]]:
        """Record → level and codes, where there is one of them."""
        sql = f'SELECT Id, "{LEVEL}", "{CODES}" FROM Opportunity WHERE "{LEVEL}" IS NOT NULL OR "{CODES}" IS NOT NULL'
        return {row[0]: row[1:] for row in self.rows(sql)}

    def bodies(self) -> Iterator[dict[str, Any]]:
        """Every record of every body that was ever sent to be written."""
        for call in self.called(WRITES):
            yield from call.json()["records"]

    def describe_as(self, kind: str, field_name: str, /, **more: Any) -> None:
        """From now on describe says something else of a field."""
        true = self.org.describe

        def describe(asked: str) -> dict[str, Any] | None:
            found = true(asked)
            for field in (found or {}).get("fields", ()):
                field |= more if (asked, field["name"]) == (kind, field_name) else {}
            return found

        self.org.describe = describe  # type: ignore[method-assign, assignment]


@contextmanager
def serving(monkeypatch: Any) -> Iterator[Crm]:
    """The server, with sources connected to it. In the end, whatever happened: only what steplint may write was ever sent."""
    crm = Crm()
    with crm.serving() as server:
        monkeypatch.setattr(Source, "transport", Reroute(server.url))
        yield server
    sent = {name for body in crm.bodies() for name in body}
    assert sent <= MAY
    assert not {name.lower() for name in sent} & {"nextstep", "stagename", "closedate", "amount", "isclosed"}
    assert all(call.method == "PATCH" and "/composite/sobjects" in call.path for call in crm.called(WRITES))
    assert all(len(call.json()["records"]) <= 200 and call.json()["allOrNone"] is False for call in crm.called(WRITES))


class Run:
    """One run of a writer with findings that are made up, in small pieces, without a clock; and everything that it writes."""

    def __init__(self, folder: Path, back: dict[str, Any], piece: int = 20, **settings: Any) -> None:
        self.log = BytesIO()
        self.slept: list[float] = []
        self.seconds = 0.0
        self.file = folder / "state" / "journal.jsonl"
        self.secrets = Secrets(ENV, folder)
        log = RunLog(self.log.write, "run-1", lambda: NOW, self.secrets, "debug")
        context = Context(self.secrets, log, AS_OF, lambda: NOW, clock=lambda: self.seconds, sleep=self.sleep)
        network = {"attempts": 3, "read_timeout": 0.3, "longest_wait": 1, **settings.pop("network", {})}
        given = {**LOGIN, "network": network, "write_back": back, **settings}
        self.source = Source("sales", Source.Settings.model_validate(given), context)
        self.writer = SalesforceWriter(self.source)
        self.writer.piece = piece
        self.outcomes: list[Outcome] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def propose(self, found: Found) -> Proposal:
        self.writer.check()
        return self.writer.propose(found)

    def apply(self, found: Found) -> list[Outcome]:
        """Propose and write; what became of each write is in `outcomes` also where it raises."""
        try:
            write(self.writer, self.propose(found), Journal(self.file, "run-1", "sales", lambda: NOW), self.outcomes)
        finally:
            self.source.close()
        return self.outcomes

    @property
    def journal(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_bytes().splitlines()]

    def assert_no_secret(self) -> None:
        kept = self.log.getvalue() + (self.file.read_bytes() if self.file.exists() else b"")
        assert CANARY.encode() not in kept
        assert b"BEGIN" not in kept


Gone = Callable[[pl.DataFrame], pl.Series]


def key_of(record: str, code: str = "WHAT202") -> str:
    """Stands for a finding's key: as long, and another one for each record and rule."""
    return hashlib.sha256(f"{code} {record}".encode()).hexdigest()[:20]


def found(
    records: Sequence[str],
    codes: Sequence[str] = ("WHAT202",),
    judged: Sequence[str] | None = None,
    gone: Sequence[str] = (),
    skipped: Sequence[str] = (),
    **texts: Any,
) -> Found:
    """Findings of the first of `codes` on these records; `gone` are keys of findings that are no longer there."""
    rows = [
        {
            "record_id": record, "record_name": "Deal", "owner": "Rep", "key": key_of(record, codes[0]), "code": codes[0],
            "title": "“TBD” only fills the field", "text": "What happens next?", "level": 1, "codes": list(codes), **texts,
        }
        for record in records
    ]  # fmt: skip
    schema: dict[str, Any] = {
        **dict.fromkeys(("record_id", "record_name", "owner", "key", "code", "title", "text"), pl.String),
        "level": pl.Int8, "codes": pl.List(pl.String),
    }  # fmt: skip
    return Found(
        pl.DataFrame(rows, schema=schema),
        pl.Series(judged if judged is not None else records, dtype=pl.String),
        lambda there: there["key"].is_in(list(gone)),
        frozenset(skipped),
        lambda days: AS_OF + timedelta(days=days),
    )
