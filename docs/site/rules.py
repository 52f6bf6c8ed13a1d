"""A page a rule, made from its file and from what the engine finds in its examples; and the index of all rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from docs.site.examples import Shown, shown
from docs.site.text import code, inert, markdown, sentence

from steplint.engine import rejected
from steplint.reporters.words import count, plain
from steplint.rules import Rule, load_profiles, load_shipped
from steplint.rules.fix import KINDS as KINDS_OF_FIX
from steplint.rules.selection import Profile, profile_rules

__all__ = ["FAMILIES", "nav", "pages"]

ROOT = Path(__file__).resolve().parents[2]
#: The letters of a code → what rules with them look at, in the order in which a step is read.
FAMILIES = {
    "WHO": "Who does it",
    "WHAT": "What will be done",
    "WHEN": "By when",
    "WHOM": "With whom",
    "CMT": "What the customer commits to",
    "STG": "Fit for the stage",
    "CAD": "Before and after meetings",
    "MAP": "Mutual action plans",
    "DOC": "Scripts, mails and agendas",
    "SRC": "What was not judged",
}
KINDS = {
    "opportunity": "deals",
    "task": "tasks",
    "plan_row": "rows of plans",
    "utterance": "lines of scripts",
    "email": "lines of mails",
}
#: SRC001 has no file: a row that cannot be read has no columns that a condition could look at.
REJECTED = f"""\
# {rejected.CODE} row-rejected

<p class="message">the row could not be read: ‹reason›</p>

A row that is left out in silence looks like a row without a fault. So each row that cannot be read is a finding, with its
line and the reason: too many cells, bytes that are no text, a value that is none.

<dl class="facts">
<dt>Severity</dt>
<dd><span class="level error">error</span></dd>
<dt>Profiles</dt>
<dd>all of them: it cannot be turned off</dd>
<dt>Judges</dt>
<dd>rows of files that cannot be read</dd>
</dl>

## What to do

{rejected.HELP}
"""


def pages() -> dict[str, str]:
    """Path → page."""
    rules, profiles = load_shipped(), load_profiles()
    members = {name: profile_rules(name, rules, profiles) for name in _order(profiles)}
    names = {rule.code: rule.name for rule in rules} | {rejected.CODE: "row-rejected"}
    examples = shown(rules)
    made = {f"rules/{rule.code}.md": "\n".join(_page(rule, members, names, examples)) + "\n" for rule in rules}
    index = "\n".join([*_families(rules, members), *_profiles(profiles, members)]) + "\n"
    return {"rules/index.md": index, f"rules/{rejected.CODE}.md": REJECTED, **made}


def nav() -> list[dict[str, Any]]:
    """The navigation below “Rules”: the index, then a section a family."""
    made: list[dict[str, Any]] = [{"All rules": "rules/index.md"}]
    for family, rules in _by_family(load_shipped()).items():
        entries = {rule.code: rule.name for rule in rules}
        if family == "SRC":
            entries = {rejected.CODE: "row-rejected"} | entries
        made.append({FAMILIES[family]: [{f"{key} {name}": f"rules/{key}.md"} for key, name in entries.items()]})
    return made


def _by_family(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    made: dict[str, list[Rule]] = {family: [] for family in FAMILIES}
    for rule in rules:
        made[rule.family].append(rule)
    return made


def _order(profiles: Mapping[str, Profile]) -> list[str]:
    """The profiles, each after the one that it extends, those that stand on their own last."""
    chain = ["minimal", "recommended", "strict", "all"]
    return [*chain, *sorted(set(profiles) - set(chain))]


def _page(rule: Rule, members: Mapping[str, set[str]], names: Mapping[str, str], examples: Shown) -> Iterator[str]:
    yield f"# {rule.code} {rule.name}"
    yield ""
    yield f'<p class="message">{inert(plain(rule.message))}</p>'
    yield ""
    yield markdown(rule.why)
    yield ""
    yield from _facts(rule, members)
    if rule.help:
        yield from ("", "## What to do", "", markdown(plain(rule.help)))
    for title, bad in (("Found in", True), ("Not found in", False)):
        yield from ("", f"## {title}", "", *examples[rule.code, bad])
    yield from ("", "## How it is checked", "", "```yaml", _check(rule), "```")
    if rule.options:
        yield from _options(rule)
    if rule.implied_by:
        others = ", ".join(f"[{other}]({other}.md) {names[other]}" for other in rule.implied_by)
        yield from ("", "## Said once", "", f"Silent where one of these is found on the same record: {others}.")


def _facts(rule: Rule, members: Mapping[str, set[str]]) -> Iterator[str]:
    profiles = [name for name, codes in members.items() if rule.code in codes]
    facts = {
        "Severity": f'<span class="level {rule.severity}">{rule.severity}</span>',
        "Profiles": inert(", ".join(profiles)) or "none",
        "Judges": inert(", ".join(KINDS[kind] for kind in rule.kinds)),
        "Needs": ", ".join(map(code, rule.needs)),
        "Status": inert(" ".join([rule.status, f"since {rule.since}" if rule.since else ""]).strip()),
        "Replaced by": inert(rule.replaced_by or ""),
        "Fix": inert(f"{rule.fix['applicability']}: {KINDS_OF_FIX[rule.fix['kind']].does}") if rule.fix else "",
        "Other names": inert(", ".join(rule.aliases)),
    }
    yield '<dl class="facts">'
    yield from (f"<dt>{name}</dt>\n<dd>{value}</dd>" for name, value in facts.items() if value)
    yield "</dl>"


def _check(rule: Rule) -> str:
    """The check as it stands in the file of the rule, comments and all."""
    source = next((ROOT / "rules").glob(f"*/{rule.code}-*.yaml")).read_text(encoding="utf-8")
    found = re.search(r"(?m)^check:\n(?:(?:[ #].*)?\n)+", source)
    assert found is not None, rule.code
    return found[0].rstrip()


def _options(rule: Rule) -> Iterator[str]:
    yield from ("", "## Options", "", "A configuration sets them; these are the values it starts with.", "")
    values = {rule.code: dict(rule.options)}
    shown_values = yaml.safe_dump({"rule_options": values}, sort_keys=False, allow_unicode=True, width=100)
    yield from ("```yaml", shown_values.rstrip(), "```")


def _families(rules: Sequence[Rule], members: Mapping[str, set[str]]) -> Iterator[str]:
    yield from ("# The shipped rules", "")
    yield f"{count(len(rules), 'rule')} in {len(FAMILIES)} families. “From” is the smallest profile that a rule is in:"
    yield "`minimal` ⊂ `recommended` (the default) ⊂ `strict` ⊂ `all`. `steplint rule CODE` shows a rule on the terminal."
    for family, own in _by_family(rules).items():
        yield from ("", f"## {FAMILIES[family]} ({family})", "")
        yield from ("| rule | severity | from | says |", "|---|---|---|---|")
        if family == "SRC":
            yield f"| [{rejected.CODE}]({rejected.CODE}.md)<br>row-rejected | error | – | the row could not be read: ‹reason› |"
        for rule in own:
            first = next((name for name, codes in members.items() if rule.code in codes), "–")
            link = f"[{rule.code}]({rule.code}.md)"
            yield f"| {link}<br>{rule.name} | {rule.severity} | {first} | {markdown(plain(rule.message))} |"


def _profiles(profiles: Mapping[str, Profile], members: Mapping[str, set[str]]) -> Iterator[str]:
    yield from ("", "## Profiles", "")
    yield "A profile is a set of rules: `--profile NAME`, or `profile:` in the [configuration](../configuration.md#profile)."
    for name, codes in members.items():
        profile = profiles[name]
        inherited = members[profile.extends] if profile.extends else set()
        yield from ("", f"### {name}", "", markdown(sentence(profile.description or "")), "")
        listed = ", ".join(f"[{rule}]({rule}.md)" for rule in sorted(codes - inherited))
        extends = (
            f"{len(codes)} rules: those of `{profile.extends}`, and" if profile.extends else f"{len(codes)} rules:"
        )
        yield f"{extends} {listed}."
