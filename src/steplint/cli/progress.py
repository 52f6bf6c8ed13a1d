"""A line on standard error that says how far a long run has come."""

from __future__ import annotations

import io
import time
from types import TracebackType
from typing import TYPE_CHECKING

from steplint.cli.host import Host

if TYPE_CHECKING:
    from rich.status import Status

__all__ = ["Progress"]

PATIENCE = 1.0  # seconds of work before anything is shown


class Progress:
    """Nothing for the first second, then a count that is renewed with each batch and removed at the end."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._started = time.monotonic()
        self._status: Status | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def update(self, records: int, findings: int) -> None:
        """Say how many records have been judged."""
        seconds = time.monotonic() - self._started
        if seconds < PATIENCE:
            return
        text = f"{records:,} records, {findings:,} findings, {records / seconds:,.0f} records/s"
        if self._status is None:
            from rich.console import Console

            stream = io.TextIOWrapper(self._host.stderr, encoding="utf-8", write_through=True)
            self._status = Console(file=stream, force_terminal=True).status(text)
            self._status.start()
        else:
            self._status.update(text)
