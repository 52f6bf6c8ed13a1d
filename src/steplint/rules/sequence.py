"""Which values of a list stand out of place: as few as explain it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

__all__ = ["out_of_order"]


def out_of_order(values: Sequence[Any]) -> list[int]:
    """Places of the values that break the ascending order; equal ones are in order.

    A value out of place makes no other one wrong: what is left without the given places ascends, and no smaller number
    of places would do. Where it could be either of two neighbours, it is the lower one. Two values that have only
    changed places are one mistake, told at the lower one.
    """
    ranks = {value: rank for rank, value in enumerate(sorted(set(values)))}
    numbers = [ranks[value] for value in values]
    return [start + place for start, part in _parts(numbers) for place in _misplaced(part)]


def _parts(numbers: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    """(start, numbers) of the stretches that can be put in order each by itself."""
    highest = list(accumulate(numbers, max))
    lowest = list(accumulate(reversed(numbers), min))[::-1]
    start = 0
    for end in range(1, len(numbers) + 1):
        if end == len(numbers) or highest[end - 1] <= lowest[end]:
            yield start, numbers[start:end]
            start = end


def _misplaced(numbers: Sequence[int]) -> list[int]:
    kept = _ascending(numbers)
    left = [place for place in range(len(numbers)) if place not in kept]
    changed = [place for place, pair in enumerate(zip(numbers, sorted(numbers), strict=True)) if pair[0] != pair[1]]
    return changed[1:] if len(changed) == 2 and len(left) > 1 else left


def _ascending(numbers: Sequence[int]) -> set[int]:
    """Places of a longest ascending subsequence, of several the one that stands furthest up: found from below."""
    ends: list[int] = []  # of each length the negated number that such a subsequence best begins with
    places: list[int] = []
    after: dict[int, int | None] = {}
    for place in range(len(numbers) - 1, -1, -1):
        length = bisect_right(ends, -numbers[place])
        after[place] = places[length - 1] if length else None
        ends[length : length + 1], places[length : length + 1] = [-numbers[place]], [place]
    kept: set[int] = set()
    at = places[-1] if places else None
    while at is not None:
        kept.add(at)
        at = after[at]
    return kept
