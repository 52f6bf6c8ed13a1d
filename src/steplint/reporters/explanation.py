"""`steplint why` as text: what a sales manager needs to follow a verdict, and what a rule author needs to check one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from steplint.reporters.safe import safe_text

__all__ = ["render"]

_NAME = re.compile(r":?\w+")

COMMITMENT = {
    5: "the customer has accepted an invitation to a dated meeting",
    4: "a meeting with the customer stands on a fixed day",
    3: "a concrete act with a time frame, or a meeting that has no day yet",
    2: "contact or an act is meant, but not when",
    1: "nothing that binds anybody",
}
BASIS = {
    "absolute": "the text gives the date in full",
    "changed": "counted from the day the text was last changed",
    "modified": "counted from the record's last change; the day of writing is not known",
    "as_of": "counted from the day of the check; the day of writing is not known",
}
DATE_KIND = {
    "specific": "one day",
    "coarse": "a stretch of time, not a day",
    "vague": "no time that can be checked",
    "none": "nothing said",
}
ACTOR = {"we": "we (our side)", "they": "they (the customer)", "nobody": "nobody is named", "named": "a named person"}
BRUSH_OFF = {
    "think": "they want to think about it",
    "info": "they asked for information",
    "team": "they want to talk to their team",
    "later": "they put it off",
    "not_ready": "they are not ready",
}
REMARKS = {
    "placeholder": "only fills the field",
    "past_only": "only tells what has happened",
    "waiting": "only waits",
    "hedged": "under reserve",
    "vague": "vague wording",
    "one_sided": "only our side gives something",
    "mutual": "both sides do something",
    "customer_action": "the customer does something",
    "meeting": "a meeting",
}
STATE = {
    "clean": "nothing wrong",
    "implied": "said already by {}",
    "kind": "does not judge a record of kind {}",
    "column": "not judged: the input has no {}",
    "exempt": "does not apply where {}",
    "off": "off: {}",
}


def render(explanation: Any, rule: str | None = None) -> Iterator[str]:
    """The lines; with `rule` (a code), of that rule only its verdict and conditions."""
    yield _heading(explanation.record)
    yield ""
    for line in (explanation.reading["next_step"] or "(empty)").replace("\r\n", "\n").split("\n"):
        yield f"    {safe_text(line)}"
    yield ""
    if rule is None:
        yield "What it says"
        yield from _reading(explanation.reading)
        yield ""
        yield from _findings([state for state in explanation.rules if state.state == "found"])
        yield "Other rules"
        yield from _table([state for state in explanation.rules if state.state != "found"])
        return
    state = next(state for state in explanation.rules if state.rule.code == rule)
    if state.state == "found":
        yield from _finding(state)
        return
    yield f"{state.rule.code} {state.rule.name}: {_verdict(state)}"
    yield from _tree(state.lines)


def _heading(record: Mapping[str, Any]) -> str:
    name = record["name"] or record["account"] or "Record"
    identity = f" ({record['id']})" if record["id"] and record["id"] != name else ""
    place = f"{record['path']}:{record['line']}" if record["path"] and record["line"] is not None else ""
    facts = [
        f"{name}{identity}",
        f"owner {record['owner']}" if record["owner"] else "",
        record["stage"] or "",
        place,
        f"out of scope: {record['scope']}" if record["scope"] else "",
    ]
    return safe_text(" · ".join(fact for fact in facts if fact))


def _reading(reading: Mapping[str, Any]) -> Iterator[str]:
    quoted: dict[str, list[str]] = {}
    for span in reading["spans"]:
        quoted.setdefault(span["role"], []).append(f"“{span['text']}”")
    rows = [
        ("who", _joined(quoted.get("who"), ACTOR.get(reading["actor"], ""))),
        ("what", _joined(quoted.get("what"), "" if reading["has_action"] else "no act that can be checked")),
        ("when", _joined(quoted.get("when"), _when(reading))),
        ("with whom", _joined(quoted.get("whom"), "" if reading["customer_person"] else "no person of the customer")),
        ("commitment", f"{reading['commitment']} of 5: {COMMITMENT[reading['commitment']]}"),
    ]
    remarks = [text for name, text in REMARKS.items() if reading[name]]
    if reading["brush_off"]:
        remarks.append(BRUSH_OFF[reading["brush_off"]])
    if remarks:
        rows.append(("remarks", "; ".join(remarks)))
    if quoted.get("vague"):
        rows.append(("vague", ", ".join(quoted["vague"])))
    for title, text in rows:
        yield f"  {title:<11} {safe_text(text)}"


def _joined(quoted: Sequence[str] | None, told: str) -> str:
    parts = [", ".join(quoted) if quoted else "", told]
    return ": ".join(part for part in parts if part) or "–"


def _when(reading: Mapping[str, Any]) -> str:
    parts = [DATE_KIND[reading["date_kind"]]]
    if reading["date"]:
        parts.append(f"{reading['date']}{' ' + reading['time'] if reading['time'] else ''}")
    if reading["date_basis"]:
        parts.append(BASIS[reading["date_basis"]])
    return ", ".join(parts)


def _findings(states: Sequence[Any]) -> Iterator[str]:
    if not states:
        yield "Nothing is wrong with it by the rules that run."
        yield ""
        return
    primary = sorted(states, key=lambda state: not state.finding["primary"])
    for state in primary:
        yield from _finding(state)
        yield ""


def _finding(state: Any) -> Iterator[str]:
    finding = state.finding
    yield safe_text(f"{finding['severity']}[{finding['code']}] {finding['name']}: {finding['message']}")
    yield safe_text(f"  why    {state.rule.why}")
    if finding["help"]:
        yield safe_text(f"  help   {finding['help']}")
    if finding["ask"]:
        choices = " / ".join(finding["ask"]["choices"])
        yield safe_text(f"  ask    {finding['ask']['question']}{f' ({choices})' if choices else ''}")
    yield from _tree(state.lines)


def _tree(lines: Sequence[tuple[int, str, Any]]) -> Iterator[str]:
    """✓ held, ✗ did not, ? not known; columns and options with their values below the condition that read them."""
    for depth, text, value in lines:
        if isinstance(value, bool):
            mark, shown = "✓" if value else "✗", ""
        elif value is None:
            mark, shown = " " if _NAME.fullmatch(text) else "?", " is not known"
        else:
            mark, shown = " ", f" = {_value(value)}"
        yield safe_text(f"  {'  ' * depth}{mark} {text}{shown}")


def _value(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def _table(states: Sequence[Any]) -> Iterator[str]:
    width = max((len(state.rule.name) for state in states), default=0)
    for state in states:
        yield safe_text(f"  {state.rule.code:<8} {state.rule.name:<{width}}  {_verdict(state)}")


def _verdict(state: Any) -> str:
    return STATE[state.state].format(state.detail)
