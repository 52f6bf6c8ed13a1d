"""Settings and queries of the SQL source, before any database is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from tests.sources.sql_kit import CANARY, World

from steplint.errors import ConfigError, SourceError
from steplint.sources.sql.statement import as_text, check_query

URL = "postgresql://reader@db.example.com/warehouse"
REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"url": f"postgresql://reader:{quote(CANARY)}@db.example.com/warehouse"},
        "no secret is written here; take it out",
    ),
    ({"url": f"postgresql://reader:{CANARY}@db.example.com/warehouse"}, "sources.crm.url: "),
    ({"url": "postgresql://reader:@db.example.com/warehouse"}, "no secret is written here"),
    ({"url": f"postgresql://reader@db.example.com/x?password={CANARY}"}, "no secret is written here"),
    ({"url": f"postgresql://db.example.com/x?sslpassword={CANARY}"}, "no secret is written here"),
    ({"url": f"snowflake://reader@x/y?token={CANARY}"}, "no secret is written here"),
    ({"url": f"{CANARY}"}, "this is no database URL"),
    ({"url": f"postgresql://reader:{CANARY}@[db/x"}, "this is no database URL"),
    ({"url": 5}, "sources.crm.url: a secret is not written here"),
    ({"url": {"env": "A", "file": "b"}}, "write one of {env: NAME}"),
    ({"password": CANARY}, "sources.crm.password: a secret is not written here"),
    ({"table": "public.deals", "query": "SELECT 1"}, "write one of table: and query:"),
    ({"table": None}, "write one of table: and query:"),
    ({"table": 'public."deals"; DROP TABLE x'}, "table: a name such as schema.table is expected"),
    ({"table": "a.b.c.d"}, "table: a name such as"),
    ({"preset": "oracle"}, "preset: known are salesforce"),
    ({"link": "javascript:alert({id})"}, "link: an address with {id} in it is expected"),
    ({"link": "https://crm.example.com/deals"}, "link: an address with {id} in it is expected"),
    ({"time_limit": 0}, "sources.crm.time_limit: Input should be greater than 0"),
    ({"batch_rows": 10}, "sources.crm.batch_rows"),
    ({"tabel": "x"}, "did you mean table?"),
]


@pytest.mark.parametrize(("settings", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_settings_are_refused_without_an_echo(settings: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        World(tmp_path).source({"url": URL, "table": "public.deals", **settings})
    line = caught.value.render()
    assert said in line
    assert CANARY not in line
    assert quote(CANARY) not in line
    assert "\n" not in line


def test_a_query_with_a_nul_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no NUL"):
        World(tmp_path).source({"url": URL, "query": "SELECT 1 -- \0"})


SOUND = {
    "postgresql": [
        "SELECT id, next_step FROM deals",
        "select d.*, u.name as owner from deals d left join users u on u.id = d.owner_id order by 1",
        "WITH recent AS (SELECT * FROM deals) SELECT * FROM recent UNION ALL SELECT * FROM old",
        "(SELECT 1 AS next_step)",
        "SELECT $$a;b$$ AS next_step, E'a\\';', ':x'::text, '/* delete */' -- ; drop table x",
        'SELECT "order", "NextStep" FROM crm."Opportunity" WHERE name LIKE \'%a:b%\'',
    ],
    "mysql": ["SELECT `order` FROM deals LIMIT 5"],
    "snowflake": ["SELECT * FROM deals QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY _fivetran_synced DESC) = 1"],
    "sqlite": ["SELECT [Next Step] AS next_step FROM deals"],
    "of some other kind": ["SELECT next_step FROM deals"],
}


@pytest.mark.parametrize(("dialect", "query"), [(name, query) for name, queries in SOUND.items() for query in queries])
def test_a_select_is_handed_on_letter_by_letter(dialect: str, query: str) -> None:
    assert check_query(query, dialect) == query


@pytest.mark.parametrize("end", [";", " ; ", ";;", "\n;\n-- that was it", "; /* and this */"])
def test_a_semicolon_at_the_end_is_cut_off(end: str) -> None:
    assert check_query(f"SELECT 1 AS next_step{end}", "postgresql").rstrip() == "SELECT 1 AS next_step"


WRITES = {
    "DELETE FROM deals RETURNING *": "it begins with DELETE",
    "WITH gone AS (DELETE FROM deals RETURNING *) SELECT * FROM gone": "it has DELETE in it",
    "WITH new AS (INSERT INTO deals VALUES (1) RETURNING id) SELECT * FROM new": "it has INSERT in it",
    "WITH new AS (UPDATE deals SET name = '' RETURNING id) SELECT * FROM new": "it has UPDATE in it",
    "SELECT * INTO copied FROM deals": "it has INTO in it",
    "SELECT * FROM deals FOR UPDATE": "it has FOR UPDATE in it",
    "SELECT 1; DELETE FROM deals": "it is several statements at line 1, column 9",
    "SELECT 1;\nSELECT 2": "it is several statements at line 1",
    "SELECT 1) q; DROP TABLE deals; SELECT * FROM (SELECT 1": "it is several statements",
    "SELECT 1) q, (SELECT 2": "it is not understood at line 1",
    "COPY deals TO PROGRAM 'sh'": "it begins with COPY",
    "COPY (SELECT 1) TO '/tmp/x'": "it begins with COPY",
    "EXPLAIN ANALYZE DELETE FROM deals": "it begins with EXPLAIN",
    "DO $$ BEGIN DELETE FROM deals; END $$": "it begins with DO",
    "CALL tidy()": "it begins with CALL",
    "SET ROLE admin": "it begins with SET",
    "VACUUM": "it begins with VACUUM",
    "CREATE TABLE x AS SELECT 1": "it begins with CREATE",
    "MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE": "it begins with MERGE",
    "PRAGMA query_only = 0": "it begins with PRAGMA",
    "ATTACH 'x' AS y": "it begins with ATTACH",
    "SELECT 1 /*! INTO OUTFILE '/tmp/x' */": "it has /*!, a comment that some databases run at line 1",
    "": "it begins with nothing",
    "-- nothing": "it begins with nothing",
    "SELECT 'open": "it is not understood",
    "SELECT 1 FROM\nWHERE": "it is not understood at line 2",
    "SELECT " + "(" * 3000 + "1" + ")" * 3000: "it is nested too deep at line 1",
}


@pytest.mark.parametrize("query", WRITES, ids=[query[:40] or "(empty)" for query in WRITES])
@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "sqlite"])
def test_anything_but_one_select_is_refused(query: str, dialect: str) -> None:
    with pytest.raises(SourceError) as caught:
        check_query(query, dialect)
    line = caught.value.render()
    assert line.startswith("query: ")
    assert "\n" not in line
    if dialect == "postgresql":
        assert WRITES[query] in line


@given(st.text(alphabet=st.sampled_from("ab:\\$ '%\n\"1"), max_size=30) | st.text(max_size=30))
def test_a_query_reaches_the_database_as_it_is_written(query: str) -> None:
    """`sqlalchemy.text` takes `:name` for a parameter, and compiling doubles what the driver halves again."""
    clause = sa.text(as_text(query))
    assert clause._bindparams == {}
    assert str(clause.compile(dialect=sqlite.dialect())) == query
    assert str(clause.compile(dialect=postgresql.psycopg.dialect())) == query.replace("%", "%%")
