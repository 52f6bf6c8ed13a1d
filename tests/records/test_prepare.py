"""Raw columns become the canonical frame."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date, datetime

import polars as pl
import pytest

from steplint.errors import InputError, UsageError
from steplint.records import SCHEMA, Org, Scope, empty_frame, holiday_dates, prepare, stage_role
from steplint.records.values import parse_amount
from steplint.sources import open_source

AS_OF = date(2026, 1, 12)


def frame(**columns: list[object]) -> pl.DataFrame:
    return prepare(pl.DataFrame(columns), as_of=AS_OF)


def test_every_column_is_there_and_typed() -> None:
    records = frame(next_step=["x"])
    assert records.schema == empty_frame().schema == {name: column.dtype for name, column in SCHEMA.items()}
    assert all(column.name == name and column.doc for name, column in SCHEMA.items())
    assert records["kind"].to_list() == ["opportunity"]
    assert prepare(pl.DataFrame(schema={"next_step": pl.String}), as_of=AS_OF).schema == records.schema


def test_types_and_unread_values() -> None:
    raw = pl.DataFrame(
        {
            "next_step": ["a", "", None],
            "amount": ["USD 1,234.50", "12", "lots"],
            "is_closed": ["TRUE", "0", "maybe"],
            "contacts": ["Dana; Raj\nBo", "", None],
            "invite": ["Accepted", "unsure", ""],
            "position": ["3", "x", None],
            "close_date": ["1/31/2026", "soon", " "],
        }
    )
    unread: Counter[str] = Counter()
    records = prepare(raw, as_of=AS_OF, unread=unread)
    assert records["next_step"].to_list() == ["a", "", None]
    assert records["amount"].to_list() == [1234.5, 12.0, None]
    assert records["currency"].to_list() == ["USD", None, None]
    assert records["is_closed"].to_list() == [True, False, None]
    assert records["contacts"].to_list() == [["Dana", "Raj", "Bo"], [], None]
    assert records["invite"].to_list() == ["accepted", None, None]
    assert records["position"].to_list() == [3, None, None]
    assert unread == {"amount": 1, "is_closed": 1, "invite": 1, "position": 1, "close_date": 1}


def test_typed_columns_are_taken_as_they_are() -> None:
    records = frame(next_step=["x"], due_date=[date(2026, 2, 3)], contacts=[["Dana"]], amount=[5], is_closed=[False])
    assert records.select("due_date", "contacts", "amount", "is_closed").row(0) == (
        date(2026, 2, 3),
        ["Dana"],
        5.0,
        False,
    )


def test_reference_date_and_basis() -> None:
    records = frame(
        next_step=["a", "b", "c"],
        next_step_changed=["2026-01-02", None, None],
        modified=["2026-01-03", "2026-01-04T23:00:00", None],
    )
    assert records["ref_date"].to_list() == [date(2026, 1, 2), date(2026, 1, 4), AS_OF]
    assert records["basis"].to_list() == ["changed", "modified", "as_of"]
    assert records["as_of"].to_list() == [AS_OF] * 3
    assert records["modified"][1] == datetime(2026, 1, 4, 23)


def test_a_missing_id_is_made_from_account_name_and_owner() -> None:
    records = frame(
        next_step=["a"] * 3,
        id=["7", "", None],
        account=["A", "Acme", ""],
        name=["n", "Renewal", ""],
        owner=["o", None, ""],
    )
    assert records["id"].to_list() == ["7", "Acme / Renewal", None]


@pytest.mark.parametrize(
    ("stage", "role"),
    [
        ("Prospecting", "qualify"), ("Qualification", "qualify"), ("qualifiedtobuy", "qualify"),
        ("2. Discovery call", "qualify"), ("Needs Analysis", "prove"), ("Demo Scheduled", "prove"),
        ("presentationscheduled", "prove"), ("3 - Proposal/Price Quote", "propose"), ("Id. Decision Makers", "propose"),
        ("decisionmakerboughtin", "propose"),
        ("Negotiation/Review", "commit"), ("contractsent", "commit"), ("Verbal", "commit"),
        ("Closed Won", "won"), ("closedwon", "won"), ("Closed-Won!", "won"),
        ("Closed Lost to Competition", "lost"), ("Closed - no decision", "lost"), ("Lost", "lost"),
        ("Disqualified", "lost"),
        ("Wonder", None), ("Lostwithiel", None), ("Parking lot", None), ("", None),
    ],
)  # fmt: skip
def test_default_stage_roles(stage: str, role: str | None) -> None:
    assert stage_role(stage) == role


def test_own_stages_come_first() -> None:
    own = (("Proposal*", "commit"), ("Parking lot", "qualify"))
    assert [stage_role(name, own) for name in ("Proposal sent", "parking-lot", "Closed Won")] == [
        "commit",
        "qualify",
        "won",
    ]


def test_scope_reasons() -> None:
    scope = Scope(
        record_types=("Renewal*",), pipelines=("Partner",), forecast_categories=("omitted",), owners=("House *",),
        min_amount=1000, grace_days=7,
    )  # fmt: skip
    rows = [
        ({}, None),
        ({"stage": "Closed Won"}, "closed"),
        ({"stage": "Closed Won", "is_closed": "false"}, None),
        ({"is_closed": "true"}, "closed"),
        ({"record_type": "renewal small"}, "record_type"),
        ({"pipeline": "partner"}, "pipeline"),
        ({"forecast_category": "Omitted"}, "forecast_category"),
        ({"owner": "house account"}, "owner"),
        ({"amount": "999"}, "small_amount"),
        ({"amount": None}, None),
        ({"created": "2026-01-06"}, "young"),
        ({"created": "2026-01-05"}, None),
        (dict.fromkeys(("id", "next_step", "stage", "owner", "amount")), "blank"),
    ]
    base = {"id": "1", "next_step": "x", "stage": "Demo", "is_closed": None, "record_type": None, "pipeline": None,
            "forecast_category": None, "owner": "D", "amount": "5000", "created": None}  # fmt: skip
    raw = pl.DataFrame([{**base, **row} for row, _ in rows], schema=dict.fromkeys(base, pl.String))
    records = prepare(raw, as_of=AS_OF, org=Org(scope=scope))
    assert records["scope"].to_list() == [reason for _, reason in rows]
    every = prepare(raw, as_of=AS_OF, org=Org(scope=Scope(include_closed=True)))
    assert every["scope"].to_list() == [None] * 12 + ["blank"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1,234.50", (1234.5, None)),
        ("USD 1,234", (1234.0, "USD")),
        ("1.234,50 €", (1234.5, "EUR")),
        ("EUR 1 234,5", (1234.5, "EUR")),
        ("1.234.567", (1234567.0, None)),
        ("CHF 1'200", (1200.0, "CHF")),
        ("₹12,34,567", (1234567.0, "INR")),
        ("(1,200)", (-1200.0, None)),
        ("-5", (-5.0, None)),
        ("A$ 20", (20.0, None)),
        ("12,5", (12.5, None)),
        ("lots", None),
        ("1-2", None),
    ],
)
def test_amounts(text: str, value: tuple[float, str | None] | None) -> None:
    assert parse_amount(text) == value


def test_holidays() -> None:
    assert date(2026, 7, 4) in holiday_dates(("US",), 2026, 2026)
    assert date(2026, 1, 6) in holiday_dates(("DE-BY",), 2026, 2026)
    with pytest.raises(ValueError, match="XX"):
        holiday_dates(("XX",), 2026, 2026)


def read(text: str, **options: object) -> tuple[list[str], pl.DataFrame, tuple[str, ...]]:
    stream = open_source(["-"], as_of=AS_OF, stdin=io.BytesIO(text.encode()), stdin_filename="a.csv", **options)  # type: ignore[arg-type]
    records = pl.concat(batch.records for batch in stream.batches)
    return stream.notes, records, stream.ambiguous_dates


def test_an_ambiguous_date_column_is_null_and_said() -> None:
    text = "id,next_step,Close Date,created\n1,x,1/2/2026,2026-01-05\n2,y,3/3/2026,\n"
    notes, records, ambiguous = read(text)
    assert records["close_date"].to_list() == [None, None]
    assert records["created"].is_not_null().to_list() == [True, False]
    assert ambiguous == ("close_date",)
    assert notes == [
        "a.csv: “Close Date” is not read: nothing shows whether day or month comes first; say --date-order mdy or dmy"
    ]
    _, records, ambiguous = read(text, date_order="dmy")
    assert (records["close_date"][0], ambiguous) == (date(2026, 2, 1), ())


def test_values_that_are_no_date_are_counted() -> None:
    notes, records, _ = read("next_step,account,Close Date\nx,A,1/31/2026\ny,B,31/1/2026 or so\nz,C,tbd\n")
    assert records["close_date"].null_count() == 2
    assert notes == [
        "a.csv: no id column; records are known by account",
        "a.csv: “Close Date”: 2 values are no date",
    ]


def test_open_stages_without_a_role_are_said_once() -> None:
    notes, _, _ = read("id,next_step,stage,closed\n1,x,Limbo,\n2,y,Demo,\n3,z,Limbo,\n4,z,Elsewhere,true\n5,z,,\n")
    assert notes == ["stages without a role, which stage rules skip: “Limbo”; name them in the config, stages:"]


@pytest.mark.parametrize("batch_rows", [1, 7, 100_000])
def test_the_size_of_batches_changes_nothing(batch_rows: int) -> None:
    rows = "".join(f"{n},step {n},{n % 12 + 1}/{n % 28 + 1}/2026,Acme,9{n}\n" for n in range(100))
    text = "id,next_step,Close Date,account,amount\n" + rows + "bad\n"
    _, records, _ = read(text, batch_rows=batch_rows)
    assert records.equals(read(text)[1])
    assert records["row"].to_list() == list(range(100))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"date_order": "ymd"}, "mdy, dmy, auto"),
        ({"encoding": "utf9"}, "did you mean “utf-"),
        ({"encoding": "hex"}, "hex"),
    ],
)
def test_wrong_options(options: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read("id,next_step\n1,x\n", **options)


def test_no_records_unless_allowed() -> None:
    with pytest.raises(InputError, match="--allow-empty"):
        read("id,next_step\n")
    stream = open_source(["-"], as_of=AS_OF, stdin=io.BytesIO(b"id,next_step\n"), allow_empty=True)
    assert list(stream.batches) == []
