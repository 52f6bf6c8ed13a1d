"""A pull is complete or not used: every fault on every page of five ends in the same records, or in one clear error."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.servers.base import (
    Act,
    Reply,
    Reroute,
    answered,
    changed,
    doing,
    drop,
    hang_up,
    html_reply,
    repeated,
    stall,
    status,
    truncated,
)
from tests.servers.salesforce import CANARY, Salesforce
from tests.sources.remote.conftest import World
from tests.sources.salesforce.conftest import PAGES, Make, make_server, make_source, make_world, records

from steplint.errors import SourceError
from steplint.sources.salesforce import Salesforce as Source


def without_a_row(reply: Reply) -> Reply:
    """A row less, and headers that say so too: only the total of all pages tells."""
    if reply.body.startswith(b"{"):
        page = json.loads(reply.body)
        return replace(reply, body=json.dumps({**page, "records": page["records"][1:]}).encode())
    rows = list(csv.reader(io.StringIO(reply.body.decode(), newline="")))
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([rows[0], *rows[2:]])
    return replace(
        reply, body=out.getvalue().encode(), headers={**reply.headers, "Sforce-NumberOfRecords": str(len(rows) - 2)}
    )


def last_cell_cut(reply: Reply) -> Reply:
    """CSV that ends after a whole cell in mid-row: still CSV, and as many rows as are told."""
    row = reply.body.rstrip(b"\n").rfind(b'\n"') + 1
    return replace(reply, body=reply.body[: reply.body.index(b'","', row) + 1]) if row else reply


#: Fault → (what it does, calls of pages more than without it, logins).
PASSING: dict[str, tuple[Callable[[Salesforce], Act], int, int]] = {
    "dropped body": (lambda _: drop(), 1, 1),
    "no answer": (lambda _: hang_up(), 1, 1),
    "stalled": (lambda _: stall(0.5), 1, 1),
    "stalled in mid-body": (lambda _: stall(0.5, 0.5), 1, 1),
    "503 HTML": (lambda _: answered(html_reply(503)), 1, 1),
    "429": (lambda _: status(429, [], {"Retry-After": "7"}), 1, 1),
    "truncated": (lambda _: truncated(), 1, 1),
    "empty": (lambda _: truncated(0), 1, 1),
    "page repeated": (lambda _: repeated(), 1, 1),
    "HTML login page": (lambda _: answered(html_reply(200, "<html>Log in</html>")), 1, 2),
    "session expired": (lambda crm: doing(crm.expire), 1, 2),
    "401 with HTML": (lambda _: answered(html_reply(401)), 1, 2),
    "401 with an object": (lambda _: status(401, {"error": "x"}), 1, 2),
    "cursor lost": (lambda crm: doing(crm.lose_cursors), 0, 1),
    "a row missing": (lambda _: changed(without_a_row), 5, 1),
}
BULK_ONLY: dict[str, tuple[Callable[[Salesforce], Act], int, int]] = {
    "last cell cut": (lambda _: changed(last_cell_cut), 1, 1),
    "no count header": (
        lambda _: changed(lambda reply: replace(reply, headers={"Sforce-Locator": reply.headers["Sforce-Locator"]})),
        0,
        1,
    ),
}
CASES = [(api, fault, page) for api in PAGES for fault in PASSING for page in range(1, 6)]
CASES += [("bulk", fault, page) for fault in BULK_ONLY for page in range(1, 6)]


#: Records alone (contacts are hidden, too): less to wait for.
LEAN: dict[str, Any] = {"history": "off", "meetings": "off"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """What comes without a fault."""
    with make_server(54).serving() as crm, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Source, "transport", Reroute(crm.url))
        crm.org.hide("OpportunityContactRole")
        frame = records(make_source(make_world(), **LEAN), tmp_path_factory.mktemp("whole"))
    assert frame.height == 48
    return frame


@pytest.mark.parametrize(("api", "fault", "page"), CASES)
def test_every_passing_fault_on_every_page_ends_in_the_same_records(
    api: str, fault: str, page: int, source: Make, crm: Salesforce, world: World, whole: pl.DataFrame, tmp_path: Path
) -> None:
    act, more, logins = {**PASSING, **BULK_ONLY}[fault]
    if fault == "page repeated" and page == 1:
        pytest.skip("nothing comes before the first page")
    if fault == "cursor lost" and (api, page) != ("rest", 1):
        more = page  # from the start again
    crm.page = crm.bulk_page = 10
    crm.org.hide("OpportunityContactRole")
    crm.fault(act(crm), on=PAGES[api], calls=[page])
    made = source(api=api, network={"read_timeout": 0.3 if "stalled" in fault else 10.0}, **LEAN)
    assert records(made, tmp_path).equals(whole)
    assert len(crm.called(PAGES[api])) == 5 + more
    assert crm.logins == made.api.logins == logins
    # Every job is waited for once; all other waits are those of retries.
    assert made.api.session.retries == len(world.slept) - len(crm.called(r"POST .*jobs/query$"))
    assert fault != "429" or 7 in world.slept
    assert crm.jobs == {}  # results are not left behind


@pytest.mark.parametrize("api", PAGES)
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("dropped body", "no whole answer from acme.my.salesforce.com: ChunkedEncodingError"),
        ("stalled", "no whole answer from acme.my.salesforce.com: ReadTimeout"),
        ("503 HTML", "Salesforce answers 503 SERVER_UNAVAILABLE; try again later"),
        ("429", "Salesforce answers 429"),
        ("truncated", "no whole answer from acme.my.salesforce.com: NotWhole"),
        ("HTML login page", "answers with a web page instead of data; check domain"),
        ("session expired", "does not take the session that it has just given"),
        ("cursor lost", r"records: the place in the answer was lost \(.*\), 3 times"),
        ("a row missing", r"records: 4[0-7] rows of 48 came, 3 times"),
    ],
)
def test_every_fault_that_lasts_is_one_clear_error_and_nothing_is_used(
    api: str, fault: str, said: str, source: Make, crm: Salesforce, tmp_path: Path
) -> None:
    crm.page = crm.bulk_page = 10
    crm.org.hide("OpportunityContactRole")
    crm.fault(PASSING[fault][0](crm), on=PAGES[api], calls=range(2, 1_000))
    with pytest.raises(SourceError, match=said) as caught:
        records(source(api=api, network={"read_timeout": 0.3, "attempts": 3}, **LEAN), tmp_path)
    assert "\n" not in caught.value.render()
    assert CANARY not in caught.value.render()
    assert len(crm.calls) < 100
