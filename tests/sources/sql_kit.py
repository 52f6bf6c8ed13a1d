"""What tests of the SQL source share: settings, a context, databases, and a whole pull."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

from steplint.records import Org
from steplint.records.schema import empty_frame
from steplint.records.stream import RecordStream
from steplint.sources.remote import Context
from steplint.sources.remote.log import RunLog
from steplint.sources.remote.open import open_named
from steplint.sources.remote.registry import make_source
from steplint.sources.remote.secrets import Secrets

NOW = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)
AS_OF = date(2026, 1, 12)
#: Every kind of character that an address would have to escape.
CANARY = "c4n/ary@p:ss wörd%25"


@dataclass
class World:
    """Contexts whose log is kept, and which know the password as SECRET."""

    folder: Path
    env: dict[str, str] = field(default_factory=lambda: {"SECRET": CANARY})
    lines: BytesIO = field(default_factory=BytesIO)

    def context(self, **more: Any) -> Context:
        secrets = Secrets(self.env, self.folder)
        log = RunLog(self.lines.write, "run-1", lambda: NOW, secrets, "debug")
        return Context(**{"secrets": secrets, "log": log, "as_of": AS_OF, "now": lambda: NOW, **more})

    def source(self, settings: dict[str, Any], **more: Any) -> Any:
        """A source as the configuration makes it, its settings checked."""
        return make_source("crm", {"crm": {"type": "sql", **settings}}, {}, self.context(**more))

    def open(self, settings: dict[str, Any], org: Org | None = None, **more: Any) -> RecordStream:
        return open_named(self.source(settings, **more), org=org or Org(), state=self.folder, allow_empty=True)

    def pull(self, settings: dict[str, Any], org: Org | None = None, **more: Any) -> pl.DataFrame:
        """All records, in the order of their ids."""
        frame, _ = self.pull_with_notes(settings, org, **more)
        return frame

    def pull_with_notes(
        self, settings: dict[str, Any], org: Org | None = None, **more: Any
    ) -> tuple[pl.DataFrame, list[str]]:
        stream = self.open(settings, org, **more)
        frames = [empty_frame(), *(batch.records for batch in stream.batches)]
        return pl.concat(frames).sort("id", maintain_order=True), stream.notes


def bare(url: str, **parts: Any) -> str:
    """An address without its password, as a configuration has it; `parts` are others of its parts."""
    return sa.make_url(url)._replace(password=None, **parts).render_as_string()


def run(url: str | sa.URL, *statements: str) -> None:
    """Prepare a database."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execution_options(no_parameters=True).exec_driver_sql(statement)


def fill(url: str | sa.URL, table: str, rows: list[dict[str, Any]], schema: str | None = None) -> None:
    """Insert rows; the table is there."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    columns = [sa.column(sa.sql.quoted_name(name, quote=True)) for name in rows[0]]
    with engine.begin() as connection:
        connection.execute(sa.insert(sa.table(sa.sql.quoted_name(table, quote=True), *columns, schema=schema)), rows)
