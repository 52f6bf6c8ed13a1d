"""Every format as a file that a person has looked at."""

import io
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from tests.reporters.hostile import full_of, naughty, table, tables

import steplint
from steplint.findings.schema import SCHEMA, empty
from steplint.findings.summary import Summary
from steplint.reporters import FORMATS, RuleText, View, reporter
from steplint.reporters.formats import STABLE

Snapshot = Callable[[str, bytes], None]
TOOL = {"version": "0.1.0", "rules_hash": "r", "reading_version": "1"}
AS_OF = date(2026, 1, 12)
RULES = (
    RuleText("WHAT201", "step-missing", "error", "there is no next step", "Nothing is planned.", "What happens next?"),
    RuleText(
        "WHEN302", "date-vague", "warning", "“{when}” does not name a day", "Without a day nobody is late.", "Which day?",
        "https://example.com/rules/WHEN302/",
    ),
)  # fmt: skip
PIPELINE = Path(__file__).parents[2] / "examples/pipeline.csv"


def written(format_: str, frames: list[pl.DataFrame], summary: Summary, **options: object) -> bytes:
    out = io.BytesIO()
    made = reporter(format_)(out, View(as_of=AS_OF, tool=TOOL, **options))  # type: ignore[arg-type]
    for frame in frames:
        made.write(frame)
    made.end(summary)
    return out.getvalue()


def shown(content: bytes) -> bytes:
    """A report without what is the same in all of them: the style and the script of a page, and their hashes."""
    content = re.sub(rb"(?s)<style>.*?</style>", b"<style>...</style>", content)
    content = re.sub(rb"(?s)<script>.*?</script>", b"<script>...</script>", content)
    return re.sub(rb"'sha256-[^']*'", b"'sha256-...'", content)


@pytest.mark.parametrize("format_", FORMATS)
def test_snapshot(format_: str, findings: pl.DataFrame, summary: Summary, snapshot: Snapshot) -> None:
    snapshot(f"{format_}.txt", shown(written(format_, [findings], summary, header=True, rules=RULES)))


@pytest.mark.parametrize("format_", FORMATS)
def test_snapshot_of_a_pipeline(format_: str, snapshot: Snapshot) -> None:
    """Two plain rules over the bundled pipeline, which do not change with the reading."""
    findings = steplint.lint(PIPELINE, as_of=AS_OF, select=["WHAT201", "WHAT202"])
    root = PIPELINE.parents[1].as_posix()
    # The file is named as somebody names it who stands in the checkout.
    findings = findings.with_columns(path=pl.lit("examples/pipeline.csv"))
    summary = Summary(records=143, out_of_scope={"closed": 35}, complete=True)
    summary.count_findings(findings)
    content = written(format_, [findings], summary, rules=RULES, cwd=root, root=root)
    snapshot(f"pipeline-{format_}.txt", shown(content))


def test_stable_formats_are_formats() -> None:
    assert set(STABLE) <= set(FORMATS)


@settings(max_examples=30, deadline=None)
@given(tables())
@pytest.mark.parametrize("format_", FORMATS)
def test_no_terminal_command_in_any_format(format_: str, findings: pl.DataFrame) -> None:
    """JSON escapes control characters; the others show them."""
    summary = Summary(complete=True)
    summary.count_findings(findings)
    content = written(format_, [findings], summary).decode()
    assert not set(content) & {"\x00", "\x07", "\x1b", "\x08", "\x0c"}


@pytest.mark.parametrize(
    ("name", "options"),
    [("text-color", {"color": True}), ("text-narrow", {"width": 60}), ("text-statistics", {"statistics": True})],
)
def test_text_options(
    name: str, options: dict[str, object], findings: pl.DataFrame, summary: Summary, snapshot: Snapshot
) -> None:
    snapshot(f"{name}.txt", written("text", [findings], summary, **options))


@pytest.mark.parametrize("format_", FORMATS)
def test_batches_leave_no_trace(format_: str, findings: pl.DataFrame, summary: Summary) -> None:
    parts = [findings[:2], empty(), findings[2:5], findings[5:]]
    assert written(format_, parts, summary) == written(format_, [findings], summary)


@pytest.mark.parametrize("format_", FORMATS)
def test_nothing_found(format_: str, snapshot: Snapshot) -> None:
    snapshot(f"{format_}-empty.txt", shown(written(format_, [empty()], Summary(records=1, complete=True))))


def test_json_keeps_texts_exact(findings: pl.DataFrame, summary: Summary) -> None:
    texts = findings["text"].to_list()
    whole = json.loads(written("json", [findings], summary))
    lines = [json.loads(line) for line in written("jsonl", [findings], summary).decode().split("\n")[:-1]]
    assert [finding["text"] for finding in whole["findings"]] == texts
    assert [finding["text"] for finding in lines[:-1]] == texts
    assert list(whole) == ["schema", "tool", "as_of", "complete", "summary", "findings"]
    assert list(whole["findings"][0]) == list(SCHEMA) == list(lines[0])
    assert lines[-1] == {"summary": whole["summary"], "complete": True}


def test_json_keeps_naughty_strings_exact() -> None:
    """Also those that a CI service would take for a command in its log."""
    rows = [full_of(text) for text in naughty()]
    findings = table([*rows, {"ask": {"slot": "whom", "question": "q", "choices": ["##[add-mask]x"]}}])
    summary = Summary(complete=True)
    whole = json.loads(written("json", [findings], summary))["findings"]
    lines = [json.loads(line) for line in written("jsonl", [findings], summary).decode().split("\n")[:-2]]
    assert whole == lines == [{**row, "severity": str(row["severity"])} for row in findings.to_dicts()]
    assert b"##[" not in written("jsonl", [findings[-1:]], summary)


def test_json_goes_to_a_file_when_it_grows(
    monkeypatch: pytest.MonkeyPatch, findings: pl.DataFrame, summary: Summary
) -> None:
    whole = written("json", [findings], summary)
    monkeypatch.setattr("steplint.reporters.json.IN_MEMORY", 10)
    assert written("json", [findings], summary) == whole


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "\n"])
def test_csv_has_no_formula(start: str, findings: pl.DataFrame, summary: Summary) -> None:
    text = f"{start}HYPERLINK(1)"
    row = findings[:1].with_columns(text=pl.lit(text), record_name=pl.lit(text), owner=pl.lit(text))
    table = pl.read_csv(written("csv", [row], summary), infer_schema=False)
    for column in ("text", "record_name", "owner"):
        assert table[column][0].startswith("'")


@pytest.mark.parametrize("format_", ["text", "concise", "csv"])
def test_no_escape_reaches_a_terminal(format_: str, findings: pl.DataFrame, summary: Summary) -> None:
    content = written(format_, [findings], summary).decode()
    assert not set(content) & {"\x1b", "\x07", "\u202e", "\x9b"}


@pytest.mark.parametrize(
    ("summary", "line"),
    [
        (
            Summary(findings=12, error=3, warning=9, records=214, records_with_findings=9, out_of_scope={"closed": 61},
                    suppressed=2, fixable=4, complete=True),
            "Found 12 findings in 9 of 214 open records (3 errors, 9 warnings); 61 closed skipped; 2 suppressed; "
            "4 fixable with --fix.",
        ),
        (
            Summary(findings=1, info=1, records=1, records_with_findings=1, complete=True),
            "Found 1 finding in 1 of 1 open record (1 info).",
        ),
        (Summary(records=2, complete=True, open_only=False), "No findings in 2 records."),
        (
            Summary(records=12345, rejected=1, out_of_scope={"closed": 2, "record_type": 1}, complete=True),
            "No findings in 12,345 open records; 2 closed, 1 record type skipped; 1 row rejected.",
        ),
        (Summary(records=2), "No findings in 2 open records. The run broke off: this is not all."),
    ],
)  # fmt: skip
def test_summary_line(summary: Summary, line: str) -> None:
    from steplint.reporters.words import summary_line

    assert summary_line(summary) == line
