"""Tables as loaders and CRMs make them are read without a mapping, without deleted rows, and with names for ids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.servers.postgres import Cluster
from tests.sources.sql_kit import World, bare, run

from steplint.sources.sql import loaders

WAREHOUSES = yaml.safe_load(Path(__file__).with_name("warehouses.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "state")


@pytest.fixture
def database(postgres: Cluster) -> Iterator[str]:
    """A database with an empty schema `crm`."""
    run(postgres.url(), "CREATE SCHEMA crm")
    yield postgres.url()
    run(postgres.url(), "DROP SCHEMA crm CASCADE", "DROP ROLE IF EXISTS seller")


def settings(world: World, database: str, **more: Any) -> dict[str, Any]:
    world.env["ADDRESS"] = database
    return {"url": {"env": "ADDRESS"}, **more}


@pytest.mark.parametrize("name", WAREHOUSES)
def test_a_table_is_read_as_it_is(world: World, database: str, name: str) -> None:
    warehouse = WAREHOUSES[name]
    run(database, *warehouse["make"])
    frame, notes = world.pull_with_notes(settings(world, database, table=warehouse["table"]))
    found = {row["id"]: row for row in frame.rows(named=True)}
    assert set(found) == set(map(str, warehouse["records"]))
    for identity, wanted in warehouse["records"].items():
        row = found[str(identity)]
        assert {column: row[column] for column in wanted} == wanted
    assert [note for note in warehouse.get("notes", ()) if note not in notes] == []


def test_lookups_can_be_switched_off_and_overruled(world: World, database: str) -> None:
    run(database, *WAREHOUSES["fivetran-salesforce"]["make"])
    given = settings(world, database, table="crm.opportunity")
    frame = world.pull({**given, "lookups": False})
    assert frame["owner"].to_list() == frame["account"].to_list() == [None, None]
    frame = world.pull({**given, "map": {"owner": "owner_id", "account": ""}})
    assert frame.select("owner", "owner_email", "account").row(0) == ("005A", "dana@example.com", None)


def test_only_accounts_that_are_used_are_fetched(world: World, database: str) -> None:
    run(database, *WAREHOUSES["fivetran-salesforce"]["make"])
    source = world.source(settings(world, database, table="crm.opportunity"))
    rows = {part.name: sum(page.rows.height for page in source.pages(part, None)) for part in source.plan().parts}
    source.close()
    assert rows == {"records": 2, "lookup1": 2, "lookup2": 1}


def test_a_query_leaves_nothing_out_and_says_so(world: World, database: str) -> None:
    run(database, *WAREHOUSES["fivetran-salesforce"]["make"])
    query = "SELECT id, next_step, is_deleted, _fivetran_deleted FROM crm.opportunity"
    frame, notes = world.pull_with_notes(settings(world, database, query=query))
    assert frame.height == 4
    assert "the query gives _fivetran_deleted, is_deleted, and does not leave out what is deleted by it" in notes


def test_names_that_were_not_granted(world: World, database: str) -> None:
    run(
        database,
        *WAREHOUSES["fivetran-salesforce"]["make"],
        "CREATE ROLE seller LOGIN PASSWORD 'seller seller'",
        "GRANT USAGE ON SCHEMA crm TO seller",
        "GRANT SELECT ON crm.opportunity, crm.account TO seller",
    )
    world.env["SELLER"] = "seller seller"
    given = {"url": bare(database, username="seller"), "password": {"env": "SELLER"}, "table": "crm.opportunity"}
    try:
        stream = world.open(given)
        rows = [row for batch in stream.batches for row in batch.records.select("account", "owner").rows()]
        assert sorted(rows, key=str) == [("Acme", None), (None, None)]
        assert set(stream.hidden) == {"owner", "owner_email", "owner_active", "manager"}
        assert "owner is hidden from this user; GRANT SELECT ON crm.user lets it be read" in stream.notes
    finally:
        run(database, "DROP OWNED BY seller")


def test_every_known_lookup_gives_canonical_columns() -> None:
    from steplint.records.schema import SCHEMA

    known = loaders._known()
    assert {name for lookup in known["lookups"] for name in lookup["gives"]} <= set(SCHEMA)
    assert all(table == table.casefold() for lookup in known["lookups"] for table in lookup["of"])


def test_a_name_that_is_hidden_and_not_wanted_is_not_said(world: World, database: str) -> None:
    run(
        database,
        *WAREHOUSES["owner-names-of-its-own"]["make"],
        "CREATE ROLE seller LOGIN PASSWORD 'seller seller'",
        "GRANT USAGE ON SCHEMA crm TO seller",
        "GRANT SELECT ON crm.opportunity TO seller",
    )
    world.env["SELLER"] = "seller seller"
    given = {"url": bare(database, username="seller"), "password": {"env": "SELLER"}, "table": "crm.opportunity"}
    try:
        stream = world.open({**given, "map": {"owner_email": ""}})
        stream.close()
        assert stream.hidden == ()
    finally:
        run(database, "DROP OWNED BY seller")


def test_a_key_of_another_type_is_looked_up_all_the_same(world: World, database: str) -> None:
    run(
        database,
        "CREATE TABLE crm.opportunity (id text, next_step text, account_id text)",
        "CREATE TABLE crm.account (id bigint, name text)",
        "INSERT INTO crm.opportunity VALUES ('006A', 'Call Bo', '7')",
        "INSERT INTO crm.account VALUES (7, 'Acme'), (8, 'Never used')",
    )
    assert world.pull(settings(world, database, table="crm.opportunity"))["account"].to_list() == ["Acme"]
