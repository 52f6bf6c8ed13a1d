"""sarif: SARIF 2.1.0, as GitHub code scanning and editors read it.

Code scanning refuses a run of more than 25,000 results, so that many are written, the most severe ones, and the run says
how many there were. It wants four numbers for every place: where no column is known, the place is the start of the line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, BinaryIO
from urllib.parse import quote

import polars as pl

from steplint.findings.summary import Summary
from steplint.reporters.escapes import inert_json, markdown_text
from steplint.reporters.fixes import replaced
from steplint.reporters.kept import Kept
from steplint.reporters.places import repository_path
from steplint.reporters.safe import safe_text
from steplint.reporters.view import RuleText, View
from steplint.reporters.words import cut_line, plain, record_name, skipped_line, summary_line

__all__ = ["Sarif"]

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 25_000
LONGEST = 1024  # characters of a description
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
#: Name in the property bag of a result -> column. These are data for programs: exact, not made safe to look at.
PROPERTIES = {
    "recordId": "record_id",
    "recordName": "record_name",
    "owner": "owner",
    "account": "account",
    "stage": "stage",
    "commitment": "commitment",
    "field": "field",
    "nextStep": "text",
    "url": "url",
}


class Sarif:
    """One run. Results stand in the order of the input."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        self._out = out
        self._view = view
        self._kept = Kept(MOST_RESULTS)

    def write(self, findings: pl.DataFrame) -> None:
        self._kept.add(findings)

    def end(self, summary: Summary) -> None:
        found = self._kept.in_order()
        cut = cut_line(found.height, self._kept.total)
        if cut:
            self._view.note(f"sarif: {cut}")
        rules = _rules(self._view.rules, found)
        run = {
            "tool": {"driver": self._driver(rules)},
            "columnKind": "unicodeCodePoints",
            "invocations": [self._invocation(summary, cut)],
            "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The top of the repository."}}},
            "properties": {"asOf": self._view.as_of.isoformat(), "summary": summary.as_json()},
        }
        head = {"$schema": SCHEMA_URI, "version": "2.1.0"}
        start = json.dumps(head, ensure_ascii=False)[:-1] + ', "runs": [' + json.dumps(run, ensure_ascii=False)[:-1]
        self._out.write(f'{start}, "results": ['.encode())
        index = {rule.code: place for place, rule in enumerate(rules)}
        for number, finding in enumerate(found.iter_rows(named=True)):
            text = json.dumps(self._result(finding, index), ensure_ascii=False)
            self._out.write((b",\n" if number else b"\n") + inert_json(text.encode()))
        self._out.write(b"\n]}]}\n" if found.height else b"]}]}\n")

    def _driver(self, rules: Iterable[RuleText]) -> dict[str, Any]:
        version = {"version": self._view.tool["version"]} if "version" in self._view.tool else {}
        return {
            "name": "steplint",
            **version,
            "rules": [_descriptor(rule) for rule in rules],
            "properties": {name: value for name, value in self._view.tool.items() if name != "version"},
        }

    def _invocation(self, summary: Summary, cut: str | None) -> dict[str, Any]:
        notes = [("note", summary_line(summary)), ("note", skipped_line(summary)), ("warning", cut)]
        told = [{"level": level, "message": {"text": _message(text)}} for level, text in notes if text]
        return {"executionSuccessful": summary.complete, "toolExecutionNotifications": told}

    def _result(self, finding: dict[str, Any], index: dict[str, int]) -> dict[str, Any]:
        said = "\n".join(part for part in (finding["message"], finding["help"]) if part)
        known = {name: finding[column] for name, column in PROPERTIES.items() if finding[column] is not None}
        return {
            "ruleId": finding["code"],
            "ruleIndex": index[finding["code"]],
            "level": LEVELS[finding["severity"]],
            "message": {"text": _message(said)},
            "locations": [self._location(finding)],
            "partialFingerprints": {"primaryLocationLineHash": finding["fingerprint"]},
            "fingerprints": {"steplint/key/v1": finding["key"]},
            **self._fixes(finding),
            "properties": known,
        }

    def _fixes(self, finding: dict[str, Any]) -> dict[str, Any]:
        """`fixes` of a result, where the place of the fix is known."""
        change = replaced(finding, self._view)
        if change is None:
            return {}
        region = {
            "startLine": change.line,
            "startColumn": change.start + 1,
            "endLine": change.line,
            "endColumn": change.end + 1,
        }
        replacement = {"deletedRegion": region, "insertedContent": {"text": change.text}}
        artifact = _artifact(repository_path(finding["path"], self._view))
        said = f"{finding['fix']['applicability']} fix of {finding['fix']['field']}"
        return {
            "fixes": [
                {
                    "description": {"text": said},
                    "artifactChanges": [{"artifactLocation": artifact, "replacements": [replacement]}],
                }
            ]
        }

    def _location(self, finding: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if finding["path"] is not None:
            artifact = _artifact(repository_path(finding["path"], self._view))
            made["physicalLocation"] = {"artifactLocation": artifact, "region": _region(finding)}
        logical = []
        if finding["record_id"]:
            name = safe_text(record_name(finding))
            logical.append({"name": name, "fullyQualifiedName": finding["record_id"], "kind": "record"})
        if finding["cell"]:
            cell = f"{finding['sheet']}!{finding['cell']}"
            logical.append({"name": finding["cell"], "fullyQualifiedName": cell, "kind": "cell"})
        if logical:
            made["logicalLocations"] = logical
        return made


def _rules(known: Iterable[RuleText], found: pl.DataFrame) -> list[RuleText]:
    """The rules of the run, and what else was found (a rejected row, say), in the order of their codes."""
    rules = {rule.code: rule for rule in known}
    others = found.unique("code", keep="first", maintain_order=True).select(
        "code", "name", "severity", "help", "why_url"
    )
    for code, name, severity, help_text, url in others.iter_rows():
        rules.setdefault(code, RuleText(code, name, severity, name.replace("-", " "), "", help_text, url))
    return sorted(rules.values())


def _descriptor(rule: RuleText) -> dict[str, Any]:
    message, why, help_text = (" ".join(plain(text or "").split()) for text in (rule.message, rule.why, rule.help))
    told = [part for part in (why, help_text) if part] or [message]
    address = {"helpUri": rule.url} if rule.url else {}
    family = rule.code.rstrip("0123456789")
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": _message(message)[:LONGEST]},
        "fullDescription": {"text": _message(why or message)[:LONGEST]},
        "help": {
            "text": _message("\n".join(told)),
            "markdown": "\n\n".join(markdown_text(part, cell=False) for part in told),
        },
        **address,
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": ["next-step", family]},
    }


def _message(text: str) -> str:
    """Text as a viewer may show it. `[text](address)` is a link in SARIF: the two are moved apart."""
    return safe_text(text, keep="\n").replace("](", "] (")


def _artifact(path: str) -> dict[str, str]:
    """A relative reference; of an absolute path, which no other machine knows, a file address."""
    if path.startswith("/"):
        return {"uri": f"file://{quote(path)}"}
    return {"uri": quote(path), "uriBaseId": "%SRCROOT%"}


def _region(finding: dict[str, Any]) -> dict[str, int]:
    line = finding["line"] or finding["record_line"] or 1
    column = finding["column"] or 1
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": line,
        "endColumn": max(finding["end_column"] or column, column),
    }
