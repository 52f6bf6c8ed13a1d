"""Runs the examples in rules: each bad record must be found by its rule, each good one must not.

All examples of all rules go through the engine together, in one call. A column that an example does not give is null,
as if every source had it. The day of the check is that of the example, else EXAMPLE_AS_OF.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steplint.rules.rule import Rule, reads

__all__ = ["EXAMPLE_AS_OF", "Example", "ExampleFailure", "examples_of", "run_examples"]

EXAMPLE_AS_OF = "2026-01-12"  # a Monday

Record = dict[str, Any]
Lint = Callable[[list[Record], Sequence[Rule]], Collection[tuple[int, str]]]
"""(records, rules) → (index of the record, code) of every finding."""


@dataclass(frozen=True)
class Example:
    """One example record of a rule; `bad` ones must be found."""

    rule: Rule
    bad: bool
    index: int
    record: Mapping[str, Any]


@dataclass(frozen=True)
class ExampleFailure:
    """An example that does not hold, and the codes that were found instead."""

    example: Example
    found: tuple[str, ...]

    def render(self) -> str:
        """One line: where, what was expected, what came."""
        rule, kind = self.example.rule, "bad" if self.example.bad else "good"
        what = "is not found" if self.example.bad else "is found"
        instead = f"; found {', '.join(self.found)}" if self.example.bad and self.found else ""
        text = self.example.record.get("next_step")
        return f"{rule.place()}: {rule.code} {kind} example {self.example.index + 1} {what}: {text!r}{instead}"


def examples_of(rules: Sequence[Rule]) -> list[Example]:
    """Every example of every rule, in order."""
    return [
        Example(rule, kind == "bad", index, record)
        for rule in rules
        for kind in ("bad", "good")
        for index, record in enumerate(rule.examples[kind])
    ]


def run_examples(rules: Sequence[Rule], lint: Lint) -> list[ExampleFailure]:
    """The examples that fail, in order; none when all is well.

    A bad example of a `repeated` rule stands for `at_least` equal records; these rules are run one example at a time,
    so that the examples of one do not count for another.
    """
    together = [rule for rule in rules if not rule.whole_run]
    examples = examples_of(together)
    found: list[set[str]] = [set() for _ in examples]
    columns = _columns(together)
    if examples:
        for index, code in lint([_filled(example, columns) for example in examples], together):
            found[index].add(code)
    for example in examples_of([rule for rule in rules if rule.whole_run]):
        copies = example.rule.check["repeated"]["at_least"] if example.bad else 1
        records = [_filled(example, _columns([example.rule]))] * copies
        examples.append(example)
        found.append({code for _, code in lint(records, [example.rule])})
    return [
        ExampleFailure(example, tuple(sorted(codes)))
        for example, codes in zip(examples, found, strict=True)
        if (example.rule.code in codes) != example.bad
    ]


def _columns(rules: Sequence[Rule]) -> list[str]:
    """Every column that a rule needs or reads, or an example gives: all records of a call have the same ones."""
    from steplint.rules.columns import RECORDS

    wanted = {column for rule in rules for column in (*rule.needs, *reads(rule))}
    wanted |= {column for example in examples_of(rules) for column in example.record}
    return [column for column in RECORDS if column in wanted | {"next_step", "as_of", "kind"}]


def _filled(example: Example, columns: Sequence[str]) -> Record:
    """The record with all columns. Unless it says so, it is of the first kind that the rule judges."""
    ground: Record = {**dict.fromkeys(columns), "as_of": EXAMPLE_AS_OF, "kind": example.rule.kinds[0]}
    return ground | dict(example.record)
