"""`steplint rule`: one rule, explained."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from steplint.cli.host import Host
from steplint.cli.options import Word, config_options, rule_options
from steplint.rules.fix import KINDS

if TYPE_CHECKING:
    from steplint.rules import Rule

WIDTH = 100
#: What rules of the source look at.
SOURCES = {
    "hidden": "the source has a column that its user may not see",
    "day_order": "a date column shows no order of day and month",
    "language": "texts are in a language without a word list",
    "suppression_unused": "a suppression excuses nothing",
    "suppression_expired": "the last day of a suppression is over",
}


@click.command("rule", short_help="Explain one rule.")
@click.argument("name", metavar="CODE|NAME")
@click.option("--format", "format_", type=Word(("text", "json"), "format"), default="text", help="text or json.")
@rule_options
@config_options
@click.pass_obj
def command(host: Host, /, name: str, format_: str, **options: Any) -> int:
    """Explain a rule by its code or name: what is wrong, why, what to do, and examples."""
    from steplint import config
    from steplint.cli.session import load_rules, load_settings, select_rules
    from steplint.rules.rule import to_dict

    settings = load_settings(host, options)
    known = load_rules(settings, options["rules"], options["plugin"])
    selection = select_rules(settings, known, options)
    told = config.explain_rule(settings, known, selection, name)
    rule = next(rule for rule in known if rule.code == told["code"])
    if format_ == "json":
        value = {**to_dict(rule), **told, "url": rule.url}
        host.stdout.write((json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n").encode())
        return 0
    for line in _explained(rule, told):
        host.say(line)
    return 0


def _explained(rule: Rule, told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{rule.code} {rule.name} ({told['severity']}{', ' + rule.status if rule.status != 'stable' else ''})"
    yield ""
    yield from _paragraph("Says", rule.message)
    yield from _paragraph("Why", rule.why)
    yield from _paragraph("Help", rule.help or "")
    yield from _paragraph("Judges", ", ".join(rule.kinds))
    for place, part in enumerate(condition(rule).split("\n")):
        yield from _paragraph("" if place else "When", part)
    yield from _paragraph("Needs", ", ".join(rule.needs))
    yield from _paragraph("Silent", f"where {', '.join(rule.implied_by)} is found" if rule.implied_by else "")
    if rule.fix:
        yield from _paragraph("Fix", f"{KINDS[rule.fix['kind']].does} ({rule.fix['applicability']})")
    for name, option in told["options"].items():
        yield from _paragraph("Option", f"{name} = {option['value']} ({option['from']})")
    yield from _paragraph("Page", rule.url or "")
    yield from _paragraph("Here", f"{'runs' if told['selected'] else 'does not run'}: {told['reason']}")
    for kind, title in (("bad", "Found in"), ("good", "Not found in")):
        yield ""
        yield f"{title}:"
        for record in rule.examples[kind]:
            yield from _example_lines(record)


def _paragraph(title: str, text: str) -> list[str]:
    if not text:
        return []
    return textwrap.wrap(text, WIDTH, initial_indent=f"{title:<8}", subsequent_indent=" " * 8)


def condition(rule: Rule) -> str:
    """A rule's check as a sentence or a condition; of a group check, a part a line."""
    from steplint.rules.condition import unparse
    from steplint.rules.group import describe

    kind, body = next(iter(rule.check.items()))
    if kind == "where":
        return str(unparse(body))
    if kind == "required":
        return f"{' or '.join(body['columns'])} is missing"
    if kind == "repeated":
        shared = " and ".join([body["column"], *body["by"]])
        return f"at least {body['at_least']} records share {shared}"
    if kind == "expr":
        return "a Python expression over " + ", ".join(body)
    if kind == "group":
        return "\n".join(describe(body))
    if kind == "source":
        return SOURCES[str(body)]
    what = f"one of {len(body['list'])} phrases" if kind == "phrases" else f"the pattern {body['regex']}"
    unless = f", unless {unparse(body['unless'])}" if body.get("unless") else ""
    return f"{body['column']} holds {what}{unless}"


def _example_lines(record: Mapping[str, Any]) -> Iterator[str]:
    """A record in a line; a document, a row a line, those that are found marked."""
    from steplint.rules.examples import rows_of

    if "records" not in record:
        yield f"  {_example(record)}"
        return
    yield "  a document:"
    for place, row in enumerate(rows_of(record), start=1):
        yield f"  {'>' if place in record.get('found', ()) else ' '} {place} {_example(row)}"


def _example(record: Mapping[str, Any]) -> str:
    text = record.get("next_step")
    others = ", ".join(f"{name}: {value}" for name, value in record.items() if name != "next_step")
    return (
        f"“{text}”  ({others})" if others and text is not None else f"“{text}”" if text is not None else f"({others})"
    )
