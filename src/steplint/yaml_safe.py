"""YAML from strangers: size, depth and node budgets, no bombs, no surprises, and a place for every key.

Values come out as str, int, float, bool, None, list and dict only. Dates stay text as written. Words that YAML 1.1
reads as something else (`no`, `on`, `012`, `12:30`) are errors that show the value as written, as keys and as values.
"""

from __future__ import annotations

import codecs
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from steplint.errors import RuleError, SteplintError

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "Document", "Loc", "load", "read", "read_text"]

MAX_BYTES = 1 << 20
MAX_DEPTH = 64
MAX_NODES = 50_000
_A_NODE = 64  # characters of a text that count as one more node: a long text with many aliases is a bomb too

Loc = tuple[str | int, ...]

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)?\.[0-9]+(?:[eE][-+]?[0-9]+)?|[-+]?(?:0|[1-9][0-9]*)\.")
_NULL = ("", "~", "null", "Null", "NULL")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_SURPRISES = (
    (re.compile(r"(?i:yes|no|on|off)"), "a true or false"),
    (re.compile(r"[-+]?0[0-7_]+"), "an octal number"),
    (re.compile(r"[-+]?0[0-9_]+|[-+]?0[xb][0-9a-fA-F_]+|[-+]?[0-9][0-9_]*_[0-9_]*"), "a number written otherwise"),
    (re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?"), "a number in base 60"),
    (re.compile(r"[-+]?\.(?i:inf)|\.(?i:nan)"), "a number that is not finite"),
)


@dataclass(frozen=True)
class Document:
    """A parsed file: its data, and the line and column (1-based) of every key, item and value."""

    data: Any
    path: str | None = None
    marks: dict[Loc, tuple[int, int]] = field(default_factory=dict)
    values: dict[Loc, tuple[int, int, str | None, str]] = field(default_factory=dict)
    """Of each scalar: line, column, style (None when plain, else one of `' " | >`) and the text as written."""
    text: str = ""

    def place(self, loc: Loc) -> tuple[int, int]:
        """Line and column of the key or item at `loc`, or of the nearest parent that has one."""
        for size in range(len(loc), -1, -1):
            if found := self.marks.get(loc[:size]):
                return found
        return 1, 1

    def at(self, loc: Loc) -> Any:
        """The value at `loc`."""
        value = self.data
        for step in loc:
            value = value[step]
        return value

    def inside(self, loc: Loc, line: int, column: int) -> tuple[int, int]:
        """Where in the file the given place (1-based) inside the text value at `loc` is.

        Folding changes line ends and indentation only, so the characters that are not blank are counted off.
        """
        if loc not in self.values:
            return self.place(loc)
        first_line, first_column, style, value = self.values[loc]
        before = "".join(value.splitlines(keepends=True)[: line - 1]) + _line(value, line)[: column - 1]
        count = sum(not sign.isspace() for sign in before)
        lines = self.text.splitlines()
        skip = first_column - 1
        if style in ("|", ">"):
            first_line, skip = first_line + 1, 0
        elif style:
            skip += 1
        for number in range(first_line, len(lines) + 1):
            for index in range(skip, len(lines[number - 1])):
                if lines[number - 1][index].isspace():
                    continue
                if count == 0:
                    return number, index + 1
                count -= 1
            skip = 0
        return first_line, first_column


class _Builder:
    """Events to plain data, iteratively counted so that nothing grows faster than the file."""

    def __init__(self, events: Any, fail: Any, max_nodes: int, *, as_written: bool = False) -> None:
        self.as_written = as_written
        self.events = events
        self.fail = fail
        self.left = max_nodes
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.marks: dict[Loc, tuple[int, int]] = {}
        self.values: dict[Loc, tuple[int, int, str | None, str]] = {}

    def spend(self, nodes: int, event: Any) -> None:
        self.left -= nodes
        if self.left < 0:
            raise self.fail("too many values once aliases are written out", event, "split the file, drop aliases")

    def build(self, event: Any, loc: Loc, depth: int) -> Any:
        import yaml

        if depth > MAX_DEPTH:
            raise self.fail(f"nested deeper than {MAX_DEPTH} levels", event, None)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise self.fail(f"alias *{event.anchor} stands for nothing, or for itself", event, None)
            value, size = self.anchors[event.anchor]
            self.spend(size, event)
            return value
        before = self.left
        size = len(event.value) // _A_NODE if isinstance(event, yaml.ScalarEvent) else 0
        self.spend(1 + size, event)
        self.marks.setdefault(loc, _at(event))
        if isinstance(event, yaml.ScalarEvent):
            value = self.scalar(event)
            self.values[loc] = (*_at(event), event.style or None, event.value)
        elif isinstance(event, yaml.SequenceStartEvent):
            self.tag(event)
            value = self.sequence(loc, depth)
        else:
            self.tag(event)
            value = self.mapping(loc, depth)
        if event.anchor:
            self.anchors[event.anchor] = (value, before - self.left)
        return value

    def sequence(self, loc: Loc, depth: int) -> list[Any]:
        import yaml

        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.build(event, (*loc, len(items)), depth + 1))
        return items

    def mapping(self, loc: Loc, depth: int) -> dict[str, Any]:
        import yaml

        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self.fail("a key must be plain text", event, None)
            if event.value == "<<" and not event.style:
                raise self.fail("merge keys (<<) are not supported", event, "write the keys out")
            key = event.value if self.as_written else self.scalar(event)
            if not isinstance(key, str):
                raise self.fail(f"key {event.value} is not text", event, f"quote it: '{event.value}'")
            if key in found:
                raise self.fail(f"key {key} is given twice", event, "keep one of them")
            self.spend(1, event)
            self.marks[(*loc, key)] = _at(event)
            found[key] = self.build(next(self.events), (*loc, key), depth + 1)
        return found

    def tag(self, event: Any) -> None:
        if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            shown = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            raise self.fail(f"unknown tag {shown[:60]}", event, "only plain values are read")

    def scalar(self, event: Any) -> Any:
        self.tag(event)
        text: str = event.value
        if event.style or event.tag is not None:
            return text
        if text in _NULL:
            return None
        if self.as_written:
            return text
        if text in _BOOL:
            return _BOOL[text]
        for pattern, meaning in _SURPRISES:
            if pattern.fullmatch(text):
                raise self.fail(f"{text} is {meaning} to YAML", event, f"quote it if text is meant: '{text}'")
        if _INT.fullmatch(text):
            if len(text) > 18:
                raise self.fail("this number is too large", event, "quote it if text is meant")
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number - 1] if number <= len(lines) else ""


def _at(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def load(
    text: str,
    *,
    path: str | None = None,
    error: type[SteplintError] = RuleError,
    max_nodes: int = MAX_NODES,
    max_bytes: int = MAX_BYTES,
    as_written: bool = False,
) -> Document:
    """Parse one YAML document. Raises `error` with line and column for anything unsafe, unknown or ambiguous.

    With `as_written` every value is text as it stands in the file, and nothing is ambiguous; null and nothing stay None.
    """
    import yaml

    if len(text) > max_bytes or len(text.encode("utf-8", "surrogatepass")) > max_bytes:
        raise error(f"larger than {max_bytes >> 20} MiB", path=path, hint="split it into several files")

    def fail(message: str, event: Any, hint: str | None) -> SteplintError:
        line, column = _at(event)
        return error(message, path=path, line=line, column=column, hint=hint)

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = yaml.parse(text, Loader=loader)
        next(events)
        event = next(events)
        if isinstance(event, yaml.StreamEndEvent):
            return Document(None, path, text=text)
        builder = _Builder(events, fail, max_nodes, as_written=as_written)
        data = builder.build(next(events), (), 0)
        next(events)
        if not isinstance(event := next(events), yaml.StreamEndEvent):
            raise fail("a second document begins here", event, "one file holds one document")
    except yaml.MarkedYAMLError as caught:
        mark = caught.problem_mark or caught.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise error(f"not valid YAML: {caught.problem}", path=path, line=line, column=column) from None
    except yaml.reader.ReaderError as caught:
        at = max(text.find(chr(caught.character)), 0)
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        raise error(f"not valid YAML: {caught.reason}", path=path, line=line, column=column) from None
    except yaml.YAMLError as caught:
        raise error(f"not valid YAML: {' '.join(str(caught).split())}", path=path, line=1) from None
    except ValueError:
        raise error("not valid YAML: characters that YAML does not allow", path=path, line=1) from None
    return Document(data, path, builder.marks, builder.values, text)


def read_text(path: Path, *, shown: str | None = None, error: type[SteplintError] = RuleError) -> str:
    """The text of a regular file of at most 1 MiB in UTF-8; `error` names `shown` (default: the path) otherwise."""
    shown = shown or str(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise error("not a regular file", path=shown)
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as caught:
        raise error(f"cannot be read: {caught.strerror}", path=shown) from None
    if len(raw) > MAX_BYTES:
        raise error(f"larger than {MAX_BYTES >> 20} MiB", path=shown, hint="split it into several files")
    try:
        return raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as caught:
        line = raw.count(b"\n", 0, caught.start) + 1
        raise error("not UTF-8", path=shown, line=line, hint="save the file as UTF-8") from None


def read(
    path: Path, *, shown: str | None = None, error: type[SteplintError] = RuleError, max_nodes: int = MAX_NODES
) -> Document:
    """`load` of a file; errors name it as `shown` (default: the path as given)."""
    return load(read_text(path, shown=shown, error=error), path=shown or str(path), error=error, max_nodes=max_nodes)
