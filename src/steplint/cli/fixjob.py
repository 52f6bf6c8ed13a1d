"""The work behind `check --fix` and `check --diff`: what there is to fix, and the bytes of each file with its fixes."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steplint.cli.host import Host
from steplint.errors import InputError

if TYPE_CHECKING:
    from steplint.cli.session import Session
    from steplint.cli.triaging import Aside
    from steplint.rules import Rule, Selection
    from steplint.triage.fixes import Change, Repaired

__all__ = ["STDIN", "Fixes", "Job", "stamp"]

STDIN = "-"
Stamp = tuple[int, int, int]  # what changes when a file does: inode, size in bytes, nanoseconds of its last change


@dataclass
class Fixes:
    """What a run would write: files with their fixes, and the changes of those that cannot be patched, by path.

    `kinds` are those of the files with fixes, `stamps` of all that were read, from before they were.
    """

    repaired: list[Repaired] = field(default_factory=list)
    patches: dict[str, list[Change]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    stamps: dict[str, Stamp] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One run over all files, and further ones over what the fixes make of each. Suppressed findings are not fixed."""

    host: Host
    paths: Sequence[str]
    options: Mapping[str, Any]
    selection: Selection
    aside: Aside

    def run(self) -> Fixes:
        """All fixes. Raises what a run over the files raises: then there are none."""
        from steplint.cli.session import open_session
        from steplint.sources.patch import PATCHED_KINDS

        made = Fixes()
        selection = replace(self.selection, rules=needed(self.selection.rules, unsafe=self.options["unsafe_fixes"]))
        if not selection.rules:
            return made
        stdin = self.host.stdin.read() if STDIN in self.paths else b""
        session = open_session(replace(self.host, stdin=io.BytesIO(stdin)), self.paths, self.options)
        piped = (self.options["stdin_filename"] or "<stdin>") if STDIN in self.paths else None
        try:
            made.stamps = {path: stamp(self.host, path) for path, _ in session.stream.mappings if path != piped}
        except BaseException:
            session.stream.close()
            raise
        found: dict[str, list[Change]] = {}
        for change in self._found(session, selection):
            if change.path is not None:
                found.setdefault(change.path, []).append(change)
        for path, changes in found.items():
            data = stdin if path == piped else None
            made.kinds[path] = self._kind(path, data)
            if made.kinds[path] in PATCHED_KINDS:
                data = (self.host.cwd / path).read_bytes() if data is None else data
                made.repaired.append(self._repaired(session, selection, path, data, changes))
            else:
                made.patches[path] = changes
        return made

    def _found(self, session: Session, selection: Selection) -> list[Change]:
        """The changes that the fixes of all findings of a session make, once it has been read to its end."""
        from steplint.cli.triaging import triaged
        from steplint.findings.summary import Summary
        from steplint.triage.fixes import Headers, changes

        headers = Headers()
        session = replace(session, stream=headers.watch(session.stream))
        findings, _ = triaged(self.host, session, selection, self.aside, Summary())
        made: list[Change] = []
        with contextlib.closing(findings):
            for batch in findings:
                made += changes(batch, headers, unsafe=self.options["unsafe_fixes"])
        return made

    def _repaired(
        self, session: Session, selection: Selection, path: str, data: bytes, found: Sequence[Change]
    ) -> Repaired:
        from steplint.cli.session import open_session
        from steplint.sources.patch import patch
        from steplint.triage.fixes import repair

        def again(content: bytes) -> list[Change]:
            # As standard input under the file's own name: its places and its exceptions stay the same.
            host = replace(self.host, stdin=io.BytesIO(content))
            options = {**self.options, "stdin_filename": path, "allow_empty": True, "force_exclude": False}
            return self._found(open_session(host, [STDIN], options), selection)

        settings = session.settings
        read_as = {
            "encoding": self.options["encoding"],
            "preset": settings.preset,
            "map": dict(settings.map),
            "date_order": settings.date_order,
            "as_of": session.as_of,
            "timezone": session.org.timezone,
        }
        return repair(path, data, found, again, partial(patch, **read_as))

    def _kind(self, path: str, data: bytes | None) -> str:
        from steplint.sources.patch import kind_of

        if data is None:
            return kind_of(str(self.host.cwd / path))
        with tempfile.TemporaryDirectory(prefix="steplint-") as folder:
            file = Path(folder, Path(path).name)
            file.write_bytes(data)
            return kind_of(str(file))


def needed(rules: Sequence[Rule], *, unsafe: bool) -> tuple[Rule, ...]:
    """The rules whose findings may be fixed, and those whose findings make theirs superfluous."""
    by_code = {rule.code: rule for rule in rules}
    wanted = {rule.code for rule in rules if rule.fix and (unsafe or rule.fix["applicability"] == "safe")}
    more = set(wanted)
    while more:
        more = {code for known in more for code in by_code[known].implied_by if code in by_code} - wanted
        wanted |= more
    return tuple(rule for rule in rules if rule.code in wanted)


def stamp(host: Host, path: str) -> Stamp:
    """What tells whether a file has changed. InputError: it is none that could be read twice, or written."""
    status = os.stat(host.cwd / path)
    if not stat.S_ISREG(status.st_mode):
        raise InputError("is no regular file: it cannot be fixed", path=path, hint="--diff - reads standard input")
    return status.st_ino, status.st_size, status.st_mtime_ns
