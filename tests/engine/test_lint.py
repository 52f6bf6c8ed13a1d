"""What the engine makes of records and rules."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from steplint.findings.schema import SCHEMA
from steplint.records import Org, Scope

Lint = Callable[..., Any]
Make = Callable[..., Any]


def texts(*steps: str | None, **columns: Any) -> list[dict[str, Any]]:
    return [{"id": f"r{index}", "next_step": step, "owner": "D. Lee", **columns} for index, step in enumerate(steps)]


def codes(findings: pl.DataFrame) -> list[tuple[str, str]]:
    return findings.select("record_id", "code").rows()


def test_the_table_has_its_schema(run: Lint, rule: Make) -> None:
    findings, _ = run(texts("TBD"), [rule("AAA101", "placeholder")])
    assert dict(findings.schema) == {name: column.dtype for name, column in SCHEMA.items()}


def test_one_primary_a_record_the_most_severe_first(run: Lint, rule: Make) -> None:
    rules = [
        rule("WHEN302", "date_kind = 'none'", severity="warning"),
        rule("WHAT203", "vague", severity="warning"),
        rule("CMT508", "vague", severity="error"),
    ]
    findings, summary = run(texts("circle back", "send it", "send it 1/20"), rules)
    assert findings.select("record_id", "code", "primary").rows() == [
        ("r0", "CMT508", True), ("r0", "WHEN302", False), ("r0", "WHAT203", False), ("r1", "WHEN302", True),
    ]  # fmt: skip
    assert (summary.findings, summary.error, summary.warning, summary.records_with_findings) == (4, 1, 3, 2)


def test_implied_findings_are_said_once_through_chains(run: Lint, rule: Make) -> None:
    rules = [
        rule("CCC103", "TRUE", implied_by=["BBB102"]),
        rule("BBB102", "NOT has_action", implied_by=["AAA101"]),
        rule("AAA101", "placeholder"),
    ]
    findings, _ = run(texts("TBD", "hm", "send it"), rules)
    # AAA101 silences BBB102, which then does not silence CCC103.
    assert codes(findings) == [("r0", "AAA101"), ("r0", "CCC103"), ("r1", "BBB102"), ("r2", "CCC103")]


def test_rules_that_imply_each_other_say_one_thing(run: Lint, rule: Make) -> None:
    rules = [rule("AAA101", "TRUE", implied_by=["BBB102"]), rule("BBB102", "TRUE", implied_by=["AAA101"])]
    assert len(run(texts("x"), rules)[0]) == 1


def test_a_rule_without_its_columns_is_skipped_and_said(run: Lint, rule: Make) -> None:
    rules = [rule("AAA101", "owner_active IS NULL", needs=["owner_active"]), rule("BBB102", "due_date IS NULL")]
    findings, summary = run(texts("x"), rules)
    assert codes(findings) == [("r0", "BBB102")]
    assert summary.skipped_rules == {"AAA101": ("owner_active",)}


def test_kinds_are_kept_apart(run: Lint, rule: Make) -> None:
    records = [{"next_step": "x", "kind": kind, "id": kind} for kind in ("opportunity", "task", "utterance")]
    rules = [rule("AAA101", "TRUE", kinds=["task"]), rule("BBB102", "TRUE", kinds=["opportunity", "task"])]
    assert set(codes(run(records, rules)[0])) == {("task", "AAA101"), ("task", "BBB102"), ("opportunity", "BBB102")}


def test_out_of_scope_records_are_counted_by_reason(run: Lint, rule: Make) -> None:
    records = [
        {"id": "a", "next_step": "x", "stage": "Closed Won", "record_type": "New"},
        {"id": "b", "next_step": "x", "stage": "Proposal", "record_type": "Renewal"},
        {"id": "c", "next_step": "x", "stage": "Proposal", "record_type": "New"},
    ]
    findings, summary = run(records, [rule("AAA101", "TRUE")], org=Org(scope=Scope(record_types=("renewal",))))
    assert codes(findings) == [("c", "AAA101")]
    assert (summary.records, summary.out_of_scope) == (1, {"closed": 1, "record_type": 1})
    assert summary.complete


def test_spans_of_a_role(run: Lint, rule: Make) -> None:
    made = rule("AAA101", "TRUE", at="when", message="“{when}” or {when}, not {vague}")
    findings, _ = run(texts("Añ send 1/20 or 1/21", "send"), [made])
    first, second = findings.iter_rows(named=True)
    assert (first["field"], first["start"], first["end"]) == ("next_step", 8, 12)
    assert first["spans"] == [
        {"role": "when", "start": 8, "end": 12, "text": "1/20"},
        {"role": "when", "start": 16, "end": 20, "text": "1/21"},
    ]
    assert first["message"] == "“1/20” or 1/20, not ‹vague›"
    # Without such a span the whole text is underlined.
    assert (second["start"], second["end"], second["spans"]) == (0, 4, [])


def test_a_field_has_no_place_in_the_text(run: Lint, rule: Make) -> None:
    findings, _ = run(texts("send it"), [rule("AAA101", "TRUE", at="owner", message="{owner} in {stage}")])
    row = findings.row(0, named=True)
    assert (row["field"], row["start"], row["end"], row["text"]) == ("owner", None, None, "send it")
    assert row["message"] == "D. Lee in ‹stage›"


@pytest.mark.parametrize(
    ("check", "found"),
    [
        ("phrases: {column: next_step, list: [ping]}", {"Ping him": (0, 4), "é ping": (2, 6)}),
        ("pattern: {column: next_step, regex: 'P?[0-9]{2}'}", {"call P12": (5, 8), "né 77": (3, 5)}),
    ],
)
def test_phrases_and_patterns_underline_what_they_found(
    run: Lint, rule: Make, check: str, found: dict[str, tuple[int, int]]
) -> None:
    findings, _ = run(
        texts("Ping him", "é ping", "éping", "call P12", "né 77"), [rule("AAA101", check, message="{phrase}")]
    )
    assert {row["text"]: (row["start"], row["end"]) for row in findings.iter_rows(named=True)} == found
    for row in findings.iter_rows(named=True):
        assert row["message"] == row["text"][row["start"] : row["end"]] == row["spans"][0]["text"]


def test_values_are_put_in_once(run: Lint, rule: Make) -> None:
    made = rule("AAA101", "TRUE", message="{owner} {next_step} {horizon}", options={"horizon": 14})
    findings, _ = run([{"id": "a", "owner": "{next_step}", "next_step": "{owner} {horizon}"}], [made])
    assert findings["message"][0] == "{next_step} {owner} {horizon} 14"


def test_slots_of_days_and_counts(run: Lint, rule: Make) -> None:
    message = "{date} {due_date} {day} {days} {contacts} {amount} {as_of} {next_step}"
    record = {
        "id": "a", "next_step": "send\n 1/20" + " x" * 60, "due_date": "2026-01-19", "contacts": "Ann; Bo",
        "amount": "12000.4", "currency": "USD",
    }  # fmt: skip
    findings, _ = run([record], [rule("AAA101", "TRUE", message=message)])
    assert findings["message"][0].startswith(
        "Tue 20 Jan 2026 Mon 19 Jan 2026 Tuesday 8 Ann, Bo 12000 USD Mon 12 Jan 2026 send 1/20 x"
    )
    assert findings["message"][0].endswith("x…")


def test_options_by_stage_role(run: Lint, rule: Make) -> None:
    made = rule("AAA101", "TRUE", message="{days_left}", options={"days_left": {"commit": 7, "default": 14}})
    records = [{"id": "a", "next_step": "x", "stage": stage} for stage in ("Negotiation", "Proposal", "?")]
    assert run(records, [made])[0]["message"].to_list() == ["7", "14", "14"]


def test_repeated_counts_over_the_whole_run(run: Lint, rule: Make) -> None:
    made = rule("AAA101", "repeated: {column: next_step, by: [owner], at_least: 3}", message="{count} times")
    records = [
        *texts("Send  quote", "send quote", "other", "SEND QUOTE", "", "", ""),
        {"id": "x", "next_step": "send quote", "owner": "Somebody else"},
        {"id": "y", "next_step": "send quote", "owner": "D. Lee", "stage": "Closed Won"},
    ]
    for batch_rows in (1, 2, 100):
        findings, _ = run(records, [made], batch_rows=batch_rows)
        assert codes(findings) == [("r0", "AAA101"), ("r1", "AAA101"), ("r3", "AAA101")]
        assert set(findings["message"]) == {"3 times"}


def test_owners_that_are_no_people(run: Lint, rule: Make) -> None:
    people = ["Rowan House", "Queenie Adams", "O. Integlia", "Poole", "D. Lee"]
    others = ["Unassigned", "EMEA Inbound Queue", "House Account", "Salesforce Integration", "n/a", "Sales Team"]
    records = [{"id": name, "next_step": "x", "owner": name} for name in [*people, *others, None, " "]]
    findings, _ = run(records, [rule("AAA101", "owner_is_person IS FALSE")])
    assert findings["record_id"].to_list() == others


@pytest.mark.parametrize(
    ("meeting", "invite", "level"),
    [
        ("2026-01-15T10:00", "accepted", 5),
        ("2026-01-12T08:00", "accepted", 5),
        ("2026-01-15T10:00", "sent", 4),
        ("2026-01-15T10:00", None, 4),
        ("2026-01-15T10:00", "declined", 3),
        ("2026-01-11T10:00", "accepted", 3),
        (None, "accepted", 3),
    ],
)
def test_the_calendar_raises_commitment(
    run: Lint, rule: Make, meeting: str | None, invite: str | None, level: int
) -> None:
    record = {"id": "a", "next_step": "send 1/20", "next_meeting": meeting, "invite": invite}
    assert run([record], [rule("AAA101", f"deal_commitment = {level}")])[1].findings == 1


@pytest.mark.parametrize(("day", "is_workday"), [("2026-01-16", True), ("2026-01-17", False), ("2026-01-19", False)])
def test_workdays_know_public_holidays(run: Lint, rule: Make, day: str, is_workday: bool) -> None:
    record = {"id": "a", "next_step": "x", "due_date": day}
    found = run([record], [rule("AAA101", "due_date_is_workday")], org=Org(holidays=("US",)))[1].findings
    assert bool(found) == is_workday


@pytest.mark.parametrize(
    ("text", "truncated"), [("x" * 255, True), ("x" * 254 + ".", False), ("x" * 254, False), ("x" * 256, False)]
)
def test_truncated_at_the_limit_in_mid_word(run: Lint, rule: Make, text: str, truncated: bool) -> None:
    assert bool(run(texts(text), [rule("AAA101", "text_truncated")])[1].findings) == truncated


def test_keys_follow_the_record_and_fingerprints_the_text(run: Lint, rule: Make) -> None:
    rules = [rule("AAA101", "TRUE")]
    one = run([{"id": "a", "next_step": "Send  it"}], rules)[0].row(0, named=True)
    same = run([{"id": "x", "next_step": "y"}, {"id": "a", "next_step": "send it"}], rules)[0].row(1, named=True)
    other = run([{"id": "a", "next_step": "send that"}], rules)[0].row(0, named=True)
    assert (one["key"], one["fingerprint"]) == (same["key"], same["fingerprint"])
    assert one["key"] == other["key"]
    assert one["fingerprint"] != other["fingerprint"]


def test_equal_records_have_fingerprints_of_their_own(run: Lint, rule: Make) -> None:
    findings, _ = run([{"id": "a", "next_step": "x"}] * 5, [rule("AAA101", "TRUE")], batch_rows=2)
    assert findings["key"].n_unique() == 1
    assert findings["fingerprint"].n_unique() == 5


def test_no_records(run: Lint, rule: Make) -> None:
    findings, summary = run(pl.DataFrame(schema={"id": pl.String, "next_step": pl.String}), [rule("AAA101", "TRUE")])
    assert (findings.height, summary.records, summary.complete) == (0, 0, True)
