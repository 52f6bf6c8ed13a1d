"""One more entry, and every other byte as it was."""

from datetime import date
from typing import Any

import pytest

from steplint.errors import ConfigError, UsageError
from steplint.rules.rule import Rule
from steplint.triage import appended
from steplint.triage.suppressions import parse_suppressions

NEW = {"rule": "WHEN302", "records": ["0065g1"], "reason": "the board meets first"}
ENTRY = '- rule: WHEN302\n  record: "0065g1"\n  reason: "the board meets first"\n'


def test_a_new_file_says_what_it_is(rules: list[Rule]) -> None:
    made = appended(b"", rules, **NEW).decode()
    assert made.startswith("# Findings that are excused.")
    assert made.endswith(ENTRY)
    assert parse_suppressions(made, rules)[0].records == ("0065g1",)


def test_everything_that_can_be_said(rules: list[Rule]) -> None:
    more: dict[str, Any] = {"until": date(2026, 3, 31), "by": "M. Tan", "field": "next_step"}
    made = appended(b"", rules, **{**NEW, "records": ["a", "b"]}, **more).decode()
    assert made.endswith(
        '- rule: WHEN302\n  record: ["a", "b"]\n  reason: "the board meets first"\n'
        '  until: 2026-03-31\n  by: "M. Tan"\n  field: next_step\n'
    )
    entry = parse_suppressions(made, rules)[0]
    assert (entry.until, entry.by, entry.field) == (date(2026, 3, 31), "M. Tan", "next_step")


FILES = {
    "plain": b"- rule: WHAT203\n  record: x\n  reason: y\n",
    "no line end": b"- rule: WHAT203\n  record: x\n  reason: y",
    "comments": b"# top\n\n-   rule:   WHAT203  # why\n    record: 'x'\n    reason: |\n      y\n# end\n",
    "indented": b"  - rule: WHAT203\n    record: x\n    reason: y\n",
    "crlf": b"- rule: WHAT203\r\n  record: x\r\n  reason: y\r\n",
    "bom": b"\xef\xbb\xbf- rule: WHAT203\n  record: x\n  reason: y\n",
    "marked": b"---\n- rule: WHAT203\n  record: x\n  reason: y\n",
    "only comments": b"# nothing yet\n",
}


@pytest.mark.parametrize("before", FILES.values(), ids=FILES)
def test_what_stands_there_stays(before: bytes, rules: list[Rule]) -> None:
    after = appended(before, rules, **NEW)
    assert after.startswith(before)
    entries = parse_suppressions(after.decode("utf-8-sig"), rules)
    assert [entry.rule for entry in entries] == ["WHAT203", "WHEN302"][-len(entries) :]
    assert entries[-1].reason == NEW["reason"]
    assert (b"\r\n" in before) == (b"\r\n" in after[len(before) :])
    assert appended(after, rules, **NEW) == after


def test_only_what_is_not_said_yet_is_added(rules: list[Rule]) -> None:
    once = appended(b"", rules, **NEW)
    again = appended(once, rules, **{**NEW, "rule": "date-vague", "records": ["0065g1", "0065g2"]})
    assert again == once + b'- rule: date-vague\n  record: "0065g2"\n  reason: "the board meets first"\n'


@pytest.mark.parametrize(
    "text",
    [
        'says "no": # not a comment',
        "back\\slash",
        "two\nlines\tand a tab",
        "- rule: x",
        "\u2028\u202e\x85\xa0",
        "\U0001f91d ok",
        "'",
    ],
)
def test_texts_of_people_stay_texts(text: str, rules: list[Rule]) -> None:
    made = appended(FILES["plain"], rules, **{**NEW, "reason": text, "records": [text]}, by=text)
    entry = parse_suppressions(made.decode(), rules)[-1]
    assert (entry.reason, entry.records, entry.by) == (text, (text,), text)
    assert len(made.decode().splitlines()) == len(FILES["plain"].decode().splitlines()) + 4


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"rule": "WHEN3O2"}, "--rule: no rule is called WHEN3O2; did you mean WHEN"),
        ({"rule": "WHEN303"}, "--rule: WHEN303 date-past is mandatory"),
        ({"rule": "a: b"}, "--rule: no rule is called a: b"),
        ({"reason": "  "}, "--reason: it says nothing"),
        ({"reason": "\udce9"}, "--reason is not text in UTF-8"),
        ({"records": [""]}, "--record"),
        ({"field": "nextstep"}, "--field: nextstep is no column of records; did you mean next_step?"),
    ],
)
def test_wrong_options(more: dict[str, Any], words: str, rules: list[Rule]) -> None:
    with pytest.raises(UsageError) as caught:
        appended(b"", rules, **{**NEW, **more}, mandatory=["WHEN303"])
    assert words in caught.value.render()


def test_other_terms_are_a_matter_for_people(rules: list[Rule]) -> None:
    once = appended(b"", rules, **NEW, until=date(2026, 1, 31))
    with pytest.raises(
        UsageError, match="WHEN302 is excused on 0065g1 already until 2026-01-31, in other words; change that"
    ):
        appended(once, rules, **NEW)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (b"[{rule: WHAT203, record: x, reason: y}]\n", "s.yaml:1: the list is in brackets"),
        (b"[]\n", "the list is empty brackets"),
        (b"- rule: WHAT203\n  record: x\n  reason: y\n...\n", "cannot be added to the end of this file"),
        (b"\xff\n", "not UTF-8"),
    ],
)
def test_files_that_take_no_more(before: bytes, words: str, rules: list[Rule]) -> None:
    with pytest.raises(ConfigError) as caught:
        appended(before, rules, **NEW, shown="s.yaml")
    assert words in caught.value.render()
