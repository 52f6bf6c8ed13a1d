"""Comments that are addressed to steplint, with the item that each stands before. What they say is for triage to read."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence

from steplint.records.stream import Comment

__all__ = ["markdown_comments", "yaml_comments"]

_MARKUP = re.compile(r"<!--\s*steplint\s*:", re.IGNORECASE)
_HASH = re.compile(r"(?:^|\s)(#+\s*steplint\s*:.*)", re.IGNORECASE)


def markdown_comments(
    lines: Sequence[str], items: Iterable[int], path: str, code: Collection[int] = ()
) -> list[Comment]:
    """`<!-- steplint: … -->` in the `lines` of a document; `items` are the lines of its records, those of `code` are skipped."""
    places = sorted(set(items))
    found = []
    for number, line in enumerate(lines, 1):
        if number in code:
            continue
        for match in _MARKUP.finditer(line):
            if line.count("`", 0, match.start()) % 2:
                continue  # a comment that is shown, not made
            text, last = _closed(lines, number, match.start())
            found.append(Comment(path, number, match.start() + 1, text, _next(places, last + 1)))
    return found


def yaml_comments(lines: Sequence[str], items: Iterable[int], path: str) -> list[Comment]:
    """`# steplint: …` in a YAML document; one behind an item is for that item."""
    places = sorted(set(items))
    found = []
    for number, line in enumerate(lines, 1):
        if match := _HASH.search(line):
            behind = bool(line[: match.start(1)].strip())
            found.append(Comment(path, number, match.start(1) + 1, match[1], _next(places, number + (not behind))))
    return found


def _closed(lines: Sequence[str], number: int, start: int) -> tuple[str, int]:
    """A comment to its end, over some lines where it has to be, and its last line."""
    text = lines[number - 1][start:]
    last = number
    while "-->" not in text and last < min(len(lines), number + 20):
        text += "\n" + lines[last]
        last += 1
    end = text.find("-->")
    return (text[: end + 3], last) if end >= 0 else (lines[number - 1][start:] + " -->", number)


def _next(places: Sequence[int], line: int) -> int | None:
    at = bisect_left(places, line)
    return places[at] if at < len(places) else None
