"""Scalars of a YAML text: where each stands, and how a new value is written in the place and the style of an old one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from steplint.sources.patch.edits import Refused

__all__ = ["STRING", "TIMESTAMP", "Scalar", "inner", "scalars", "tag_of", "written"]

STRING, TIMESTAMP = "tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp"
_NULL = ("", "~", "null", "Null", "NULL")
#: What cannot stand in a plain scalar of a block, or not at its ends; stricter than YAML is.
_NOT_PLAIN = re.compile(r"\A[\s\-?:,\[\]{}#&*!|>'\"%@`=<.]|:(?=\s|\Z)|\s#|[\t\r\n]|\s\Z")
_NOT_IN_FLOW = re.compile(r"[,\[\]{}:]")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


class Scalar(NamedTuple):
    """Characters `start` to `end` of the text, from 0, quotes and indicators included; `line` and `column` from 1.

    `style` is None when plain, else one of `' " | >`. `marked`: it has an anchor or a tag. `flow`: it stands in brackets.
    """

    start: int
    end: int
    line: int
    column: int
    last_line: int
    style: str | None
    value: str
    marked: bool
    flow: bool

    @property
    def is_null(self) -> bool:
        """A plain scalar that says nothing."""
        return self.style is None and self.value in _NULL

    @property
    def text(self) -> str:
        """What it says, empty where that is nothing."""
        return "" if self.is_null else self.value


def scalars(text: str) -> Iterator[Scalar]:
    """Every scalar of a sound document in order, keys among them."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth = depth + 1 if depth or event.flow_style else 0
        elif isinstance(event, yaml.CollectionEndEvent):
            depth = max(depth - 1, 0)
        elif isinstance(event, yaml.ScalarEvent):
            first: Any = event.start_mark
            last: Any = event.end_mark
            marked = event.anchor is not None or event.tag is not None
            yield Scalar(
                first.index, last.index, first.line + 1, first.column + 1, last.line + 1, event.style or None, event.value,
                marked, depth > 0,
            )  # fmt: skip


@cache
def _resolver() -> Any:
    import yaml

    return yaml.resolver.Resolver()


def tag_of(value: str) -> str:
    """What other readers of YAML take a plain scalar for."""
    import yaml

    return str(_resolver().resolve(yaml.ScalarNode, value, (True, False)))


def inner(scalar: Scalar, text: str) -> tuple[int, int]:
    """The characters of a scalar that a new value replaces: all of them, or the lines of a block."""
    if scalar.style not in ("|", ">"):
        return scalar.start, scalar.end
    return _block(scalar, text)[:2]


def written(scalar: Scalar, text: str, value: str, style: str | None, tags: Collection[str]) -> str:
    """What is to stand at `inner(scalar)` so that `value` is read there. `style` is that of a scalar that was null; `tags`
    are those that a plain one may have. Refused: a block that cannot hold the value."""
    if scalar.style in ("|", ">"):
        return _in_block(scalar, text, value)
    before = " " if scalar.start == scalar.end and not text[scalar.start - 1 : scalar.start].isspace() else ""
    style = style if scalar.is_null else scalar.style
    if style is None and _may_be_plain(value, tags, flow=scalar.flow):
        return before + value
    single = "\n" not in value and "\r" not in value and not _UNPRINTABLE.search(value)
    if style != '"' and single:
        return before + "'" + value.replace("'", "''") + "'"
    return before + '"' + "".join(map(_escaped, value)) + '"'


def _may_be_plain(value: str, tags: Collection[str], *, flow: bool) -> bool:
    if not value or _NOT_PLAIN.search(value) or _UNPRINTABLE.search(value):
        return False
    return not (flow and _NOT_IN_FLOW.search(value)) and tag_of(value) in tags


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if _UNPRINTABLE.match(sign):
        return f"\\u{ord(sign):04x}"
    return sign


def _in_block(scalar: Scalar, text: str, value: str) -> str:
    start, end, indent, ends = _block(scalar, text)
    old, new = scalar.value.rstrip("\n"), value.rstrip("\n")
    if value[len(new) :] != scalar.value[len(old) :]:
        raise Refused("the text stands in a block that ends otherwise")
    lines = new.split("\n")
    if scalar.style == ">":
        if len(lines) > 1 or "\n" in old or new != new.strip():
            raise Refused("the text stands in a folded block, which cannot hold this")
        lines = _folded(new, max(len(line.strip()) for line in _lines(text[start:end])))
    if not lines[0] or lines[0][0] in " \t" or "\r" in new or _UNPRINTABLE.search(new):
        raise Refused("the block that the text stands in cannot hold this")
    return ends.join(indent + line if line else "" for line in lines)


def _folded(value: str, width: int) -> list[str]:
    """A line broken at single blanks, as wide as the old lines are; a folded block joins them again."""
    first, *words = re.split(r"(?<=\S) (?=\S)", value)
    lines = [first]
    for word in words:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _block(scalar: Scalar, text: str) -> tuple[int, int, str, str]:
    """(start of the first line, end of the last one that is not blank, indentation, line end) of a block."""
    header, *lines = _lines(text[scalar.start : scalar.end])
    if not lines or not lines[0].strip() or re.search(r"\d", header.split("#")[0]):
        raise Refused("the text stands in a block with blank lines before it, or an indentation of its own")
    start = scalar.start + len(header)
    kept = "".join(lines).rstrip()
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip(" "))]
    return start, start + len(kept), indent, header[len(header.rstrip("\r\n")) :]


def _lines(text: str) -> list[str]:
    return [line for line in _LINE.findall(text) if line]


def starts_of(found: Iterable[Scalar]) -> dict[tuple[int, int], Scalar]:
    """Scalars by line and column; where two begin in one place (one of them is nothing) the longer one."""
    return {(each.line, each.column): each for each in sorted(found, key=lambda each: each.end)}
