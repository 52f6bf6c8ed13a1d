"""Runs the examples in rules: each bad record must be found by its rule (and fixed as it says), each good one must not.

All examples of all rules go through the engine together, in one call. A column that an example does not give is null,
as if every source had it. The day of the check is that of the example, else EXAMPLE_AS_OF.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from steplint.rules.rule import Rule, reads

__all__ = ["EXAMPLE_AS_OF", "Example", "ExampleFailure", "examples_of", "results", "rows_of", "run_examples"]

EXAMPLE_AS_OF = "2026-01-12"  # a Monday

Record = dict[str, Any]
Hit = tuple[Any, ...]  # row of the example from 1, code, what the fix writes, and what else is told of a finding
_OWN_KEYS = ("records", "found", "hidden", "suppression", "fix")


class Lint(Protocol):
    """(records, rules) → (index of the record, code, what its fix writes, …) of every finding; `hidden` columns are given for
    sources only."""

    def __call__(
        self, records: list[Record], rules: Sequence[Rule], /, *, hidden: Sequence[str] = ...
    ) -> Collection[tuple[Any, ...]]: ...


@dataclass(frozen=True)
class Example:
    """One example of a rule: a record, or a document with its rows in `records`; `bad` ones must be found."""

    rule: Rule
    bad: bool
    index: int
    record: Mapping[str, Any]


@dataclass(frozen=True)
class ExampleFailure:
    """An example that does not hold: the codes that were found in it, the rows (from 1) in which its rule was, and what the
    rule's fix writes there."""

    example: Example
    found: tuple[str, ...]
    rows: tuple[int, ...] = ()
    fix: str | None = None

    def render(self) -> str:
        """One line: where, what was expected, what came."""
        rule, kind = self.example.rule, "bad" if self.example.bad else "good"
        wanted = self.example.record.get("found")
        if self.rows and "fix" in self.example.record:
            written = f"is fixed to {self.fix!r}" if self.fix is not None else "is not fixed"
            what = f"{written}, not as it says"
        elif wanted and self.rows:
            what = f"is found in {_listed(self.rows)}, not in {_listed(wanted)}"
        else:
            what = "is not found" if self.example.bad else "is found"
        others = [code for code in self.found if code != rule.code]
        instead = f"; found {', '.join(others)}" if self.example.bad and others else ""
        text = rows_of(self.example.record)[0].get("next_step")
        return f"{rule.place()}: {rule.code} {kind} example {self.example.index + 1} {what}: {text!r}{instead}"


def _listed(rows: Sequence[int]) -> str:
    return f"row{'s' * (len(rows) > 1)} {', '.join(map(str, rows))}"


def rows_of(example: Mapping[str, Any]) -> list[Record]:
    """The records of an example: itself, or the rows of its document with what holds for all of them."""
    shared = {name: value for name, value in example.items() if name not in _OWN_KEYS}
    return [{**shared, **row} for row in example.get("records", ({},))]


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

    Rules about suppressions are not run: the tests of triage do that.
    """
    failures = []
    for example, hits in results([rule for rule in rules if not rule.of_triage], lint):
        rows = tuple(sorted({row for row, code, *_ in hits if code == example.rule.code}))
        wanted = tuple(example.record.get("found", rows))
        fix = next((told[0] for _, code, *told in hits if code == example.rule.code and told), None)
        wrong = "fix" in example.record and fix != example.record["fix"]
        if bool(rows) != example.bad or (example.bad and (rows != wanted or wrong)):
            failures.append(ExampleFailure(example, tuple(sorted({code for _, code, *_ in hits})), rows, fix))
    return failures


def results(rules: Sequence[Rule], lint: Lint) -> list[tuple[Example, list[Hit]]]:
    """Every example with all that is found in it; rules may not be those about suppressions.

    A bad example of a `repeated` rule stands for `at_least` equal records. These rules, and those of sources, are run
    one example at a time, so that the examples of one do not count for another.
    """
    together = [rule for rule in rules if not rule.whole_run and not rule.of_source]
    examples = examples_of(together)
    columns = _columns(together)
    records: list[Record] = []
    home: list[tuple[int, int]] = []  # of each record its example, and its row there
    for number, example in enumerate(examples):
        for row, record in enumerate(_filled(example, columns, number), start=1):
            records.append(record)
            home.append((number, row))
    found: list[list[Hit]] = [[] for _ in examples]
    for index, *told in lint(records, together) if records else ():
        number, row = home[index]
        found[number].append((row, *told))
    for example in examples_of([rule for rule in rules if rule.whole_run or rule.of_source]):
        examples.append(example)
        found.append(_alone(example, lint))
    return list(zip(examples, found, strict=True))


def _alone(example: Example, lint: Lint) -> list[Hit]:
    rule = example.rule
    rows = _filled(example, _columns([rule]), 0)
    if rule.of_source:
        rows = [{name: value for name, value in row.items() if value is not None} for row in rows]
        found = lint(rows, [rule], hidden=example.record.get("hidden", ()))
    else:
        copies = rule.check["repeated"]["at_least"] if example.bad else 1
        found = lint(rows * copies, [rule])
    return [(1, *hit[1:]) for hit in found]


def _columns(rules: Sequence[Rule]) -> list[str]:
    """Every column that a rule needs or reads, or an example gives: all records of a call have the same ones."""
    from steplint.rules.columns import RECORDS

    wanted = {column for rule in rules for column in (*rule.needs, *reads(rule))}
    wanted |= {column for example in examples_of(rules) for row in rows_of(example.record) for column in row}
    if any(rule.of_group for rule in rules):
        wanted |= {"doc_id", "position"}
    return [column for column in RECORDS if column in wanted | {"next_step", "as_of", "kind"}]


def _filled(example: Example, columns: Sequence[str], number: int) -> list[Record]:
    """The records with all columns. Unless they say so, they are of the first kind that the rule judges.

    The rows of a `group` rule's example are a document of their own, in their order.
    """
    ground: Record = {**dict.fromkeys(columns), "as_of": EXAMPLE_AS_OF, "kind": example.rule.kinds[0]}
    rows = rows_of(example.record)
    if not example.rule.of_group:
        return [ground | row for row in rows]
    place = {"doc_id": f"example {number}"}
    return [{**ground, **place, "position": at, **row} for at, row in enumerate(rows, start=1)]
