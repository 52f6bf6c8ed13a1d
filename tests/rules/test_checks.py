from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from steplint.errors import RuleError
from steplint.rules.checks import explain, found, mask, repeat_key

Make = Callable[..., Any]
TEXTS = ["Touch base Mon", "touchbase", "T\u200bouch ba\u00adse", "Ｔouch base", "étouch base", "touch\nbase", None, ""]


def hits(rule: Any, texts: list[str | None]) -> list[bool]:
    made: list[bool] = (
        pl.DataFrame({"next_step": texts}, schema={"next_step": pl.String}).select(mask(rule))["next_step"].to_list()
    )
    return made


def test_phrases_see_through_disguise_and_keep_to_words(make_rule: Make) -> None:
    rule = make_rule("phrases: {column: next_step, list: [touch base]}")
    assert hits(rule, TEXTS) == [True, False, True, True, False, True, False, False]
    assert found(rule, pl.Series(TEXTS)) == [(0, 10), None, (0, 12), (0, 10), None, (0, 10), None, None]


def test_patterns_likewise(make_rule: Make) -> None:
    rule = make_rule(r"pattern: {column: next_step, regex: '(?i)\btouch\s+base\b'}")
    assert hits(rule, TEXTS) == [True, False, True, True, False, True, False, False]


def test_a_phrase_in_other_letters(make_rule: Make) -> None:
    rule = make_rule("phrases: {column: next_step, list: [élan, 'Straße?']}")
    assert hits(rule, ["Plein d'Élan", "élans", "die straße?", "ÉLAN"]) == [True, False, True, True]


def test_places_count_code_points_of_the_original(make_rule: Make) -> None:
    rule = make_rule("phrases: {column: next_step, list: [tbd]}")
    text = "😀é T\u200bBD"
    assert [text[start:end] for start, end in found(rule, pl.Series([text])) if (start, end)] == ["T\u200bBD"]


def test_unless_excepts(make_rule: Make) -> None:
    rule = make_rule("phrases: {column: next_step, list: [sync], unless: waiting}")
    frame = pl.DataFrame({"next_step": ["sync"] * 3, "waiting": [True, False, None]})
    assert frame.select(mask(rule)).to_series().to_list() == [False, True, True]


def test_required_takes_blank_and_invisible_for_missing(make_rule: Make) -> None:
    rule = make_rule("required: {columns: [owner, contacts, due_date]}")
    frame = pl.DataFrame(
        {
            "owner": ["Ann", None, "", " \u200b\u3164", "Ann", "Ann"],
            "contacts": [["D"], ["D"], ["D"], ["D"], [], ["D"]],
            "due_date": ["x", "x", "x", "x", "x", None],
        }
    )
    assert frame.select(mask(rule)).to_series().to_list() == [False, True, True, True, True, True]


def test_repeated_counts_over_the_run(make_rule: Make) -> None:
    rule = make_rule("repeated: {column: next_step, by: [owner], at_least: 2}")
    frame = pl.DataFrame(
        {"next_step": ["Send  quote", "send quote", " ", None, "send quote"], "owner": ["A", "A", "A", "A", None]}
    )
    assert frame.select(repeat_key(rule)).to_series().to_list() == [
        "send quote\x1fA",
        "send quote\x1fA",
        None,
        None,
        "send quote\x1f",
    ]
    assert rule.whole_run
    with pytest.raises(RuleError, match="whole run"):
        mask(rule)


EXPLAINED = [
    ("where: waiting AND owner = 'A'", ["waiting AND owner = 'A'", "waiting", "owner = 'A'", "owner"]),
    ("required: {columns: [owner]}", ["owner is missing", "owner"]),
    (
        "phrases: {column: next_step, list: [quote], unless: waiting}",
        ["next_step holds a listed phrase", "found", "unless waiting"],
    ),
    ("repeated: {column: next_step, by: [owner], at_least: 2}", ["same next_step and owner on at least 2 records"]),
]


@pytest.mark.parametrize(("check", "lines"), EXPLAINED)
def test_every_check_can_be_explained(check: str, lines: list[str], make_rule: Make) -> None:
    row = pl.DataFrame({"next_step": ["Send quote"], "owner": ["A"], "waiting": [False]})
    assert [text for _, text, _ in explain(make_rule(check), row)] == lines
