"""A unified diff says exactly what differs, whatever the texts are, and in time that grows with them."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steplint.reporters.diff import unified_diff

LINE = st.text("ab ,", max_size=3)
TEXT = st.builds(lambda lines, end: "\n".join(lines) + end, st.lists(LINE, max_size=30), st.sampled_from(["", "\n"]))
NO_END = "\\ No newline at end of file"


def applied(before: str, diff: list[str]) -> str:
    """What a patch makes of a text; the lines that a diff shows must be there."""
    old = re.findall(r"[^\n]*\n|[^\n]+", before)
    new: list[str] = []
    at = 0
    for place, line in enumerate(diff[2:], start=2):
        if hunk := re.fullmatch(r"@@ -(\d+),(\d+) \+(\d+),(\d+) @@", line):
            start = int(hunk[1]) - (hunk[2] != "0")
            new += old[at:start]
            assert len(new) == int(hunk[3]) - (hunk[4] != "0")
            at = start
        elif line != NO_END:
            text = line[1:] + ("" if diff[place + 1 : place + 2] == [NO_END] else "\n")
            if line[0] in " -":
                assert old[at] == text
                at += 1
            new += [text] if line[0] in " +" else []
    return "".join([*new, *old[at:]])


@settings(deadline=None)
@given(before=TEXT, after=TEXT)
def test_a_diff_leads_from_one_text_to_the_other(before: str, after: str) -> None:
    diff = list(unified_diff("a.csv", before, after))
    assert bool(diff) == (before != after)
    if diff:
        assert diff[:2] == ["--- a.csv", "+++ a.csv"]
        assert applied(before, diff) == after


@settings(deadline=None)
@given(lines=st.lists(LINE, min_size=1, max_size=40), data=st.data())
def test_a_few_changed_lines_are_all_that_differs(lines: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    after = [*lines[:at], f"{lines[at]}!", *lines[at + 1 :]]
    diff = list(unified_diff("a.csv", "\n".join([*lines, ""]), "\n".join([*after, ""])))
    assert [line for line in diff[3:] if line[0] in "+-"] == [f"-{lines[at]}", f"+{lines[at]}!"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a\r\nb\r\n", "a\r\nc\r\n", ["@@ -1,2 +1,2 @@", " a", "-b", "+c"]),
        ("a\x0bb\u2028c\nd", "a\x0bb\u2028c\ne", ["@@ -1,2 +1,2 @@", " a\x0bb\u2028c", "-d", NO_END, "+e", NO_END]),
        ("", "a\n", ["@@ -0,0 +1,1 @@", "+a"]),
        ("".join(f"{n}\n" for n in range(20)), "".join(f"{n}\n" for n in range(20) if n not in (3, 16)),
         ["@@ -1,7 +1,6 @@", " 0", " 1", " 2", "-3", " 4", " 5", " 6",
          "@@ -14,7 +13,6 @@", " 13", " 14", " 15", "-16", " 17", " 18", " 19"]),
    ],
)  # fmt: skip
def test_shapes(before: str, after: str, expected: list[str]) -> None:
    assert list(unified_diff("x", before, after))[2:] == expected


def test_many_lines_that_are_alike_take_no_long_time() -> None:
    # Twenty thousand objects of a JSON file, a third of them changed: a general algorithm needs minutes.
    lines = [line for n in range(20_000) for line in ("  {", f'    "id": {n},', '    "due": null', "  },")]
    after = [line.replace("null", '"2026-01-15"') if place % 12 == 2 else line for place, line in enumerate(lines)]
    started = time.perf_counter()
    diff = list(unified_diff("x", "\n".join(lines), "\n".join(after)))
    assert sum(line.startswith("+ ") for line in diff) == 6_667
    assert time.perf_counter() - started < 5
