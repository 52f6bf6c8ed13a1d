"""What of a source was not judged is said once, whatever the batches."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import steplint
from steplint.engine import lint
from steplint.engine.frames import stream_of
from steplint.findings.schema import SCHEMA
from steplint.findings.summary import Summary
from steplint.reading import Reader
from steplint.records import Org
from steplint.rules import load_shipped

AS_OF = date(2026, 1, 12)
GERMAN = "Angebot nachfassen und mit dem Kunden einen Termin für nächste Woche vereinbaren"
SPANISH = "Enviar la propuesta al cliente y esperar su respuesta antes del viernes"
ENGLISH = "Demo with Kim Thu 15 Jan 2pm"


def told(findings: pl.DataFrame) -> list[tuple[Any, ...]]:
    return findings.filter(pl.col("code").str.starts_with("SRC")).select("code", "message", "line", "record_id").rows()


@pytest.mark.parametrize("batch_rows", [1, 2, 100])
def test_languages_without_a_word_list_are_told_once_a_file(batch_rows: int) -> None:
    texts = [ENGLISH, SPANISH, GERMAN, ENGLISH, GERMAN]
    frame = pl.DataFrame({"next_step": texts, "line": range(2, 7), "path": ["a.csv"] * 5})
    findings = steplint.lint(frame, as_of=AS_OF, profile="minimal", batch_rows=batch_rows)
    assert told(findings) == [
        ("SRC006", "texts in Spanish were not judged by their words (1)", 3, None),
        ("SRC006", "texts in German were not judged by their words (2)", 4, None),
    ]
    last = findings.row(-1, named=True)
    assert (last["text"], last["path"], last["severity"], last["primary"]) == (GERMAN, "a.csv", "info", True)
    assert dict(findings.schema) == {name: column.dtype for name, column in SCHEMA.items()}


def test_nothing_is_told_of_a_source_that_was_read_whole() -> None:
    frame = pl.DataFrame({"next_step": [ENGLISH, ""], "due_date": ["2026-01-15", None]})
    assert told(steplint.lint(frame, as_of=AS_OF)) == []


def test_dates_of_an_unknown_order_are_told_once_a_file(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("Next Step,Due Date,Close Date\nSend it,03/04/2026,05/06/2026\nCall,04/05/2026,2026-03-01\n")
    findings = steplint.lint(path, as_of=AS_OF, profile="minimal")
    assert told(findings) == [
        (
            "SRC005",
            "“Due Date”, “Close Date” is not read: nothing shows whether the day or the month comes first",
            None,
            None,
        )
    ]
    assert told(steplint.lint(path, as_of=AS_OF, profile="minimal", date_order="dmy")) == []


def test_of_several_files_the_one_is_named_that_shows_no_order(tmp_path: Path) -> None:
    from steplint.sources import open_source

    for name, day in (("a", "03/24/2026"), ("b", "03/04/2026")):
        (tmp_path / f"{name}.csv").write_text(f"Next Step,Due Date\nSend it,{day}\n")
    stream = open_source([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")], as_of=AS_OF)
    rules = [rule for rule in load_shipped() if rule.code == "SRC005"]
    found = pl.concat(lint(stream, rules, Reader(), Org(), as_of=AS_OF, summary=Summary()))
    assert found["path"].to_list() == [str(tmp_path / "b.csv")]


def test_hidden_columns_are_told_where_the_source_names_them() -> None:
    stream = stream_of(pl.DataFrame({"next_step": [ENGLISH]}), org=Org(), as_of=AS_OF)
    stream.hidden = ("last_activity", "contacts")
    rules = [rule for rule in load_shipped() if rule.code == "SRC002"]
    summary = Summary()
    found = pl.concat(lint(stream, rules, Reader(), Org(), as_of=AS_OF, summary=summary))
    assert found.select("field", "message").rows() == [
        (name, f"the column “{name}” is hidden from the user who reads the source") for name in stream.hidden
    ]
    assert found["fingerprint"].n_unique() == 2
    assert (summary.findings, summary.warning, summary.records_with_findings) == (2, 2, 0)


def test_what_is_not_selected_is_not_told() -> None:
    frame = pl.DataFrame({"next_step": [GERMAN]})
    assert told(steplint.lint(frame, as_of=AS_OF, ignore=["SRC006"])) == []
    assert told(steplint.lint(frame, as_of=AS_OF, select=["WHAT"])) == []


def test_keys_hold_no_file_and_no_line() -> None:
    keys = set()
    for path in ("a.csv", "b.csv"):
        frame = pl.DataFrame({"next_step": [ENGLISH, GERMAN], "path": [path] * 2, "line": [2, 3]})
        findings = steplint.lint(frame, as_of=AS_OF, select=["SRC"])
        keys |= set(findings.select("key", "fingerprint").rows())
    assert len(keys) == 1
