"""The faults of loopback servers are what they are called, seen by an ordinary client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests
from tests.servers import base
from tests.servers.base import Act, Call, Reply, Server


class Counting(Server):
    """Answers with the number of the call."""

    count = 0

    def answer(self, _call: Call) -> Reply:
        self.count += 1
        return base.json_reply({"count": self.count, "text": "x" * 1_000}, headers={"Content-Encoding": "gzip"})


@pytest.fixture
def server() -> Iterator[Counting]:
    with Counting(now=lambda: datetime(2026, 1, 12, 9, tzinfo=UTC)).serving() as server:
        yield server


def get(server: Server, path: str = "/a?n=1") -> requests.Response:
    with requests.Session() as session:
        return session.get(server.url + path, timeout=0.3)


@pytest.mark.parametrize(
    ("act", "error", "took_effect"),
    [
        (base.drop(), requests.exceptions.ChunkedEncodingError, True),
        (base.hang_up(), requests.ConnectionError, True),
        (base.stall(5), requests.Timeout, True),
        (base.stall(5, share=0.5), requests.ConnectionError, True),
        (base.truncated(), requests.JSONDecodeError, True),
        (base.answered(base.html_reply(200)), requests.JSONDecodeError, False),
    ],
)
def test_a_fault_is_met_at_its_call_and_at_no_other(
    server: Counting, act: Act, error: type[Exception], took_effect: bool
) -> None:
    server.fault(act, on="GET /a", calls=[2])
    assert get(server).json()["count"] == 1
    with pytest.raises(error):
        get(server).json()
    assert get(server, "/b").json()["count"] == 2 + took_effect
    assert get(server).json()["count"] == 3 + took_effect
    assert [call.query for call in server.called("GET /a")] == [{"n": "1"}] * 3


def test_answers_of_another_kind(server: Counting) -> None:
    server.fault(base.status(503, {"no": 1}, {"Retry-After": "7"}), calls=[1])
    server.fault(base.repeated(), on="/a", calls=[3])
    server.fault(base.changed(lambda _: Reply(201, b"{}")), on="/a", calls=[4])
    server.fault(base.doing(lambda: setattr(server, "count", 40)), on="/a", calls=[5])
    first = get(server)
    assert (first.status_code, first.headers["Retry-After"], first.json()) == (503, "7", {"no": 1})
    assert [get(server).json().get("count") for _ in range(4)] == [1, 1, None, 41]
    assert first.headers["Date"] == "Mon, 12 Jan 2026 09:00:00 GMT"
    server.fault(base.drop()).heal()
    assert get(server).json()["count"] == 42


def test_every_host_is_rerouted(server: Counting) -> None:
    with requests.Session() as session:
        session.mount("https://", base.Reroute(server.url))
        session.get("https://acme.my.salesforce.com/x/y?z=%20", timeout=1)
    assert server.calls[0].line == "GET /x/y?z=%20"
    assert server.calls[0].headers["x-meant-for"] == "acme.my.salesforce.com"
