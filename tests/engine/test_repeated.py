"""Batches that are set aside come back as they were."""

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from steplint.engine.repeated import counted
from steplint.records import REJECTED, Batch, prepare
from steplint.rules import load_shipped

RULES = [rule for rule in load_shipped() if rule.code in ("WHAT201", "WHAT208")]


@pytest.mark.parametrize("rules", [[], RULES], ids=["none", "repeated"])
def test_batches_that_are_set_aside_are_all_read_first(rules: list) -> None:
    records = prepare(pl.DataFrame({"next_step": ["a", "b", "a"]}), as_of=date(2026, 1, 12))
    nothing = pl.DataFrame(schema=REJECTED)
    given = [Batch(records[place : place + 1], nothing, frozenset({"id"}), {"next_step": "C"}) for place in range(3)]
    read = 0

    def source() -> Iterator[Batch]:
        nonlocal read
        for batch in given:
            read += 1
            yield batch

    for place, (batch, counts) in enumerate(counted(source(), rules, aside=True)):
        assert read == 3
        assert batch.records.equals(given[place].records)
        assert (batch.columns, batch.letters) == (given[place].columns, given[place].letters)
        assert (counts is None) == (not rules)
