from __future__ import annotations

from collections.abc import Callable

import pytest

from steplint.errors import RuleError
from steplint.rules.load import load_text
from steplint.rules.rule import from_dict, reads, to_dict

GOOD = """\
schema: 1
code: ACME101
name: step-odd
severity: info
kinds: [opportunity, task]
since: "0.1"
check: {where: amount > :least AND date < as_of - :late workdays}
needs: [next_step, amount]
at: when
message: "“{when}” and {least}"
help: "Try {suggestion}"
why: Because.
options: {least: 100, late: {prove: 1, default: 2}}
examples:
  bad: [{next_step: "odd", amount: 1, as_of: 2026-01-12, contacts: [Dana]}]
  good: [{next_step: null}]
"""


def test_a_rule_as_data_and_back() -> None:
    rule = load_text(GOOD, path="r.yaml")
    assert (rule.code, rule.family, rule.severity, rule.at) == ("ACME101", "ACME", "info", "when")
    assert (rule.path, rule.line) == ("r.yaml", 2)
    assert rule.check["where"][0] == "and"
    assert rule.examples["bad"][0]["as_of"] == "2026-01-12"
    assert reads(rule) == {"amount", "date", "as_of", "stage_role"}
    assert from_dict(to_dict(rule)) == rule


WRONG = [
    ("code: ACME101", "cod: ACME101", "2:1: unknown key cod (and 1 more problem); did you mean code?"),
    ("code: ACME101", "code: acme-1", "2:1: code cannot be acme-1; write two to eight capitals and three digits"),
    ("severity: info", "severity: warn", "4:1: severity cannot be warn; did you mean warning?"),
    (
        "kinds: [opportunity, task]",
        "kinds: [oportunity]",
        "5:9: kinds.0 cannot be oportunity; did you mean opportunity?",
    ),
    ('since: "0.1"', "since: 0.1", "6:1: since is text, not 0.1; quote it: '0.1'"),
    ("name: step-odd", "name: off", "3:7: off is a true or false to YAML"),
    ("name: step-odd", "name: 12", "3:1: name is text, not 12; quote it: '12'"),
    ("needs: [next_step, amount]", "needs: [next_stp]", "8:9: next_stp is not a column; did you mean next_step?"),
    ("at: when", "at: whn", "9:1: whn is not a column or a span role; did you mean when?"),
    ("at: when", "at: phrase", "phrase is found by phrases and pattern only"),
    ("{when}", "{wehn}", "10:1: unknown slot {wehn}; did you mean {when}?"),
    ("{when}", "{when", "10:1: a brace that belongs to no slot"),
    ("{when}", "{0.__class__}", "10:1: a brace that belongs to no slot"),
    ("late: {prove: 1", "late: {prov: 1", "13:23: option late: prov is not a stage role; did you mean prove?"),
    ("least: 100", "least: [1, a]", "13:11: option least is a number, text, a list of one kind"),
    ("least: 100", "least: true", "13:11: options.least"),
    ("{next_step: null}", "{nextstep: null}", "16:11: nextstep is not a column of records; did you mean next_step?"),
    ("{next_step: null}", "{next_step: {a: 1}}", "16:11: examples.good.0.next_step cannot be keys with values"),
    ("where: amount", "group: {none: vague}, where: amount", "7:1: check: exactly one of where"),
    ("where: amount", "phrases: {column: next_step, list: [x]}, where: amount", "exactly one of"),
    ("check: {where: amount > :least AND date < as_of - :late workdays}", "check: {}", "7:1: check: exactly one of"),
    ("amount > :least", "amout > :least", "7:16: unknown column amout; did you mean amount?"),
    ("AND date", "AND dat", "7:36: unknown column dat; did you mean date?"),
]


@pytest.mark.parametrize(("old", "new", "words"), WRONG, ids=[new[:40] for _, new, _ in WRONG])
def test_errors_name_the_place_and_the_nearest_right_word(old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(RuleError) as caught:
        load_text(GOOD.replace(old, new), path="r.yaml")
    assert words in caught.value.render()
    assert caught.value.path == "r.yaml"
    assert caught.value.line


PLACES = [
    ("where: >\n  waiting AND\n  dat < as_of", 8, 5),
    ("where: |\n  waiting AND\n\n  dat < as_of", 9, 5),
    ('where: "waiting AND dat < as_of"', 6, 23),
    ("where: waiting AND\n  dat < as_of", 7, 5),
]


@pytest.mark.parametrize(("check", "line", "column"), PLACES)
def test_errors_in_conditions_point_into_the_file(
    check: str, line: int, column: int, rule_text: Callable[[str], str]
) -> None:
    with pytest.raises(RuleError, match="unknown column dat") as caught:
        load_text(rule_text(check))
    assert (caught.value.line, caught.value.column) == (line, column)


CHECKS = [
    ("phrases: {column: next_stp, list: [x]}", "6:13: next_stp is not a column"),
    ("phrases: {column: amount, list: [x]}", "amount holds no text"),
    ("phrases: {column: next_step, list: []}", "check.phrases.list"),
    ("phrases: {column: next_step, list: [' ']}", "empty phrase"),
    ("phrases: {column: next_step, list: [x], unless: dat IS NULL}", "6:51: unknown column dat"),
    ("pattern: {column: next_step, regex: ''}", "pattern is empty"),
    ("pattern: {column: next_step, regex: 'a(?=b)'}", "6:41: look-ahead"),
    ("required: {columns: []}", "check.required.columns"),
    ("required: {columns: [ownr]}", "did you mean owner?"),
    ("repeated: {column: next_step, by: [ownr], at_least: 5}", "did you mean owner?"),
    ("repeated: {column: next_step, at_least: 1}", "greater than or equal to 2"),
    ("wher: waiting", "did you mean where?"),
]


@pytest.mark.parametrize(("check", "words"), CHECKS)
def test_checks_are_checked(check: str, words: str, rule_text: Callable[[str], str]) -> None:
    with pytest.raises(RuleError) as caught:
        load_text(rule_text(check))
    assert words in caught.value.render()


def test_deprecated_rules_say_what_replaces_them() -> None:
    with pytest.raises(RuleError, match="replaced_by is for deprecated rules"):
        load_text(GOOD + "replaced_by: ACME102\n")
    assert load_text(GOOD + "replaced_by: ACME102\nstatus: deprecated\n").replaced_by == "ACME102"


def test_phrase_is_underlined_by_default(rule_text: Callable[[str], str]) -> None:
    assert load_text(rule_text("phrases: {column: next_step, list: [x]}")).at == "phrase"
    assert load_text(rule_text("required: {columns: [owner]}")).at == "owner"
    assert load_text(rule_text("where: waiting")).at == "next_step"
