"""File names as another program looks for them: with slashes, relative to the top of the repository."""

from __future__ import annotations

import posixpath

import polars as pl

from steplint.reporters.view import View

__all__ = ["paths", "repository_path"]


def repository_path(path: str, view: View) -> str:
    """`path` (as it was named on the command line) relative to `view.root`; one outside of it as it is.

    It is never `./…`: such names get no annotation. Nothing is looked up on disk.
    """
    path = path.replace("\\", "/") if "\\" in view.cwd or _has_drive(path) else path
    plain = posixpath.normpath(path) if path else path
    full = posixpath.normpath(posixpath.join(view.cwd, path)) if view.cwd else plain
    root = view.root.rstrip("/")
    return full[len(root) + 1 :] if root and full.startswith(f"{root}/") else plain


def _has_drive(path: str) -> bool:
    return path[1:3] == ":\\"


def paths(findings: pl.DataFrame, view: View) -> pl.Series:
    """`path` of each finding as `repository_path` gives it; null stays null."""
    column = findings["path"]
    known = column.drop_nulls().unique().to_list()
    return column.replace_strict(known, [repository_path(path, view) for path in known], default=None)
