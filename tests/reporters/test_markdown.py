"""Input makes no link, image, mention, heading or HTML in Markdown, and tables stay tables (promise 16)."""

import io
import re
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from tests.reporters.hostile import every_code_point, full_of, naughty, table, tables, texts

from steplint.findings.summary import Summary
from steplint.reporters import View, markdown, reporter
from steplint.reporters.escapes import markdown_text
from steplint.reporters.safe import safe_text

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# What services look for in text outside of code, after Markdown has been read.
ALIVE = re.compile(r"@\w|(?i:www\.)|://|#\d|!\d|(?<!\w)[&%~$]\w|:\w+:|\b[A-Z][A-Z0-9]+-\d|\b[0-9a-f]{7,40}\b|<")


def inert(inline: Any) -> str:
    """The text of an inline token, which holds nothing but plain words, code and our own line breaks."""
    said = ""
    for child in inline.children:
        if child.type == "html_inline":
            assert child.content == "<br>"
            continue
        assert child.type in {"text", "code_inline"}, child
        assert child.type == "code_inline" or not ALIVE.search(child.content), child.content
        said += child.content
    return said


def cells(content: str) -> list[list[str]]:
    """The cells of the only table, row by row; beside it stand one heading and paragraphs."""
    tokens = PARSER.parse(content)
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert kinds <= {"heading", "inline", "paragraph", "table", "thead", "tbody", "tr", "th", "td"}
    assert sum(token.type == "heading_open" for token in tokens) == 1
    rows: list[list[str]] = []
    for token, inline in pairwise(tokens):
        if token.type == "tr_open":
            rows.append([])
        if token.type in ("th_open", "td_open"):
            rows[-1].append(inert(inline))
        elif inline.type == "inline":
            inert(inline)
    assert {len(row) for row in rows} <= {6}
    return rows[1:]


def report(findings: pl.DataFrame, **view: Any) -> str:
    out = io.BytesIO()
    made = reporter("markdown")(out, View(as_of=date(2026, 1, 12), **view))
    summary = Summary(complete=True, skipped_rules={"WHO103": ("owner_active",)})
    summary.count_findings(findings)
    made.write(findings)
    made.end(summary)
    return out.getvalue().decode()


@settings(max_examples=80, deadline=None)
@given(tables())
def test_a_table_of_records_for_every_input(findings: pl.DataFrame) -> None:
    assert len(cells(report(findings))) == findings["primary"].sum()


def test_naughty_strings() -> None:
    for text in naughty():
        (row,) = cells(report(table([full_of(text)])))
        assert row[0] == "warning"


def cell_of(text: str) -> str:
    return cells(f"# h\n\n| a | b | c | d | e | f |\n|-|-|-|-|-|-|\n| {markdown_text(text)} | | | | | |\n")[0][0]


@given(texts)
def test_a_text_is_shown_as_it_is(text: str) -> None:
    assert cell_of(text).strip() == safe_text(text).replace("\\|", "\\<U+007C>").strip()
    tokens = PARSER.parse(markdown_text(text, cell=False))
    assert [token.type for token in tokens] in ([], ["paragraph_open", "inline", "paragraph_close"])
    if tokens:
        assert inert(tokens[1]).strip() == safe_text(text).strip()


def test_every_code_point() -> None:
    for text in every_code_point():
        for part in (text[:1], text):
            assert cell_of(part).strip() == safe_text(part).replace("\\|", "\\<U+007C>").strip()


@pytest.mark.parametrize(
    "text",
    [
        "Acme renewal (006xx0001)", "“next quarter” does not name a day", "Call Dana Thu 15 Jan 10:00, to review", "Jan & Co",
        "Zoë 日本 – 20% off!", "NS: call", "",
    ],
)  # fmt: skip
def test_plain_words_stay_plain(text: str) -> None:
    assert markdown_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "@octocat",
        "a@b.example",
        "see #12",
        "http://a.example",
        "www.a.example",
        "x_y",
        "ABC-12",
        "deadbeef1",
        ":tada:",
        "1. x",
        "- x",
    ],
)
def test_what_services_act_on_is_code(text: str) -> None:
    assert markdown_text(text) == f"`{text}`"


def test_a_cut_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    notes: list[str] = []
    findings = table([{"message": "word " * 50, "severity": "info"}] * 400 + [{"message": "bad", "severity": "error"}])
    content = report(findings, note=notes.append)
    rows = cells(content)
    assert rows[0][5] == "bad"
    assert 0 < len(rows) < 401
    assert len(content) < 65_536
    told = f"{len(rows)} of 401 findings are in this report: the most severe come first."
    assert told in content
    assert notes == [f"markdown: {told}"]
    monkeypatch.setattr(markdown, "MOST", 5)
    assert len(cells(report(findings))) == 5


def test_a_long_text_is_shown_round_its_fault() -> None:
    text = "x" * 500 + " soon " + "y" * 500
    span = {"role": "when", "start": 501, "end": 505, "text": "soon"}
    (row,) = cells(report(table([{"text": text, "spans": [span]}])))
    assert " soon " in row[4]
    assert len(row[4]) == markdown.LONGEST_TEXT + 2
