"""Sentences that several reports share: counts, the summary line, the statistics table, where a record is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from steplint.findings.schema import SEVERITIES
from steplint.findings.summary import Summary

__all__ = [
    "count", "cut_line", "excerpt", "place", "plain", "record_name", "skipped_line", "statistics", "summary_line",
]  # fmt: skip

_PLURAL = {"info": "info"}


def count(number: int, noun: str) -> str:
    """A number with its noun: “1 finding”, “12,000 findings”."""
    return f"{number:,} {noun if number == 1 else _PLURAL.get(noun, noun + 's')}"


def summary_line(summary: Summary) -> str:
    """“Found 12 findings in 9 of 214 open records (3 errors, 9 warnings); 61 closed skipped.”"""
    kind = "open record" if summary.open_only else "record"
    if summary.findings:
        numbers = ((getattr(summary, severity), severity) for severity in SEVERITIES)
        levels = ", ".join(count(number, severity) for number, severity in numbers if number)
        within = f"{summary.records_with_findings:,} of {count(summary.records, kind)}"
        parts = [f"Found {count(summary.findings, 'finding')} in {within} ({levels})"]
    else:
        parts = [f"No findings in {count(summary.records, kind)}"]
    skipped = [f"{number:,} {reason.replace('_', ' ')}" for reason, number in sorted(summary.out_of_scope.items())]
    if skipped:
        parts.append(f"{', '.join(skipped)} skipped")
    if summary.rejected:
        parts.append(f"{count(summary.rejected, 'row')} rejected")
    if summary.suppressed:
        parts.append(f"{summary.suppressed:,} suppressed")
    if summary.baselined:
        parts.append(f"{summary.baselined:,} in the baseline")
    if summary.fixable:
        parts.append(f"{summary.fixable:,} fixable with --fix")
    if summary.fixable_unsafe:
        more = f"{summary.fixable_unsafe:,} more" if summary.fixable else f"{summary.fixable_unsafe:,} fixable"
        parts.append(f"{more} with {'' if summary.fixable else '--fix '}--unsafe-fixes")
    text = "; ".join(parts) + "."
    return text if summary.complete else f"{text} The run broke off: this is not all."


def skipped_line(summary: Summary) -> str | None:
    """Which rules had nothing to read, or None."""
    if not summary.skipped_rules:
        return None
    rules = ", ".join(f"{code} ({' and '.join(columns)})" for code, columns in sorted(summary.skipped_rules.items()))
    return f"{count(len(summary.skipped_rules), 'rule')} skipped, the input lacks columns: {rules}."


def statistics(summary: Summary, names: dict[str, str]) -> Sequence[str]:
    """One line a rule that found something, the most frequent first."""
    rows = sorted(summary.by_rule.items(), key=lambda item: (-item[1], item[0]))
    digits = max((len(f"{number:,}") for _, number in rows), default=0)
    return [f"{number:>{digits},}  {code}  {names.get(code, '')}".rstrip() for code, number in rows]


def cut_line(shown: int, total: int, most: str = "the most severe come first") -> str | None:
    """What a report says that cannot hold all findings, or None where it holds them."""
    return f"{shown:,} of {count(total, 'finding')} are in this report: {most}." if shown < total else None


def plain(template: str) -> str:
    """A rule's message or help as it stands for all records: `{when}` becomes ‹when›."""
    return re.sub(r"\{(\w+)\}", lambda slot: f"‹{slot[1].replace('_', ' ')}›", template)


def place(finding: Mapping[str, Any], path: str | None) -> str:
    """“pipeline.csv:42”, or “deals.xlsx:Sheet1!C14” in a workbook; of what is no file, the record's address."""
    path = path or finding["url"] or "<input>"
    at = f"{finding['sheet']}!{finding['cell']}" if finding["cell"] else finding["line"] or finding["record_line"]
    return f"{path}:{at}" if at is not None else path


def record_name(finding: Mapping[str, Any]) -> str:
    """“Acme renewal (006xx0001)”, or as much of it as is known; empty where nothing is."""
    name, identity = finding["record_name"] or finding["account"], finding["record_id"]
    if not name or not identity or name == identity:
        return name or identity or ""
    return f"{name} ({identity})"


def excerpt(text: str, first: int, longest: int) -> str:
    """`longest` code points of `text` round the one at `first`, with an ellipsis where something is left out."""
    start = max(min(first - longest // 4, len(text) - longest), 0)
    end = min(start + longest, len(text))
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
