"""The most severe findings of a run, whatever its batches."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from tests.reporters.hostile import table

from steplint.findings.schema import SEVERITIES
from steplint.reporters.kept import Kept

records = st.lists(st.lists(st.sampled_from(SEVERITIES), min_size=1, max_size=3), max_size=30)


def findings(levels: list[list[str]]) -> pl.DataFrame:
    """A record for each list of severities; `line` numbers the findings."""
    rows = [
        (level, place == 0) for record in levels for place, level in enumerate(sorted(record, key=SEVERITIES.index))
    ]
    return table([{"severity": level, "primary": primary, "line": line} for line, (level, primary) in enumerate(rows)])


@given(records, st.integers(1, 10), st.lists(st.integers(1, 5)))
def test_the_most_severe_records_first(levels: list[list[str]], limit: int, sizes: list[int]) -> None:
    kept = Kept(limit)
    batches, rest = [], levels
    for size in sizes:
        batches.append(rest[:size])
        rest = rest[size:]
    lines = 0
    for batch in [*batches, rest]:
        frame = findings(batch).with_columns(line=pl.col("line") + lines)
        lines += frame.height
        kept.add(frame)
    whole = findings(levels)
    record = whole["primary"].cum_sum()
    order = whole.with_columns(record=record, worst=pl.col("severity").to_physical().min().over(record))
    expected = order.sort("worst", "record", "line").head(limit)["line"].to_list()
    assert kept.by_severity()["line"].to_list() == expected
    assert kept.in_order()["line"].to_list() == sorted(expected)
    assert kept.total == lines == whole.height


def test_memory_is_bounded() -> None:
    kept = Kept(10)
    batch = findings([["warning"]] * 1000)
    for _ in range(50):
        kept.add(batch)
    assert kept.total == 50_000
    assert sum(frame.height for frame in kept._frames) <= 20
