"""Write-back to a loopback Salesforce: after every fault and a second run there is exactly what should be, once."""

from __future__ import annotations

import json
import re
import string
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.servers.base import (
    Act,
    Exchange,
    Reply,
    answered,
    changed,
    doing,
    drop,
    hang_up,
    html_reply,
    stall,
    status,
    truncated,
)
from tests.servers.salesforce_objects import made_id
from tests.sources.write_back_kit import CODES, FIELD, KEY, LEVEL, TASK, Crm, Run, found, key_of, serving

from steplint.errors import ConfigError, SourceError, SteplintError, TryLater
from steplint.sources.remote.journal import Journal
from steplint.sources.salesforce.guard import STANDARD, body
from steplint.sources.salesforce.write import SalesforceWriter
from steplint.sources.salesforce.write_settings import FieldBack, SalesforceWriteBack, TaskBack
from steplint.sources.salesforce.write_tasks import _cut

COUNT = 45  # pieces of 20, 20 and 5
PATCH = r"PATCH .*/composite/sobjects"


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Crm]:
    with serving(monkeypatch) as server:
        yield server


@pytest.fixture
def deals(crm: Crm) -> list[str]:
    return [crm.deal(number) for number in range(COUNT)]


def after(reply: Reply) -> Act:
    """The call takes effect, and something else is answered."""

    def act(exchange: Exchange) -> Reply:
        exchange.answer()
        return reply

    return act


def limit(act: Callable[[Reply], Act]) -> Act:
    body = json.dumps([{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]).encode()
    return act(Reply(403, body, {"Content-Type": "application/json"}))


#: Faults that pass: asking again is enough.
PASSING: dict[str, Callable[[Crm], Act]] = {
    "no answer, though it took effect": lambda _: hang_up(),
    "answer breaks off": lambda _: drop(),
    "answer comes too late": lambda _: stall(0.6),
    "503 before": lambda _: answered(html_reply(503)),
    "503 after it took effect": lambda _: after(html_reply(503)),
    "429": lambda _: status(429, [], {"Retry-After": "7"}),
    "cut off in the middle": lambda _: truncated(),
    "an answer is missing": lambda _: changed(
        lambda reply: replace(reply, body=json.dumps(json.loads(reply.body)[:-1]).encode())
    ),
    "no list": lambda _: changed(lambda reply: replace(reply, body=b"{}")),
    "session has ended": lambda crm: doing(crm.expire),
    "a login page, though it took effect": lambda _: after(html_reply(200, "<html>Log in</html>")),
}
#: Faults that end a run, and the error that it ends with.
ENDING: dict[str, tuple[Act, type[SourceError]]] = {
    "limit of the day": (limit(answered), TryLater),
    "limit of the day, though it took effect": (limit(after), TryLater),
    "refused": (status(400, [{"message": "no", "errorCode": "INVALID_TYPE"}]), SourceError),
    "500, though it took effect": (after(Reply(500)), SourceError),
}


@pytest.mark.parametrize("piece", [1, 3])
@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_is_not_noticed(fault: str, piece: int, crm: Crm, deals: list[str], tmp_path: Path) -> None:
    crm.fault(PASSING[fault](crm), on=PATCH, calls=[piece])
    run = Run(tmp_path, TASK)
    assert {outcome.result for outcome in run.apply(found(deals))} == {"written"}
    assert len(crm.called(PATCH)) == 4
    assert crm.tasks() == sorted((key_of(deal), deal) for deal in deals)
    again = Run(tmp_path, TASK)
    assert again.propose(found(deals)).changes == ()
    run.assert_no_secret()


@pytest.mark.parametrize("piece", [1, 2, 3])
@pytest.mark.parametrize("fault", [*PASSING, *ENDING])
def test_after_a_fault_that_lasts_a_second_run_has_everything_once(
    fault: str, piece: int, crm: Crm, deals: list[str], tmp_path: Path
) -> None:
    act, error = ENDING.get(fault) or (PASSING[fault](crm), SourceError)
    crm.fault(act, on=PATCH, calls=range(piece, 99))
    run = Run(tmp_path, TASK, network={"attempts": 2})
    with pytest.raises(error) as caught:
        run.apply(found(deals))
    assert "\n" not in caught.value.render()
    results = [outcome.result for outcome in run.outcomes]
    sent, known = min(COUNT, piece * 20), (piece - 1) * 20
    assert results == ["written"] * known + ["unknown"] * (sent - known)
    # What is known to be written is in the journal, and what was sent is announced there.
    outcomes = [line for line in run.journal if line["event"] == "outcome"]
    assert [line["result"] for line in outcomes] == results
    intents = [line for line in run.journal if line["event"] == "intent"]
    assert [write["key"] for line in intents for write in line["writes"]] == [key_of(deal) for deal in deals[:sent]]

    crm.heal()
    second = Run(tmp_path, TASK)
    assert {outcome.result for outcome in second.apply(found(deals))} <= {"written"}
    assert crm.tasks() == sorted((key_of(deal), deal) for deal in deals)
    third = Run(tmp_path, TASK)
    assert third.propose(found(deals)).there["open already"] == COUNT
    assert third.propose(found(deals)).count == 0
    run.assert_no_secret()
    second.assert_no_secret()


def test_no_collection_is_larger_than_salesforce_takes(crm: Crm, tmp_path: Path) -> None:
    deals = [crm.deal(number) for number in range(450)]
    run = Run(tmp_path, {**TASK, "most": 450}, piece=SalesforceWriter.piece)
    run.apply(found(deals))
    assert [len(call.json()["records"]) for call in crm.called(PATCH)] == [200, 200, 50]
    assert crm.tasks() == sorted((key_of(deal), deal) for deal in deals)


def test_what_is_refused_is_told_one_by_one(crm: Crm, deals: list[str], tmp_path: Path) -> None:
    stubborn = set(deals[::10])

    def refuse(_kind: str, record: Mapping[str, Any]) -> tuple[str, str] | None:
        wrong = record.get("WhatId") in stubborn
        return ("FIELD_CUSTOM_VALIDATION_EXCEPTION", f"Not for “{record['Subject']}”,\nplease") if wrong else None

    crm.org.refuse = refuse
    run = Run(tmp_path, TASK)
    outcomes = run.apply(found(deals))
    failed = [outcome for outcome in outcomes if outcome.result == "failed"]
    assert [(one.record_id, one.code) for one in failed] == [
        (deal, "FIELD_CUSTOM_VALIDATION_EXCEPTION") for deal in deals[::10]
    ]
    assert failed[0].message == "Not for “Next step: “TBD” only fills the field”, please"
    assert len(crm.tasks()) == COUNT - len(stubborn)
    # The journal has codes and no texts.
    assert "TBD" not in run.file.read_text("utf-8")
    assert [line["code"] for line in run.journal if line.get("result") == "failed"] == [failed[0].code] * 5
    crm.org.refuse = lambda _kind, _record: None
    assert len(Run(tmp_path, TASK).apply(found(deals))) == len(stubborn)
    assert crm.tasks() == sorted((key_of(deal), deal) for deal in deals)


@pytest.mark.parametrize(("busy", "results"), [(1, {"written": 45}), (9, {"written": 40, "failed": 5})])
def test_a_record_that_somebody_else_writes_is_tried_again(
    busy: int, results: dict[str, int], crm: Crm, deals: list[str], tmp_path: Path
) -> None:
    tries: Counter[str] = Counter()

    def refuse(_kind: str, record: Mapping[str, Any]) -> tuple[str, str] | None:
        tries[record["WhatId"]] += 1
        locked = record["WhatId"] in deals[::10] and tries[record["WhatId"]] <= busy
        return ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record") if locked else None

    crm.org.refuse = refuse
    run = Run(tmp_path, TASK)
    outcomes = run.apply(found(deals))
    assert Counter(outcome.result for outcome in outcomes) == results
    assert len({outcome.record_id for outcome in outcomes}) == COUNT
    assert (run.slept, max(tries.values())) == (([2.0], 2) if busy == 1 else ([2.0, 5.0], 3))
    assert len(crm.tasks()) == results["written"]
    assert [line["event"] for line in run.journal].count("intent") == 3 + len(run.slept)


def test_a_run_that_is_interrupted_leaves_its_piece_unknown(
    crm: Crm, deals: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(tmp_path, TASK)

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run.writer, "send", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run.apply(found(deals))
    assert [outcome.result for outcome in run.outcomes] == ["unknown"] * 20
    assert [line["event"] for line in run.journal] == ["intent", *["outcome"] * 20]
    assert not crm.tasks()


def test_a_task_says_what_to_do_and_whom_it_is_for(crm: Crm, tmp_path: Path) -> None:
    deal, left, managed = crm.deal(1), crm.deal(2, owner=3), crm.deal(3, owner=10)
    run = Run(tmp_path, {"task": {"key_field": KEY.lower(), "due_in_days": 3, "subject": "Pipeline"}})
    proposal = run.propose(found([deal, left, managed], title="🚀" * 300, text="Which day?\nWHAT202"))
    assert proposal.left.rows() == [(left, "Deal", "its owner is inactive and has no active manager")]
    run.apply(found([deal, left, managed], title="🚀" * 300, text="Which day?\nWHAT202"))
    rows = crm.rows(
        f'SELECT Subject, Description, OwnerId, WhatId, ActivityDate, Status, "{KEY}" FROM Task ORDER BY WhatId'
    )
    subject = f"Pipeline: {'🚀' * 122}…"
    assert len(subject.encode("utf-16-le")) // 2 <= 255
    text = ("Which day?\nWHAT202",)
    assert rows == [
        (subject, *text, made_id("User", 5), deal, "2026-01-15", None, key_of(deal)),
        (subject, *text, made_id("User", 1), managed, "2026-01-15", None, key_of(managed)),
    ]


@given(st.text(max_size=40), st.integers(1, 30))
def test_a_text_is_cut_as_salesforce_counts(text: str, longest: int) -> None:
    cut = _cut(text, longest)
    assert len(cut.encode("utf-16-le")) <= 2 * longest
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))
    assert cut == text or len(text.encode("utf-16-le")) > 2 * longest


def test_every_setting_is_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "write-back.md").read_text("utf-8")
    for model in (SalesforceWriteBack, TaskBack, FieldBack):
        for name, field in model.model_fields.items():
            assert re.search(rf"\b{name}\b", page), name
            assert field.description


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("DELETE FROM Opportunity", "it is deleted, or hidden from the user"),
        ("UPDATE Opportunity SET IsClosed = 1", "it has been closed meanwhile"),
        ("UPDATE User SET IsActive = 0", "its owner is inactive and has no active manager"),
    ],
)
def test_who_cannot_do_a_task_is_left_out(change: str, why: str, crm: Crm, tmp_path: Path) -> None:
    deal = crm.deal(1, owner=10)
    crm.rows(change)
    run = Run(tmp_path, TASK)
    assert run.propose(found([deal])).left["why"].to_list() == [why]
    assert run.apply(found([deal])) == []
    assert not crm.called(PATCH)


def test_without_a_look_at_managers_nobody_gets_their_tasks(crm: Crm, tmp_path: Path) -> None:
    deal = crm.deal(1, owner=10)
    crm.org.hide("User.ManagerId")
    assert Run(tmp_path, TASK).propose(found([deal])).left["record_id"].to_list() == [deal]


@pytest.mark.parametrize("ended", ["IsClosed", "IsDeleted", "IsArchived"])
def test_a_task_that_somebody_ended_is_not_made_again(ended: str, crm: Crm, tmp_path: Path) -> None:
    deal = crm.deal(1)
    Run(tmp_path, TASK).apply(found([deal]))
    crm.rows(f"UPDATE Task SET {ended} = 1, Subject = 'Mine'")
    run = Run(tmp_path, TASK)
    assert run.propose(found([deal])).there == {"open already": 0, "closed or deleted by somebody": 1}
    assert run.apply(found([deal])) == []
    assert crm.rows("SELECT Subject FROM Task") == [("Mine",)]


def test_a_closed_task_gives_its_key_back_when_its_finding_is_gone(crm: Crm, tmp_path: Path) -> None:
    deal = crm.deal(1)
    Run(tmp_path, TASK).apply(found([deal]))
    crm.rows("UPDATE Task SET IsClosed = 1, Status = 'Completed'")
    gone = Run(tmp_path, TASK).apply(found([], judged=[deal], gone=[key_of(deal)]))
    assert [(outcome.action, outcome.result) for outcome in gone] == [("release", "written")]
    assert crm.tasks() == []
    assert [outcome.action for outcome in Run(tmp_path, TASK).apply(found([deal]))] == ["create"]
    assert crm.rows(f'SELECT Status, "{KEY}" FROM Task ORDER BY Id') == [("Completed", None), (None, key_of(deal))]


@pytest.mark.parametrize("off", ["IsDeleted", "IsArchived"])
def test_what_is_deleted_or_archived_is_not_touched(off: str, crm: Crm, tmp_path: Path) -> None:
    deal = crm.deal(1)
    Run(tmp_path, TASK).apply(found([deal]))
    crm.rows(f"UPDATE Task SET IsClosed = 1, {off} = 1")
    assert Run(tmp_path, TASK).propose(found([], judged=[deal], gone=[key_of(deal)])).count == 0


def test_an_open_task_whose_finding_is_gone_is_closed_where_that_is_asked_for(crm: Crm, tmp_path: Path) -> None:
    deal = crm.deal(1)
    Run(tmp_path, TASK).apply(found([deal]))
    resolved = found([], judged=[deal], gone=[key_of(deal)])
    told = Run(tmp_path, TASK).propose(resolved)
    assert (told.count, told.left["record_id"].to_list()) == (0, [deal])
    assert "close_resolved" in told.left["why"][0]
    closing = {"task": {"key_field": KEY, "close_resolved": True, "closed_status": "Done"}}
    assert [outcome.action for outcome in Run(tmp_path, closing).apply(resolved)] == ["close"]
    assert crm.rows(f"SELECT Status, \"{KEY}\", Subject LIKE 'Next step%' FROM Task") == [("Done", None, 1)]


def test_more_than_most_is_not_looked_up(crm: Crm, deals: list[str], tmp_path: Path) -> None:
    proposal = Run(tmp_path, {**TASK, "most": COUNT - 1}).propose(found(deals))
    assert proposal.count == COUNT
    assert not crm.called(r"FROM\+Opportunity")


# -- fields


def test_fields_are_set_changed_and_cleared(crm: Crm, tmp_path: Path) -> None:
    first, second, third = (crm.deal(number) for number in range(3))
    assert {one.action for one in Run(tmp_path, FIELD).apply(found([first, second], ["WHAT202", "WHEN301"]))} == {"set"}
    assert crm.fields() == {first: (1, "WHAT202;WHEN301"), second: (1, "WHAT202;WHEN301")}
    crm.calls.clear()
    # The second is clean now, of the third nothing is known; only what differs is written.
    later = Run(tmp_path, FIELD).apply(found([first], ["WHAT202"], judged=[first, second], level=2))
    assert [(one.action, one.record_id) for one in later] == [("set", first), ("clear", second)]
    assert crm.fields() == {first: (2, "WHAT202")}
    assert [body["id"] for body in crm.bodies()] == [first, second]
    proposal = Run(tmp_path, FIELD).propose(found([first], ["WHAT202"], judged=[first, second], level=2))
    assert (proposal.count, proposal.there) == (0, {"up to date": 1})
    crm.rows(f'UPDATE Opportunity SET "{CODES}" = ? WHERE Id = ?', "WHEN303", third)
    assert Run(tmp_path, FIELD).propose(found([], judged=[first])).count == 1


@pytest.mark.parametrize(
    ("back", "wanted"),
    [
        ({"level": LEVEL}, {LEVEL: 3}),
        ({"level": CODES}, {CODES: "3"}),
        ({"codes": CODES}, {CODES: "WHAT202"}),
    ],
)
def test_one_field_is_enough(back: dict[str, str], wanted: dict[str, Any], crm: Crm, tmp_path: Path) -> None:
    deal = crm.deal(1)
    Run(tmp_path, {"field": back}).apply(found([deal], level=3))
    assert list(crm.bodies()) == [{"attributes": {"type": "Opportunity"}, "id": deal, **wanted}]
    assert Run(tmp_path, {"field": back}).propose(found([deal], level=3)).count == 0


def test_codes_are_cut_at_a_whole_code(crm: Crm, tmp_path: Path) -> None:
    crm.describe_as("Opportunity", CODES, length=20)
    deal = crm.deal(1)
    Run(tmp_path, FIELD).apply(found([deal], ["WHAT202", "WHEN301", "WHO101"]))
    assert crm.fields()[deal] == (1, "WHAT202;WHEN301")


def test_codes_of_rules_that_could_not_judge_stay(crm: Crm, tmp_path: Path) -> None:
    """Tonight a column is hidden: that a rule found nothing is no news."""
    first, second = crm.deal(1), crm.deal(2)
    Run(tmp_path, FIELD).apply(found([first, second], ["WHO103", "WHAT202"]))
    tonight = found([first], ["WHAT202"], judged=[first, second], skipped=["WHO103"])
    proposal = Run(tmp_path, FIELD).propose(tonight)
    assert proposal.count == 0
    assert sorted(proposal.left["record_id"]) == [first, second]


@pytest.mark.parametrize("fault", [*PASSING, *ENDING])
def test_fields_after_a_fault_and_a_second_run(fault: str, crm: Crm, deals: list[str], tmp_path: Path) -> None:
    act, error = ENDING.get(fault) or (PASSING[fault](crm), SourceError)
    crm.fault(act, on=PATCH, calls=range(2, 99))
    with pytest.raises(error):
        Run(tmp_path, FIELD, network={"attempts": 1}).apply(found(deals))
    crm.heal()
    Run(tmp_path, FIELD).apply(found(deals))
    assert crm.fields() == dict.fromkeys(deals, (1, "WHAT202"))


# -- what may be written at all

NEVER = ("NextStep", "nextstep", "StageName", "CloseDate", "Amount", "Id", "OwnerId", "Name")
LOOKALIKES = (
    "Next_Step__c",
    "acme__Next_Step__c",
    "NEXTSTEP__c",
    "Stage__c",
    "Close_Date__c",
    "Amount__c",
    "Next_Step_Date__c",
)


@pytest.mark.parametrize(
    "name", [*NEVER, *LOOKALIKES, "Steplint__c;--", "Level__c, NextStep", "Owner.Level__c", "", "1__c"]
)
@pytest.mark.parametrize("where", ["key_field", "level", "codes"])
def test_a_field_of_the_deal_is_refused_by_its_name(where: str, name: str) -> None:
    back = {"task": {"key_field": name}} if where == "key_field" else {"field": {where: name}}
    with pytest.raises(ValidationError) as caught:
        SalesforceWriteBack.model_validate(back)
    if name in LOOKALIKES:
        assert "steplint never writes what it judges" in str(caught.value)


@pytest.mark.parametrize(
    "back",
    [
        {},
        {**TASK, **FIELD},
        {"field": {}},
        {"field": {"level": "A__c", "codes": "a__c"}},
        {**TASK, "rules": ["WHEN"], "severity": "error"},
        {**TASK, "most": 0},
        {"task": {"key_field": KEY, "due_in_days": 0}},
        {"task": {"key_field": KEY, "status": "Open"}},
    ],
)
def test_settings_that_make_no_sense(back: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SalesforceWriteBack.model_validate(back)


names = st.one_of(
    st.sampled_from(
        [*NEVER, *LOOKALIKES, *STANDARD["Task", "create"], *STANDARD["Task", "close"], KEY, LEVEL, "id", "attributes"]
    ),
    st.text(string.ascii_letters + "_", max_size=12),
)


@given(
    kind=st.sampled_from(["Task", "Opportunity", "User"]),
    action=st.sampled_from(["create", "close", "release", "set", "clear", "other"]),
    values=st.dictionaries(names, st.none() | st.text(max_size=3), max_size=6),
    custom=st.lists(names, max_size=3),
)
def test_nothing_but_the_closed_list_passes_the_guard(
    kind: str, action: str, values: dict[str, Any], custom: list[str]
) -> None:
    allowed = {name for name in custom if name.endswith("__c")} | (set() if action == "create" else {"id"})
    if kind == "Task" and action in ("create", "close"):
        allowed |= set(STANDARD["Task", action])
    if set(values) <= allowed:
        assert body(kind, action, values, custom) == {"attributes": {"type": kind}, **values}
    else:
        with pytest.raises(RuntimeError, match="never writes"):
            body(kind, action, values, custom)
    assert not {"NextStep", "StageName", "CloseDate", "Amount"} & allowed


@pytest.mark.parametrize(
    ("back", "kind", "name", "described", "error", "said"),
    [
        (TASK, "Task", KEY, {"name": "Other__c"}, SourceError, f"Task shows no field {KEY}; create it on Activity"),
        (TASK, "Task", KEY, {"updateable": False}, SourceError, f"may not write Task.{KEY}; give the user edit access"),
        (TASK, "Task", "Subject", {"createable": False}, SourceError, "may not write Task.Subject"),
        (TASK, "Task", KEY, {"externalId": False}, ConfigError, "must be an external id, and unique"),
        (TASK, "Task", KEY, {"unique": False}, ConfigError, "must be an external id, and unique"),
        (TASK, "Task", KEY, {"length": 19}, ConfigError, "too short"),
        (
            TASK,
            "Task",
            KEY,
            {"label": "Next Step"},
            ConfigError,
            "is read as next_step; steplint never writes what it judges",
        ),
        (FIELD, "Opportunity", LEVEL, {"type": "currency"}, ConfigError, "a field of type currency"),
        (
            FIELD,
            "Opportunity",
            LEVEL,
            {"type": "date"},
            ConfigError,
            "a field of type date; make a field of type Number or Text",
        ),
        (
            FIELD,
            "Opportunity",
            CODES,
            {"type": "textarea", "filterable": False},
            ConfigError,
            "make a field of type Text",
        ),
        (FIELD, "Opportunity", LEVEL, {"calculated": True}, ConfigError, "is no custom field of its own"),
        (FIELD, "Opportunity", LEVEL, {"custom": False}, ConfigError, "is no custom field of its own"),
        (FIELD, "Opportunity", LEVEL, {"label": "Amount"}, ConfigError, "is read as amount"),
    ],
)
def test_describe_decides_before_anything_is_pulled(
    back: dict[str, Any],
    kind: str,
    name: str,
    described: dict[str, Any],
    error: type[SteplintError],
    said: str,
    crm: Crm,
    tmp_path: Path,
) -> None:
    crm.describe_as(kind, name, **described)
    with pytest.raises(error, match=said) as caught:
        Run(tmp_path, back).writer.check()
    assert "\n" not in caught.value.render()
    assert not crm.called("query")


def test_a_field_that_the_source_reads_is_not_written(crm: Crm, tmp_path: Path) -> None:
    run = Run(tmp_path, FIELD, fields={"team": CODES.lower()})
    with pytest.raises(ConfigError, match="is read as team"):
        run.writer.check()


def test_tasks_are_not_made_for_tasks(crm: Crm, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="tasks are made for opportunities"):
        Run(tmp_path, TASK, object="Task").writer.check()


def test_an_object_that_is_hidden(crm: Crm, tmp_path: Path) -> None:
    crm.org.hide("Task")
    with pytest.raises(SourceError, match="cannot see the object Task"):
        Run(tmp_path, TASK).writer.check()


# -- the journal


def test_the_journal_is_private_grows_and_mends_a_torn_line(tmp_path: Path) -> None:
    from tests.sources.write_back_kit import NOW

    file = tmp_path / "new" / "journal.jsonl"
    journal = Journal(file, "run-1", "sales", lambda: NOW)
    journal.write([{"event": "intent"}, {"event": "outcome"}])
    assert file.stat().st_mode & 0o077 == 0
    with file.open("ab") as out:
        out.write(b'{"torn')
    Journal(file, "run-2", "sales", lambda: NOW).write([{"event": "intent"}])
    lines = file.read_text("utf-8").splitlines()
    assert [json.loads(line)["run"] for line in (lines[0], lines[1], lines[3])] == ["run-1", "run-1", "run-2"]
    assert lines[2] == '{"torn'


def test_without_a_journal_nothing_is_written(crm: Crm, tmp_path: Path) -> None:
    run = Run(tmp_path, TASK)
    (tmp_path / "state").write_text("a file")
    with pytest.raises(SteplintError, match=r"the journal cannot be written: .*; nothing is written without a journal"):
        run.apply(found([crm.deal(1)]))
    assert not crm.called(PATCH)
