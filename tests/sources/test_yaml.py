"""YAML exports: values stay as they are written, and bombs, aliases to nowhere and second documents are refused."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.sources.reading import outcome, read, refused

from steplint.errors import SteplintError
from steplint.records.mapping import NoNextStep


def test_a_list_of_records() -> None:
    text = """# exported
- Id: 006A
  Next Step: Call
  Owner: {Name: D. Lee}
  contacts: [Dana, {name: Raj}]

- Next Step: >
    Mail
    Dana
  Close Date: 2026-01-31
- {Next Step: ~}
"""
    found = read(text, "deals.yaml")
    assert found.stream.kind == "yaml"
    assert found.records["id"].to_list() == ["006A", None, None]
    assert found.steps == ["Call", "Mail Dana\n", None]
    assert found.records["owner"][0] == "D. Lee"
    assert found.records["contacts"][0].to_list() == ["Dana", "Raj"]
    assert found.records["close_date"][1] == date(2026, 1, 31)
    assert found.lines == [2, 7, 11]


AS_WRITTEN = [
    "no", "Yes", "on", "OFF", "y", "true", "False", "007", "0x1F", "1_000", "12:30", "190:20:30", "1e3", ".5", ".inf", ".NaN",
    "2026-01-12", "2026-01-12 10:00:00", "2026-01-12T10:00:00Z", "+1", "-0", "0o14", "1,000", "=", "12345678901234567890123",
]  # fmt: skip


def test_values_stay_as_written() -> None:
    found = read("".join(f"- next_step: {text}\n" for text in AS_WRITTEN), "a.yaml")
    assert found.steps == AS_WRITTEN


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("NULL", None), ("''", ""), ("'~'", "~"), ('"null"', "null"), ("!!str 12", "12"),
        ("! no", "no"), ("!!str", ""), ("*a", "Call"), ("|\n    a\n     b\n", "a\n b\n"), ("'a\n\n    b'", "a\nb"),
        ("[a, [b]]", '["a", ["b"]]'),
    ],
)  # fmt: skip
def test_nothing_texts_and_aliases(text: str, value: str | None) -> None:
    assert read(f"- id: &a Call\n  next_step: {text}\n", "a.yaml").steps == [value]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("done: true\nrecords:\n  - next_step: a\n  - next_step: b\n", [3, 4]),
        ("- {next_step: a}\n-\n  next_step: b\n", [1, 3]),
        ("- &one\n  next_step: a\n- next_step: b\n", [1, 3]),
        ("%YAML 1.1\n---\n- next_step: a\n- next_step: b\n...\n", [3, 4]),
        ("[{next_step: a},\r\n {next_step: b}]", [1, 2]),
    ],
)
def test_where_records_begin(text: str, lines: list[int]) -> None:
    found = read(text, "a.yaml")
    assert (found.steps, found.lines) == (["a", "b"], lines)


def test_one_mapping_is_one_record_also_with_lists_in_it() -> None:
    found = read("next_step: Call\ncontacts:\n  - name: Dana\n", "a.yaml")
    assert (found.steps, found.lines) == (["Call"], [1])


LAUGHS = (
    "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)) + "next_step: *a39\n"
)
LONG_TEXT = "text: &text " + "x" * 1_000_000 + "\nnext_step: [" + "*text, " * 2_000 + "]\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        (LAUGHS, None, None, "too many values once aliases are written out"),
        (LONG_TEXT, 2, None, "too many values once aliases are written out"),
        ("- next_step: a\n- next_step: " + "[" * 70 + "]" * 70, 2, None, "nested deeper than 64 levels"),
        ("- next_step: " + "[" * 100_000, 1, None, "nested deeper than 64 levels"),
        ("- " * 100_000 + "a", 1, None, "nested deeper than 64 levels"),
        ("- next_step: a\n  id: 1\n  next_step: b\n", 3, 3, "key next_step is given twice"),
        ("- Owner: {Name: a}\n  Owner.Name: b\n", 1, 3, "key 'Owner.Name' is given twice, with a dot and nested"),
        ("- next_step: !!python/object:os.system a\n", 1, 14, "unknown tag !!python"),
        ("- next_step: !ruby/object a\n", 1, 14, "unknown tag !ruby/object"),
        ("- next_step: !!binary aGk=\n", 1, 14, "unknown tag !!binary"),
        ("- next_step: *nowhere\n", 1, 14, r"alias \*nowhere stands for nothing"),
        ("- &a [*a]\n", 1, 7, r"alias \*a stands for nothing, or for itself"),
        ("- &a {x: 1}\n- {<<: *a, next_step: b}\n", 2, 4, "merge keys"),
        ("- ? [a]\n  : b\n", 1, 5, "a key must be plain text"),
        ("- next_step: a\n\t- next_step: b\n", 2, 1, "not valid YAML.*tab"),
        ("- next_step: a\n- next_step: 'b\n", 3, 1, "not valid YAML"),
        ("- next_step: a: b\n", 1, 15, "not valid YAML: mapping values are not allowed"),
        ("- next_step: a\n---\n- next_step: b\n", 2, 1, "a second document begins here"),
        ("- next_step: é\n- next_step: 'x\x01'\n", 2, 16, "not valid YAML: control characters are not allowed"),
        ("- a\n- b\n", 1, 1, "no mappings in this YAML"),
        ("records:\n  - a\nx: []\n", 1, None, "no next-step column; headers found: records, x"),
        ("just text", 1, 1, "no mappings in this YAML"),
        ("# only a comment", 1, 1, "no mappings in this YAML"),
        ("", None, None, "the file is empty"),
        ("- id: 1\n  stage: x\n", 1, None, "no next-step column; headers found: id, stage"),
    ],
)  # fmt: skip
def test_refused(text: str, line: int | None, column: int | None, words: str) -> None:
    found = refused(text, "a.yaml", words)
    assert line in (None, found[0])
    assert column in (None, found[1])


def test_large_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steplint.sources.yaml.LARGEST", 1 << 20)
    refused("- next_step: |\n    " + "x" * (1 << 20), "a.yaml", "larger than 1 MiB")


# Whatever the writer writes.

_texts = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    [*AS_WRITTEN, "~", "null", "- a", "a: b", "#", "|"]
)


@settings(deadline=None)
@given(
    steps=st.lists(st.none() | _texts, min_size=1, max_size=6),
    width=st.sampled_from([10, 80, 1000]),
    style=st.sampled_from([None, '"', "'", "|", ">"]),
    flow=st.booleans(),
    unicode=st.booleans(),
    wrapped=st.booleans(),
)
def test_what_yaml_writes_is_read_back(
    steps: list[str | None], width: int, style: Any, flow: bool, unicode: bool, wrapped: bool
) -> None:
    if style:  # it would write a tag for nothing
        steps = [step or "" for step in steps]
    rows = [{"id": f"r{n}", "next_step": step} for n, step in enumerate(steps)]
    shape: dict[str, Any] = {
        "default_flow_style": flow,
        "default_style": style,
        "width": width,
        "allow_unicode": unicode,
    }
    text = yaml.safe_dump({"done": "1", "records": rows} if wrapped else rows, **shape)
    # PyYAML does not read back all that it writes (U+0085, say).
    assume(
        [row["next_step"] for row in (yaml.safe_load(text)["records"] if wrapped else yaml.safe_load(text))] == steps
    )
    found = read(text, "a.yaml")
    assert found.steps == steps
    assert found.records["id"].to_list() == [row["id"] for row in rows]


_plain = st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Zl", "Zp"], exclude_characters="\ufeff")


@settings(deadline=None)
@given(st.lists(st.none() | st.text(_plain, max_size=20), min_size=1, max_size=6))
def test_json_is_yaml_too(steps: list[str | None]) -> None:
    assert read(json.dumps([{"next_step": step} for step in steps], ensure_ascii=False), "a.yaml").steps == steps


@settings(deadline=None)
@given(st.text(st.sampled_from("ab:-&*!<>[]{}'\"#|%@? \n\t0,\x85"), max_size=50) | st.text(max_size=50))
def test_any_text_is_records_or_one_clear_error(text: str) -> None:
    for data in (text, f"- next_step: x\n  extra: {text}"):
        result = outcome(data.encode("utf-8", "surrogatepass"), "a.yaml")
        assert (
            not isinstance(result, SteplintError)
            or result.line
            or isinstance(result, NoNextStep)
            or "empty" in str(result)
        )
