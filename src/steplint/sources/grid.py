"""Sheets and HTML tables: where the header is, which rows are records, and what the others are.

A report written for people has a title, filters, group cells that are filled in once, subtotals and a footer. Each row that
is no record is dropped with a reason; nothing is dropped that has a next step, an id or a name of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

import polars as pl

from steplint.records.mapping import HeaderMap, NoNextStep, fold_header, known_headers, map_headers
from steplint.sources.archive import letters
from steplint.sources.footer import MAX_FOOTER, footer_length, is_footer_line
from steplint.sources.tables import Dropped, Rejections, Table, TextBlock

__all__ = ["Grid", "header_row", "table_of"]

#: A header stands among the first so many rows.
_HEADER_WITHIN = 40
_TOTAL = (
    r"(?i)^\s*(?:(?:grand |sub ?)?totals?(?: \(\d+ records?\))?|(?:record )?counts?|(?:sum|average|avg|min|max|median) of .*"
    r"|sum|average)\s*$"
)
_NUMBER = r"^\s*[^\w\s]{0,3}(?:[A-Z]{3}\s*)?[-(−]?[^\w\s]?\d[\d.,'’\s]*\)?\s*(?:%|[A-Z]{3}|[^\w\s]{1,3}|records?)?\s*$"
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


def header_row(grid: Grid, named: Sequence[str] = ()) -> int | None:
    """Place of the row, among the first ones, that most known or `named` headers stand in.

    None where no row has two of them, and the first row that is not blank has not even one.
    """
    head = [[cell for cell in row if cell] for row in grid.cells.head(_HEADER_WITHIN).rows()]
    wanted = {fold_header(name) for name in named if name}
    scores = [known_headers(row) + len(wanted & {fold_header(cell) for cell in row}) for row in head]
    best = max(scores, default=0)
    first = next((at for at, row in enumerate(head) if row), None)
    if best >= 2:
        return scores.index(best)
    return first if first is not None and (scores[first] or named) else None


def table_of(
    grid: Grid, kind: str, path: str, *, preset: str | None, overrides: Mapping[str, str] | None, notes: list[str]
) -> Table:
    """The records of a grid. NoNextStep: no header, no next-step column. InputError: headers that look alike."""
    at = header_row(grid, tuple((overrides or {}).values()))
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
    leftmost = next(place for place, header in enumerate(headers) if header) == mapping.fields["next_step"]
    body, footer = _without_footer(body, names["next_step"], leftmost=leftmost)
    body, others = _without_totals(body, headers, names)
    dropped += footer + others
    grouped = _grouped(headers, _own(names))
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


def _grouped(headers: Sequence[str], own: Sequence[str]) -> list[str]:
    """Columns that the report groups by: those with an arrow from the left on. An arrow further right is a sort order."""
    filled = ((str(place), header) for place, header in enumerate(headers) if header)
    return [place for place, _ in takewhile(lambda pair: pair[0] not in own and _GROUPED.search(pair[1]), filled)]


def _own(names: Mapping[str, str]) -> list[str]:
    """Columns of which every record has its own value."""
    return [names[name] for name in ("id", "name", "next_step") if name in names]


def _without_footer(body: pl.DataFrame, next_step: str, *, leftmost: bool) -> tuple[pl.DataFrame, list[Dropped]]:
    """The rows before the footer, without blank ones at the end; and the footer.

    A next step is no footer, whatever it says; in the leftmost column, where footers stand, it is one if it says so.
    """
    tail = body.tail(2 * MAX_FOOTER)
    after_blank = tail["filled"].shift(1).fill_null(1) == 0
    seen: list[tuple[str | None, bool]] = []
    for text, filled, step, blank in zip(tail["text"], tail["filled"], tail[next_step], after_blank, strict=True):
        alone = filled == 1 and (step is None or (leftmost and is_footer_line(step)))
        seen.append((text if alone else None if filled else "", blank))
    count = footer_length(seen)
    footer = body.tail(count).filter(pl.col("filled") > 0) if count else body.clear()
    return body.head(body.height - count), [Dropped(*row) for row in _why(footer, "footer")]


def _without_totals(
    body: pl.DataFrame, headers: Sequence[str], names: Mapping[str, str]
) -> tuple[pl.DataFrame, list[Dropped]]:
    """Rows that are records; blank rows, repeated headers, subtotals, counts and footer lines are not."""
    again = [pl.col(str(n)).eq_missing(pl.lit(header or None, dtype=pl.String)) for n, header in enumerate(headers)]
    bare = pl.all_horizontal(pl.col(column).is_null() for column in _own(names))
    footer = [count == 1 and is_footer_line(text) for text, count in body.select("text", "filled").rows()]
    why = (
        pl.when(pl.col("filled") == 0).then(pl.lit("blank"))
        .when(pl.col("line").is_in(_totals(body, names).implode())).then(pl.lit("subtotal"))
        .when(pl.all_horizontal(again)).then(pl.lit("header"))
        .when(bare & pl.Series(footer, dtype=pl.Boolean)).then(pl.lit("footer"))
    )  # fmt: skip
    marked = body.with_columns(why=why)
    gone = marked.filter(pl.col("why").is_not_null(), pl.col("why") != "blank")
    dropped = [Dropped(*row) for row in gone.select("line", "why", "text").rows()]
    return marked.filter(pl.col("why").is_null()).drop("why"), dropped


def _totals(body: pl.DataFrame, names: Mapping[str, str]) -> pl.Series:
    """Lines of the rows that begin with a label such as Subtotal, hold nothing but labels and numbers, and no next step."""
    cells = pl.exclude("line", "text", "filled")
    rows = body.filter(pl.col("text").str.contains(_TOTAL), pl.col(names["next_step"]).is_null())
    plain = cells.is_null() | cells.str.contains(_TOTAL) | cells.str.contains(_NUMBER)
    return rows.filter(pl.all_horizontal(plain))["line"]


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
