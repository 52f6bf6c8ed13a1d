"""Sentences about counts: the summary line, and the statistics table."""

from __future__ import annotations

from collections.abc import Sequence

from steplint.findings.schema import SEVERITIES
from steplint.findings.summary import Summary

__all__ = ["count", "skipped_line", "statistics", "summary_line"]

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
    if summary.fixable:
        parts.append(f"{summary.fixable:,} fixable with --fix")
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
