"""What fixes write, and above all where there is none: a wrong safe fix is a wrong date in somebody's CRM."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import steplint
from steplint.engine.slips import corrected
from steplint.engine.tidy import may_be_untidy, tidied
from steplint.reading.dates import day_place
from steplint.records.scope import status_words

AS_OF = date(2026, 1, 12)  # a Monday
CHANGED = "2026-01-12T09:00"


def fix(code: str, *, date_order: str = "mdy", as_of: date = AS_OF, **record: Any) -> dict[str, Any] | None:
    """The fix of the one finding that a rule has on a record; a finding there must be."""
    row = {"id": "006A", "owner": "Robin Castle", "contacts": ["Dana Marin", "Kim Sands"], **record}
    found = steplint.lint([row], as_of=as_of, select=[code], date_order=date_order)
    assert found["code"].to_list() == [code]
    value: dict[str, Any] | None = found["fix"][0]
    return value


def due_date(text: str, **record: Any) -> str | None:
    made = fix("WHEN313", next_step=text, due_date=record.pop("due_date", ""), **record)
    assert made is None or (made["applicability"], made["field"], made["old"]) == ("safe", "due_date", None)
    return made and made["replacement"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the year is written
        ("Call Dana Thu 15 Jan 2026 10:00", "2026-01-15"),
        ("Call Dana Thu 15 Jan 2026 10:00 to review redlines", "2026-01-15"),
        ("Send SOW by 1/20/26", "2026-01-20"),
        ("Demo with Kim on 2026-02-03", "2026-02-03"),
        # or the weekday tells it
        ("Demo with Kim Tue 1/20 10am", "2026-01-20"),
        ("Workshop with Kim on Wednesday, 4 March", "2026-03-04"),
        # else nobody knows: 20 January of which year?
        ("Demo with Kim 1/20 10am", None),
        ("Pricing call with Kim 20 January", None),
        # a history does not count, a second day to come does
        ("1/5 intro. 1/8 sent deck. NS: pricing call Tue 1/20/2026 11:00", "2026-01-20"),
        ("Send deck 15 Jan 2026, demo 20 Jan 2026", None),
        ("Demo 20 Jan 2026, board meets 3 Feb 2026", None),
        # which of two acts is it for?
        ("Email Kim the deck, then demo on 20 Jan 2026", None),
        ("Call Dana 15 Jan 2026 to review redlines, then send the order form", None),
        ("Call Dana 15 Jan 2026 to review redlines and pick the seats", None),
        # the day of something else
        ("Call Dana before the steerco on 20 Jan 2026", None),
        ("Kim out until 20 Jan 2026, call her deputy", None),
        ("Send Dana the plan for the week of 19 Jan 2026", None),
        ("Ring +44 20 7946 0958 ext 12/7/2026 re audit scope", None),
    ],
)
def test_due_date_of_a_written_day(text: str, expected: str | None) -> None:
    found = steplint.lint(
        [{"id": "1", "next_step": text, "due_date": "", "contacts": ["Dana Marin"]}],
        as_of=AS_OF,
        select=["WHEN313"],
        date_order="mdy",
    )
    made = found["fix"][0] if found.height else None
    assert (made and made["replacement"]) == expected


@pytest.mark.parametrize(
    ("text", "changed", "expected"),
    [
        ("Send SOW by Friday", CHANGED, "2026-01-16"),
        ("Demo with Kim Tue next week 10:00", CHANGED, "2026-01-20"),
        ("Demo with Kim on the 20th", CHANGED, "2026-01-20"),
        ("Send Dana the redlines tomorrow", CHANGED, "2026-01-13"),
        ("Pricing call with Kim 20 January", CHANGED, "2026-01-20"),
        # without a year, in more than half of one: as near to last year's day
        ("Pricing call with Kim 20 October", CHANGED, None),
        # people differ
        ("Demo with Kim next Tuesday", CHANGED, None),
        ("Demo with Kim Monday", CHANGED, None),
        ("Send Dana the redlines within 3 business days", CHANGED, None),
        ("Send Dana the redlines in 30d", CHANGED, None),
        # the clock of the source may be of another zone: was it still yesterday where this was written?
        ("Send Dana the redlines tomorrow", "2026-01-12T01:30", None),
        ("Send Dana the redlines tomorrow", "2026-01-12T23:30", None),
        ("Send Dana the redlines tomorrow", "2026-01-12", "2026-01-13"),
        ("Send SOW by Friday", "2026-01-12T01:30", "2026-01-16"),
        # over, or about to be?
        ("Dana countersigned Tues, send the invoice", CHANGED, None),
        ("Kim had the demo, sat in zoom alone", CHANGED, None),
        # no day is named
        ("Send Dana the redlines by 4pm", CHANGED, None),
        ("Send Dana the redlines by EOD", CHANGED, None),
        ("[1/12] call with Kim: budget is frozen, ask again", CHANGED, None),
    ],
)
def test_due_date_of_a_day_that_counts_from_the_writing(text: str, changed: str, expected: str | None) -> None:
    record = {"id": "1", "next_step": text, "due_date": "", "next_step_changed": changed, "contacts": ["Dana Marin"]}
    found = steplint.lint([record], as_of=AS_OF, select=["WHEN313"], date_order="mdy")
    made = found["fix"][0] if found.height else None
    assert (made and made["replacement"]) == expected


def test_a_record_change_date_is_no_day_of_writing() -> None:
    record = {"id": "1", "next_step": "Send SOW by Friday", "due_date": "", "modified": CHANGED}
    assert not steplint.lint([record], as_of=AS_OF, select=["WHEN313"], date_order="mdy").height


def test_day_and_month_are_not_swapped_where_the_order_is_not_shown() -> None:
    text = "Demo with Kim 2/3/2026 10am"
    assert due_date(text) == "2026-02-03"
    assert due_date(text, date_order="dmy") == "2026-03-02"
    record = {"id": "1", "next_step": text, "due_date": ""}
    assert not steplint.lint([record], as_of=AS_OF, select=["WHEN313"]).height


@pytest.mark.parametrize("value", ["2026-01-20", "sometime", "13/13/2026", "next week"])
def test_a_date_field_with_anything_in_it_is_not_empty(value: str) -> None:
    record = {"id": "1", "next_step": "Demo with Kim Tue 1/20/2026", "due_date": value}
    assert not steplint.lint([record], as_of=AS_OF, select=["WHEN313"], date_order="mdy").height


def test_a_source_without_a_date_field_has_nothing_to_fill() -> None:
    record = {"id": "1", "next_step": "Demo with Kim Tue 1/20/2026"}
    assert not steplint.lint([record], as_of=AS_OF, select=["WHEN313"]).height


@pytest.mark.parametrize(
    "text", ["Demo 8 Jan 2026", "Hopefully a demo 20 Jan 2026", "Waiting for Dana until 20 Jan 2026"]
)
def test_days_that_are_over_or_under_reserve_are_not_filled_in(text: str) -> None:
    record = {"id": "1", "next_step": text, "due_date": ""}
    found = steplint.lint([record], as_of=AS_OF, select=["WHEN313"])
    assert found["fix"].drop_nulls().to_list() == []


def test_every_day_that_is_filled_in_is_the_one_that_was_written() -> None:
    styles = ["%a %-d %b", "%-d %B %Y", "%Y-%m-%d", "%A, %B %-d", "%-m/%-d/%Y"]
    # 7/24 is what people write for round the clock.
    days = [AS_OF + timedelta(days=ahead) for ahead in range(1, 300) if ahead != (date(2026, 7, 24) - AS_OF).days]
    wanted = {f"Call Dana about the redlines {day.strftime(style)} 10:00": day for day in days for style in styles}
    rows = [{"id": text, "next_step": text, "due_date": "", "contacts": ["Dana Marin"]} for text in wanted]
    found = steplint.lint(rows, as_of=AS_OF, select=["WHEN313"], date_order="mdy")
    assert found.height == len(wanted)
    filled = dict(found.select("record_id", pl.col("fix").struct.field("replacement")).rows())
    assert filled == {text: day.isoformat() for text, day in wanted.items()}


# --- a relative day, written out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Send SOW by Friday EOD", "Send SOW by Fri 16 Jan EOD"),
        ("Call Dana Thu 2pm", "Call Dana Thu 15 Jan 2pm"),
        ("tomorrow at 10 demo with Kim", "Tue 13 Jan at 10 demo with Kim"),
        ("Demo with Kim at 10am tomorrow", "Demo with Kim at 10am Tue 13 Jan"),
        ("Demo with Kim Tue next week 10:00", "Demo with Kim Tue 20 Jan 10:00"),
        ("Call Dana by end of day Thursday", "Call Dana by end of day Thu 15 Jan"),
        ("Call Dana by the 20th", "Call Dana by Tue 20 Jan"),
        ("Call Dana in 3 days about the redlines", "Call Dana Thu 15 Jan about the redlines"),
        ("Demo with Kim 👩‍💻 Friday — 10am", "Demo with Kim 👩‍💻 Fri 16 Jan — 10am"),
        ("Send the redlines EOD", None),
        ("Send Dana the redlines today", None),
        ("Bring it up on Thursday's call with Dana", None),
        ("Send Dana the redlines within 3 days", None),
        ("Call Dana tonight", None),
    ],
)
def test_a_relative_day_is_written_out(text: str, expected: str | None) -> None:
    made = fix("WHEN314", next_step=text, next_step_changed=CHANGED)
    assert (made and made["replacement"]) == expected
    if made:
        assert (made["applicability"], made["field"], made["old"]) == ("unsafe", "next_step", text)


def test_the_year_is_written_where_it_is_not_this_one() -> None:
    record = {"next_step": "Demo with Kim Thursday 10:00", "next_step_changed": "2025-12-29T10:00"}
    made = fix("WHEN314", **record)
    assert made is not None
    assert made["replacement"] == "Demo with Kim Thu 1 Jan 2026 10:00"


def test_what_is_written_is_read_as_the_same_day() -> None:
    words = [
        "Friday",
        "tues",
        "tomorrow",
        "Wed next week",
        "in 3 days",
        "the day after tomorrow",
        "this Sunday",
        "the 20th",
    ]
    clocks = ["", " 2pm", " at 10:30", " EOD"]
    written = [date(2025, 6, 2) + timedelta(days=7 * week + week % 7) for week in range(52)]
    rows = [
        {"id": f"{day} {word}{clock}", "next_step": f"Call Dana {word}{clock} about the redlines", "contacts": ["Dana Marin"],
         "next_step_changed": f"{day}T09:00", "as_of": str(day)}
        for day in written for word in words for clock in clocks
    ]  # fmt: skip
    found = steplint.lint(rows, as_of=AS_OF, select=["WHEN314"], date_order="mdy").drop_nulls("fix")
    assert found.height > 0.9 * len(rows)
    new = dict(found.select("record_id", pl.col("fix").struct.field("replacement")).rows())
    kept = [row for row in rows if row["id"] in new]
    before, after = (
        steplint.read(pl.DataFrame(each), as_of=AS_OF)
        for each in (kept, [{**row, "next_step": new[row["id"]]} for row in kept])
    )
    same = ["date", "time", "date_kind", "action_count", "customer_person"]
    assert after.select(same).equals(before.select(same))
    assert after["date_basis"].unique().to_list() == ["absolute"]


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("Thu 2pm EST", "Thu"), ("10am tomorrow", "tomorrow"), ("this coming Friday", "this coming Friday"),
        ("by the 20th", "the 20th"), ("Tuesday the 20th", "Tuesday the 20th"), ("in 3 days", "in 3 days"),
        ("within 3 days", None), ("tonight", None), ("EOD", None), ("1st", None), ("Q3", None), ("soon", None), ("x", None),
    ],
)  # fmt: skip
def test_where_a_day_stands_in_its_words(piece: str, expected: str | None) -> None:
    place = day_place(piece)
    assert (place and piece[slice(*place)]) == expected


# --- tidy texts

BLANKS = st.sampled_from(
    [" ", "  ", "\t", "\u00a0", "\n", "\r\n", "\u200b", "\u200d", "\u200e", "a", "Dana", "é", "👩", "\u0645", "."]
)


def tidy(text: str) -> str:
    value: str = pl.DataFrame({"text": [text]}).select(tidied(pl.col("text"))).item()
    return value


@settings(deadline=None)
@given(parts=st.lists(BLANKS, max_size=14))
def test_tidying_twice_changes_nothing_and_loses_no_letter(parts: list[str]) -> None:
    text = "".join(parts)
    once = tidy(text)
    assert tidy(once) == once
    assert [sign for sign in once if sign.isalnum()] == [sign for sign in text if sign.isalnum()]
    gate = pl.DataFrame({"text": [text]}).select(may_be_untidy(pl.col("text"))).item()
    assert gate or once == text


@settings(deadline=None)
@given(lines=st.lists(st.text("ab .:\t\u00a0", max_size=8), min_size=2, max_size=6))
def test_a_log_looks_the_same_but_for_what_stands_behind_its_lines(lines: list[str]) -> None:
    text = "\n".join(lines)
    if "\n" in (once := tidy(text)):
        shown = [line.rstrip(" \t\u00a0") for line in text.split("\n")]
        while shown and not shown[0]:
            shown.pop(0)
        while shown and not shown[-1]:
            shown.pop()
        assert once.split("\n") == shown


@pytest.mark.parametrize(
    "text",
    ["Call Dana\tThu", "15\u00a0Jan", "👩\u200d💻 demo", "می\u200cدهیم", "a\n  b\n\n    c", "שלום\u200e 3", "x" * 300],
)
def test_what_has_a_meaning_stays(text: str) -> None:
    assert tidy(text) == text
    assert not steplint.lint([{"id": "1", "next_step": text}], as_of=AS_OF, select=["WHAT210"]).height


def test_texts_of_blanks_alone_are_another_rules_business() -> None:
    assert not steplint.lint([{"id": "1", "next_step": " \u200b "}], as_of=AS_OF, select=["WHAT210"]).height


# --- statuses


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Complte", "Complete"), ("complte (5 Jan)", "complete (5 Jan)"), ("In-progess", "In progress"),
        ("PENDIGN", "PENDING"), ("Not startd", "Not started"), ("Deferrred", "Deferred"), ("Recieved: PO 12", "Received: PO 12"),
        # other words, other forms of a word, and what a program wrote
        ("gone", None), ("shipped", None), ("relayed", None), ("close", None), ("approve", None), ("invite", None),
        ("stated", None), ("competed", None), ("panned", None), ("sipped", None), ("IN_PROGESS", None), ("see mail", None),
        ("waiting-ish", None), ("TBD", None), ("Complte!", None), ("", None), ("?", None), ("done", None), ("complete", None),
    ],
)  # fmt: skip
def test_a_slip_in_a_status(status: str, expected: str | None) -> None:
    assert corrected(status) == expected


@settings(deadline=None)
@given(st.sampled_from(sorted(word for words in status_words().values() for word in words)))
def test_known_statuses_are_never_corrected(word: str) -> None:
    assert corrected(word) is None


def test_a_status_that_nobody_knows_has_no_fix() -> None:
    row = {"kind": "plan_row", "next_step": "Legal review", "owner": "Sam", "due_date": "2026-02-01"}
    assert fix("MAP807", **row, status="see mail") is None
    assert fix("MAP807", **row, status="Blcoked") == {
        "applicability": "safe", "field": "status", "replacement": "Blocked", "old": "Blcoked",
    }  # fmt: skip


def test_fixes_do_not_depend_on_the_size_of_batches() -> None:
    texts = ["Call Dana Thu 15 Jan 2026", "Send SOW by  Friday", "Demo Tue 1/20 10am ", "TBD", "Demo 20 Jan 2026"]
    rows = [
        {"id": str(at), "next_step": text, "due_date": "", "next_step_changed": CHANGED}
        for at, text in enumerate(texts)
    ]
    whole, single = (
        steplint.lint(rows, as_of=AS_OF, profile="all", date_order="mdy", batch_rows=size).select(
            "record_id", "code", "fix"
        )
        for size in (100, 1)
    )
    assert whole["fix"].null_count() < whole.height
    assert whole.equals(single)
