"""Words that no list knows, read by what stands beside them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from steplint.reading import Reader

READER = Reader()


def read(text: str, contacts: tuple[str, ...] = ("Lorna Mackie",), owner: str | None = None) -> dict[str, object]:
    records = pl.DataFrame(
        {"row": [0], "id": ["x"], "next_step": [text], "ref_date": [date(2026, 1, 12)], "basis": ["changed"]}
    ).with_columns(owner=pl.lit(owner, pl.String), contacts=pl.lit(list(contacts)), account=pl.lit(None, pl.String))
    return READER.read(records).frame.to_dicts()[0]


@pytest.mark.parametrize(
    "text",
    [
        "Lorna frobs the gate logs by 1/30",  # a third person behind a name
        "Lorna's team glorps the connector Fri",  # behind a group, before a determiner
        "they frob our layout by Friday",  # a base form behind a plural
        "Lorna to frob the config",
    ],
)
def test_unknown_verbs_are_the_customers_acts(text: str) -> None:
    assert read(text)["customer_action"] is True


@pytest.mark.parametrize(
    "text", ["Frob the layout", "then glorp the layout", "we frob pallets Fri", "will frob it 1/30"]
)
def test_unknown_verbs_are_our_acts(text: str) -> None:
    reading = read(text, ())
    assert reading["has_action"] is True
    assert reading["customer_action"] is False


@pytest.mark.parametrize("text", ["Quote the smaller boiler", "might invoice the balance"])
def test_nouns_in_a_verbs_place_are_verbs(text: str) -> None:
    assert read(text, ())["has_action"] is True


@pytest.mark.parametrize("text", ["Lorna Frobs", "frobs", "Procurement headaches"])
def test_other_unknown_words_are_no_verbs(text: str) -> None:
    assert read(text)["customer_action"] is False


@pytest.mark.parametrize(
    ("text", "field"),
    [("price list → Lorna Fri", "one_sided"), ("Lorna → send the as-builts", "customer_action")],
)
def test_arrows(text: str, field: str) -> None:
    assert read(text)[field] is True
