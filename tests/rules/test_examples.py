from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from steplint.errors import UsageError
from steplint.rules.examples import EXAMPLE_AS_OF, run_examples
from steplint.rules.load import load_text
from steplint.rules.new_rule import template
from steplint.rules.rule import Rule


def odd(records: list[dict[str, Any]], rules: Sequence[Rule]) -> list[tuple[int, str]]:
    """Finds every record whose text is “odd”, with every rule; repeated rules want their number of copies."""
    found = [index for index, record in enumerate(records) if record["next_step"] == "odd"]
    return [
        (index, rule.code)
        for rule in rules
        for index in found
        if not rule.whole_run or len(found) >= rule.check["repeated"]["at_least"]
    ]


def test_examples_that_hold(make_rule: Callable[..., Any]) -> None:
    repeated = make_rule("repeated: {column: next_step, at_least: 3}", code="ACME102")
    assert run_examples([make_rule("where: waiting"), repeated], odd) == []


def test_examples_that_do_not(make_rule: Callable[..., Any]) -> None:
    examples = {"bad": [{"next_step": "odd"}, {"next_step": "even"}], "good": [{"next_step": "odd"}]}
    failures = run_examples([make_rule("where: waiting", examples=examples)], odd)
    assert [failure.render() for failure in failures] == [
        "rule.yaml:2: ACME101 bad example 2 is not found: 'even'",
        "rule.yaml:2: ACME101 good example 1 is found: 'odd'",
    ]


def test_records_are_filled_up(make_rule: Callable[..., Any]) -> None:
    seen: list[dict[str, Any]] = []

    def lint(records: list[dict[str, Any]], rules: Sequence[Rule]) -> list[tuple[int, str]]:
        seen.extend(records)
        return []

    run_examples([make_rule("where: amount > 1 AND vague", needs=("owner",), kinds=("task",))], lint)
    assert seen[0] == {"amount": None, "owner": None, "next_step": "odd", "as_of": EXAMPLE_AS_OF, "kind": "task"}


def test_a_new_rule_is_a_whole_rule() -> None:
    rule = load_text(template("ACME101", "step-odd"), path="ACME101-step-odd.yaml")
    assert (rule.code, rule.name, rule.status) == ("ACME101", "step-odd", "preview")


@pytest.mark.parametrize(
    ("code", "name"), [("acme1", "x"), ("ACME1", "x"), ("ACME101", "No Name"), ("ACME101", "x\nwhy: y")]
)
def test_a_new_rule_needs_a_code_and_a_name(code: str, name: str) -> None:
    with pytest.raises(UsageError):
        template(code, name)


def test_a_document_is_one_example_of_several_rows(make_rule: Callable[..., Any]) -> None:
    seen: list[dict[str, Any]] = []

    def lint(
        records: list[dict[str, Any]], rules: Sequence[Rule], *, hidden: Sequence[str] = ()
    ) -> list[tuple[int, str]]:
        seen.extend(records)
        return odd(records, rules)

    rows = [{"next_step": "even"}, {"next_step": "odd"}]
    examples = {
        "bad": [{"records": rows}, {"records": rows, "found": [2], "owner": "Ann"}, {"records": rows, "found": [1]}],
        "good": [{"records": rows[:1]}],
    }
    failures = run_examples([make_rule("group: {none: vague}", examples=examples, kinds=("utterance",))], lint)
    assert [failure.render() for failure in failures] == [
        "rule.yaml:2: ACME101 bad example 3 is found in row 2, not in row 1: 'even'"
    ]
    assert [(row["doc_id"], row["position"], row["owner"]) for row in seen[:4]] == [
        ("example 0", 1, None), ("example 0", 2, None), ("example 1", 1, "Ann"), ("example 1", 2, "Ann"),
    ]  # fmt: skip


def test_rules_of_the_source_run_one_example_at_a_time(make_rule: Callable[..., Any]) -> None:
    seen: list[tuple[list[dict[str, Any]], Sequence[str]]] = []

    def lint(
        records: list[dict[str, Any]], rules: Sequence[Rule], *, hidden: Sequence[str] = ()
    ) -> list[tuple[int, str]]:
        seen.append((records, hidden))
        return [(0, rule.code) for rule in rules if hidden]

    examples = {"bad": [{"next_step": "odd", "hidden": ["owner"]}], "good": [{"next_step": "even"}]}
    assert run_examples([make_rule("source: hidden", examples=examples)], lint) == []
    assert [(records[0]["next_step"], list(hidden)) for records, hidden in seen] == [("odd", ["owner"]), ("even", [])]
