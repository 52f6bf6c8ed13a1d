"""The configuration's exceptions: files that are left out (`exclude`), and rules that do not apply to some files
(`per_path`) or records (`per_record`)."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steplint.config.settings import Settings
from steplint.errors import ConfigError, RuleError
from steplint.rules import exceptions
from steplint.rules.rule import Rule

if TYPE_CHECKING:
    from steplint.config.model import ConfigFile
    from steplint.yaml_safe import Document

__all__ = ["check_selectors", "exclusion", "path_exemptions", "read_exceptions", "record_exemptions"]

Fail = Callable[..., ConfigError]
# One piece of a pattern: folders, anything, anything but a slash, a sign, one of some signs.
_PIECES = re.compile(r"(?P<folders>\*\*/)|(?P<all>\*\*)|(?P<any>\*)|(?P<one>\?)|\[(?P<no>!?)(?P<set>\]?[^\]]*)\]")


def read_exceptions(
    file: ConfigFile, document: Document, home: Path, shown: str, fail: Fail
) -> tuple[dict[str, Any], dict[str, str]]:
    """The settings `exclude`, `per_path` and `per_record` of a configuration in the folder `home`, and the place of each item
    of the last two.

    A pattern with a slash is counted from `home`; one without is that of a file's name. Raises ConfigError, with line and
    column, for a pattern that leads out of `home` and for a condition that does not parse.
    """
    origins: dict[str, str] = {}
    values: dict[str, Any] = {}
    if "exclude" in file.model_fields_set:
        patterns = enumerate(file.exclude)
        values["exclude"] = tuple(_from_home(pattern, home, ("exclude", at), fail) for at, pattern in patterns)
    if "per_path" in file.model_fields_set:
        values["per_path"] = paths = {}
        for pattern, ignored in file.per_path.items():
            key = _from_home(pattern, home, ("per_path", pattern), fail)
            paths[key] = tuple(ignored)
            origins[f"per_path.{key}"] = _place(document, shown, ("per_path", pattern))
    if "per_record" in file.model_fields_set:
        values["per_record"] = tuple({"where": item.where, "ignore": tuple(item.ignore)} for item in file.per_record)
        for index, item in enumerate(file.per_record):
            _parsed(item.where, document, ("per_record", index, "where"))
            origins[f"per_record.{index}"] = _place(document, shown, ("per_record", index, "ignore"))
    return values, origins


def _from_home(pattern: str, home: Path, loc: tuple[str | int, ...], fail: Fail) -> str:
    """The pattern of a path from the root of the file system, or that of a file's name."""
    if pattern.startswith("/") or ".." in pattern.split("/"):
        message = f"{loc[0]}: {pattern} leads out of the folder of this file"
        raise fail(loc, message, "write it from there: exports/*.csv")
    return f"{glob.escape(str(home.resolve()))}/{pattern}" if "/" in pattern else pattern


def _place(document: Document, shown: str, loc: tuple[str | int, ...]) -> str:
    line, column = document.place(loc)
    return f"{shown}:{line}:{column}"


def _parsed(where: str, document: Document, loc: tuple[str | int, ...]) -> None:
    from steplint.rules.condition import parse

    try:
        parse(where)
    except RuleError as wrong:
        line, column = document.inside(loc, wrong.line or 1, wrong.column or 1)
        raise ConfigError(wrong.message, path=document.path, line=line, column=column, hint=wrong.hint) from None


def check_selectors(settings: Settings, rules: Sequence[Rule]) -> None:
    """Raises ConfigError where `mandatory`, `per_path` or `per_record` names no rule, or an exception a mandatory one."""
    for selector in settings.mandatory:
        _check(selector, rules, (), "mandatory", settings.origins.get("mandatory"))
    for pattern, ignored in settings.per_path.items():
        for selector in ignored:
            _check(selector, rules, settings.mandatory, "per_path", settings.origins.get(f"per_path.{pattern}"))
    for index, item in enumerate(settings.per_record):
        for selector in item["ignore"]:
            _check(selector, rules, settings.mandatory, "per_record", settings.origins.get(f"per_record.{index}"))


def _check(selector: str, rules: Sequence[Rule], mandatory: Sequence[str], key: str, origin: str | None) -> None:
    if (wrong := exceptions.problem(selector, rules, mandatory)) is not None:
        raise ConfigError(f"{key}: {wrong[0]}", path=origin, hint=wrong[1])


def record_exemptions(settings: Settings) -> list[exceptions.Exemption]:
    """`per_record` as conditions to put on rules."""
    if not settings.per_record:
        return []
    from steplint.rules.condition import parse

    return [exceptions.Exemption(item["ignore"], parse(item["where"])) for item in settings.per_record]


def path_exemptions(settings: Settings, paths: Iterable[str], cwd: Path) -> list[exceptions.Exemption]:
    """`per_path` for the files of a run, `paths` being their names as records have them."""
    names = list(dict.fromkeys(paths))
    found = []
    for pattern, fitting in _fitting(settings.per_path, names, cwd):
        if fitting:
            inside = [["lit", name] for name in fitting]
            where = ["in", ["col", "path"], inside]
            found.append(exceptions.Exemption(tuple(settings.per_path[pattern]), where))
    return found


def exclusion(settings: Settings, own: Sequence[str], cwd: Path) -> Callable[[Sequence[str]], set[str]]:
    """A function that says which of some files are left out: `exclude` fits them, or they have one of steplint's `own` names."""
    patterns = (*own, *settings.exclude)
    return lambda paths: {name for _, fitting in _fitting(patterns, paths, cwd) for name in fitting}


def _fitting(patterns: Iterable[str], names: Sequence[str], cwd: Path) -> Iterator[tuple[str, list[str]]]:
    """Each pattern with the names that it fits, which count from `cwd`."""
    import polars as pl

    places: dict[bool, pl.Series] = {}
    for pattern in patterns:
        whole = "/" in pattern
        if whole not in places:
            shown = [os.path.realpath(cwd / name) if whole else Path(name).name for name in names]
            # A name of a file may be no text; a column of text cannot hold it.
            places[whole] = pl.Series([os.fsencode(name).decode(errors="replace") for name in shown], dtype=pl.String)
        # Not Python's own expressions: whatever the pattern, these take time in proportion to the text.
        fits = places[whole].str.contains(_regex(pattern))
        yield pattern, [name for name, fit in zip(names, fits, strict=True) if fit]


def _regex(pattern: str) -> str:
    """A pattern in which `*` is anything but a slash and `**` anything at all; a folder stands for all that is in it."""
    made, end = "", 0
    for piece in _PIECES.finditer(pattern):
        made += re.escape(pattern[end : piece.start()])
        end = piece.end()
        if piece["set"] is not None:
            signs = piece["set"].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("^", "\\^")
            made += f"[{'^/' if piece['no'] else ''}{signs}]"
        else:
            made += {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}[piece.group()]
    made += re.escape(pattern[end:])
    return f"(?s)^{made}{'.*' if pattern.endswith('/') else '(?:/.*)?'}$"
