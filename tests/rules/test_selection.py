from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from steplint.errors import ConfigError, RuleError, SteplintError, UsageError
from steplint.rules.rule import Rule
from steplint.rules.selection import Choice, Profile, profile_rules, select


def rule(code: str, name: str, **more: Any) -> Rule:
    return Rule(code=code, name=name, severity="warning", check={"where": ["lit", True]}, message="m", why="w", **more)


RULES = [
    rule("WHEN301", "date-missing", since="0.1"),
    rule("WHEN302", "date-vague", since="0.2", options={"horizon_days": 14, "roles": ["commit"]}),
    rule("WHAT201", "step-missing", since="0.1", aliases=("step-empty",)),
    rule("WHAT203", "phrase-vague", since="0.1"),
    rule("WHO104", "doer-unnamed", since="0.1", status="preview"),
    rule("WHO105", "old-one", since="0.1", status="deprecated", replaced_by="WHO104"),
]
PROFILES = {
    "minimal": Profile("minimal", ("WHEN301",)),
    "recommended": Profile("recommended", ("WHAT201", "WHEN302"), extends="minimal"),
    "all": Profile("all", ("ALL",)),
}

CASES: list[tuple[dict[str, Any], Choice | None, Sequence[str]]] = [
    ({}, None, ["WHAT201", "WHEN301", "WHEN302"]),
    ({"profile": "minimal"}, None, ["WHEN301"]),
    ({"profile": "recommended@0.1"}, None, ["WHAT201", "WHEN301"]),
    ({"profile": "all"}, None, ["WHAT201", "WHAT203", "WHEN301", "WHEN302"]),
    ({"select": ["ALL"], "preview": True}, None, ["WHAT201", "WHAT203", "WHEN301", "WHEN302", "WHO104"]),
    ({"select": ["WHEN"]}, None, ["WHEN301", "WHEN302"]),
    ({"select": ["date-vague", "step-empty"]}, None, ["WHAT201", "WHEN302"]),
    ({"select": ["WHO104"]}, None, ["WHO104"]),
    ({"select": ["WHO105"]}, None, ["WHO105"]),
    ({"extend_select": ["WHAT"]}, None, ["WHAT201", "WHAT203", "WHEN301", "WHEN302"]),
    # the most specific selector wins, ignore wins a tie
    ({"select": ["ALL"], "ignore": ["WHEN"]}, None, ["WHAT201", "WHAT203"]),
    ({"ignore": ["WHEN"], "extend_select": ["WHEN302"]}, None, ["WHAT201", "WHEN302"]),
    ({"select": ["WHEN302", "WHAT"], "ignore": ["WHEN302"]}, None, ["WHAT201", "WHAT203"]),
    ({"ignore": ["WHEN30"], "extend_select": ["WHEN"]}, None, ["WHAT201"]),
    # the command line over the configuration
    ({}, Choice(profile="minimal"), ["WHEN301"]),
    ({"profile": "recommended"}, Choice(profile="minimal"), ["WHAT201", "WHEN301", "WHEN302"]),
    ({"select": ["WHEN"]}, Choice(select=("WHAT",)), ["WHEN301", "WHEN302"]),
    ({"ignore": ["WHAT201"]}, Choice(select=("WHAT",)), ["WHAT203"]),
    ({"extend_select": ["WHEN302"]}, Choice(ignore=("WHEN302",)), ["WHAT201", "WHEN301", "WHEN302"]),
    ({"ignore": ["WHEN"]}, Choice(extend_select=("WHEN302",)), ["WHAT201"]),
    ({"select": ["ALL"]}, Choice(ignore=("WHEN",)), ["WHAT201", "WHAT203", "WHEN301", "WHEN302"]),
    ({}, Choice(preview=True, extend_select=("WHO",)), ["WHAT201", "WHEN301", "WHEN302", "WHO104"]),
]


@pytest.mark.parametrize(("line", "config", "codes"), CASES)
def test_which_rules_run(line: dict[str, Any], config: Choice | None, codes: Sequence[str]) -> None:
    made = select(RULES, **line, config=config, profiles=PROFILES)
    assert [item.code for item in made.rules] == codes
    assert set(made.reasons) == {item.code for item in RULES}


def test_severity_and_options() -> None:
    config = Choice(severity={"WHEN": "error", "WHEN302": "info"}, options={"WHEN302": {"horizon_days": {"prove": 3}}})
    made = {
        item.code: item for item in select(RULES, severities={"WHAT": "info"}, config=config, profiles=PROFILES).rules
    }
    assert {code: item.severity for code, item in made.items()} == {
        "WHEN301": "error",
        "WHEN302": "info",
        "WHAT201": "info",
    }
    assert made["WHEN302"].options == {"horizon_days": {"prove": 3}, "roles": ["commit"]}
    over = select(RULES, severities={"ALL": "warning"}, config=config, profiles=PROFILES).rules
    assert {item.severity for item in over} == {"warning"}


def test_reasons_and_hash() -> None:
    made = select(RULES, ignore=["WHEN"], extend_select=["WHO"], profiles=PROFILES)
    assert made.reasons["WHEN301"] == "ignored by WHEN"
    assert made.reasons["WHAT201"] == "in profile recommended"
    assert made.reasons["WHAT203"] == "not in profile recommended"
    assert made.reasons["WHO104"] == "preview: runs by its exact code or --preview"
    assert made.profile == "recommended"
    other = select(RULES, extend_select=["WHO"], profiles=PROFILES)
    assert made.hash != other.hash
    assert other.hash == select(list(reversed(RULES)), extend_select=["WHO"], profiles=PROFILES).hash


WRONG: list[tuple[dict[str, Any], type[SteplintError], str]] = [
    ({"profile": "minmal"}, UsageError, "no profile is called minmal; did you mean minimal?"),
    ({"profile": "minimal@x"}, UsageError, "x is not a version"),
    ({"select": ["WHEN999"]}, UsageError, "select: no rule is called WHEN999; did you mean WHEN"),
    ({"ignore": ["date-vage"]}, UsageError, "did you mean date-vague?"),
    ({"extend_select": ["when"]}, UsageError, "extend-select: no rule is called when; did you mean WHEN?"),
    ({"severities": {"WHEN302": "warn"}}, UsageError, "did you mean warning?"),
    ({"ignore": ["ALL"]}, UsageError, "no rule is selected"),
    ({"select": ["WHO"]}, UsageError, "no rule is selected"),
    (
        {"config": Choice(ignore=("X",), error=ConfigError, origins={"ignore": "steplint.yaml:3"})},
        ConfigError,
        "steplint.yaml:3: ignore: no rule is called X",
    ),
    ({"config": Choice(options={"WHEN302": {"horizn_days": 1}})}, UsageError, "did you mean horizon_days?"),
    ({"config": Choice(options={"WHEN302": {"horizon_days": "x"}})}, UsageError, "is a whole number, not text"),
    ({"config": Choice(options={"WHEN302": {"horizon_days": {"prov": 1}}})}, UsageError, "did you mean prove?"),
    ({"config": Choice(options={"WHEN302": {"roles": 3}})}, UsageError, "option roles is a list"),
]


@pytest.mark.parametrize(("line", "error", "words"), WRONG)
def test_wrong_words_are_told_with_the_nearest_right_one(
    line: dict[str, Any], error: type[SteplintError], words: str
) -> None:
    with pytest.raises(error) as caught:
        select(RULES, **line, profiles=PROFILES)
    assert words in caught.value.render()


def test_profiles_do_not_run_in_circles_or_name_what_is_not_there() -> None:
    with pytest.raises(RuleError, match="extends itself"):
        profile_rules("a", RULES, {"a": Profile("a", extends="b"), "b": Profile("b", extends="a")})
    with pytest.raises(RuleError, match="which is no rule"):
        profile_rules("a", RULES, {"a": Profile("a", ("WHEN999",))})
