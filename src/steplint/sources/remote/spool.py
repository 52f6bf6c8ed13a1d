"""Pages of a pull on disk: what was fetched before a run was killed is not fetched again, and memory stays small.

A spool is a private folder: a Parquet file a page, and `pull.json`, which names the pages that count and where each part goes
on. A page counts once `pull.json` says so; both are written beside their name, synced and renamed, so a kill at any moment
leaves a spool that is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from steplint.errors import SourceError
from steplint.sources.remote.interface import CursorLost, Page, Part, Plan, Source

__all__ = ["FRESH", "Spool", "pull"]

#: A pull that was broken off is gone on with for so long; later its first pages would tell of another day.
FRESH = timedelta(hours=6)
_FORMAT = 1
_RESTARTS = 2
_PLACE = "\0place"


@dataclass
class _Progress:
    pages: int = 0
    rows: int = 0
    cursor: str | None = None
    total: int | None = None
    done: bool = False
    seen: list[str] = field(default_factory=list)  # digests of cursors: one that comes again would go round for ever


class Spool:
    """The pages of one pull in `folder`, which is made and is this process's own (the caller holds its lock)."""

    def __init__(self, folder: Path, identity: str, now: datetime) -> None:
        self.folder = folder
        self._identity = hashlib.sha256(identity.encode()).hexdigest()
        self._parts: dict[str, _Progress] = {}
        self.resumed = self._complete = False
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._load(now)
        except OSError as error:
            raise SourceError(
                f"pages cannot be kept: {error.strerror}", path=str(folder), hint="check --state"
            ) from None

    def _load(self, now: datetime) -> None:
        try:
            found = json.loads((self.folder / "pull.json").read_text("utf-8"))
            started = datetime.fromisoformat(found["started"])
            fits = found["format"] == _FORMAT and found["identity"] == self._identity
            if fits and not found["complete"] and timedelta(0) <= now - started < FRESH:
                self._parts = {name: _Progress(**progress) for name, progress in found["parts"].items()}
                self._started = started
                self.resumed = bool(self._parts)
                return
        except (OSError, ValueError, KeyError, TypeError):
            pass
        self.clear()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._started = now

    def progress(self, part: Part) -> _Progress:
        """How far a part has come."""
        return self._parts.setdefault(part.name, _Progress())

    def add(self, part: Part, page: Page) -> None:
        """Keep one page, and where the next one begins."""
        progress = self.progress(part)
        if page.cursor is not None:
            digest = hashlib.sha256(page.cursor.encode()).hexdigest()[:16]
            if digest in progress.seen:
                raise CursorLost("the same cursor again")
            progress.seen.append(digest)
        if page.rows.height or not progress.pages:
            target = self._page(part, progress.pages)
            temporary = target.with_suffix(".tmp")
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                page.rows.write_parquet(stream, compression="zstd", compression_level=1)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(target)
            progress.pages += 1
            progress.rows += page.rows.height
        progress.cursor = page.cursor
        progress.total = page.total if page.total is not None else progress.total
        progress.done = page.cursor is None
        self._save()

    def restart(self, part: Part) -> None:
        """Forget the pages of a part."""
        self._parts[part.name] = _Progress()
        self._save()

    def rows(self, part: Part) -> tuple[pl.LazyFrame, int]:
        """All rows of a part, each key once (the last one counts), and how many there are."""
        files = [self._page(part, number) for number in range(self.progress(part).pages)]
        lazy = pl.scan_parquet(files, glob=False)
        rows = self.progress(part).rows
        # Equal keys have equal hashes, which take half the memory of keys: nearly always nothing more is to be done.
        if lazy.select(pl.struct(part.key).hash().n_unique()).collect(engine="streaming").item() == rows:
            return lazy, rows
        places = lazy.select(part.key).with_row_index(_PLACE)
        early = places.filter(pl.col(_PLACE) != pl.col(_PLACE).max().over(part.key)).collect()[_PLACE]
        # Not `unique`, which takes five times the memory of what is read.
        lazy = lazy.with_row_index(_PLACE).filter(~pl.col(_PLACE).is_in(early.implode())).drop(_PLACE)
        return lazy, rows - len(early)

    def complete(self) -> None:
        """All is there: a later run starts afresh, also where this one is killed before it can clear its pages."""
        self._complete = True
        self._save()

    def clear(self) -> None:
        """Remove the pages."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _page(self, part: Part, number: int) -> Path:
        return self.folder / f"{part.name}-{number:05}.parquet"

    def _save(self) -> None:
        parts = {name: asdict(progress) for name, progress in self._parts.items()}
        document: dict[str, Any] = {
            "format": _FORMAT,
            "identity": self._identity,
            "started": self._started.isoformat(),
            "complete": self._complete,
        }
        temporary = self.folder / "pull.json.tmp"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump({**document, "parts": parts}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self.folder / "pull.json")


def pull(source: Source, plan: Plan, spool: Spool) -> dict[str, pl.LazyFrame]:
    """All parts of a plan, complete: what the spool has is not fetched again.

    SourceError: a part has not as many rows as its query said, also when it is pulled once more.
    """
    log = source.context.log
    if spool.resumed:
        log.write("resumed", parts={part.name: spool.progress(part).pages for part in plan.parts})
    rows: dict[str, pl.LazyFrame] = {}
    source.pulled = rows
    for part in plan.parts:
        for attempt in range(_RESTARTS + 1):
            try:
                _fetch(source, part, spool)
            except CursorLost as error:
                reason = f"the place in the answer was lost ({error})"
            else:
                rows[part.name], count = spool.rows(part)
                total = spool.progress(part).total
                log.write("pulled", part=part.name, rows=count, total=total, repeated=spool.progress(part).rows - count)
                if total is None or total == count:
                    break
                reason = f"{count:,} rows of {total:,} came"
            if attempt == _RESTARTS:
                raise SourceError(
                    f"{source.name}: {part.name}: {reason}, {_RESTARTS + 1} times",
                    hint="nothing was used; try again later",
                )
            log.write("restart", level="warning", part=part.name, why=reason)
            spool.restart(part)
    return rows


def _fetch(source: Source, part: Part, spool: Spool) -> None:
    progress = spool.progress(part)
    if progress.done:
        return
    for page in source.pages(part, progress.cursor):
        spool.add(part, page)
        at = spool.progress(part)
        source.context.log.write("page", level="debug", part=part.name, page=at.pages, rows=at.rows, total=at.total)
    if not spool.progress(part).done:
        raise CursorLost("the last page is missing")
