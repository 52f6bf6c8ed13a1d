"""A real CRM that people have worked in: steplint reads its database by table and by query, and says what a manager would."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from tests.crm.conftest import DEALS, Crm, workday
from tests.crm.djangocrm import SECRET
from tests.crm.rep import Rep

from steplint.cli.host import Host
from steplint.cli.main import main

pytestmark = pytest.mark.crm

#: What the CRM itself writes as the next step of every new deal.
DEFAULT = "Establish the first contact with the client."
TABLE = "table: public.crm_deal"
QUERY = """\
    query: |
      SELECT deal.id, deal.name, deal.next_step, deal.next_step_date, deal.amount, deal.creation_date, deal.update_date,
             stage.name AS stage, NOT deal.active AS is_closed, coalesce(company.full_name, lead.company_name) AS account,
             coalesce(nullif(trim(owner.first_name || ' ' || owner.last_name), ''), owner.username) AS owner,
             owner.email AS owner_email, owner.is_active AS owner_active,
             array_remove(ARRAY[nullif(concat_ws(' ', lead.first_name, lead.last_name), '')], NULL) AS contacts
      FROM crm_deal AS deal
      LEFT JOIN crm_stage AS stage ON stage.id = deal.stage_id
      LEFT JOIN auth_user AS owner ON owner.id = deal.owner_id
      LEFT JOIN crm_company AS company ON company.id = deal.company_id
      LEFT JOIN crm_lead AS lead ON lead.id = deal.lead_id
      ORDER BY deal.id;  -- as the reps see them"""
CONFIG = """\
stages:
  request: qualify
  analysis of request: qualify
  clarification of the requirements: prove
  price offer: propose
  agreement: commit
sources:
  crm:
    type: sql
    url: postgresql://auditor@127.0.0.1:PORT/crm
    password: {env: CRM_PASSWORD}
    WHAT
    link: SITEcrm/deal/{id}/change/
"""
PASSWORD = "only reads: 100% @ home"  # noqa: S105 - of a server that lives for a test
READER = (f"CREATE ROLE auditor LOGIN PASSWORD '{PASSWORD}'", "GRANT pg_read_all_data TO auditor")

Run = Callable[..., Any]


@pytest.fixture(scope="session")
def auditor(crm: Crm) -> Crm:
    """The CRM, with a user of its database that may only read."""
    with sa.create_engine(crm.url, poolclass=sa.NullPool).begin() as connection:
        for statement in READER:
            connection.execution_options(no_parameters=True).exec_driver_sql(statement)
    return crm


@pytest.fixture
def steplint(auditor: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the CRM as of so many days after the deals were made; its report."""
    monkeypatch.chdir(tmp_path)

    def run(command: str, *options: str, what: str = TABLE, days: int = 0) -> Any:
        port = str(sa.make_url(auditor.url).port)
        config = CONFIG.replace("PORT", port).replace("WHAT", what.strip()).replace("SITE", auditor.site)
        (tmp_path / "steplint.yaml").write_text(config, encoding="utf-8")
        out, err = io.BytesIO(), io.BytesIO()
        now = datetime(auditor.day.year, auditor.day.month, auditor.day.day, 18, tzinfo=UTC) + timedelta(days=days)
        env = {"CRM_PASSWORD": PASSWORD, "STEPLINT_STATE": "state"}
        host = Host(io.BytesIO(), out, err, env, tmp_path, lambda: now)
        code = main([command, *options, "--config", "steplint.yaml"], host)
        assert code in (0, 1), err.getvalue().decode()
        assert PASSWORD not in out.getvalue().decode() + err.getvalue().decode()
        return json.loads(out.getvalue()) if command == "check" else None

    return run


def primary(report: Any) -> dict[str, str]:
    """Name of the deal -> code of its primary finding."""
    return {finding["record_name"]: finding["code"] for finding in report["findings"] if finding["primary"]}


@pytest.mark.parametrize("what", [TABLE, QUERY], ids=["table", "query"])
@pytest.mark.parametrize(("days", "key"), [(0, "found"), (7, "later")])
def test_findings_are_those_of_a_sales_manager(steplint: Run, what: str, days: int, key: str) -> None:
    report = steplint("check", "--source", "crm", "--format", "json", what=what, days=days)
    assert primary(report) == {deal["name"]: deal[key] for deal in DEALS if key in deal}
    summary = report["summary"]
    assert (summary["records"], summary["out_of_scope_by_reason"]) == (len(DEALS) - 2, {"closed": 2})
    assert report["complete"] is True


def test_the_crms_own_first_step(steplint: Run) -> None:
    """With its date, tomorrow, it is a step: no blame that evening. Left as it is for a week it is overdue, and on deal after
    deal it is seen to be nobody's own words."""
    written = {deal["name"] for deal in DEALS if "step" not in deal}
    assert len(written) == 5

    def found(*options: str, days: int) -> dict[str, set[str]]:
        report = steplint("check", "--source", "crm", "--format", "json", *options, days=days)
        assert {f["text"] for f in report["findings"] if f["record_name"] in written} <= {DEFAULT}
        return {name: {f["code"] for f in report["findings"] if f["record_name"] == name} for name in written}

    assert set(map(frozenset, found(days=0).values())) == {frozenset()}
    assert set(map(frozenset, found(days=7).values())) == {frozenset({"WHEN303"})}
    assert all("WHAT208" in codes for codes in found("--profile", "all", days=0).values())


def pulled(steplint: Run, folder: Path, what: str) -> pl.DataFrame:
    steplint("pull", "crm", "-o", "deals.parquet", what=what)
    return pl.read_parquet(folder / "deals.parquet").sort(pl.col("id").cast(pl.Int64))


def test_records_are_what_was_typed_in(steplint: Run, auditor: Crm, tmp_path: Path) -> None:
    table = pulled(steplint, tmp_path, TABLE)
    rows = {row["name"]: row for row in table.rows(named=True)}
    assert set(rows) == {deal["name"] for deal in DEALS}
    for deal in DEALS:
        row = rows[deal["name"]]
        rep = deal.get("rep", "ana")
        assert row["owner"] == {"ana": "Ana Reyes", "bo": "bo"}[rep]
        assert (row["owner_email"], row["owner_active"]) == (f"{rep}@example.com", True)
        assert (row["account"], row["contacts"]) == (deal["company"], [deal["client"]])
        assert row["is_closed"] is ("close" in deal)
        assert row["amount"] == float(deal.get("amount", 0))
        ahead = {f"d{number}": workday(auditor.day, number) for number in range(1, 10)}
        step = deal["step"].format(**ahead) if "step" in deal else DEFAULT
        # The CRM says who wrote into a deal of somebody else.
        assert row["next_step"] == step + (f" ({deal['by']})" if "by" in deal else "")
        due = workday(auditor.day, deal["due"]) if "due" in deal else auditor.day + timedelta(days=1)
        assert row["due_date"] == due
        assert abs(row["modified"] - datetime.now(UTC).replace(tzinfo=None)) < timedelta(hours=1)
    query = pulled(steplint, tmp_path, QUERY)
    assert set(table.columns) - set(query.columns) <= {"currency", "close_date"}
    assert query.equals(table.select(query.columns))


def test_a_finding_leads_to_the_page_and_goes_when_the_step_is_mended(steplint: Run, auditor: Crm) -> None:
    """Last, because it changes a deal."""
    report = steplint("check", "--source", "crm", "--format", "json")
    finding = next(finding for finding in report["findings"] if finding["record_name"] == "Office move")
    rep = Rep(auditor.site)
    rep.send("789-login/", username="ana", password=SECRET)
    _, page = rep.open(finding["url"])
    assert dict(page.values)["next_step"] == finding["text"] == "TBD"
    day: date = workday(auditor.day, 4)
    step = f"Call Tom Berg {day:%a %-d %b} 11:00 about the moving plan; he asks his landlord for the floor plan"
    rep.send(finding["url"], "_save", next_step=step, next_step_date=day.isoformat())
    assert "Office move" not in primary(steplint("check", "--source", "crm", "--format", "json"))
