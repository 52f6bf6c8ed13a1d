"""Edits of YAML: a scalar is replaced in its own style, in exports and in playbooks."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.patching import File


def deal(step: str, due: str = "", more: str = "") -> str:
    return f"# deals\n- id: 1\n  next_step: {step}\n  next_step_date:{due}\n{more}"


@pytest.mark.parametrize(
    ("old", "new", "written"),
    [
        ("Call   # today", "Send", "Send   # today"),
        ("Call", "Send it, then wait", "Send it, then wait"),
        ("Call", "a: b", "'a: b'"),
        ("Call", "a #b", "'a #b'"),
        ("Call", "it's: b", "'it''s: b'"),
        ("Call", "no", "'no'"),
        ("Call", "12:30", "'12:30'"),
        ("Call", "007", "'007'"),
        ("Call", "null", "'null'"),
        ("Call", "2026-01-15", "'2026-01-15'"),
        ("Call", "* a", "'* a'"),
        ("Call", "[x] a", "'[x] a'"),
        ("Call", " a ", "' a '"),
        ("Call", "Größe – 🎉", "Größe – 🎉"),
        ("Call", "a\nb", '"a\\nb"'),
        ("Call", "a\u2028b", '"a\\u2028b"'),
        ("Call", "a\tb", "'a\tb'"),
        ("'Call'", "it's", "'it''s'"),
        ("'Call'", "a\nb", '"a\\nb"'),
        ('"Call"', 'a "b" \\', '"a \\"b\\" \\\\"'),
        ('"Call"', "a\x07\x85", '"a\\u0007\\u0085"'),
        ("Call me\n    tomorrow   # then", "Send", "Send   # then"),
        ('"Call me\n    tomorrow"', "Send", '"Send"'),
        ("7", "8", "8"),
        ("7", "a", "a"),
        ('""', "a", '"a"'),
        ("|\n    Call\n    Dana\n", "Call\nRaj\n", "|\n    Call\n    Raj\n"),
        ("|  # log\n    Call\n\n    Dana\n", "1\n\n\n2\n", "|  # log\n    1\n\n\n    2\n"),
        ("|-\n    Call", "Send", "|-\n    Send"),
        (">-\n    Call", "Send", ">-\n    Send"),
        (
            ">-\n    Call Dana\n    about it",
            "Send it  to Raj by Friday noon",
            ">-\n    Send\n    it  to\n    Raj by\n    Friday\n    noon",
        ),
        (">-  # x\n    Call Dana Wu\n    about it", "Send it", ">-  # x\n    Send it"),
        (">\n    Call\n    Dana\n", "Send it\n", ">\n    Send\n    it\n"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_text(tmp_path: Path, end: str, old: str, new: str, written: str) -> None:
    file = File.of(tmp_path, "a.yaml", deal(old).replace("\n", end))
    assert file.put(0, "next_step", new) == deal(written).replace("\n", end)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("|\n    Call\n", "Send", "ends otherwise"),
        ("|\n    Call\n", "  Send\n", "cannot hold"),
        ("|2\n    Call\n", "Send\n", "indentation"),
        ("|\n\n    Call\n", "Send\n", "blank lines"),
        (">\n    Call\n\n    Dana\n", "Send\n", "folded"),
        (">\n    Call\n      Dana\n", "Send\n", "folded"),
        (">\n    Call\n", "Send\nDana\n", "folded"),
        ("&a Call", "Send", "anchor"),
        ("!!str Call", "Send", "tag"),
    ],
)
def test_what_is_not_exact_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert reason in File.of(tmp_path, "a.yaml", deal(old)).refuses(0, "next_step", new)


@pytest.mark.parametrize(
    ("old", "more", "written"),
    [
        ("", "", " 2026-01-15"),
        ("   # none yet", "", " 2026-01-15   # none yet"),
        (" ~", "", " 2026-01-15"),
        (" null", "", " 2026-01-15"),
        (' ""', "", ' "2026-01-15"'),
        (" 2026-01-14", "", " 2026-01-15"),
        (" '2026-01-14'", "", " '2026-01-15'"),
        ("", "- {id: 2, next_step: b, next_step_date: '2026-01-01'}\n", " '2026-01-15'"),
        ("", '- {id: 2, next_step: b, next_step_date: "15 Feb 2026"}\n', ' "15 Jan 2026"'),
        ("", "- {id: 2, next_step: b, next_step_date: 1/14/2026}\n", " 1/15/2026"),
        (" 2026-01-14T00:00:00Z", "", " 2026-01-15T00:00:00Z"),
    ],
)
def test_one_day(tmp_path: Path, old: str, more: str, written: str) -> None:
    file = File.of(tmp_path, "a.yaml", deal("Call", old, more))
    assert file.put(0, "due_date", "2026-01-15") == deal("Call", written, more)


def test_days_in_brackets(tmp_path: Path) -> None:
    source = (
        '[{"next_step": "a", "due date": null},\n'
        " {next_step: b, due date: , id: 2},\n {next_step: c, due date: 2026-01-01}]\n"
    )
    file = File.of(tmp_path, "a.yaml", source)
    edits = [
        file.edit(0, "due_date", "2026-01-15"),
        file.edit(1, "due_date", "2026-01-16"),
        file.edit(2, "next_step", "x, y"),
    ]
    after = file.after(*edits).decode()
    assert yaml.safe_load(after)[2]["next_step"] == "x, y"
    assert after == source.replace("null", "2026-01-15").replace("date: ,", "date: 2026-01-16,").replace(
        ": c,", ": 'x, y',"
    )


def test_a_value_that_another_record_shares(tmp_path: Path) -> None:
    source = "deals:\n- &one\n  id: 1\n  next_step: Call\n- *one\n- id: 3\n  next_step: b\n"
    file = File.of(tmp_path, "a.yaml", source)
    assert file.records()[0]["next_step"] == file.records()[1]["next_step"] == "Call"
    patched = file.patch(file.edit(0, "next_step", "x"), file.edit(2, "next_step", "y"))
    assert patched.data.decode() == source.replace(": b", ": y")
    assert "another part" in patched.refused[0][1]


def test_keys_that_are_not_there(tmp_path: Path) -> None:
    file = File.of(tmp_path, "a.yaml", "- id: 1\n  next_step: a\n- id: 2\n  next_step: b\n  due date: 2026-01-01\n")
    assert file.refuses(0, "due_date", "2026-01-15") == "no such key in this record"


def test_keys_within_keys(tmp_path: Path) -> None:
    source = "records:\n- Owner:\n    Name: Dana\n  NextStep: Call\n"
    file = File.of(tmp_path, "a.yaml", source)
    assert file.put(0, "owner", "Raj") == source.replace("Dana", "Raj")


BOOK = """\
title: Rollout
plan:
  - date: 2026-01-20   # agreed
    action: "Data workshop: planners"
    owner: Aiko
    status: scheduled
  - action: Train the night shift
    owner:
    date:
  - action: Weigh
    date: after the holidays
    state: ' in progress '
next_steps:
  - "Send the invitation – Owner: Aiko – By: 2026-01-14"
  - Check in
  - >-
    Call
    Dana
emails:
  first:
    subject: |
      Our workshop
    closing: Talk soon.
"""


@pytest.mark.parametrize(
    ("text", "field", "new", "old", "written"),
    [
        ("Data workshop: planners", "due_date", "2026-01-22", "2026-01-20 ", "2026-01-22 "),
        ("Data workshop: planners", "status", "done", "scheduled", "done"),
        ("Data workshop: planners", "status", "n: a", "scheduled", "'n: a'"),
        ("Data workshop: planners", "next_step", "x", '"Data workshop: planners"', '"x"'),
        ("Train the night shift", "due_date", "2026-02-01", "    date:\n", "    date: 2026-02-01\n"),
        ("Train the night shift", "owner", "Raj", "    owner:\n", "    owner: Raj\n"),
        ("Weigh", "due_text", "2026-02-01", "after the holidays", "2026-02-01"),
        ("Weigh", "due_text", "by May", "after the holidays", "by May"),
        ("Weigh", "status", "done", "' in progress '", "'done'"),
        ("Check in", "next_step", "Call Dana", "Check in", "Call Dana"),
        ("Our workshop", "next_step", "Workshop", "Our workshop", "Workshop"),
        ("Talk soon.", "next_step", "Is Thursday good?", "Talk soon.", "Is Thursday good?"),
        (
            "Send the invitation – Owner: Aiko – By: 2026-01-14", "next_step", "Send it – Owner: Raj – By: 2026-01-15",
            "Send the invitation – Owner: Aiko – By: 2026-01-14", "Send it – Owner: Raj – By: 2026-01-15",
        ),
    ],
)  # fmt: skip
def test_playbooks(tmp_path: Path, text: str, field: str, new: str, old: str, written: str) -> None:
    file = File.of(tmp_path, "a.yaml", BOOK)
    row = [each["next_step"] for each in file.records()].index(text)
    assert BOOK.count(old) == 1
    assert file.put(row, field, new) == BOOK.replace(old, written)


@pytest.mark.parametrize(
    ("text", "field", "new", "reason"),
    [
        ("Weigh", "due_date", "2026-02-01", "“after the holidays”, which is not read"),
        ("Check in", "due_date", "2026-02-01", "no cell of its own"),
        ("Call Dana", "next_step", "Send\nit", "folded"),
        ("Train the night shift", "status", "open", "no cell of its own"),
    ],
)
def test_playbooks_refused(tmp_path: Path, text: str, field: str, new: str, reason: str) -> None:
    file = File.of(tmp_path, "a.yaml", BOOK)
    row = [each["next_step"] for each in file.records()].index(text)
    assert reason in file.refuses(row, field, new)


# ---------------------------------------------------------------------------------------------------------------------
# Random documents, written and read by PyYAML.

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufeff"), max_size=10)
LINES = st.lists(TEXT, min_size=1, max_size=3).map("\n".join)


@settings(deadline=None)
@given(st.data())
def test_any_text_of_any_document(data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.one_of(TEXT, LINES), min_size=1, max_size=4))
    style = data.draw(st.sampled_from([None, "'", '"', "|", ">"]))
    flow = data.draw(st.booleans())
    place, new = data.draw(st.integers(0, len(texts) - 1)), data.draw(st.one_of(TEXT, LINES))
    rows: list[dict[str, Any]] = [{"id": f"r{n}", "next_step": text, "name": "x: y"} for n, text in enumerate(texts)]
    source = yaml.safe_dump(
        rows, default_style=style, default_flow_style=flow, allow_unicode=True, sort_keys=False, width=40
    )
    with tempfile.TemporaryDirectory() as folder:
        file = File.of(Path(folder), "a.yaml", source)
        records = file.records()
        if len({each["line"] for each in records}) < len(records):
            return
        patched = file.patch(file.edit(place, "next_step", new))
    if patched.refused:
        assert patched.data.decode() == source
        assert "formula" in patched.refused[0][1] or "block" in patched.refused[0][1]
        return
    rows[place]["next_step"] = new
    assert yaml.safe_load(patched.data.decode()) == rows
    begin = source.index(f"r{place}")
    behind = source[source.index("name", begin) :] if "name" not in texts[place] else ""
    assert patched.data.decode().startswith(source[:begin])
    assert patched.data.decode().endswith(behind.partition(f"r{place + 1}")[2] if place + 1 < len(rows) else "")
