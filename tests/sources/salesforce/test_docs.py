"""docs/salesforce.md is true: its configurations are valid, and its queries are those that run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from tests.servers.salesforce import Salesforce
from tests.sources.remote.conftest import World
from tests.sources.salesforce.conftest import Make

from steplint.sources.remote.registry import make_source, source_types
from steplint.sources.salesforce import Salesforce as Source

TEXT = (Path(__file__).parents[3] / "docs" / "salesforce.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", TEXT)


@pytest.mark.parametrize("block", blocks("yaml"))
def test_configurations_are_valid(block: str, world: World) -> None:
    sources = yaml.safe_load(block)["sources"]
    assert "salesforce" in source_types()
    for name in sources:
        assert isinstance(make_source(name, sources, {}, world.context()), Source)


def test_every_key_is_named_and_says_what_it_is() -> None:
    keys = set(Source.Settings.model_fields) - {"write_back"}  # a page of its own
    assert {key for key in keys if f"`{key}`" not in TEXT} == set()
    assert all(field.description for field in Source.Settings.model_fields.values())


def test_queries_are_those_that_run(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    made = source()
    plan = made.plan()
    for part in plan.parts:
        list(made.pages(part, None))
    ran = {call.query["q"] for call in crm.called("query/") if "COUNT()" not in call.query["q"]}
    first, *shown = [" ".join(query.split()) for block in blocks("sql") for query in block.split(";") if query.strip()]
    assert set(shown) == ran
    assert crm.org.select(first)[1]
