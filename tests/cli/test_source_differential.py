"""`check --source` finds what `check` finds in a file with the same records, for every CRM and more than 5,000 of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.conftest import Steplint
from tests.servers.base import Reroute
from tests.servers.hubspot import TOKEN, HubSpot
from tests.servers.hubspot_data import account
from tests.sources.salesforce.conftest import CREDENTIALS, ENV, make_server

from steplint.sources.salesforce import Salesforce

COUNT = 5_600
VARIABLES = {**ENV, "HUBSPOT_TOKEN": TOKEN, "STEPLINT_STATE": "state"}
Sources = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sources]:
    """Settings of all sources, their servers up."""
    folder = tmp_path_factory.mktemp("crm")
    with (
        make_server(COUNT).serving() as salesforce,
        HubSpot(account(COUNT)).serving() as hubspot,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(Salesforce, "transport", Reroute(salesforce.url))
        fields = {"due_date": "Next_Step_Date__c"}
        yield {
            api: {
                "type": "salesforce",
                "domain": "acme.my",
                **CREDENTIALS,
                "api": api,
                "fields": fields,
                "closed": True,
            }
            for api in ("rest", "bulk")
        } | {
            "hubspot": {"type": "hubspot", "token": {"env": "HUBSPOT_TOKEN"}, "base_url": hubspot.url, "closed": True},
            "sql": {"type": "sql", "url": f"sqlite:///{_database(folder, salesforce.org.db)}", "table": "opportunity"},
        }


def _database(folder: Path, org: sqlite3.Connection) -> Path:
    """The same opportunities as a loader keeps them in a warehouse."""
    place = folder / "warehouse.db"
    columns = ("Id", "Name", "NextStep", "StageName", "CloseDate", "Amount", "IsClosed", "IsWon", "LastActivityDate")
    names = (
        "id",
        "name",
        "next_step",
        "stage_name",
        "close_date",
        "amount",
        "is_closed",
        "is_won",
        "last_activity_date",
    )
    rows = org.execute(f"SELECT {', '.join(columns)} FROM Opportunity").fetchall()
    database = sqlite3.connect(place)
    database.execute(f"CREATE TABLE opportunity ({', '.join(names)})")
    database.executemany(f"INSERT INTO opportunity VALUES ({', '.join('?' * len(names))})", rows)
    database.commit()
    database.close()
    return place


def found(out: str) -> list[tuple[str, ...]]:
    report = json.loads(out)
    assert report["summary"]["records"] > COUNT / 2
    # What is said of the source itself names its columns, and a file has others.
    findings = [finding for finding in report["findings"] if not finding["code"].startswith("SRC")]
    return sorted(
        (finding["record_id"] or "", finding["code"], finding["fingerprint"], finding["message"], finding["text"] or "")
        for finding in findings
    )


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
@pytest.mark.parametrize("name", ["rest", "bulk", "hubspot", "sql"])
def test_a_source_and_a_file_with_its_records_have_the_same_findings(
    name: str, suffix: str, sources: Sources, steplint: Steplint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nightly.yaml").write_text(yaml.safe_dump({"sources": {"crm": sources[name]}}), encoding="utf-8")
    config = ("--config", "nightly.yaml")
    report = ("--profile", "all", "--format", "json", "--exit-zero", "-q")
    source = steplint("check", *config, "--source", "crm", *report, env=VARIABLES)
    assert source.code == 0, source.err
    pulled = steplint("pull", "crm", *config, "-o", f"deals.{suffix}", "-q", env=VARIABLES)
    assert pulled.code == 0, pulled.err
    file = steplint("check", str(tmp_path / f"deals.{suffix}"), "--source-name", "crm", *report)
    assert file.code == 0, file.err
    expected = found(file.out)
    assert len(expected) > COUNT / 2
    assert found(source.out) == expected
