"""The rows of all parts → records, in columns, a frame at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from steplint.sources.hubspot.fields import Schema
from steplint.sources.hubspot.pipelines import Pipelines

__all__ = ["Shape", "records", "unfinished"]

_ROWS = 16_384  # a frame of 25 columns of text is some 30 MB then
#: Outcomes of meetings that were never held.
_NOT_HELD = ("CANCELED", "RESCHEDULED", "NO_SHOW")
#: Columns whose properties may be choices, for which records have the label.
_CHOICES = ("record_type", "forecast_category", "manager", "next_step")

Parts = Mapping[str, pl.LazyFrame]


@dataclass(frozen=True)
class Shape:
    """What records are made of: `names`, column → deal property, those that can be read; `url` of a deal, its id left out."""

    names: Mapping[str, str]
    schema: Schema
    pipelines: Pipelines
    closed: bool
    currency: str | None
    url: str | None
    as_of: date
    timezone: str


def is_closed(shape: Shape) -> pl.Expr:
    return shape.pipelines.is_closed(shape.names["stage"], shape.names.get("is_closed"))


def unfinished(shape: Shape) -> pl.Expr:
    """Deals that are judged: the open ones, unless the closed ones are wanted too. What they link to is pulled."""
    return pl.lit(True) if shape.closed else ~is_closed(shape).fill_null(False)


def records(parts: Parts, shape: Shape) -> Iterator[pl.DataFrame]:
    """Records in the order of the deals. What belongs to a frame's deals is joined frame by frame, so memory stays small."""
    deals, columns = parts["deals"], _columns(parts, shape)
    owners = [table.collect() for table in _owner_tables(parts, shape)]
    for start in range(0, deals.select(pl.len()).collect().item(), _ROWS):
        frame = deals.slice(start, _ROWS).collect(engine="streaming")
        related = [table.collect(engine="streaming") for table in _related_tables(parts, shape, frame["id"])]
        for table in [*owners, *related]:
            frame = frame.join(table, on=table.columns[0], how="left", maintain_order="left")
        yield frame.select(**columns)


def _owner_tables(parts: Parts, shape: Shape) -> Iterator[pl.LazyFrame]:
    """One row an owner; the first column is the deal property that names them."""
    if "owners" in parts:
        yield _owners(parts["owners"]).rename({"id": shape.names["owner"]})
        manager = shape.names.get("manager")
        if manager and shape.schema.is_owner(manager):
            yield _owners(parts["owners"]).select(pl.col("id").alias(manager), pl.col("~owner").alias("~manager"))


def _related_tables(parts: Parts, shape: Shape, deals: pl.Series) -> Iterator[pl.LazyFrame]:
    """One row for each of these deals that has any; the first column is its id."""

    def of_these(part: str) -> pl.LazyFrame:
        return parts[part].join(deals.alias("deal").to_frame().lazy(), on="deal", how="semi")

    if "companies" in parts:
        yield _accounts(of_these("company_links"), parts["companies"])
    if "contacts" in parts:
        yield _contacts(of_these("contact_links"), parts["contacts"])
    if "meetings" in parts:
        yield _meetings(of_these("meeting_links"), parts["meetings"], shape)
    if "history" in parts:
        yield _history(of_these("history"))


def _columns(parts: Parts, shape: Shape) -> dict[str, pl.Expr]:
    """Column of records → what it is of the joined rows."""
    names, judged = shape.names, unfinished(shape)
    found = {column: pl.col(name) for column, name in names.items()}
    for column in _CHOICES:
        if column in names and (labels := shape.schema.labels(names[column])):
            found[column] = found[column].replace(labels)
    found["id"] = pl.col("id")
    found["stage"] = found["stage"].replace(shape.pipelines.stages)
    found["is_closed"] = is_closed(shape)
    found["is_won"] = shape.pipelines.is_won(names["stage"], names.get("is_won"))
    if "pipeline" in names:
        found["pipeline"] = found["pipeline"].replace(shape.pipelines.labels)
    if "owners" in parts:
        found["owner"] = pl.coalesce("~owner", _filled(names["owner"]))
        found |= {column: pl.col(f"~{column}") for column in ("owner_email", "owner_active", "team")}
        if "manager" in names and shape.schema.is_owner(names["manager"]):
            found["manager"] = pl.coalesce("~manager", _filled(names["manager"]))
    if "companies" in parts:
        found["account"] = pl.col("~account")
    if "contacts" in parts:
        # None is not yet “nobody”: of deals that are not judged, contacts were not asked for.
        found["contacts"] = pl.when(judged).then(pl.col("~contacts").fill_null([]))
    if "meetings" in parts:
        found |= {column: pl.col(f"~{column}") for column in ("next_meeting", "last_meeting") if column not in names}
    if "history" in parts:
        found |= _changes(pl.col(names["next_step"]), names.get("next_step_changed"))
    if shape.currency:
        code = found.get("currency", pl.lit(None, dtype=pl.String))
        found["currency"] = pl.coalesce(pl.when(code != "").then(code), pl.lit(shape.currency))
    if shape.url:
        found["url"] = pl.lit(shape.url) + pl.col("id")
    return found


def _owners(owners: pl.LazyFrame) -> pl.LazyFrame:
    name = pl.concat_str(_filled("firstName"), _filled("lastName"), separator=" ", ignore_nulls=True)
    return owners.select(
        "id",
        pl.coalesce(pl.when(name != "").then(name), _filled("email")).alias("~owner"),
        _filled("email").alias("~owner_email"),
        (pl.col("archived") != "true").alias("~owner_active"),
        pl.col("team").alias("~team"),
    )


def _accounts(links: pl.LazyFrame, companies: pl.LazyFrame) -> pl.LazyFrame:
    """A deal's primary company; where none is, the one that has been there longest (the lowest id)."""
    named = companies.select("id", _filled("name").alias("~account")).drop_nulls()
    order = [(pl.col("primary") != "true"), pl.col("id").cast(pl.Int64, strict=False)]
    first = (
        links.join(named, on="id").sort(*order, maintain_order=True).unique("deal", keep="first", maintain_order=True)
    )
    return first.select(pl.col("deal").alias("id"), "~account")


def _contacts(links: pl.LazyFrame, contacts: pl.LazyFrame) -> pl.LazyFrame:
    name = pl.concat_str(_filled("firstname"), _filled("lastname"), separator=" ", ignore_nulls=True)
    named = contacts.select("id", pl.coalesce(pl.when(name != "").then(name), _filled("email")).alias("name"))
    sorted_links = links.join(named.drop_nulls(), on="id").sort(pl.col("id").cast(pl.Int64, strict=False))
    people = pl.col("name").unique(maintain_order=True).alias("~contacts")
    return sorted_links.group_by("deal", maintain_order=True).agg(people).rename({"deal": "id"})


def _meetings(links: pl.LazyFrame, meetings: pl.LazyFrame, shape: Shape) -> pl.LazyFrame:
    """The next meeting is the first one from as-of on, the last one the latest before it. One of that very day is over where it
    says so."""
    zone = ZoneInfo(shape.timezone)
    today, tomorrow = (
        pl.lit(datetime.combine(day, time(), zone)).dt.convert_time_zone("UTC")
        for day in (shape.as_of, shape.as_of + timedelta(days=1))
    )
    start, outcome = moment("hs_meeting_start_time"), pl.col("hs_meeting_outcome").fill_null("").str.to_uppercase()
    over = (start < today) | ((start < tomorrow) & (outcome == "COMPLETED"))
    held = meetings.filter(~outcome.is_in(_NOT_HELD)).select("id", start.alias("start"), over.alias("over"))
    found = links.join(held, on="id").group_by("deal", maintain_order=True)
    return found.agg(
        pl.col("start").filter(~pl.col("over")).min().alias("~next_meeting"),
        pl.col("start").filter("over").max().alias("~last_meeting"),
    ).rename({"deal": "id"})


def _history(history: pl.LazyFrame) -> pl.LazyFrame:
    """Texts that a deal has had, newest first, each once a time, and since when it has the newest one.

    HubSpot promises no order; of versions of one moment the one that it names first is the newer one.
    """
    value = pl.col("value").fill_null("")
    in_order = history.select("deal", value, moment("at").alias("at"), pl.col("place").cast(pl.Int64))
    in_order = in_order.drop_nulls("at").sort("deal", "at", "place", descending=[False, False, True])
    again = (pl.col("deal") == pl.col("deal").shift()) & (pl.col("value") == pl.col("value").shift())
    changes = in_order.filter(~again.fill_null(False)).group_by("deal", maintain_order=True)
    return changes.agg(pl.col("value").reverse().alias("~texts"), pl.col("at").last().alias("~at")).rename(
        {"deal": "id"}
    )


def _changes(text: pl.Expr, updated: str | None) -> dict[str, pl.Expr]:
    """Earlier texts, and when the present one was written. A history that does not know the present text yet knows no time."""
    texts = pl.col("~texts")
    current = texts.list.first() == text.fill_null("")
    known = pl.when(current).then(pl.col("~at"))
    earlier = pl.when(current).then(texts.list.slice(1)).otherwise(texts)
    return {
        "previous_steps": earlier.list.eval(pl.element().filter(pl.element() != "")),
        "next_step_changed": pl.coalesce(known, moment(updated)) if updated else known,
    }


def _filled(name: str) -> pl.Expr:
    """A text without blanks round it; null where nothing is left."""
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text).alias(name)


def moment(name: str) -> pl.Expr:
    """Times as HubSpot writes them, ISO in UTC or milliseconds since 1970 → moments in UTC; null for anything else."""
    text = pl.col(name)
    iso = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us", time_zone="UTC", strict=False)
    milliseconds = text.str.extract(r"^(\d{13})$").cast(pl.Int64)
    epoch = pl.from_epoch(milliseconds, "ms").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    return pl.coalesce(iso, epoch)
