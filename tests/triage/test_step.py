"""Triage between the engine and the reporters."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from steplint.findings.schema import SCHEMA
from steplint.findings.summary import Summary
from steplint.rules.rule import Rule
from steplint.triage import Baseline, entries_of
from steplint.triage.suppressions import Suppression, parse_suppressions

from .conftest import GOOD

Run = Callable[..., Any]
VAGUE = "Circle back next quarter"


@pytest.fixture
def suppressions(rules: list[Rule]) -> Callable[..., tuple[Suppression, ...]]:
    """Entries from (rule, record) or (rule, record, more YAML)."""

    def make(*entries: tuple[str, ...]) -> tuple[Suppression, ...]:
        lines = [f"- {{rule: {rule}, record: {record}, reason: r{''.join(f', {item}' for item in more)}}}"
                 for rule, record, *more in entries]  # fmt: skip
        return parse_suppressions("\n".join(lines), rules)

    return make


def found(findings: pl.DataFrame) -> list[tuple[str, str, bool]]:
    return findings.select("record_id", "code", "primary").rows()


def test_without_suppressions_nothing_changes(triage: Run) -> None:
    findings, summary, _ = triage({"a1": VAGUE, "a2": GOOD})
    assert summary.findings == findings.height > 0
    assert (summary.suppressed, summary.baselined, summary.complete) == (0, 0, True)


def test_the_next_finding_of_a_record_becomes_primary(triage: Run, suppressions: Run) -> None:
    before, whole, _ = triage({"a1": VAGUE, "a2": VAGUE})
    codes = [code for record, code, _ in found(before) if record == "a1"]
    assert len(codes) > 1
    findings, summary, _ = triage({"a1": VAGUE, "a2": VAGUE}, suppressions=suppressions((codes[0], "a1")))
    assert found(findings) == [("a1", code, code == codes[1]) for code in codes[1:]] + found(before)[len(codes) :]
    assert (summary.suppressed, summary.findings) == (1, whole.findings - 1)
    assert summary.records_with_findings == 2
    assert dict(findings.schema) == {name: column.dtype for name, column in SCHEMA.items()}


def test_a_record_with_nothing_left_counts_no_more(triage: Run, suppressions: Run) -> None:
    findings, summary, _ = triage({"a1": VAGUE, "a2": GOOD}, suppressions=suppressions(("W", "a1")))
    assert findings.is_empty()
    assert (summary.findings, summary.warning, summary.records_with_findings, summary.by_rule) == (0, 0, 0, {})


def test_what_a_suppressed_finding_implies_stays_unsaid(triage: Run, suppressions: Run) -> None:
    findings, summary, _ = triage({"a1": ""}, suppressions=suppressions(("WHAT201", "a1")))
    assert findings.is_empty()
    assert summary.suppressed == 1


def test_a_field_and_an_id_of_15_characters(triage: Run, suppressions: Run) -> None:
    long, short = "0065g00000XyZ12AAB", "0065g00000XyZ12"
    frame = pl.DataFrame({"id": [short], "next_step": [VAGUE], "owner": ["D. Lee"]})
    known, *_ = triage(frame)
    long = known["record_id"][0]
    assert len(long) == 18
    for record in (long, short):
        assert triage(frame, suppressions=suppressions(("WHEN302", record)))[1].suppressed == 1
    assert triage(frame, suppressions=suppressions(("WHEN302", long, "field: next_step")))[1].suppressed == 1
    assert triage(frame, suppressions=suppressions(("WHEN302", long, "field: due_date")))[1].suppressed == 0


def test_unused_ones_are_findings_only_where_that_can_be_known(triage: Run, suppressions: Run) -> None:
    entries = suppressions(
        ("WHEN302", "[a1, a2]"),  # a2 names a day
        ("WHEN302", "a9"),  # not in this input
        ("WHEN302", "a3"),  # closed: out of scope
        ("WHEN305", "a2"),  # does not run
    )
    frame = pl.DataFrame(
        {
            "id": ["a1", "a2", "a3"],
            "next_step": [VAGUE, GOOD, VAGUE],
            "owner": ["D. Lee"] * 3,
            "stage": ["Proposal", "Proposal", "Closed Won"],
        }
    )
    rules_of_src = ("WHEN302", "WHAT", "SRC003", "SRC004")
    findings, summary, step = triage(frame, select_=rules_of_src, suppressions=entries, shown="s.yaml")
    told = findings.filter(pl.col("code") == "SRC003")
    assert told.select("record_id", "path", "line", "column", "severity", "primary", "text").rows() == [
        ("a2", "s.yaml", 1, 32, "info", True, "- {rule: WHEN302, record: [a1, a2], reason: r}")
    ]
    assert told["message"][0] == "nothing is left to suppress: WHEN302 is not found on a2"
    assert summary.by_rule["SRC003"] == summary.info == 1
    assert step.notes() == ["2 suppressions were not judged: their records are not in this input, or out of scope"]
    assert triage(frame, select_=("WHEN302",), suppressions=entries)[1].info == 0


def test_a_rule_whose_columns_are_missing_finds_nothing_out(triage: Run, suppressions: Run) -> None:
    _, summary, _ = triage({"a1": GOOD}, select_=("WHO103", "SRC003"), suppressions=suppressions(("WHO103", "a1")))
    assert summary.skipped_rules.keys() == {"WHO103"}
    assert summary.findings == 0


def test_expired_ones_no_longer_suppress(triage: Run, suppressions: Run) -> None:
    entries = suppressions(("WHEN302", "a1", "until: 2026-01-11"), ("WHEN302", "a2", "until: 2026-01-12"))
    findings, summary, _ = triage(
        {"a1": VAGUE, "a2": VAGUE}, select_=("WHEN302", "SRC"), suppressions=entries, shown="s.yaml"
    )
    assert found(findings) == [("a1", "WHEN302", True), ("a1", "SRC004", True)]
    assert findings["message"][1] == "the suppression of WHEN302 on a1 ended on 2026-01-11"
    assert (findings["path"][1], findings["line"][1], findings["severity"][1]) == ("s.yaml", 1, "warning")
    assert (summary.suppressed, summary.records_with_findings) == (1, 1)


def test_equal_entries_have_fingerprints_of_their_own(triage: Run, suppressions: Run) -> None:
    entries = suppressions(*[("WHEN302", "a1", "until: 2026-01-01")] * 2)
    findings, *_ = triage({"a1": VAGUE}, select_=("SRC004",), suppressions=entries)
    assert findings.height == findings["fingerprint"].n_unique() == 2
    assert findings["key"].n_unique() == 1


def accepted(findings: pl.DataFrame) -> Baseline:
    return Baseline([entries_of(findings)])


def test_one_is_changed_and_one_repaired(triage: Run) -> None:
    texts = {f"a{number}": "Circle back next quarter" for number in range(1, 5)}
    before, *_ = triage(texts, select_=("WHEN302",))
    texts |= {"a1": "Touch base next month", "a2": GOOD}
    findings, summary, step = triage(texts, select_=("WHEN302",), baseline=accepted(before))
    assert found(findings) == [("a1", "WHEN302", True)]
    assert (summary.baselined, summary.findings, step.gone.to_list()) == (2, 1, [False, True, False, False])
    assert step.notes() == ["1 baseline entry no longer occurs; steplint baseline --prune"]


@pytest.mark.parametrize("batch_rows", [1, 3, 100])
def test_order_and_batches_change_nothing(triage: Run, batch_rows: int) -> None:
    texts = {f"a{number}": text for number, text in enumerate([VAGUE, "TBD", GOOD, "", "send info", VAGUE] * 3)}
    before, *_ = triage(texts)
    shuffled = dict(reversed(texts.items()))
    findings, summary, step = triage(shuffled, baseline=accepted(before), batch_rows=batch_rows)
    assert findings.is_empty()
    assert (summary.baselined, step.gone.sum()) == (before.height, 0)


def test_a_record_in_two_rows(triage: Run) -> None:
    frame = pl.DataFrame({"id": ["a1", "a1"], "next_step": [VAGUE, VAGUE], "owner": ["D. Lee"] * 2})
    before, *_ = triage(frame, select_=("WHEN302",))
    base = accepted(before)
    assert base.height == 2
    assert triage(frame.head(1), select_=("WHEN302",), baseline=base)[1].baselined == 1


def test_suppressed_ones_still_occur_in_the_baseline(triage: Run, suppressions: Run) -> None:
    before, *_ = triage({"a1": VAGUE}, select_=("WHEN302",))
    entries = suppressions(("WHEN302", "a1"))
    _, summary, step = triage({"a1": VAGUE}, select_=("WHEN302",), baseline=accepted(before), suppressions=entries)
    assert (summary.suppressed, summary.baselined, step.gone.sum()) == (1, 0, 0)


def test_records_of_other_files_are_not_gone(triage: Run) -> None:
    before, *_ = triage({"a1": VAGUE, "a2": VAGUE}, select_=("WHEN302",))
    _, summary, step = triage({"a1": VAGUE}, select_=("WHEN302",), baseline=accepted(before))
    assert (summary.baselined, step.gone.sum()) == (1, 0)
    _, _, step = triage({"a1": GOOD}, select_=("WHAT201",), baseline=accepted(before))
    assert not step.gone.any()


def test_a_run_that_breaks_off_says_nothing_of_suppressions(rules: list[Rule], suppressions: Run) -> None:
    from steplint.triage import Triage

    def broken() -> Any:
        raise RuntimeError("cut off")
        yield

    step = Triage(rules, date(2026, 1, 12), suppressions=suppressions(("WHEN302", "a1", "until: 2026-01-01")))
    with pytest.raises(RuntimeError, match="cut off"):
        list(step.settle(broken(), Summary()))


@pytest.mark.parametrize("code", ["SRC003", "SRC004"])
def test_the_examples_of_the_rules(triage: Run, suppressions: Run, rules: list[Rule], code: str) -> None:
    rule = next(rule for rule in rules if rule.code == code)
    for kind in ("bad", "good"):
        for example in rule.examples[kind]:
            name, _, day = example["suppression"].partition(" until ")
            record = {key: value for key, value in example.items() if key not in ("suppression", "as_of")}
            entry = suppressions((name, record["id"], *([f"until: {day}"] if day else [])))
            findings, *_ = triage(pl.DataFrame([record]), suppressions=entry, select_=("ALL",))
            assert (code in findings["code"]) == (kind == "bad"), example
