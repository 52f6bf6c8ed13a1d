"""Write the files beside this script: one pool of deals (pool.yaml) in every shape that CRMs export.

    python examples/exports/make.py                      refresh the files, and tests/sources/exports.json
    python examples/exports/make.py FOLDER --manifest M  write copies elsewhere

The manifest says what this script put where: how many records, on which line or in which cell each record stands, and
which lines are titles, subtotals and footers. It is made without steplint, so that tests can hold steplint to it.
No clock and no chance: the same versions of the libraries give the same bytes. Needs xlsxwriter, polars and pyyaml.
"""

from __future__ import annotations

import argparse
import codecs
import gzip
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]
import yaml
from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]

HERE = Path(__file__).resolve().parent
MANIFEST = HERE.parents[1] / "tests" / "sources" / "exports.json"

Value = str | int | float | date | None
Row = dict[str, Value]
#: xlsxwriter has no types.
Sheet = Any
Format = Any

STAGES = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
)
#: Status of a task or plan row that nobody has to act on any more.
OVER = {"Completed", "COMPLETED", "Done"}
MADE_AT = datetime(2026, 1, 12, 8, 14, 2)
REPORT = "Open and Recent Opportunities with Next Steps"
COMPANY = "Summit Software Group"
COPYRIGHT = "Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."
CONFIDENTIAL = "Confidential Information - Do Not Distribute"


# --- the pool ---------------------------------------------------------------------------------------------------------


def long_id(short: str) -> str:
    """The 18-character form of a Salesforce id: three characters say which of the 15 are capitals."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    parts = (short[at : at + 5] for at in (0, 5, 10))
    return short + "".join(letters[sum(char.isupper() << place for place, char in enumerate(part))] for part in parts)


def read_pool() -> dict[str, Any]:
    """pool.yaml with ids of 18 characters, checked."""
    pool: dict[str, Any] = yaml.safe_load((HERE / "pool.yaml").read_text(encoding="utf-8"))
    for row in (*pool["deals"], *pool["tasks"]):
        row["id"] = long_id(row["id"])
    check_pool(pool)
    return pool


def check_pool(pool: dict[str, Any]) -> None:
    """ValueError unless the pool is what all shapes can hold, and means the same in all of them."""
    deals: list[Row] = pool["deals"]
    ids = [str(deal["id"]) for deal in deals]
    texts = [str(value) for row in (*deals, *pool["tasks"]) for value in row.values() if isinstance(value, str)]
    twins = len(ids) - len({known[:15].casefold() for known in ids})
    faults = {
        "not 120 deals with ids of their own": len(ids) != 120 or len(set(ids)) != 120,
        "no two ids that differ in case alone": twins != 1,
        "not 12 closed deals": sum(is_over(deal) for deal in deals) != 12,
        "an unknown stage": any(deal["stage"] not in STAGES for deal in deals),
        "a text of more than 4,000 characters": any(len(text) > 4000 for text in texts),
        "a text that could be read as D/M and as M/D": any(map(ambiguous, texts)),
    }
    for fault, found in faults.items():
        if found:
            raise ValueError(f"pool.yaml: {fault}")
    "".join(texts).encode("cp1252")


def ambiguous(text: str) -> bool:
    """The text has a day such as 1/9, which is in January or in September."""
    return any(int(a) <= 12 and int(b) <= 12 for a, b in re.findall(r"\b(\d{1,2})[/.](\d{1,2})\b(?!:)", text))


def is_over(row: Row) -> bool:
    """A closed deal, or a task that is done."""
    return str(row.get("stage", "")).startswith("Closed") or row.get("status") in OVER


# --- the manifest -----------------------------------------------------------------------------------------------------


@dataclass
class Entry:
    """What one file holds. Lines and rows count from 1, as an editor and a spreadsheet show them."""

    preset: str | None
    date_order: str | None = None
    #: Data rows; how many of them are closed deals or finished tasks.
    records: int = 0
    closed: int = 0
    #: Rows behind the header that are not blank, footers and subtotals among them.
    rows: int = 0
    header_at: int | None = None
    #: Our name of a column -> the file's header (dotted path in JSON).
    headers: dict[str, str] = field(default_factory=dict)
    dropped: list[dict[str, int | str]] = field(default_factory=list)
    #: Id (in its long form; the text where there is none) -> line the record starts on, or sheet!cell of its next step.
    next_step_at: dict[str, int | str] = field(default_factory=dict)

    def add(self, row: Row, key: str, place: int | str) -> None:
        """A record."""
        if key in self.next_step_at:
            raise ValueError(f"two records are called {key}")
        self.next_step_at[key] = place
        self.records += 1
        self.rows += 1
        self.closed += is_over(row)

    def drop(self, at: int, text: str, why: str) -> None:
        """A line or row that is no record. Those above the header are not counted as rows."""
        self.dropped.append({"at": at, "text": text, "why": why if text else "blank"})
        self.rows += bool(text) and self.header_at is not None


# --- values as text ---------------------------------------------------------------------------------------------------


def us_day(day: date) -> str:
    """1/20/2026."""
    return f"{day.month}/{day.day}/{day.year}"


def cents(amount: float) -> str:
    """27000.00."""
    return f"{amount:.2f}"


def german_amount(amount: float) -> str:
    """27.000,00."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def bare(amount: float) -> str:
    """27000, 58250.5."""
    return str(amount).removesuffix(".0")


def day_as(pattern: str) -> Callable[[date], str]:
    """A writer of days after a `strftime` pattern."""
    return lambda day: day.strftime(pattern)


# --- text with separators ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """How one system writes a table as text."""

    headers: dict[str, str]
    preset: str | None = None
    date_order: str | None = None
    encoding: str = "utf-8"
    bom: bytes = b""
    separator: str = ","
    #: Characters that put a value in quotes; None: every value is quoted.
    quoted_for: str | None = None
    line_end: str = "\n"
    text_line_end: str = "\n"
    amount: Callable[[float], str] = cents
    day: Callable[[date], str] = date.isoformat
    #: Days of these columns are written as moments.
    moments: frozenset[str] = frozenset()
    moment: Callable[[date], str] = date.isoformat
    short_ids: bool = False
    id_prefix: str = ""
    #: Lines behind the records; an empty one is blank.
    footer: tuple[str, ...] = ()

    def text(self, name: str, value: Value) -> str:
        """A value as this system writes it."""
        if value is None:
            return ""
        if isinstance(value, date):
            return self.moment(value) if name in self.moments else self.day(value)
        if isinstance(value, float):
            return self.amount(value)
        if name == "id":
            return self.id_prefix + (str(value)[:15] if self.short_ids else str(value))
        return str(value).replace("\n", self.text_line_end)

    def line(self, values: Iterable[str]) -> str:
        """Values as one line."""
        return self.separator.join(map(self.quoted, values)) + self.line_end

    def quoted(self, value: str) -> str:
        """A value in quotes, where it needs them."""
        if self.quoted_for is not None and not any(char in value for char in self.quoted_for):
            return value
        return '"' + value.replace('"', '""') + '"'

    def entry(self) -> Entry:
        """An empty manifest entry."""
        return Entry(self.preset, self.date_order, header_at=1, headers=self.headers)


def write_text(path: Path, shape: Shape, rows: Sequence[Row]) -> Entry:
    """A header, the rows, and the footer."""
    entry = shape.entry()
    lines = [shape.line(shape.headers.values())]
    at = 1 + lines[0].count("\n")
    for row in rows:
        entry.add(row, shape.id_prefix + str(row["id"]), at)
        lines.append(shape.line(shape.text(name, row.get(name)) for name in shape.headers))
        at += lines[-1].count("\n")
    for place, text in enumerate(shape.footer, at):
        entry.drop(place, text, "footer")
        lines.append(shape.line([text]) if text else shape.line_end)
    data = shape.bom + "".join(lines).encode(shape.encoding)
    path.write_bytes(packed(data) if path.suffix == ".gz" else data)
    return entry


def packed(data: bytes) -> bytes:
    """gzip without a name and without a time."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as stream:
        stream.write(data)
    return buffer.getvalue()


# --- the systems ------------------------------------------------------------------------------------------------------

SALESFORCE_LABELS = {
    "id": "Opportunity ID",
    "name": "Opportunity Name",
    "account": "Account Name",
    "owner": "Opportunity Owner",
    "stage": "Stage",
    "amount": "Amount",
    "close_date": "Close Date",
    "next_step": "Next Step",
    "next_step_date": "Next Step Date",
    "last_modified": "Last Modified Date",
    "last_activity": "Last Activity",
}
SALESFORCE_API = {
    "id": "Id",
    "name": "Name",
    "account": "Account.Name",
    "owner": "Owner.Name",
    "stage": "StageName",
    "amount": "Amount",
    "close_date": "CloseDate",
    "next_step": "NextStep",
    "next_step_date": "Next_Step_Date__c",
    "last_modified": "LastModifiedDate",
    "last_activity": "LastActivityDate",
}
HUBSPOT = {
    "id": "Record ID",
    "name": "Deal Name",
    "stage": "Deal Stage",
    "amount": "Amount",
    "close_date": "Close Date",
    "owner": "Deal owner",
    "next_step": "Next step",
    "next_step_date": "Next Activity Date",
    "account": "Associated Company",
    "last_activity": "Last Activity Date",
    "last_modified": "Last Modified Date",
}
PIPEDRIVE = {
    "id": "Deal - ID",
    "name": "Deal - Title",
    "account": "Deal - Organization",
    "owner": "Deal - Owner",
    "stage": "Deal - Stage",
    "amount": "Deal - Value",
    "currency": "Deal - Currency of Value",
    "close_date": "Deal - Expected close date",
    "next_step": "Deal - Next activity subject",
    "next_step_date": "Deal - Next activity date",
    "last_modified": "Deal - Update time",
    "last_activity": "Deal - Last activity date",
}
ZOHO = {
    "id": "Record Id",
    "name": "Deal Name",
    "account": "Account Name",
    "owner": "Deal Owner",
    "stage": "Stage",
    "amount": "Amount",
    "close_date": "Closing Date",
    "next_step": "Next Step",
    "next_step_date": "Next Step Date",
    "last_modified": "Modified Time",
    "last_activity": "Last Activity Time",
}
SUITECRM = {
    "id": "ID",
    "name": "Opportunity Name",
    "account": "Account Name",
    "stage": "Sales Stage",
    "next_step": "Next Step",
    "next_step_date": "Next Step Date",
    "close_date": "Expected Close Date",
    "amount": "Opportunity Amount",
    "owner": "Assigned to",
    "last_modified": "Date Modified",
}
WAREHOUSE = {
    "id": "id",
    "name": "name",
    "account": "account_name",
    "owner": "owner_name",
    "stage": "stage_name",
    "amount": "amount",
    "close_date": "close_date",
    "next_step": "next_step",
    "next_step_date": "next_step_date_c",
    "last_modified": "last_modified_date",
    "last_activity": "last_activity_date",
}
PLAIN = {name: name for name in SALESFORCE_LABELS}
TASKS = {
    "subject": "Subject",
    "due_date": "Due Date",
    "status": "Status",
    "priority": "Priority",
    "assigned": "Assigned",
    "account": "Company / Account",
    "opportunity": "Opportunity",
    "id": "Activity ID",
    "comments": "Comments",
}
ACTIVITIES = {
    "title": "Task title",
    "due": "Due date",
    "status": "Task status",
    "assigned": "Assigned to",
    "deal": "Associated Deal",
    "id": "Record ID",
}

HUBSPOT_DAYS = frozenset({"close_date", "next_step_date", "last_activity", "last_modified"})
NEEDED = ',"\r\n'


def footer(records: int, name: str, made: str, mark: str = "(c)") -> tuple[str, ...]:
    """What a Salesforce report ends with."""
    made_by = f"Generated By:  Pat Doyle  {made}"
    return (
        "",
        f"Grand Totals ({records} records)",
        "",
        name,
        COPYRIGHT.replace("(c)", mark),
        CONFIDENTIAL,
        made_by,
        COMPANY,
    )


def details(encoding: str, day: Callable[[date], str], order: str, foot: tuple[str, ...]) -> Shape:
    """A Salesforce report, Details Only."""
    return Shape(
        SALESFORCE_LABELS,
        "salesforce",
        order,
        encoding=encoding,
        text_line_end="\r\n",
        day=day,
        short_ids=True,
        footer=foot,
    )


def api(line_end: str) -> Shape:
    """Salesforce by its API names: Data Loader and Bulk API."""
    return Shape(
        SALESFORCE_API,
        "salesforce",
        line_end=line_end,
        text_line_end="\r\n",
        amount=str,
        moments=frozenset({"last_modified"}),
        moment=day_as("%Y-%m-%dT00:00:00.000Z"),
    )


US_FOOTER = footer(120, REPORT, "1/12/2026 8:14 AM")
DEAL_SHAPES = {
    "salesforce-details.csv": details("cp1252", us_day, "mdy", US_FOOTER),
    "salesforce-details-uk.csv": details(
        "utf-8", day_as("%d/%m/%Y"), "dmy", footer(120, REPORT, "12/01/2026 08:14", "©")
    ),
    "dataloader.csv": api("\r\n"),
    "bulk.csv": api("\n"),
    "hubspot.csv": Shape(
        HUBSPOT,
        "hubspot",
        bom=codecs.BOM_UTF8,
        amount=bare,
        moments=HUBSPOT_DAYS,
        moment=day_as("%Y-%m-%d 00:00"),
    ),
    "hubspot-utf16.txt": Shape(
        HUBSPOT,
        "hubspot",
        "mdy",
        encoding="utf-16-le",
        bom=codecs.BOM_UTF16_LE,
        separator="\t",
        quoted_for='\t,"\r\n',
        line_end="\r\n",
        amount=bare,
        moments=HUBSPOT_DAYS,
        moment=lambda day: us_day(day) + " 0:00",
    ),
    "pipedrive.csv": Shape(
        PIPEDRIVE,
        "pipedrive",
        quoted_for=NEEDED,
        amount=bare,
        moments=frozenset({"last_modified"}),
        moment=day_as("%Y-%m-%d 00:00:00"),
    ),
    "zoho.csv": Shape(
        ZOHO,
        "zoho",
        quoted_for=NEEDED,
        amount=bare,
        moments=frozenset({"last_modified", "last_activity"}),
        moment=day_as("%Y-%m-%d 00:00:00"),
        id_prefix="zcrm_",
    ),
    "suitecrm.csv": Shape(
        SUITECRM,
        "suitecrm",
        "dmy",
        separator=";",
        line_end="\r\n",
        text_line_end="\r\n",
        amount=german_amount,
        day=day_as("%d.%m.%Y"),
        moments=frozenset({"last_modified"}),
        moment=day_as("%d.%m.%Y 00:00"),
    ),
    "deals.tsv": Shape(WAREHOUSE, separator="\t", quoted_for='\t"\r\n', amount=bare),
    "deals.csv.gz": Shape(WAREHOUSE, quoted_for=NEEDED, amount=bare),
}
TASK_SHAPE = Shape(
    TASKS,
    "salesforce",
    "mdy",
    text_line_end="\r\n",
    day=us_day,
    short_ids=True,
    footer=footer(40, "Tasks on Open Opportunities", "1/12/2026 8:16 AM"),
)
ACTIVITY_SHAPE = Shape(ACTIVITIES, "hubspot")


# --- HTML that calls itself .xls --------------------------------------------------------------------------------------


def html_cell(text: str) -> str:
    """The inside of a table cell."""
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(char, entity)
    return text.replace("\r\n", "<br>").replace("  ", " &nbsp;") or "&nbsp;"


def html_row(cells: Iterable[str], tag: str = "td", attributes: str = "") -> str:
    """A table row."""
    inside = "".join(f"<{tag}{attributes}>{html_cell(cell)}</{tag}>" for cell in cells)
    return f"<tr>{inside}</tr>\n"


def write_html(path: Path, rows: Sequence[Row]) -> Entry:
    """A report's Export Details as .xls: row n of the table is also line n of the file."""
    shape = DEAL_SHAPES["salesforce-details.csv"]
    entry = shape.entry()
    charset = '<META http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">'
    head = f'<html><head>{charset}</head><body><table border="1">'
    lines = [head + html_row(shape.headers.values(), "th")]
    for at, row in enumerate(rows, 2):
        entry.add(row, str(row["id"]), at)
        lines.append(html_row(shape.text(name, row[name]) for name in shape.headers))
    for place, text in enumerate(shape.footer, len(lines) + 1):
        entry.drop(place, text, "footer")
        lines.append(html_row([text], attributes=f' colspan="{len(shape.headers)}"'))
    path.write_bytes(("".join(lines) + "</table></body></html>\n").encode(shape.encoding))
    return entry


# --- spreadsheets -----------------------------------------------------------------------------------------------------


class Book:
    """A workbook whose bytes are the same every time. Rows count from 1, columns from 0."""

    def __init__(self, path: Path, title: str) -> None:
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
        self.book = xlsxwriter.Workbook(str(path), plain)
        self.book.set_properties({"title": title, "author": "Pat Doyle", "company": COMPANY, "created": MADE_AT})
        self.bold: Format = self.book.add_format({"bold": True})
        self.day: Format = self.book.add_format({"num_format": "m/d/yyyy"})
        self.money: Format = self.book.add_format({"num_format": '"USD" #,##0.00'})
        self.wrapped: Format = self.book.add_format({"text_wrap": True, "valign": "top"})

    def sheet(self, name: str, widths: dict[str, int]) -> Sheet:
        """A new sheet; columns such as "B:D" with their widths."""
        sheet = self.book.add_worksheet(name)
        for columns, width in widths.items():
            sheet.set_column(columns, width)
        return sheet

    def put(self, sheet: Sheet, at: int, column: int, value: Value, style: Format = None) -> None:
        """A value as text, number or day; nothing for None."""
        if isinstance(value, date):
            sheet.write_datetime(at - 1, column, value, style or self.day)
        elif isinstance(value, float | int):
            sheet.write_number(at - 1, column, value, style)
        elif value is not None:
            sheet.write_string(at - 1, column, value, style or (self.wrapped if "\n" in value else None))

    def close(self) -> None:
        """Write the file."""
        self.book.close()


def cell_name(sheet: Sheet, at: int, column: int) -> str:
    """Opportunities!H12."""
    return f"{sheet.get_name()}!{xl_rowcol_to_cell(at - 1, column)}"


def write_formatted(path: Path, rows: Sequence[Row]) -> Entry:
    """A Salesforce Formatted Report, grouped by stage, with its first column left free."""
    book = Book(path, REPORT)
    sheet = book.sheet("Opportunities", {"A:A": 2, "B:C": 20, "D:F": 26, "G:H": 14, "I:I": 60, "J:L": 14})
    headers = {"stage": "Stage", **{name: label for name, label in SALESFORCE_LABELS.items() if name != "stage"}}
    columns = {name: column for column, name in enumerate(headers, 1)}
    entry = Entry("salesforce", headers=headers | {"stage": "Stage  ↑"})
    at = write_report_title(book, sheet, entry)
    for name, column in columns.items():
        book.put(sheet, at, column, entry.headers[name], book.bold)
    entry.header_at = at
    for stage in STAGES:
        group = [row for row in rows if row["stage"] == stage]
        at = write_group(book, sheet, entry, at + 1, columns, group)
        write_sums(book, sheet, entry, at, columns["amount"], "Subtotal", group)
        at += 1
    write_sums(book, sheet, entry, at + 1, columns["amount"], "Total", rows)
    for place, text in enumerate(("", COPYRIGHT, CONFIDENTIAL), at + 3):
        entry.drop(place, text, "footer")
        book.put(sheet, place, 1, text or None)
    book.close()
    return entry


def write_report_title(book: Book, sheet: Sheet, entry: Entry) -> int:
    """Title, time and filters; gives the row for the headers."""
    lines = (
        REPORT,
        f"As of {MADE_AT} Greenwich Mean Time/GMT • Generated by Pat Doyle • Sorted by Stage (Ascending)",
        "",
        "Filtered By",
        "   Show: All opportunities",
        "   Opportunity Status: Any",
        "   Close Date: All Time",
        "   Probability: All",
        "",
    )
    for at, text in enumerate(lines, 1):
        entry.drop(at, text, "title")
        book.put(sheet, at, 1, text or None, book.bold if at == 1 else None)
    return len(lines) + 1


def write_group(book: Book, sheet: Sheet, entry: Entry, at: int, columns: dict[str, int], group: Sequence[Row]) -> int:
    """The deals of one stage, its name in one merged cell; gives the row behind them."""
    end = at + len(group)
    for place, row in enumerate(group, at):
        for name, column in columns.items():
            value = str(row["id"])[:15] if name == "id" else row[name]
            if name != "stage":
                book.put(sheet, place, column, value, book.money if name == "amount" else None)
        entry.add(row, str(row["id"]), cell_name(sheet, place, columns["next_step"]))
    if len(group) > 1:
        sheet.merge_range(at - 1, columns["stage"], end - 2, columns["stage"], group[0]["stage"], book.wrapped)
    else:
        book.put(sheet, at, columns["stage"], group[0]["stage"])
    return end


def write_sums(book: Book, sheet: Sheet, entry: Entry, at: int, column: int, what: str, rows: Sequence[Row]) -> None:
    """Two rows: the sum of the amounts, and the count."""
    total = sum(row["amount"] for row in rows if isinstance(row["amount"], float))
    for place, label, kind, value in ((at, what, "Sum of Amount", total), (at + 1, "Count", "Record Count", len(rows))):
        entry.drop(place, label, what.lower())
        book.put(sheet, place, 1, label, book.bold)
        book.put(sheet, place, 2, kind, book.bold)
        book.put(sheet, place, column, value, book.money if place == at else book.bold)


def write_pipedrive(path: Path, rows: Sequence[Row]) -> Entry:
    """Pipedrive's XLSX: days are bare numbers, counted from 30 December 1899."""
    book = Book(path, "Deals")
    sheet = book.sheet("deals", {"A:E": 24, "F:H": 14, "I:I": 60, "J:L": 14})
    entry = Entry("pipedrive", header_at=1, headers=PIPEDRIVE)
    for column, header in enumerate(PIPEDRIVE.values()):
        book.put(sheet, 1, column, header)
    for at, row in enumerate(rows, 2):
        for column, name in enumerate(PIPEDRIVE):
            value = row[name]
            book.put(sheet, at, column, (value - date(1899, 12, 30)).days if isinstance(value, date) else value)
        entry.add(row, str(row["id"]), cell_name(sheet, at, list(PIPEDRIVE).index("next_step")))
    book.close()
    return entry


PLAN = {"date": "Date", "action": "Action / Milestone", "owner": "Owner", "status": "Status", "notes": "Notes"}


def write_plan(path: Path, plan: dict[str, Any]) -> Entry:
    """A mutual action plan as people keep it in a spreadsheet: a head, phases, and contacts on a second sheet."""
    book = Book(path, plan["title"])
    sheet = book.sheet("Mutual Action Plan", {"A:A": 14, "B:B": 60, "C:C": 28, "D:D": 14, "E:E": 44})
    entry = Entry(None, headers=PLAN)
    head = [[plan["title"]], *plan["lines"], []]
    for at, cells in enumerate(head, 1):
        entry.drop(at, cells[0] if cells else "", "title")
        for column, text in enumerate(cells):
            book.put(sheet, at, column, text, None if column else book.bold)
    at = entry.header_at = len(head) + 1
    for column, header in enumerate(PLAN.values()):
        book.put(sheet, at, column, header, book.bold)
    for phase in plan["phases"]:
        at = write_phase(book, sheet, entry, at + 1, phase)
    write_contacts(book, plan["contacts"])
    book.close()
    return entry


def write_phase(book: Book, sheet: Sheet, entry: Entry, at: int, phase: dict[str, Any]) -> int:
    """A merged row with the phase's name, and its actions; gives the last row. An action without a day says TBD."""
    sheet.merge_range(at - 1, 0, at - 1, len(PLAN) - 1, phase["name"], book.bold)
    entry.drop(at, phase["name"], "section")
    for place, row in enumerate(phase["rows"], at + 1):
        for column, name in enumerate(PLAN):
            book.put(sheet, place, column, row[name] or ("TBD" if name == "date" else None))
        entry.add(row, row["action"], cell_name(sheet, place, list(PLAN).index("action")))
    return at + len(phase["rows"])


def write_contacts(book: Book, contacts: Sequence[dict[str, str]]) -> None:
    """The second sheet, which holds no step."""
    sheet = book.sheet("Contacts", {"A:D": 28})
    for column, name in enumerate(contacts[0]):
        book.put(sheet, 1, column, name.title(), book.bold)
        for at, contact in enumerate(contacts, 2):
            book.put(sheet, at, column, contact[name])


# --- JSON, YAML, Parquet ----------------------------------------------------------------------------------------------


def rest(row: Row) -> dict[str, object]:
    """A deal as Salesforce's REST API gives it."""
    url = f"/services/data/v59.0/sobjects/Opportunity/{row['id']}"
    answer: dict[str, object] = {"attributes": {"type": "Opportunity", "url": url}}
    for name, key in SALESFORCE_API.items():
        value = row[name]
        if isinstance(value, date):
            value = value.isoformat() + ("T00:00:00.000+0000" if name == "last_modified" else "")
        elif isinstance(value, str):
            value = value.replace("\n", "\r\n")
        parent, _, child = key.rpartition(".")
        kind = {"Owner": "User"}.get(parent, parent)
        answer[parent or child] = {"attributes": {"type": kind}, child: value} if parent else value
    return answer


def write_json(path: Path, rows: Sequence[Row]) -> Entry:
    """An array, written for the eye."""
    entry = Entry("salesforce", headers=SALESFORCE_API)
    records = []
    at = 2
    for row in rows:
        entry.add(row, str(row["id"]), at)
        text = json.dumps(rest(row), indent=2, ensure_ascii=False)
        records.append("  " + text.replace("\n", "\n  "))
        at += text.count("\n") + 1
    path.write_bytes(("[\n" + ",\n".join(records) + "\n]\n").encode())
    return entry


def write_query(path: Path, rows: Sequence[Row]) -> Entry:
    """The answer to a query, all on one line."""
    entry = Entry("salesforce", headers=SALESFORCE_API)
    for row in rows:
        entry.add(row, str(row["id"]), 1)
    answer = {"totalSize": len(rows), "done": True, "records": [rest(row) for row in rows]}
    path.write_bytes(json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode())
    return entry


def write_jsonl(path: Path, rows: Sequence[Row]) -> Entry:
    """One object a line, ASCII only."""
    entry = Entry(None, headers=WAREHOUSE)
    lines = []
    for at, row in enumerate(rows, 1):
        entry.add(row, str(row["id"]), at)
        lines.append(json.dumps({key: row[name] for name, key in WAREHOUSE.items()}, default=str) + "\n")
    path.write_bytes("".join(lines).encode("ascii"))
    return entry


class Blocks(yaml.SafeDumper):
    """Texts of several lines as literal blocks, long ones folded."""

    def represent_text(self, text: str) -> yaml.Node:
        """A text in the style that suits it."""
        style = "|" if "\n" in text else ">" if len(text) > 100 else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Blocks.add_representer(str, Blocks.represent_text)


def write_yaml(path: Path, rows: Sequence[Row]) -> Entry:
    """A list of mappings."""
    entry = Entry(None, headers=PLAIN)
    at = 1
    parts = []
    for row in rows:
        entry.add(row, str(row["id"]), at)
        record = {name: row[name] for name in PLAIN}
        parts.append(yaml.dump([record], Dumper=Blocks, sort_keys=False, allow_unicode=True, width=100))
        at += parts[-1].count("\n")
    path.write_bytes("".join(parts).encode())
    return entry


def write_parquet(path: Path, rows: Sequence[Row]) -> Entry:
    """Typed columns. Places are rows, from 1."""
    entry = Entry(None, headers=WAREHOUSE)
    for at, row in enumerate(rows, 1):
        entry.add(row, str(row["id"]), at)
    days = {"close_date", "next_step_date", "last_modified", "last_activity"}
    schema = {
        key: pl.Date() if name in days else pl.Float64() if name == "amount" else pl.String()
        for name, key in WAREHOUSE.items()
    }
    columns = {key: [row[name] for row in rows] for name, key in WAREHOUSE.items()}
    pl.DataFrame(columns, schema=schema).write_parquet(path, compression="zstd")
    return entry


# --- all of it --------------------------------------------------------------------------------------------------------

DEAL_WRITERS: dict[str, Callable[[Path, Sequence[Row]], Entry]] = {
    "salesforce-formatted.xlsx": write_formatted,
    "salesforce-report.xls": write_html,
    "pipedrive.xlsx": write_pipedrive,
    "deals.json": write_json,
    "deals-query.json": write_query,
    "deals.jsonl": write_jsonl,
    "deals.yaml": write_yaml,
    "deals.parquet": write_parquet,
}


def write_all(folder: Path) -> dict[str, Entry]:
    """Every file; gives the manifest."""
    pool = read_pool()
    deals: list[Row] = [{**deal, "currency": "USD"} for deal in pool["deals"]]
    folder.mkdir(parents=True, exist_ok=True)
    entries = {name: write_text(folder / name, shape, deals) for name, shape in DEAL_SHAPES.items()}
    entries |= {name: write(folder / name, deals) for name, write in DEAL_WRITERS.items()}
    tasks, activities, plan = "salesforce-tasks.csv", "hubspot-activities.csv", "mutual-action-plan.xlsx"
    entries[tasks] = write_text(folder / tasks, TASK_SHAPE, pool["tasks"])
    entries[activities] = write_text(folder / activities, ACTIVITY_SHAPE, pool["activities"])
    entries[plan] = write_plan(folder / plan, pool["plan"])
    return entries


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="write the example exports and their manifest")
    parser.add_argument("folder", type=Path, nargs="?", default=HERE, help="where the exports go")
    parser.add_argument("--manifest", type=Path, help="where the manifest goes")
    options = parser.parse_args()
    manifest = options.manifest or (MANIFEST if options.folder == HERE else options.folder / MANIFEST.name)
    entries = {name: asdict(entry) for name, entry in sorted(write_all(options.folder).items())}
    manifest.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
