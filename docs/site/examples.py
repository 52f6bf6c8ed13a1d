"""The examples of rules as HTML, with what the engine finds in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import polars as pl
from docs.site.text import inert

from steplint.engine.frames import example_findings
from steplint.reporters.words import plain
from steplint.rules import Rule
from steplint.rules.examples import Example, examples_of, results, rows_of

__all__ = ["Shown", "shown"]

#: Keys of an example that are no facts of its records.
_OWN = ("next_step", "records", "found", "fix")


class Found(NamedTuple):
    """What the engine says of row `row` (from 1) of an example."""

    row: int
    code: str
    fix: str | None
    message: str
    help: str | None
    field: str
    spans: Sequence[Mapping[str, Any]]


Shown = Mapping[tuple[str, bool], list[str]]
"""(code, bad) → the HTML of each example."""


def shown(rules: Sequence[Rule]) -> Shown:
    """All examples, judged together."""
    made: dict[tuple[str, bool], list[str]] = {}
    judged = [rule for rule in rules if not rule.of_triage]
    told = [(example, [Found(*hit) for hit in hits]) for example, hits in results(judged, _judge)]
    # Rules about suppressions judge no records: their examples stand with what the rule says of all of them.
    told += [(example, _of_triage(example)) for example in examples_of([rule for rule in rules if rule.of_triage])]
    for example, found in told:
        own = [hit for hit in found if hit.code == example.rule.code and example.bad]
        made.setdefault((example.rule.code, example.bad), []).append("\n".join(_example(example, own)))
    return made


def _judge(
    records: list[dict[str, Any]], rules: Sequence[Rule], /, *, hidden: Sequence[str] = ()
) -> Collection[tuple[Any, ...]]:
    found = example_findings(records, rules, hidden=hidden)
    return found.with_columns(pl.col("fix").struct.field("replacement").alias("fix")).select(Found._fields).rows()


def _of_triage(example: Example) -> list[Found]:
    rule = example.rule
    return [Found(1, rule.code, None, plain(rule.message), plain(rule.help or ""), "", ())]


def _example(example: Example, found: Sequence[Found]) -> Iterator[str]:
    record = example.record
    yield f'<div class="example {"bad" if example.bad else "good"}">'
    if "records" in record:
        yield "<ol>"
        shared = {name: value for name, value in record.items() if name not in _OWN}
        for number, row in enumerate(rows_of(record), start=1):
            own = {name: value for name, value in row.items() if name not in shared}
            hits = [hit for hit in found if hit.row == number]
            yield ('<li class="found">' if hits else "<li>") + "".join(_row(own, hits)) + "</li>"
        yield "</ol>"
        yield from _facts(shared, ())
    else:
        yield from _row(record, found[:1])
    said = found[0] if found else None
    if said is not None:
        if example.rule.whole_run:
            yield f'<p class="facts">on {example.rule.check["repeated"]["at_least"]} records</p>'
        yield f'<p class="said">{inert(said.message)}</p>'
        if said.fix is not None:
            yield f'<p class="fix">fixed to <b>{_lines(said.fix)}</b></p>'
        if said.help:
            yield f'<p class="help">{inert(said.help)}</p>'
    yield "</div>"


def _row(record: Mapping[str, Any], found: Sequence[Found]) -> Iterator[str]:
    text = str(record.get("next_step") or "")
    step = _marked(text, found) if text.strip() else '<span class="empty">(empty)</span>' if not text else inert(text)
    yield f'<p class="step">{step}</p>'
    yield from _facts({name: value for name, value in record.items() if name not in _OWN}, [hit.field for hit in found])


def _marked(text: str, found: Sequence[Found]) -> str:
    """The text with what is at fault in it marked: all of it where the finding names no part."""
    hits = [hit for hit in found if hit.field == "next_step"]
    spans = [(span["start"], span["end"]) for hit in hits for span in hit.spans] or [(0, len(text)) for _ in hits]
    cuts = sorted({0, len(text), *(place for span in spans for place in span if 0 < place < len(text))})
    parts = []
    for start, end in pairwise(cuts):
        part = inert(text[start:end])
        parts.append(f"<mark>{part}</mark>" if any(first <= start < last for first, last in spans) else part)
    return "".join(parts).replace("\n", "<br>")


def _lines(text: str) -> str:
    return inert(text).replace("\n", "<br>")


def _facts(facts: Mapping[str, Any], at_fault: Collection[str]) -> Iterator[str]:
    """What else is known of a record, with the columns that are `at_fault` marked."""
    told = []
    for name, value in facts.items():
        shown_value = f"<b>{inert(_value(value))}</b>"
        told.append(
            f"{inert(name.replace('_', ' '))} {f'<mark>{shown_value}</mark>' if name in at_fault else shown_value}"
        )
    if told:
        yield f'<p class="facts">{" · ".join(told)}</p>'


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)
