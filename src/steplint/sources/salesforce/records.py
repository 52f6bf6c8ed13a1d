"""Pages to records: types, and what hangs on each record, joined in columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from steplint.sources.salesforce.fields import Field, as_column, moments

__all__ = ["Joining", "frames"]

#: Rows of a frame. At 65,536 a pull of 200,000 opportunities takes 100 MiB more, and no less time.
_ROWS = 16_384
#: Status of an invitation in Salesforce → what it means. Those that come first count, where several people are invited.
_ANSWERS = {
    "accepted": "accepted",
    "maybe": "tentative",
    "tentative": "tentative",
    "new": "sent",
    "declined": "declined",
}
_RANKS = ("accepted", "tentative", "sent", "declined")


@dataclass(frozen=True)
class Joining:
    """How rows become records: `columns` (column → field of the main object), those that `sides` give, the host that links go
    to, and the day of the audit with its zone."""

    columns: Mapping[str, Field]
    sides: frozenset[str]
    host: str
    as_of: date
    timezone: str


def frames(rows: pl.LazyFrame, parts: Mapping[str, pl.LazyFrame], joining: Joining) -> Iterator[pl.DataFrame]:
    """The records of `rows`, in small frames. What hangs on them is looked up frame by frame: memory stays small."""
    count = rows.select(pl.len()).collect().item()
    typed = [as_column(column, field) for column, field in joining.columns.items()]
    link = pl.format("https://{}/{}", pl.lit(joining.host), pl.col("Id")).alias("url")
    for start in range(0, count, _ROWS):
        frame = rows.slice(start, _ROWS).select(pl.col("Id").alias("id"), *typed, link).collect()
        for side, join in _JOINS.items():
            if side in parts:
                joined = join(frame.select("id"), parts, joining)
                frame = frame.hstack(joined.select(name for name in joined.columns if name in joining.sides))
        yield frame


def _of(frame: pl.DataFrame, rows: pl.LazyFrame, link: str) -> pl.DataFrame:
    """Those rows of a side that hang on the records of `frame`."""
    return rows.join(frame.lazy().select(pl.col("id").alias(link)), on=link, how="semi").collect()


def _contacts(frame: pl.DataFrame, parts: Mapping[str, pl.LazyFrame], _: Joining) -> pl.DataFrame:
    """The names of customer people, the primary one first."""
    rows = _of(frame, parts["contacts"].filter(pl.col("Contact.Name").is_not_null()), "OpportunityId")
    # One person may have several roles; several people may have one name.
    rows = rows.sort(pl.col("IsPrimary") != "true", "Id").unique(
        ["OpportunityId", "ContactId"], keep="first", maintain_order=True
    )
    names = rows.group_by("OpportunityId", maintain_order=True).agg(contacts=pl.col("Contact.Name"))
    return _listed(
        frame.join(names, left_on="id", right_on="OpportunityId", how="left", maintain_order="left"), "contacts"
    )


def _history(frame: pl.DataFrame, parts: Mapping[str, pl.LazyFrame], _: Joining) -> pl.DataFrame:
    """When the next step was last changed, and what it said before, newest first."""
    rows = _of(frame, parts["history"], "OpportunityId").with_columns(moments(pl.col("CreatedDate")))
    rows = rows.sort("CreatedDate", "Id", descending=True)
    changes = rows.group_by("OpportunityId", maintain_order=True).agg(
        next_step_changed=pl.col("CreatedDate").first(), previous_steps=pl.col("OldValue").drop_nulls()
    )
    joined = frame.join(changes, left_on="id", right_on="OpportunityId", how="left", maintain_order="left")
    return _listed(joined, "previous_steps")


def _meetings(frame: pl.DataFrame, parts: Mapping[str, pl.LazyFrame], joining: Joining) -> pl.DataFrame:
    """The next meeting, from the day of the audit on, the last one before it, and the answer to the invitation.

    Whole-day events begin at midnight of their day, in whatever zone.
    """
    local = moments(pl.col("StartDateTime")).dt.convert_time_zone(joining.timezone).dt.replace_time_zone(None)
    day = pl.coalesce(pl.col("ActivityDate"), pl.col("StartDateTime").str.head(10)).str.to_date(
        "%Y-%m-%d", strict=False
    )
    start = pl.when(pl.col("IsAllDayEvent") == "true").then(day.cast(pl.Datetime("us"))).otherwise(local)
    events = _of(frame, parts["events"], "WhatId").with_columns(start=start).sort("start", "Id")
    today = pl.lit(joining.as_of).cast(pl.Datetime("us"))
    coming = events.filter(pl.col("start") >= today).unique("WhatId", keep="first", maintain_order=True)
    held = events.filter(pl.col("start") < today).unique("WhatId", keep="last", maintain_order=True)
    coming = coming.select("WhatId", next_meeting=pl.col("start"), event=pl.col("Id"))
    joined = frame.join(coming, left_on="id", right_on="WhatId", how="left", maintain_order="left")
    held = held.select("WhatId", last_meeting=pl.col("start"))
    joined = joined.join(held, left_on="id", right_on="WhatId", how="left", maintain_order="left")
    if "invites" in parts:
        joined = joined.join(_answers(coming, parts["invites"]), on="event", how="left", maintain_order="left")
        joined = joined.with_columns(pl.col("invite").fill_null("none"))
    return joined.drop("event")


def _answers(coming: pl.DataFrame, invites: pl.LazyFrame) -> pl.DataFrame:
    """For each coming event with invitations, the best answer."""
    rows = invites.join(coming.lazy().select(EventId="event"), on="EventId", how="semi").collect()
    # A status that an org has made up: the invitation is out, and more is not known.
    answer = pl.col("Status").str.to_lowercase().replace_strict(_ANSWERS, default="sent", return_dtype=pl.String)
    ranked = rows.select(event="EventId", invite=answer.cast(pl.Enum(_RANKS)))
    return ranked.group_by("event").agg(pl.col("invite").min()).with_columns(pl.col("invite").cast(pl.String))


def _listed(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """No rows hang on a record: nobody, not nobody knows."""
    return frame.with_columns(pl.col(column).fill_null(pl.lit([], dtype=pl.List(pl.String))))


_JOINS: dict[str, Callable[[pl.DataFrame, Mapping[str, pl.LazyFrame], Joining], pl.DataFrame]] = {
    "contacts": _contacts,
    "history": _history,
    "events": _meetings,
}
