"""What the whole linter must hold, from records to findings, with the real reading and the shipped rules."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import steplint

PIPELINE = Path(__file__).parents[1] / "examples" / "pipeline.csv"
AS_OF = date(2026, 1, 12)
WEIGHT = {"error": 3, "warning": 2, "info": 1}

# Weak and strong endings of a call, in the spirit of sales articles: the strong one asks for a day or an effort.
GOOD_ENDING = (
    "Glad we did this. So, what we settled:\n1. I'll mail you the reference story by end of day\n"
    "2. You'll go through it with your infosec people\n3. We're meeting Thursday at 10am with the wider team\n"
    "4. I'm sending the invite now, please accept it once it is there.\nDid I get that right?"
)
PAIRS = [
    ("I'll mail you some information", "Let's book a demo for Wednesday at 3pm"),
    ("We will be in touch", "Could we get 45 min on your calendar for Tuesday?"),
    ("I have to think it over", "What would you have to see before you can decide?"),
    ("I'll discuss it with my team", "Can we set up a call that brings in your team?"),
    ("Circle back next month", "Let's schedule a check-in call for March 3rd at 9am"),
    ("Well, let us know if any questions come up.", GOOD_ENDING),
    ("I'll send over some stuff.", GOOD_ENDING),
    ("Nice talking to you, speak soon.", GOOD_ENDING),
    ("Let me know once you are ready to go ahead.", GOOD_ENDING),
    (
        "Great, I'll follow up next week and we'll see where things stand.",
        "Great. I will rework the quote along those lines, so you can show the new scope to your managers. You'll have it by "
        "Thursday morning, and we could talk it through the same day: is Thursday 4pm good for you?",
    ),
]


def weigh(text: str, profile: str) -> int:
    record = {"id": "1", "kind": "utterance", "next_step": text, "owner": "Pat Rep"}
    findings = steplint.lint([record], as_of=AS_OF, profile=profile)
    return sum(WEIGHT[severity] for severity in findings["severity"])


@pytest.mark.parametrize("profile", ["recommended", "strict"])
@pytest.mark.parametrize(("weak", "strong"), PAIRS)
def test_a_strong_ending_is_judged_milder_and_no_less_committed(weak: str, strong: str, profile: str) -> None:
    assert weigh(weak, profile) > weigh(strong, profile)
    read = [steplint.parse(text, ref_date=AS_OF)["commitment"] for text in (weak, strong)]
    assert read[0] <= read[1]


def test_findings_do_not_depend_on_the_size_of_batches() -> None:
    whole = steplint.lint(PIPELINE, as_of=AS_OF, profile="all", batch_rows=100_000)
    assert whole.height > 100
    for size in (1, 7):
        assert steplint.lint(PIPELINE, as_of=AS_OF, profile="all", batch_rows=size).equals(whole)


def test_findings_do_not_depend_on_the_order_of_rows() -> None:
    lines = PIPELINE.read_text(encoding="utf-8").split("\n\n")[0]
    frame = pl.read_csv(lines.encode(), infer_schema=False).drop_nulls("Opportunity ID")
    rows = list(range(frame.height))
    random.Random(7).shuffle(rows)  # noqa: S311 - order, not secrets
    keys = ["record_id", "code", "message", "help", "start", "end", "primary", "key", "fingerprint"]
    found = [
        steplint.lint(data, as_of=AS_OF, profile="all").select(keys).sort("fingerprint")
        for data in (_canonical(frame), _canonical(frame[rows]))
    ]
    assert found[0].height > 100
    assert found[0].equals(found[1])


def _canonical(frame: pl.DataFrame) -> pl.DataFrame:
    names = {
        "Opportunity ID": "id", "Opportunity Name": "name", "Account Name": "account", "Opportunity Owner": "owner",
        "Stage": "stage", "Next Step": "next_step",
    }  # fmt: skip
    day = pl.col("Last Modified Date").str.to_datetime("%m/%d/%Y", strict=False)
    return frame.select(*(pl.col(old).alias(new) for old, new in names.items()), modified=day)


def test_texts_in_a_language_without_a_lexicon_get_structural_rules_only() -> None:
    text = "Mariana presenta el caso de negocio al director general el jueves para revisar su propuesta"
    record = {"id": "1", "next_step": text, "owner": "Pat Rep", "close_date": "2026-01-02"}
    found = steplint.lint([record], as_of=AS_OF, profile="strict")
    assert found["code"].to_list() == ["WHEN310", "SRC006"]
