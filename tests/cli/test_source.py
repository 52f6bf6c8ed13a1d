"""`--source` and `pull`: a named source from the command line to findings, with the example plugin on a loopback server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from tests.cli.conftest import Steplint
from tests.servers.acme import TOKEN, Acme, deals
from tests.servers.base import status

from steplint.sources.remote import registry

EXAMPLE = Path(__file__).parents[2] / "examples" / "source-plugin"
ENV = {"ACME_TOKEN": TOKEN, "STEPLINT_STATE": "state"}


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Acme]:
    """120 deals, and a configuration that names them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(EXAMPLE)
    point = EntryPoint("acme", "steplint_example_source:Acme", "steplint.sources")
    monkeypatch.setattr(registry, "points", lambda _group, _path: iter([point]))
    with Acme(deals(120), size=50).serving() as server:
        text = f"sources:\n  deals:\n    type: acme\n    address: {server.url}\n    token: {{env: ACME_TOKEN}}\n"
        (tmp_path / "nightly.yaml").write_text(text + "    network: {attempts: 1}\n", encoding="utf-8")
        yield server


def found(out: str) -> list[tuple[str, str, str]]:
    report = json.loads(out)
    return sorted((finding["record_id"], finding["code"], finding["key"]) for finding in report["findings"])


@pytest.mark.parametrize("suffix", ["parquet", "jsonl", "csv"])
def test_a_pulled_file_gives_the_findings_of_the_source(
    suffix: str, crm: Acme, steplint: Steplint, tmp_path: Path
) -> None:
    source = steplint("check", "--config", "nightly.yaml", "--source", "deals", "--format", "json", env=ENV)
    assert source.code == 1, source.err
    pulled = steplint("pull", "deals", "--config", "nightly.yaml", "-o", f"deals.{suffix}", env=ENV)
    assert (pulled.code, pulled.out) == (0, ""), pulled.err
    assert pulled.err.endswith(f"120 records in deals.{suffix}\n")
    assert (tmp_path / f"deals.{suffix}").stat().st_mode & 0o077 == 0
    file = steplint("check", f"{tmp_path}/deals.{suffix}", "--source-name", "deals", "--format", "json")
    assert found(file.out) == found(source.out)
    assert len(found(source.out)) > 100


def test_a_pulled_text_is_kept_to_the_letter(crm: Acme, steplint: Steplint, tmp_path: Path) -> None:
    crm.deals[0]["todo"] = ' =HYPERLINK("x")\r\n\t“quoted”, ünï \U0001f4c5 '
    steplint("pull", "deals", "--config", "nightly.yaml", "-o", "deals.jsonl", env=ENV)
    first = json.loads((tmp_path / "deals.jsonl").read_text("utf-8").splitlines()[0])
    assert first["next_step"] == crm.deals[0]["todo"]


def test_the_exit_code_of_a_source_that_fails(crm: Acme, steplint: Steplint, tmp_path: Path) -> None:
    crm.fault(status(401, {}), calls=range(9))
    (tmp_path / "old.json").write_text("old")
    options = ("--config", "nightly.yaml", "--source", "deals", "--log", "run.log")
    result = steplint("check", *options, "--output", "json:old.json", env=ENV)
    assert result.code == 3
    assert result.err == "steplint: deals: the CRM answers 401; check address and token\n"
    assert (tmp_path / "old.json").read_text() == "old"
    events = [json.loads(line) for line in (tmp_path / "run.log").read_text().splitlines()]
    assert [event["event"] for event in events] == ["started", "coverage", "failed"]
    assert len({event["run"] for event in events}) == 1
    assert TOKEN not in (tmp_path / "run.log").read_text() + result.err


def test_the_log_of_a_run_ends_with_what_it_found(crm: Acme, steplint: Steplint, tmp_path: Path) -> None:
    options = ("--config", "nightly.yaml", "--source", "deals", "--log", "run.log")
    assert steplint("check", *options, "-q", env=ENV).code == 1
    *_, last = (json.loads(line) for line in (tmp_path / "run.log").read_text().splitlines())
    assert (last["event"], last["records"], last["exit"]) == ("finished", 120, 1)
    assert (tmp_path / "run.log").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--source", "dels", "--config", "nightly.yaml"], 2, "there is no source “dels”; did you mean deals?"),
        (["--source", "deals"], 2, "there is no source “deals”; no source is configured"),
        (["--source", "deals", "x.csv", "--config", "nightly.yaml"], 2, "--source and files are not read together"),
        (["--source", "deals", "--config", "nightly.yaml", "--preset", "hubspot"], 2, "are for files; leave them out"),
        (["--source", "deals", "--config", "nightly.yaml", "--since", "may"], 2, "'may' is no moment"),
        (["--source", "deals", "--config", "nightly.yaml", "--state", "nightly.yaml"], 3, "no lock: File exists"),
    ],
)
def test_a_mistake_is_one_line(arguments: list[str], code: int, said: str, crm: Acme, steplint: Steplint) -> None:
    result = steplint("check", *arguments, env=ENV)
    assert result.code == code
    assert said in result.err
    assert result.err.count("\n") == 1
    assert not crm.calls


def test_sources_of_a_configuration_that_was_only_found_are_refused(
    crm: Acme, steplint: Steplint, tmp_path: Path
) -> None:
    """Whoever clones a repository and runs steplint in it talks to nobody that the repository names."""
    (tmp_path / "nightly.yaml").rename(tmp_path / "steplint.yaml")
    result = steplint("check", "--source", "deals", env=ENV)
    assert result.code == 2
    assert (
        "steplint.yaml:1:1: sources name hosts, so they are not read from a configuration that was only found"
        in result.err
    )
    (tmp_path / "mine.yaml").write_text("extends: steplint.yaml\n")
    assert "only found" in steplint("check", "--source", "deals", "--config", "mine.yaml", env=ENV).err
    assert not crm.calls


def test_a_secret_in_the_configuration_is_not_shown(crm: Acme, steplint: Steplint, tmp_path: Path) -> None:
    file = tmp_path / "nightly.yaml"
    file.write_text(file.read_text().replace("{env: ACME_TOKEN}", "hunter2-secret"))
    result = steplint("check", "--source", "deals", "--config", "nightly.yaml", env=ENV)
    assert result.code == 2
    assert "nightly.yaml:5: sources.deals.token: a secret is not written here" in result.err
    assert "hunter2" not in result.err + steplint("config", "--config", "nightly.yaml").out
    assert not crm.calls


def test_a_source_without_records(crm: Acme, steplint: Steplint) -> None:
    crm.deals.clear()
    options = ("check", "--source", "deals", "--config", "nightly.yaml")
    assert steplint(*options, env=ENV).code == 2
    assert steplint(*options, "--allow-empty", env=ENV).code == 0


def test_pull_wants_a_format(crm: Acme, steplint: Steplint) -> None:
    result = steplint("pull", "deals", "--config", "nightly.yaml", "-o", "deals.xlsx", env=ENV)
    assert (result.code, result.err) == (
        2,
        "steplint: deals.xlsx: the name says no format; end it in .parquet, .jsonl, .csv\n",
    )
    assert not crm.calls
