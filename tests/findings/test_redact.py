"""Findings that can be shown to anybody (promise 25)."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steplint.findings.redact import MASK, redact
from steplint.findings.schema import SCHEMA

PEOPLE = ["Dana Marin", "Hope Larsen", "jane.doe@acme.example", "José Ortega", "田中"]


def table(**values: Any) -> pl.DataFrame:
    row = {
        **dict.fromkeys(SCHEMA), "code": "WHEN302", "severity": "warning", "message": "m", "primary": True, "spans": [],
        "owner": "D. Lee", "account": "Granite State Utilities", "record_name": "Granite State - Outage comms",
        "amount": 27000.0, "currency": "USD", "record_id": "006A", "key": "k", "fingerprint": "f", **values,
    }  # fmt: skip
    return pl.DataFrame([row], schema={name: column.dtype for name, column in SCHEMA.items()})


def masked(text: str, column: str = "text", **values: Any) -> str:
    found = redact(table(**{column: text}, **values), pl.Series([PEOPLE], dtype=pl.List(pl.String)))
    return str(found[column][0])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # Names of the record, its people, and parts of them, in any case.
        ("Call Dana Thu 15 Jan 10:00", "Call ████ Thu 15 Jan 10:00"),
        ("DANA MARIN / dana's call with D. Lee", "████ █████ / ████'s call with █. ███"),
        ("granite called about the Outage, no outage", "███████ called about the ██████, no outage"),
        ("Jose\u0301 and José", "█████ and ████"),
        ("田中さんと会議", "██さんと会議"),
        ("I hope Hope can", "I hope ████ can"),
        ("“Call Dana Mar…” says", "“Call ████ ███…” says"),
        # Addresses and numbers.
        ("mail jane.doe@acme.example, x+y@sub.b-c.org", "mail █████████████████████, ███████████████"),
        ("ring +49 (0)30 1234567 or (555) 123-4567", "ring ███ █████ ███████ or █████ ████████"),
        ("ring 555-1234, 030/1234567, 0049301234567", "ring ████████, ███████████, █████████████"),
        ("$50,000 or 27k or 27000 or 1.200.000 EUR", "███████ or ███ or █████ or █████████ ███"),
        ("€ 1.5M, 500k USD, 3 million dollars", "█ ████, ████ ███, █ ███████ ███████"),
        # Days, times, small numbers and percentages stay.
        ("2026-01-15 14:00, 11/20/2025, 15.01.2026", "2026-01-15 14:00, 11/20/2025, 15.01.2026"),
        ("11/20 JS - lvm. 12/30 emailed, FY26 Q3, 2025-2026", "11/20 JS - lvm. 12/30 emailed, FY26 Q3, 2025-2026"),
        ("20% off for 12 users, 10-11am, 30 minutes", "20% off for 12 users, 10-11am, 30 minutes"),
        ("", ""),
    ],
)
def test_texts(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert masked(text, "message") == shown
    assert masked(text, "help") == shown


def test_columns() -> None:
    nested = {
        "spans": [{"role": "whom", "start": 5, "end": 9, "text": "Dana"}],
        "ask": {"slot": "whom", "question": "Will Dana come?", "choices": ["Dana Marin", "nobody"]},
        "fix": {"applicability": "safe", "field": "next_step", "replacement": "Call Dana", "old": "Dana "},
    }
    before = table(text="Call Dana", url="https://crm.example/006A", stage="Proposal", path="a.csv", line=3, **nested)
    after = redact(before, pl.Series([PEOPLE], dtype=pl.List(pl.String))).row(0, named=True)
    assert [after[name] for name in ("owner", "account", "record_name")] == [MASK * 4] * 3
    assert after["amount"] is None
    assert after["url"] is None
    assert after["spans"] == [{"role": "whom", "start": 5, "end": 9, "text": "████"}]
    assert after["ask"] == {"slot": "whom", "question": "Will ████ come?", "choices": ["████ █████", "nobody"]}
    assert after["fix"] == {"applicability": "safe", "field": "next_step", "replacement": "Call ████", "old": "████ "}
    same = ("key", "fingerprint", "record_id", "stage", "path", "line", "code", "severity")
    assert {name: after[name] for name in same} == {name: before[name][0] for name in same}


def test_an_unknown_name_stays_unknown() -> None:
    after = redact(table(owner=None, account="", record_name=None)).row(0, named=True)
    assert (after["owner"], after["account"], after["record_name"]) == (None, None, None)


@pytest.mark.parametrize(
    ("identity", "kept"),
    [("006Hs00001zItXIIA0", True), ("12345678901", True), ("Granite State Utilities / D. Lee", False), (None, True)],
)
def test_an_id_that_is_made_of_names_becomes_a_hash(identity: str | None, kept: bool) -> None:
    one, two = (redact(table(record_id=identity))["record_id"][0] for _ in range(2))
    assert one == two
    assert (one == identity) == kept
    assert kept or one.startswith("record-")


def test_a_row_that_could_not_be_read_is_masked_whole() -> None:
    after = redact(table(code="SRC001", text="Zed Quux,call me\nsoon", owner=None))
    assert after["text"][0] == "███ █████████ ██\n████"


@given(st.text(st.characters(codec="utf-8")), st.lists(st.text(st.characters(codec="utf-8"), max_size=8), max_size=3))
def test_positions_stay_true(text: str, people: list[str]) -> None:
    after = redact(table(text=text), pl.Series([people], dtype=pl.List(pl.String)))
    shown = after["text"][0]
    assert len(shown) == len(text)
    assert all(new in (old, MASK) for old, new in zip(text, shown, strict=True))
    # What is masked already stays as it is.
    assert redact(after)["text"][0] == shown


@settings(deadline=None)  # the first call compiles
@given(
    st.from_regex(r"[A-Z][a-z]{2,8} [A-Z][a-z]{2,8}", fullmatch=True), st.sampled_from(["owner", "contact", "account"])
)
def test_no_name_is_left(name: str, column: str) -> None:
    text = f"Call {name} and {name.split()[0]}; {name.split()[1]}, {name.upper()}."
    frame = table(text=text, **({column: name} if column != "contact" else {}))
    after = redact(frame, pl.Series([[name] if column == "contact" else []], dtype=pl.List(pl.String)))
    assert not set(name.split()) & set(after["text"][0].replace(",", " ").split())


def test_nothing_found() -> None:
    assert redact(table().clear()).height == 0
