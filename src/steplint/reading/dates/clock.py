"""Clock times: 2pm, 1:30p, 1030a, 14h30, 1500 GMT, noon, 9-11, 9 or 9:30."""

from __future__ import annotations

import re

from steplint.reading.dates.token import Tokens

__all__ = ["clock_of"]

_AFTERNOON_BEFORE = 7  # a bare hour below this is meant after noon: "Tue @ 3"


def clock_of(tokens: Tokens, *, bare: bool = False) -> tuple[int, int | None] | None:
    """(minutes after midnight, end or None) of the clock among `tokens`, or None.

    A bare number counts beside another clock, o'clock or a zone; with `bare` it counts by itself ("@ 9", "9-12").
    """
    times: list[tuple[int, bool]] = []  # minutes, whether morning or afternoon is settled
    sure = bare
    for token in tokens:
        if token.letter == "C":
            times.append((int(str(token.value)), True))
            sure = True
        elif token.letter == "t":
            times.append(_shape(token.text))
            sure = True
        elif token.letter in "mY" and token.text.isdigit():
            times.append((int(token.text[:2]) * 60 + int(token.text[2:]), True))
            sure = True
        elif token.letter == "c":
            sure = True
        elif token.letter == "n" and int(token.text) < 24:
            times.append((int(token.text) * 60, False))
    if not times or not sure or times[0][0] >= 1440:
        return None
    start, settled = times[0]
    if len(times) == 1:
        return (start if settled else _guess(start)), None
    end, end_settled = times[1]
    if not settled:
        start = _beside(start, end) if end_settled else _guess(start)
    if not end_settled:
        end = end + 720 if end < 720 and end <= start else end
    return start, end if end < 1440 else None


def _shape(text: str) -> tuple[int, bool]:
    digits = re.findall(r"[0-9]+", text)
    letters = text.lower()
    if len(digits) == 1 and len(digits[0]) > 2:
        hour, minute = int(digits[0][:-2]), int(digits[0][-2:])
    else:
        hour, minute = int(digits[0]), int(digits[1]) if len(digits) > 1 else 0
    if "p" in letters:
        return (hour % 12 + 12) * 60 + minute, True
    if "a" in letters:
        return (hour % 12) * 60 + minute, True
    settled = "h" in letters or hour > 12 or hour == 0 or digits[0].startswith("0")
    return hour * 60 + minute, settled or _guess(hour * 60 + minute) == hour * 60 + minute


def _guess(minutes: int) -> int:
    return minutes + 720 if 60 <= minutes < _AFTERNOON_BEFORE * 60 else minutes


def _beside(start: int, end: int) -> int:
    """The half of the day in which `start` comes last before `end`: 9-10am, 2-3pm, 11-1pm."""
    late = start + 720 if start < 720 else start
    return late if late < end else start
