"""The configuration of a HubSpot source, its secrets, and a process that is killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from tests.servers.base import answered, html_reply, stall, status
from tests.servers.hubspot import TOKEN, HubSpot
from tests.servers.hubspot_data import account
from tests.sources.hubspot_kit import World, pulled, source

from steplint.errors import ConfigError, SourceError, SteplintError
from steplint.sources import hubspot
from steplint.sources.remote.registry import make_source
from steplint.sources.remote.secrets import Secrets

ROOT = Path(__file__).parents[2]
TOKEN_FROM = {"token": {"env": "HUBSPOT_TOKEN"}}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def crm(world: World) -> Iterator[HubSpot]:
    with HubSpot(account(120), seconds=lambda: world.seconds, now=world.there).serving() as server:
        yield server


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"token": TOKEN}, "crm.token: a secret is not written here"),
        ({}, "crm.token: Field required"),
        ({"base_url": "http://api.hubapi.com"}, "crm.base_url: expected https:// and a host"),
        ({"base_url": "https://user:pw@api.hubapi.com"}, "crm.base_url: expected https://"),
        ({"base_url": "https://api.hubapi.com/crm"}, "crm.base_url: expected"),
        ({"base_url": "https://api.hubapi.com?x=1"}, "crm.base_url: expected"),
        ({"base_url": "https://api.hubapi.com:port"}, "crm.base_url: expected"),
        ({"base_url": "https://"}, "crm.base_url: expected"),
        ({"base_url": "file:///etc/passwd"}, "crm.base_url: expected"),
        ({"base_url": "http://127.0.0.1.evil.example"}, "crm.base_url: expected"),
        ({"version": "v4"}, "crm.version: String should match"),
        ({"version": "2026-09/../x"}, "crm.version: String should match"),
        ({"version": "2026-10"}, "crm.version: String should match"),
        ({"page_size": 101}, "crm.page_size: Input should be less than or equal to 100"),
        ({"history": "on"}, "crm.history: Input should be 'auto' or 'off'"),
        ({"fields": {"due_dat": "x"}}, "crm.fields: “due_dat” is not read from a property; did you mean due_date"),
        ({"fields": {"due_date": "x,y"}}, "crm.fields.due_date: String should match"),
        ({"fields": {"due_date": "id"}}, "crm.fields: “id” is no property of deals"),
        ({"pipeline": ["x"]}, "crm.pipeline: unknown key; did you mean pipelines"),
    ],
)
def test_wrong_settings_are_one_line(settings: dict[str, Any], said: str, world: World) -> None:
    given = {"type": "hubspot", **({} if settings == {} else TOKEN_FROM), **settings}
    with pytest.raises(ConfigError, match=re.escape(said)) as caught:
        make_source("crm", {"crm": given}, {"sources.crm": "nightly.yaml"}, world.context())
    assert caught.value.path == "nightly.yaml"
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://api.hubapi.com", "http://127.0.0.1:9", "http://localhost:9/", "http://[::1]:9"]
)
def test_addresses_of_the_api_are_https_or_loopback(url: str) -> None:
    settings = hubspot.HubSpot.Settings.model_validate({**TOKEN_FROM, "base_url": url})
    assert settings.base_url == url.rstrip("/")


def test_every_key_says_what_it_is() -> None:
    assert all(field.description for field in hubspot.HubSpot.Settings.model_fields.values())


@pytest.mark.parametrize(
    "block", re.findall(r"(?ms)^```yaml\n(.*?)^```$", (ROOT / "docs/hubspot.md").read_text("utf-8"))
)
def test_configurations_in_the_docs_are_valid(block: str, world: World) -> None:
    sources = yaml.safe_load(block)["sources"]
    for name in sources:
        assert isinstance(make_source(name, sources, {}, world.context()), hubspot.HubSpot)


def test_the_docs_name_every_key() -> None:
    text = (ROOT / "docs/hubspot.md").read_text("utf-8")
    assert [key for key in hubspot.HubSpot.Settings.model_fields if f"`{key}`" not in text] == []


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "t\u00f6ken", "a\x00b"])
def test_a_token_of_another_shape_is_not_sent(token: str, crm: HubSpot, world: World) -> None:
    made = source(crm, world)
    made.context.secrets = Secrets({"HUBSPOT_TOKEN": token}, Path("."))
    with pytest.raises(
        SourceError, match=r"sources.crm.token: no token of HubSpot looks like that; check env HUBSPOT_TOKEN"
    ):
        made.plan()
    assert crm.calls == []


def test_a_host_in_netrc_does_not_replace_the_token(
    crm: HubSpot, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert pulled(source(crm, world), tmp_path / "state").height > 0


def test_nothing_that_is_written_shows_the_token(crm: HubSpot, world: World, tmp_path: Path) -> None:
    """Log at its finest, notes, pages on disk, errors and what they come from; HubSpot quotes the token in refusals."""
    quoting = f"token {TOKEN} is not allowed"
    redirect = status(302, {"message": quoting}, {"Location": f"https://evil.example/{TOKEN}"})
    refusals = [status(code, {"message": quoting, "category": TOKEN}) for code in (400, 401, 403, 503)]
    torn = status(207, {"results": [], "errors": [{"category": "X", "message": quoting}]})
    faults = {
        r"GET .*/deals\?limit=20.*after=2": [*refusals, redirect, answered(html_reply(200, quoting))],
        r"contacts/batch": [torn],
    }
    said = []
    for on, acts in faults.items():
        for act in acts:
            crm.heal()
            crm.fault(act, on=on, calls=range(99))
            try:
                pulled(source(crm, world, page_size=20), tmp_path)
            except SteplintError as error:
                said.append(f"{error.render()} {error!r} {error.__cause__!r} {vars(error)}")
    assert len(said) == 7
    written = "".join([world.log, *said, *world.notes])
    assert "‹secret›" in written
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 5
    for content in [written.encode(), *(path.read_bytes() for path in files)]:
        assert TOKEN.encode() not in content
    assert repr(source(crm, world).settings).count(TOKEN) == 0


def test_a_pull_that_is_killed_again_and_again_has_every_page_once(crm: HubSpot, world: World, tmp_path: Path) -> None:
    """kill -9 in the middle of a page of the list, of links and of the history: each time the next run goes on there."""
    whole = pulled(source(crm, world, page_size=20, closed=True), tmp_path / "whole")
    config = tmp_path / "nightly.yaml"
    settings = {"type": "hubspot", **TOKEN_FROM, "base_url": crm.url, "page_size": 20, "closed": True}
    config.write_text(yaml.safe_dump({"sources": {"crm": settings}, "calendar": {"timezone": "America/New_York"}}))
    output = tmp_path / "deals.parquet"
    command = [sys.executable, "-m", "steplint", "pull", "crm", "-o", str(output), "--config", str(config)]
    command += ["--as-of", "2026-01-12", "--state", str(tmp_path / "state")]
    env = {**os.environ, "HUBSPOT_TOKEN": TOKEN}
    crm.calls.clear()
    for on, call in ((r"GET .*/deals\?limit=20", 4), ("associations.*meetings", 1), ("deals/batch", 2)):
        crm.heal()
        crm.fault(stall(30, 0.5), on=on, calls=[call])
        before = len(crm.called(on))
        with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as process:
            while len(crm.called(on)) < before + call and process.poll() is None:
                pass
            assert process.poll() is None
            os.kill(process.pid, signal.SIGKILL)
        assert not output.exists()
    crm.heal()
    subprocess.run(command, env=env, check=True, capture_output=True)
    records = pl.read_parquet(output).sort(pl.col("id").cast(pl.Int64))
    assert records.equals(whole.select(records.columns))
    # Each page came once; the one that was being read at the kill, twice.
    assert [call.query.get("after") for call in crm.called(r"GET .*/deals\?limit=20")] == [
        None, "158", "218", "278", "278", "338", "398",
    ]  # fmt: skip
    assert len(crm.called("associations.*companies")) == 1
    assert len(crm.called("associations.*meetings")) == 2
    assert len(crm.called("deals/batch")) == 3 + 1
