"""The `fix` of a rule file: a closed list of repairs, each with the column it writes and how far it may be trusted."""

from __future__ import annotations

import typing
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from steplint.engine.fixes import _MAKERS
from steplint.errors import RuleError
from steplint.rules.columns import RECORDS
from steplint.rules.examples import run_examples
from steplint.rules.fix import APPLICABILITIES, KINDS
from steplint.rules.load import load_text
from steplint.rules.model import Fix
from steplint.rules.rule import Rule, from_dict, to_dict
from steplint.rules.shipped import load_shipped

RULE = """\
schema: 1
code: ACME101
name: step-odd
severity: info
check: {where: waiting}
needs: [next_step, due_date]
fix: {kind: due_date_from_text, applicability: safe}
message: odd
why: Because.
examples:
  bad: [{next_step: odd, fix: "2026-01-15"}]
  good: [{next_step: even}]
"""


def test_the_list_is_the_same_everywhere() -> None:
    hints = typing.get_type_hints(Fix)
    assert set(typing.get_args(hints["kind"])) == set(KINDS) == set(_MAKERS)
    assert typing.get_args(hints["applicability"]) == APPLICABILITIES
    assert {kind.field for kind in KINDS.values()} <= set(RECORDS)


def test_nothing_that_a_crm_shows_to_customers_or_forecasts_by_is_ever_written() -> None:
    assert not {"stage", "close_date", "amount", "owner"} & {kind.field for kind in KINDS.values()}


def test_a_fix_as_data_and_back() -> None:
    rule = load_text(RULE)
    assert rule.fix == {"kind": "due_date_from_text", "applicability": "safe"}
    assert from_dict(to_dict(rule)) == rule


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("kind: due_date_from_text", "kind: due_date_from_txt", "fix.kind cannot be due_date_from_txt; did you mean due_date"),
        ("applicability: safe", "applicability: sure", "fix.applicability cannot be sure; it is one of safe, unsafe"),
        (", applicability: safe", "", "fix.applicability is missing"),
        ("needs: [next_step, due_date]", "needs: [next_step]", "which the rule does not need; add due_date to needs"),
        ("kind: due_date_from_text", "kind: dated_text", "dated_text is never safe; write unsafe"),
        ("fix: {kind: due_date_from_text, applicability: safe}\n", "", "fix is what the rule's fix writes"),
        ('fix: "2026-01-15"', "fix: [a]", "fix is what the rule's fix writes"),
    ],
)  # fmt: skip
def test_errors(old: str, new: str, words: str) -> None:
    assert old in RULE
    with pytest.raises(RuleError) as caught:
        load_text(RULE.replace(old, new), path="r.yaml")
    assert words in str(caught.value)


def test_examples_say_what_the_fix_writes(make_rule: Callable[..., Any]) -> None:
    def lint(records: list[dict[str, Any]], rules: Sequence[Rule]) -> list[tuple[int, str, str | None]]:
        written = {"odd": "2026-01-15", "unfixed": None}
        return [
            (at, rules[0].code, written[row["next_step"]])
            for at, row in enumerate(records)
            if row["next_step"] in written
        ]

    bad = [
        {"next_step": "odd", "fix": "2026-01-15"}, {"next_step": "odd"}, {"next_step": "unfixed", "fix": None},
        {"next_step": "odd", "fix": "2026-01-16"}, {"next_step": "odd", "fix": None}, {"next_step": "unfixed", "fix": "x"},
    ]  # fmt: skip
    rule = make_rule("where: waiting", examples={"bad": bad, "good": [{"next_step": "even"}]})
    assert [failure.render() for failure in run_examples([rule], lint)] == [
        "rule.yaml:2: ACME101 bad example 4 is fixed to '2026-01-15', not as it says: 'odd'",
        "rule.yaml:2: ACME101 bad example 5 is fixed to '2026-01-15', not as it says: 'odd'",
        "rule.yaml:2: ACME101 bad example 6 is not fixed, not as it says: 'unfixed'",
    ]


def test_every_shipped_fix_has_examples_with_and_without() -> None:
    for rule in load_shipped():
        fixes = [example["fix"] for example in rule.examples["bad"] if "fix" in example]
        assert bool(fixes) == bool(rule.fix), rule.code
        if rule.fix and rule.code != "WHAT210":  # what is untidy can always be tidied
            assert None in fixes, rule.code
            assert any(fixes), rule.code
