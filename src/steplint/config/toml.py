"""[tool.steplint] of a pyproject.toml as a document with places, so that its errors name lines like those of YAML."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from typing import Any

from steplint.errors import ConfigError
from steplint.yaml_safe import MAX_DEPTH, Document, Loc

__all__ = ["TABLE", "load"]

TABLE = ("tool", "steplint")

_HEADER = re.compile(r"\s*\[([^\[\]]+)\]")
_KEY = re.compile(r"\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_PART = re.compile(r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'")
_WHERE = re.compile(r"^(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)


def load(text: str, path: str) -> Document | None:
    """The table as a document, or None where the file has none. Raises ConfigError for a broken file that has one."""
    if "steplint" not in text:
        return None
    try:
        data: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as caught:
        found = _WHERE.match(str(caught))
        message, line, column = found.groups() if found else (str(caught), None, None)
        place = (int(line), int(column)) if line and column else (text.count("\n") + 1, 1)
        raise ConfigError(f"not valid TOML: {message}", path=path, line=place[0], column=place[1]) from None
    except RecursionError:
        raise ConfigError("not valid TOML: nested too deeply", path=path) from None
    for part in TABLE:
        data = data.get(part) if isinstance(data, dict) else None
        if data is None:
            return None
    return Document(_plain(data, 0, path), path, _marks(text), {}, text)


def _plain(value: Any, depth: int, path: str) -> Any:
    if depth > MAX_DEPTH:
        raise ConfigError(f"nested deeper than {MAX_DEPTH} levels", path=path)
    if isinstance(value, dict):
        return {key: _plain(item, depth + 1, path) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, depth + 1, path) for item in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def _marks(text: str) -> dict[Loc, tuple[int, int]]:
    """Line of each key of the table. tomllib keeps no places; keys begin lines in all but inline tables."""
    marks: dict[Loc, tuple[int, int]] = {}
    table: Loc = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            marks.setdefault(table[len(TABLE) :], (number, 1)) if table[: len(TABLE)] == TABLE else None
        elif key := _KEY.match(line):
            whole = (*table, *_parts(key[1]))
            if whole[: len(TABLE)] == TABLE:
                marks[whole[len(TABLE) :]] = (number, key.start(1) + 1)
    return marks


def _parts(dotted: str) -> Loc:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))
