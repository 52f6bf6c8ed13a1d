"""One page, one escaper, and nothing that leaves it (promise 15)."""

import base64
import hashlib
import io
import json
import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from tests.reporters.hostile import every_code_point, full_of, naughty, table, tables, texts

from steplint.findings.summary import Summary
from steplint.reporters import RuleText, View, html, reporter
from steplint.reporters.escapes import script_json
from steplint.reporters.safe import safe_text


def page(findings: pl.DataFrame, complete: bool = True, **view: Any) -> str:
    out = io.BytesIO()
    made = reporter("html")(out, View(as_of=date(2026, 1, 12), **view))
    summary = Summary(complete=complete)
    summary.count_findings(findings)
    made.write(findings)
    made.end(summary)
    return out.getvalue().decode()


class Elements(HTMLParser):
    """Tags with their attributes, and what stands inside of script and style."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.inside.append("")

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((f"/{tag}", {}))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style"):
            self.inside[-1] += data


BARE = page(table([]))


def data(content: str) -> dict[str, Any]:
    """What a run says, from a page that is otherwise the same as that of any other run."""
    start, _, rest = content.partition('id="data">')
    told, _, end = rest.partition("</script>")
    assert start == BARE.partition('id="data">')[0]
    assert end == BARE.partition('id="data">')[2].partition("</script>")[2]
    assert not re.search("[<>&\u2028\u2029]", told)
    made: dict[str, Any] = json.loads(told)
    return made


@settings(max_examples=60, deadline=None)
@given(tables())
def test_the_page_is_the_same_for_every_input(findings: pl.DataFrame) -> None:
    records = data(page(findings))["records"]
    assert sum(len(record["findings"]) for record in records) == findings.height


def test_naughty_strings() -> None:
    findings = table([full_of(text) for text in naughty()])
    records = data(page(findings))["records"]
    for text, record in zip(naughty(), records, strict=True):
        start, end = len(text) // 3, max(len(text) // 3, 2 * len(text) // 3)
        parts = [text[:start], text[start:end], text[end:]]
        assert "".join(part for part, _ in record["text"]) == "".join(safe_text(part, keep="\n") for part in parts)


@given(texts)
def test_values_survive(text: str) -> None:
    assert json.loads(script_json({text: [text]})) == {text: [text]}


def test_every_code_point_survives() -> None:
    for text in every_code_point():
        made = script_json(text)
        assert json.loads(made) == text
        assert not re.search("[<>&\u2028\u2029]", made)


def test_the_policy_names_what_the_page_holds() -> None:
    elements = Elements(BARE)
    (policy,) = (attributes["content"] for tag, attributes in elements.tags if attributes.get("http-equiv"))
    style, _, script = elements.inside
    hashes = [base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode() for inside in (style, script)]
    sources = f"style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'"
    assert policy == f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'"
    # Nothing is loaded, and nothing stands where the policy would stop it.
    loading = {"src", "srcset", "action", "formaction", "data", "poster", "background", "style", "onclick", "onload"}
    assert not [(tag, attributes) for tag, attributes in elements.tags if loading & set(attributes)]
    assert {attributes["href"] for _, attributes in elements.tags if "href" in attributes} == {"#findings"}
    assert not {"link", "iframe", "object", "embed", "img", "base"} & {tag for tag, _ in elements.tags}
    assert "url(" not in style
    assert "@import" not in style
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|fetch|XMLHttp|import\(|WebSocket|sendBeacon", script
    )


def test_records_by_severity_with_their_faults_underlined() -> None:
    text = "Circle back soon"
    vague = [{"role": "vague", "start": 0, "end": 11, "text": text[:11]}]
    late = [{"role": "when", "start": 7, "end": 16, "text": text[7:]}]
    rows = [
        {"severity": "info", "record_name": "a"},
        {"severity": "error", "record_name": "b", "text": text, "spans": vague, "amount": 1234.5, "currency": "EUR"},
        {"severity": "warning", "record_name": "b", "text": text, "spans": late, "primary": False},
    ]
    rule = RuleText("WHEN302", "date-vague", "warning", "m", "Why  so.", "h", "https://example.com/WHEN302")
    made = data(page(table(rows), rules=[rule, rule._replace(code="WHEN303")]))
    assert [record["name"] for record in made["records"]] == ["b", "a"]
    assert made["records"][0]["text"] == [["Circle ", 0], ["back", 0], [" soon", 1]]
    assert made["records"][0]["amount"] == "1,234 EUR"
    assert made["rules"] == {"WHEN302": {"name": "date-vague", "why": "Why so.", "url": rule.url}}


def test_a_cut_and_a_broken_run_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MOST", 2)
    notes: list[str] = []
    made = data(page(table([{}] * 3), complete=False, note=notes.append))
    assert made["complete"] is False
    assert made["cut"] == "2 of 3 findings are in this report: the most severe come first."
    assert notes == [f"html: {made['cut']}"]
