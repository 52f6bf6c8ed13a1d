"""The SQL source on SQLite: columns, values, what is refused, and that nothing is ever written."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
import uuid
from collections.abc import Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.sources.sql_kit import World

from steplint.errors import SourceError, SteplintError, TryLater
from steplint.records import Org
from steplint.sources.remote import CursorLost
from steplint.sources.remote.spool import Spool, pull
from steplint.sources.sql.columns import to_frame
from steplint.sources.sql.faults import error_of
from steplint.sources.sql.settings import parse_url

DEALS = """
CREATE TABLE deals (
  id INTEGER PRIMARY KEY, "Deal Name" TEXT, "order" TEXT, "next_step" TEXT, next_step_date DATE, owner VARCHAR(80),
  amount NUMERIC, is_closed BOOLEAN, last_modified_date TIMESTAMP, contacts TEXT
)
"""


def execute(file: Path, statement: str, rows: Sequence[tuple[Any, ...]] = ()) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        if rows:
            connection.executemany(statement, rows)
        else:
            connection.execute(statement)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "state")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "crm.db"
    execute(path, DEALS)
    return path


def insert(file: Path, *rows: tuple[Any, ...]) -> None:
    execute(file, f"INSERT INTO deals VALUES ({', '.join('?' * len(rows[0]))})", rows)


def settings(file: Path, **more: Any) -> dict[str, Any]:
    given = more if "query" in more else {"table": "deals", **more}
    return {"url": f"sqlite:///{file}", **given}


def line(world: World, given: dict[str, Any], **more: Any) -> str:
    with pytest.raises(SteplintError) as caught:
        world.pull(given, **more)
    assert "\n" not in caught.value.render()
    return caught.value.render()


LONG = "Call Dana Wu on Thu 15 Jan about the pilot. " * 120
STEPS = [
    None,
    "",
    " ",
    "TBD",
    "Call\r\nDana; then\tRaj",
    "nul \0 inside",
    LONG,
    "“Übergabe” – 東京 🚀",
    "'; DROP TABLE deals; --",
    "=1+1",
    "\\N",
    "%s :x",
]


def test_values_come_as_they_are(world: World, file: Path) -> None:
    rows = [
        (
            number,
            f"Deal {number}",
            "x",
            step,
            "2026-01-15",
            "Dana Wu",
            1250.5,
            number % 2,
            "2026-01-10 08:30:00",
            "Ann; Bo",
        )
        for number, step in enumerate(STEPS, start=1)
    ]
    insert(file, *rows)
    stream = world.open(settings(file))
    frame = pl.concat([batch.records for batch in stream.batches]).sort(pl.col("id").cast(pl.Int64))
    assert frame["next_step"].to_list() == STEPS
    assert len(LONG) > 5_000
    assert frame["id"].to_list() == [str(number) for number in range(1, len(STEPS) + 1)]
    assert frame.row(0, named=True) | {"row": 0} == frame.row(0, named=True) | {
        "row": 0,
        "name": "Deal 1",
        "kind": "opportunity",
        "due_date": dt.date(2026, 1, 15),
        "owner": "Dana Wu",
        "amount": 1250.5,
        "is_closed": True,
        "modified": dt.datetime(2026, 1, 10, 8, 30),
        "contacts": ["Ann", "Bo"],
        "source": "crm",
    }
    assert stream.columns == {
        "id", "name", "next_step", "due_date", "owner", "amount", "is_closed", "modified", "contacts"
    }  # fmt: skip


def test_a_query_with_a_join(world: World, file: Path) -> None:
    insert(file, (1, "Renewal", "7", "Call Dana", None, "u1", 5, 0, None, None))
    execute(file, "CREATE TABLE people (id TEXT, name TEXT)")
    execute(file, "INSERT INTO people VALUES ('u1', 'Dana Wu'), ('u2', 'Raj')")
    query = """
        SELECT d.id, d."Deal Name" AS name, d.next_step, p.name AS owner, ':x' AS account -- a colon, a % and a comment
        FROM deals d LEFT JOIN people p ON p.id = d.owner WHERE d."Deal Name" LIKE 'Ren%'; -- the end
    """
    frame = world.pull(settings(file, query=query))
    assert frame.select("id", "name", "next_step", "owner", "account").rows() == [
        ("1", "Renewal", "Call Dana", "Dana Wu", ":x")
    ]


def test_views_are_read(world: World, file: Path) -> None:
    insert(file, (1, "Renewal", "7", "Call Dana", None, "u1", 5, 0, None, None))
    execute(file, "CREATE VIEW open_deals AS SELECT * FROM deals WHERE NOT is_closed")
    assert world.pull(settings(file, table="open_deals"))["next_step"].to_list() == ["Call Dana"]


def test_no_rows(world: World, file: Path) -> None:
    stream = world.open(settings(file))
    assert sum(batch.records.height for batch in stream.batches) == 0
    assert "next_step" in stream.columns


def test_map_kind_link_and_naive_times(world: World, file: Path) -> None:
    insert(
        file,
        (1, "Renewal", "Call Bo", "Call Dana", None, "u1", 5, 0, "2026-01-10 23:30:00.123", None),
        (2, "Renewal", "Call Bo", "Call Dana", None, "u1", 5, 0, "2026-01-10T23:30:00+01:00", None),
    )
    given = settings(
        file,
        map={"next_step": "order", "owner": ""},
        kind="task",
        link="https://crm.example.com/deals/{id}/edit",
        naive_times="utc",
    )
    frame = world.pull(given, Org(timezone="Europe/Berlin"))
    assert frame.select("next_step", "owner", "kind", "url").row(0) == (
        "Call Bo", None, "task", "https://crm.example.com/deals/1/edit"
    )  # fmt: skip
    assert frame["modified"].to_list() == [dt.datetime(2026, 1, 11, 0, 30), dt.datetime(2026, 1, 10, 23, 30)]
    local = world.pull({**given, "naive_times": "local"}, Org(timezone="Europe/Berlin"))
    assert local["modified"].to_list() == [dt.datetime(2026, 1, 10, 23, 30), dt.datetime(2026, 1, 10, 23, 30)]


def test_only_ids_that_fit_an_address_are_linked(world: World, file: Path) -> None:
    query = "SELECT 'a/../b' AS id, 'x' AS next_step UNION ALL SELECT 'ok-1', 'x'"
    frame = world.pull(settings(file, query=query, link="https://crm.example.com/{id}"))
    assert dict(zip(frame["id"], frame["url"], strict=True)) == {"a/../b": None, "ok-1": "https://crm.example.com/ok-1"}


def test_rows_with_one_id_are_one_record(world: World, file: Path) -> None:
    """A join that multiplies rows, and a loader that only ever appends."""
    query = """
        SELECT 'a' AS id, 'old' AS next_step, '2026-01-02' AS modified UNION ALL
        SELECT 'a', 'new', '2026-01-09' UNION ALL SELECT 'a', 'older', '2026-01-01' UNION ALL
        SELECT 'b', 'only', NULL UNION ALL SELECT NULL, 'nameless', NULL UNION ALL SELECT NULL, 'nameless too', NULL
    """
    frame, notes = world.pull_with_notes(settings(file, query=query))
    assert sorted(frame["next_step"]) == ["nameless", "nameless too", "new", "only"]
    assert "crm: 2 rows have an id that another row has too: the last changed of each id is judged" in notes


def test_nothing_is_written(world: World, file: Path) -> None:
    insert(file, (1, "Renewal", "7", "Call Dana", None, "u1", 5, 0, None, None))
    before = file.read_bytes()
    source = world.source(settings(file))
    source.plan()
    database = source._database
    with pytest.raises(SourceError, match="lets nothing be written here"), database.asking():
        database.connection.exec_driver_sql("DELETE FROM deals")
    source.close()
    world.pull(settings(file))
    assert file.read_bytes() == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["crm.db", "state"]


def test_a_statement_has_a_time_limit(world: World, file: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS next_step FROM n"
    said = line(world, settings(file, query=endless, time_limit=0.3))
    assert (
        said == "a statement was stopped after 0.3 s, its time limit; raise time_limit of the source, or ask for less"
    )


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"url": "sqlite:///{folder}/nowhere.db", "table": "deals"}, "unable to open database file; check the address"),
    ({"url": "sqlite:///{folder}/text.db", "table": "deals"}, "file is not a database; check the address"),
    ({"url": "sqlite://", "table": "deals"}, "the address names no file; write sqlite:///path/to/file.db"),
    ({"table": "deal"}, "there is no table deal in the default schema that this user can see; did you mean deals?"),
    ({"table": "DEALZ"}, "there is no table DEALZ in the default schema that this user can see; did you mean deals?"),
    (
        {"table": "nothing_like_it"},
        "there is no table nothing_like_it in the default schema that this user can see; it has deals, plain",
    ),
    ({"table": "nowhere.deals"}, "nowhere"),
    (
        {"table": "plain"},
        "plain: no next-step column; columns found: id, step_text; is it “step_text”? then map: {next_step: 'step_text'}",
    ),
    ({"map": {"owner": "ownr"}}, "deals: map: there is no column “ownr”; did you mean “owner”?"),
    ({"map": {"ownr": "owner"}}, "deals: map: there is no column “ownr”; did you mean “owner”?"),
    ({"map": {"next_step": "nxt"}}, "deals: map: there is no column “nxt”"),
    ({"query": "SELECT a FROM deals"}, "no such column: a; check query: and map:"),
    ({"query": "SELECT 1 AS next_step FROM deels"}, "no such table: deels; check table: and query:"),
    ({"query": "SELECT 1 AS a"}, "the query: no next-step column; columns found: a; name it: map: {next_step: COLUMN}"),
    ({"query": 'SELECT 1 AS id, 2 AS "id\u200b", 3 AS next_step'}, "the query: 2 columns look alike and fit id"),
    (
        {"query": "DELETE FROM deals RETURNING *"},
        "query: it begins with DELETE at line 1; one SELECT that changes nothing is expected",
    ),
    (
        {"url": "nosuch://x/y", "table": "deals"},
        "the address needs nosuch, which is not installed; install the SQLAlchemy dialect",
    ),
    (
        {"url": "snowflake://x/y", "table": "deals"},
        "the address needs snowflake, which is not installed; pip install 'snowflake-sqlalchemy'",
    ),
]


@pytest.mark.parametrize(("given", "said"), FAULTS, ids=[said[:50] for _, said in FAULTS])
def test_mistakes_are_one_line(world: World, file: Path, given: dict[str, Any], said: str) -> None:
    execute(file, "CREATE TABLE plain (id, step_text)")
    (file.parent / "text.db").write_text(
        "no database at all, but more than a hundred bytes long: " * 3, encoding="utf-8"
    )
    whole = {**settings(file, **{key: value for key, value in given.items() if key != "url"})}
    whole["url"] = given.get("url", whole["url"]).format(folder=file.parent)
    assert said in line(world, whole)


def test_a_driver_that_is_missing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    given = {"url": "postgresql://reader@localhost/x", "table": "deals"}
    assert line(world, given) == "the address needs psycopg, which is not installed; pip install 'steplint[postgresql]'"


def test_an_address_that_is_all_secret(world: World, file: Path) -> None:
    insert(file, (1, "Renewal", "7", "Call Dana", None, "u1", 5, 0, None, None))
    world.env["WAREHOUSE"] = f"sqlite:///{file}"
    given = {"url": {"env": "WAREHOUSE"}, "table": "deals"}
    assert world.pull(given).height == 1
    world.env["WAREHOUSE"] = "hunter2hunter2"
    assert (
        line(world, given) == "url (env WAREHOUSE): this is no database URL; write postgresql://user@host:5432/database"
    )
    assert "hunter2" not in world.lines.getvalue().decode()


def test_pages_and_a_pull_that_was_broken_off(world: World, file: Path) -> None:
    insert(file, *((n, f"Deal {n}", "x", f"Call {n}", None, "Dana", n, 0, None, None) for n in range(250)))
    source = world.source(settings(file, batch_rows=100))
    plan = source.plan()
    pages = list(source.pages(plan.parts[0], None))
    assert [(page.rows.height, page.cursor, page.total) for page in pages] == [
        (100, "100", 250), (100, "200", 250), (50, None, 250)
    ]  # fmt: skip
    assert len({tuple(page.rows.schema.items()) for page in pages}) == 1
    with pytest.raises(CursorLost):
        next(iter(source.pages(plan.parts[0], "100")))
    # A run that died after its first page: the answer cannot be gone on with, so it is asked for again, whole.
    now = world.context().now()
    died = Spool(world.folder / "spool", plan.identity, now)
    died.add(plan.parts[0], pages[0])
    rows = pull(source, plan, Spool(world.folder / "spool", plan.identity, now))
    frame = pl.concat(source.records(rows))
    assert frame["id"].to_list() == [str(n) for n in range(250)]


def test_pages_of_an_empty_table_have_the_same_columns(world: World, file: Path) -> None:
    source = world.source(settings(file))
    plan = source.plan()
    (empty,) = source.pages(plan.parts[0], None)
    source.close()
    insert(file, (1, "Renewal", "7", "Call Dana", None, "u1", 5, 0, None, None))
    source = world.source(settings(file))
    (page,) = source.pages(source.plan().parts[0], None)
    assert (empty.total, page.total) == (0, 1)
    assert empty.rows.schema == page.rows.schema


def test_another_query_is_another_pull(world: World, file: Path) -> None:
    variants = [
        {},
        {"map": {"owner": ""}},
        {"query": "SELECT next_step FROM deals"},
        {"query": "SELECT next_step FROM deals "},
    ]
    identities = [world.source(settings(file, **more)).plan().identity for more in variants]
    assert len(set(identities)) == len(variants)
    assert identities[0] == world.source(settings(file)).plan().identity


def test_rows_become_columns_of_text() -> None:
    identity = uuid.UUID("12345678123456781234567812345678")
    zone = dt.timezone(dt.timedelta(hours=2))
    values: list[tuple[Any, str | None]] = [
        (None, None), ("", ""), ("a\0b", "a\0b"), (True, "true"), (False, "false"), (7, "7"), (7.0, "7"), (7.25, "7.25"),
        (Decimal("1E+3"), "1000"), (Decimal("12.50"), "12.50"), (Decimal("NaN"), "NaN"), (identity, str(identity)),
        (dt.date(2026, 1, 15), "2026-01-15"), (dt.datetime(2026, 1, 15, 9, 30), "2026-01-15 09:30:00"),
        (dt.datetime(2026, 1, 15, 9, 30, tzinfo=zone), "2026-01-15 09:30:00+02:00"), (dt.time(9, 30), "09:30:00"),
        (b"caf\xc3\xa9", "café"), (b"\xff\x00", "ff00"), (memoryview(b"ab"), "ab"), (["a", "b"], "a\nb"),
        ([1, None], "[1, null]"),
        ({"name": "Zoë"}, '{"name": "Zoë"}'), (dt.timedelta(days=1), "1 day, 0:00:00"),
    ]  # fmt: skip
    lists: list[tuple[Any, list[str] | None]] = [
        (None, None), ("Ann; Bo", ["Ann", "Bo"]), (["Ann", None, "Bo"], ["Ann", "Bo"]), ([{"name": "Ann"}], ["Ann"]), ([], []),
    ]  # fmt: skip
    texts = to_frame([(value,) for value, _ in values], {"next_step": pl.String()})
    assert texts["next_step"].to_list() == [text for _, text in values]
    names = to_frame([(value,) for value, _ in lists], {"contacts": pl.List(pl.String)})
    assert names["contacts"].to_list() == [text for _, text in lists]
    schema = {"next_step": pl.String(), "contacts": pl.List(pl.String)}
    assert to_frame([], schema).schema == {"next_step": pl.String, "contacts": pl.List(pl.String)}


SAID: list[tuple[Exception, type[SourceError], str]] = [
    (sqlite3.OperationalError("database is locked"), TryLater, "database is locked; try again later"),
    (
        sqlite3.OperationalError("broken pipe"),
        SourceError,
        "the connection to the database was lost; nothing was used; try again",
    ),
    (OSError(1045, "Access denied for user 'x'"), SourceError, "Access denied for user 'x'; check user and password"),
    (
        OSError(3024, "maximum statement execution time exceeded"),
        SourceError,
        "a statement was stopped after 5 s, its time limit",
    ),
    (ValueError("first\nLINE 1: SELECT 'text of a record'\n ^"), SourceError, "host.example: first; check the address"),
    (ValueError("hunter2hunter2 " * 90), SourceError, "host.example: ‹secret› ‹secret›"),
    (ValueError(), SourceError, "host.example: ValueError; check the address"),
]


@pytest.mark.parametrize(("error", "kind", "said"), SAID, ids=[said[:40] for *_, said in SAID])
def test_errors_of_drivers(error: Exception, kind: type[SourceError], said: str, tmp_path: Path) -> None:
    secrets = World(tmp_path).context().secrets
    secrets.learn("hunter2hunter2")
    found = error_of(error, parse_url("postgresql://reader@host.example/x"), secrets, 5)
    assert type(found) is kind
    assert said in found.render()
    assert len(found.render()) < 330
