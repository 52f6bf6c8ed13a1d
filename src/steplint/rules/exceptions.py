"""Where rules do not apply: conditions that are put on rules before they run, so that nothing is found there at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from steplint.errors import nearest
from steplint.rules.condition import Tree
from steplint.rules.rule import Rule
from steplint.rules.selection import match

__all__ = ["Exemption", "problem", "with_exceptions"]


@dataclass(frozen=True)
class Exemption:
    """The rules that `ignore` names (codes, prefixes, names) do not apply to records of which `where` is true."""

    ignore: tuple[str, ...]
    where: Tree


def with_exceptions(rules: Iterable[Rule], exemptions: Sequence[Exemption]) -> tuple[Rule, ...]:
    """The rules, each with the condition under which it does not apply (`Rule.exempt`); null is not true."""
    return tuple(_exempted(rule, exemptions) for rule in rules)


def _exempted(rule: Rule, exemptions: Sequence[Exemption]) -> Rule:
    trees = [item.where for item in exemptions if any(match(selector, rule) for selector in item.ignore)]
    if rule.exempt is not None:
        trees.insert(0, rule.exempt)
    if not trees:
        return rule
    return dataclasses.replace(rule, exempt=["or", *trees] if len(trees) > 1 else trees[0])


def problem(selector: str, rules: Sequence[Rule], mandatory: Sequence[str] = ()) -> tuple[str, str | None] | None:
    """What is wrong with setting the rules aside that `selector` names: (message, hint), or None.

    A selector must fit a rule, and none of the `mandatory` ones.
    """
    fits = [rule for rule in rules if match(selector, rule)]
    if not fits:
        words = [word for rule in rules for word in (rule.code, rule.name, rule.family)]
        close = nearest(selector, words)
        return f"no rule is called {selector}", f"did you mean {close}?" if close else "`steplint rules` lists them"
    fixed = [rule for rule in fits if any(match(item, rule) for item in mandatory)]
    if not fixed:
        return None
    shown = f"{fixed[0].code} {fixed[0].name}"
    if selector in (fixed[0].code, fixed[0].name):
        return f"{shown} is mandatory", None
    return f"{selector} takes in {shown}, which is mandatory", "name the other rules one by one"
