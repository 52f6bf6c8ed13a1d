"""Nothing from a file moves, hides or commands on a terminal (promise 12)."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steplint.reporters.safe import RANGES, safe_column, safe_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "<U+001B>[31mred"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x9b1m", "<U+009B>1m"),
        ("\u202egnp", "<U+202E>gnp"),
        ("T\u200bBD", "T<U+200B>BD"),
        ("a\u2028b", "a<U+2028>b"),
        ("\U000e0041", "<U+E0041>"),
        ("\u3164", "<U+3164>"),
        ("Zoë ✓ 日本 “x”", "Zoë ✓ 日本 “x”"),
        ("👩\u200d👩\u200d👧 ❤️\u200d🔥", "👩\u200d👩\u200d👧 ❤️\u200d🔥"),
        ("a\u200db", "a<U+200D>b"),
    ],
)
def test_shown(text: str, shown: str) -> None:
    assert safe_text(text) == shown
    assert safe_column(pl.Series([text, None, "x"])).to_list() == [shown, None, "x"]


@given(st.text())
def test_nothing_dangerous_is_left(text: str) -> None:
    safe = safe_text(text)
    joiner = 0x200D
    assert not any(first <= ord(sign) <= last for sign in safe for first, last in RANGES if ord(sign) != joiner)


@given(st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8")))))
def test_column_and_text_agree(texts: list[str | None]) -> None:
    expected = [None if text is None else safe_text(text) for text in texts]
    assert safe_column(pl.Series(texts, dtype=pl.String)).to_list() == expected
