"""The `group` check of a rule file: its keys, what it reads, how it reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from steplint.errors import RuleError
from steplint.rules.checks import explain, mask
from steplint.rules.group import describe
from steplint.rules.load import load_text
from steplint.rules.rule import from_dict, reads, to_dict

Make = Callable[..., Any]
FULL = """\
group:
  by: [doc_id, section]
  where: role IS NULL
  any: vague
  none: [waiting, {column: status, list: [done], unless: hedged}]
  first: has_action
  last: meeting
  requires: {a goal: role = 'goal', a day: [date IS NOT NULL, due_date IS NOT NULL]}
  given: 1
  alike: {columns: [owner], at_least: 3}
  unordered: due_date
"""


def test_a_group_check_as_data_and_back(make_rule: Make) -> None:
    rule = make_rule(FULL)
    body = rule.check["group"]
    assert rule.of_group
    assert body["by"] == ["doc_id", "section"]
    assert body["none"][1]["phrases"]["list"] == ["done"]
    assert [name for name, _ in body["requires"]] == ["a goal", "a day"]
    assert from_dict(to_dict(rule)) == rule
    assert reads(rule) == {
        "doc_id", "section", "role", "vague", "waiting", "status", "hedged", "has_action", "meeting", "date", "due_date",
        "owner", "position",
    }  # fmt: skip


def test_a_group_check_in_words(make_rule: Make) -> None:
    assert describe(make_rule(FULL).check["group"]) == [
        "rows that share doc_id and section, judged together",
        "counting rows where role IS NULL",
        "a row is: vague",
        "no row is: waiting or one of 1 phrases",
        "the first row is: has_action",
        "the last row is: meeting",
        "one of these is missing (where 1 or more of them are there):",
        "  a goal: role = 'goal'",
        "  a day: date IS NOT NULL or due_date IS NOT NULL",
        "all rows share one owner (3 rows or more)",
        "due_date does not ascend from row to row",
    ]


def test_one_record_cannot_be_judged(make_rule: Make) -> None:
    rule = make_rule("group: {none: vague}")
    with pytest.raises(RuleError, match="a document, not a record"):
        mask(rule)


@pytest.mark.parametrize("check", ["source: language", "source: hidden"])
def test_rules_of_the_source_read_no_record(make_rule: Make, check: str) -> None:
    rule = make_rule(check)
    assert rule.of_source
    assert reads(rule) == frozenset()
    assert explain(rule, None) == []  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="the source, not a record"):
        mask(rule)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("group: {}", "a group needs a test; give one of any, none"),
        ("group: {where: vague}", "a group needs a test"),
        ("group: {lasst: vague}", "6:11: unknown key check.group.lasst; did you mean last?"),
        ("group: {none: vage}", "unknown column vage; did you mean vague?"),
        ("group: {none: [vague, waitng]}", "unknown column waitng; did you mean waiting?"),
        ("group: {requires: {x: amount > 'a'}}", "amount is a number, compared with text"),
        ("group: {by: [doc], none: vague}", "doc is not a column"),
        ("group: {any: vague, given: 2}", "given counts what is in requires"),
        ("group: {unordered: owner}", "owner is not a column of days or numbers"),
        ("group: {no_better: {column: due_date, rows: vague, than: vague}}", "due_date is not a column of numbers"),
        ("group: {alike: {columns: [amount]}}", "amount holds no text"),
        (
            "group: {unordered: due_date, no_better: {column: commitment, rows: vague, than: vague}}",
            "unordered and no_better each say which rows are found",
        ),
        ("group: {none: {column: next_step, list: ['']}}", "check.group.none.list.0"),
        ("group: {none: {column: next_step, lst: [x]}}", "check.group.none.lst"),
        ("group: {requires: {a: [vague, 3]}}", "check.group.requires.a.1"),
        ("source: moon", "check.source cannot be moon"),
    ],
)
def test_errors_name_the_nearest_right_word(rule_text: Callable[[str], str], check: str, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        load_text(rule_text(check), path="r.yaml")
    assert words in caught.value.render()
    assert caught.value.line


@pytest.mark.parametrize(
    ("examples", "words"),
    [
        ("{records: []}", "records are the rows of a document"),
        ("{records: [x]}", "records are the rows of a document"),
        ("{records: [{ownr: x}]}", "ownr is not a column of records; did you mean owner?"),
        ("{records: [{owner: x}], found: [2]}", "found names rows of records; count them from 1"),
        ("{owner: x, found: [1]}", "found names rows of records"),
        ("{owner: [{status: x}]}", "owner is a list of text here"),
        ("{hidden: [ownr]}", "ownr is not a column of records; did you mean owner?"),
    ],
)
def test_examples_that_are_documents(rule_text: Callable[[str], str], examples: str, words: str) -> None:
    text = rule_text("group: {none: vague}").replace('[{next_step: "odd"}]', f"[{examples}]")
    with pytest.raises(RuleError) as caught:
        load_text(text, path="r.yaml")
    assert words in caught.value.render()
