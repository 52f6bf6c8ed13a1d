"""The reading's scalar columns, as rules and `steplint parse` see them."""

from __future__ import annotations

import polars as pl

from steplint.records.schema import Column

__all__ = ["JUDGED", "LEXICONS", "READING"]

READING: dict[str, Column] = {
    column.name: column
    for column in (
        Column("placeholder", pl.Boolean(), "the field is filled with something that carries no content"),
        Column("has_action", pl.Boolean(), "a reader can tell what will be done, by either side"),
        Column("vague", pl.Boolean(), "the wording is one that a sales manager would object to"),
        Column("customer_action", pl.Boolean(), "the customer is to do something that costs effort"),
        Column("one_sided", pl.Boolean(), "the future acts are only the seller giving or preparing things"),
        Column("mutual", pl.Boolean(), "acts of both sides are stated"),
        Column("meeting", pl.Boolean(), "a live meeting with the customer is one of the steps"),
        Column("named_owner", pl.Boolean(), "the doer of a future step is named in the text"),
        Column("customer_person", pl.Boolean(), "a person of the customer's side is named in the text"),
        Column("past_only", pl.Boolean(), "only past events, no future step"),
        Column("date_kind", pl.String(), "of the future step: specific, coarse, vague or none"),
        Column("commitment", pl.Int8(), "1 (nothing) to 5 (a dated meeting whose invite is accepted)"),
        Column("date", pl.Date(), "the step's day; of a coarse date its first day"),
        Column("date_end", pl.Date(), "the last day of the step's date"),
        Column("time", pl.Time(), "the step's clock time"),
        Column("date_basis", pl.String(), "absolute, or what a relative date was read against: changed, modified, as_of"),
        Column("waiting", pl.Boolean(), "only waiting for somebody, nothing anybody will do"),
        Column("hedged", pl.Boolean(), "an act or a date under reserve"),
        Column("brush_off", pl.String(), "objection recorded as a step: think, info, team, later, not_ready"),
        Column("actor", pl.String(), "doer of the first future act: named, we, they, nobody"),
        Column("action_count", pl.Int16(), "future acts of either side"),
        Column("step_type", pl.String(), "kind of step by its weightiest word: meeting, demo, trial, contract, internal …"),
        Column("said_invite", pl.String(), "what the text says of the invite: accepted, sent, tentative, declined, none"),
        Column("language", pl.String(), "of the text, as a two-letter code"),
        Column("doer_unnamed", pl.Boolean(), "the doer is “someone”, “the team” or nobody in particular"),
        Column("attendees", pl.Boolean(), "somebody of the other side is named for the step"),
        Column("date_flaw", pl.String(), "weekday (“Tue 12/4” is no Tuesday), impossible (2/30) or null"),
        Column("date_ambiguous", pl.Boolean(), "day and month could be swapped and the order is not known"),
        Column("date_alternatives", pl.Boolean(), "two days are offered, none is fixed"),
        Column("internal", pl.Boolean(), "the step is work inside the seller's own house"),
        Column("empty", pl.Boolean(), "null, empty or only invisible characters"),
    )
}  # fmt: skip

#: Languages with a lexicon. Of other texts only what needs no words is known.
LEXICONS = ("en",)

#: Columns that are judged from words; in a language without a lexicon they say nothing.
JUDGED = frozenset(READING) - {
    "date",
    "date_end",
    "time",
    "date_basis",
    "date_flaw",
    "date_ambiguous",
    "language",
    "empty",
}
