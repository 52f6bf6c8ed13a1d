"""What a run has to tell a CRM: which findings, on which records, and which are gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.triage.conftest import AS_OF, GOOD

from steplint.engine import lint
from steplint.engine.frames import stream_of
from steplint.findings.schema import SEVERITIES
from steplint.findings.summary import Summary
from steplint.reading import Reader
from steplint.records import Org
from steplint.rules import load_shipped, select
from steplint.rules.rule import Rule
from steplint.sources.remote.writing import Found
from steplint.triage.write_back import Gathered

TEXTS = {"006A": "TBD", "006B": "Circle back next quarter", "006C": GOOD, "006D": "", "006E": "Call Dana 1/5 10:00"}
RULES = select(load_shipped()).rules


def run(
    texts: Mapping[str, str | None], codes: Sequence[str] | None = None, severity: str = "info", **more: Any
) -> tuple[Found, pl.DataFrame, Summary]:
    """What is found in `{id: text}`, all findings, and the summary; `more` are columns, and batch_rows."""
    given = {"id": list(texts), "next_step": list(texts.values()), "owner": ["D. Lee"] * len(texts)}
    size = more.pop("batch_rows", 65_536)
    frame = pl.DataFrame(given | more, schema_overrides={"next_step": pl.String})
    gathered, summary, org = Gathered(codes, severity), Summary(), Org()
    stream = gathered.watch(stream_of(frame, org=org, as_of=AS_OF, batch_rows=size, date_order="mdy"))
    batches = list(lint(stream, RULES, Reader(), org, as_of=AS_OF, summary=summary))
    for batch in batches:
        gathered.add(batch)
    ran = [rule for rule in RULES if rule.code not in summary.skipped_rules]
    return gathered.found(ran, frozenset(summary.skipped_rules), _due), pl.concat(batches), summary


def _due(days: int) -> date:
    return AS_OF + timedelta(days=days)


def test_one_row_a_record_with_its_most_important_finding() -> None:
    found, findings, _ = run(TEXTS)
    rows = {row["record_id"]: row for row in found.records.iter_rows(named=True)}
    assert set(rows) == {"006A", "006B", "006D", "006E"}
    assert found.judged.to_list() == list(TEXTS)
    for record, row in rows.items():
        own = findings.filter(record_id=record)
        first = own.row(0, named=True)
        assert (row["key"], row["code"], row["owner"], row["level"]) == tuple(
            first[name] for name in ("key", "code", "owner", "commitment")
        )
        assert row["codes"] == own["code"].unique(maintain_order=True).to_list()
        assert row["title"] == first["message"]
        assert row["text"].splitlines() == [
            first["help"], f"{first['code']} {first['name']}: {first['why_url']}", f"steplint {first['key']}",
        ]  # fmt: skip


@pytest.mark.parametrize("severity", SEVERITIES)
def test_from_a_level_on(severity: str) -> None:
    found, findings, _ = run(TEXTS, severity=severity)
    levels = SEVERITIES[: SEVERITIES.index(severity) + 1]
    assert set(found.records["record_id"]) == set(findings.filter(pl.col("severity").is_in(levels))["record_id"])


def test_only_chosen_rules() -> None:
    found, _, _ = run(TEXTS, codes=["WHEN302"])
    assert found.records.select("record_id", "code", "codes").rows() == [("006B", "WHEN302", ["WHEN302"])]
    assert run(TEXTS, codes=[])[0].records.height == 0


def test_batches_make_no_difference() -> None:
    many = {f"{number:04}": text for number, text in enumerate([*TEXTS.values()] * 20)}
    whole, parts = run(many)[0], run(many, batch_rows=7)[0]
    assert whole.records.equals(parts.records)
    assert whole.judged.equals(parts.judged)


def test_findings_of_no_record_are_nobodys() -> None:
    """A row that could not be read, or a suppression, has no owner to tell."""
    gathered = Gathered(None, "info")
    _, findings, _ = run(TEXTS)
    gathered.add(findings.with_columns(code=pl.lit("SRC003")))
    gathered.add(findings.with_columns(record_id=pl.lit(None, pl.String)))
    assert gathered.found(RULES, frozenset(), _due).records.height == 0


def key(findings: pl.DataFrame, record: str, code: str) -> str:
    return str(findings.filter(record_id=record, code=code)["key"].item())


def test_a_finding_is_gone_where_its_rule_judged_its_record_again() -> None:
    _, before, _ = run(TEXTS)
    keys = [key(before, "006A", "WHAT202"), key(before, "006B", "WHEN302"), key(before, "006D", "WHAT201")]
    there = pl.DataFrame({"key": [*keys, "f" * 20], "record_id": ["006A", "006B", "006D", "006A"]})
    after, _, _ = run({"006A": GOOD, "006B": "Circle back next quarter"})
    # 006B is found still, 006D was not judged, and the last key is none of this source's.
    assert after.gone(there).to_list() == [True, False, False, False]
    assert after.gone(there.clear()).to_list() == []


def test_a_finding_is_not_gone_where_its_rule_did_not_run() -> None:
    _, before, _ = run({"006A": GOOD}, owner_active=[False])
    there = pl.DataFrame({"key": [key(before, "006A", "WHO103")], "record_id": ["006A"]})
    after, _, summary = run({"006A": GOOD})
    assert "WHO103" in summary.skipped_rules
    assert "WHO103" in after.skipped
    assert after.gone(there).to_list() == [False]
    assert run({"006A": GOOD}, owner_active=[True])[0].gone(there).to_list() == [True]


def test_every_finding_is_recognised_by_its_key() -> None:
    """The column that a rule says its findings are about is the one that they have."""
    found, findings, _ = run(TEXTS, owner_active=[False] * 5, close_date=[date(2025, 12, 1)] * 5)
    there = findings.select("key", "record_id").drop_nulls()
    nothing = Gathered(None, "info")
    records = pl.DataFrame({"id": list(TEXTS), "next_step": list(TEXTS.values())})
    for _ in nothing.watch(stream_of(records, org=Org(), as_of=AS_OF, date_order="mdy")).batches:
        pass
    assert found.gone(there).to_list() == [False] * there.height
    assert nothing.found(RULES, frozenset(), _due).gone(there).to_list() == [True] * there.height


def test_a_record_out_of_scope_is_not_judged() -> None:
    found, _, _ = run({"006A": GOOD, "006B": GOOD}, is_closed=[False, True])
    assert found.judged.to_list() == ["006A"]


@given(st.text(max_size=40), st.text(max_size=40))
def test_titles_are_one_line_and_texts_have_no_controls(message: str, help_text: str) -> None:
    _, findings, _ = PLAIN
    gathered = Gathered(None, "info")
    gathered.add(findings.head(1).with_columns(message=pl.lit(message), help=pl.lit(help_text)))
    row = gathered.found(RULES, frozenset(), _due).records.row(0, named=True)
    assert all(char >= " " and char != "\x7f" for char in row["title"])
    assert all(char == "\n" or (char >= " " and not "\x7f" <= char <= "\x9f") for char in row["text"])
    assert row["text"].endswith(f"\nsteplint {row['key']}")


PLAIN = run({"006A": "TBD"})


def test_the_column_of_every_rule_is_one_of_records(rules: list[Rule]) -> None:
    from steplint.records import SCHEMA

    assert {rule.column for rule in rules if not rule.of_source} <= set(SCHEMA)
