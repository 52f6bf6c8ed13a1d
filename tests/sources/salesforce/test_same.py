"""REST, Bulk and the database agree: 5,600 opportunities with every trap give the same canonical records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from tests.servers.base import Reroute
from tests.servers.salesforce import Salesforce
from tests.servers.salesforce_objects import TRAPS
from tests.sources.salesforce.conftest import make_server, make_source, make_world, records

from steplint.sources.salesforce import Salesforce as Source

ZONE = "America/New_York"
AS_OF = date(2026, 1, 12)
FIELDS = {"due_date": "Next_Step_Date__c"}


@pytest.fixture(scope="module")
def crm() -> Iterator[Salesforce]:
    with make_server(5_600).serving() as server:
        server.bulk_page = 700
        yield server


@pytest.fixture(scope="module")
def frames(crm: Salesforce, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Source, "transport", Reroute(crm.url))
        world, found = make_world(), {}
        for api in ("rest", "bulk"):
            source = make_source(world, {"timezone": ZONE}, api=api, fields=FIELDS, closed=True, past_days=30)
            found[api] = records(source, folder / api, ZONE)
    return found


def local(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None) if text else None


def expected(crm: Salesforce) -> Iterator[dict[str, Any]]:
    """Records straight from the database, by other means than the source's: loops."""
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    for table in ("Opportunity", "User", "UserRole", "Account", "RecordType", "Contact", "Event"):
        cursor = crm.org.db.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        rows[table] = {row["Id"]: row for row in (dict(zip(names, values, strict=True)) for values in cursor)}
    contacts: dict[str, list[str]] = {}
    for deal, contact in crm.org.db.execute(
        "SELECT OpportunityId, ContactId FROM OpportunityContactRole ORDER BY IsPrimary DESC, Id"
    ):
        if contact not in contacts.setdefault(deal, []):
            contacts[deal].append(contact)
    history: dict[str, list[tuple[str, str, str | None]]] = {}
    for deal, moment, key, old in crm.org.db.execute(
        "SELECT OpportunityId, CreatedDate, Id, OldValue FROM OpportunityFieldHistory WHERE Field = 'NextStep'"
    ):
        history.setdefault(deal, []).append((moment, key, old))
    answers: dict[str, set[str]] = {}
    for event, status in crm.org.db.execute(
        "SELECT EventId, Status FROM EventRelation WHERE IsInvitee = 1 AND substr(RelationId, 1, 3) != '005'"
    ):
        answers.setdefault(event, set()).add(status)
    events: dict[str, list[tuple[datetime, str]]] = {}
    for event in rows["Event"].values():
        whole_day = datetime.combine(date.fromisoformat(event["ActivityDate"]), datetime.min.time())
        start = whole_day if event["IsAllDayEvent"] else local(event["StartDateTime"])
        assert start is not None
        # Of the past, 30 days and one more.
        if not event["IsChild"] and event["StartDateTime"] >= "2025-12-12T00:00:00.000Z":
            events.setdefault(event["WhatId"], []).append((start, event["Id"]))
    for deal in rows["Opportunity"].values():
        key = deal["Id"]
        owner = rows["User"][deal["OwnerId"]]
        changes = sorted(history.get(key, []), reverse=True)
        coming = sorted(event for event in events.get(key, []) if event[0].date() >= AS_OF)
        held = [event for event in events.get(key, []) if event[0].date() < AS_OF]
        statuses = answers.get(coming[0][1], set()) if coming else set()
        ranked = {"Accepted": "accepted", "Maybe": "tentative", "New": "sent", "Declined": "declined"}
        yield {
            "id": key,
            "name": deal["Name"],
            "account": rows["Account"][deal["AccountId"]]["Name"] if deal["AccountId"] else None,
            "stage": deal["StageName"],
            "record_type": rows["RecordType"][deal["RecordTypeId"]]["Name"],
            "forecast_category": deal["ForecastCategoryName"],
            "owner": owner["Name"],
            "owner_email": owner["Email"],
            "manager": rows["User"][owner["ManagerId"]]["Name"] if owner["ManagerId"] else None,
            "team": rows["UserRole"][owner["UserRoleId"]]["Name"] if owner["UserRoleId"] else None,
            "owner_active": bool(owner["IsActive"]),
            "is_closed": bool(deal["IsClosed"]),
            "is_won": bool(deal["IsWon"]),
            "next_step": deal["NextStep"],
            "previous_steps": [old for _, _, old in changes if old is not None],
            "next_step_changed": local(changes[0][0]) if changes else None,
            "due_date": date.fromisoformat(deal["Next_Step_Date__c"]) if deal["Next_Step_Date__c"] else None,
            "modified": local(deal["SystemModstamp"]),
            "created": local(deal["CreatedDate"]),
            "stage_changed": local(deal["LastStageChangeDate"]),
            "close_date": date.fromisoformat(deal["CloseDate"]),
            "amount": deal["Amount"],
            "currency": deal["CurrencyIsoCode"],
            "contacts": [rows["Contact"][contact]["Name"] for contact in contacts.get(key, [])],
            "next_meeting": coming[0][0] if coming else None,
            "last_meeting": max(held)[0] if held else None,
            "invite": next((mark for status, mark in ranked.items() if status in statuses), "none"),
            "url": f"https://acme.my.salesforce.com/{key}",
            "source": "crm",
        }


def test_rest_and_bulk_give_the_same_frame(frames: dict[str, pl.DataFrame]) -> None:
    assert frames["rest"].height == 5_600
    assert frames["rest"].equals(frames["bulk"])


@pytest.mark.parametrize("api", ["rest", "bulk"])
def test_records_are_those_of_the_database(api: str, frames: dict[str, pl.DataFrame], crm: Salesforce) -> None:
    wanted = {row["id"]: row for row in expected(crm)}
    columns = list(next(iter(wanted.values())))
    for row in frames[api].select(columns).iter_rows(named=True):
        assert row == wanted.pop(row["id"])
    assert wanted == {}


def test_the_data_have_the_traps(frames: dict[str, pl.DataFrame]) -> None:
    frame = frames["rest"]
    assert set(frame["next_step"].drop_nulls()) == set(TRAPS) - {""}
    assert frame["next_step"].null_count() == 5_600 // len(TRAPS)
    assert frame["id"].str.head(15).str.to_lowercase().n_unique() < frame["id"].n_unique()
    assert set(frame["currency"]) == {"USD", "EUR", "JPY"}
    assert set(frame["invite"]) == {"accepted", "tentative", "sent", "declined", "none"}
    summer = frame["created"] < datetime(2025, 11, 2)
    assert summer.any()
    assert not summer.all()
    assert ["John Smith", "John Smith"] in frame["contacts"].to_list()
    # A whole day is a day, wherever.
    midnight = frame.filter(pl.col("next_meeting").dt.time() == datetime.min.time())
    assert midnight.height > 100
