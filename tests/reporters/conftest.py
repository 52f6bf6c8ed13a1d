"""A few findings of every sort, and the switch that rewrites the snapshots: STEPLINT_UPDATE_SNAPSHOTS=1."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from steplint.findings.schema import SCHEMA
from steplint.findings.summary import Summary

SNAPSHOTS = Path(__file__).with_name("snapshots")


def finding(**values: Any) -> dict[str, Any]:
    ground = {
        "code": "WHEN302", "name": "date-vague", "severity": "warning", "primary": True, "path": "pipeline.csv",
        "message": "“next quarter” does not name a day", "help": "Which day? e.g. “Call Dana Thu 15 Jan 10:00 …”",
        "line": 42, "record_line": 42, "record_id": "006xx0001", "record_name": "Acme renewal", "kind": "opportunity",
        "field": "next_step", "text": "Circle back next quarter", "owner": "D. Lee", "stage": "Proposal",
        "account": "Acme", "amount": 12000.0, "currency": "USD", "commitment": 2, "key": "k" * 20,
        "fingerprint": "f" * 20, "spans": [],
    }  # fmt: skip
    return {**dict.fromkeys(SCHEMA), **ground, **values}


def span(text: str, part: str, role: str = "when") -> dict[str, Any]:
    start = text.index(part)
    return {"role": role, "start": start, "end": start + len(part), "text": part}


@pytest.fixture
def findings() -> pl.DataFrame:
    vague = "Circle back next quarter"
    long = "11/20 JS – lvm. " * 20 + "NS: sync w/ 田中さん nächste Woche, then circle back " + "and so on " * 20
    lines = "first line\nsecond: call 👩\u200d👩\u200d👧 soon\nthird soon"
    nasty = "\x1b[31mcall\u202e soon\x07"
    rows = [
        finding(
            spans=[span(vague, "next quarter")], start=12, end=24, why_url="https://example.com/rules/WHEN302/",
            ask={"slot": "when", "question": "On which day?", "choices": ["Tue 13 Jan", "Wed 14 Jan"]},
        ),
        finding(
            code="WHAT203", name="phrase-vague", primary=False, message="“Circle back” says too little",
            spans=[span(vague, "Circle back", "vague")], start=0, end=11,
        ),
        finding(
            code="WHAT201", name="step-missing", severity="error", message="there is no next step", text="",
            help="What happens next?", start=0, end=0, line=43, record_line=43, record_id="006xx0002", owner=None,
            stage=None, commitment=1,
        ),
        finding(
            code="WHO104", name="doer-unnamed", severity="info", help=None, text=long, line=44, record_name=None,
            spans=[span(long, "田中さん", "whom"), span(long, "circle back", "vague")],
        ),
        finding(
            text=lines, line=45, record_id=None, record_name="=cmd|' /C calc'!A0", account="@sum",
            spans=[span(lines, "soon"), {"role": "when", "start": 41, "end": 45, "text": "soon"}],
        ),
        finding(text=nasty, line=46, message=f"“{nasty}” is no day", record_name=nasty, spans=[span(nasty, "soon")]),
        finding(code="WHO103", name="owner-inactive", severity="error", field="owner", message="D. Lee left", line=47),
        finding(path=None, line=None, record_line=None, text=None, record_name=None, record_id="a" * 8, help=None),
    ]  # fmt: skip
    return pl.DataFrame(rows, schema={name: column.dtype for name, column in SCHEMA.items()})


@pytest.fixture
def summary(findings: pl.DataFrame) -> Summary:
    made = Summary(records=214, out_of_scope={"closed": 61}, suppressed=2, complete=True, languages={"en": 214})
    made.skipped_rules = {"WHO103": ("owner_active",)}
    made.count_findings(findings)
    return made


@pytest.fixture
def snapshot() -> Callable[[str, bytes], None]:
    def check(name: str, content: bytes) -> None:
        file = SNAPSHOTS / name
        if os.environ.get("STEPLINT_UPDATE_SNAPSHOTS"):
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
        assert content.decode() == file.read_bytes().decode(), f"{name} differs; STEPLINT_UPDATE_SNAPSHOTS=1 accepts"

    return check
