"""Columns of a terminal: graphemes and East Asian widths (promise 12)."""

from __future__ import annotations

import io
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reporters.hostile import table

from steplint.findings.summary import Summary
from steplint.reporters import View, reporter
from steplint.reporters.width import cells

WIDE_AND_NARROW = st.text(st.sampled_from("abc äøß田中さん한국Ａ，。"), max_size=20)


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("ab", 2), ("田中", 4), ("e\u0301", 1), ("👩\u200d👩\u200d👧", 2), ("한국", 4), ("Ａ", 2)],
)
def test_cells(text: str, width: int) -> None:
    assert cells(text) == width


@given(WIDE_AND_NARROW, WIDE_AND_NARROW.filter(str.strip))
def test_a_fault_is_underlined_where_it_stands(before: str, fault: str) -> None:
    """By the widths of the Unicode database; a text begins with a letter, as blanks at its ends are not shown."""
    text = f"x{before}{fault}"
    start = len(text) - len(fault)
    row = {"text": text, "spans": [{"role": "when", "start": start, "end": len(text), "text": fault}], "line": 1}
    out = io.BytesIO()
    made = reporter("text")(out, View(as_of=date(2026, 1, 12), width=200))
    made.write(table([row]))
    made.end(Summary(complete=True))
    lines = out.getvalue().decode().split("\n")
    at = next(place for place, line in enumerate(lines) if "^" in line)
    shown, marks = lines[at - 1], lines[at]
    found = shown.index(text.rstrip()) + start
    assert marks.index("^") == sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in shown[:found])
    assert marks.count("^") == sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in fault)
