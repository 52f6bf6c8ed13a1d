"""What a named source is: parts that are pulled a page at a time, and the records that they make together.

A source of one's own is a subclass of `Source` behind an entry point of the group `steplint.sources` (docs/sources.md).
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

import polars as pl
from pydantic import BaseModel, ConfigDict

from steplint.sources.remote.log import RunLog
from steplint.sources.remote.secrets import Secrets

__all__ = ["Context", "Coverage", "CursorLost", "Page", "Part", "Plan", "Source", "SourceSettings"]


class SourceSettings(BaseModel):
    """The keys of one source in the configuration, `type` aside. Secrets are `secrets.SecretRef`, never texts."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class CursorLost(Exception):
    """The system no longer knows a cursor: the part is pulled again from its start."""


@dataclass(frozen=True)
class Part:
    """One query of a pull. `key`: the columns that tell its rows apart, by which repeated rows are dropped."""

    name: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """Rows of a part, of any columns, the same on each page. `cursor`: where the next page begins; None after the last one.

    `total`: how many rows the query says that it has, where it says so: all pages together must have as many.
    """

    rows: pl.DataFrame
    cursor: str | None
    total: int | None = None


@dataclass(frozen=True)
class Coverage:
    """Canonical columns: those `asked` for and those that records will have, by their `names` in the system.

    `hidden`: the system has the column, and the user may not see it. `missing`: it has none.
    """

    asked: tuple[str, ...]
    names: Mapping[str, str]
    hidden: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What is going to be pulled. `identity` changes whenever pages of another pull would not fit with these: the query's text,
    say. `watermark` is the system's own time now: what changed since can be asked for next time."""

    parts: tuple[Part, ...]
    coverage: Coverage
    identity: str
    watermark: datetime | None = None
    kind: str = "opportunity"


@dataclass
class Context:
    """The world as a source sees it; nothing in a source reads the clock or the environment by itself.

    `since`: only records changed from this moment on are wanted, beside all that are open. `now` has a zone.
    `clock` counts seconds, `sleep` waits for them.
    """

    secrets: Secrets
    log: RunLog
    as_of: date
    now: Callable[[], datetime]
    timezone: str = "UTC"
    since: datetime | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    notes: list[str] = field(default_factory=list)


class Source(ABC):
    """One named source of a configuration. `name` is its name there; settings are checked already.

    `pulled` has the rows of those parts that are complete, while others are pulled: what they link to can be asked for.
    Whatever goes wrong is a `SourceError` of one line (`TryLater` where waiting helps); nothing else comes out.
    """

    Settings: ClassVar[type[SourceSettings]] = SourceSettings

    def __init__(self, name: str, settings: SourceSettings, context: Context) -> None:
        self.name = name
        self.settings = settings
        self.context = context
        self.pulled: Mapping[str, pl.LazyFrame] = {}

    @abstractmethod
    def plan(self) -> Plan:
        """Log in, look at what may be read, and say what will be pulled."""

    @abstractmethod
    def pages(self, part: Part, cursor: str | None) -> Iterator[Page]:
        """The pages of a part from a cursor on (None: from the start). Raises CursorLost where the cursor is dead."""

    @abstractmethod
    def records(self, parts: Mapping[str, pl.LazyFrame]) -> Iterator[pl.DataFrame]:
        """All records, in frames of canonical columns (text, or typed), from the rows of all parts; each row is there once.

        A frame has the columns of `Coverage.names`, `id` and, where the system has such links, `url`.
        """

    def close(self) -> None:  # noqa: B027 - most sources have nothing to let go
        """Let go of connections; also called where `plan` failed on its way."""
