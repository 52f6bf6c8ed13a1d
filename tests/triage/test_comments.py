"""Comments that excuse a finding where it stands."""

import pytest

from steplint.errors import InputError
from steplint.rules.rule import Rule
from steplint.triage import Ignore, parse_comment


@pytest.mark.parametrize(
    ("text", "rules_", "reason", "scope"),
    [
        ("<!-- steplint: ignore WHEN302 -- agreed -->", ["WHEN302"], "agreed", "next"),
        ("<!--steplint:ignore[date-vague] agreed-->", ["date-vague"], "agreed", "next"),
        (
            "<!-- steplint: ignore-file WHEN302, WHAT203 -- an\n  example -->",
            ["WHEN302", "WHAT203"],
            "an example",
            "file",
        ),
        ("# steplint: ignore[WHEN302] agreed", ["WHEN302"], "agreed", "next"),
        ("## Steplint: Ignore-File[WHEN302,WHAT203]: agreed", ["WHEN302", "WHAT203"], "agreed", "file"),
        ("# steplint: ignore WHEN302 – agreed -- really", ["WHEN302"], "agreed -- really", "next"),
        ("steplint: ignore[WHEN302] -- agreed", ["WHEN302"], "agreed", "next"),
    ],
)
def test_what_comments_say(text: str, rules_: list[str], reason: str, scope: str, rules: list[Rule]) -> None:
    found = parse_comment(text, rules)
    assert found is not None
    assert (list(found.rules), found.reason, found.scope) == (rules_, reason, scope)
    assert set(found.codes) <= {"WHEN302", "WHAT203"}


def test_a_prefix_names_its_rules(rules: list[Rule]) -> None:
    found = parse_comment("# steplint: ignore[WHEN31] r", rules)
    assert found == Ignore(("WHEN31",), ("WHEN310", "WHEN311", "WHEN312", "WHEN313", "WHEN314"), "r", "next")


@pytest.mark.parametrize("text", ["<!-- a note -->", "# about steplint", "# see steplint ignore", "text", "", "<!--"])
def test_other_comments_are_none(text: str, rules: list[Rule]) -> None:
    assert parse_comment(text, rules) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# steplint: ignroe[WHEN302] r", "steplint: ignroe is unknown; did you mean ignore?"),
        ("# steplint: disable WHEN302 -- r", "steplint: disable is unknown; write steplint: ignore[WHEN302] reason"),
        ("# steplint:", "steplint:  is unknown"),
        ("# steplint: ignore", "names no rule"),
        ("# steplint: ignore[] r", "names no rule"),
        ("# steplint: ignore[WHEN302]", "gives no reason"),
        ("# steplint: ignore WHEN302 --", "gives no reason"),
        ("# steplint: ignore WHEN302 as agreed", "gives no reason"),
        ("# steplint: ignore[WHEN3O2] r", "no rule is called WHEN3O2; did you mean WHEN"),
        ("# steplint: ignore[ALL] r", "ALL is no rule"),
        ("# steplint: ignore[WHEN303] r", "WHEN303 date-past is mandatory"),
    ],
)
def test_what_is_meant_for_steplint_is_never_passed_over(text: str, words: str, rules: list[Rule]) -> None:
    with pytest.raises(InputError) as caught:
        parse_comment(text, rules, mandatory=["WHEN303"], path="plan.md", line=7, column=3)
    assert caught.value.render().startswith("plan.md:7:3: ")
    assert words in caught.value.render()
