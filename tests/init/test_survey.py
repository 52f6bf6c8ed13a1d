"""What is counted while batches go by."""

from datetime import date

import polars as pl
import pytest

from steplint.init.stages import in_order
from steplint.init.survey import Survey
from steplint.init.tally import Tally
from steplint.records import REJECTED, Batch, prepare

AS_OF = date(2026, 1, 12)


def surveyed(texts: list[str], rows: int = 1_000) -> Survey:
    survey = Survey(AS_OF)
    raw = pl.DataFrame({"next_step": texts}, schema={"next_step": pl.String}).with_columns(stage=pl.lit("Proposal"))
    records = prepare(raw, as_of=AS_OF)
    nothing = pl.DataFrame(schema=REJECTED)
    for start in range(0, len(texts), rows):
        survey.add(Batch(records.slice(start, rows), nothing))
    return survey


def cut(count: int, length: int) -> list[str]:
    return [f"{number} {'abcdefgh ' * length}"[:length] for number in range(count)]


@pytest.mark.parametrize(
    ("texts", "limit"),
    [
        ([], None),
        (["Call Dana Thu"], None),
        (cut(2, 100), (100, 2)),
        (cut(1, 100) * 2, None),  # one text on two records shows nothing
        (cut(3, 101), None),  # no field has this limit
        (cut(4, 101), (101, 4)),
        (cut(4, 40), None),
        (cut(4, 255) + cut(1, 254), (255, 4)),
        (cut(4, 255) + cut(2, 253), None),  # no heap: such lengths are just common here
        (cut(9, 100) + cut(1, 300), None),
    ],
)
def test_text_limit(texts: list[str], limit: tuple[int, int] | None) -> None:
    assert {surveyed(texts, rows).text_limit() for rows in (1, 2, 1_000)} == {limit}


def test_counts() -> None:
    survey = surveyed(["Demo Tue 1/20", "Call Mon 1/19/2026", "x"])
    assert (survey.records, survey.closed, survey.kinds) == (3, 0, {"opportunity"})
    assert survey.stages.most() == [("Proposal", 3)]
    assert survey.evidence.text_votes == {"mdy": 2}


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_a_tally_does_not_depend_on_batches(rows: int) -> None:
    values = pl.Series(["TBD", "x", None, "tbd", "", "  ", "a"], dtype=pl.String)
    keys = values.str.to_lowercase()
    tally = Tally()
    for start in range(0, len(values), rows):
        tally.add(values.slice(start, rows), keys.slice(start, rows))
    assert tally.most() == [("TBD", 2), ("a", 1), ("x", 1)]
    assert tally.most(1) == tally.most(at_least=2) == [("TBD", 2)]


def test_stages_come_in_order() -> None:
    names = ["Closed Lost", "Odd", "Negotiation", "3 - Proposal", "Quote", "Demo", "1 - Lead", "Closed Won", "Odder"]
    stages = in_order([(name, count) for count, name in enumerate(names)])
    assert [(stage.name, stage.role) for stage in stages] == [
        ("1 - Lead", "qualify"),
        ("Demo", "prove"),
        ("3 - Proposal", "propose"),
        ("Quote", "propose"),
        ("Negotiation", "commit"),
        ("Closed Won", "won"),
        ("Closed Lost", "lost"),
        ("Odder", None),
        ("Odd", None),
    ]
