"""Conditions under which rules do not apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from steplint.rules.condition import parse
from steplint.rules.exceptions import Exemption, problem, with_exceptions
from steplint.rules.rule import to_dict
from steplint.rules.shipped import load_shipped


def test_conditions_are_put_on_the_rules_they_name(make_rule: Callable[..., Any]) -> None:
    rules = [
        make_rule("where: vague", code=code, name=f"rule-{code.lower()}") for code in ("AAA101", "AAA102", "BBB101")
    ]
    small, old = parse("amount < 5000"), parse("created < '2025-01-01'")
    exempt = {
        rule.code: rule.exempt
        for rule in with_exceptions(rules, [Exemption(("AAA",), small), Exemption(("rule-aaa102", "BBB1"), old)])
    }
    assert exempt == {"AAA101": small, "AAA102": ["or", small, old], "BBB101": old}
    again = with_exceptions(with_exceptions(rules, [Exemption(("AAA101",), small)]), [Exemption(("AAA101",), old)])
    assert again[0].exempt == ["or", small, old]
    assert with_exceptions(rules, []) == tuple(rules)


def test_they_are_part_of_what_a_rule_is(make_rule: Callable[..., Any]) -> None:
    rule = make_rule("where: vague")
    assert "exempt" not in to_dict(rule)
    assert to_dict(with_exceptions([rule], [Exemption(("ALL",), parse("vague"))])[0])["exempt"] == ["col", "vague"]


@pytest.mark.parametrize(
    ("selector", "wrong"),
    [
        ("WHEN302", None),
        ("date-vague", None),
        ("CMT", None),
        ("date-vage", ("no rule is called date-vage", "did you mean date-vague?")),
        ("zzzzzz", ("no rule is called zzzzzz", "`steplint rules` lists them")),
        ("WHEN303", ("WHEN303 date-past is mandatory", None)),
        ("WHEN30", ("WHEN30 takes in WHEN303 date-past, which is mandatory", "name the other rules one by one")),
    ],
)
def test_what_is_wrong_with_a_selector(selector: str, wrong: tuple[str, str | None] | None) -> None:
    assert problem(selector, load_shipped(), ["WHEN303"]) == wrong
