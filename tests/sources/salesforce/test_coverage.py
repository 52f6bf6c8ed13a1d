"""Which columns come, from where, and what is said of those that do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError
from tests.servers.base import answered, doing, json_reply, status
from tests.servers.salesforce import Salesforce
from tests.servers.salesforce_objects import made_id
from tests.servers.soql import Field
from tests.sources.remote.conftest import NOW, World
from tests.sources.salesforce.conftest import CREDENTIALS, JWT, Make, records

from steplint.errors import SourceError
from steplint.records import SCHEMA
from steplint.sources.salesforce import Salesforce as Source
from steplint.sources.salesforce.columns import COLUMNS, OWN_FIELDS
from steplint.sources.salesforce.queries import SIDES

EVENTS = ("next_meeting", "last_meeting", "invite")


def plan(source: Source) -> tuple[set[str], set[str], set[str]]:
    """Columns that are got, hidden and missing."""
    coverage = source.plan().coverage
    source.close()
    assert set(coverage.asked) == (set(coverage.names) - {"id"}) | set(coverage.hidden) | set(coverage.missing)
    return set(coverage.names), set(coverage.hidden), set(coverage.missing)


def test_the_tables_name_columns_that_records_have() -> None:
    for table in (*COLUMNS.values(), *(side.columns for side in SIDES)):
        assert set(table) <= set(OWN_FIELDS) <= set(SCHEMA)


def test_everything_is_asked_for_and_got(source: Make) -> None:
    got, hidden, missing = plan(source())
    assert got == {"id", *COLUMNS["Opportunity"], *(column for side in SIDES for column in side.columns)}
    assert (hidden, missing) == (set(), set())
    assert plan(source(object="Task"))[0] == {"id", *COLUMNS["Task"]} - {"record_type"}


@pytest.mark.parametrize(
    ("hide", "hidden", "missing"),
    [
        (["Opportunity.Amount", "Opportunity.StageName"], {"amount", "stage"}, set()),
        (["Opportunity.OwnerId"], {"owner", "owner_email", "manager", "owner_active"}, {"team"}),
        (["User.ManagerId"], {"manager"}, set()),
        (["User"], {"owner", "owner_email", "manager", "owner_active"}, {"team"}),
        (["Opportunity.CurrencyIsoCode", "Opportunity.RecordTypeId"], set(), {"currency", "record_type"}),
        (["OpportunityContactRole"], {"contacts"}, set()),
        (["Contact.Name"], {"contacts"}, set()),
        (["Event"], set(EVENTS), set()),
        (["Event.IsAllDayEvent"], set(EVENTS), set()),
        (["EventRelation"], {"invite"}, set()),
        (["OpportunityFieldHistory.OldValue"], {"next_step_changed", "previous_steps"}, set()),
    ],
)
def test_what_the_user_may_not_see_is_left_out_and_named(
    hide: list[str], hidden: set[str], missing: set[str], source: Make, crm: Salesforce, tmp_path: Path
) -> None:
    whole = records(source(), tmp_path / "a")
    crm.org.hide(*hide)
    assert plan(source())[1:] == (hidden, missing)
    frame = records(source(), tmp_path / "b")
    left = [
        name for name in frame.columns if name not in hidden | missing | {"currency", "ref_date", "basis", "stage_role"}
    ]
    assert frame.select(left).equals(whole.select(left))
    assert all(frame[name].null_count() == 48 for name in hidden | missing)


@pytest.mark.parametrize(
    ("hide", "said"),
    [
        (
            ["Opportunity.NextStep"],
            r"cannot be read: Opportunity shows no field NextStep; give the user read access to ",
        ),
        (["Opportunity"], "the user cannot see the object Opportunity; give the user read access to Opportunity"),
    ],
)
def test_without_the_next_step_nothing_is_pulled(
    hide: list[str], said: str, source: Make, crm: Salesforce, tmp_path: Path
) -> None:
    crm.org.hide(*hide)
    with pytest.raises(SourceError, match=said):
        records(source(), tmp_path)


def test_fields_of_ones_own(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    own = {
        "due_date": "next_step_date__C",
        "next_step": "Plan__c",
        "next_meeting": "Kickoff__c",
        "contacts": "Owner.Manager.Name",
    }
    frame = records(source(fields=own), tmp_path)
    columns = "SELECT Id, Next_Step_Date__c, Plan__c, Kickoff__c FROM Opportunity WHERE IsClosed = 0"
    rows = {row[0]: row[1:] for row in crm.org.db.execute(columns)}
    for row in frame.iter_rows(named=True):
        due, plan_text, kickoff = rows[row["id"]]
        assert (str(row["due_date"]) if row["due_date"] else None, row["next_step"]) == (due, plan_text)
        assert row["next_meeting"].isoformat() == kickoff[:19]
        assert row["contacts"] in ([], ["Rep 1 O'Neil"], ["Rep 2 O'Neil"], ["Rep 3 O'Neil"], ["Zoë “Z” 0"])
    assert source(fields=own).plan().coverage.names["due_date"] == "Next_Step_Date__c"  # as the schema writes it


def test_a_field_of_ones_own_that_is_not_there(source: Make, crm: Salesforce, world: World, tmp_path: Path) -> None:
    made = source(fields={"due_date": "Next_Stp_Date__c"})
    assert records(made, tmp_path)["due_date"].null_count() == 48
    assert next(note for note in made.context.notes if "due_date" in note) == (
        "crm: due_date is left out: Opportunity shows no field Next_Stp_Date__c; give the user read access to "
        "Opportunity.Next_Stp_Date__c (field-level security); did you mean Next_Step_Date__c?"
    )
    with pytest.raises(SourceError, match=r"no field NextSteps; .*did you mean NextStep\?"):
        records(source(fields={"next_step": "NextSteps"}), tmp_path)


ATTACKS = (
    "Id FROM User --",
    "NextStep, (SELECT Id FROM Tasks)",
    "Name'",
    "a.b.c.d.e.f",
    "",
    "1Name",
    "Näme",
    "Next Step",
    "x" * 81,
    "Owner..Name",
    "Name\n",
    "COUNT()",
    "FIELDS(ALL)",
    ".Name",
)


@pytest.mark.parametrize("path", ATTACKS)
def test_a_field_name_that_is_none_is_refused_before_anything_is_asked(path: str) -> None:
    with pytest.raises(ValidationError, match="String should match pattern"):
        Source.Settings.model_validate({"domain": "acme.my", **JWT, "fields": {"due_date": path}})


@pytest.mark.parametrize("path", ["Password", "Owner.Boss.Name", "What.Name", "Select__c", "Opportunity.Name"])
def test_a_field_that_the_schema_does_not_have_reaches_no_query(path: str, source: Make, crm: Salesforce) -> None:
    source(fields={"due_date": path}).plan()
    assert not [call for call in crm.called("query") if path in call.target]


@pytest.mark.parametrize(
    ("column", "said"),
    [("due_dat", "did you mean due_date"), ("id", "no column"), ("ref_date", "no column"), ("path", "no column")],
)
def test_a_column_that_is_none(column: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Source.Settings.model_validate({"domain": "acme.my", **JWT, "fields": {column: "Name"}})


@pytest.mark.parametrize(
    ("types", "count"),
    [
        (["New Business"], 24),
        (["Partner's"], 24),
        (["New Business", "Partner's"], 48),
        (["x') OR (Name != '"], 0),
        (["\\"], 0),
        (['"'], 0),
    ],
)
def test_record_types_are_values_and_nothing_else(types: list[str], count: int, source: Make, tmp_path: Path) -> None:
    assert records(source(record_types=types), tmp_path).height == count


def test_record_types_where_there_are_none(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.org.hide("Opportunity.RecordTypeId")
    with pytest.raises(SourceError, match="Opportunity shows no record types; take record_types: out"):
        records(source(record_types=["New Business"]), tmp_path)


def test_open_closed_and_changed(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    def ids(**given: Any) -> set[str]:
        return set(records(source(**given), tmp_path)["id"])

    rows = crm.org.db.execute("SELECT Id, IsClosed, SystemModstamp FROM Opportunity").fetchall()
    since = NOW - timedelta(days=60)
    # Six hours and ten minutes more: a pull that was gone on with may have begun so much earlier.
    edge = (since - timedelta(hours=6, minutes=10)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert ids() == {row[0] for row in rows if not row[1]}
    assert ids(closed=True) == {row[0] for row in rows}
    changed = ids(context={"since": since})
    assert changed == {row[0] for row in rows if not row[1] or row[2] >= edge}
    assert len(changed) > 48


def test_calendars_that_salesforce_does_not_hold_are_unknown(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.org.db.execute("DELETE FROM EventRelation")
    assert plan(source())[2] == {"invite"}
    assert plan(source(meetings="always"))[2] == set()
    crm.org.db.execute("DELETE FROM Event")
    assert plan(source())[2] == set(EVENTS)
    assert records(source(), tmp_path / "a")["invite"].null_count() == 48
    assert records(source(meetings="always"), tmp_path / "b")["invite"].unique().to_list() == ["none"]
    got, hidden, missing = plan(source(meetings="off"))
    assert not {*got, *hidden, *missing} & set(EVENTS)


def test_history_that_is_not_tracked_is_unknown(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.org.db.execute("DELETE FROM OpportunityFieldHistory WHERE Field = 'NextStep'")
    assert plan(source())[2] == {"next_step_changed", "previous_steps"}
    frame = records(source(), tmp_path)
    assert frame["basis"].unique().to_list() == ["modified"]
    got, hidden, missing = plan(source(history="off"))
    assert not {*got, *hidden, *missing} & {"next_step_changed", "previous_steps"}


def test_a_side_that_the_org_refuses_is_left_out(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    refused = [{"message": "field 'StartDateTime' can not be filtered in a query call", "errorCode": "INVALID_FIELD"}]
    crm.fault(status(400, refused), on=r"COUNT.*EventRelation")
    made = source()
    assert records(made, tmp_path)["invite"].null_count() == 48
    assert "crm: invite left out: EventRelation: INVALID_FIELD" in made.context.notes


def test_a_field_that_is_hidden_between_survey_and_query(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.fault(doing(lambda: crm.org.hide("Opportunity.Amount")), on=r"q=SELECT\+Name")
    with pytest.raises(
        SourceError, match=r"Salesforce answers 400 INVALID_FIELD: No such column 'Amount' .*; give the user"
    ):
        records(source(), tmp_path)


def test_the_watermark_is_salesforces_own_time(source: Make, crm: Salesforce) -> None:
    """Its clock is hours off ours, or ours is: what changes later, by its clock, is what is asked for next time."""
    crm.now = lambda: datetime(2026, 1, 12, 7, 30, tzinfo=UTC)
    assert source().plan().watermark == datetime(2026, 1, 12, 7, 30, tzinfo=UTC)


def test_the_identity_tells_pulls_apart(source: Make) -> None:
    plain = source().plan().identity
    assert source().plan().identity == plain
    others: list[dict[str, Any]] = [
        {"api": "bulk"},
        {"closed": True},
        {"fields": {"due_date": "Next_Step_Date__c"}},
        {"api_version": 63},
    ]
    assert plain not in [source(**other).plan().identity for other in others[:3]]
    assert source(**others[3]).plan().identity == plain


def test_bulk_is_taken_from_so_many_records_on(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    frame = records(source(bulk_from=48), tmp_path / "a")
    jobs = {call.json()["query"].split(" FROM ")[1].split()[0] for call in crm.called("POST .*jobs/query$")}
    assert jobs == {"Opportunity", "OpportunityContactRole", "Event"}  # the others have fewer rows
    assert frame.equals(records(source(bulk_from=49, api="rest"), tmp_path / "b"))


def test_too_many_to_count_is_bulk(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    late = [{"message": "Your query request was running for too long.", "errorCode": "QUERY_TIMEOUT"}]
    crm.fault(status(400, late), on=r"COUNT.*FROM\+Opportunity\+")
    assert records(source(), tmp_path).height == 48
    assert len(crm.called("POST .*jobs/query$")) == 1


@pytest.mark.parametrize("answer", [{}, {"totalSize": None}, {"totalSize": "many"}])
def test_a_count_that_is_none(answer: Any, source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.fault(answered(json_reply(answer)), on="COUNT")
    with pytest.raises(SourceError, match="does not say how many Opportunity there are"):
        records(source(), tmp_path)


def test_no_records_at_all(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    for name in ("Opportunity", "OpportunityContactRole", "Event", "EventRelation", "OpportunityFieldHistory"):
        crm.org.db.execute(f'DELETE FROM "{name}"')
    assert records(source(), tmp_path / "a").height == 0
    assert records(source(api="bulk"), tmp_path / "b").height == 0


@pytest.mark.parametrize("answer", [{}, {"fields": None}, {"fields": [1]}, {"fields": [{}]}])
def test_a_description_that_is_none(answer: Any, source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.fault(answered(json_reply(answer)), on="User/describe")
    with pytest.raises(SourceError, match="crm: Salesforce does not describe User; try again later"):
        records(source(), tmp_path)


def test_a_field_that_is_no_text_is_none(source: Make, crm: Salesforce) -> None:
    crm.org.add_field("Opportunity", Field("Site__c", "location"))
    assert "team" in plan(source(fields={"team": "Site__c"}))[2]


def test_tasks_are_records_of_their_own(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    frames = [records(source(object="Task", api=api), tmp_path / api) for api in ("rest", "bulk")]
    assert frames[0].equals(frames[1])
    rows = {
        row["id"]: row
        for row in frames[0]
        .select("id", "next_step", "due_date", "owner", "owner_active", "contacts", "name")
        .iter_rows(named=True)
    }
    expected = crm.org.db.execute("SELECT Id, Subject, ActivityDate, OwnerId, WhoId FROM Task WHERE IsClosed = 0")
    names = dict(crm.org.db.execute("SELECT Id, Name FROM Name"))
    checked = 0
    for key, subject, day, owner, who in expected:
        row = rows.pop(key)
        assert (row["next_step"], str(row["due_date"]), row["owner"]) == (subject, day, names[owner])
        assert row["contacts"] == ([names[who]] if who else [])
        assert (row["owner_active"] is None) == (owner == made_id("Group", 1))
        checked += 1
    assert (checked, rows) == (40, {})
    assert Source.Settings.model_validate({"domain": "acme.my", **CREDENTIALS, "object": "Task"})
    assert frames[0]["kind"].unique().to_list() == ["task"]


def test_a_custom_field_of_another_kind_of_object(source: Make, crm: Salesforce, tmp_path: Path) -> None:
    crm.org.add_field("Account", Field("Segment__c"))
    crm.org.db.execute("UPDATE Account SET Segment__c = 'Mid'")
    frame = records(source(fields={"team": "Account.Segment__c"}), tmp_path)
    assert frame.filter(pl.col("account").is_not_null())["team"].unique().to_list() == ["Mid"]
