"""Every format, read back as its readers do: the naughty strings and all of Unicode come through it (promises 12 to 17).

What is dangerous is told here by the Unicode database, and not by the list that the reporters use.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache

import pytest
from markdown_it import MarkdownIt
from tests.reporters.hostile import every_code_point, full_of, naughty, table
from tests.reporters.test_ci_json import check_diagnostic, check_issue
from tests.reporters.test_github import parse
from tests.reporters.test_html import data
from tests.reporters.test_markdown import cells, inert
from tests.reporters.test_sarif import validator

from steplint.findings.summary import Summary
from steplint.reporters import FORMATS, View, reporter
from steplint.reporters.safe import safe_text

MARKS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
JOINER = "\u200d"  # makes one picture of several, and is let through there
HEAD = "WHEN302 date-vague"

Texts = Sequence[str]


def dangerous(sign: str) -> bool:
    """Whether a terminal or a reader may be moved, turned round or deceived by it."""
    point = ord(sign)
    return (
        unicodedata.category(sign) in ("Cc", "Zl", "Zp")
        or unicodedata.bidirectional(sign) in MARKS
        or unicodedata.name(sign, "").startswith(
            ("ZERO WIDTH", "LEFT-TO-RIGHT MARK", "RIGHT-TO-LEFT MARK", "WORD JOINER")
        )
        or sign in "\u061c\u00ad\u115f\u1160\u3164\uffa0\ufeff"
        or 0xE0000 <= point <= 0xE007F
    ) and sign != JOINER


@cache
def inputs(name: str) -> Texts:
    return naughty() if name == "naughty" else list(every_code_point())


def written(format_: str, texts: Texts) -> str:
    """One finding a text, which stands wherever a text can stand."""
    findings = table([full_of(text, record_id=f"{n}", path="deals.csv") for n, text in enumerate(texts)])
    out = io.BytesIO()
    made = reporter(format_)(out, View(as_of=date(2026, 1, 12), width=10_000))
    summary = Summary(records=len(texts), complete=True)
    summary.count_findings(findings)
    made.write(findings)
    made.end(summary)
    return out.getvalue().decode()


def lines(content: str) -> list[str]:
    return content.split("\n")[:-1]


def check_text(content: str, texts: Texts) -> None:
    """Nothing in a text looks like the head of another finding, nor like our colours."""
    assert sum(line.startswith(f"warning[{HEAD.split()[0]}]") for line in lines(content)) == len(texts)
    for text in texts:
        assert f"warning[WHEN302] date-vague: {safe_text(text)}\n" in content


def check_concise(content: str, texts: Texts) -> None:
    *found, summary = lines(content)
    assert len(found) == len(texts)
    assert summary.startswith("Found ")
    for line, text in zip(found, texts, strict=True):
        assert line == safe_text(f"deals.csv:{text}!{text}: WHEN302 {text}")


def check_json(content: str, texts: Texts) -> None:
    assert [finding["text"] for finding in json.loads(content)["findings"]] == list(texts)


def check_jsonl(content: str, texts: Texts) -> None:
    *found, last = [json.loads(line) for line in lines(content)]
    assert [finding["text"] for finding in found] == list(texts)
    assert last["complete"] is True


def check_csv(content: str, texts: Texts) -> None:
    header, *rows = csv.reader(io.StringIO(content, newline=""), strict=True)
    assert len(rows) == len(texts)
    assert {len(row) for row in rows} == {len(header)}
    for row, text in zip(rows, texts, strict=True):
        cell = row[header.index("text")]
        guard = "'" if re.match(r"[=+\-@\t\r\n＝＋－＠]", text) else ""
        assert cell == safe_text(guard + text, keep="\n")
        assert not any(cell.startswith(tuple("=+-@\t\r")) for cell in row if not re.fullmatch(r"-?\d+(\.\d+)?", cell))


def check_sarif(content: str, texts: Texts) -> None:
    whole = json.loads(content)
    assert [error.message for error in validator().iter_errors(whole)] == []
    results = whole["runs"][0]["results"]
    assert [result["properties"]["nextStep"] for result in results] == list(texts)
    assert not any(dangerous(sign) and sign != "\n" for result in results for sign in result["message"]["text"])


def check_github(content: str, texts: Texts) -> None:
    found = [command for line in re.split("[\r\n\x0b\x0c\x85\u2028\u2029]", content) if (command := parse(line))]
    assert {command.name for command in found} == {"warning", "notice"}  # the last one says how many there are more
    for command, text in zip(found[:10], texts, strict=False):
        assert command.properties["title"].startswith(HEAD)
        assert command.data.startswith(safe_text(text))


def check_gitlab(content: str, texts: Texts) -> None:
    issues = json.loads(content)
    for issue, text in zip(issues, texts, strict=True):
        check_issue(issue)
        assert issue["description"] == safe_text(f"{HEAD}: {text} ({text}!{text})")


def check_junit(content: str, texts: Texts) -> None:
    cases = list(ET.fromstring(content).iter("testcase"))[:-1]  # noqa: S314
    unwritten = re.compile("[\ufffe\uffff]")
    for case, text in zip(cases, texts, strict=True):
        shown = unwritten.sub(lambda sign: f"<U+{ord(sign[0]):04X}>", safe_text(text))
        assert case[0].attrib["message"] == shown


def check_rdjson(content: str, texts: Texts) -> None:
    parser = MarkdownIt("commonmark").enable("strikethrough")
    for diagnostic, text in zip(json.loads(content)["diagnostics"], texts, strict=True):
        check_diagnostic(diagnostic)
        said = [inert(token).strip() for token in parser.parse(diagnostic["message"]) if token.type == "inline"]
        expected = [safe_text(part).strip() for part in (f"{text}!{text}: {text}", text)]
        assert [part for part in said if part] == [part for part in expected if part]


def check_markdown(content: str, texts: Texts) -> None:
    rows = cells(content)
    assert 0 < len(rows) <= len(texts)
    assert {row[0] for row in rows} == {"warning"}


def check_html(content: str, texts: Texts) -> None:
    records = data(content)["records"]
    for record, text in zip(records, texts, strict=True):
        start, end = len(text) // 3, max(len(text) // 3, 2 * len(text) // 3)
        parts = (text[:start], text[start:end], text[end:])
        assert "".join(part for part, _ in record["text"]) == "".join(safe_text(part, keep="\n") for part in parts)


CHECKS: dict[str, Callable[[str, Texts], None]] = {
    "text": check_text, "concise": check_concise, "json": check_json, "jsonl": check_jsonl, "csv": check_csv,
    "sarif": check_sarif, "github": check_github, "gitlab": check_gitlab, "junit": check_junit, "rdjson": check_rdjson,
    "markdown": check_markdown, "html": check_html,
}  # fmt: skip
#: These keep texts exact, for programs; control characters are escaped in them.
EXACT = ("json", "jsonl", "sarif")


def test_every_format_has_a_reader() -> None:
    assert set(CHECKS) == set(FORMATS)


@pytest.mark.parametrize("name", ["naughty", "unicode"])
@pytest.mark.parametrize("format_", CHECKS)
def test_texts_come_through(format_: str, name: str) -> None:
    texts = inputs(name)
    content = written(format_, texts)
    CHECKS[format_](content, texts)
    if format_ == "html":  # an address is no text to show: what a browser makes of it is
        content = json.dumps([{**record, "url": None} for record in data(content)["records"]], ensure_ascii=False)
    if format_ not in EXACT:
        assert {sign for sign in set(content) if dangerous(sign)} <= {"\n"}


@pytest.mark.parametrize("name", ["naughty", "unicode"])
def test_what_is_dangerous_is_shown(name: str) -> None:
    for text in inputs(name):
        safe = safe_text(text)
        assert not any(map(dangerous, safe))
        # A joiner that joins no pictures would hide between letters.
        assert all(not safe[at - 1].isalnum() for at, sign in enumerate(safe) if sign == JOINER and at)
