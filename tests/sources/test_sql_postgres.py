"""The SQL source on a real PostgreSQL server: rights, limits, faults in mid-stream, values; the same records as from a file."""

from __future__ import annotations

import datetime as dt
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import polars as pl
import pytest
import sqlalchemy as sa
from bench import make_data
from polars.testing import assert_frame_equal
from tests.servers.postgres import Cluster
from tests.servers.warehouse import warehouse
from tests.sources.sql_kit import AS_OF, CANARY, World, bare, fill, run

from steplint.errors import SourceError, SteplintError, TryLater
from steplint.records import Org
from steplint.records.schema import PROVENANCE
from steplint.sources import open_source
from steplint.sources.remote import Page, Part
from steplint.sources.remote.spool import Spool, pull
from steplint.sources.sql import Sql

#: As docs/sql.md has it: a user that may read one schema and nothing else.
READER = f"CREATE ROLE reader LOGIN PASSWORD '{CANARY}'"
GRANTS = ("GRANT USAGE ON SCHEMA crm TO reader", "GRANT SELECT ON ALL TABLES IN SCHEMA crm TO reader")


@pytest.fixture(scope="module")
def server(postgres: Cluster) -> Iterator[Cluster]:
    """With a database `warehouse` and the user `reader`."""
    engine = sa.create_engine(postgres.url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE warehouse")
        run(postgres.url(), READER)
        yield postgres
        connection.exec_driver_sql("DROP DATABASE warehouse WITH (FORCE)")
        run(postgres.url(), "DROP ROLE reader")


@pytest.fixture
def database(server: Cluster) -> Iterator[str]:
    """A database with an empty schema `crm`: the address for its superuser."""
    url = server.url("warehouse")
    run(url, "CREATE SCHEMA crm")
    yield url
    run(url, "DROP SCHEMA IF EXISTS vault CASCADE", "DROP SCHEMA crm CASCADE")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "state")


def settings(database: str, **more: Any) -> dict[str, Any]:
    """Settings for the reader; its password is CANARY."""
    return {"url": bare(database, username="reader"), "password": {"env": "SECRET"}, **more}


def line(world: World, given: dict[str, Any], **more: Any) -> str:
    with pytest.raises(SteplintError) as caught:
        world.pull(given, **more)
    said = caught.value.render()
    assert "\n" not in said
    assert CANARY not in said + "".join(traceback.format_exception(caught.value))
    return said


DEALS = """
CREATE TABLE crm.deals (
  id bigint PRIMARY KEY, name varchar(250), next_step text, next_step_date date, "order" text, owner text, amount numeric(12, 2),
  is_closed boolean, modified timestamptz, created timestamp, contacts text[], stage char(10), url bytea
)
"""


def deal(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "name": f"Deal {number}", "next_step": f"Call Dana about point {number}", **more}


def test_values_of_every_type(world: World, database: str) -> None:
    run(database, DEALS, *GRANTS)
    zone = dt.timezone(dt.timedelta(hours=-5))
    whole = deal(
        1, next_step_date=dt.date(2026, 1, 15), order="x", owner="Zoë “Ace” O'Neil", amount="1250.50", is_closed=False,
        modified=dt.datetime(2026, 1, 10, 22, 30, tzinfo=zone), created=dt.datetime(2026, 1, 2, 3, 4, 5, 678),
        contacts=["Ann", "Bo; Cy"], stage="Proposal", url=b"https://crm.example.com/1",
    )  # fmt: skip
    empty = {**dict.fromkeys(whole), "id": 2}
    far = {**empty, "id": 3, "next_step": "é" * 5_000, "contacts": []}
    fill(database, "deals", [whole, empty, far], "crm")
    run(
        database,
        "UPDATE crm.deals SET next_step_date = 'infinity', modified = '-infinity', amount = 'NaN' WHERE id = 3",
    )
    frame, notes = world.pull_with_notes(settings(database, table="crm.deals"), Org(timezone="America/New_York"))
    names = ["next_step", "due_date", "owner", "amount", "is_closed", "modified", "created", "contacts", "stage", "url"]
    assert frame.select(names).rows() == [
        (
            "Call Dana about point 1", dt.date(2026, 1, 15), "Zoë “Ace” O'Neil", 1250.5, False, dt.datetime(2026, 1, 10, 22, 30),
            dt.datetime(2026, 1, 2, 3, 4, 5), ["Ann", "Bo; Cy"], "Proposal  ", "https://crm.example.com/1",
        ),
        (None,) * len(names),
        ("é" * 5_000, None, None, None, None, None, None, [], None, None),
    ]  # fmt: skip
    assert "crm: “next_step_date”: 1 value is no date" in notes


QUOTED = 'CREATE TABLE crm."Next Steps" ("Id" uuid, "NextStep" text, "user" text, "Stage Name" text, "select" int)'


def test_names_that_need_quotes(world: World, database: str) -> None:
    identity = "12345678-1234-5678-1234-567812345678"
    run(
        database,
        QUOTED,
        f"INSERT INTO crm.\"Next Steps\" VALUES ('{identity}', 'Call Dana', 'Raj', 'Demo', 1)",
        *GRANTS,
    )
    given = settings(database, table="crm.next steps", map={"owner": "user"})
    assert world.pull(given).select("id", "next_step", "owner", "stage").rows() == [
        (identity, "Call Dana", "Raj", "Demo")
    ]


@pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED VIEW"])
def test_views_and_a_query(world: World, database: str, kind: str) -> None:
    run(database, DEALS, f"CREATE {kind} crm.pipeline AS SELECT * FROM crm.deals", *GRANTS)
    assert world.pull(settings(database, table="crm.pipeline")).height == 0
    fill(database, "deals", [deal(1)], "crm")
    if kind == "MATERIALIZED VIEW":
        run(database, "REFRESH MATERIALIZED VIEW crm.pipeline")
    assert world.pull(settings(database, table="crm.pipeline"))["id"].to_list() == ["1"]
    query = (
        "SELECT id, '50%'::text AS name, next_step -- all\nFROM crm.pipeline WHERE name LIKE 'Deal%';\n-- that is it"
    )
    assert world.pull(settings(database, query=query)).select("id", "name").rows() == [("1", "50%")]


def test_json_is_read_as_names(world: World, database: str) -> None:
    run(database, *GRANTS)
    query = """SELECT '["Ann", "Bo"]'::jsonb AS contacts, '{"a": 1}'::json AS next_step, 1.0::float8 AS id"""
    assert world.pull(settings(database, query=query)).select("id", "contacts", "next_step").rows() == [
        ("1", ["Ann", "Bo"], '{"a": 1}')
    ]


WRITES = {
    "INSERT INTO crm.deals (id) VALUES (9)": "the statement writes, and the database lets nothing be written here",
    "SELECT nextval('crm.numbers')": "the statement writes, and the database lets nothing be written here",
    "SELECT set_config('transaction_read_only', 'off', true)": "read-write mode must be set before any query",
}


@pytest.mark.parametrize("statement", WRITES)
def test_the_transaction_can_only_read(world: World, database: str, statement: str) -> None:
    """Also with all rights, and with statements that `query:` would never let through."""
    run(database, DEALS, "CREATE SEQUENCE crm.numbers")
    fill(database, "deals", [deal(1)], "crm")
    source = world.source({**settings(database, table="crm.deals"), **admin(world, database)})
    source.plan()
    with pytest.raises(SourceError, match=WRITES[statement]), source._database.asking():
        source._database.connection.exec_driver_sql(statement)
    source.close()
    assert world.pull({**settings(database, table="crm.deals"), **admin(world, database)}).height == 1


def admin(world: World, database: str) -> dict[str, Any]:
    """Settings for the superuser."""
    world.env["ADMIN"] = str(sa.make_url(database).password)
    return {"url": bare(database), "password": {"env": "ADMIN"}}


def test_a_query_that_writes_in_the_middle(world: World, database: str) -> None:
    run(database, "CREATE SEQUENCE crm.numbers", *GRANTS)
    given = {**settings(database), **admin(world, database)}
    assert line(world, {**given, "query": "SELECT nextval('crm.numbers')::text AS next_step"}) == (
        "the statement writes, and the database lets nothing be written here; take that out of query:"
    )


def test_a_statement_has_a_time_limit(world: World, database: str) -> None:
    query = "SELECT id::text AS next_step, pg_sleep(0.05)::text AS slow FROM generate_series(1, 200) id"
    said = line(world, settings(database, query=query, time_limit=0.4))
    assert (
        said == "a statement was stopped after 0.4 s, its time limit; raise time_limit of the source, or ask for less"
    )


def test_a_connection_that_is_lost_in_mid_stream(
    world: World, server: Cluster, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(database, DEALS, *GRANTS)
    fill(database, "deals", [deal(number) for number in range(1_000)], "crm")
    whole = Sql.pages

    def pages(self: Sql, part: Part, cursor: str | None) -> Iterator[Page]:
        for number, page in enumerate(whole(self, part, cursor)):
            if number == 2:
                ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'steplint'"
                run(server.url(), ended)
            yield page

    monkeypatch.setattr(Sql, "pages", pages)
    given = settings(database, table="crm.deals", batch_rows=100)
    assert line(world, given) == "the database closed the connection; nothing was used; try again"
    assert b'"event": "records"' not in world.lines.getvalue()
    monkeypatch.setattr(Sql, "pages", whole)
    assert world.pull(given).height == 1_000


def test_one_state_of_the_data_fetched_piece_by_piece(world: World, database: str) -> None:
    run(database, DEALS, "CREATE TABLE crm.users (id text, name text)", *GRANTS)
    fill(database, "deals", [deal(number) for number in range(1_000)], "crm")
    source = world.source(settings(database, table="crm.deals", batch_rows=100))
    plan = source.plan()
    pages = source.pages(plan.parts[0], None)
    first = next(pages)
    # On the server, a hundred rows at a time: not an answer that waits in memory.
    cursors = source._database.connection.scalars(
        sa.text("SELECT statement FROM pg_cursors WHERE name LIKE 'c\\_%'")
    ).all()
    assert len(cursors) == 1
    run(database, "DELETE FROM crm.deals WHERE id > 500", "UPDATE crm.deals SET next_step = 'changed'")
    rest = list(pages)
    source.close()
    steps = pl.concat([page.rows for page in (first, *rest)])["next_step"]
    assert (first.total, steps.len(), steps.str.starts_with("Call Dana").all()) == (1_000, 1_000, True)


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"table": "crm.deal"}, "there is no table deal in schema crm that this user can see; did you mean crm.deals?"),
    ({"table": "deals"}, "did you mean crm.deals?"),
    ({"table": "crn.deals"}, "there is no table deals in schema crn that this user can see; did you mean crm.deals?"),
    (
        {"table": "crm.secret"},
        "crm.secret: this user may not read it; GRANT SELECT ON crm.secret TO this user",
    ),
    (
        {"table": "vault.deals"},
        "permission denied for schema vault; GRANT SELECT on it, and USAGE on its schema, to this user",
    ),
    ({"query": "SELECT * FROM crm.secret"}, "permission denied for table secret"),
    (
        {"query": "SELECT 1 AS next_step, 2 AS next_step"},
        "query: 2 columns are called “next_step”; give each a name of its own",
    ),
    (
        {"query": 'SELECT 1 AS "ID", 2 AS id, 3 AS next_step'},
        "the query: 2 columns look alike and fit id: 'ID' (#1), 'id' (#2)",
    ),
    ({"query": "SELECT nxt FROM crm.deals"}, 'column "nxt" does not exist; check query: and map:'),
    ({"query": "SELECT ('no ' || name)::int AS next_step FROM crm.deals"}, "invalid input syntax for type integer"),
    (
        {"table": "crm.deals", "password": {"env": "WRONG"}},
        'password authentication failed for user "reader"; check user and',
    ),
    ({"table": "crm.deals", "password": None}, "no password supplied; check user and password"),
    ({"table": "crm.deals", "database": "nowhere"}, 'database "nowhere" does not exist; check the address'),
    ({"table": "crm.deals", "host": "nowhere.invalid"}, "nowhere.invalid: "),
    ({"table": "crm.deals", "port": 1}, "Connection refused"),
]


@pytest.mark.parametrize(("given", "said"), MISTAKES, ids=[said[:50] for _, said in MISTAKES])
def test_mistakes_are_one_line(world: World, database: str, given: dict[str, Any], said: str) -> None:
    run(database, DEALS, "CREATE SCHEMA vault", "CREATE TABLE vault.deals (id int, next_step text)", *GRANTS)
    run(database, "CREATE TABLE crm.secret (id int, next_step text)")
    fill(database, "deals", [deal(1)], "crm")
    world.env["WRONG"] = f"{CANARY} no"
    whole = {**settings(database), **given}
    whole["url"] = bare(whole["url"], **{key: whole.pop(key) for key in ("database", "host", "port") if key in whole})
    assert said in line(world, {key: value for key, value in whole.items() if value is not None})


def test_too_many_connections_mean_later(world: World, database: str) -> None:
    run(database, DEALS, *GRANTS, "ALTER ROLE reader CONNECTION LIMIT 0")
    try:
        with pytest.raises(TryLater, match="too many connections for role"):
            world.pull(settings(database, table="crm.deals"))
    finally:
        run(database, "ALTER ROLE reader CONNECTION LIMIT -1")


def test_columns_that_were_not_granted(world: World, database: str) -> None:
    run(
        database,
        DEALS,
        "GRANT USAGE ON SCHEMA crm TO reader",
        "GRANT SELECT (id, name, next_step) ON crm.deals TO reader",
    )
    fill(database, "deals", [deal(1)], "crm")
    stream = world.open(settings(database, table="crm.deals"))
    frame = pl.concat([batch.records for batch in stream.batches])
    assert frame.select("id", "next_step", "owner").rows() == [("1", "Call Dana about point 1", None)]
    assert set(stream.hidden) == {
        "due_date", "owner", "amount", "is_closed", "modified", "created", "contacts", "stage", "url"
    }  # fmt: skip
    run(database, "REVOKE SELECT (next_step) ON crm.deals FROM reader")
    for more in ({}, {"map": {"next_step": "next_step"}}):
        said = line(world, settings(database, table="crm.deals", **more))
        assert said == "crm.deals: this user may not read next_step; GRANT SELECT (next_step) ON crm.deals TO this user"


def test_only_what_is_open_or_changed(world: World, database: str) -> None:
    run(database, DEALS, *GRANTS)
    moments = {1: "2026-01-01", 2: "2026-01-11", 3: "2026-01-01", 4: None, 5: "2026-01-01"}
    closed = {1: True, 2: True, 3: False, 4: True, 5: None}
    fill(database, "deals", [deal(n, modified=moments[n], is_closed=closed[n]) for n in moments], "crm")
    given = settings(database, table="crm.deals")
    since = dt.datetime(2026, 1, 10, tzinfo=dt.UTC)
    assert world.pull(given, since=since)["id"].to_list() == ["2", "3", "4", "5"]
    assert world.pull({**given, "map": {"is_closed": ""}}, since=since).height == 5
    assert world.pull({**given, "map": {"modified": ""}}, since=since).height == 5
    query = "SELECT id, next_step, modified, is_closed FROM crm.deals"
    assert world.pull(settings(database, query=query), since=since).height == 5


def test_since_is_compared_in_the_zone_of_the_column(world: World, database: str) -> None:
    run(database, "CREATE TABLE crm.deals (id int, next_step text, is_closed boolean, modified timestamp)", *GRANTS)
    run(database, "INSERT INTO crm.deals VALUES (1, 'x', true, '2026-01-10 12:00')")
    given = settings(database, table="crm.deals")
    since = dt.datetime(2026, 1, 10, 11, 30, tzinfo=dt.UTC)
    assert world.pull(given, since=since, timezone="Europe/Berlin").height == 0  # 11:00 UTC
    assert world.pull({**given, "naive_times": "utc"}, since=since, timezone="Europe/Berlin").height == 1


def test_the_watermark_is_the_databases_own_time(world: World, database: str) -> None:
    run(database, DEALS, *GRANTS)
    source = world.source(settings(database, table="crm.deals"))
    watermark = source.plan().watermark
    assert watermark.utcoffset() == dt.timedelta(0)
    assert source._database.connection.scalar(sa.text("SELECT now() = :said"), {"said": watermark})
    source.close()


@pytest.mark.parametrize("whole", [False, True], ids=["password", "address"])
def test_no_secret_is_written_anywhere(
    world: World, database: str, whole: bool, caplog: pytest.LogCaptureFixture
) -> None:
    run(database, DEALS, *GRANTS)
    fill(database, "deals", [deal(number) for number in range(300)], "crm")
    given = settings(database, table="crm.deals", batch_rows=100)
    if whole:
        url = sa.make_url(given["url"]).set(password=CANARY).render_as_string(hide_password=False)
        world.env["ADDRESS"] = url
        given = {"url": {"env": "ADDRESS"}, "table": "crm.deals", "batch_rows": 100}
    caplog.set_level("DEBUG")
    source = world.source(given)
    plan = source.plan()
    rows = pull(source, plan, Spool(world.folder / "kept", plan.identity, world.context().now()))
    assert sum(frame.height for frame in source.records(rows)) == 300
    faults = [{"table": "crm.none"}, {"table": None, "query": "SELECT 1 / 0 AS next_step"}, {"time_limit": 0.001}]
    said = [line(world, {**given, **fault}) for fault in faults]
    notes = (
        "".join(source.context.notes) + "".join(said) + caplog.text + plan.identity + world.lines.getvalue().decode()
    )
    files = b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    assert len(files) > 1_000
    for secret in {CANARY, quote(CANARY), quote(CANARY, safe=""), quote_plus(CANARY)}:
        assert secret not in notes
        assert secret.encode() not in files


def test_a_table_gives_the_records_that_a_file_gives(world: World, tmp_path: Path) -> None:
    count = 6_000
    make_data.write(tmp_path / "export.csv", count)
    stream = open_source([str(tmp_path / "export.csv")], as_of=AS_OF)
    file = pl.concat([batch.records for batch in stream.batches]).sort("id")
    with warehouse(count) as server:
        world.env["ADDRESS"] = server.url()
        table, _ = world.pull_with_notes({"url": {"env": "ADDRESS"}, "table": "salesforce.opportunity"})
    assert stream.columns >= {
        "id",
        "name",
        "account",
        "owner",
        "owner_active",
        "stage",
        "amount",
        "currency",
        "close_date",
    }
    assert stream.columns >= {"next_step", "due_date", "modified", "last_activity", "created", "contacts"}
    assert table.height == file.height == count
    # Places differ, and the warehouse knows the owners' addresses.
    others = PROVENANCE | {"row", "owner_email"}
    assert_frame_equal(table.drop(others, strict=False), file.drop(others, strict=False))
