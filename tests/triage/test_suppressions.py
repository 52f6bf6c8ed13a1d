"""The suppression file: what it may say, and how it is told what is wrong."""

from datetime import date
from pathlib import Path

import pytest

from steplint.errors import ConfigError
from steplint.rules.rule import Rule
from steplint.triage import read_suppressions, suppression_schema
from steplint.triage.suppressions import parse_suppressions

FILE = """\
# ours
- rule: date-vague
  record: 007
  reason: no
  until: 2026-03-31
  by: M. Tan
- {rule: WHEN31, record: [a, "b c"], reason: "closed by the board", field: next_step}
"""


def test_entries_are_taken_as_they_are_written(rules: list[Rule], tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(FILE, encoding="utf-8")
    first, second = read_suppressions(tmp_path / "s.yaml", rules)
    assert (first.rule, first.codes, first.records) == ("date-vague", ("WHEN302",), ("007",))
    assert (first.reason, first.until, first.by, first.field) == ("no", date(2026, 3, 31), "M. Tan", None)
    assert (first.line, first.places, first.text) == (2, ((3, 3),), "- rule: date-vague")
    assert set(second.codes) == {"WHEN310", "WHEN311", "WHEN312", "WHEN313", "WHEN314"}
    assert (second.records, second.places) == (("a", "b c"), ((7, 27), (7, 30)))


@pytest.mark.parametrize(("day", "expired"), [(30, False), (31, False)])
def test_the_last_day_is_one_of_them(rules: list[Rule], day: int, expired: bool) -> None:
    entry = parse_suppressions(FILE, rules)[0]
    assert entry.expired(date(2026, 3, day)) is expired
    assert entry.expired(date(2026, 4, 1))


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_file(rules: list[Rule], text: str) -> None:
    assert parse_suppressions(text, rules) == ()


WRONG = [
    ("rule: WHEN302", "1:1: suppressions are a list of entries"),
    ("- WHEN302", "1:3: an entry has the keys rule, record and reason"),
    ("- rule: WHEN302\n  recrd: a\n  reason: r", "2:3: unknown key recrd (and 1 more problem); did you mean record?"),
    ("- rule: WHEN302\n  record: a", "1:3: reason is missing"),
    ("- {rule: WHEN302, record: a, reason: ' '}", "1:30: reason: it says nothing"),
    ("- {rule: WHEN302, record: a, reason: }", "reason is text, not nothing"),
    ("- {rule: WHEN302, record: , reason: r}", "record"),
    ("- {rule: WHEN302, record: [], reason: r}", "1:19: record: the list is empty"),
    ("- {rule: WHEN302, record: {a: b}, reason: r}", "1:19: record cannot be keys with values"),
    ("- {rule: WHEN3O2, record: a, reason: r}", "1:4: rule: no rule is called WHEN3O2; did you mean WHEN"),
    ("- {rule: ALL, record: a, reason: r}", "ALL is no rule; leave the record out with scope:"),
    ("- {rule: WHEN302, record: a, reason: r, until: 2026-02-30}", "1:41: until: 2026-02-30 is no day"),
    ("- {rule: WHEN302, record: a, reason: r, until: 31.3.2026}", "31.3.2026 is no day; write it like 2026-01-15"),
    ("- {rule: WHEN302, record: a, reason: r, until: 20260331}", "20260331 is no day"),
    ("- {rule: WHEN302, record: a, reason: r, until: soon}", "soon is no day"),
    ("- {rule: WHEN302, record: a, reason: r, field: nextstep}", "did you mean next_step?"),
    ("- {rule: WHEN303, record: a, reason: r}", "rule: WHEN303 date-past is mandatory"),
    ("- {rule: date-past, record: a, reason: r}", "rule: WHEN303 date-past is mandatory"),
    (
        "- {rule: WHEN, record: a, reason: r}",
        "WHEN takes in WHEN303 date-past, which is mandatory; name the other rules",
    ),
    ("- {rule: WHEN302, rule: WHEN302, record: a, reason: r}", "key rule is given twice"),
    ("- rule: [", "not valid YAML"),
    ("- &a {rule: WHEN302, record: a, reason: r}\n- <<: *a", "merge keys"),
]


@pytest.mark.parametrize(("text", "words"), WRONG, ids=[text[:50] for text, _ in WRONG])
def test_errors_name_file_and_line(text: str, words: str, rules: list[Rule]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_suppressions(f"# ours\n{text}", rules, mandatory=["WHEN303"], shown="s.yaml")
    error = caught.value
    line = (error.line or 0) - 1
    place = f"{line}:{error.column}" if error.column else f"{line}"
    assert words in f"{place}: {error.message}; {error.hint}"
    assert error.path == "s.yaml"


def test_the_file_has_a_schema() -> None:
    schema = suppression_schema()
    assert schema["type"] == "array"
    assert set(schema["$defs"]["Entry"]["required"]) == {"rule", "record", "reason"}
