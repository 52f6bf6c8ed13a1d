"""Suggestions come from the record; what it does not hold stays a visible slot."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from steplint.findings.data import suggestions
from steplint.findings.suggest import MOST_CHOICES, Suggester

CODES = ("WHEN302", "WHO101", "CMT508", "WHEN310", "ACME101")
SCHEMA = {
    "rule": pl.Int32,
    "stage_role": pl.String,
    "step_type": pl.String,
    "brush_off": pl.String,
    "contacts": pl.List(pl.String),
    "owner": pl.String,
    "owner_is_person": pl.Boolean,
    "account": pl.String,
    "as_of": pl.Date,
    "what": pl.String,
}


def told(code: str, **record: Any) -> tuple[str | None, dict[str, Any] | None]:
    row = {**dict.fromkeys(SCHEMA), "rule": CODES.index(code), "as_of": date(2026, 1, 12), **record}
    suggester = Suggester(suggestions(), CODES, lambda day, n: day + timedelta(days=n))
    suggestion, ask = suggester.fill(pl.DataFrame([row], schema=SCHEMA)).row(0)
    return suggestion, ask


def test_names_come_from_the_record() -> None:
    suggestion, ask = told("WHEN302", step_type="contact", contacts=["Dana Lee", "Bo"], stage_role="commit")
    assert suggestion is not None
    assert "Dana Lee" in suggestion
    assert ask is not None
    assert ask["choices"] == ["Tue 13 Jan", "Wed 14 Jan", "Fri 16 Jan"]


def test_the_unknown_stays_a_slot() -> None:
    suggestion, _ = told("WHEN302", step_type="contact")
    assert suggestion == "Call ‹customer contact› Wed 14 Jan 10:00 about ‹topic›"


@pytest.mark.parametrize("name", ["{owner}", "{day}", "‹x›", "\\1", "$0"])
def test_names_are_never_read_as_templates(name: str) -> None:
    suggestion, _ = told("WHEN302", step_type="contact", contacts=[name])
    assert suggestion == f"Call {name} Wed 14 Jan 10:00 about ‹topic›"


def test_only_people_are_proposed_as_owners() -> None:
    record: dict[str, Any] = {"contacts": ["Dana", "Lee"]}
    assert told("WHO101", owner="Renewals Queue", owner_is_person=False, **record)[1]["choices"] == ["Dana", "Lee"]  # type: ignore[index]
    assert told("WHO101", owner="Lee", owner_is_person=True, **record)[1]["choices"] == ["Lee", "Dana"]  # type: ignore[index]


def test_a_rule_of_another_family_asks_nothing() -> None:
    assert told("ACME101", contacts=["Dana"]) == (None, None)


def test_questions_have_few_choices() -> None:
    for code in CODES:
        for role in ("qualify", "prove", "propose", "commit", None):
            _, ask = told(code, stage_role=role, contacts=["A", "B", "C", "D", "E", "F"])
            assert ask is None or len(ask["choices"]) <= MOST_CHOICES + 1


def test_order_and_length_are_kept() -> None:
    rows = [
        {**dict.fromkeys(SCHEMA), "rule": index % 2, "as_of": date(2026, 1, 12), "contacts": [f"C{index}"]}
        for index in range(50)
    ]
    suggester = Suggester(suggestions(), CODES, lambda day, n: day + timedelta(days=n))
    filled = suggester.fill(pl.DataFrame(rows, schema=SCHEMA))
    for index, (suggestion, ask) in enumerate(filled.rows()):
        assert f"C{index} " in suggestion if index % 2 == 0 else ask["choices"] == [f"C{index}"]


@pytest.mark.parametrize("section", sorted(suggestions()["sections"]))
def test_the_last_entry_of_a_section_always_fits(section: str) -> None:
    assert "match" not in suggestions()["sections"][section][-1]
