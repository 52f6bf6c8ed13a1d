"""The report page in a real browser: what it shows, how it filters, and that nothing leaves it (promise 15)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.reporters.hostile import full_of, naughty, table
from tests.reporters.test_html import data, page

import steplint
from steplint.findings.schema import SEVERITIES
from steplint.reporters.safe import safe_text

ROOT = Path(__file__).parents[2]
DRIVER = ROOT / "tests/browser"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
#: What the driver itself provokes at the end: a picture from elsewhere is refused.
REFUSED = ["error: Loading the image", "policy: img-src https://example.com/probe.png"]
ELEMENTS = {"tr", "td", "th", "span", "mark", "ul", "li", "p", "strong", "details", "summary", "a"}

Action = dict[str, Any]
State = dict[str, Any]
Visit = Callable[..., list[State]]


def lacking() -> str | None:
    """What there is not, of that which the tests need."""
    if not shutil.which("node") or not (DRIVER / "node_modules/.ready").exists():
        return "the driver of the browser is not installed (npm)"
    if not any(map(shutil.which, BROWSERS)):
        return "there is no Chromium; on Debian: apt-get install chromium"
    return None


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    """Open a page and act on it; the state of the page at first and after each action."""
    if missing := lacking():
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    browser = next(path for name in BROWSERS if (path := shutil.which(name)))

    def go(content: str, *actions: Action, scheme: str = "light") -> list[State]:
        file = tmp_path / "report.html"
        file.write_text(content, encoding="utf-8")
        told = {"page": str(file), "browser": browser, "scheme": scheme, "actions": actions}
        done = subprocess.run(
            ["node", "page.mjs"],
            cwd=DRIVER,
            input=json.dumps(told),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert answer["requests"] == []
        assert [message[: len(start)] for message, start in zip(answer["messages"], REFUSED, strict=True)] == REFUSED
        states: list[State] = answer["states"]
        assert len(states) == len(actions) + 1
        assert all(set(state["tags"]) <= ELEMENTS for state in states)
        return states

    return go


Row = tuple[str, str, list[str]]


def report() -> tuple[str, list[dict[str, Any]]]:
    """The page of the bundled pipeline, and the records in it."""
    content = page(steplint.lint(ROOT / "examples/pipeline.csv", as_of=date(2026, 1, 12), profile="strict"))
    return content, data(content)["records"]


def shown(records: list[dict[str, Any]], code: str = "", levels: Sequence[int] = (0, 1, 2)) -> list[Row]:
    """Name, text and findings of the rows that filters leave."""
    rows = []
    for record in records:
        findings = [
            f"{finding['code']} {finding['name']}"
            for finding in record["findings"]
            if code in ("", finding["code"]) and finding["level"] in levels
        ]
        text = "".join(part for part, _ in record["text"])
        if findings:
            rows.append((record["name"] if record["name"].strip() else record["place"], text or "(empty)", findings))
    return rows


def seen(state: State) -> list[Row]:
    assert all(row["shown"] for row in state["rows"])
    return [(row["name"], row["step"], row["findings"]) for row in state["rows"]]


def test_rows_show_and_filters_filter(visit: Visit) -> None:
    content, records = report()
    owner = next(record["owner"] for record in records if shown([record], "WHEN302"))
    theirs = [record for record in records if record["owner"] == owner]
    texts = [(record, "".join(part for part, _ in record["text"]).lower()) for record in records]
    reset = {"do": "click", "what": "button[type=reset]"}
    warning, info = ({"do": "click", "what": f"#levels label:nth-child({n}) input"} for n in (2, 3))
    steps: list[tuple[Action, list[Row]]] = [
        ({"do": "select", "id": "owner", "value": owner}, shown(theirs)),
        ({"do": "select", "id": "rule", "value": "WHEN302"}, shown(theirs, "WHEN302")),
        (reset, shown(records)),
        ({"do": "select", "id": "rule", "value": "WHEN302"}, shown(records, "WHEN302")),
        (reset, shown(records)),
        (warning, shown(records, levels=(0, 2))),
        (info, shown(records, levels=(0,))),
        (reset, shown(records)),
        (
            {"do": "fill", "id": "search", "value": " TOUCH BASE "},
            shown([r for r, text in texts if "touch base" in text]),
        ),
        (reset, shown(records)),
        ({"do": "click", "what": f"#owners button[data-value='{owner}']"}, shown(theirs)),
        ({"do": "click", "what": f"#owners button[data-value='{owner}']"}, shown(records)),
    ]
    states = visit(content, *(action for action, _ in steps))
    for number, (state, rows) in enumerate(zip(states, [shown(records), *(rows for _, rows in steps)], strict=True)):
        total = sum(len(findings) for _, _, findings in rows)
        count = f"{total:,} finding{'s' * (total != 1)} in {len(rows):,} row{'s' * (len(rows) != 1)}"
        assert (state["count"], seen(state)) == (count, rows[:100]), number
        assert rows


def test_rows_come_in_the_order_that_is_asked_for(visit: Visit) -> None:
    amounts = [3.0, None, 1e9, 20.0, float("inf")]
    rows = [
        {"record_name": f"r{10 - n}", "owner": f"o{n % 2}", "amount": amount, "currency": "EUR"}
        for n, amount in enumerate(amounts)
    ]
    content = page(table(rows))
    states = visit(
        content, *({"do": "select", "id": "order", "value": value} for value in ("owner", "record", "amount"))
    )
    names = [[row["name"] for row in state["rows"]] for state in states]
    assert names == [
        ["r10", "r9", "r8", "r7", "r6"],
        ["r10", "r8", "r6", "r9", "r7"],
        ["r6", "r7", "r8", "r9", "r10"],
        ["r8", "r7", "r10", "r9", "r6"],
    ]
    # Euros and dollars are not compared.
    mixed = page(table([*rows, {"amount": 1.0, "currency": "USD"}]))
    assert [visit(each)[0]["orders"] for each in (content, mixed)] == [
        ["severity", "owner", "record", "amount"], ["severity", "owner", "record"],
    ]  # fmt: skip


def test_a_long_report_is_shown_by_and_by_and_printed_whole(visit: Visit) -> None:
    content = page(table([{"record_name": f"record {n}", "text": "soon"} for n in range(250)]))
    first, more, printed = visit(content, {"do": "click", "what": "#more"}, {"do": "print"})
    assert (len(first["rows"]), first["more"]) == (100, "Show 100 more of 150")
    assert (len(more["rows"]), more["more"], more["focus"]) == (200, "Show 50 more of 50", "tr")
    assert (len(printed["rows"]), printed["more"], printed["charts"]) == (250, None, False)


def test_hostile_texts_are_texts(visit: Visit) -> None:
    texts = naughty()
    rows = [full_of(text, severity=SEVERITIES[n % 3], path="deals.csv") for n, text in enumerate(texts)]
    content = page(table(rows))
    records = data(content)["records"]
    states = visit(content, {"do": "print"}, {"do": "view", "width": 320})
    assert seen(states[1]) == shown(records)
    messages = {message for row in states[1]["rows"] for message in row["messages"]}
    assert messages == {safe_text(text, keep="\n") for text in texts}
    links = {link for row in states[1]["rows"] for link in row["links"]}
    assert links
    assert all(re.match(r"https?://", link) for link in links)


def test_no_findings_are_said(visit: Visit) -> None:
    (state,) = visit(page(table([])))
    assert (state["count"], state["rows"], state["charts"], state["more"]) == ("No findings.", [], False, None)


def test_narrow_and_dark(visit: Visit) -> None:
    content, _ = report()
    light = visit(content, *({"do": "view", "width": width} for width in (1600, 800, 390, 320)))
    assert not any(state["wide"] for state in light)
    assert all(row["shown"] for row in light[-1]["rows"])
    (dark,) = visit(content, scheme="dark")
    assert dark["ground"] != light[0]["ground"]
