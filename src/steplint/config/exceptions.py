"""The configuration's exceptions: rules that do not apply to some files (`per_path`) or records (`per_record`)."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steplint.config.settings import Settings
from steplint.errors import ConfigError, RuleError
from steplint.rules import exceptions
from steplint.rules.rule import Rule

if TYPE_CHECKING:
    from steplint.config.model import ConfigFile
    from steplint.yaml_safe import Document

__all__ = ["check_selectors", "path_exemptions", "read_exceptions", "record_exemptions"]

Fail = Callable[..., ConfigError]
# One piece of a pattern: folders, anything, anything but a slash, a sign, one of some signs.
_PIECES = re.compile(r"(?P<folders>\*\*/)|(?P<all>\*\*)|(?P<any>\*)|(?P<one>\?)|\[(?P<no>!?)(?P<set>\]?[^\]]*)\]")


def read_exceptions(
    file: ConfigFile, document: Document, home: Path, shown: str, fail: Fail
) -> tuple[dict[str, Any], dict[str, str]]:
    """The settings `per_path` and `per_record` of a configuration in the folder `home`, and the place of each of their items.

    A pattern with a slash is counted from `home`; one without is that of a file's name. Raises ConfigError, with line and
    column, for a pattern that leads out of `home` and for a condition that does not parse.
    """
    origins: dict[str, str] = {}
    values: dict[str, Any] = {}
    if "per_path" in file.model_fields_set:
        values["per_path"] = paths = {}
        for pattern, ignored in file.per_path.items():
            if pattern.startswith("/") or ".." in pattern.split("/"):
                message = f"per_path: {pattern} leads out of the folder of this file"
                raise fail(("per_path", pattern), message, "write it from there: exports/*.csv")
            key = f"{glob.escape(str(home.resolve()))}/{pattern}" if "/" in pattern else pattern
            paths[key] = tuple(ignored)
            origins[f"per_path.{key}"] = _place(document, shown, ("per_path", pattern))
    if "per_record" in file.model_fields_set:
        values["per_record"] = tuple({"where": item.where, "ignore": tuple(item.ignore)} for item in file.per_record)
        for index, item in enumerate(file.per_record):
            _parsed(item.where, document, ("per_record", index, "where"))
            origins[f"per_record.{index}"] = _place(document, shown, ("per_record", index, "ignore"))
    return values, origins


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
    if not settings.per_path:
        return []
    import polars as pl

    names = list(dict.fromkeys(paths))
    places = {
        False: pl.Series([Path(name).name for name in names], dtype=pl.String),
        True: pl.Series([os.path.realpath(cwd / name) for name in names], dtype=pl.String),
    }
    found = []
    for pattern, ignored in settings.per_path.items():
        # Not Python's own expressions: whatever the pattern, these take time in proportion to the text.
        fits = places["/" in pattern].str.contains(_regex(pattern))
        if fits.any():
            inside = [["lit", name] for name, fit in zip(names, fits, strict=True) if fit]
            found.append(exceptions.Exemption(tuple(ignored), ["in", ["col", "path"], inside]))
    return found


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
