"""Limits of calls and of time, jobs that do not end well, and pulls that are gone on with."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.servers.base import Act, Reply, answered, changed, doing, html_reply, stall, status, truncated
from tests.servers.salesforce import (
    CANARY,
    CONSUMER_KEY,
    CONSUMER_SECRET,
    PASSWORD,
    SECURITY_TOKEN,
    Salesforce,
    key_pair,
)
from tests.sources.remote.conftest import World
from tests.sources.salesforce.conftest import CREDENTIALS, JWT, PAGES, Make, records

from steplint.errors import SourceError, TryLater

LIMIT = [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
LEAN: dict[str, Any] = {"history": "off", "meetings": "off"}
JOBS = r"POST .*jobs/query$"


@pytest.mark.parametrize("api", PAGES)
@pytest.mark.parametrize("page", [1, 3, 5])
def test_a_limit_that_is_used_up_is_for_later_and_what_came_is_kept(
    page: int, api: str, source: Make, crm: Salesforce, world: World, tmp_path: Path
) -> None:
    crm.page = crm.bulk_page = 10
    crm.fault(status(403, LIMIT), on=PAGES[api], calls=[page])
    with pytest.raises(
        TryLater, match="crm: the org's API calls of today are used up; what came is kept for six hours"
    ) as caught:
        records(source(api=api, **LEAN), tmp_path)
    assert (caught.value.exit_code, world.slept) == (75, [1.0] if api == "bulk" else [])
    crm.heal()
    frame = records(source(api=api, **LEAN), tmp_path)
    assert frame.height == 48
    assert len(crm.called(PAGES[api])) == 6
    assert len(crm.called(JOBS)) == (2 if api == "bulk" else 0)  # opportunities and contacts, once each


def test_a_share_of_the_calls_is_left_to_others(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.used, crm.allowed = 90, 200
    crm.page = 10
    with pytest.raises(
        TryLater, match=r"101 of the org's 200 API calls of today are used, more than the 50% of api_share"
    ):
        records(source(**LEAN), tmp_path)
    assert crm.used == 101
    assert records(source(api_share=0.9, **LEAN), tmp_path).height == 48
    crm.allowed = 0  # an org that does not say
    assert records(source(**LEAN), tmp_path / "b").height == 48


def test_a_job_that_fails_is_said_in_salesforces_words(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.failing = "InvalidBatch : Failed to process query\n: QUERY_TIMEOUT"
    with pytest.raises(
        SourceError, match="job has ended as Failed: InvalidBatch : Failed to process query : QUERY_TIMEOUT; try"
    ):
        records(source(api="bulk", **LEAN), tmp_path)
    assert (len(crm.called(JOBS)), crm.jobs) == (1, {})
    crm.failing = None
    assert (
        records(source(api="bulk", **LEAN), tmp_path).height == 48
    )  # the next run does not wait for the job that failed


def test_a_job_that_an_administrator_aborts(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.polls = 1_000
    crm.fault(
        doing(lambda: [job.update(state="Aborted") for job in crm.jobs.values()]),
        on=r"GET .*jobs/query/\w+$",
        calls=[3],
    )
    with pytest.raises(SourceError, match="job has ended as Aborted: it does not say why"):
        records(source(api="bulk", **LEAN), tmp_path)


def test_a_job_that_takes_too_long_is_called_off(source: Make, crm: Salesforce, world: World, tmp_path: Path) -> None:
    crm.polls = 1_000_000
    with pytest.raises(SourceError, match=r"job is not done after 300 s; raise network\.deadline"):
        records(source(api="bulk", network={"deadline": 300.0}, **LEAN), tmp_path)
    assert 250 < world.seconds < 300
    assert [call.json() for call in crm.called("PATCH")] == [{"state": "Aborted"}]
    assert max(world.slept) == 20


def test_a_pull_has_a_deadline(source: Make, crm: Salesforce, world: World, tmp_path: Path) -> None:
    crm.fault(answered(replace(html_reply(503), headers={"Retry-After": "7200"})), on=PAGES["rest"], calls=range(100))
    with pytest.raises(SourceError, match=r"takes longer than 60 s; raise network\.deadline"):
        records(source(network={"deadline": 60.0}, **LEAN), tmp_path)
    assert world.seconds <= 61


@pytest.mark.parametrize("act", [status(503, []), status(404, []), answered(html_reply(500))])
def test_a_result_that_cannot_be_deleted_is_left(act: Act, source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.fault(act, on="DELETE", calls=range(100))
    assert records(source(api="bulk", **LEAN), tmp_path).height == 48


@pytest.mark.parametrize("answer", [{}, {"id": ""}, {"id": "../limits"}, {"id": None}])
def test_a_job_without_a_name(answer: Any, source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.fault(answered(Reply(200, str(answer).replace("'", '"').replace("None", "null").encode())), on=JOBS)
    with pytest.raises(SourceError, match="Salesforce made no query job"):
        records(source(api="bulk", **LEAN), tmp_path)


@pytest.mark.parametrize(
    "cursor",
    [
        "/services/data/v64.0/query/../limits",
        "https://evil.example/x-10",
        "/services/data/v64.0/query/01g-5x",
        "",
        "x-10",
    ],
)
def test_a_next_page_that_is_no_page(cursor: str, source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.page = 10
    there = re.compile(rb"/services/data/v64.0/query/01gOpportunity\d+-10")
    spoil = changed(lambda reply: replace(reply, body=there.sub(cursor.encode(), reply.body)))
    crm.fault(spoil, on=PAGES["rest"], calls=range(100))
    with pytest.raises(SourceError, match=r"no whole answer from acme.my.salesforce.com: NotWhole"):
        records(source(network={"attempts": 2}, **LEAN), tmp_path)
    assert {call.headers["x-meant-for"] for call in crm.calls} == {"acme.my.salesforce.com"}


def test_rows_that_come_twice_count_once(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    """A page that has a row of the page before, and Salesforce does not count it."""
    crm.page = 10
    whole = records(source(**LEAN), tmp_path / "a")
    first = json.loads(crm.answer(crm.called(PAGES["rest"])[0]).body)["records"][0]

    def doubled(reply: Reply) -> Reply:
        page = json.loads(reply.body)
        return replace(reply, body=json.dumps({**page, "records": [first, *page["records"]]}).encode())

    crm.fault(changed(doubled), on=PAGES["rest"], calls=[2])
    frame = records(source(**LEAN), tmp_path / "b").sort("id")
    assert frame.drop("row").equals(whole.sort("id").drop("row"))
    assert len(crm.called(PAGES["rest"])) == 10


KILLED = """
import sys
from pathlib import Path
from tests.servers.base import Reroute
from tests.sources.salesforce.conftest import make_source, make_world, records
from steplint.sources.salesforce import Salesforce
url, state, api = sys.argv[1:]
Salesforce.transport = Reroute(url)
world = make_world()
login = {"auth": "client_credentials", "consumer_key": {"env": "KEY"}, "consumer_secret": {"env": "SECRET"}}
frame = records(make_source(world, api=api, network={"read_timeout": 30.0}, **login), Path(state))
print(",".join(sorted(frame["id"])))
"""


@pytest.mark.parametrize(
    ("api", "kill_at"), [("rest", PAGES["rest"]), ("bulk", PAGES["bulk"]), ("bulk", r"GET .*jobs/query/\w+$")]
)
def test_a_pull_that_was_killed_in_mid_page_goes_on_and_has_no_duplicates(
    api: str, kill_at: str, crm: Salesforce, tmp_path: Path
) -> None:
    crm.page = crm.bulk_page = 10
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", KILLED, crm.url, str(tmp_path / "state"), api]
    paging = kill_at == PAGES[api]
    crm.fault(stall(30, 0.5), on=kill_at, calls=[3 if paging else 1])
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as process:
        while len(crm.called(kill_at)) < (3 if paging else 1) and process.poll() is None:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
    crm.heal()
    asked, jobs = len(crm.called(PAGES[api])), len(crm.called(JOBS))
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    expected = [row[0] for row in crm.org.db.execute("SELECT Id FROM Opportunity WHERE IsClosed = 0 ORDER BY Id")]
    assert done.stdout.strip().split(",") == expected
    assert len(crm.called(PAGES[api])) - asked == (3 if paging else 5)
    assert (jobs, len(crm.called(JOBS))) == (
        (0, 0) if api == "rest" else (1, 5)
    )  # the job that was begun is waited for


FAULTS: dict[str, tuple[Callable[[Salesforce], Act], str]] = {
    "none": (lambda _: status(500), "never"),
    "expired": (lambda crm: doing(crm.expire), "GET"),
    "expired for ever": (lambda _: status(401, []), "GET"),
    "login refused": (
        lambda _: status(400, {"error": "invalid_grant", "error_description": f"{CONSUMER_KEY} is bad"}),
        "oauth2",
    ),
    "an error that quotes": (
        lambda _: status(400, [{"errorCode": "X", "message": f"bad token 00D0!{CANARY}.session1"}]),
        "describe",
    ),
    "truncated": (lambda _: truncated(), PAGES["rest"]),
    "limit": (lambda _: status(403, LIMIT), "query"),
}


@pytest.mark.parametrize("login", ["jwt", "password", "client_credentials"])
@pytest.mark.parametrize("fault", FAULTS)
def test_no_secret_in_any_byte_that_is_written(
    fault: str,
    login: str,
    source: Make,
    crm: Salesforce,
    world: World,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    token = {"username": JWT["username"], "password": {"env": "PASSWORD"}, "security_token": {"env": "TOKEN"}}
    given = {"jwt": JWT, "password": {"auth": "password", **token}, "client_credentials": CREDENTIALS}[login]
    act, on = FAULTS[fault]
    crm.fault(act(crm), on=on, calls=range(3, 1_000) if fault != "login refused" else range(1_000))
    made = source(network={"attempts": 2}, **given)
    said = repr(made.settings)
    try:
        records(made, tmp_path)
    except SourceError as error:
        said += f"{error.render()}{error!r}{error.__cause__!r}{error.__context__!r}"
    captured = capfd.readouterr()
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    written = (world.log + said + "".join(made.context.notes) + captured.out + captured.err).encode() + files
    assert b'"event": "call"' in written
    pem = key_pair()[0].splitlines()[1:-1]
    for secret in (CANARY, CONSUMER_KEY, CONSUMER_SECRET, PASSWORD, SECURITY_TOKEN, *pem):
        assert secret.encode() not in written


def test_the_log_tells_what_was_done(source: Make, crm: Salesforce, world: World, tmp_path: Path) -> None:
    crm.fault(doing(crm.expire), on=PAGES["rest"])
    assert isinstance(records(source(**LEAN), tmp_path), pl.DataFrame)
    counts = {name: world.log.count(f'"event": "{name}"') for name in ("login", "counted", "pulled", "retry")}
    assert counts == {"login": 2, "counted": 2, "pulled": 2, "retry": 0}
    assert "O'Neil" not in world.log  # no text of records
