"""Installed plugins by entry point; nothing that lies in the working directory is one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata

__all__ = ["outside_working_directory", "points"]


@contextmanager
def outside_working_directory() -> Iterator[list[str]]:
    """`sys.path` without the working directory, in whatever way it got there (`-m`, `-c`, PYTHONPATH)."""
    before = sys.path[:]
    here = os.path.realpath(os.getcwd())
    sys.path[:] = [entry for entry in before if entry and os.path.realpath(entry) != here]
    try:
        yield sys.path
    finally:
        sys.path[:] = before


def points(group: str, path: list[str]) -> Iterator[metadata.EntryPoint]:
    """Entry points of distributions on a given path, each distribution once, in the order of their names."""
    seen: dict[str, list[metadata.EntryPoint]] = {}
    for distribution in metadata.distributions(path=path):
        found = [point for point in distribution.entry_points if point.group == group]
        if found:
            seen.setdefault(distribution.metadata["Name"].lower(), found)
    for name in sorted(seen):
        yield from seen[name]
