"""`check --fix` and `--diff`: what is written is what was meant, byte for byte, and nothing else ever is."""

from __future__ import annotations

import codecs
import errno
import gzip
import json
import os
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import steplint as api
from steplint.reporters import sink

Steplint = Callable[..., Any]
ROOT = Path(__file__).parents[2]
AS_OF = ["--as-of", "2026-01-12"]
ALL = ["--profile", "all", "--unsafe-fixes"]
HEAD = "Opportunity ID,Opportunity Name,Stage,Next Step,Next Step Date,Close Date,Next Step Changed\r\n"
FAULTY = (
    HEAD
    + '006A,"Acme, Inc.",Proposal,"Call Dana  Thu 15 Jan 10:00, redlines ",,3/31/2026,1/9/2026\r\n'
    + "006B,Bolt,Negotiation,Send SOW by Friday,,3/31/2026,1/12/2026\r\n"
    + "006C,Crux,Proposal,Circle back next quarter,,3/31/2026,1/9/2026\r\n"
)
SAFE = (
    FAULTY.replace("Dana  Thu", "Dana Thu")
    .replace('redlines ",,', 'redlines",1/15/2026,')
    .replace("Friday,,", "Friday,1/16/2026,")
)
UNSAFE = SAFE.replace("by Friday", "by Fri 16 Jan")
STRICT = ["--select", "WHEN313,WHAT210"]


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    """An export in which two date fields are empty, a text is untidy and one names a relative day."""
    file = tmp_path / "deals.csv"
    file.write_bytes(FAULTY.encode())
    return file


def test_the_safe_fixes_are_written_and_the_rest_is_reported(steplint: Steplint, deals: Path) -> None:
    result = steplint("check", str(deals), *AS_OF, "--profile", "all", "--fix", "--format", "json")
    assert deals.read_bytes().decode() == SAFE
    assert result.err.splitlines()[0] == "Fixed 3 findings in 1 file."
    told = json.loads(result.out)
    assert not {"WHEN313", "WHAT210"} & told["summary"]["by_rule"].keys()
    assert (told["summary"]["fixable"], told["summary"]["fixable_unsafe"]) == (0, 1)
    assert result.code == 1  # what is left decides
    assert steplint("check", str(deals), *AS_OF, *STRICT, "--fix").code == 0


def test_unsafe_fixes_are_written_where_they_are_asked_for(steplint: Steplint, deals: Path) -> None:
    result = steplint("check", str(deals), *AS_OF, *ALL, "--fix")
    assert deals.read_bytes().decode() == UNSAFE
    assert "Fixed 4 findings in 1 file." in result.err
    assert "fixable" not in result.out


def test_fixing_twice_changes_nothing(steplint: Steplint, deals: Path) -> None:
    steplint("check", str(deals), *AS_OF, *ALL, "--fix")
    stamp = deals.stat()
    again = steplint("check", str(deals), *AS_OF, *ALL, "--fix")
    assert again.err.splitlines()[0] == "Nothing to fix."
    assert deals.stat().st_mtime_ns == stamp.st_mtime_ns
    assert steplint("check", str(deals), *AS_OF, *ALL, "--diff").out == ""


def test_the_summary_says_what_can_be_fixed(steplint: Steplint, deals: Path) -> None:
    for form in ("text", "concise"):
        out = steplint("check", str(deals), *AS_OF, "--profile", "all", "--format", form).out
        assert "; 3 fixable with --fix; 1 more with --unsafe-fixes." in out
    out = steplint("check", str(deals), *AS_OF, "--select", "WHEN314").out
    assert "; 1 fixable with --fix --unsafe-fixes." in out


def test_a_diff_is_shown_and_nothing_is_written(steplint: Steplint, deals: Path) -> None:
    result = steplint("check", str(deals), *AS_OF, *STRICT, "--diff")
    assert (result.code, result.err) == (1, "")
    assert deals.read_bytes().decode() == FAULTY
    lines = result.out.splitlines()
    assert lines[:3] == [f"--- {deals}", f"+++ {deals}", "@@ -1,4 +1,4 @@"]
    assert [line[1:] for line in lines if line.startswith(("-0", " "))] == FAULTY.replace("\r", "").splitlines()
    assert [line[1:] for line in lines if line.startswith(("+0", " "))][1:3] == SAFE.replace("\r", "").splitlines()[1:3]
    assert steplint("check", str(deals), *AS_OF, *STRICT, "--diff", "--exit-zero").code == 0
    assert "\x1b[32m+006A" in steplint("check", str(deals), *AS_OF, *STRICT, "--diff", "--color", "always").out


def test_a_diff_of_standard_input(steplint: Steplint, deals: Path) -> None:
    result = steplint("check", "-", *AS_OF, *STRICT, "--diff", "--stdin-filename", "deals.csv", stdin=FAULTY.encode())
    assert result.code == 1
    assert result.out.startswith("--- deals.csv\n+++ deals.csv\n")
    both = steplint("check", str(deals), "-", *AS_OF, *STRICT, "--diff", stdin=FAULTY.encode())
    assert both.out.count("\n+++ ") == 2
    assert "+++ <stdin>\n" in both.out
    assert steplint("check", "-", *AS_OF, *STRICT, "--diff", stdin=SAFE.encode()).code == 0


def test_a_diff_is_safe_to_look_at(steplint: Steplint, tmp_path: Path) -> None:
    file = tmp_path / "deals.tsv"
    file.write_text("Id\tNext Step\n1\tCall \u202eDana  15 Jan\u200b\n2\t::error::x  y\x1b[31m\n", encoding="utf-8")
    out = steplint("check", str(file), *AS_OF, *STRICT, "--diff").out
    assert "\n-1\tCall <U+202E>Dana  15 Jan<U+200B>\n" in out
    assert "\n+1\tCall Dana 15 Jan\n" in out
    assert not set(out) & {"\x1b", "\u202e", "\u200b"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--unsafe-fixes"], "--unsafe-fixes does nothing by itself; give --fix or --diff with it"),
        (["--fix", "--diff"], "--fix writes what --diff only shows; give one of them"),
        (["--fix", "--redact"], "--fix needs the texts that --redact masks; leave --redact out"),
        (["--diff", "--redact"], "--diff needs the texts that --redact masks; leave --redact out"),
        (["--fix", "-"], "--fix cannot write to standard input; --diff shows what it would write"),
        (["--diff", "--format", "json"], "--diff is no report; leave --format, --output and --statistics out"),
        (["--diff", "--output", "x.json"], "--diff is no report; leave --format, --output and --statistics out"),
        (["--fix", "--source", "crm"], "--fix is for files, not for --source; leave one of them out"),
    ],
)
def test_options_that_say_two_things_or_nothing(
    steplint: Steplint, deals: Path, arguments: list[str], told: str
) -> None:
    result = steplint("check", str(deals), *AS_OF, *arguments)
    assert (result.code, result.out, result.err) == (2, "", f"steplint: {told}\n")
    assert deals.read_bytes().decode() == FAULTY


# --- what is set aside is left alone


def test_a_suppressed_finding_is_not_fixed(steplint: Steplint, deals: Path) -> None:
    steplint("suppress", "--rule", "WHEN313", "--record", "006B", "--reason", "the board sets the day")
    result = steplint("check", str(deals), *AS_OF, *STRICT, "--fix")
    assert deals.read_bytes().decode() == SAFE.replace("Friday,1/16/2026,", "Friday,,")
    assert "Fixed 2 findings in 1 file." in result.err
    assert "1 suppressed" in result.out


def test_a_finding_in_the_baseline_is_not_fixed(steplint: Steplint, deals: Path) -> None:
    steplint("baseline", str(deals), *AS_OF, "--select", "WHAT210", "-o", "accepted.json")
    result = steplint("check", str(deals), *AS_OF, *STRICT, "--fix", "--baseline", "accepted.json")
    assert deals.read_bytes().decode() == SAFE.replace("Dana Thu", "Dana  Thu").replace('redlines"', 'redlines "')
    assert "1 in the baseline" in result.out


def test_rules_that_do_not_run_on_a_file_do_not_fix_it_either(steplint: Steplint, deals: Path, tmp_path: Path) -> None:
    (tmp_path / "steplint.yaml").write_text("per_path:\n  'deals.csv': [WHEN313]\n", encoding="utf-8")
    steplint("check", str(deals), *AS_OF, *STRICT, "--fix")
    # Also in the second look, which sees the file as standard input under its name.
    assert deals.read_bytes().decode() == FAULTY.replace("Dana  Thu", "Dana Thu").replace('redlines "', 'redlines"')


def test_closed_records_are_not_touched(steplint: Steplint, deals: Path) -> None:
    deals.write_text(FAULTY.replace("Proposal", "Closed Lost").replace("Negotiation", "Closed Won"), newline="")
    before = deals.read_bytes()
    steplint("check", str(deals), *AS_OF, *STRICT, "--fix")
    assert deals.read_bytes() == before


def test_a_comment_in_a_document_keeps_its_item_as_it_is(steplint: Steplint, tmp_path: Path) -> None:
    plan = (
        "# Close plan\n\n| Action | Owner | Due | Status |\n|---|---|---|---|\n"
        "| Trial **now** | Sam | 2026-02-02 | Complte |\n| Board | Kim | 2026-03-02 | Pendng |\n"
    )
    file = tmp_path / "plan.md"
    file.write_text(f"<!-- steplint: ignore-file MAP807 -- imported -->\n{plan}")
    assert "Nothing to fix." in steplint("check", str(file), *AS_OF, "--select", "MAP807", "--fix").err
    file.write_text(plan)
    result = steplint("check", str(file), *AS_OF, "--select", "MAP807", "--fix")
    assert file.read_text() == plan.replace("Complte", "Complete").replace("Pendng", "Pending")
    assert (result.code, result.err) == (0, "Fixed 2 findings in 1 file.\n")


# --- writing


def test_links_and_modes_stay(steplint: Steplint, deals: Path, tmp_path: Path) -> None:
    real = tmp_path / "exports" / "real.csv"
    real.parent.mkdir()
    deals.rename(real)
    deals.symlink_to(real)
    real.chmod(0o640)
    steplint("check", str(deals), *AS_OF, *STRICT, "--fix")
    assert deals.is_symlink()
    assert real.read_bytes().decode() == SAFE
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in real.parent.iterdir()) == ["real.csv"]


def test_a_read_only_file_is_one_line_and_nothing_is_written(steplint: Steplint, deals: Path, tmp_path: Path) -> None:
    other = tmp_path / "a.csv"
    other.write_bytes(FAULTY.encode())
    deals.chmod(0o444)
    result = steplint("check", str(other), str(deals), *AS_OF, *STRICT, "--fix")
    told = f"steplint: {deals}: is read-only: nothing is written; --diff shows what would be\n"
    assert (result.code, result.out, result.err) == (2, "", told)
    assert other.read_bytes().decode() == FAULTY


def test_a_broken_file_keeps_all_others_from_being_written(steplint: Steplint, deals: Path, tmp_path: Path) -> None:
    broken = tmp_path / "z.jsonl"
    broken.write_text('{"id": "1", "next_step": "x"}\n{"id": \n')
    result = steplint("check", str(deals), str(broken), *AS_OF, *STRICT, "--fix")
    assert result.code == 2
    assert f"{broken}:" in result.err
    assert deals.read_bytes().decode() == FAULTY


def test_a_file_that_changes_meanwhile_is_left_alone(
    steplint: Steplint, deals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import steplint.cli.fixing as fixing

    other = tmp_path / "z.csv"
    other.write_bytes(FAULTY.encode())
    stage = fixing._stage

    def slow(*arguments: Any) -> None:
        stage(*arguments)
        other.write_bytes(b"Id,Next Step\n1,saved by somebody else\n")

    monkeypatch.setattr(fixing, "_stage", slow)
    result = steplint("check", str(deals), str(other), *AS_OF, *STRICT, "--fix")
    told = f"steplint: {other}: changed while it was read: nothing is written; run it again\n"
    assert (result.code, result.err) == (2, told)
    assert deals.read_bytes().decode() == FAULTY
    assert b"somebody else" in other.read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def test_a_full_disk_leaves_the_old_files(
    steplint: Steplint, deals: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "z.csv"
    other.write_bytes(FAULTY.encode())
    written = []
    fsync = os.fsync

    def full(handle: int) -> None:
        written.append(handle)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", full)
    result = steplint("check", str(deals), str(other), *AS_OF, *STRICT, "--fix")
    assert result.code == 2
    assert "no space left on device; free some space" in result.err
    assert deals.read_bytes() == other.read_bytes() == FAULTY.encode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deals.csv", "z.csv"]


def test_a_kill_leaves_the_old_file(steplint: Steplint, deals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(self: Path, target: Path) -> None:
        raise Killed

    monkeypatch.setattr(sink.Path, "replace", killed)
    result = steplint("check", str(deals), *AS_OF, *STRICT, "--fix")
    assert result.code == 70
    assert deals.read_bytes().decode() == FAULTY


def test_what_is_refused_is_told_with_its_reason(steplint: Steplint, tmp_path: Path) -> None:
    file = tmp_path / "plan.md"
    rows = "".join(f"| Step {number} | Sam | 2026-02-0{number} | **Complte** |\n" for number in range(1, 8))
    plan = f"# Close plan\n\n| Action | Owner | Due | Status |\n|---|---|---|---|\n{rows}| Board | Kim | 2026-03-02 | Pendng |\n"
    file.write_text(plan)
    result = steplint("check", str(file), *AS_OF, "--select", "MAP807", "--fix")
    refused = [line for line in result.err.splitlines() if "is not fixed: " in line]
    told = len(refused) + sum(int(line.split()[0]) for line in result.err.splitlines() if "more were not made" in line)
    assert file.read_text().count("Complte") == told
    assert "Pending" in file.read_text()
    assert len(refused) <= 5


# --- every example file: planted faults are repaired to the very bytes that were there


def encoding_of(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def planted(data: bytes, texts: list[str], most: int = 5) -> tuple[bytes, int]:
    """The bytes with the first blank of some of these texts doubled, and how many they are."""
    codec = encoding_of(data)
    width = {"utf-16": "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"}.get(codec, codec)
    count = 0
    for text in texts:
        old, new = text.encode(width), text.replace(" ", "  ", 1).encode(width)
        if count < most and data.count(old) == 1:
            data, count = data.replace(old, new), count + 1
    return data, count


EXPORTS = sorted(
    file.name
    for file in (ROOT / "examples/exports").iterdir()
    if file.suffix in (".csv", ".tsv", ".txt", ".json", ".jsonl", ".yaml") and file.name != "pool.yaml"
)


@pytest.mark.parametrize("name", EXPORTS)
def test_planted_blanks_are_taken_out_of_every_export(steplint: Steplint, tmp_path: Path, name: str) -> None:
    original = (ROOT / "examples/exports" / name).read_bytes()
    found = api.lint(str(ROOT / "examples/exports" / name), as_of=date(2026, 1, 12), profile="all")
    texts = [
        text
        for text in found["text"].drop_nulls().unique(maintain_order=True)
        if text.isprintable() and '"' not in text
    ]
    data, count = planted(original, [text for text in texts if " " in text[1:-1]])
    assert count >= 3
    file = tmp_path / name
    file.write_bytes(data)
    result = steplint("check", str(file), *AS_OF, *ALL, "--fix", "--exit-zero", "--statistics")
    assert file.read_bytes() == original
    assert f"Fixed {count} findings in 1 file." in result.err
    assert steplint("check", str(file), *AS_OF, *ALL, "--diff").out == ""


@pytest.mark.parametrize("name", sorted(file.name for file in (ROOT / "examples/playbooks").iterdir()))
def test_playbooks_keep_every_byte_but_those_of_a_slip(steplint: Steplint, tmp_path: Path, name: str) -> None:
    original = (ROOT / "examples/playbooks" / name).read_bytes()
    file = tmp_path / name
    slips = {
        b"| Pending |": b"| Pendng |",
        b"status: pending": b"status: pendng",
        b"| In progress |": b"| In progess |",
    }
    data = original
    for right, wrong in slips.items():
        data = data.replace(right, wrong)
    # A row without an action is told that, and nothing of its status.
    data = data.replace(b"| | Priya | 12 February 2026 | Pendng |", b"| | Priya | 12 February 2026 | Pending |")
    file.write_bytes(data)
    steplint("check", str(file), *AS_OF, *ALL, "--fix", "--exit-zero")
    assert file.read_bytes() == original


def test_the_bundled_pipeline_stays_as_it_is(steplint: Steplint, tmp_path: Path) -> None:
    file = tmp_path / "pipeline.csv"
    file.write_bytes((ROOT / "examples/pipeline.csv").read_bytes())
    steplint("check", str(file), *AS_OF, *ALL, "--fix", "--exit-zero")
    assert file.read_bytes() == (ROOT / "examples/pipeline.csv").read_bytes()


@pytest.mark.parametrize(
    ("name", "text", "empty", "filled"),
    [
        ("a.csv", "Id;Next Step;Next Step Date;Close Date\n1;Demo Tue 20 Jan 2026;{};30.04.2026\n", "", "20.01.2026"),
        ("a.tsv", "Id\tNext Step\tNext Step Date\n1\tDemo Tue 20 Jan 2026\t{}\n2\tx\t2026-02-01\n", "", "2026-01-20"),
        ("a.jsonl", '{{"id": "1", "next_step": "Demo Tue 20 Jan 2026", "due_date": {}}}\n', "null", '"2026-01-20"'),
        ("a.json", '[{{"id": "1", "next_step": "Demo Tue 20 Jan 2026", "due_date": {}}}]', '""', '"2026-01-20"'),
        ("a.yaml", "- id: D1\n  next_step: Demo Tue 20 Jan 2026\n  due_date: {}  # ask\n", '""', '"2026-01-20"'),
    ],
)  # fmt: skip
def test_a_day_is_written_as_its_column_writes_days(
    steplint: Steplint, tmp_path: Path, name: str, text: str, empty: str, filled: str
) -> None:
    file = tmp_path / name
    file.write_text(text.format(empty))
    steplint("check", str(file), *AS_OF, "--select", "WHEN313", "--fix")
    assert file.read_text() == text.format(filled)


# --- what cannot be written in place


def packed(file: Path) -> None:
    file.write_bytes(gzip.compress(FAULTY.encode(), mtime=0))


def workbook(file: Path) -> None:
    frame = pl.read_csv(FAULTY.encode(), infer_schema=False)
    frame.write_excel(file, worksheet="Deals", autofilter=False)


def parquet(file: Path) -> None:
    pl.read_csv(FAULTY.encode(), infer_schema=False).write_parquet(file)


def page(file: Path) -> None:
    rows = [
        "".join(f"<td>{cell or ''}</td>" for cell in row)
        for row in pl.read_csv(FAULTY.encode(), infer_schema=False).rows()
    ]
    head = "".join(f"<th>{name}</th>" for name in HEAD.strip().split(","))
    file.write_text(f"<html><table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table></html>")


@pytest.mark.parametrize(
    ("name", "make", "cells"),
    [
        ("deals.csv.gz", packed, [None, None]),
        ("deals.xlsx", workbook, ["E2", "E3"]),
        ("deals.parquet", parquet, [None, None]),
        ("deals.xls", page, [None, None]),
    ],
)
def test_a_patch_file_stands_beside_what_cannot_be_patched(
    steplint: Steplint, tmp_path: Path, name: str, make: Callable[[Path], None], cells: list[str | None]
) -> None:
    file, patch = tmp_path / name, tmp_path / f"{name}.patch.jsonl"
    make(file)
    before = file.read_bytes()
    shown = steplint("check", str(file), *AS_OF, "--select", "WHEN313", "--diff")
    assert (shown.code, patch.exists()) == (1, False)
    result = steplint("check", str(file), *AS_OF, "--select", "WHEN313", "--fix")
    assert file.read_bytes() == before
    written = patch.read_bytes()
    assert patch.stat().st_mode & 0o777 == 0o600
    rows = [json.loads(line) for line in written.splitlines()]
    assert [row["cell"] for row in rows] == cells
    assert [(row["record_id"], row["header"], row["field"], row["old"], row["new"]) for row in rows] == [
        ("006A", "Next Step Date", "due_date", None, "2026-01-15"), ("006B", "Next Step Date", "due_date", None, "2026-01-16"),
    ]  # fmt: skip
    assert {(row["path"], row["applicability"]) for row in rows} == {(str(file), "safe")}
    assert f"{patch} has 2 fixes for {file}, which cannot be written in place." in result.err
    # The diff is that of the patch file, and a second run writes the same.
    assert [line[1:] for line in shown.out.splitlines() if line.startswith("+{")] == written.decode().splitlines()
    steplint("check", str(file), *AS_OF, "--select", "WHEN313", "--fix")
    assert patch.read_bytes() == written
    # It is no export, neither in its folder nor by a pattern.
    assert steplint("check", str(tmp_path), *AS_OF, "--exit-zero").code == 0
    assert "patch.jsonl" not in steplint("check", str(tmp_path), *AS_OF, "--exit-zero").err


def test_a_patch_file_of_an_earlier_run_is_told_of(steplint: Steplint, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv.gz"
    packed(file)
    steplint("check", str(file), *AS_OF, *STRICT, "--fix")
    file.write_bytes(gzip.compress(SAFE.encode()))
    told = steplint("check", str(file), *AS_OF, *STRICT, "--fix").err
    assert f"{file}.patch.jsonl is of an earlier run: nothing is left to fix in {file}." in told


def test_a_pipe_is_no_file_to_fix(steplint: Steplint, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    writer = subprocess.Popen(["bash", "-c", 'printf "Id,Next Step\\n1,Call  Dana\\n" > "$0"', str(pipe)])
    result = steplint("check", str(pipe), *AS_OF, *STRICT, "--fix")
    writer.wait(timeout=10)
    assert (result.code, result.err) == (
        2, f"steplint: {pipe}: is no regular file: it cannot be fixed; --diff - reads standard input\n",
    )  # fmt: skip


def test_nothing_is_fixed_where_all_files_are_left_out(steplint: Steplint, deals: Path, tmp_path: Path) -> None:
    (tmp_path / "steplint.yaml").write_text("exclude: ['deals.csv']\n", encoding="utf-8")
    result = steplint("check", str(deals), *AS_OF, *STRICT, "--fix", "--force-exclude")
    assert result.code == 0
    assert deals.read_bytes().decode() == FAULTY


def test_a_folder_of_all_sorts_is_fixed_at_once(steplint: Steplint, deals: Path, tmp_path: Path) -> None:
    workbook(tmp_path / "deals.xlsx")
    (tmp_path / "same.csv").write_bytes(FAULTY.encode())
    result = steplint("check", str(tmp_path), *AS_OF, *STRICT, "--fix")
    assert "Fixed 6 findings in 2 files." in result.err
    assert "deals.xlsx.patch.jsonl has 3 fixes" in result.err
    assert deals.read_bytes() == (tmp_path / "same.csv").read_bytes() == SAFE.encode()


def test_files_of_two_day_orders_are_each_read_in_their_own(steplint: Steplint, tmp_path: Path) -> None:
    head = "Id,Next Step,Next Step Date,Close Date\n"
    american, british, unknown = (tmp_path / name for name in ("us.csv", "uk.csv", "zz.csv"))
    american.write_text(head + "1,Demo with Kim Tue 2/3/2026,,3/31/2026\n")
    british.write_text(head + "1,Demo with Kim 2/3/2026,,31/03/2026\n")
    unknown.write_text(head + "1,Demo with Kim 2/3/2026,,2026-03-31\n")
    steplint("check", *map(str, (american, british, unknown)), *AS_OF, "--select", "WHEN313", "--fix")
    # Read together the order of 2/3 is nobody's: only the weekday tells.
    assert "2/3/2026,2/3/2026,3/31" in american.read_text()
    assert ",,31/03/2026" in british.read_text()
    assert ",,2026-03-31" in unknown.read_text()
    steplint("check", str(british), *AS_OF, "--select", "WHEN313", "--fix")
    assert "2/3/2026,02/03/2026,31/03/2026" in british.read_text()


def test_a_diff_can_be_applied(steplint: Steplint, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(FAULTY.replace("\r", ""))
    shown = steplint("check", str(file), *AS_OF, *STRICT, "--diff").out
    done = subprocess.run(
        ["git", "apply", "--unsafe-paths", "-p0", "-"], input=shown, cwd=tmp_path, text=True, check=False
    )
    assert done.returncode == 0
    assert file.read_text() == SAFE.replace("\r", "")
