"""How long the stages of a batch take."""

from __future__ import annotations

import time

__all__ = ["Clock"]


class Clock:
    """`seconds` by stage; each lap ends one and begins the next."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """The stage that has just ended."""
        now = time.perf_counter()
        self.seconds[stage] = now - self._last
        self._last = now
