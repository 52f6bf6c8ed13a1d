"""html: one page for people, with everything in it. It works from a file and asks for nothing (promise 15).

The page is fixed: its style and script are written into it with their hashes in its policy, and all that comes from a
run is JSON in a data block, which the script shows as text. So there is one escaper, `script_json`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby, pairwise
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from steplint.findings.schema import SEVERITIES
from steplint.findings.summary import Summary
from steplint.reporters.escapes import script_json
from steplint.reporters.kept import Kept
from steplint.reporters.safe import safe_text
from steplint.reporters.view import RuleText, View
from steplint.reporters.words import cut_line, place, plain, record_name, skipped_line, summary_line

__all__ = ["Html"]

MOST = 10_000  # findings: some megabytes, which a browser still filters at once
PAGE = Path(__file__).with_name("page")


class Html:
    """A record a row, the most severe first."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        self._out = out
        self._view = view
        self._kept = Kept(MOST)

    def write(self, findings: pl.DataFrame) -> None:
        self._kept.add(findings)

    def end(self, summary: Summary) -> None:
        found = self._kept.by_severity()
        cut = cut_line(found.height, self._kept.total)
        if cut:
            self._view.note(f"html: {cut}")
        codes = set(found["code"])
        data = {
            "as_of": self._view.as_of.isoformat(),
            "tool": self._view.tool,
            "complete": summary.complete,
            "line": _safe(summary_line(summary)),
            "skipped": _safe(skipped_line(summary)),
            "cut": cut,
            "summary": summary.as_json(),
            "rules": {rule.code: _rule(rule) for rule in self._view.rules if rule.code in codes},
        }
        start, end = _page()
        self._out.write(f'{start}{script_json(data)[:-1]},"records":['.encode())
        for number, record in enumerate(_records(found)):
            self._out.write(f"{',' if number else ''}\n{script_json(record)}".encode())
        self._out.write(f"]}}{end}".encode())


@cache
def _page() -> tuple[str, str]:
    """The page before and after its data."""
    style, script, page = (PAGE.joinpath(f"page.{kind}").read_text(encoding="utf-8") for kind in ("css", "js", "html"))
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    for mark, content in (("policy", policy), ("style", style), ("script", script)):
        before, _, after = page.partition(f"{{{{{mark}}}}}")
        page = before + content + after
    start, _, end = page.partition("{{data}}")
    return start, end


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _safe(text: str | None) -> str | None:
    """Text as a browser may show it: nothing in it is invisible or turns the line round; line breaks stay."""
    return None if text is None else safe_text(text, keep="\n")


def _rule(rule: RuleText) -> dict[str, Any]:
    return {"name": rule.name, "why": _safe(plain(" ".join(rule.why.split()))), "url": rule.url}


def _records(found: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for _, group in groupby(found.iter_rows(named=True), key=lambda finding: finding["_record"]):
        yield _record(list(group))


def _record(findings: list[dict[str, Any]]) -> dict[str, Any]:
    first = findings[0]
    amount = None if first["amount"] is None else f"{first['amount']:,.0f} {first['currency'] or ''}".rstrip()
    texts = {name: first[name] for name in ("owner", "account", "stage")}
    return {
        "name": _safe(record_name(first)),
        "place": _safe(place(first, first["path"])),
        **{name: _safe(text) for name, text in texts.items()},
        "amount": _safe(amount),
        "value": first["amount"] if amount and isfinite(first["amount"]) else None,
        "currency": _safe(first["currency"]),
        "commitment": first["commitment"],
        "url": first["url"],
        "text": list(_pieces(first["text"] or "", findings)),
        "findings": [_finding(finding) for finding in findings],
    }


def _finding(finding: dict[str, Any]) -> dict[str, Any]:
    ask = finding["ask"] or {}
    return {
        "code": finding["code"],
        "name": finding["name"],
        "level": SEVERITIES.index(finding["severity"]),
        "message": _safe(finding["message"]),
        "help": _safe(finding["help"]),
        "question": _safe(ask.get("question")),
        "choices": [_safe(choice) for choice in ask.get("choices") or ()],
    }


def _pieces(text: str, findings: Iterable[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    """The text in order as (part, index in SEVERITIES of the worst finding that underlines it, else -1)."""
    marks = [
        (span["start"], span["end"], SEVERITIES.index(finding["severity"]))
        for finding in findings
        for span in finding["spans"] or ()
    ]
    cuts = sorted({0, len(text), *(cut for start, end, _ in marks for cut in (start, end) if 0 < cut < len(text))})
    for start, end in pairwise(cuts):
        level = min((level for first, last, level in marks if first <= start < last), default=-1)
        yield safe_text(text[start:end], keep="\n"), level
