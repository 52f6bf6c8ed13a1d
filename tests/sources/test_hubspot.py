"""What comes from HubSpot is what the account holds: every column of every deal, whatever people have put there."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.servers.base import changed, doing, json_reply
from tests.servers.hubspot import SCOPES, SENSITIVE, HubSpot
from tests.servers.hubspot_data import START, Account, account, text_of
from tests.sources.hubspot_kit import AS_OF, ZONE, World, fetched, pulled, source
from tests.sources.hubspot_oracle import expected

from steplint.errors import ConfigError, SourceError
from steplint.sources.hubspot.deals import OVERLAP
from steplint.sources.hubspot.joining import moment

Serve = Callable[..., HubSpot]
LIST = r"GET /crm/objects/2026-09/deals\?"
SEARCH = r"/deals/search"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def serve(world: World) -> Iterator[Serve]:
    """Serves an account until the test ends."""
    with ExitStack() as stack:

        def start(store: Account, **options: Any) -> HubSpot:
            server = HubSpot(store, seconds=lambda: world.seconds, now=world.there, **options)
            return stack.enter_context(server.serving())

        yield start


def same(records: pl.DataFrame, wanted: list[dict[str, Any]]) -> None:
    """Every wanted column of every record; what differs is shown a record at a time."""
    assert records["id"].to_list() == [row["id"] for row in wanted]
    for found, row in zip(records.select(wanted[0].keys()).to_dicts(), wanted, strict=True):
        assert found == row


@pytest.mark.parametrize("version", ["2026-09", "v3", "2027-03"])
def test_every_column_of_more_than_5000_deals(version: str, serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(5_200 if version == "2026-09" else 150), version=version)
    records = pulled(source(server, world, version=version, closed=True), tmp_path)
    same(records, expected(server.account, AS_OF, ZONE, closed=True))
    assert [note.split(":")[0] for note in world.notes] == ["stages without a role, which stage rules skip"]


def test_open_deals_alone_unless_closed_ones_are_wanted(serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(700))
    same(pulled(source(server, world), tmp_path), expected(server.account, AS_OF, ZONE))
    asked = {row["id"] for call in server.called("associations") for row in call.json()["inputs"]}
    assert sorted(asked, key=int) == [row["id"] for row in expected(server.account, AS_OF, ZONE)]


def test_an_account_without_deals(serve: Serve, world: World, tmp_path: Path) -> None:
    for since in (None, START):
        assert fetched(source(serve(Account()), world, since), tmp_path).is_empty()


def test_calls_are_as_few_as_the_api_allows(serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(1_050, open_only=True))
    fetched(source(server, world), tmp_path)
    calls = Counter(call.path.rpartition("2026-09")[0] + call.path.rpartition("2026-09")[2] for call in server.calls)
    assert calls == {
        "/account-info//details": 1,
        "/crm/pipelines//deals": 1,
        "/crm/properties//deals": 1,
        "/crm/owners/": 3,  # may it be read, those who are active, those who are not
        "/crm/objects//companies": 1,
        "/crm/objects//contacts": 1,
        "/crm/objects//meetings": 1,
        "/crm/objects//deals": 11,
        "/crm/objects//deals/search": 1,
        **{f"/crm/associations//deals/{kind}/batch/read": 2 for kind in ("companies", "contacts", "meetings")},
        **{f"/crm/objects//{kind}/batch/read": 1 for kind in ("companies", "contacts", "meetings")},
        "/crm/objects//deals/batch/read": 21,
    }


def test_associations_have_pages_within_a_batch(serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(40, open_only=True))
    for place, id in enumerate(server.account.deals):
        server.account.links["contacts"][id] = [(20_000 + number, False, None) for number in range(place)]
        server.account.links["companies"][id] = [(9_000 + number, number == place - 1, None) for number in range(place)]
    server.links_a_page = 10
    same(pulled(source(server, world), tmp_path), expected(server.account, AS_OF, ZONE))
    assert [len(call.json()["inputs"]) for call in server.called("deals/contacts/batch")] == [40, 29, 19, 9]


def test_a_place_within_a_batch_that_comes_again_is_an_error(serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(4, open_only=True))
    server.account.links["contacts"] = {id: [(20_000 + n, False, None) for n in range(30)] for id in (100, 103)}
    server.links_a_page = 10

    def again(exchange: Any) -> Any:
        answer = json.loads(exchange.answer().body)
        for result in answer["results"]:
            result["paging"] = {"next": {"after": "10"}}
        return json_reply(answer)

    server.fault(again, on="deals/contacts/batch", calls=range(99))
    with pytest.raises(SourceError, match="contact_links: the place in the answer was lost"):
        fetched(source(server, world), tmp_path)
    assert len(server.called("deals/contacts/batch")) == 6


def test_more_than_500_owners(serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(60, open_only=True))
    for number in range(1_300):
        server.account.owners.insert(
            0, {"id": f"x{number}", "email": f"x{number}@acme.example", "archived": number % 3 == 0, "teams": []}
        )
    same(pulled(source(server, world), tmp_path), expected(server.account, AS_OF, ZONE))
    assert len(server.called("GET /crm/owners.*limit=500")) == 3


# What the key may see


@pytest.mark.parametrize(
    ("scope", "hidden"),
    [
        ("owners", {"owner", "owner_email", "owner_active", "team"}),
        ("companies", {"account"}),
        ("contacts", {"contacts", "last_meeting"}),
    ],
)
def test_columns_whose_scope_is_missing_are_hidden_and_the_scope_is_named(
    scope: str, hidden: set[str], serve: Serve, world: World, tmp_path: Path
) -> None:
    server = serve(account(30))
    server.scopes.remove(SCOPES[scope])
    made = source(server, world)
    coverage = made.plan().coverage
    assert set(coverage.hidden) == hidden
    assert hidden.isdisjoint(coverage.names)
    assert all(f"give it the scope {SCOPES[scope]}" in note for note in world.notes)
    records = pulled(source(server, world), tmp_path)
    wanted = expected(server.account, AS_OF, ZONE)
    for row in wanted:
        deal = server.account.deals[int(row["id"])]
        row.update(dict.fromkeys(hidden))
        if scope == "contacts":  # and meetings: what HubSpot itself says of the next one is left
            moment = deal["hs_next_meeting_start_time"]
            row["next_meeting"] = datetime(2026, 1, 13, 21, 0) if moment else None
    same(records, wanted)


@pytest.mark.parametrize("lost", ["deals", "properties"])
def test_without_the_scope_of_deals_the_scope_is_named(lost: str, serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(3))
    server.scopes.remove(SCOPES[lost])
    with pytest.raises(SourceError, match=f"the key may not read .*; give it the scope {SCOPES[lost]}$"):
        fetched(source(server, world), tmp_path)


def test_a_property_that_is_not_there_is_missing(serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(30))
    del server.properties["hs_v2_date_entered_current_stage"]
    made = source(server, world)
    coverage = made.plan().coverage
    assert (coverage.hidden, coverage.missing) == ((), ("stage_changed",))
    assert "stage_changed" not in fetched(made, tmp_path).columns


def test_fields_name_properties_of_ones_own(serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(40))
    fields = {"due_date": "next_step_date", "manager": "sales_manager"}
    records = pulled(source(server, world, fields=fields), tmp_path)
    wanted = expected(server.account, AS_OF, ZONE)
    names = {"50": "Ann Lee", "51": "rep1@acme.example", "52": "José Ñuñez"}
    for row in wanted:
        deal = server.account.deals[int(row["id"])]
        given = deal["next_step_date"]
        row["due_date"] = {"2": None, "": None}.get(
            given or "", datetime(2026, 1, 16 if "16T" in str(given) else 15).date()
        )
        row["manager"] = names[str(deal["sales_manager"])]
    same(records, wanted)


def test_a_field_that_is_not_there_is_said_with_the_nearest(serve: Serve, world: World) -> None:
    coverage = source(serve(account(3)), world, fields={"due_date": "next_stepdate"}).plan().coverage
    assert coverage.missing == ("due_date",)
    assert world.notes == ["crm: fields.due_date: deals have no property next_stepdate; did you mean next_step_date?"]


@pytest.mark.parametrize("column", ["next_step", "record_type"])
def test_a_sensitive_property_is_hidden_until_the_key_may_see_it(
    column: str, serve: Serve, world: World, tmp_path: Path
) -> None:
    server = serve(account(5, open_only=True))
    made = source(server, world, fields={column: "secret_step"})
    if column == "next_step":
        with pytest.raises(
            SourceError, match=f"may not see the deal property secret_step; give the key .* {SENSITIVE}"
        ):
            made.plan()
    else:
        assert made.plan().coverage.hidden == (column,)
        assert "may not see secret_step" in world.notes[0]
    server.scopes.add(SENSITIVE)
    records = fetched(source(server, world, fields={column: "secret_step"}), tmp_path)
    assert set(records[column]) == {"classified"}


def test_without_a_next_step_there_is_nothing_to_judge(serve: Serve, world: World) -> None:
    server = serve(account(3))
    del server.properties["hs_next_step"]
    with pytest.raises(
        SourceError, match=r"no property hs_next_step; did you mean .*; say which one: fields: \{next_step"
    ):
        source(server, world).plan()


def test_pipelines_need_their_property(serve: Serve, world: World) -> None:
    server = serve(account(3))
    del server.properties["pipeline"]
    assert source(server, world).plan().coverage.missing == ("pipeline",)
    with pytest.raises(SourceError, match="deals have no property pipeline"):
        source(server, world, pipelines=["777"]).plan()


def test_two_columns_from_one_property(serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(20))
    fields = {"due_date": "closedate", "manager": "hubspot_owner_id"}
    records = fetched(source(server, world, fields=fields), tmp_path)
    assert records["due_date"].equals(records["close_date"].alias("due_date"))
    assert records["manager"].equals(records["owner"].alias("manager"))


def test_pipelines_by_label_or_id(serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(60))
    wanted = [row for row in expected(server.account, AS_OF, ZONE) if row["pipeline"].startswith("Renewals")]
    for name in ("777", "renewals “emea”"):
        same(pulled(source(server, world, pipelines=[name]), tmp_path), wanted)
        same(pulled(source(server, world, START, pipelines=[name]), tmp_path), wanted)
    with pytest.raises(ConfigError, match=r"pipelines: deals have no pipeline “Sales pipline”; did you mean Sales Pip"):
        source(server, world, pipelines=["Sales pipline"]).plan()


def test_history_off_asks_for_none(serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(30))
    records = fetched(source(server, world, history="off"), tmp_path)
    assert "previous_steps" not in records.columns
    assert server.called("deals/batch") == []
    given = {str(id): deal["hs_next_step_updated_at"] for id, deal in server.account.deals.items()}
    assert records["next_step_changed"].to_list() == [given[id] for id in records["id"]]


# What has changed since


def test_incremental_equals_full_for_open_deals_and_has_what_was_closed_since(
    serve: Serve, world: World, tmp_path: Path
) -> None:
    server = serve(account(2_000))
    since = START - timedelta(days=2)
    full = pulled(source(server, world), tmp_path)
    records = pulled(source(server, world, since), tmp_path)
    assert records.filter(~pl.col("is_closed")).equals(full)
    closed = [row["id"] for row in expected(server.account, AS_OF, ZONE, closed=True) if row["is_closed"]]
    moved = [
        id for id in closed if str(server.account.deals[int(id)]["hs_lastmodifieddate"]) >= text_of(since - OVERLAP)
    ]
    assert 0 < len(moved) < len(closed)
    assert records.filter("is_closed")["id"].to_list() == moved


@pytest.mark.parametrize("total", [None, "7", 7.5])
def test_a_search_without_a_total_is_an_error(total: Any, serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(5))
    server.fault(changed(lambda _reply: json_reply({"results": [], "total": total})), on=SEARCH, calls=[1])
    with pytest.raises(SourceError, match="answer to a search has no total"):
        fetched(source(server, world, START), tmp_path)


def test_25000_changed_deals_meet_no_limit_of_the_search(serve: Serve, world: World, tmp_path: Path) -> None:
    """10,000 results a search, 200 a page, five searches a second; half of them were changed by an import, at one moment."""
    server = serve(account(25_000))
    server.scopes = {SCOPES["deals"], SCOPES["properties"]}
    for id in list(server.account.deals)[::2]:
        server.account.deals[id]["hs_lastmodifieddate"] = text_of(START - timedelta(hours=1))
    made = source(server, world, START - timedelta(days=60), history="off")
    records = fetched(made, tmp_path)
    assert records["id"].to_list() == [str(id) for id in server.account.deals]
    assert (len(server.called(SEARCH)), made.api.retries) == (126, 0)
    assert world.seconds == pytest.approx(125 * 0.25)


def test_a_deal_that_the_index_does_not_have_yet_shows_in_the_overlap(
    serve: Serve, world: World, tmp_path: Path
) -> None:
    server = serve(account(500, open_only=True))
    late = list(server.account.deals)[7]
    server.account.deals[late]["hs_lastmodifieddate"] = text_of(START - timedelta(minutes=1))
    server.late[late] = 3
    records = fetched(source(server, world, START - timedelta(days=1)), tmp_path)
    assert records["id"].to_list() == [str(id) for id in server.account.deals]
    assert [len(json.loads(call.body)["filterGroups"]) for call in server.called(SEARCH)] == [2, 2, 2, 1]


def test_what_changes_during_a_pull_comes_as_it_is_then(serve: Serve, world: World, tmp_path: Path) -> None:
    """One is closed, one gets another text, one is new, one is deleted, one merged into another: on the second page."""
    server = serve(account(500, open_only=True))
    store, ids = server.account, list(server.account.deals)

    def busy() -> None:
        store.set(ids[3], START, dealstage="closedwon")
        store.set(ids[4], START, hs_next_step="Changed meanwhile")
        store.deals[ids[-1] + 5] = {**store.deals[ids[5]], "hs_lastmodifieddate": text_of(START)}
        store.delete(ids[450])
        store.merge(ids[460], into=ids[461])

    server.fault(doing(busy), on=SEARCH, calls=[2])
    records = fetched(source(server, world, START - timedelta(days=1)), tmp_path)
    assert set(records["id"]) == {str(id) for id in store.deals} - {str(ids[450]), str(ids[460])}
    rows = {row["id"]: row for row in records.to_dicts()}
    assert rows[str(ids[3])]["is_closed"] is True
    assert rows[str(ids[4])]["next_step"] == "Changed meanwhile"


@pytest.mark.parametrize("when", [LIST, "associations.*companies", "companies/batch", "deals/batch"])
def test_deals_that_are_deleted_or_merged_during_a_full_pull(
    when: str, serve: Serve, world: World, tmp_path: Path
) -> None:
    server = serve(account(300, open_only=True))
    ids = list(server.account.deals)

    def busy() -> None:
        server.account.delete(ids[10])
        server.account.merge(ids[250], into=ids[20])
        server.account.delete(ids[299])
        server.account.companies.pop(9_001, None)

    server.fault(doing(busy), on=when, calls=[2] if when == LIST else [1])
    records = fetched(source(server, world), tmp_path)
    assert records["id"].n_unique() == records.height
    gone = {str(ids[place]) for place in (10, 250, 299)}
    kept = {str(id) for id in ids} - gone
    # A deal of a page that has come is in; the next pull will know better.
    assert kept <= set(records["id"]) <= kept | gone


def test_the_watermark_is_the_servers_time(serve: Serve, tmp_path: Path, world: World) -> None:
    world.skew = timedelta(hours=-7)
    server = serve(account(50, open_only=True))
    plan = source(server, world).plan()
    assert plan.watermark == START - timedelta(hours=7)
    # What changes now, by the server's clock, is found from that watermark on.
    late = list(server.account.deals)[9]
    server.account.set(late, world.there(), dealstage="closedlost")
    records = fetched(source(server, world, plan.watermark), tmp_path)
    assert records.filter("is_closed")["id"].to_list() == [str(late)]


# Values of every kind


def test_values_that_json_can_hold_and_text_cannot(serve: Serve, world: World, tmp_path: Path) -> None:
    server = serve(account(4, open_only=True))
    values: list[Any] = ["half \ud83d of a pair", {"a": ["b"]}, 12.5, "\x00 and \U0001f600"]
    for id, value in zip(server.account.deals, values, strict=True):
        server.account.deals[id]["hs_next_step"] = value
    records = fetched(source(server, world, history="off"), tmp_path)
    assert records["next_step"].to_list() == ["half \ufffd of a pair", '{"a": ["b"]}', "12.5", "\x00 and \U0001f600"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-01-12T10:00:00.123Z", datetime(2026, 1, 12, 10, 0, 0, 123_000, UTC)),
        ("2026-01-12T10:00:00Z", datetime(2026, 1, 12, 10, tzinfo=UTC)),
        ("1768212000000", datetime(2026, 1, 12, 10, tzinfo=UTC)),
        ("99999999999999999", None),
        ("9223372036854775807", None),
        ("99999-01-01T00:00:00Z", None),
        ("soon", None),
        ("", None),
    ],
)
def test_times_of_meetings_and_versions(written: str, read: datetime | None) -> None:
    assert pl.DataFrame({"at": [written]}).select(moment("at")).item() == read


@pytest.mark.parametrize(
    ("on", "answer"),
    [
        (LIST, {"results": [{"id": "1"}]}),
        (LIST, {"results": [{"id": None, "properties": {}}]}),
        (LIST, {"results": [None]}),
        (LIST, []),
        (SEARCH, {"results": [7]}),
        (SEARCH, {"total": 0}),
        ("GET /crm/owners", {"results": [], "errors": 5}),
        ("GET /crm/pipelines", {"results": [{"id": "p", "stages": {}}]}),
        ("GET /crm/owners.*500", {"results": "x"}),
        ("GET /crm/properties", {"results": {}}),
        ("associations.*contacts", {"results": [{"from": {"id": "100"}, "to": [7]}]}),
        ("deals/batch", {"results": [{"id": "100", "propertiesWithHistory": {"hs_next_step": 5}}]}),
        ("objects/.*contacts/batch", {"results": [{"id": "20005", "properties": 3}]}),
    ],
)
def test_answers_of_another_shape_are_one_clear_error(
    on: str, answer: Any, serve: Serve, world: World, tmp_path: Path
) -> None:
    server = serve(account(20, open_only=True))
    server.fault(changed(lambda _reply: json_reply(answer)), on=on, calls=range(99))
    with pytest.raises(SourceError) as caught:
        fetched(source(server, world), tmp_path)
    assert "HubSpot" in caught.value.render() or "something else than JSON" in caught.value.render()
    assert "\n" not in caught.value.render()
