"""Template slots: filled in playbooks, placeholders in a CRM; and days that a document writes beside its steps."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from steplint.reading import Reader
from steplint.reading.slots import slot_class

READER = Reader()


def read(text: str, kind: str = "email", due: str | None = None, doc: str | None = None) -> dict[str, object]:
    records = pl.DataFrame(
        {
            "row": [0],
            "id": ["x"],
            "kind": [kind],
            "next_step": [text],
            "ref_date": [date(2026, 1, 12)],
            "basis": ["as_of"],
        }
    ).with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in ("owner", "account")),
        contacts=pl.lit(None, pl.List(pl.String)),
        due_date=pl.lit(None, pl.Date),
        due_text=pl.lit(due, pl.String),
        doc_id=pl.lit(doc, pl.String),
    )
    return READER.read(records).frame.to_dicts()[0]


@pytest.mark.parametrize(
    ("slot", "meant"),
    [
        ("<Date>", "d_day"), ("{{due_date}}", "d_day"), ("<Day 1>", "d_day"), ("<Date/Time>", "d_time"), ("<time>", "d_clock"),
        ("{{dateAndTime}}", "d_time"), ("<quarter>", "d_coarse"), ("{{first_name}}", "person"), ("<owner>", "person"),
        ("<Economic buyer>", "person"), ("<CFO>", "person"), ("<Company Name>", "proper"), ("{{Product}}", "proper"),
        ("<Action 1>", "act"), ("<next step>", "act"), ("<Meeting scheduled>", "event"), ("<pain point>", "proper"),
    ],
)  # fmt: skip
def test_what_a_slot_stands_for(slot: str, meant: str) -> None:
    assert slot_class(slot) == meant


@pytest.mark.parametrize(
    "slots", ["[Champion] [Date]", "{{champion}} {{date}}", "<champion> <date>", "{champion} {date}"]
)
@pytest.mark.parametrize("kind", ["plan_row", "utterance", "email"])
def test_slots_of_playbooks_are_filled(slots: str, kind: str) -> None:
    person, day = slots.split(" ")
    reading = read(f"Send the ROI model to {person} by {day}", kind)
    assert (reading["date_kind"], reading["date"], reading["customer_person"]) == ("specific", None, True)


def test_tasks_of_a_document_are_filled_too() -> None:
    text = "Send the ROI model to {{champion}} by {{date}}"
    assert read(text, "task", doc="book.md")["date_kind"] == "specific"
    assert read(text, "task")["date_kind"] == "none"


@pytest.mark.parametrize("text", ["Call [name] on [date]", "{{next step}}", "<owner> to <action> by <date>"])
def test_slots_of_a_crm_stay_empty(text: str) -> None:
    reading = read(text, "opportunity")
    assert reading["date_kind"] == "none"
    assert reading["customer_person"] is False


def test_positions_are_those_of_the_text() -> None:
    records = pl.DataFrame(
        {"row": [0], "id": ["x"], "kind": ["email"], "next_step": ["Send [the deck](x) to\n[Name] by [Date]"]}
    ).with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in ("owner", "account")),
        ref_date=pl.lit(date(2026, 1, 12)),
        basis=pl.lit("as_of"),
        contacts=pl.lit(None, pl.List(pl.String)),
    )
    spans = READER.read(records).spans.filter(role="when")
    assert spans.select("start", "end").rows() == [(32, 38)]


@pytest.mark.parametrize(
    ("due", "kind", "day"),
    [
        ("Jan 15", "specific", date(2026, 1, 15)),
        ("[Date]", "specific", None),
        ("next week", "coarse", date(2026, 1, 19)),
        ("Jan 5", "none", date(2026, 1, 5)),
        ("TBD", "none", None),
        ("", "none", None),
        (None, "none", None),
    ],
)
def test_a_day_beside_the_step(due: str | None, kind: str, day: date | None) -> None:
    reading = read("Discovery call", "plan_row", due)
    assert (reading["date_kind"], reading["date"]) == (kind, day)
    assert reading["commitment"] == read("Discovery call", "plan_row")["commitment"]


def test_the_texts_own_day_comes_first() -> None:
    assert read("Discovery call 20 Jan", "plan_row", "Jan 15")["date"] == date(2026, 1, 20)
