"""Shapes of playbooks beyond the plain ones: who owns what is nested, folded, merged or only mentioned, and what is no step."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import polars as pl
import pytest

from steplint.sources import open_source
from steplint.sources.playbook.items import read_item
from steplint.sources.playbook.markup import bare
from steplint.sources.playbook.words import example_side, owner_of, plain, role_of, shown, sorts_steps


def records(text: str) -> list[dict[str, Any]]:
    stream = open_source(["-"], stdin=io.BytesIO(text.encode()), stdin_filename="book.md", as_of=date(2026, 1, 12))
    return pl.concat(batch.records for batch in stream.batches).to_dicts()


def told(text: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in columns) for row in records(text)]


@pytest.mark.parametrize(
    ("text", "owner", "due"),
    [
        ("Send the deck — @Hanna Voss — January 8, 2026", "Hanna Voss", "January 8, 2026"),
        ("@Dr. Imani Cole confirm the ward", "Dr. Imani Cole", None),
        ("@Dana Send it", "Dana", None),
        ("Share the paper (Hanna Voss, Jan 14)", "Hanna Voss", "Jan 14"),
        ("Kick-off with ops (@mira-s, 2026-01-07)", "mira-s", "2026-01-07"),
        ("Send the deck - Dana - 1/16", "Dana", "1/16"),
        ("Ping legal (Jane, tomorrow)", "Jane", "tomorrow"),
        ("Frau Keller: Freigabe bis 22.01.2026", "Frau Keller", None),
        ("Angebot – Verantwortlich: Jonas – Bis: 16.01.2026", "Jonas", "16.01.2026"),
        ("Demo - Wednesday - 10:00", None, None),
        ("Share the paper - Okta - SAML 2.0", None, None),
        ("Call the CFO (Budget 2026)", None, None),
        ("Meet at the fair (Hall 3, Stand 12)", None, None),
    ],
)
def test_who_and_when_without_a_word_for_it(text: str, owner: str | None, due: str | None) -> None:
    item = read_item(text)
    assert (item.owner, item.due) == (owner, due)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- Us:\n  - Book a room\n- Call Lee\n  - a note\n", [("Us", "Book a room"), (None, "Call Lee")]),
        ("- **Dana**\n  - Send it\n- **Lee**\n  - Read it\n", [("Dana", "Send it"), ("Lee", "Read it")]),
        ("- **Send the deck**\n  - by mail\n", [(None, "**Send the deck**")]),
        ("**Dana**\n\n- Send it\n\nThen:\n\n- Read it\n", [("Dana", "Send it"), ("Then", "Read it")]),
        ("### Our side\n\n- Send it\n\n### This week\n\n- Read it\n", [("Our side", "Send it"), (None, "Read it")]),
        ("- Send it\n  - Owner: Dana\n  - see the notes\n", [("Dana", "Send it")]),
        ("### Dana\n\n- Send it\n  - Owner: Lee\n- **Omar:** read it\n", [("Lee", "Send it"), ("Omar", "**Omar:** read it")]),
        ("- [ ] ask Lee\n    - [ ] and Kim\n", [(None, "ask Lee")]),
        ("### How we work\n\n- In pairs\n", []),
    ],
)  # fmt: skip
def test_owners_that_stand_above(text: str, expected: list[tuple[str | None, str]]) -> None:
    found = told(f"# Sync\n\n## Action items\n\n{text}", "owner", "next_step")
    assert [(owner, step.removeprefix("- ")) for owner, step in found] == [
        (owner, step.strip("*") if step.startswith("**Send") else step) for owner, step in expected
    ]


@pytest.mark.parametrize(
    "text",
    [
        "- fixed the parser (Beth Griggs) @beth\n- **deps:** by: renovate\n",
        "- Owner: Hanna\n- Date: Jan 9\n",
        "> We saved two hours a week. Let us know!\n",
        '> "It just works."\n',
        "> **Note:** wait for the answer\n> 💡 Keep it short\n",
        '```text\n"  /    home/user/dir / file  .txt "\n```\n',
        "- [ ] Laptop and badge\n",
        "| Name | Owner |\n|---|---|\n| Acme | Lee |\n",
        "## What to avoid\n\n- Talking first\n",
    ],
)
def test_what_is_no_step(text: str) -> None:
    assert records(f"# Handbook\n\n{text}") == []


def test_quotes_are_said_where_headings_say_so() -> None:
    for heading in ("Voicemail", "Objection: too dear", "Opening"):
        assert told(f"## {heading}\n\n> Shall we meet on Friday?\n", "next_step") == [("Shall we meet on Friday?",)]
    assert told("## Close\n\nEnding: “See you on Friday at 10.”\n", "role", "next_step") == [
        ("ending", "See you on Friday at 10.")
    ]


def test_folded_parts_have_names() -> None:
    text = "# Plan\n\n## Next steps\n\n- Call Lee\n\n<details>\n<summary>{}</summary>\n\n- Send it\n\n</details>\n"
    assert told(text.format("Older"), "next_step") == [("Call Lee",)]
    assert told(text.format("<b>Action items</b>"), "next_step") == [("Call Lee",), ("Send it",)]
    behind = text.format("Older") + "\n- Read it\n"
    assert told(behind, "next_step") == [("Call Lee",), ("Read it",)]


def test_tables_of_html_have_places() -> None:
    text = (
        "# Plan\n\n<table>\n<thead><tr><th>Action</th><th><b>Owner</b></th><th>Due</th></tr></thead>\n"
        '<tr><td>Kick&amp;off</td><td rowspan="2">Lee</td><td>16&nbsp;Jan 2026</td></tr>\n\n<tr><td>\n  Read\n  out\n</td>'
        "<td>2026-01-20</td></tr>\n</table>\n\n## Next steps\n\n- Call Lee\n"
    )
    assert told(text, "line", "column", "next_step", "owner", "due_text") == [
        (5, 9, "Kick&amp;off", "Lee", "16 Jan 2026"),
        (8, 3, "Read\nout", "Lee", "2026-01-20"),
        (15, 3, "Call Lee", None, None),
    ]


def test_a_cell_is_written_once_for_the_rows_it_covers() -> None:
    text = (
        "| Phase | Action | Owner | Due |\n|-|-|-|-|\n| Prove | a | Lee | 1 May |\n| | b | | |\n| **Commit** | | | |\n"
        "| | c | Lee | |\n"
    )
    assert told(text, "section", "next_step", "owner") == [
        ("Prove", "a", "Lee"),
        ("Prove", "b", None),
        ("Commit", "c", "Lee"),
    ]


def test_dependencies_can_be_ticked_off() -> None:
    text = "# Plan\n| Action | Owner |\n|-|-|\n| a | Lee |\n\n## Dependencies\n- [x] API key\n- [ ] VPN\n"
    assert told(text, "next_step", "scope") == [("a", None), ("API key", "closed"), ("VPN", None)]


MAIL = "Subject: Recap\n\n{greeting}\n\n{thanks}\n\n{body}\n\n{sign_off}\nLee\n"


@pytest.mark.parametrize(
    "greeting", ["Hi Omar,", "Hello {{contact.first_name}},", "Dear [Name]:", "Sehr geehrte Frau Keller,"]
)
@pytest.mark.parametrize(
    "thanks", ["Thanks for today.", "Thanks again for today.", "Thank you all for coming", "Best time is Friday."]
)
@pytest.mark.parametrize(
    "sign_off", ["Best,", "Thanks!", "Kind regards", "Viele Grüße", "All the best, Lee", "Cheers {{rep}}"]
)
def test_what_frames_a_mail(greeting: str, thanks: str, sign_off: str) -> None:
    mail = MAIL.format(greeting=greeting, thanks=thanks, body="Lee sends it by 20 January.", sign_off=sign_off)
    assert told(mail, "role", "next_step") == [
        ("subject", "Recap"), ("opening", thanks), ("ending", "Lee sends it by 20 January."),
    ]  # fmt: skip


def test_a_mail_has_labels_in_bold_and_steps_in_a_table() -> None:
    table = "| Who | What | By when |\n|-|-|-|\n| Lee | the paper | 16 Jan |"
    body = f"**What we heard**\n\n- two days lost\n\n**Action items**\n\n{table}"
    mail = MAIL.format(greeting="Hi Omar,", thanks="Good to meet you.", body=body, sign_off="Best,")
    assert told(mail, "kind", "role", "owner", "next_step")[2:] == [
        ("email", "takeaway", None, "two days lost"), ("email", "step", "Lee", "the paper"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "name", "role"),
    [
        ("**1\\. Open the call**", "1. Open the call", "opening"),
        ("✅ Next steps: ", "✅ Next steps", "step"),
        ("**Action items** {#action-items}", "Action items", "step"),
        ("[Agenda](https://example.com/a)", "Agenda", "agenda"),
        ("Rollout :airplane:", "Rollout", None),
        ("Maßnahmen", "Maßnahmen", "step"),
        ("Why next steps matter", "Why next steps matter", None),
    ],
)
def test_headings_are_read_as_people_do(heading: str, name: str, role: str | None) -> None:
    assert (shown(heading), role_of(heading)) == (name, role)


def test_names_and_other_labels() -> None:
    assert [owner_of(label) for label in ("Dana", "@lee", "**Our side**", "Customer", "Brightwell IT", "👤 Kim Sands:")] == [
        "Dana", "lee", "Our side", "Customer", "Brightwell IT", "Kim Sands",
    ]  # fmt: skip
    topics = (
        "This week",
        "High priority",
        "Technical",
        "Send Deck",
        "Next steps",
        "before the demo",
        "Do this now",
        "Don't",
    )
    assert [owner_of(label) for label in topics] == [None] * len(topics)
    assert [sorts_steps(label) for label in ("Week of 19 January", "Dana", "How we won the deal in a week or so")] == [
        True, True, False,
    ]  # fmt: skip


def test_before_and_after_are_sides_alone() -> None:
    labels = ("Before", "After", "Before the call", "After the demo", "Do", "What to do next", "Common mistakes")
    assert [example_side(label) for label in labels] == ["weak", "strong", None, None, "strong", None, "weak"]


def test_a_value_as_a_person_sees_it() -> None:
    assert bare("[Dr. Cole](https://example.com/a_b)") == "Dr. Cole"
    assert bare("<b>16&nbsp;Jan</b><br>2026") == "16 Jan 2026"
    assert bare("<br>") == bare(" ") == ""
    assert bare("<name> and [Rep] \\| co") == "<name> and [Rep] | co"
    assert plain("### 🎯 **Goal:**") == "goal"
