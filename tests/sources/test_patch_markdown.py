"""Edits of Markdown playbooks: texts of items, mails and tables, and the cells of plans."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.patching import File

PLAN = """\
# Plan: Harbour

| # | Action              | Owner     | Due        | Status |
|---|:--------------------|-----------|-----------:|--------|
| 1 | Kick-off call       | Dana      | 2026-01-14 | Done   |
| 2 | Send \\| sign routes | **Raj**   |            | `open` |
| 3 | **Review** routes   | [Tom](#t) | **2026-01-29** |
| 4 |                     | Ines | | |
| 5 | Weigh               | Ines | *next* week || x

## Next steps

- [ ] Send the deck – Owner: Dana – By: 2026-01-16 <!-- steplint: ignore WHEN303 -->
- Call   Raj
  before noon
* **Sign the order form**

> - Quoted step

## Mail

Subject: Our plan

Hi Dana,

let me know
what you think.

Best,
Kim
"""


@pytest.mark.parametrize(
    ("text", "field", "new", "old", "written"),
    [
        ("Kick-off call", "next_step", "Kick-off", "| Kick-off call  ", "| Kick-off  "),
        ("Kick-off call", "next_step", "a|b", "| Kick-off call  ", "| a\\|b  "),
        ("Kick-off call", "next_step", "a\\|b", "| Kick-off call  ", "| a\\|b  "),
        ("Kick-off call", "due_date", "2026-01-15", "2026-01-14", "2026-01-15"),
        ("Kick-off call", "due_text", "2026-01-15", "2026-01-14", "2026-01-15"),
        ("Kick-off call", "due_text", "Thu 15 Jan", "2026-01-14", "Thu 15 Jan"),
        ("Kick-off call", "status", "in progress", "| Done ", "| in progress "),
        ("Kick-off call", "status", "a|b", "| Done ", "| a\\|b "),
        ("Kick-off call", "owner", "Kim", "| Dana ", "| Kim "),
        ("Send \\| sign routes", "next_step", "Sign \\| send", "Send \\| sign routes", "Sign \\| send"),
        ("Send \\| sign routes", "due_date", "2026-01-20", "|            |", "| 2026-01-20 |"),
        ("Send \\| sign routes", "owner", "Ines", "**Raj**", "**Ines**"),
        ("Send \\| sign routes", "status", "done", "`open`", "`done`"),
        ("**Review** routes", "due_date", "2026-02-01", "**2026-01-29**", "**2026-02-01**"),
        ("**Review** routes", "next_step", "**Check** them", "**Review** routes", "**Check** them"),
        ("", "due_date", "2026-02-01", "| Ines | |", "| Ines | 2026-02-01 |"),
        ("", "next_step", "Train them", "|                     |", "| Train them          |"),
        ("Weigh", "status", "done", "||", "|done|"),
        ("Send the deck – Owner: Dana – By: 2026-01-16", "next_step", "Send it – Owner: Raj – By: 2026-01-19",
         "Send the deck – Owner: Dana – By: 2026-01-16", "Send it – Owner: Raj – By: 2026-01-19"),
        ("Call   Raj\nbefore noon", "next_step", "Call Raj\nat noon", "Call   Raj\n  before noon", "Call Raj\n  at noon"),
        ("Sign the order form", "next_step", "Sign it", "**Sign the order form**", "**Sign it**"),
        ("Our plan", "next_step", "Your plan", "Our plan", "Your plan"),
        ("let me know\nwhat you think.", "next_step", "Is Thu 15 Jan\nat 10:00 good?", "let me know\nwhat you think.",
         "Is Thu 15 Jan\nat 10:00 good?"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_one_cell(tmp_path: Path, end: str, text: str, field: str, new: str, old: str, written: str) -> None:
    source = PLAN.replace("\n", end)
    old, written = old.replace("\n", end), written.replace("\n", end)
    file = File.of(tmp_path, "a.md", "\ufeff" + source)
    row = [each["next_step"] for each in file.records()].index(text)
    assert source.count(old) == 1
    assert file.put(row, field, new) == "\ufeff" + source.replace(old, written)


@pytest.mark.parametrize(
    ("text", "field", "new", "reason"),
    [
        ("Kick-off call", "next_step", "a\nb", "as many lines"),
        ("Kick-off call", "next_step", "**a**", "emphasis"),
        ("Kick-off call", "next_step", "a <!-- steplint: ignore -->", "emphasis"),
        ("**Review** routes", "next_step", "Review routes", "emphasis"),
        ("**Review** routes", "owner", "Kim", "marks"),
        ("**Review** routes", "status", "done", "no cell"),
        ("Weigh", "due_date", "2026-02-01", "“*next* week”, which is not read"),
        ("Send the deck – Owner: Dana – By: 2026-01-16", "due_date", "2026-01-17", "part of the text"),
        ("Send the deck – Owner: Dana – By: 2026-01-16", "status", "done", "part of the text"),
        ("Call   Raj\nbefore noon", "next_step", "Call Raj", "as many lines"),
        ("Call   Raj\nbefore noon", "next_step", "Call Raj\n\n", "as many lines"),
        ("Our plan", "next_step", "", "fewer|otherwise"),
    ],
)
def test_refused(tmp_path: Path, text: str, field: str, new: str, reason: str) -> None:
    file = File.of(tmp_path, "a.md", PLAN)
    row = [each["next_step"] for each in file.records()].index(text)
    said = file.refuses(row, field, new)
    assert any(words in said for words in reason.split("|"))


@pytest.mark.parametrize("new", ["# Goal", "> quoted", "1. one", "---", "```", "Subject: x", "a\rb", "<div>", "[ ] x"])
def test_a_text_that_would_be_another_block(tmp_path: Path, new: str) -> None:
    file = File.of(tmp_path, "a.md", "# Next steps\n\n- Call Dana\n- Send it\n")
    patched = file.patch(file.edit(0, "next_step", new))
    again = File.of(tmp_path, "b.md", patched.data).records()
    assert [each["next_step"] for each in again] == ([new] if patched.done else ["Call Dana"]) + ["Send it"]


def test_a_backslash_that_would_escape_the_bar(tmp_path: Path) -> None:
    file = File.of(tmp_path, "a.md", "# Plan\n\n|Action|Owner|\n|---|---|\n|Call|Dana|\n")
    assert "something else" in file.refuses(0, "next_step", "a\\")
    assert file.put(0, "next_step", "a\\b").endswith("|a\\b|Dana|\n")


def test_two_records_on_one_line(tmp_path: Path) -> None:
    source = (
        '# Next steps: what to say\n\n| Weak | Strong |\n|---|---|\n| "Let\'s talk soon" | "Is Thu at 10 good?" |\n'
    )
    file = File.of(tmp_path, "a.md", source)
    weak, strong = file.records()
    assert (weak["line"], strong["line"]) == (5, 5)
    edits = [file.edit(1, "next_step", "Does Friday at 11 work?"), file.edit(0, "next_step", "Talk")]
    assert file.after(*edits).decode() == source.replace("Is Thu at 10 good?", "Does Friday at 11 work?").replace(
        "Let's talk soon", "Talk"
    )
    assert "several records" in file.patch(edits[0]._replace(column=None)).refused[0][1]


def test_plans_in_fences_and_quotes(tmp_path: Path) -> None:
    plan = "| Action | Owner | Due |\n|---|---|---|\n| Call | Dana | 14 Jan 2026 |\n| Send | Raj |  |\n"
    quoted = "".join(f"> {line}\n" for line in plan.splitlines())
    for source in (f"# Plan\n\n```text\n{plan}```\n", f"# Plan\n\n{quoted}"):
        file = File.of(tmp_path, "a.md", source)
        assert file.put(1, "due_date", "2026-01-05") == source.replace("|  |", "| 5 Jan 2026 |")


def test_html_tables(tmp_path: Path) -> None:
    source = (
        "# Plan\n\n<table>\n<tr><th>Action</th><th>Owner</th><th>Due</th></tr>\n<tr><td>Call</td><td>Dana</td><td></td></tr>\n"
        '<tr><td>Send</td><td rowspan="2">Raj</td><td>1/14/2026</td></tr>\n<tr><td>Sign</td><td>1/20/2026</td></tr>\n</table>\n'
    )
    file = File.of(tmp_path, "a.md", source)
    assert [each["owner"] for each in file.records()] == ["Dana", "Raj", "Raj"]
    assert file.put(1, "due_date", "2026-01-05") == source.replace("1/14/2026", "1/5/2026")
    assert file.put(0, "due_date", "2026-01-05") == source.replace("<td></td>", "<td>1/5/2026</td>")
    assert file.put(0, "next_step", "a|b") == source.replace("Call", "a|b")
    assert "otherwise" in file.refuses(1, "owner", "Kim")


# ---------------------------------------------------------------------------------------------------------------------
# Random plans, split at their bars.

CELL = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=8).map(
    lambda text: text.replace("|", "").replace("\\", "")
)


DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@settings(deadline=None)
@given(
    st.lists(st.tuples(CELL, CELL, DAYS.map(str) | st.just("")), min_size=1, max_size=4),
    st.sampled_from(["", " ", "   "]), st.sampled_from(["\n", "\r\n"]), st.data(),
)  # fmt: skip
def test_any_cell_of_any_plan(rows: list[tuple[str, str, str]], blank: str, end: str, data: st.DataObject) -> None:
    table = [["Action", "Owner", "Due"], ["---"] * 3, *map(list, rows)]
    lines = [f"|{blank}{f'{blank}|{blank}'.join(cells)}{blank}|" for cells in table]
    source = f"# Plan{end}{end}" + end.join(lines) + end
    with tempfile.TemporaryDirectory() as folder:
        file = File.of(Path(folder), "a.md", source)
        records = file.records()
        if not records:
            return
        row = data.draw(st.integers(0, len(records) - 1))
        field = data.draw(st.sampled_from(["next_step", "owner", "due_date"]))
        new = data.draw(DAYS.map(str) if field == "due_date" else CELL)
        patched = file.patch(file.edit(row, field, new))
        if patched.refused:
            assert patched.data == source.encode()
            return
    place = records[row]["line"] - 3
    column = ["next_step", "owner", "due_date"].index(field)
    after = patched.data.decode().split(end)
    assert [line for n, line in enumerate(after) if n != place + 2] == [
        line for n, line in enumerate(source.split(end)) if n != place + 2
    ]
    was, now = (line.split("|") for line in (source.split(end)[place + 2], after[place + 2]))
    assert [cell for n, cell in enumerate(now) if n != column + 1] == [
        cell for n, cell in enumerate(was) if n != column + 1
    ]
    assert new in now[column + 1]
    assert now[column + 1].replace(new, "", 1).strip("*_` ") == ""
