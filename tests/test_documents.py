"""Scripts, mails, agendas and examples of a playbook: each fault is said once, in its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import steplint

AS_OF = date(2026, 1, 12)

SCRIPT = """\
# Call script: depot planner

**Rep:** "Thanks for the time, Nadia. I'd like to keep the last five minutes to agree what comes next. Is that fair?"

**Rep:** "What does a missed slot cost you?"

**Rep:** "{ending}"
"""
MAIL = """\
# Mails

```text
Subject: Recap: the depot planner

Hi Nadia,

good to hear how your depot works.

KEY TAKEAWAYS:
{takeaway}

NEXT STEPS:
- {step}
- Review of the figures, Thursday 22 January 2026 10:00 - Attendees: Nadia, Lee

I look forward to the review on 22 January 2026.
```
"""
PAIR = """\
# Wording

| Weak next step | Strong next step |
|---|---|
| "I'll send you some material" | "{strong}" |
"""
AGENDA = """\
# Agenda

| Time | Topic |
|---|---|
| 10:00 | Welcome |
| 10:10 | Figures of the pilot |
| 10:45 | {last} |
"""
STEP = "Send the slot list - Owner: Nadia - By: 16 January 2026"
CASES = [
    (SCRIPT.format(ending="Then Wednesday at 9:30 with Petra. I am sending the invitation now."), []),
    (SCRIPT.format(ending="Okay, just let me know when you are ready."), [("DOC901", 7)]),
    (
        SCRIPT.format(ending="Then Wednesday at 9:30.").replace(
            "the last five minutes to agree what comes next", "a minute for small talk"
        ),
        [("DOC907", 3)],
    ),
    (MAIL.format(takeaway="- Two slots are missed each day", step=STEP), []),
    (MAIL.format(takeaway="", step=STEP), [("DOC903", 4)]),
    (
        MAIL.format(takeaway="- Two slots are missed each day", step="Send the slot list"),
        [("DOC903", 4), ("DOC904", 14)],
    ),
    (PAIR.format(strong="Let's go through the material on Thursday at 15:00"), []),
    (PAIR.format(strong="I'll send you some more material"), [("DOC905", 5)]),
    (AGENDA.format(last="Next steps and dates"), []),
    (AGENDA.format(last="Questions"), [("DOC906", 5)]),
]


ITEMS = "# Sync\n\n## Action items\n\n- {}\n"


@pytest.mark.parametrize(
    ("item", "codes"),
    [
        ("Lee: send the deck by 16 January", []),
        ("Lee: send the deck by 8 January", ["WHEN303"]),
        ("Send the deck – Owner: Lee – By: Jan 8", ["WHEN303"]),
        ("Kim to confirm the ward by 2026-01-08", ["WHEN303"]),
        ("Kim to confirm the ward by 2027-01-18", []),
        ("Lee: send the deck", ["DOC904"]),
        ("Lee: send the deck next week", ["DOC904"]),
        ("Send the deck by 16 January", ["DOC904"]),
        ("TBD", ["WHAT202"]),
        ("**Manager:** listen to one call a week", []),
        ("Book the readout on 5 February 2026 – Owner: Lee – By: 16 January 2026", []),
    ],
)
def test_an_action_item_has_an_owner_and_a_day_that_is_not_over(item: str, codes: list[str], tmp_path: Path) -> None:
    path = tmp_path / "sync.md"
    path.write_text(ITEMS.format(item), encoding="utf-8")
    assert steplint.lint(path, as_of=AS_OF, profile="playbook")["code"].to_list() == codes


@pytest.mark.parametrize(("text", "codes"), CASES)
def test_a_fault_of_a_playbook_is_said_once(text: str, codes: list[tuple[str, int]], tmp_path: Path) -> None:
    path = tmp_path / "playbook.md"
    path.write_text(text, encoding="utf-8")
    findings = steplint.lint(path, as_of=AS_OF, profile="strict", select=["DOC"])
    assert findings.select("code", "line").rows() == codes
