"""`steplint write-back` from the configuration to the CRM: dry first, once, and never more than was asked for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Result, Steplint
from tests.servers.base import answered, hang_up, html_reply, stall, status
from tests.servers.salesforce import CANARY
from tests.sources.write_back_kit import CODES, ENV, FIELD, KEY, LEVEL, LOGIN, TASK, WRITES, Crm, serving

GOOD = "Call Dana Thu 15 Jan 10:00 to review the redlines"
ARGUMENTS = ("write-back", "sales", "--config", "nightly.yaml", "--as-of", "2026-01-12", "--state", "state")


def configure(folder: Path, back: dict[str, Any] | None = None, **more: Any) -> None:
    source = {"type": "salesforce", **LOGIN, **({"write_back": back} if back else {}), **more}
    (folder / "nightly.yaml").write_text(json.dumps({"sources": {"sales": source}}, indent=1), encoding="utf-8")


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Crm]:
    """Four deals: two with an error, one with a warning, one that is fine; and a closed one."""
    monkeypatch.chdir(tmp_path)
    configure(tmp_path, TASK)
    with serving(monkeypatch) as server:
        server.deal(1, "TBD")
        server.deal(2, "", owner=6)
        server.deal(3, "Circle back next quarter")
        server.deal(4, GOOD)
        server.deal(5, "TBD", IsClosed=True)
        yield server
    # Not one byte of a secret is anywhere.
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file


@pytest.fixture
def write_back(steplint: Steplint) -> Any:
    def run(*options: str) -> Result:
        result = steplint(*ARGUMENTS, *options, env=ENV)
        assert CANARY not in result.out + result.err
        return result

    return run


def journal(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "state" / "sales-write-back.jsonl").read_text("utf-8").splitlines()]


def test_a_dry_run_shows_and_writes_nothing(crm: Crm, write_back: Any, tmp_path: Path) -> None:
    result = write_back()
    assert (result.code, result.err) == (
        0,
        "sales: not there: next_meeting, last_meeting, invite, next_step_changed, previous_steps\n",
    )
    assert result.out.splitlines() == [
        "create  006000000000001AAA  Deal 1  WHAT202: “TBD” only fills the field, for Zoë “Z” 5, due 2026-01-14",
        "create  006000000000002AAA  Deal 2  WHAT201: there is no next step, for Rep 6 O'Neil, due 2026-01-14",
        "2 tasks would be created.",
        "This was a dry run; --apply writes.",
    ]
    assert not crm.called(WRITES)
    assert not (tmp_path / "state" / "sales-write-back.jsonl").exists()


def test_applied_twice_it_writes_once(crm: Crm, write_back: Any, tmp_path: Path) -> None:
    first = write_back("--apply", "--log", "run.log")
    assert (first.code, first.out.splitlines()[-1]) == (0, "2 tasks created.")
    tasks = crm.rows(f'SELECT Subject, Description, "{KEY}" FROM Task ORDER BY WhatId')
    assert [subject for subject, _, _ in tasks] == [
        "Next step: “TBD” only fills the field",
        "Next step: there is no next step",
    ]
    assert tasks[0][1].splitlines()[1:] == [
        "WHAT202 step-placeholder: https://steplint.github.io/steplint/rules/WHAT202/", f"steplint {tasks[0][2]}",
    ]  # fmt: skip
    second = write_back("--apply")
    assert (second.code, second.out) == (0, "Nothing to write; 2 open already.\n")
    assert len(crm.tasks()) == 2
    assert (tmp_path / "state" / "sales-write-back.jsonl").stat().st_mode & 0o077 == 0
    lines = journal(tmp_path)
    assert [line["event"] for line in lines] == ["intent", "outcome", "outcome"]
    assert [line["result"] for line in lines[1:]] == ["written", "written"]
    assert {line["run"] for line in lines} == {json.loads((tmp_path / "run.log").read_text().splitlines()[0])["run"]}
    # The keys are those of `check`, by which findings are suppressed and followed.
    assert {key for key, _ in crm.tasks()} == {line["key"] for line in lines[1:]}


def test_a_finding_that_is_set_aside_is_not_written(
    crm: Crm, write_back: Any, steplint: Steplint, tmp_path: Path
) -> None:
    (tmp_path / "steplint-suppressions.yaml").write_text(
        '- {rule: WHAT202, record: "006000000000001AAA", reason: "the board decides on Friday"}\n', encoding="utf-8"
    )
    assert "2 tasks" not in write_back().out
    assert "006000000000002AAA" in write_back().out
    options = ("--config", "nightly.yaml", "--source", "sales", "--as-of", "2026-01-12", "--state", "state", "-q")
    assert steplint("baseline", *options, "--output", "base.json", env=ENV).code == 0
    assert write_back("--baseline", "base.json").out == "Nothing to write.\n"


@pytest.mark.parametrize(
    ("more", "records"),
    [
        ({"severity": "warning"}, ["1", "2", "3"]),
        ({"rules": ["WHEN302"]}, ["3"]),
        ({"rules": ["WHAT", "date-vague"]}, ["1", "2", "3"]),
        ({"rules": ["step-missing"]}, ["2"]),
        ({"rules": ["MAP803"]}, []),
    ],
)
def test_which_findings_are_written(
    more: dict[str, Any], records: list[str], crm: Crm, write_back: Any, tmp_path: Path
) -> None:
    configure(tmp_path, {**TASK, **more})
    lines = [line.split() for line in write_back().out.splitlines()]
    assert [line[3] for line in lines if line[0] == "create"] == records


def test_rules_that_do_not_run_are_said(crm: Crm, write_back: Any, tmp_path: Path) -> None:
    configure(tmp_path, {**TASK, "rules": ["WHEN305"]})
    assert "none of the rules of write_back runs; select them, or choose another profile" in write_back().err
    assert "none of the rules" not in write_back("--extend-select", "WHEN305").err


def test_a_rep_has_the_last_word_and_a_fault_that_returns_is_new(crm: Crm, write_back: Any) -> None:
    write_back("--apply")
    crm.rows("UPDATE Task SET IsClosed = 1, Status = 'Completed'")
    assert write_back("--apply").out == "Nothing to write; 2 closed or deleted by somebody.\n"
    crm.rows("UPDATE Opportunity SET NextStep = ?", GOOD)
    repaired = write_back("--apply")
    assert repaired.out.splitlines()[-1] == "2 tasks released."
    assert crm.tasks() == []
    crm.rows("UPDATE Opportunity SET NextStep = 'TBD' WHERE Id = '006000000000001AAA'")
    assert write_back("--apply").out.splitlines()[-1] == "1 task created."
    assert [record for _, record in crm.tasks()] == ["006000000000001AAA"]


def test_a_record_that_was_not_judged_keeps_its_task(crm: Crm, write_back: Any, tmp_path: Path) -> None:
    configure(tmp_path, {"task": {"key_field": KEY, "close_resolved": True}})
    write_back("--apply")
    crm.rows("UPDATE Opportunity SET IsClosed = 1 WHERE Id = '006000000000001AAA'")
    # Nor does one whose rule does not run today.
    assert write_back("--apply", "--select", "WHAT202").out == "Nothing to write.\n"
    crm.rows("UPDATE Opportunity SET NextStep = ?, IsClosed = 0", GOOD)
    done = write_back("--apply")
    assert done.out.splitlines()[-1] == "2 tasks closed."
    assert crm.rows("SELECT DISTINCT Status FROM Task") == [("Completed",)]


def test_fields_follow_the_findings(crm: Crm, write_back: Any, tmp_path: Path) -> None:
    configure(tmp_path, {**FIELD, "severity": "warning"})
    shown = write_back()
    assert shown.out.splitlines()[0] == (
        f"set  006000000000001AAA  Deal 1  {LEVEL} 1 (was empty), {CODES} WHAT202 (was empty)"
    )
    assert write_back("--apply").out.splitlines()[-1] == "3 records set."
    assert crm.fields() == {
        "006000000000001AAA": (1, "WHAT202"),
        "006000000000002AAA": (1, "WHAT201"),
        "006000000000003AAA": (2, "WHEN302;WHAT203"),
    }
    assert write_back("--apply").out == "Nothing to write; 3 up to date.\n"
    crm.rows("UPDATE Opportunity SET NextStep = ? WHERE Id <> '006000000000003AAA'", GOOD)
    assert write_back("--apply").out.splitlines()[-1] == "2 records cleared; 1 up to date."
    assert crm.fields() == {"006000000000003AAA": (2, "WHEN302;WHAT203")}


def test_a_part_that_is_refused(crm: Crm, write_back: Any, tmp_path: Path) -> None:
    crm.org.refuse = lambda _, record: (
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Tasks need\na \x1b[31mtype")
        if record.get("WhatId", "")[14] == "1"
        else None
    )
    result = write_back("--apply")
    assert result.code == 4
    assert result.out.splitlines()[-2:] == [
        "failed  006000000000001AAA  Deal 1  FIELD_CUSTOM_VALIDATION_EXCEPTION: Tasks need a <U+001B>[31mtype",
        "1 task created, 1 failed.",
    ]
    assert "Tasks need" not in (tmp_path / "state" / "sales-write-back.jsonl").read_text("utf-8")
    crm.org.refuse = lambda _kind, _record: None
    assert write_back("--apply").code == 0
    assert len(crm.tasks()) == 2


def test_more_than_most_writes_nothing(crm: Crm, write_back: Any, tmp_path: Path) -> None:
    configure(tmp_path, {**TASK, "most": 1})
    dry = write_back()
    assert (dry.code, dry.out.splitlines()[-1]) == (0, "That is more than most: 1; --apply would write nothing.")
    result = write_back("--apply")
    assert result.code == 2
    said = (
        "nightly.yaml:13: sources.sales.write_back: 2 writes are more than most: 1; nothing was written; look at them"
    )
    assert said in result.err
    assert not crm.called(WRITES)


def test_where_no_answer_comes_the_run_says_what_it_knows(crm: Crm, write_back: Any, tmp_path: Path) -> None:
    configure(tmp_path, TASK, network={"attempts": 1})
    crm.fault(hang_up(), on=WRITES)
    result = write_back("--apply", "-q")
    assert result.code == 3
    assert result.out.splitlines()[-1] == (
        "Nothing was written, 2 unknown, because no answer came. Run it again: what is there is not written twice."
    )
    assert result.err.count("\n") == 1
    assert "no whole answer from acme.my.salesforce.com" in result.err
    assert [line.get("result") for line in journal(tmp_path)] == [None, "unknown", "unknown"]
    assert write_back("--apply").out == "Nothing to write; 2 open already.\n"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (status(403, [{"message": "Limit", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]), 75),
        (answered(html_reply(200, "<html>Log in</html>")), 3),
        (status(401, []), 3),
    ],
)
def test_faults_end_in_one_line(fault: Any, code: int, crm: Crm, write_back: Any) -> None:
    crm.fault(fault, on=WRITES, calls=range(1, 9))
    result = write_back("--apply", "-q")
    assert (result.code, result.err.count("\n")) == (code, 1)
    crm.heal()
    assert write_back("--apply").code == 0
    assert len(crm.tasks()) == 2


MISTAKES: list[tuple[dict[str, Any], list[str], str]] = [
    ({"back": None}, [], "nightly.yaml:3: sources.sales has no write_back:; say there"),
    ({"back": {**TASK, **FIELD}}, [], "sources.sales.write_back: write task: or field:, one of them"),
    ({"back": {**TASK, "rules": ["WHEN39"]}}, [], "sales.write_back.rules: no rule is called WHEN39; did you mean WHEN3"),
    ({"back": {**TASK, "tasks": {}}}, [], "sources.sales.write_back.tasks: unknown key"),
    ({"back": {"field": {"codes": "NextStep"}}}, [], "write_back.field.codes: “NextStep” is no custom field"),
    ({"back": {"field": {"codes": "Next_Step__c"}}}, [], "is read as next_step, and steplint never writes what it judges"),
    ({"back": TASK}, ["--journal", "nightly.yaml/x"], "the journal cannot be written"),
    ({"back": TASK, "type": "hubspot", "token": {"env": "KEY"}}, [], "unknown key"),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "options", "said"), MISTAKES)
def test_a_mistake_is_one_line(
    settings: dict[str, Any], options: list[str], said: str, crm: Crm, write_back: Any, tmp_path: Path
) -> None:
    configure(tmp_path, **settings)
    result = write_back("--apply", "-q", *options)
    assert (result.code, result.err.count("\n")) == (2, 1), result.err
    assert said in result.err
    assert not crm.called(WRITES)


@pytest.mark.parametrize(
    "source",
    [
        {"type": "hubspot", "token": {"env": "KEY"}},
        {"type": "sql", "url": {"env": "KEY"}, "table": "deals"},
    ],
)
def test_other_sources_are_not_written_to(source: dict[str, Any], steplint: Steplint, tmp_path: Path) -> None:
    (tmp_path / "nightly.yaml").write_text(json.dumps({"sources": {"sales": source}}), encoding="utf-8")
    result = steplint(*ARGUMENTS[:2], "--config", f"{tmp_path}/nightly.yaml", "--state", "state", env=ENV)
    assert (result.code, result.err.count("\n")) == (2, 1), result.err
    assert f"sales: write-back is offered for salesforce, not for {source['type']}" in result.err


def test_a_field_that_is_not_there_is_said_before_anything_is_pulled(crm: Crm, write_back: Any) -> None:
    crm.org.hide(f"Task.{KEY}")
    result = write_back()
    assert (result.code, result.err.count("\n")) == (3, 1)
    assert f"sales: Task shows no field {KEY}; create it on Activity, or let the user see it" in result.err
    assert not crm.called("query")


KILLED = """
import io, os, sys
from pathlib import Path
from tests.servers.base import Reroute
from tests.sources.write_back_kit import NOW
from steplint.cli.host import Host
from steplint.cli.main import main
from steplint.sources.remote.writing import Writer
from steplint.sources.salesforce import Salesforce
Salesforce.transport, Writer.piece = Reroute(sys.argv[1]), 1
host = Host(io.BytesIO(), sys.stdout.buffer, sys.stderr.buffer, os.environ, Path.cwd(), lambda: NOW)
sys.exit(main(sys.argv[2:], host))
"""


@pytest.mark.parametrize("took_effect", [True, False])
def test_a_run_that_is_killed_in_mid_piece_is_gone_on_with(
    took_effect: bool, crm: Crm, write_back: Any, tmp_path: Path
) -> None:
    nothing = answered(replace(html_reply(503), wait=20.0, sent=0.0))
    crm.fault(stall(20) if took_effect else nothing, on=WRITES, calls=[2])
    environment = {**os.environ, **ENV, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", KILLED, crm.url, *ARGUMENTS, "--apply"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) as process:
        while len(crm.called(WRITES)) < 2:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    lines = journal(tmp_path)
    assert [line["event"] for line in lines] == ["intent", "outcome", "intent"]
    crm.heal()
    assert write_back("--apply").code == 0
    assert len(crm.tasks()) == len(crm.rows("SELECT 1 FROM Task")) == 2
