"""docs/sql.md as an admin follows it: its statements run, its configurations pull, and it names every key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from tests.servers.postgres import Cluster
from tests.sources.sql_kit import World, run

from steplint.sources.sql import SqlSettings

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs/sql.md").read_text(encoding="utf-8")
LOADED = yaml.safe_load((HERE / "warehouses.yaml").read_text(encoding="utf-8"))["fivetran-salesforce"]["make"]


def blocks(language: str) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", PAGE)


@pytest.fixture(scope="module")
def warehouse(postgres: Cluster) -> Iterator[Cluster]:
    """A server on which everything in the page's sql blocks was done."""
    engine = sa.create_engine(postgres.url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE warehouse")
        url = postgres.url("warehouse")
        made = (statement.replace("crm.", "salesforce.") for statement in LOADED)
        run(url, "CREATE ROLE loader", "CREATE SCHEMA salesforce", *made)
        run(url, *(statement for block in blocks("sql") for statement in block.split(";") if statement.strip()))
        yield postgres
        connection.exec_driver_sql("DROP DATABASE warehouse WITH (FORCE)")
        run(postgres.url(), "DROP ROLE steplint", "DROP ROLE loader")


@pytest.mark.parametrize("block", blocks("yaml"), ids=["table", "query"])
def test_a_configuration_pulls(block: str, warehouse: Cluster, tmp_path: Path) -> None:
    settings: dict[str, Any] = yaml.safe_load(block)["sources"]["deals"]
    assert settings.pop("type") == "sql"
    assert "db.example.com:5432" in settings["url"]
    settings["url"] = settings["url"].replace("db.example.com:5432", f"127.0.0.1:{warehouse.port}")
    world = World(tmp_path / "state")
    world.env |= {"WAREHOUSE_PASSWORD": "another one"}
    row = world.pull(settings).row(0, named=True)
    assert (row["id"], row["owner"], row["stage"], row["amount"]) == ("006A", "Dana Wu", "Prospecting", 1250.5)


def test_every_key_is_named_and_says_what_it_is() -> None:
    assert [key for key in SqlSettings.model_fields if f"`{key}`" not in PAGE and f"{key}:" not in PAGE] == []
    assert all(field.description for field in SqlSettings.model_fields.values())


@pytest.mark.parametrize(
    "said", re.findall(r"(?m)^\| `([^`]+)`(?:, `[^`]+`)? \|", PAGE.partition("## When it does not")[2])
)
def test_what_it_says_is_what_it_says(said: str) -> None:
    """The left column of the last table is in the code, up to where a name stands."""
    code = "".join(path.read_text(encoding="utf-8") for path in (HERE.parents[1] / "src/steplint").rglob("*.py"))
    of_others = ("password authentication failed", "permission denied for schema")
    parts = [part.strip() for part in said.removesuffix("next_step").split("…") if part.strip()]
    assert parts
    assert all(part in code for part in parts) or said.startswith(of_others)
