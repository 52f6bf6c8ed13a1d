"""Whatever goes wrong on whichever page: the same records in the end, or one clear error and nothing that could be used."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.servers.base import (
    Act,
    Exchange,
    Reply,
    answered,
    drop,
    hang_up,
    html_reply,
    json_reply,
    repeated,
    stall,
    status,
    truncated,
)
from tests.servers.hubspot import DAILY, ROLLING, SCOPES, HubSpot, problem
from tests.servers.hubspot_data import START, Account, account
from tests.sources.hubspot_kit import World, fetched, source

from steplint.errors import SourceError, TryLater

LIST = r"GET /crm/objects/2026-09/deals\?"
SEARCH = r"POST /crm/objects/2026-09/deals/search"
SINCE = START - timedelta(days=2)
#: Faults that pass: what comes of one of them is the same pull, one call later.
PASSING: dict[str, Act] = {
    "dropped body": drop(),
    "dropped at once": drop(0),
    "no answer": hang_up(),
    "stalled": stall(0.6),
    "stalled in mid-body": stall(0.6, 0.5),
    "truncated JSON": truncated(),
    "503 HTML": answered(html_reply(503)),
    "HTML login page": answered(html_reply(200, "<html>Log in</html>")),
    "429 with a wait": status(429, ROLLING, {"Retry-After": "7"}),
    "429 without one": status(429, ROLLING),
    "500": status(500, {}),
    "502": answered(html_reply(502)),
    "504": status(504, {}),
    "423 locked": answered(problem(423, "LOCKED", "This object is locked.")),
    "477 migrating": status(477, {"message": "migration in progress"}, {"Retry-After": "30"}),
    "batch in parts": answered(
        json_reply({"results": [], "errors": [{"category": "RATE_LIMITS", "message": "slow down"}]}, 207)
    ),
}
#: Faults that last, or that no second try betters: exception, what is said, and calls of the page until it is.
LASTING: dict[str, tuple[Act, type[SourceError], str, int]] = {
    "401": (
        status(401, {"category": "EXPIRED_AUTHENTICATION"}),
        SourceError,
        r"does not accept the token \(env HUB",
        1,
    ),
    "403": (status(403, {"message": "no"}), SourceError, r"the key may not read /crm/objects/2026-09/deals.*scopes", 1),
    "daily limit": (
        status(429, DAILY),
        TryLater,
        "daily limit of API calls is used up; it starts again at midnight",
        1,
    ),
    "429": (status(429, ROLLING, {"Retry-After": "1"}), TryLater, "rate limit stays used up, 6 times", 6),
    "503 HTML": (answered(html_reply(503)), SourceError, "HubSpot answers 503, 6 times; try again later", 6),
    "HTML login page": (answered(html_reply(200)), SourceError, "something else than JSON, 6 times; a proxy", 6),
    "truncated JSON": (truncated(), SourceError, "something else than JSON, 6 times", 6),
    "no answer": (hang_up(), SourceError, "no whole answer from 127.0.0.1: ConnectionError; check the network", 6),
    "redirect": (status(302, {}, {"Location": "https://evil.example/"}), SourceError, r"leads elsewhere \(302\)", 1),
    "another shape": (status(200, {"results": {}}), SourceError, "has no list of results", 1),
}


@pytest.fixture(scope="module")
def store() -> Account:
    return account(100)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def crm(store: Account, world: World) -> Iterator[HubSpot]:
    """100 deals in five pages of the list, and nothing else that the key may see."""
    server = HubSpot(store, seconds=lambda: world.seconds, now=world.there)
    server.scopes = {SCOPES["deals"], SCOPES["properties"]}
    with server.serving():
        yield server


@pytest.fixture(scope="module")
def whole(store: Account, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """What comes without a fault."""
    with HubSpot(store).serving() as server:
        server.scopes = {SCOPES["deals"], SCOPES["properties"]}
        return fetched(source(server, World(), page_size=20, history="off"), tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("page", range(1, 6))
@pytest.mark.parametrize("fault", PASSING)
def test_every_passing_fault_on_every_page_of_the_list(
    fault: str, page: int, crm: HubSpot, world: World, whole: pl.DataFrame, tmp_path: Path
) -> None:
    crm.fault(PASSING[fault], on=LIST, calls=[page])
    stalls = fault.startswith("stalled")
    made = source(crm, world, page_size=20, history="off", network={"read_timeout": 0.3 if stalls else 20})
    assert fetched(made, tmp_path).equals(whole)
    # Where answers are waited for so briefly, a busy machine may let others come too late as well.
    assert made.api.retries == 1 or (stalls and made.api.retries > 1)
    assert len(crm.called(LIST)) == 6 or stalls
    assert made.api.calls == len(crm.calls)
    assert '"event": "restart"' not in world.log
    if fault in ("429 with a wait", "477 migrating"):
        assert [seconds for seconds in world.slept if seconds > 1] == [7 if fault.startswith("429") else 30]


@pytest.mark.parametrize("page", range(1, 6))
@pytest.mark.parametrize("fault", LASTING)
def test_every_lasting_fault_on_every_page_is_one_clear_error_and_nothing_is_used(
    fault: str, page: int, crm: HubSpot, world: World, whole: pl.DataFrame, tmp_path: Path
) -> None:
    act, kind, said, calls = LASTING[fault]
    crm.fault(act, on=LIST, calls=range(page, 99))
    made = source(crm, world, page_size=20, history="off")
    with pytest.raises(SourceError, match=said) as caught:
        fetched(made, tmp_path)
    assert type(caught.value) in (kind, *kind.__subclasses__())
    assert "\n" not in caught.value.render()
    assert (len(crm.called(LIST)), made.api.retries) == (page - 1 + calls, calls - 1)
    # What came is kept for the next run alone, which goes on where this one ended.
    crm.heal()
    crm.calls.clear()
    assert fetched(source(crm, world, page_size=20, history="off"), tmp_path).equals(whole)
    assert len(crm.called(LIST)) == 6 - page


@pytest.mark.parametrize("page", range(2, 6))
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(repeated(), id="page repeated"),
        pytest.param(answered(problem(400, "VALIDATION_ERROR", "Unable to decode cursor")), id="cursor lost"),
        pytest.param(answered(json_reply({"results": []})), id="nothing, and no next page"),
    ],
)
def test_a_lost_place_in_the_list_starts_it_again(
    fault: Act, page: int, crm: HubSpot, world: World, whole: pl.DataFrame, tmp_path: Path
) -> None:
    crm.fault(fault, on=LIST, calls=[page])
    made = source(crm, world, page_size=20, history="off")
    assert fetched(made, tmp_path).equals(whole)
    assert (len(crm.called(LIST)), made.api.retries, world.log.count('"event": "restart"')) == (page + 5, 0, 1)


def with_results(change: Callable[[list[Any]], list[Any]]) -> Act:
    """The true answer, but for its results."""

    def act(exchange: Exchange) -> Reply:
        answer = json.loads(exchange.answer().body)
        return json_reply({**answer, "results": change(answer["results"])})

    return act


def test_a_page_that_repeats_the_one_before_under_its_own_cursor(
    crm: HubSpot, world: World, whole: pl.DataFrame, tmp_path: Path
) -> None:
    pages: list[list[Any]] = []

    def earlier(results: list[Any]) -> list[Any]:
        pages.append(results)
        return pages[0]

    crm.fault(with_results(earlier), on=LIST, calls=[2, 3])
    assert fetched(source(crm, world, page_size=20, history="off"), tmp_path).equals(whole)
    assert "the same page again" in world.log


def test_a_list_that_never_gets_on_is_an_error(crm: HubSpot, world: World, tmp_path: Path) -> None:
    crm.fault(repeated(), on=LIST, calls=range(3, 99))
    with pytest.raises(
        SourceError, match=r"crm: deals: the place in the answer was lost \(.*\), 3 times; nothing was used"
    ):
        fetched(source(crm, world, page_size=20, history="off"), tmp_path)
    assert len(crm.called(LIST)) == 3 + 2 + 2


def test_cursors_that_go_round_in_a_circle_are_an_error(crm: HubSpot, world: World, tmp_path: Path) -> None:
    """Page three names the second one as the next."""

    def back(exchange: Exchange) -> Reply:
        answer = json.loads(exchange.answer().body)
        answer["paging"]["next"]["after"] = "158"
        return json_reply(answer)

    crm.fault(back, on=LIST + ".*after=2", calls=range(99))
    with pytest.raises(
        SourceError, match=r"deals: the place in the answer was lost \(the same cursor again\), 3 times"
    ):
        fetched(source(crm, world, page_size=20, history="off"), tmp_path)
    assert len(crm.called(LIST)) < 20


@pytest.mark.parametrize("end", range(1, 5))
def test_a_list_that_ends_early_is_not_taken_for_the_whole(
    end: int, crm: HubSpot, world: World, whole: pl.DataFrame, tmp_path: Path
) -> None:
    """The list has no total: what it left out is found by the search."""
    page = {"results": [{"id": str(97 + end * 60), "properties": {}}]}
    crm.calls.clear()
    crm.fault(answered(json_reply(page)), on=LIST, calls=[end])
    assert fetched(source(crm, world, page_size=20, history="off"), tmp_path).equals(whole)
    assert f"the list ended {100 - end * 20} deals early" in world.log
    assert len(crm.called(SEARCH)) == 2


def test_deleted_deals_that_the_search_still_finds_are_no_end_of_the_list(
    crm: HubSpot, world: World, whole: pl.DataFrame, tmp_path: Path
) -> None:
    store = crm.account
    crm.account = Account(deals={**store.deals, 900: store.deals[100], 901: store.deals[100]}, archived={900, 901})
    crm.account.merged[901] = 100
    crm.ghosts = {900, 901}
    assert fetched(source(crm, world, page_size=20, history="off"), tmp_path).equals(whole)
    assert len(crm.called("deals/batch")) == 1


RELATED = {
    "owners": r"GET /crm/owners/2026-09\?limit=500",
    "company links": r"associations/2026-09/deals/companies",
    "contact links": r"associations/2026-09/deals/contacts",
    "meeting links": r"associations/2026-09/deals/meetings",
    "companies": r"objects/2026-09/companies/batch",
    "contacts": r"objects/2026-09/contacts/batch",
    "meetings": r"objects/2026-09/meetings/batch",
    "history": r"objects/2026-09/deals/batch",
}


@pytest.fixture(scope="module")
def two_batches(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], tuple[Account, pl.DataFrame]]:
    """An account of so many open deals, all linked to something of each kind, and what comes of it without a fault."""

    @cache
    def make(count: int) -> tuple[Account, pl.DataFrame]:
        found = account(count, open_only=True)
        for number in range(110):
            found.companies[9_000 + number] = {"name": f"Company {number}"}
            found.contacts[20_000 + number] = {"firstname": f"P{number}", "lastname": None, "email": None}
            found.meetings[70_000 + number] = {**found.meetings[70_001], "hs_meeting_outcome": None}
        for place, id in enumerate(found.deals):
            for kind, first in (("companies", 9_000), ("contacts", 20_000), ("meetings", 70_000)):
                found.links[kind][id] = [(first + place % 110, False, None)]
        with HubSpot(found).serving() as server:
            return found, fetched(source(server, World()), tmp_path_factory.mktemp("whole"))

    return make


@pytest.mark.parametrize("on", RELATED)
@pytest.mark.parametrize("fault", ["truncated JSON", "batch in parts", "page repeated"])
def test_what_deals_link_to_survives_the_same_faults(
    fault: str,
    on: str,
    two_batches: Callable[[int], tuple[Account, pl.DataFrame]],
    world: World,
    tmp_path: Path,
) -> None:
    """On the second call of each kind. A cache that repeats the batch before gives ids that were not asked for."""
    store, whole = two_batches(1_050 if "links" in on else 120)
    repeats = fault == "page repeated"
    with HubSpot(store, seconds=lambda: world.seconds).serving() as server:
        if on != "history":
            whole = whole.drop("previous_steps", "next_step_changed")
        server.fault(repeated() if repeats else PASSING[fault], on=RELATED[on], calls=[2])
        made = source(server, world, history="auto" if on == "history" else "off")
        assert fetched(made, tmp_path).select(whole.columns).equals(whole)
        assert made.api.retries == (0 if repeats else 1)
        assert ("the answer to another question" in world.log) is repeats


@pytest.fixture(scope="module")
def busy() -> Account:
    """900 deals, all open: five pages of a search."""
    return account(900, open_only=True)


ON_SEARCHES = ["dropped body", "429 with a wait", "repeated", "empty", "torn", "out of order"]


@pytest.mark.parametrize(
    ("fault", "page"),
    [(fault, page) for fault in ON_SEARCHES for page in range(1 + (fault == "repeated"), 6)],
)
def test_every_fault_on_every_page_of_a_search(
    fault: str, page: int, busy: Account, world: World, tmp_path: Path
) -> None:
    """Five pages of deals that are open or changed, and one of those that have changed meanwhile: none."""
    act = {
        "repeated": repeated(),
        "empty": answered(json_reply({"total": 900, "results": []})),
        "torn": with_results(lambda results: results[:40] + results[43:]),
        "out of order": with_results(lambda results: results[::-1]),
    }.get(fault) or PASSING[fault]
    with HubSpot(busy, seconds=lambda: world.seconds, now=world.there).serving() as server:
        server.scopes = {SCOPES["deals"], SCOPES["properties"]}
        server.fault(act, on=SEARCH, calls=[page])
        made = source(server, world, SINCE, history="off")
        found = fetched(made, tmp_path)
        assert found["id"].to_list() == [str(id) for id in busy.deals]
        restarted = fault in ("repeated", "empty", "torn", "out of order")
        assert (len(server.called(SEARCH)), made.api.retries) == (page + 6 if restarted else 7, not restarted)


def test_a_wait_until_a_date_is_counted_by_the_servers_clock(crm: HubSpot, tmp_path: Path) -> None:
    world = World(skew=timedelta(hours=5))
    crm.now = world.there
    until = format_datetime(world.there() + timedelta(seconds=9), usegmt=True)
    crm.fault(status(429, ROLLING, {"Retry-After": until}), on=LIST, calls=[2])
    fetched(source(crm, world, page_size=20, history="off"), tmp_path)
    assert [seconds for seconds in world.slept if seconds > 1] == [9]


def test_calls_rest_where_none_is_left_in_the_interval(crm: HubSpot, world: World, tmp_path: Path) -> None:
    used_up = {"X-HubSpot-RateLimit-Remaining": "0", "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"}
    crm.fault(answered(json_reply({"portalId": 1}, 200, used_up)), on="GET /account-info", calls=[1])
    made = source(crm, world, page_size=20, history="off")
    fetched(made, tmp_path)
    assert world.slept[0] == 10
    assert made.api.retries == 0
