"""Playbooks as documents: what is found in each, at which line, and that nothing else is."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

import steplint
from steplint.cli.host import Host
from steplint.cli.main import main

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 1, 12)
TABLE: dict[str, list[dict[str, Any]]] = yaml.safe_load(Path(__file__).with_name("playbooks.yaml").read_text("utf-8"))
PROFILES = ("recommended", "playbook")


def found(path: Path, profile: str) -> list[tuple[int, str]]:
    findings = steplint.lint(path, as_of=AS_OF, profile=profile)
    return sorted(findings.select("line", "code").rows())


def expected(name: str, profile: str) -> list[tuple[int, str]]:
    return sorted((each["line"], each["code"]) for each in TABLE[name] if each.get("only", profile) == profile)


def test_every_document_is_in_the_table() -> None:
    files = [*(ROOT / "examples/playbooks").iterdir(), *(ROOT / "tests/playbooks").glob("*.md")]
    assert {file.relative_to(ROOT).as_posix() for file in files} == set(TABLE)
    keys = {key for rows in TABLE.values() for row in rows for key in row}
    assert keys <= {"line", "code", "why", "only"}
    assert all(row["why"] for rows in TABLE.values() for row in rows)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", TABLE)
def test_what_is_found_and_no_more(name: str, profile: str) -> None:
    assert found(ROOT / name, profile) == expected(name, profile)


@pytest.mark.parametrize("name", TABLE)
def test_the_order_of_batches_does_not_matter(name: str) -> None:
    one, all_ = (
        steplint.lint(ROOT / name, as_of=AS_OF, profile="playbook", batch_rows=rows).select("line", "code", "key")
        for rows in (1, 1_000)
    )
    assert one.equals(all_)


def test_a_document_without_a_step_is_one_line_and_no_mistake() -> None:
    out, err = io.BytesIO(), io.BytesIO()
    host = Host(io.BytesIO(), out, err, {}, ROOT, lambda: datetime(2026, 1, 12, tzinfo=UTC))
    assert main(["check", "examples/playbooks/README.md", "--isolated"], host) == 0
    assert err.getvalue().decode().splitlines() == ["without a step: examples/playbooks/README.md"]
    assert out.getvalue() == b"No findings in 0 open records.\n"


def test_findings_stand_in_their_lines() -> None:
    """A column, where one is given, is that of the words at fault."""
    paths = [ROOT / name for name in TABLE]
    findings = pl.concat([steplint.lint(path, as_of=AS_OF, profile="all") for path in paths])
    for path, line, column, text, start in findings.select("path", "line", "column", "text", "start").rows():
        if column is None or not text or start is None or "\n" in text:
            continue
        source = Path(path).read_text("utf-8").split("\n")[line - 1]
        assert source[column - 1 :].startswith(text[start:])
