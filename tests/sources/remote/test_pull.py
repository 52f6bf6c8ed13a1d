"""A pull is complete or not used, whatever the network does; and nothing of it shows a secret."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.servers.acme import TOKEN, Acme
from tests.servers.base import (
    Act,
    Reply,
    answered,
    changed,
    drop,
    hang_up,
    html_reply,
    repeated,
    stall,
    status,
    truncated,
)
from tests.sources.remote.conftest import NOW, World

from steplint.errors import SourceError, TryLater
from steplint.records import Org
from steplint.sources.remote.open import open_named
from steplint.sources.remote.spool import Spool

PAGE = r"GET /deals"
FAULTS: dict[str, Act] = {
    "dropped body": drop(),
    "no answer": hang_up(),
    "stalled": stall(0.6),
    "stalled in mid-body": stall(0.6, 0.5),
    "503 HTML": answered(html_reply(503)),
    "429 with a wait": status(429, {}, {"Retry-After": "7"}),
    "500": status(500, {}),
    "page repeated": repeated(),
}
FATAL: dict[str, tuple[Act, str]] = {
    "expired": (status(401, {}), "answers 401"),
    "HTML login page": (answered(html_reply(200, "<html>Log in</html>")), "JSONDecodeError"),
    "truncated": (truncated(), "JSONDecodeError"),
}


def records(source: Any, folder: Path, **more: Any) -> pl.DataFrame:
    stream = open_named(source, org=Org(), state=folder, **more)
    return pl.concat([batch.records for batch in stream.batches])


@pytest.fixture
def whole(source: Callable[..., Any], tmp_path: Path) -> pl.DataFrame:
    """What comes without a fault."""
    return records(source(), tmp_path / "whole")


def test_a_pull_gives_canonical_records(whole: pl.DataFrame, crm: Acme) -> None:
    assert whole["id"].to_list() == [deal["id"] for deal in crm.deals]
    assert whole["next_step"].to_list() == [deal["todo"] for deal in crm.deals]
    assert whole["due_date"].drop_nulls().len() == 12
    assert whole["source"].unique().to_list() == ["deals"]
    assert whole["path"].null_count() == whole.height


@pytest.mark.parametrize("page", range(1, 6))
@pytest.mark.parametrize("fault", FAULTS)
def test_every_passing_fault_on_every_page_ends_in_the_same_records(
    fault: str, page: int, source: Callable[..., Any], crm: Acme, world: World, whole: pl.DataFrame, tmp_path: Path
) -> None:
    if fault == "page repeated" and page == 1:
        pytest.skip("nothing comes before the first page")
    crm.calls.clear()
    crm.fault(FAULTS[fault], on=PAGE, calls=[page])
    assert records(source(), tmp_path).equals(whole)
    # A repeated page is told by its cursor, which came before: the part is pulled again.
    assert len(crm.called(PAGE)) == (page + 5 if fault == "page repeated" else 6)
    assert len(world.slept) == (fault != "page repeated")
    if fault == "429 with a wait":
        assert world.slept == [7]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deals.lock", "whole"]


@pytest.mark.parametrize("page", range(1, 6))
@pytest.mark.parametrize("fault", FATAL)
def test_every_lasting_fault_is_one_clear_error_and_nothing_is_used(
    fault: str, page: int, source: Callable[..., Any], crm: Acme, world: World, tmp_path: Path
) -> None:
    act, said = FATAL[fault]
    crm.fault(act, on=PAGE, calls=[page])
    with pytest.raises(SourceError, match=said) as caught:
        records(source(), tmp_path)
    assert "\n" not in caught.value.render()
    assert '"event": "failed"' in world.log


def test_what_was_fetched_before_a_failure_is_not_fetched_again(
    source: Callable[..., Any], crm: Acme, whole: pl.DataFrame, tmp_path: Path
) -> None:
    crm.fault(status(401, {}), on=PAGE, calls=[4])
    with pytest.raises(SourceError):
        records(source(), tmp_path)
    crm.heal()
    crm.calls.clear()
    assert records(source(), tmp_path).equals(whole)
    assert [call.query["after"] for call in crm.calls] == ["30", "40"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "pull.json").write_text("{"),
        lambda folder: (folder / "pull.json").unlink(),
        lambda folder: (folder / "pull.json").write_text((folder / "pull.json").read_text().replace("2026", "2025", 1)),
        lambda folder: (folder / "pull.json").write_text((folder / "pull.json").read_text().replace("identity", "x")),
    ],
)
def test_a_spool_that_does_not_fit_is_begun_afresh(
    spoil: Callable[[Path], Any], source: Callable[..., Any], crm: Acme, whole: pl.DataFrame, tmp_path: Path
) -> None:
    crm.fault(status(401, {}), on=PAGE, calls=[4])
    with pytest.raises(SourceError):
        records(source(), tmp_path)
    crm.heal()
    crm.calls.clear()
    spoil(tmp_path / "deals")
    assert records(source(), tmp_path).equals(whole)
    assert len(crm.calls) == 5


def test_a_total_that_is_not_reached_is_asked_for_again_and_then_refused(
    source: Callable[..., Any], crm: Acme, whole: pl.DataFrame, tmp_path: Path
) -> None:
    def short(reply: Reply) -> Reply:
        page = json.loads(reply.body)
        return Reply(200, json.dumps({**page, "deals": page["deals"][1:]}).encode(), reply.headers)

    crm.fault(changed(short), on=PAGE, calls=[2])
    assert records(source(), tmp_path).equals(whole)
    crm.heal()
    crm.fault(changed(short), on=PAGE, calls=range(1_000))
    with pytest.raises(SourceError, match="43 rows of 48 came, 3 times"):
        records(source(), tmp_path / "b")


def test_a_server_that_is_away_is_given_up_after_so_many_attempts(
    source: Callable[..., Any], crm: Acme, world: World, tmp_path: Path
) -> None:
    crm.fault(hang_up(), on=PAGE, calls=range(1_000))
    with pytest.raises(SourceError, match=r"no whole answer from 127\.0\.0\.1: ConnectionError"):
        records(source(attempts=4), tmp_path)
    assert (len(crm.calls), len(world.slept)) == (4, 3)


def test_a_pull_has_a_deadline(source: Callable[..., Any], crm: Acme, world: World, tmp_path: Path) -> None:
    crm.fault(status(503, {}, {"Retry-After": "3600"}), on=PAGE, calls=range(1_000))
    with pytest.raises(SourceError, match=r"takes longer than 60 s; raise network\.deadline"):
        records(source(deadline=60.0), tmp_path)
    assert world.seconds <= 61


def test_only_one_run_at_a_time_pulls_a_source(source: Callable[..., Any], tmp_path: Path) -> None:
    stream = open_named(source(), org=Org(), state=tmp_path)
    with pytest.raises(TryLater, match="another run is pulling deals"):
        open_named(source(), org=Org(), state=tmp_path)
    stream.close()
    assert records(source(), tmp_path).height == 48


def test_pages_are_private(source: Callable[..., Any], tmp_path: Path) -> None:
    stream = open_named(source(), org=Org(), state=tmp_path / "state")
    found = list((tmp_path / "state").rglob("*"))
    assert len(found) == 8
    assert {oct(path.stat().st_mode & 0o077) for path in found} == {"0o0"}
    stream.close()


@pytest.mark.parametrize("fault", [*FAULTS, *FATAL])
def test_no_secret_in_any_byte_that_is_written(
    fault: str, source: Callable[..., Any], crm: Acme, world: World, tmp_path: Path
) -> None:
    crm.fault(FAULTS.get(fault) or FATAL[fault][0], on=PAGE, calls=[3])
    said = ""
    try:
        records(source(), tmp_path)
    except SourceError as error:
        said = f"{error.render()}{error!r}{error.__cause__!r}"
    written = world.log + said + "".join(path.read_bytes().hex() for path in tmp_path.rglob("*") if path.is_file())
    assert "page" in world.log
    assert TOKEN not in written
    assert TOKEN.encode().hex() not in written


KILLED = """
import sys
from datetime import date, datetime, UTC
from io import BytesIO
from pathlib import Path
sys.path[:0] = {path!r}
import steplint_example_source as example
from steplint.records import Org
from steplint.sources.remote import Context
from steplint.sources.remote.log import RunLog
from steplint.sources.remote.open import open_named
from steplint.sources.remote.secrets import Secrets
now = datetime(2026, 1, 12, 2, tzinfo=UTC)
secrets = Secrets({{"ACME_TOKEN": {token!r}}}, Path("."))
context = Context(secrets, RunLog(None, "r", lambda: now, secrets), date(2026, 1, 12), lambda: now)
settings = example.AcmeSettings.model_validate({{"address": {url!r}, "token": {{"env": "ACME_TOKEN"}}}})
stream = open_named(example.Acme("deals", settings, context), org=Org(), state=Path({state!r}))
print(",".join(name for batch in stream.batches for name in batch.records["id"]))
"""


def test_a_pull_that_was_killed_in_mid_page_goes_on_and_has_no_duplicates(
    crm: Acme, whole: pl.DataFrame, tmp_path: Path
) -> None:
    example = Path(__file__).parents[3] / "examples" / "source-plugin"
    code = KILLED.format(path=[str(example)], token=TOKEN, url=crm.url, state=str(tmp_path))
    crm.calls.clear()
    crm.fault(stall(30, 0.5), on=PAGE, calls=[3])
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        while len(crm.calls) < 3 and process.poll() is None:
            pass
        os.kill(process.pid, signal.SIGKILL)
    crm.heal()
    crm.calls.clear()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().split(",") == whole["id"].to_list()
    assert [call.query["after"] for call in crm.calls] == ["20", "30", "40"]


def test_a_complete_spool_is_no_start_for_the_next_run(source: Callable[..., Any], crm: Acme, tmp_path: Path) -> None:
    """Killed after the pull and before its end: the pages are there, and old by the time of the next run."""
    open_named(source(), org=Org(), state=tmp_path)  # neither read nor closed
    assert not Spool(tmp_path / "deals", "other", NOW).resumed
    crm.calls.clear()
    (tmp_path / "deals.lock").unlink()
    assert records(source(), tmp_path).height == 48
    assert len(crm.calls) == 5
