"""The canonical record: one declared table of the columns that every source is turned into."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

__all__ = ["DERIVED", "KINDS", "SCHEMA", "STAGE_ROLES", "Column", "empty_frame"]

KINDS = ("opportunity", "task", "plan_row", "utterance", "email")
STAGE_ROLES = ("qualify", "prove", "propose", "commit", "won", "lost")
INVITES = ("accepted", "sent", "tentative", "declined", "none")
BASES = ("changed", "modified", "as_of")

_TEXT = pl.String()
_DAY = pl.Date()
_MOMENT = pl.Datetime("us")
_TEXTS = pl.List(pl.String)


@dataclass(frozen=True)
class Column:
    """One column: its Polars type, what it holds, and its closed list of values where it has one."""

    name: str
    dtype: pl.DataType
    doc: str
    values: tuple[str, ...] = ()


def _table(*columns: Column) -> dict[str, Column]:
    return {column.name: column for column in columns}


#: Columns that steplint adds to what a source gives.
DERIVED = frozenset({"row", "basis", "ref_date", "stage_role", "scope", "due_given"})

#: Column name -> Column. Moments have no zone: they are wall-clock times in the organisation's time zone.
SCHEMA: dict[str, Column] = _table(
    Column("row", pl.Int64(), "place of the record in the run, from 0, in file order"),
    Column("id", _TEXT, "record id; made from account, name and owner where the source has none"),
    Column("kind", _TEXT, "what sort of thing carries the next step", KINDS),
    Column("name", _TEXT, "name of the opportunity, task or plan row"),
    Column("account", _TEXT, "customer organisation"),
    Column("stage", _TEXT, "stage as the source names it"),
    Column("stage_role", _TEXT, "what the stage is for; null where the stage is not mapped", STAGE_ROLES),
    Column("record_type", _TEXT, "record type or deal type"),
    Column("pipeline", _TEXT, "pipeline the deal is in"),
    Column("forecast_category", _TEXT, "forecast category"),
    Column("owner", _TEXT, "person (or queue) who owns the record"),
    Column("owner_email", _TEXT, "owner's e-mail address"),
    Column("manager", _TEXT, "owner's manager"),
    Column("team", _TEXT, "owner's team"),
    Column("owner_active", pl.Boolean(), "false where the owner's account is switched off"),
    Column("is_closed", pl.Boolean(), "the record is won or lost"),
    Column("is_won", pl.Boolean(), "the record is won"),
    Column("next_step", _TEXT, "the text to judge; null and empty are told apart"),
    Column("previous_steps", _TEXTS, "earlier texts, newest first"),
    Column("due_date", _DAY, "the next step's own date field"),
    Column(
        "due_given", pl.Boolean(), "something stands in the date field, be it a day or not; null where there is none"
    ),
    Column("due_text", _TEXT, "the due date as a document writes it: a day, a template slot, “next week”"),
    Column("next_step_changed", _MOMENT, "when the text was last changed"),
    Column("modified", _MOMENT, "when the record was last changed, by anybody or anything"),
    Column("created", _MOMENT, "when the record was made"),
    Column("stage_changed", _MOMENT, "when the stage was last changed"),
    Column("last_activity", _MOMENT, "latest activity on the record"),
    Column("close_date", _DAY, "expected close date"),
    Column("amount", pl.Float64(), "amount, in `currency`"),
    Column("currency", _TEXT, "ISO code of the currency"),
    Column("contacts", _TEXTS, "customer people on the record"),
    Column("next_meeting", _MOMENT, "next event with the customer"),
    Column("last_meeting", _MOMENT, "latest event with the customer"),
    Column("invite", _TEXT, "answer to the invitation of the next meeting", INVITES),
    Column("recap_sent", _MOMENT, "when a recap was sent"),
    Column("materials_sent", _MOMENT, "when materials were sent"),
    Column("last_reply", _MOMENT, "latest reply of the customer"),
    Column("status", _TEXT, "status of a task or plan row"),
    Column("doc_id", _TEXT, "document a playbook row stands in"),
    Column("section", _TEXT, "heading it stands under"),
    Column("position", pl.Int64(), "its place in the document"),
    Column("role", _TEXT, "its role: step, goal, dependency, risk, agenda, weak, strong, opening, ending, subject …"),
    Column("as_of", _DAY, "the day that overdue is relative to"),
    Column("ref_date", _DAY, "the day that words such as Tuesday are relative to"),
    Column("basis", _TEXT, "where ref_date comes from", BASES),
    Column("scope", _TEXT, "null in scope, else the reason why the record is not judged"),
    Column("source", _TEXT, "source name, stable from run to run"),
    Column("path", _TEXT, "file as the user named it"),
    Column("sheet", _TEXT, "sheet of a workbook"),
    Column("line", pl.Int64(), "physical line the record starts on, from 1"),
    Column("column", pl.Int64(), "column of the text, from 1, where one line holds several records"),
    Column("cell", _TEXT, "cell of a workbook, such as C7"),
    Column("url", _TEXT, "link to the record"),
)

#: Columns that say where a record comes from: they never count as data of the source.
PROVENANCE = frozenset({"source", "path", "sheet", "line", "column", "cell"})


def empty_frame() -> pl.DataFrame:
    """A canonical frame without rows."""
    return pl.DataFrame(schema={name: column.dtype for name, column in SCHEMA.items()})
