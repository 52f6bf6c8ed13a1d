"""Rows of a part: each key once, as it came last, in the order of the pages."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from steplint.sources.remote import Context, Coverage, Page, Part, Plan, Source, SourceSettings
from steplint.sources.remote.log import RunLog
from steplint.sources.remote.secrets import Secrets
from steplint.sources.remote.spool import Spool, pull

NOW = datetime(2026, 1, 12, 2, tzinfo=UTC)
ROWS = st.lists(
    st.lists(st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 2))), max_size=6), max_size=5
)


@given(ROWS)
def test_each_key_comes_once_and_the_last_row_counts(pages: list[list[tuple[str, int | None]]]) -> None:
    part = Part("rows", ("letter", "number"))
    rows = [(letter, number, place) for place, (letter, number) in enumerate(row for page in pages for row in page)]
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder) / "spool", "x", NOW)
        start = 0
        for cursor, page in enumerate([*pages, []]):
            frame = pl.DataFrame(
                rows[start : start + len(page)],
                schema={"letter": pl.String, "number": pl.Int64, "place": pl.Int64},
                orient="row",
            )
            start += len(page)
            spool.add(part, Page(frame, None if cursor == len(pages) else str(cursor)))
        lazy, count = spool.rows(part)
        found = lazy.collect()
    last = {(letter, number): place for letter, number, place in rows}
    assert found["place"].to_list() == sorted(last.values())
    assert found.columns == ["letter", "number", "place"]
    assert count == len(last)


class Linked(Source):
    """A part that asks for what the part before it has."""

    def plan(self) -> Plan:
        return Plan((Part("deals", ("id",)), Part("links", ("deal",))), Coverage((), {}), "linked")

    def pages(self, part: Part, cursor: str | None) -> Iterator[Page]:
        assert cursor is None
        if part.name == "deals":
            yield Page(pl.DataFrame({"id": ["1", "2"]}), "more")
            yield Page(pl.DataFrame({"id": ["2", "3"]}), None)
        else:
            assert "links" not in self.pulled
            yield Page(self.pulled["deals"].select(pl.col("id").alias("deal")).collect(), None)

    def records(self, parts: Mapping[str, pl.LazyFrame]) -> Iterator[pl.DataFrame]:
        yield parts["links"].collect()


def test_a_part_sees_the_rows_of_those_before_it(tmp_path: Path) -> None:
    secrets = Secrets({}, tmp_path)
    context = Context(secrets, RunLog(None, "r", lambda: NOW, secrets), date(2026, 1, 12), lambda: NOW)
    source = Linked("x", SourceSettings(), context)
    rows = pull(source, source.plan(), Spool(tmp_path / "spool", "x", NOW))
    assert rows["links"].collect()["deal"].to_list() == ["1", "2", "3"]
