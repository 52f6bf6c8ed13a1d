"""The journal of writes to a CRM: JSON Lines that only grow, each on disk before what it announces is done."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from steplint.errors import SteplintError

__all__ = ["Journal"]


class Journal:
    """Adds lines to the file at `path`, which is made, readable by its owner alone; each tells the time, `run` and `source`.

    A line holds ids, keys and codes, never a text of a record and never a secret.
    """

    def __init__(self, path: Path, run: str, source: str, now: Callable[[], datetime]) -> None:
        self.path = path
        self._about = {"run": run, "source": source}
        self._now = now

    def write(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Add lines, all of them or none, and wait until they are on disk. SteplintError: that is not possible."""
        head = {"time": self._now().isoformat(timespec="milliseconds"), **self._about}
        added = b"".join(json.dumps({**head, **line}).encode() + b"\n" for line in lines)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "r+b", buffering=0) as file:
                if file.seek(0, os.SEEK_END):
                    file.seek(-1, os.SEEK_END)
                    # A line that was cut off stays a line of its own.
                    added = added if file.read(1) == b"\n" else b"\n" + added
                if file.write(added) != len(added):
                    raise OSError(28, "no space left on device")
                os.fsync(descriptor)
        except OSError as error:
            said = (error.strerror or str(error)).lower()
            hint = "nothing is written without a journal; name another place with --journal"
            raise SteplintError(f"the journal cannot be written: {said}", path=str(self.path), hint=hint) from None
