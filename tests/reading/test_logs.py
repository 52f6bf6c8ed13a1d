"""Append-only logs in the next-step field: the newest entry that says what comes next is the step."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steplint import parse

REF = date(2026, 1, 12)
NEWEST = "1/10 DL: call w/ Priya, she wants pricing for 200 seats. NS: Priya reviews pricing with us Tue 1/20 2pm"
OLD = (
    "12/15 DL: demo went well. NS: follow up next week",
    "12/1 DL: intro call. NS: schedule demo, will send info",
    "11/20/25 - will circle back with them next quarter, hopefully they get budget",
    "11/3/25 TK: lvm, no answer",
)


def step(text: str) -> dict[str, object]:
    found = parse(text, REF, owner="D. Lee", contacts=["Priya Rao"])
    return {name: found[name] for name in ("date", "time", "commitment", "vague", "hedged", "meeting", "past_only")}


ALONE = step(NEWEST)


@pytest.mark.parametrize("old", [OLD, OLD[::2], OLD[1:]])
def test_newest_first_and_newest_last_say_what_the_newest_says(old: tuple[str, ...]) -> None:
    assert step("\n".join([NEWEST, *old])) == ALONE
    assert step("\n".join([*old[::-1], NEWEST])) == ALONE


@given(st.permutations(OLD), st.integers(min_value=0, max_value=len(OLD)))
def test_the_order_of_the_entries_does_not_matter(old: list[str], at: int) -> None:
    assert step("\n".join([*old[:at], NEWEST, *old[at:]])) == ALONE


def test_a_log_of_thousands_of_characters_is_read_by_its_newest_entry() -> None:
    entries = [
        f"{month}/{day}/24 DL: call with them, will follow up soon" for month in range(1, 13) for day in range(1, 9)
    ]
    assert len("\n".join(entries)) > 4_000
    assert step("\n".join([NEWEST, *entries[::-1]])) == ALONE
    assert step("\n".join([*entries, NEWEST])) == ALONE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What only waits gives way to a dated step that is still to come.
        ("1/10 - waiting on legal\n1/5 - security review w/ Priya booked for 1/22 10am", "2026-01-22"),
        # What the newest entry only tells does not hide the plan of the one before it.
        ("1/9 DL: sent the agenda\n1/5 DL: pricing review with Priya Thu 1/22", "2026-01-22"),
        # Days to come are steps, no entries.
        ("1/20 demo for Priya\n1/27 contract review with legal", "2026-01-20"),
        # A line above the entries is what holds now.
        ("NS: Priya signs the order form by 1/30\n1/9 DL: will call next week\n1/2 DL: demo", "2026-01-30"),
    ],
)
def test_which_entry_counts(text: str, expected: str) -> None:
    assert step(text)["date"] == expected


def test_older_wording_is_not_underlined() -> None:
    found = parse("\n".join([NEWEST, *OLD]), REF, owner="D. Lee", contacts=["Priya Rao"])
    assert found["vague_spans"] == []
    assert {span["text"] for span in found["spans"]} <= {"Priya", "reviews pricing with us", "Tue 1/20 2pm"}
