"""Records from a database: read completely, in one transaction that can only read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import polars as pl
import sqlalchemy as sa

from steplint.sources.remote.interface import Context, CursorLost, Page, Part, Plan, Source, SourceSettings
from steplint.sources.sql.connect import Database
from steplint.sources.sql.finish import finished, older
from steplint.sources.sql.settings import SqlSettings
from steplint.sources.sql.work import RECORDS, ROW, Work, plan_work

__all__ = ["Sql"]

_SLICE = 16_384  # what reads days keeps the first eight slices


class Sql(Source):
    """The rows of one table or one query, in one state of the database, with names for the ids of known tables.

    There is no going on in the middle: an answer that was broken off is asked for again.
    """

    Settings = SqlSettings

    def __init__(self, name: str, settings: SourceSettings, context: Context) -> None:
        super().__init__(name, settings, context)
        assert isinstance(settings, SqlSettings)
        self._settings = settings
        self._database: Database | None = None
        self._work: Work | None = None

    def plan(self) -> Plan:
        """Connect, find the columns and the tables beside, and say what will be read."""
        database = self._database = Database(self._settings, self.context)
        work = self._work = plan_work(database, self._settings, self.context)
        with database.asking():
            watermark = database.now()
        self.context.notes += work.notes
        parts = tuple(Part(name, (ROW,)) for name in work.queries)
        return Plan(parts, work.coverage, self._identity(database, work), watermark, self._settings.kind)

    def pages(self, part: Part, cursor: str | None) -> Iterator[Page]:
        """All rows of a part. CursorLost: a cursor is given."""
        if cursor is not None:
            raise CursorLost("a database is read from the start")
        assert self._database is not None
        assert self._work is not None
        database, query = self._database, self._work.queries[part.name]
        with database.asking():
            total = database.connection.scalar(query.select(sa.func.count())) if database.snapshot else None
            # On the statement: the same option on the connection would fetch everything at once.
            statement = query.select(*query.columns.values()).execution_options(yield_per=self._settings.batch_rows)
            answer = database.connection.execute(statement)
            batches = answer.partitions()
            rows = next(batches, [])
        count = 0
        try:
            while True:
                page = query.frame(rows, count)
                count += page.height
                with database.asking():
                    rows = next(batches, [])
                yield Page(page, str(count) if rows else None, total)
                if not rows:
                    return
        finally:
            answer.close()

    def records(self, parts: Mapping[str, pl.LazyFrame]) -> Iterator[pl.DataFrame]:
        """The records, in slices."""
        assert self._work is not None
        work, rows = self._work, parts[RECORDS]
        # The rows are on disk: a transaction that stays open would keep the database from tidying up.
        self.close()
        tables = {part: lookup.table(parts[part]) for part, lookup in work.lookups.items()}
        left = older(rows)
        if left.height:
            which = "last changed" if "modified" in work.fields.columns else "last"
            said = f"{left.height:,} rows have an id that another row has too: the {which} of each id is judged"
            self.context.notes.append(f"{self.name}: {said}")
        for start in range(0, rows.select(pl.len()).collect().item(), _SLICE):
            frame = rows.slice(start, _SLICE).collect()
            if left.height:
                frame = frame.join(left, on=ROW, how="anti", maintain_order="left")
            yield finished(frame, work, tables, self._settings)

    def close(self) -> None:
        """Let go of the connection."""
        if self._database is not None:
            self._database.close()

    def _identity(self, database: Database, work: Work) -> str:
        statements = [query.select(*query.columns.values()).compile(database.engine) for query in work.queries.values()]
        said = [[str(statement), str(statement.params)] for statement in statements]
        return json.dumps([database.url.render_as_string(hide_password=True), said])
