"""`parse --explain`: clauses, the class of each word, judgements, and the fields that rest on them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from steplint.reading import READING, Reader
from steplint.reading.clause import Clause
from steplint.reading.explain import FIELDS, explained

TEXTS = [
    "Dana to send redlines Fri",
    "Met Raj 1/5. Will circle back",
    "TBD",
    "",
    "Call w/ Raj Tue 2pm, then email deck",
]


def explain(texts: list[str]) -> list[dict[str, object]]:
    records = pl.DataFrame({"row": range(len(texts)), "next_step": texts}).with_columns(
        id=pl.lit("x"), ref_date=date(2026, 1, 12), basis=pl.lit("changed"), owner=pl.lit(None, pl.String),
        contacts=pl.lit(["Dana Whitfield", "Raj Patel"]), account=pl.lit(None, pl.String),
    )  # fmt: skip
    return explained(Reader().read(records), records["next_step"])


def test_fields_are_of_the_reading_and_parts_are_of_a_clause() -> None:
    assert set(FIELDS) <= set(READING)
    assert {part for parts in FIELDS.values() for part in parts} <= set(Clause._fields)


def test_words_are_quoted_and_classed() -> None:
    clause = explain(TEXTS)[0]["clauses"][0]  # type: ignore[index]
    assert clause["text"] == TEXTS[0]
    assert [(word["text"], word["class"]) for word in clause["words"]] == [
        ("Dana", "contact"), ("to", "to"), ("send", "give"), ("redlines", "noun_or_v3s"), ("Fri", "d_day"),
    ]  # fmt: skip
    assert clause["words"][3]["read_as"] == "deliverable"


@pytest.mark.parametrize(
    ("place", "field", "clauses"),
    [
        (0, "customer_action", [0]),
        (1, "vague", [1]),
        (2, "placeholder", [0]),
        (4, "meeting", [0]),
    ],
)
def test_fields_name_their_clauses(place: int, field: str, clauses: list[int]) -> None:
    assert explain(TEXTS)[place]["fields"][field] == clauses  # type: ignore[index]


def test_an_empty_text_has_no_clause() -> None:
    assert explain(TEXTS)[3] == {"clauses": [], "fields": {}}
