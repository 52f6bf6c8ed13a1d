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


@pytest.mark.parametrize(("text", "codes"), CASES)
def test_a_fault_of_a_playbook_is_said_once(text: str, codes: list[tuple[str, int]], tmp_path: Path) -> None:
    path = tmp_path / "playbook.md"
    path.write_text(text, encoding="utf-8")
    findings = steplint.lint(path, as_of=AS_OF, profile="strict", select=["DOC"])
    assert findings.select("code", "line").rows() == codes
