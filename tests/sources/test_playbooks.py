"""Playbooks: what becomes a record, where it stands, and that nothing in a text can break the reading."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

import steplint
from steplint.errors import InputError
from steplint.sources import open_source
from steplint.sources.playbook.items import read_item
from steplint.sources.playbook.markdown import LARGEST, rows_of

ROOT = Path(__file__).parents[2]
README = ROOT / "examples/playbooks/README.md"
AS_OF = date(2026, 1, 15)
TOLD: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("playbooks.yaml").read_text("utf-8"))


def records(text: str, name: str = "book.md") -> list[dict[str, Any]]:
    stream = open_source(["-"], stdin=io.BytesIO(text.encode()), stdin_filename=name, as_of=AS_OF)
    return pl.concat(batch.records for batch in stream.batches).to_dicts()


def told(row: dict[str, Any]) -> str:
    text = row["next_step"].split("\n")[0][:60].rstrip()
    parts = (f"{row['line']}:{row['column']}", row["kind"], row["role"], row["owner"], row["due_text"], text)
    return " | ".join(part or ("-" if at < 5 else "") for at, part in enumerate(parts)).rstrip(" ")


def roles(text: str, name: str = "book.md") -> list[tuple[str, str | None, str]]:
    return [(row["kind"], row["role"], row["next_step"]) for row in records(text, name)]


def test_every_example_is_told_of() -> None:
    files = [*README.parent.iterdir(), *(ROOT / "tests/playbooks").glob("*.md")]
    assert {file.relative_to(ROOT).as_posix() for file in files} == set(TOLD)


@pytest.mark.parametrize("name", TOLD)
def test_records_of_the_examples(name: str) -> None:
    stream = open_source([str(ROOT / name)], as_of=AS_OF)
    found = pl.concat(batch.records for batch in stream.batches)
    assert [told(row) for row in found.to_dicts()] == [line.rstrip() for line in TOLD[name]]
    assert found["id"].null_count() == 0
    assert found["doc_id"].str.starts_with(str(ROOT / name)).all()


@pytest.mark.parametrize("name", TOLD)
def test_texts_of_the_examples_stand_where_it_is_said(name: str) -> None:
    source = (ROOT / name).read_text("utf-8")
    _stand_in(source, records(source, name))


def _stand_in(source: str, found: list[dict[str, Any]]) -> None:
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for row in found:
        first, *rest = row["next_step"].split("\n")
        place = row["column"] - 1
        assert lines[row["line"] - 1][place : place + len(first)] == first
        for at, text in enumerate(rest):
            assert text in lines[row["line"] + at]


# Pieces that documents are made of; any order of them has to be read.
PIECES = st.sampled_from(
    [
        "# ", "## Next steps", "## Weak", "- [ ] @dana send it", "- ", "> ", "```", "~~~text", "| a | b |", "|---|---|",
        "| Action | Owner | Due |", "| x \\| y | <name> | [Date] |", "Subject: hi", "Hi {{name}},", '"Let us talk"', "“open",
        "Rep: hello there", "**Goal:** live", "RISKS:", "Risks:", "Best,", "  - Owner: X – By: Y", "1. a", "---", "\t",
        "    code",
        "<!-- c -->", "❌ “no”", "✅ “yes”", "Dependencies:", "\\", "``", "* * *", "&amp;",
        "\u2028", "\x0b", "\x0c", "\x85", "\ufeff",
        "<table>", "<tr><th>Action<th>Owner", "<tr><td rowspan=2>", "<td>Send <b>it", "</td>", "</table>", "<details>",
        "<summary>Next steps</summary>", "</details>", "  - Owner: Lee", "- **Dana**", "### Our side", "**Next steps**",
    ]
)  # fmt: skip
DOCUMENTS = st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=25).map("\n".join)


@given(st.one_of(st.text(max_size=200), DOCUMENTS))
@example("- \t> | a\n")
@example("|a|\n|-|\n|\\")
@example('```\n"a\n\nb"\n')
def test_any_text_is_read_and_every_record_stands_in_it(text: str) -> None:
    found = next(rows_of(text, "book.md").table("markdown", []).blocks).raw.to_dicts()
    _stand_in(text, found)


@given(DOCUMENTS)
def test_line_ends_make_no_difference(text: str) -> None:
    plain = text.replace("\r", "")
    frames = [
        next(rows_of(source, "b.md").table("markdown", []).blocks).raw
        for source in (plain, plain.replace("\n", "\r\n"))
    ]
    assert frames[0].equals(frames[1])


def test_a_document_without_a_step_is_no_mistake() -> None:
    stream = open_source([str(README)], as_of=AS_OF)
    assert sum(batch.records.height for batch in stream.batches) == 0
    assert [note for note in stream.notes if note.startswith("without a step")] == stream.notes
    assert records("") == []


def test_a_table_without_records_still_is_one(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text("id,next step\n")
    (tmp_path / "README.md").write_text("# Nothing\n")
    stream = open_source([str(tmp_path / "deals.csv"), str(tmp_path / "README.md")], as_of=AS_OF)
    with pytest.raises(InputError, match="no records"):
        list(stream.batches)


def test_size_and_depth_are_bounded() -> None:
    with pytest.raises(InputError, match="larger than 8 MiB"):
        records("a\n" * (LARGEST // 2 + 1))
    assert records("> " * 5_000 + "Subject: deep") == []
    assert records("- " * 5_000 + "deep") == []
    assert records("| " * 5_000 + "\n" + "|-" * 5_000) == []
    assert records("[" * 20_000 + "*" * 20_000) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Send the model – Owner: Dana Wu – By: 15 Jan", ("Dana Wu", "15 Jan", (), None)),
        ("[Action 1] - Owner: [Name] - By: [Date]", ("[Name]", "[Date]", (), None)),
        ("@dana send the model by Fri", ("dana", None, (), None)),
        ("**Dana:** send the model (due: 2026-01-20)", ("Dana", "2026-01-20", (), None)),
        ("Pricing call - [Date/Time] - Attendees: Dana, Lee and Wu", (None, None, ("Dana", "Lee", "Wu"), None)),
        ("Send the model | Who: Lee | When: next week | Status: open", ("Lee", "next week", (), "open")),
        ("Demo: Jan 29", (None, None, (), None)),
        ("write to dana@example.com", (None, None, (), None)),
        ("see https://example.com/by:me", (None, None, (), None)),
    ],
)
def test_fields_of_an_item(text: str, expected: tuple[Any, ...]) -> None:
    assert tuple(read_item(text)) == expected


def test_items_are_tasks_where_they_are_steps() -> None:
    before = "## Before the call\n- [ ] Read the notes\n\n"
    book = before + "## Next steps\n- [x] Send it\n- Call Lee\n  - a note\n- Us:\n  - Book a room\n"
    assert roles(book) == [("task", "step", "Send it"), ("task", "step", "Call Lee"), ("task", "step", "Book a room")]
    assert [row["scope"] for row in records(book)] == ["closed", None, None]


def test_goal_and_risks_belong_to_a_plan() -> None:
    around = "## Goal\nLive by May\n\n## Risks\n- Budget\n"
    plan = "\n## Milestones\n| What | Who | By when |\n|---|---|---|\n| Kick-off | Lee | [Date] |\n"
    assert roles(f"# Guide\n{around}") == []
    assert roles(f"# Plan\n{around}{plan}") == [
        ("plan_row", "goal", "Live by May"),
        ("plan_row", "risk", "Budget"),
        ("plan_row", "step", "Kick-off"),
    ]
    assert {row["doc_id"] for row in records(f"# Plan\n{around}{plan}")} == {"book.md#Plan"}


def test_examples_share_their_position() -> None:
    table = "## Wording\n| Weak | Strong |\n|---|---|\n| “We'll see” | “Tuesday at 2?” |\n"
    places = [(row["role"], row["position"]) for row in records(f"{table}\nDon't say: “Soon”\n\nSay: “On Friday”\n")]
    assert places == [("weak", 1), ("strong", 1), ("weak", 2), ("strong", 2)]


def test_signs_to_look_for_are_no_examples() -> None:
    assert roles("| Strong commitment | Weak commitment |\n|---|---|\n| Asks about rollout | Vague on timing |\n") == []


def test_a_customers_line_is_not_ours() -> None:
    script = "# Call script\n```\nRep: May I show you Friday?\nBuyer: Maybe later.\nRep: Friday at 9 then.\n```\n"
    assert [text for _, _, text in roles(script)] == ["May I show you Friday?", "Friday at 9 then."]


def test_struck_out_items_are_cancelled() -> None:
    found = records("## Next steps\n- ~~Call Lee~~\n")
    assert [(row["status"], row["scope"]) for row in found] == [("cancelled", "closed")]


def test_code_is_no_script() -> None:
    assert roles('# Call script\n```python\nprint("hello there")\n```\n') == []


def test_front_matter_names_title_and_account() -> None:
    book = "---\ntitle: Plan\naccount: Acme\n---\n## Next steps\n- Call Lee\n"
    assert [(row["account"], row["id"], row["line"]) for row in records(book)] == [("Acme", "Next steps / Call Lee", 6)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plan: []\n", []),
        ("next_steps:\n- Call Lee\n", [("task", "step", "Call Lee")]),
        (
            "plan:\n  goal: Live\n  milestones:\n  - {action: Kick off, owner: Lee}\n",
            [("plan_row", "goal", "Live"), ("plan_row", "step", "Kick off")],
        ),
        ("email:\n  subject: Hi\n  next_steps: [Send it]\n", [("email", "subject", "Hi"), ("email", "step", "Send it")]),
        ("scripts:\n  opening: Hello\n  ending: Bye\n", [("utterance", "opening", "Hello"), ("utterance", "ending", "Bye")]),
        ("agenda:\n- topic: Intro\n- Close\n", [("utterance", "agenda", "Intro"), ("utterance", "agenda", "Close")]),
    ],
)  # fmt: skip
def test_yaml_playbooks(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert roles(text, "book.yaml") == expected


def test_a_yaml_export_may_have_a_plan_beside_its_deals() -> None:
    text = "deals:\n- {id: 1, next step: Call Lee}\nplan:\n- {action: Kick off, owner: Lee}\n"
    assert roles(text, "pool.yaml") == [("opportunity", None, "Call Lee")]


def test_a_yaml_record_is_no_playbook() -> None:
    assert roles("id: 1\nemail: a@example.com\nplan: gold\nnext_step: Call Lee\n", "deal.yaml") == [
        ("opportunity", None, "Call Lee")
    ]


def test_yaml_texts_have_their_columns() -> None:
    text = 'next_steps:\n  - "Call Lee"\n  - |\n    Send it\n    to Lee\n  - "a \\u00e9"\n'
    assert [(row["line"], row["column"]) for row in records(text, "b.yaml")] == [(2, 6), (4, 5), (6, None)]


def test_a_finding_stands_at_its_words(tmp_path: Path) -> None:
    file = tmp_path / "book.md"
    file.write_text("## Next steps\n\n- **Lee:** send the deck next week\n", "utf-8")
    found = steplint.lint(str(file), as_of=AS_OF, select=["WHEN302"]).to_dicts()
    assert [(row["line"], row["column"], row["end_column"]) for row in found] == [(3, 26, 35)]
    line = file.read_text("utf-8").split("\n")[2]
    assert line[25:34] == "next week"


def test_thanks_for_something_is_no_sign_off() -> None:
    mail = "Subject: Recap\n\nHi Omar,\n\nThanks for today.\n\nLee sends the draft by 20 January.\n\nThanks,\nLee\n"
    assert [row["next_step"] for row in records(mail)] == [
        "Recap", "Thanks for today.", "Lee sends the draft by 20 January.",
    ]  # fmt: skip


def test_documents_share_a_batch_and_keep_their_places(tmp_path: Path) -> None:
    """A folder of small documents costs no batch each; a table still has batches of its own."""
    for name in ("a.md", "c.md", "d.md"):
        (tmp_path / name).write_text(
            f"## Next steps\n\n- [ ] Dana sends the {name} list by 2026-01-15\n", encoding="utf-8"
        )
    (tmp_path / "b.csv").write_text("Next Step\nCall Dana\n", encoding="utf-8")
    (tmp_path / "e.md").write_text("Nothing to do here.\n", encoding="utf-8")
    stream = open_source([str(tmp_path)], as_of=date(2026, 1, 12))
    paths = [[Path(path).name for path in batch.records["path"]] for batch in stream.batches]
    assert [batch for batch in paths if batch] == [["a.md"], ["b.csv"], ["c.md"], ["d.md"]]
    assert any("without a step" in note and "e.md" in note for note in stream.notes)
    many = [str(tmp_path / name) for name in ("a.md", "c.md", "d.md")]
    heights = [batch.records.height for batch in open_source(many, as_of=date(2026, 1, 12)).batches]
    assert sum(heights) == 3
    assert len(heights) == 2  # the first by itself, so that findings show early
    whole = [batch.records.height for batch in open_source(many, as_of=date(2026, 1, 12), batch_rows=1).batches]
    assert whole == [1, 1, 1]


def test_what_is_said_of_headers_leaves_playbooks_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(
        "goal: Live in May\nplan:\n  - {date: 2026-01-20, action: Data workshop, owner: Aiko}\n", encoding="utf-8"
    )
    (tmp_path / "deals.csv").write_text("Nxt Step\nCall Dana\n", encoding="utf-8")
    stream = open_source([str(tmp_path)], as_of=date(2026, 1, 12), map={"next_step": "Nxt Step"})
    kinds = [kind for batch in stream.batches for kind in batch.records["kind"]]
    assert sorted(kinds) == ["opportunity", "plan_row", "plan_row"]
