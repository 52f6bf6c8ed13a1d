"""text: what a person reads on a terminal. One primary finding a record, its text underlined, the others as “also”."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, BinaryIO

import polars as pl

from steplint.findings.summary import Summary
from steplint.reporters.safe import safe_text, without_commands
from steplint.reporters.view import View
from steplint.reporters.width import cells
from steplint.reporters.words import skipped_line, statistics, summary_line

__all__ = ["Text"]

WIDEST = 100  # columns of a record's text that are shown, where no terminal says less
NARROWEST = 40
GAP = " " * 10
COLORS = {"error": "31", "warning": "33", "info": "36"}
COLUMNS = [
    "code", "name", "severity", "message", "help", "primary", "path", "url", "sheet", "line", "cell", "record_id", "record_name",
    "account", "owner", "stage", "commitment", "field", "text", "start", "spans",
]  # fmt: skip


class Text:
    """Severity is always a word; colour only repeats it."""

    def __init__(self, out: BinaryIO, view: View) -> None:
        self._out = out
        self._view = view
        self._names: dict[str, str] = {}

    def write(self, findings: pl.DataFrame) -> None:
        if self._view.statistics:
            self._names.update(findings.select("code", "name").unique().rows())
            return
        record: list[dict[str, Any]] = []
        for finding in findings.select(COLUMNS).iter_rows(named=True):
            if finding["primary"] and record:
                self._block(record)
                record = []
            record.append(finding)
        if record:
            self._block(record)

    def end(self, summary: Summary) -> None:
        lines = list(statistics(summary, self._names)) if self._view.statistics else []
        if lines:
            lines.append("")
        lines += [line for line in (summary_line(summary), skipped_line(summary)) if line]
        self._lines(lines)

    def _block(self, record: list[dict[str, Any]]) -> None:
        self._lines([*self._render(record[0], record[1:]), ""])

    def _lines(self, lines: list[str]) -> None:
        self._out.write("".join(f"{line}\n" for line in lines).encode())

    def _render(self, finding: dict[str, Any], others: list[dict[str, Any]]) -> Iterator[str]:
        color = COLORS[finding["severity"]]
        title = f"{finding['severity']}[{finding['code']}]"
        yield f"{self._paint(title, f'1;{color}')} {safe_text(finding['name'])}: {safe_text(finding['message'])}"
        yield f"  {self._paint('-->', '34')} {safe_text(_place(finding))}"
        bar = self._paint("|", "34")
        yield f"   {bar}"
        yield from (f"   {bar} {line}".rstrip() for line in self._source(finding, color))
        also = ", ".join(f"{other['code']} {other['name']}" for other in others)
        yield from self._help(safe_text(finding["help"] or ""), safe_text(f"also: {also}" if also else ""))

    def _help(self, help_text: str, also: str) -> Iterator[str]:
        parts = [part for part in (help_text and f"help: {help_text}", also) if part]
        line = "  " + GAP.join(parts)
        if self._view.width is None or cells(line) <= self._view.width:
            if parts:
                yield line
            return
        yield from (f"  {part}" for part in parts)

    def _source(self, finding: dict[str, Any], color: str) -> Iterator[str]:
        """The line of the text that holds the first span, and carets under every span on it."""
        text = finding["text"]
        if not text:
            yield "(empty)"
            return
        spans = [(span["start"], span["end"]) for span in finding["spans"] or []]
        if not spans and finding["field"] == "next_step":
            spans = [(0, len(text))]
        first = spans[0][0] if spans else 0
        start, end = _line_round(text, first)
        widest = max(min((self._view.width or WIDEST) - 5, WIDEST), NARROWEST)
        start, end, before, after = _window(text, start, end, first, widest)
        shown = [safe_text(sign) for sign in _pieces(text, start, end, spans)]
        yield before + without_commands("".join(shown)) + after
        if spans:
            yield self._paint_carets(" " * cells(before), shown, _marked(start, end, spans), color)

    def _paint_carets(self, margin: str, shown: list[str], marked: list[bool], color: str) -> str:
        carets = [("^" if mark else " ") * cells(piece) for piece, mark in zip(shown, marked, strict=True)]
        line = (margin + "".join(carets)).rstrip()
        bare = line.lstrip()
        return line[: len(line) - len(bare)] + self._paint(bare, color) if bare else ""

    def _paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self._view.color else text


def _place(finding: dict[str, Any]) -> str:
    path = finding["path"] or finding["url"] or "<input>"
    at = f"{finding['sheet']}!{finding['cell']}" if finding["cell"] else finding["line"]
    place = f"{path}:{at}" if at is not None else path
    name = finding["record_name"] or finding["account"]
    identity = f"({finding['record_id']})" if finding["record_id"] and finding["record_id"] != name else ""
    who = " ".join(part for part in (name, identity) if part)
    facts = [
        who,
        f"owner {finding['owner']}" if finding["owner"] else "",
        finding["stage"] or "",
        f"commitment {finding['commitment']}/5" if finding["commitment"] is not None else "",
    ]
    told = " · ".join(fact for fact in facts if fact)
    return f"{place}  {told}" if told else place


def _line_round(text: str, place: int) -> tuple[int, int]:
    """Start and end of the line of `text` that holds code point `place`."""
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", max(place, start))
    return start, len(text) if end < 0 else end


def _window(text: str, start: int, end: int, first: int, widest: int) -> tuple[int, int, str, str]:
    """The part of a line that fits, round its first span, and the ellipses that say what was left out."""
    before = after = ""
    if cells(safe_text(text[start:end])) <= widest:
        return start, end, before, after
    if first - start > widest // 3:
        start, before = first - widest // 4, "…"
    while cells(safe_text(text[start:end])) > widest - 2:
        over = cells(safe_text(text[start:end])) - (widest - 2)
        end, after = max(end - max(over // 2, 1), start + 1), "…"
    return start, end, before, after


def _cuts(start: int, end: int, spans: list[tuple[int, int]]) -> list[int]:
    return sorted({start, end, *(place for span in spans for place in span if start < place < end)})


def _pieces(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> list[str]:
    cuts = _cuts(start, end, spans)
    return [text[a:b] for a, b in pairwise(cuts)]


def _marked(start: int, end: int, spans: list[tuple[int, int]]) -> list[bool]:
    cuts = _cuts(start, end, spans)
    return [any(a <= piece < b for a, b in spans) for piece in cuts[:-1]]
