"""The world as the command line sees it: the only place that reads the clock, the environment and the directory."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from steplint.reporters.safe import safe_text

__all__ = ["Host", "interruptible"]


def interruptible() -> None:
    """Let Ctrl-C end a read that waits, for a pipe or the network: with the handler of Polars the system goes on with it."""
    import signal
    from contextlib import suppress

    import polars  # noqa: F401 - its handler is in place from here on

    with suppress(AttributeError, ValueError):  # not on this system; not in a thread
        signal.siginterrupt(signal.SIGINT, True)


@dataclass(frozen=True)
class Host:
    """Streams are binary, text is UTF-8."""

    stdin: BinaryIO
    stdout: BinaryIO
    stderr: BinaryIO
    env: Mapping[str, str]
    cwd: Path
    now: Callable[[], datetime]  # with a zone

    @classmethod
    def real(cls) -> Host:
        """The process's own."""
        streams = (sys.stdin.buffer, sys.stdout.buffer, sys.stderr.buffer)
        return cls(*streams, os.environ, Path.cwd(), lambda: datetime.now(UTC))

    def say(self, text: str = "") -> None:
        """A line of the command's own output; text from files is made safe, line by line."""
        self.stdout.write("".join(f"{safe_text(line)}\n" for line in text.split("\n")).encode())

    def note(self, text: str) -> None:
        """A line of log."""
        self.stderr.write(f"{safe_text(text)}\n".encode())
        self.stderr.flush()

    def color(self, choice: str) -> bool:
        """Whether standard output is coloured: `--color`, else NO_COLOR, FORCE_COLOR, else a terminal that can."""
        if choice != "auto":
            return choice == "always"
        if self.env.get("NO_COLOR"):
            return False
        if self.env.get("FORCE_COLOR"):
            return True
        return self.stdout.isatty() and self.env.get("TERM") != "dumb"
