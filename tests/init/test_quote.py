"""Text of a file as a YAML value and in a comment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steplint import yaml_safe
from steplint.init.quote import quoted, remark
from steplint.reporters.safe import safe_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("yes", '"yes"'),
        ("012", '"012"'),
        ("Vor Ort – Ärzte 🤞", '"Vor Ort – Ärzte 🤞"'),
        ('a "b" \\ c', '"a \\"b\\" \\\\ c"'),
        ("a\nb: c", '"a\\u000Ab: c"'),
        ("\x1b[31m\u202e", '"\\u001B[31m\\u202E"'),
        ("\U000e0041", '"\\U000E0041"'),
        ("\ufffe", '"\\uFFFE"'),
    ],
)
def test_quoted(text: str, written: str) -> None:
    assert quoted(text) == written


@given(TEXT)
def test_a_value_is_read_back_exactly_and_shows_all_that_it_holds(text: str) -> None:
    assert yaml_safe.load(f"{quoted(text)}\n").data == text
    assert safe_text(quoted(text)) == quoted(text)


@given(TEXT, st.booleans())
def test_a_remark_is_a_comment(text: str, wrap: bool) -> None:
    lines = list(remark(text, wrap=wrap))
    assert all(line.startswith("#") and len(line.splitlines()) == 1 for line in lines)
    assert yaml_safe.load("\n".join([*lines, "a: 1", *lines]) + "\n").data == {"a": 1}


def test_a_long_remark_is_wrapped() -> None:
    lines = list(remark("one two " * 40))
    assert len(lines) == 3
    assert max(map(len, lines)) <= 118
