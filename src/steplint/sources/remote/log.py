"""The log of a pull: one JSON object a line, with the run's id, and never a secret."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from steplint.sources.remote.secrets import Secrets

__all__ = ["LEVELS", "RunLog"]

LEVELS = ("debug", "info", "warning", "error")


class RunLog:
    """`write` hands lines to `sink` (None: nowhere) from `level` on; `counts` tells how often each event came.

    Values are numbers, texts and lists of them. Text of records is given at debug only.
    """

    def __init__(
        self,
        sink: Callable[[bytes], object] | None,
        run: str,
        now: Callable[[], datetime],
        secrets: Secrets,
        level: str = "info",
    ) -> None:
        self.run = run
        self.counts: Counter[str] = Counter()
        self._sink = sink
        self._now = now
        self._secrets = secrets
        self._from = LEVELS.index(level)

    def write(self, event: str, level: str = "info", **values: Any) -> None:
        """One line, whole."""
        self.counts[event] += 1
        if self._sink is None or LEVELS.index(level) < self._from:
            return
        line = {"time": self._now().isoformat(timespec="milliseconds"), "level": level, "run": self.run, "event": event}
        # Before they are written as JSON, which would change a secret's letters, and after it.
        text = json.dumps({**line, **self._clean(values)}, ensure_ascii=True)
        self._sink(self._secrets.scrub(text).encode() + b"\n")

    def _clean(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): self._clean(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._clean(inner) for inner in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self._secrets.scrub(str(value))
