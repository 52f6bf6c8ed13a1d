from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steplint.rules.pattern import PatternError, check, phrases

GOOD = [
    r"\bnext (week|month)\b",
    r"(?i)call (?:dana|ravi) at \d{1,2}:\d{2}",
    r"^[^\s\]\-]+$",
    r"a{2,5}?b*?c+",
    r"x{3}\.\(\)\{\}",
    r"(?s:.)",
    r"[a\-z\]]\xe9\u00e9",
    r"a|",
]


@pytest.mark.parametrize("pattern", GOOD)
def test_portable_patterns_compile_everywhere(pattern: str) -> None:
    re.compile(pattern)
    assert pl.Series([""]).str.contains(check(pattern)).dtype == pl.Boolean


@pytest.mark.parametrize(
    ("pattern", "index", "words"),
    [
        ("ab(?=c)", 2, "look-ahead"),
        (r"a\Z", 1, "use $"),
        ("a++", 1, "possessive"),
        ("a*+", 1, "possessive"),
        ("a{2}+", 1, "possessive"),
        ("a**", 2, "a repeat of a repeat"),
        ("*a", 0, "repeats nothing"),
        ("a{,3}", 1, "belongs to no repeat"),
        ("a{5,2}", 1, "end is before its start"),
        ("a(?i)b", 1, "very beginning"),
        ("(?x)a", 0, "kind of group"),
        ("(?P<n>a)", 0, "named group"),
        (r"[\b]", 1, "no meaning in a class"),
        ("[[:alpha:]]", 1, "[:alpha:]"),
        ("[]a]", 1, "comes first"),
        (r"\y", 0, "unknown escape"),
        (r"\<a", 0, "not portable"),
        ("a[:-1]", 2, "bad character range"),
        (r"a\>", 1, "not portable"),
        ("a\\", 1, "unknown escape"),
        ("}", 0, "belongs to no repeat"),
        ("(?:a{500}){500}", 0, "huge"),
        ("(?:[a-z]+|b{900}){12}", 0, "huge"),
    ],
)
def test_the_rest_is_refused_at_its_place(pattern: str, index: int, words: str) -> None:
    with pytest.raises(PatternError) as caught:
        check(pattern)
    assert caught.value.index == index
    assert words in f"{caught.value.message}; {caught.value.hint}"


@given(st.text(alphabet=r"ab\(|)[]{}?*+^$.1,-:=!<>PimsdwbZ", max_size=24))
def test_what_passes_compiles_in_both_engines_and_agrees_on_plain_texts(pattern: str) -> None:
    try:
        made = check(pattern)
    except PatternError:
        return
    texts = ["", "a", "ab", "aab 1", "b-a", "(a)"]
    hits = pl.Series(texts).str.contains(made).to_list()
    assert hits == [bool(re.compile(pattern).search(text)) for text in texts]


def test_word_ends_are_ascii_first() -> None:
    assert check(r"\bcall\b \\b") == r"(?-u:\b)call(?-u:\b) \\b"


def test_phrases_are_text_not_patterns() -> None:
    made = re.compile(phrases(["a.b", "touch  base", "n/a?"], unicode=True))
    assert made.search("A.B")
    assert made.search("to TOUCH\n base.")
    assert made.search("n/a? x")
    assert not made.search("axb")
    assert not made.search("touch bases")
