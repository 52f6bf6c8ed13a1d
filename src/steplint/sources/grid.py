"""Sheets and HTML tables: where the header is, which rows are records, and what the others are.

A report written for people has a title, filters, group cells that are filled in once, subtotals and a footer. Each row that
is no record is dropped with a reason; nothing is dropped that has a next step, an id or a name of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from steplint.records.mapping import HeaderMap, NoNextStep, known_headers, map_headers
from steplint.sources.footer import MAX_FOOTER, footer_length, is_footer_line
from steplint.sources.tables import Dropped, Rejections, Table, TextBlock

__all__ = ["Grid", "letters", "table_of"]

#: A header stands among the first so many rows.
_HEADER_WITHIN = 40
_TOTAL = re.compile(
    r"(?:grand |sub ?)?totals?(?: \(\d+ records?\))?|(?:record )?counts?|(?:sum|average|avg|min|max|median) of .*|sum|average",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"[↑↓]\s*$")


@dataclass(frozen=True)
class Grid:
    """Text cells: columns `"0"`, `"1"`, …, one row a row of the sheet, the first being row `first_row` (from 1).

    `first_column`: what place of the sheet column `"0"` has, from 0. `sheet` is null for what has no sheets.
    """

    cells: pl.DataFrame
    first_row: int = 1
    first_column: int = 0
    sheet: str | None = None


def letters(place: int) -> str:
    """The letters of a workbook's column: 0 → A, 26 → AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def header_row(grid: Grid) -> int | None:
    """Place of the row, among the first ones, that most known headers stand in; None where no row has two of them."""
    head = grid.cells.head(_HEADER_WITHIN).rows()
    scores = [known_headers([cell for cell in row if cell]) for row in head]
    best = max(scores, default=0)
    return scores.index(best) if best >= 2 or (best == 1 and len(head) and _lone_header(head, scores)) else None


def _lone_header(head: list[tuple[str | None, ...]], scores: list[int]) -> bool:
    """One known header will do in the very first row."""
    return scores[0] == 1 and bool(head[0])


def table_of(
    grid: Grid, kind: str, path: str, *, preset: str | None, overrides: Mapping[str, str] | None, notes: list[str]
) -> Table:
    """The records of a grid. NoNextStep: no header, no next-step column, headers that look alike."""
    at = header_row(grid)
    if at is None and overrides:
        at = 0
    if at is None:
        place = f"sheet “{grid.sheet}”" if grid.sheet else "the table"
        hint = "name the columns: --map next_step='Header'"
        raise NoNextStep(f"no header row in the first {_HEADER_WITHIN} rows of {place}", path=path, hint=hint)
    line = grid.first_row + at
    headers = [(cell or "").strip() for cell in grid.cells.row(at)]
    mapping = map_headers(headers, preset=preset, overrides=overrides, path=path, line=line)
    names = {name: str(place) for name, place in mapping.fields.items()}
    rows = grid.cells.with_columns(line=pl.int_range(grid.first_row, grid.first_row + pl.len(), dtype=pl.Int64))
    text = pl.coalesce(pl.exclude("line"))
    filled = pl.sum_horizontal(pl.exclude("line").is_not_null())
    rows = rows.with_columns(text=text, filled=filled)
    dropped = [Dropped(*row) for row in _why(rows.head(at).filter(pl.col("filled") > 0), "title")]
    body = rows.slice(at + 1)
    body, footer = _without_footer(body)
    body, others = _without_totals(body, headers, names)
    dropped += footer + others
    grouped = [str(place) for place, header in enumerate(headers) if _GROUPED.search(header)]
    body = body.with_columns(pl.col(grouped).forward_fill()) if grouped else body
    body, sections = _sections(body, mapping, names)
    dropped += sections
    raw = body.select(
        *(pl.col(column).alias(name) for name, column in names.items()),
        *(["section"] if "section" in body.columns and "section" not in names else []),
        "line",
        path=pl.lit(path),
    )
    places = {name: letters(grid.first_column + place) for name, place in mapping.fields.items()}
    if grid.sheet is not None:
        cell = pl.lit(places["next_step"]) + pl.col("line").cast(pl.String)
        raw = raw.with_columns(sheet=pl.lit(grid.sheet), cell=cell)
    dropped.sort()
    notes += _notes(dropped, path, grid.sheet)
    shape = _shape(grid, at, bool(grouped), line)
    block = TextBlock(raw, Rejections(path).take())
    return Table(kind, path, mapping, iter([block]), notes, shape, dropped, places if grid.sheet is not None else {})


def _why(rows: pl.DataFrame, why: str) -> list[tuple[int, str, str]]:
    return [(line, why, text) for line, text in rows.select("line", "text").rows()]


def _without_footer(body: pl.DataFrame) -> tuple[pl.DataFrame, list[Dropped]]:
    """The rows before the footer, without blank ones at the end; and the footer."""
    tail = body.tail(2 * MAX_FOOTER)
    after_blank = tail["filled"].shift(1).fill_null(1) == 0
    seen = [
        (text if count == 1 else "" if count == 0 else None, blank)
        for text, count, blank in zip(tail["text"], tail["filled"], after_blank, strict=True)
    ]
    count = footer_length(seen)
    footer = body.tail(count).filter(pl.col("filled") > 0) if count else body.clear()
    return body.head(body.height - count), [Dropped(*row) for row in _why(footer, "footer")]


def _without_totals(
    body: pl.DataFrame, headers: list[str], names: Mapping[str, str]
) -> tuple[pl.DataFrame, list[Dropped]]:
    """Rows that are records; blank rows, repeated headers, subtotals and counts are not."""
    own = [names[name] for name in ("id", "name", "next_step") if name in names]
    rest = [column for column in body.columns if column not in (*own, "line", "text", "filled")]
    first = pl.coalesce(rest) if rest else pl.lit(None, dtype=pl.String)
    label = first.str.strip_chars().str.contains(f"(?i)^(?:{_TOTAL.pattern})$")
    bare = pl.all_horizontal(pl.col(column).is_null() for column in own)
    # A label that stands in the id or name column is a total only where nothing else is told of a record.
    lone = (
        pl.col("text").str.strip_chars().str.contains(f"(?i)^(?:{_TOTAL.pattern})$")
        & pl.col(names["next_step"]).is_null()
    )
    lone &= pl.sum_horizontal(pl.col(column).is_not_null() for column in own) <= 1
    marked = body.with_columns(total=(bare & label) | lone & (pl.col("filled") <= 3))
    again = [cell or None for cell in headers]
    repeated = pl.all_horizontal(
        pl.col(str(n)).eq_missing(pl.lit(cell, dtype=pl.String)) for n, cell in enumerate(again)
    )
    marked = marked.with_columns(pl.col("total").fill_null(value=False), repeated=repeated)
    lines = marked.filter(bare & (pl.col("filled") == 1) & ~pl.col("total"))
    lines = (
        lines.filter(pl.Series([is_footer_line(text) for text in lines["text"]], dtype=pl.Boolean))
        if lines.height
        else lines
    )
    dropped = [Dropped(*row) for row in _why(marked.filter("total"), "subtotal")]
    dropped += [Dropped(*row) for row in _why(marked.filter("repeated"), "header")]
    dropped += [Dropped(*row) for row in _why(lines, "footer")]
    gone = (
        pl.col("total") | pl.col("repeated") | (pl.col("filled") == 0) | pl.col("line").is_in(lines["line"].implode())
    )
    kept = marked.filter(~gone)
    return kept.drop("total", "repeated"), dropped


def _sections(body: pl.DataFrame, mapping: HeaderMap, names: Mapping[str, str]) -> tuple[pl.DataFrame, list[Dropped]]:
    """In a plan, a row with one filled cell that is no action names the section of the rows below it."""
    if mapping.preset != "plan":
        return body, []
    heading = (pl.col("filled") == 1) & pl.col(names["next_step"]).is_null()
    body = body.with_columns(heading=heading, section=pl.when(heading).then("text").forward_fill())
    dropped = [Dropped(*row) for row in _why(body.filter("heading"), "section")]
    return body.filter(~pl.col("heading")), dropped


def _notes(dropped: list[Dropped], path: str, sheet: str | None) -> list[str]:
    counts: dict[str, list[int]] = {}
    for row in dropped:
        counts.setdefault(row.why, []).append(row.line)
    place = f", sheet “{sheet}”" if sheet else ""
    return [
        f"{path}{place}: {len(lines)} {why} {'row' if len(lines) == 1 else 'rows'} dropped, from row {lines[0]}"
        for why, lines in counts.items()
    ]


def _shape(grid: Grid, at: int, grouped: bool, line: int) -> str:
    what = "formatted report" if grouped else "table under a title" if at else "table"
    return f"{what}{f' in sheet “{grid.sheet}”' if grid.sheet else ''}, header in row {line}"
