"""Two versions of a text as a unified diff, in time that grows with the text: changes are few, and each is local."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["unified_diff"]

CONTEXT = 3  # lines shown round a change
SAME = 3  # lines that must be alike before the two are taken to run side by side again
AHEAD = 200  # lines that are looked at for that, where no line came or went
NEAR = 60  # and where some did

Block = tuple[int, int, int, int]  # lines of the old text (from, to) that these of the new one (from, to) stand for


def unified_diff(name: str, before: str, after: str) -> Iterator[str]:
    """The lines of the diff, without line ends; none where the texts are the same."""
    old, new = _split(before), _split(after)
    hunk: list[Block] = []
    named = False
    for block in _blocks(old, new):
        if hunk and block[0] - hunk[-1][1] > 2 * CONTEXT:
            yield from _hunk(old, new, hunk)
            hunk = []
        if not named:
            named = True
            yield f"--- {name}"
            yield f"+++ {name}"
        hunk.append(block)
    if hunk:
        yield from _hunk(old, new, hunk)


def _split(text: str) -> list[str]:
    """Lines with their ends; of all signs that may end a line elsewhere, files of records count on this one alone."""
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """What differs, in order."""
    i = j = 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            i, j = i + 1, j + 1
            continue
        x, y = _skipped(old, new, i, j)
        yield i, i + x, j, j + y
        i, j = i + x, j + y
    if i < len(old) or j < len(new):
        yield i, len(old), j, len(new)


def _skipped(old: Sequence[str], new: Sequence[str], i: int, j: int) -> tuple[int, int]:
    """How many lines of each differ from here on."""
    left, right = len(old) - i, len(new) - j
    if left == right:
        # As many lines as before, so none came or went.
        same = next((n for n in range(1, left) if old[i + n] == new[j + n]), left)
        return same, same
    for n in range(1, min(left, right, AHEAD)):
        if _alike(old, new, i + n, j + n):
            return n, n
    for size in range(1, 2 * NEAR):
        for x in range(min(size, left) + 1):
            y = size - x
            if y <= right and x != y and _alike(old, new, i + x, j + y):
                return x, y
    return left, right


def _alike(old: Sequence[str], new: Sequence[str], i: int, j: int) -> bool:
    return old[i : i + SAME] == new[j : j + SAME]


def _hunk(old: Sequence[str], new: Sequence[str], blocks: Sequence[Block]) -> Iterator[str]:
    start, stop = max(blocks[0][0] - CONTEXT, 0), min(blocks[-1][1] + CONTEXT, len(old))
    first, last = start + blocks[0][2] - blocks[0][0], stop + blocks[-1][3] - blocks[-1][1]
    yield f"@@ -{_range(start, stop)} +{_range(first, last)} @@"
    at = start
    for begin, end, new_begin, new_end in blocks:
        yield from _marked(" ", old[at:begin])
        yield from _marked("-", old[begin:end])
        yield from _marked("+", new[new_begin:new_end])
        at = end
    yield from _marked(" ", old[at:stop])


def _range(start: int, stop: int) -> str:
    return f"{start + 1 if stop > start else start},{stop - start}"


def _marked(sign: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield f"{sign}{line}".removesuffix("\n").removesuffix("\r")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"
