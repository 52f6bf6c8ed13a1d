"""A CRM that two reps have worked in for a day."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from tests.crm.djangocrm import SECRET, NoCrm, installed, serving
from tests.crm.rep import Rep
from tests.servers.postgres import Cluster

DEALS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("deals.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Crm:
    """`url` is the address of its database, `site` that of its pages; its deals were made on `day`, UTC."""

    url: str
    site: str
    day: date


@pytest.fixture(scope="session")
def crm(postgres: Cluster) -> Iterator[Crm]:
    try:
        folder = installed()
    except NoCrm as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(f"the CRM cannot be installed: {error}")
    engine = sa.create_engine(postgres.url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE crm")
    with serving(folder, postgres) as site:
        day = work(site, postgres.url("crm"))
        yield Crm(postgres.url("crm"), site, day)


def work(site: str, url: str) -> date:
    """Everything in deals.yaml, done on the CRM's own pages; the day on which it did so."""
    people = {name: Rep(site) for name in ("ana", "bo", "kim")}
    for name, rep in people.items():
        rep.send("789-login/", username=name, password=SECRET)
    for deal in DEALS:
        first, _, last = deal["client"].partition(" ")
        people[deal.get("rep", "ana")].send(
            "crm/request/add/", "_create-deal", request_for=deal["name"], first_name=first, last_name=last,
            email=f"{last.lower()}@example.com", company_name=deal["company"], country="Germany",
        )  # fmt: skip
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        places = {row.name: row.id for row in connection.execute(sa.text("SELECT name, id FROM crm_deal"))}
        day: date = connection.execute(sa.text("SELECT min(creation_date) FROM crm_deal")).scalar_one().date()
    for deal in DEALS:
        filled = edits(deal, day)
        if filled:
            rep = people[deal.get("by", deal.get("rep", "ana"))]
            rep.send(f"crm/deal/{places[deal['name']]}/change/", "_save", **filled)
    return day


def edits(deal: dict[str, Any], day: date) -> dict[str, str]:
    """The fields of a deal's form that are filled in anew."""
    filled = {name: deal[name] for name in ("stage", "amount") if name in deal}
    if "step" in deal:
        ahead = {f"d{number}": workday(day, number) for number in range(1, 10)}
        filled |= {"next_step": deal["step"].format(**ahead), "next_step_date": workday(day, deal["due"]).isoformat()}
    return filled | ({"closing_reason": deal["close"]} if "close" in deal else {})


def workday(day: date, number: int) -> date:
    """The workday that is so many workdays after a day."""
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day
