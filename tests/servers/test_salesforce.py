"""The loopback Salesforce is one for the unmodified client, and its SOQL is read as Salesforce reads it."""

from __future__ import annotations

import csv
import io
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import trustme
from hypothesis import given
from hypothesis import strategies as st
from simple_salesforce.api import Salesforce as Client
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
)
from simple_salesforce.format import quote_soql_value
from tests.servers.base import Reroute, doing
from tests.servers.salesforce import (
    CONSUMER_KEY,
    CONSUMER_SECRET,
    PASSWORD,
    SECURITY_TOKEN,
    USERNAME,
    Salesforce,
    key_pair,
)
from tests.servers.salesforce_objects import TRAPS, deals, made_id, objects, people
from tests.servers.soql import Field, SoqlError, case_safe, parse

NOW = datetime(2026, 1, 12, 2, tzinfo=UTC)
JWT: dict[str, Any] = {
    "username": USERNAME,
    "consumer_key": CONSUMER_KEY,
    "privatekey": key_pair()[0],
    "instance_url": "acme.my",
}
CREDENTIALS: dict[str, Any] = {
    "consumer_key": CONSUMER_KEY,
    "consumer_secret": CONSUMER_SECRET,
    "domain": "acme.my",
}


@pytest.fixture
def crm() -> Iterator[Salesforce]:
    server = Salesforce(now=lambda: NOW)
    server.org.load(people())
    server.org.load(deals(54))
    with server.serving():
        yield server


@pytest.fixture
def session(crm: Salesforce) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.mount("https://", Reroute(crm.url))
        yield session


@pytest.fixture
def client(session: requests.Session) -> Any:
    return Client(session=session, version="64.0", **CREDENTIALS)


@pytest.mark.parametrize(
    "given",
    [
        JWT,
        CREDENTIALS,
        {"username": USERNAME, "password": PASSWORD, "security_token": SECURITY_TOKEN},
        {"username": USERNAME, "password": PASSWORD, "organizationId": "00D000000000001"},
        {
            "username": USERNAME,
            "password": PASSWORD,
            "consumer_key": CONSUMER_KEY,
            "consumer_secret": CONSUMER_SECRET,
        },
    ],
)
def test_every_login_flow_works_and_fails(given: dict[str, Any], session: requests.Session, crm: Salesforce) -> None:
    client = Client(session=session, version="64.0", **given)
    assert (client.sf_instance, crm.logins) == ("acme.my.salesforce.com", 1)
    assert client.limits()["DailyApiRequests"] == {"Max": 15_000, "Remaining": 15_000 - 18}
    wrong = {**given, "privatekey": key_pair.__wrapped__()[0]} if "privatekey" in given else given
    wrong = {name: "wrong" if name in ("password", "consumer_secret") else value for name, value in wrong.items()}
    with pytest.raises(SalesforceAuthenticationFailed):
        Client(session=session, version="64.0", **wrong)
    assert crm.logins == 1


def test_rest_and_bulk_give_what_is_in_the_database(client: Any, crm: Salesforce) -> None:
    crm.page = crm.bulk_page = 10
    soql = "SELECT Id, NextStep, Owner.Manager.Name, Amount, IsClosed FROM Opportunity WHERE IsClosed = false"
    rest = list(client.query_all_iter(soql))
    assert len(rest) == 48
    assert rest[0]["attributes"]["type"] == "Opportunity"
    assert rest[0]["Owner"] == {"attributes": rest[0]["Owner"]["attributes"], "Manager": None}
    pages = list(client.bulk2.Opportunity.query(soql, max_records=1_000, wait=0))
    rows = [row for page in pages for row in csv.DictReader(io.StringIO(page, newline=""))]
    assert (len(pages), len(rows)) == (5, 48)
    assert [row["NextStep"] for row in rows] == [record["NextStep"] or "" for record in rest]
    assert [float(row["Amount"]) if row["Amount"] else None for row in rows] == [record["Amount"] for record in rest]
    assert {row["IsClosed"] for row in rows} == {"false"}
    written = crm.org.db.execute("SELECT NextStep FROM Opportunity WHERE IsClosed = 0 ORDER BY Id").fetchall()
    assert [record["NextStep"] for record in rest] == [row[0] for row in written]


def test_the_faults_of_the_client_show(client: Any, crm: Salesforce) -> None:
    """Why the source makes its calls itself: see CRM facts in docs/salesforce.md."""
    crm.fault(doing(crm.expire), on="GET .*limits", calls=range(1_000))
    with pytest.raises(SalesforceExpiredSession):
        client.restful("limits/")
    assert crm.logins <= 5
    crm.fault(doing(crm.expire), on="GET .*describe", calls=range(40))
    before = crm.logins
    client.Opportunity.describe()  # would go on for ever
    assert crm.logins - before == 39


def test_describe_limits_and_hidden_things(client: Any, crm: Salesforce) -> None:
    described = {field["name"]: field for field in client.Opportunity.describe()["fields"]}
    assert described["Next_Step_Date__c"]["custom"]
    assert described["OwnerId"]["relationshipName"] == "Owner"
    crm.org.hide("Opportunity.NextStep", "Event")
    assert "NextStep" not in {field["name"] for field in client.Opportunity.describe()["fields"]}
    assert "Event" not in {entry["name"] for entry in client.describe()["sobjects"]}
    for soql, code in (
        ("SELECT NextStep FROM Opportunity", "INVALID_FIELD"),
        ("SELECT Id FROM Event", "INVALID_TYPE"),
        ("SELECT Id FROM", "MALFORMED_QUERY"),
    ):
        with pytest.raises(SalesforceMalformedRequest) as caught:
            client.query(soql)
        errors: Any = caught.value.content
        assert errors[0]["errorCode"] == code


def test_writes_with_partial_failures(client: Any, crm: Salesforce) -> None:
    crm.org.add_field("Task", Field("Key__c", external=True))
    crm.org.refuse = lambda kind, record: (
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "no") if kind == "Task" and record.get("Subject") == "bad" else None
    )
    made = client.Task.create({"Subject": "one", "Key__c": "k1"})
    assert made["success"]
    tasks = [{"attributes": {"type": "Task"}, "Subject": text} for text in ("good", "bad", "x" * 256)]
    body = {"allOrNone": False, "records": tasks}
    results = client.restful("composite/sobjects", method="POST", json=body)
    assert [result["success"] for result in results] == [True, False, False]
    assert results[2]["errors"][0]["statusCode"] == "STRING_TOO_LONG"
    rolled = client.restful("composite/sobjects", method="POST", json={**body, "allOrNone": True})
    assert rolled[0]["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    again = {"allOrNone": False, "records": [{**tasks[0], "Key__c": key} for key in ("k1", "k2")]}
    results = client.restful("composite/sobjects/Task/Key__c", method="PATCH", json=again)
    assert [(result["id"] == made["id"], result["created"]) for result in results] == [(True, False), (False, True)]
    client.Task.update(made["id"], {"Status": "Completed"})
    found = client.query(f"SELECT Subject, Status, SystemModstamp FROM Task WHERE Id = '{made['id'][:15]}'")["records"][
        0
    ]
    assert (found["Subject"], found["Status"]) == ("good", "Completed")
    assert found["SystemModstamp"] == "2026-01-12T02:00:00.000+0000"
    body = {"records": [{"attributes": {"type": "Task"}, "Id": made["id"], "Nope__c": 1}]}
    assert (
        client.restful("composite/sobjects", method="PATCH", json=body)[0]["errors"][0]["statusCode"] == "INVALID_FIELD"
    )


def test_tls_with_a_session_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = Salesforce(now=lambda: NOW)
    server.sessions.add("a-session")
    with authority.cert_pem.tempfile() as trusted, server.serving(tls=context), requests.Session() as plain:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", trusted)
        client = Client(session_id="a-session", instance_url=server.url, session=plain, version="64.0")
        assert client.query("SELECT COUNT() FROM Opportunity")["totalSize"] == 0


def rows() -> list[dict[str, Any]]:
    return next(chunk for name, chunk in deals(54) if name == "Opportunity")


@pytest.mark.parametrize(
    ("where", "holds"),
    [
        ("", lambda _row: True),
        ("WHERE IsClosed = true", lambda row: row["IsClosed"]),
        (
            "WHERE (IsClosed = true OR Amount > 1000) AND NOT Name LIKE 'nothing%'",
            lambda row: row["IsClosed"] or (row["Amount"] or 0) > 1000,
        ),
        ("WHERE NextStep = null", lambda row: row["NextStep"] is None),
        ("WHERE NextStep != null", lambda row: row["NextStep"] is not None),
        # Null is not TBD, and letters are equal in either case.
        ("WHERE NextStep != 'tbd'", lambda row: row["NextStep"] != "TBD"),
        ("WHERE Owner.IsActive = false", lambda row: row["OwnerId"] in [made_id("User", n) for n in range(3, 40, 7)]),
        (
            "WHERE StageName IN ('Proposal', 'Commit') AND CloseDate >= 2026-02-01",
            lambda row: row["StageName"] in ("Proposal", "Commit") and row["CloseDate"] >= "2026-02-01",
        ),
        ("WHERE StageName NOT IN ('Proposal')", lambda row: row["StageName"] != "Proposal"),
        (
            "WHERE SystemModstamp >= 2025-12-01T00:00:00+02:00",
            lambda row: row["SystemModstamp"] >= "2025-11-30T22:00:00.000Z",
        ),
        (
            "WHERE Account.Name LIKE 'account, _ \"GmbH\"'",
            lambda row: row["AccountId"] in [made_id("Account", n) for n in range(10)],
        ),
        ("WHERE Name LIKE '\\%%'", lambda row: row["Name"].startswith("%")),
        ("WHERE RecordType.Name IN ('Partner\\'s')", lambda row: row["RecordTypeId"] == made_id("RecordType", 2)),
        (f"WHERE Id = '{made_id('Opportunity', 3)[:15]}'", lambda row: row["Id"] == made_id("Opportunity", 3)),
    ],
)
def test_conditions(where: str, holds: Callable[[dict[str, Any]], bool], crm: Salesforce) -> None:
    expected = [row["Id"] for row in rows() if holds(row)]
    assert sorted(row[0] for row in crm.org.select(f"SELECT Id FROM Opportunity {where}")[1]) == sorted(expected)
    assert crm.org.select(f"SELECT COUNT() FROM Opportunity {where}")[1] == [(len(expected),)]


def test_order_and_limit(crm: Salesforce) -> None:
    found = crm.org.select("SELECT Amount, Id FROM Opportunity ORDER BY Amount DESC NULLS LAST, Id LIMIT 7")[1]
    expected = sorted(rows(), key=lambda row: (row["Amount"] is None, -(row["Amount"] or 0), row["Id"]))[:7]
    assert [row[1] for row in found] == [row["Id"] for row in expected]


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Id FROM Opportunity WHERE IsClosed = 'false'", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE CloseDate = '2026-01-01'", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE Name = 'a' OR Name = 'b' AND Amount = 1", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity WHERE Name = 'a'' OR Id != null", "MALFORMED_QUERY"),
        ("SELECT Id, (SELECT Id FROM Tasks) FROM Opportunity", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity WHERE Id IN (SELECT Id FROM Task)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity; DELETE", "MALFORMED_QUERY"),
        ("SELECT Boss.Name FROM Opportunity", "INVALID_FIELD"),
        ("SELECT Next_Step__c FROM Opportunity", "INVALID_FIELD"),
        ("SELECT Id FROM Deal", "INVALID_TYPE"),
        ("DELETE FROM Opportunity", "MALFORMED_QUERY"),
        ("", "MALFORMED_QUERY"),
    ],
)
def test_queries_that_are_refused(soql: str, code: str) -> None:
    with pytest.raises(SoqlError) as caught:
        parse(soql, objects())
    assert caught.value.code == code


@given(st.one_of(st.sampled_from(TRAPS), st.text(max_size=30)))
def test_quoted_values_come_back_as_they_were(text: str) -> None:
    """The quoting that the source uses, read by another's parser: nothing gets out of the quotes."""
    query = parse(f"SELECT Id FROM Opportunity WHERE NextStep = {quote_soql_value(text)} LIMIT 1", objects())
    assert query.values == [text]


@pytest.mark.parametrize(("short", "long"), [("006A0000001vEIG", "006A0000001vEIGIA2"), ("0" * 15, "0" * 15 + "AAA")])
def test_ids_of_15_characters(short: str, long: str) -> None:
    assert case_safe(short) == long


def test_some_ids_differ_by_case_alone() -> None:
    ids = [made_id("Opportunity", number) for number in range(100)]
    assert len(set(ids)) == 100
    assert len({key[:15].lower() for key in ids}) < 100
