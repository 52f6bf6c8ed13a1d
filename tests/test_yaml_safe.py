from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steplint.errors import ConfigError, RuleError, SteplintError
from steplint.yaml_safe import load

PLAIN = [
    ("a", "a"),
    ("12", 12),
    ("-3", -3),
    ("2.5", 2.5),
    ("true", True),
    ("null", None),
    ("2026-01-12", "2026-01-12"),
    ("2026-01-12 10:00:00", "2026-01-12 10:00:00"),
    ("'no'", "no"),
    ('"012"', "012"),
    ("!!str 012", "012"),
    ("1e3", "1e3"),
    ("v1", "v1"),
    ("y", "y"),
    ("[a, {b: c}]", ["a", {"b": "c"}]),
]


@pytest.mark.parametrize(("text", "value"), PLAIN)
def test_values(text: str, value: object) -> None:
    data = load(f"key: {text}\n").data
    assert data == {"key": value}
    assert type(data["key"]) is type(value)


SURPRISES = ["no", "Yes", "ON", "off", "012", "08", "0x1F", "1_000", "12:30", "190:20:30", ".inf", "-.INF", ".nan"]


@pytest.mark.parametrize("text", SURPRISES)
@pytest.mark.parametrize("shape", ["key: {}\n", "- {}\n", "{}: 1\n"])
def test_surprises_are_shown_as_written(text: str, shape: str) -> None:
    with pytest.raises(RuleError) as caught:
        load(shape.format(text), path="f.yaml")
    assert f"{text} is " in caught.value.message
    assert f"quote it if text is meant: '{text}'" in caught.value.render()
    assert caught.value.line == 1


def test_places_of_keys_items_and_text() -> None:
    document = load("a: 1\nb:\n  - x\n  - c: >\n      one\n      two\n")
    assert document.place(("a",)) == (1, 1)
    assert document.place(("b", 0)) == (3, 5)
    assert document.place(("b", 1, "c")) == (4, 5)
    assert document.place(("b", 1, "unknown")) == (4, 5)
    assert document.inside(("b", 1, "c"), 1, 5) == (6, 7)


def test_aliases_within_the_budget_are_fine() -> None:
    assert load("a: &x [1, 2]\nb: *x\n").data == {"a": [1, 2], "b": [1, 2]}


def test_errors_are_of_the_kind_that_is_asked_for() -> None:
    with pytest.raises(ConfigError, match=r"^c.yaml:2:1: not valid YAML"):
        load("a: [", path="c.yaml", error=ConfigError)


def test_an_empty_file_holds_nothing() -> None:
    assert load("# only a comment\n").data is None


@given(st.text(max_size=60) | st.text(alphabet="ab:-&*!<>[]{}'\"#|%@ \n\t0", max_size=40))
def test_any_text_is_data_or_one_clear_error(text: str) -> None:
    told = None
    try:
        load(text, path="x.yaml")
    except SteplintError as error:
        told = (error.path, bool(error.line))
    assert told in (None, ("x.yaml", True))
