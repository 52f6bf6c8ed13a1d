"""Writing findings back: what a writer of a CRM is, and how its writes are made: in pieces, journalled before and after.

A writer first proposes (nothing is changed by that), then sends pieces of what it proposed. Every write may be made again
without doing more than the first time, so a piece whose fate is not known is simply left to the next run.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, model_validator

from steplint.errors import UsageError
from steplint.sources.remote.interface import Source
from steplint.sources.remote.journal import Journal

__all__ = ["Changes", "Found", "Outcome", "Proposal", "WriteBack", "Writer", "write", "writer_of"]

#: Type of source → (module, class) of its writer.
_WRITERS = {"salesforce": ("steplint.sources.salesforce.write", "SalesforceWriter")}
#: Seconds before what failed for the moment is tried again; None: it is not.
_WAITS = (2.0, 5.0, None)


class WriteBack(BaseModel):
    """`write_back:` below a source: which findings are written back, and how much a run may write."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    rules: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default=[], description="only findings of these rules: codes, prefixes or names"
    )
    severity: Literal["error", "warning", "info"] | None = Field(
        default=None, description="findings of this level and above, where no rules are named (default: error)"
    )
    most: int = Field(
        default=200, ge=1, le=10_000, description="where a run has more to write, it writes nothing and says so"
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> WriteBack:
        if self.rules and self.severity is not None:
            raise ValueError("write rules or severity, not both")
        return self


@dataclass(frozen=True)
class Found:
    """What a run has to tell.

    `records`: a row for each record with a finding that is to be written: record_id, record_name, owner, level (commitment
    1–5), codes (list, the most important first), and of the first finding key, code, title and text.
    `judged`: ids of all records that were judged. `gone`: of rows with key and record_id, which of these findings are no longer
    there although their record was judged by their rule. `skipped`: codes of rules that could not judge, for want of a column.
    `due`: the n-th workday from now.
    """

    records: pl.DataFrame
    judged: pl.Series
    gone: Callable[[pl.DataFrame], pl.Series]
    skipped: frozenset[str]
    due: Callable[[int], date]


@dataclass(frozen=True)
class Changes:
    """Writes of one kind, a row each: key, record_id, record_name, told (in words), id (of what is changed; null: it is made),
    and the `fields` with what is put into them."""

    action: str
    object: str
    fields: tuple[str, ...]
    rows: pl.DataFrame


@dataclass(frozen=True)
class Proposal:
    """What would be written; what is `left` out (record_id, record_name, why); and how much is there already, by words for it."""

    changes: tuple[Changes, ...]
    left: pl.DataFrame
    there: Mapping[str, int]

    @property
    def count(self) -> int:
        """How many writes that are."""
        return sum(changes.rows.height for changes in self.changes)


@dataclass(frozen=True)
class Outcome:
    """What became of one write. `result`: written, failed (with the CRM's own code and message), or unknown.

    `passing`: it failed because somebody else was at the record just then.
    """

    action: str
    key: str | None
    record_id: str
    record_name: str | None
    result: str
    id: str | None = None
    code: str | None = None
    message: str | None = None
    passing: bool = False

    @classmethod
    def of(cls, changes: Changes, row: Mapping[str, Any], result: str, **more: Any) -> Outcome:
        """The outcome of one row of `changes`."""
        told = {"key": row["key"], "record_id": row["record_id"], "record_name": row["record_name"], "id": row["id"]}
        return cls(changes.action, result=result, **{**told, **more})

    @property
    def kept(self) -> dict[str, str | None]:
        """As the journal keeps it: no names, and no message, which may quote the record."""
        return {"key": self.key, "record": self.record_id, "id": self.id, "result": self.result, "code": self.code}


class Writer(ABC):
    """Writes back to one named source. Whatever goes wrong is a `SourceError` of one line, as in sources."""

    #: The most writes of a call.
    piece = 200

    def __init__(self, source: Source) -> None:
        self.source = source

    @property
    @abstractmethod
    def settings(self) -> WriteBack:
        """`write_back:` of the source. ConfigError: it has none."""

    @abstractmethod
    def check(self) -> None:
        """Look whether the fields are there and may be written, before a pull is made for nothing."""

    @abstractmethod
    def propose(self, found: Found) -> Proposal:
        """What would be written: only what differs from what the CRM has now."""

    @abstractmethod
    def send(self, changes: Changes, rows: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        """Write at most `piece` rows of `changes`; what became of each, in order. Raises where no answer tells."""


def writer_of(source: Source, kind: str) -> Writer:
    """The writer of a source of type `kind`. UsageError: there is none."""
    if kind not in _WRITERS:
        raise UsageError(
            f"{source.name}: write-back is offered for {' and '.join(_WRITERS)}, not for {kind}",
            hint="steplint check --source reports without writing",
        )
    module, name = _WRITERS[kind]
    found: type[Writer] = getattr(import_module(module), name)
    return found(source)


def write(writer: Writer, proposal: Proposal, journal: Journal, outcomes: list[Outcome]) -> None:
    """Make the proposed writes; `outcomes` grows piece by piece, also where an error ends it.

    A piece that got no answer is unknown, and the last one that was sent. What fails for the moment is tried again, after a wait.
    """
    number = 0
    for changes in proposal.changes:
        rows = changes.rows.rows(named=True)
        for wait in _WAITS:
            passing: list[dict[str, Any]] = []
            for start in range(0, len(rows), writer.piece):
                number += 1
                piece = rows[start : start + writer.piece]
                became = _write_piece(writer, changes, piece, journal, number, outcomes)
                passing += [row for row, outcome in zip(piece, became, strict=True) if outcome.passing]
            if not passing or wait is None:
                break
            again = {row["record_id"] for row in passing}
            outcomes[:] = [one for one in outcomes if not (one.passing and one.record_id in again)]
            writer.source.context.sleep(wait)
            rows = passing


def _write_piece(
    writer: Writer,
    changes: Changes,
    piece: Sequence[dict[str, Any]],
    journal: Journal,
    number: int,
    outcomes: list[Outcome],
) -> list[Outcome]:
    about: dict[str, Any] = {"piece": number, "action": changes.action, "object": changes.object}
    intended = [{"key": row["key"], "record": row["record_id"], "id": row["id"]} for row in piece]
    journal.write([{"event": "intent", **about, "writes": intended}])
    became = [Outcome.of(changes, row, "unknown") for row in piece]
    try:
        became = writer.send(changes, piece)
    finally:
        outcomes += became
        journal.write({"event": "outcome", **about, **outcome.kept} for outcome in became)
        results = Counter(outcome.result for outcome in became)
        writer.source.context.log.write("wrote", **about, results=dict(results))
    return became
