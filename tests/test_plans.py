"""A mutual action plan, as Markdown, as a workbook and as records: clean as it is, and each fault is said once, in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import steplint

AS_OF = date(2026, 1, 14)
Row = tuple[str, str, str, str]
ROWS: tuple[Row, ...] = (
    ("Jan 8, 2026", "First call", "Both", "Complete"),
    ("Jan 15, 2026", "Technical deep-dive", "[Tech Lead]", "Scheduled"),
    ("Jan 22, 2026", "Demo with VP Operations", "[Rep]", "Pending"),
    ("Jan 29, 2026", "Trial kickoff", "Both", "Pending"),
    ("Feb 12, 2026", "Trial review", "Both", "Pending"),
    ("Feb 19, 2026", "Proposal review", "[Rep]", "Pending"),
    ("Feb 26, 2026", "Contract review", "[Legal]", "Pending"),
    ("March 12, 2026", "Go-live", "[Customer]", "Pending"),
)
GOAL = "Fennimore Mills using the portal by March 12, 2026"
DEPENDENCIES = (
    "Trial requires security review (scheduled Jan 27, 2026)",
    "VP approval by Feb 17, 2026, before the proposal",
)
FIRST = 9  # line of the first row, in each form of the plan

Write = Callable[[Path, Sequence[Row]], Path]


def markdown(folder: Path, rows: Sequence[Row], dependencies: Sequence[str] = DEPENDENCIES, goal: str = GOAL) -> Path:
    path = folder / "plan.md"
    table = ["| DATE | ACTION | OWNER | STATUS |", "|---|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    head = ["# Mutual action plan: Fennimore Mills", "", f"Goal: {goal}" if goal else "Agreed.", "", "", ""]
    tail = ["", "Dependencies:", *(f"- {text}" for text in dependencies), "", "Risks:", "- Budget timeline unclear"]
    path.write_text("\n".join([*head, *table, *tail]) + "\n", encoding="utf-8")
    return path


def workbook(folder: Path, rows: Sequence[Row]) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Mutual action plan: Fennimore Mills"])
    sheet.append(["Goal", GOAL])
    for _ in range(FIRST - 4):
        sheet.append([])
    sheet.append(["Date", "Action", "Owner", "Status"])
    sheet.move_range(f"A{sheet.max_row}:D{sheet.max_row}", rows=FIRST - 1 - sheet.max_row)
    for place, row in enumerate(rows):
        for column, value in enumerate(row, start=1):
            sheet.cell(FIRST + place, column, value or None)
    path = folder / "plan.xlsx"
    book.save(path)
    return path


WRITERS = pytest.mark.parametrize("write", [markdown, workbook])


def found(path: Path, profile: str = "all") -> list[tuple[str, int]]:
    findings = steplint.lint(path, as_of=AS_OF, profile=profile)
    return sorted(findings.select("code", "line").rows())


def changed(rows: Sequence[Row], place: int, column: int, value: str) -> list[Row]:
    made = [list(row) for row in rows]
    made[place][column] = value
    return [(row[0], row[1], row[2], row[3]) for row in made]


def swapped(rows: Sequence[Row], one: int, other: int) -> list[Row]:
    made = list(rows)
    made[one], made[other] = made[other], made[one]
    return made


@WRITERS
@pytest.mark.parametrize("profile", ["recommended", "strict", "all", "plan", "playbook"])
def test_a_sound_plan_is_clean(write: Write, profile: str, tmp_path: Path) -> None:
    assert found(write(tmp_path, ROWS), profile) == []


@WRITERS
@pytest.mark.parametrize("profile", ["strict", "all", "plan"])
def test_three_faults_give_three_findings_and_no_other(write: Write, profile: str, tmp_path: Path) -> None:
    rows = changed(ROWS, 1, 0, "Jan 12, 2026")  # over, and still after the first call
    rows = changed(rows, 6, 2, "")
    rows = swapped(rows, 3, 4)
    assert found(write(tmp_path, rows), profile) == [
        ("MAP801", FIRST + 6),
        ("MAP803", FIRST + 1),
        ("MAP804", FIRST + 4),
    ]


def test_days_without_a_year_are_days_too(tmp_path: Path) -> None:
    """In Markdown; a workbook has real dates."""
    rows = [(day.removesuffix(", 2026"), *rest) for day, *rest in ROWS]
    plain = [(day, action, owner, status) for day, action, owner, status in rows]
    assert found(markdown(tmp_path, plain)) == []
    late = swapped(changed(plain, 1, 0, "Jan 12"), 3, 4)
    assert found(markdown(tmp_path, late)) == [("MAP803", FIRST + 1), ("MAP804", FIRST + 4)]


@WRITERS
def test_two_rows_far_apart_that_changed_places_are_one_mistake(write: Write, tmp_path: Path) -> None:
    assert found(write(tmp_path, swapped(ROWS, 2, 6))) == [("MAP804", FIRST + 6)]


@WRITERS
def test_a_row_that_was_moved_up_makes_no_other_one_wrong(write: Write, tmp_path: Path) -> None:
    rows = [*ROWS[:2], ROWS[6], *ROWS[2:6], ROWS[7]]
    assert found(write(tmp_path, rows)) == [("MAP804", FIRST + 2)]


@pytest.mark.parametrize(
    ("place", "column", "value", "code"),
    [
        (5, 0, "", "MAP802"),
        (5, 0, "TBD", "MAP802"),
        (5, 0, "sometime in spring", "MAP802"),
        (5, 2, "TBD", "MAP801"),
        (5, 3, "see mail", "MAP807"),
        (5, 1, "", "WHAT201"),
        (5, 1, "TBD", "WHAT202"),
    ],
)
def test_one_fault_gives_one_finding(place: int, column: int, value: str, code: str, tmp_path: Path) -> None:
    assert found(markdown(tmp_path, changed(ROWS, place, column, value))) == [(code, FIRST + place)]


def test_what_the_plan_lacks_as_a_whole_is_said_once(tmp_path: Path) -> None:
    rows = [(day, action, "[Rep]", status) for day, action, _, status in ROWS]
    dependencies = (DEPENDENCIES[0], "VP approval before the proposal")
    path = markdown(tmp_path, rows, dependencies, goal="")
    open_rows = FIRST + 1  # the first call is done, and no longer judged
    assert found(path) == [("MAP805", open_rows), ("MAP806", open_rows), ("MAP808", FIRST + len(ROWS) + 3)]


@pytest.mark.parametrize("batch_rows", [1, 2, 3, 100])
def test_plans_are_judged_alike_whatever_the_batches(batch_rows: int) -> None:
    rows = swapped(ROWS, 3, 4)
    frame = pl.DataFrame(rows, schema=["due_date", "next_step", "owner", "status"], orient="row").with_columns(
        kind=pl.lit("plan_row"), line=pl.int_range(1, len(rows) + 1, dtype=pl.Int64)
    )
    findings = steplint.lint(frame, as_of=AS_OF, profile="all", batch_rows=batch_rows)
    assert findings.select("code", "line").rows() == [("MAP804", 5)]


def test_the_bundled_workbook_has_one_row_that_nobody_has_planned() -> None:
    path = Path(__file__).parents[1] / "examples/exports/mutual-action-plan.xlsx"
    findings = steplint.lint(path, as_of=date(2026, 1, 12), profile="plan")
    assert findings.select("code", "cell").rows() == [("MAP801", "C21"), ("MAP802", "A21")]
