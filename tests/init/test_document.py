"""A proposal is always a configuration, whatever the file says."""

import dataclasses
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steplint import yaml_safe
from steplint.config import DEFAULTS, override
from steplint.config.model import ConfigFile
from steplint.errors import ConfigError
from steplint.init import Proposal, blank, questions, render, table
from steplint.init.phrases import fillers
from steplint.init.stages import Stage, in_order
from steplint.records import HeaderMap
from steplint.rules.validation import validate

AS_OF = date(2026, 1, 12)
HEADERS = HeaderMap(("Id", "Next Step"), {"id": 0, "next_step": 1})
KEYS = "map|date_order|stages|scope|text_limit|lexicon|calendar"

HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(str.strip),
    st.sampled_from(
        [
            "yes",
            "012",
            "12:30",
            "~",
            "a: b",
            "- x",
            "#c",
            "*",
            "&a",
            "!!x",
            "\n\nstages:\n",
            '"',
            "\\",
            "x" * 300,
            "🤞" * 200,
        ]
    ),
)
COUNTED = st.lists(st.tuples(HOSTILE, st.integers(1, 10**7)), max_size=6)


def loaded(text: str) -> Any:
    """The checked configuration, as `check` reads it."""
    return validate(ConfigFile, yaml_safe.load(text, error=ConfigError), ConfigError, "a configuration")


def uncommented(text: str) -> str:
    """With what is proposed in comments in force; keys that hold a value already stay as they are."""
    taken = set(re.findall(r"(?m)^(\w+):", text))
    lines = text.splitlines()
    keep = False
    for place, line in enumerate(lines):
        if found := re.match(rf"# ({KEYS}):( .+)?$", line):
            keep = found[1] not in taken and (found[2] is not None or lines[place + 1].startswith("#  "))
        elif not line.startswith("#  "):
            keep = False
        lines[place] = line[2:] if keep else line
    return "\n".join(lines) + "\n"


def rendered(proposal: Proposal, paths: Sequence[str] = ("deals.csv",), **said: Any) -> str:
    return render(proposal, override(DEFAULTS, **said), paths)


@pytest.mark.parametrize("text", [blank(), rendered(Proposal(AS_OF, mappings=(("deals.csv", HEADERS),)))])
def test_what_is_commented_can_be_uncommented(text: str) -> None:
    loaded(text)
    full = loaded(uncommented(text))
    assert full.model_fields_set >= {"profile", "map", "date_order", "scope", "text_limit", "lexicon", "calendar"}


@settings(max_examples=150, deadline=None)
@given(COUNTED, COUNTED, HOSTILE, st.booleans())
def test_a_hostile_file_makes_a_configuration(
    stages: list[tuple[str, int]], phrases: list[tuple[str, int]], name: str, known: bool
) -> None:
    distinct = dict(stages)
    short = [(phrase, count) for phrase, count in phrases if len(phrase) <= 200]
    proposal = Proposal(
        AS_OF,
        mappings=((name, HeaderMap((name, *distinct), {"next_step": 0})),),
        stages=tuple(Stage(stage, "prove" if known else None, count) for stage, count in distinct.items()),
        scope={"record_types": phrases, "owners": phrases},
        ambiguous=(name,),
        placeholders=phrases,
        vague=phrases,
        unknown=short,
    )
    text = rendered(proposal, (name,))
    config = loaded(text)
    assert set(config.stages) == {stage for stage in distinct if known and "*" not in stage and len(stage) <= 200}
    assert config.scope.record_types == []
    full = loaded(uncommented(text))
    assert full.lexicon["filler"] == ([phrase for phrase, _ in short] or ["nothing new"])
    assert full.scope.owners == [phrase for phrase, _ in short]


def test_what_was_said_stays() -> None:
    text = rendered(
        Proposal(AS_OF, mappings=(("deals.csv", HEADERS),)),
        map={"next_step": "Next Step"},
        preset="hubspot",
        date_order="dmy",
        timezone="Europe/Berlin",
        source_name="crm: one",
    )
    config = loaded(text)
    assert config.map == {"next_step": "Next Step"}
    assert (config.preset, config.date_order, config.source_name) == ("hubspot", "dmy", "crm: one")
    assert config.calendar.timezone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("proposal", "line"),
    [
        (
            Proposal(AS_OF, date_order="dmy", weekdays={"dmy": 2}),
            "the file's own dates show it. Weekdays in texts fit dmy 2 times.",
        ),
        (
            Proposal(AS_OF),
            "nothing shows it. Say mdy (March 4) or dmy (3 April); until then month first is taken in texts.",
        ),
        (
            Proposal(AS_OF, weekdays={"mdy": 1}, ambiguous=("Due",)),
            "too little shows it. Weekdays in texts fit mdy 1 time.",
        ),
    ],
)
def test_the_day_order_comes_with_its_evidence(proposal: Proposal, line: str) -> None:
    text = rendered(dataclasses.replace(proposal, mappings=(("deals.csv", HEADERS),)))
    assert f"# How 3/4 is read: {line}" in text
    assert loaded(text).date_order == (proposal.date_order or "auto")


def test_a_header_too_long_for_a_name_is_told_by_its_place() -> None:
    header = "step " * 50
    proposal = Proposal(AS_OF, mappings=(("deals.csv", HeaderMap(("Id", header), {"next_step": 1})),))
    assert loaded(rendered(proposal, map={"next_step": header})).map == {"next_step": "#2"}


def test_questions() -> None:
    stages = in_order([("Proposal", 3), ("Odd", 2)])
    proposal = Proposal(AS_OF, stages=stages, ambiguous=("Due",), unknown=[("Grid", 3), ("Phase 2", 3)])
    assert questions(proposal) == [
        "the order of day and month",
        "the role of 1 stage",
        "what 2 repeated texts should count as",
    ]
    assert questions(Proposal(AS_OF)) == []


def test_the_table_adds_up() -> None:
    found = {"minimal": {"WHAT201": 2}, "strict": {"WHAT201": 2, "WHEN305": 1_200}}
    assert table(found, {"WHAT201": "step-missing", "WHEN305": "date-far"}) == [
        "rule                  minimal  strict",
        "WHAT201 step-missing        2       2",
        "WHEN305 date-far            –   1,200",
        "findings                    2   1,202",
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(HOSTILE.filter(lambda text: len(text) <= 40), max_size=4, unique=True))
def test_only_fillers_that_work_are_proposed(texts: list[str]) -> None:
    assert set(fillers([(text, 3) for text in texts], AS_OF)) <= {(text, 3) for text in texts}


def test_fillers_that_work() -> None:
    assert fillers([("Grid walk", 5), ("In flight", 3)], AS_OF) == [("Grid walk", 5), ("In flight", 3)]
    assert fillers([("Send Dana the redlines Thu 15 Jan 10:00", 3)], AS_OF) in (
        [],
        [("Send Dana the redlines Thu 15 Jan 10:00", 3)],
    )
