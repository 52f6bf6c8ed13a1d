"""Findings as tasks for the owners of records: a task a finding, made once, and found again by the finding's key."""

from __future__ import annotations

from datetime import date

import polars as pl

from steplint.sources.remote.writing import Changes, Found, Proposal
from steplint.sources.salesforce.api import Api
from steplint.sources.salesforce.fields import Describe
from steplint.sources.salesforce.guard import STANDARD
from steplint.sources.salesforce.lookup import lookup, lookup_ids
from steplint.sources.salesforce.write_settings import TaskBack

__all__ = ["propose_tasks"]

_SUBJECT, _DESCRIPTION = 255, 32_000  # as Salesforce counts: in units of UTF-16
_OWNER = ("OwnerId", "Owner.Name", "Owner.IsActive", "IsClosed")
#: What an owner's manager is read from, where the user may.
_MANAGER = ("Owner.ManagerId", "Owner.Manager.Name", "Owner.Manager.IsActive")
_STAYS_OPEN = "its task is open, and its finding is gone; close_resolved: true closes such tasks"


def propose_tasks(api: Api, describe: Describe, back: TaskBack, most: int, found: Found) -> Proposal:
    """A task for each record whose finding has none yet; `back` has names as the schema writes them.

    A task that somebody closed or deleted is not made again while its finding lasts. When that is gone, a closed task gives its
    key back, so that a fault that returns is a task again.
    """
    known = _known(api, describe, back.key_field)
    new = found.records.join(known, on="key", how="anti", maintain_order="left")
    held = found.records.join(known.filter("open"), on="key", how="semi").height
    there = {"open already": held, "closed or deleted by somebody": found.records.height - new.height - held}
    resolved = known.filter(found.gone(known) & known["lives"])
    over, open_still = resolved.filter(~pl.col("open")), resolved.filter("open")
    closing = open_still if back.close_resolved else open_still.clear()
    left = _left(open_still.clear() if back.close_resolved else open_still, pl.lit(_STAYS_OPEN))
    if new.height + over.height + closing.height <= most:
        owned = _owned(new, api, describe)
        new = owned.filter(pl.col("why").is_null())
        left = pl.concat([_left(owned.filter(pl.col("why").is_not_null()), pl.col("why")), left])
    else:
        new = new.with_columns(OwnerId=None, to=pl.col("owner"))
    changes = (
        _made(new, back, found.due(back.due_in_days)),
        _ended("close", closing, back, "its finding is gone", Status=back.closed_status),
        _ended("release", over, back, "its finding is gone: should it return, it is a new task"),
    )
    return Proposal(tuple(change for change in changes if change.rows.height), left, there)


def _known(api: Api, describe: Describe, key: str) -> pl.DataFrame:
    """Every task that has a key: key, record_id, id, whether it is open, and whether it `lives`: is not deleted or archived."""
    off = [name for name in ("IsDeleted", "IsArchived") if describe.find("Task", name)]
    rows = lookup(api, "Task", (key, "WhatId", "IsClosed", *off), (f"{key} != null",), deleted=True)
    lives = pl.all_horizontal(pl.lit(value=True), *(pl.col(name).ne_missing("true") for name in off))
    is_open = pl.col("IsClosed").ne_missing("true") & lives
    return rows.select(
        key=key, record_id="WhatId", id="Id", record_name=pl.lit(None, pl.String), open=is_open, lives=lives
    )


def _owned(new: pl.DataFrame, api: Api, describe: Describe) -> pl.DataFrame:
    """`new` with OwnerId and `to`: the owner, or the manager of one who is inactive; `why` says where there is neither."""
    shown = all(describe.find("Opportunity", name) for name in _MANAGER)
    owners = lookup_ids(api, "Opportunity", (*_OWNER, *(_MANAGER if shown else ())), new["record_id"].to_list())
    if not shown:
        owners = owners.with_columns(pl.lit(None, pl.String).alias(name) for name in _MANAGER)
    rows = new.join(
        owners.rename({"OwnerId": "_owner"}), left_on="record_id", right_on="Id", how="left", maintain_order="left"
    )
    active, managed = pl.col("Owner.IsActive") == "true", pl.col("Owner.Manager.IsActive") == "true"
    why = (
        pl.when(pl.col("_owner").is_null())
        .then(pl.lit("it is deleted, or hidden from the user"))
        .when(pl.col("IsClosed") == "true")
        .then(pl.lit("it has been closed meanwhile"))
        .when(active.fill_null(value=False) | managed.fill_null(value=False))
        .then(None)
        .otherwise(pl.lit("its owner is inactive and has no active manager"))
    )
    return rows.with_columns(
        OwnerId=pl.when(active).then("_owner").otherwise("Owner.ManagerId"),
        to=pl.when(active).then("Owner.Name").otherwise("Owner.Manager.Name"),
        why=why,
    )


def _made(new: pl.DataFrame, back: TaskBack, due: date) -> Changes:
    subjects = pl.Series([_cut(f"{back.subject}: {title}", _SUBJECT) for title in new["title"]], dtype=pl.String)
    texts = pl.Series([_cut(text, _DESCRIPTION) for text in new["text"]], dtype=pl.String)
    fields = (back.key_field, *STANDARD["Task", "create"])
    told = pl.format("{}: {}, for {}, due {}", "code", "title", pl.col("to").fill_null("?"), pl.lit(str(due)))
    rows = new.with_columns(
        pl.col("key").alias(back.key_field), Subject=subjects, Description=texts, WhatId="record_id",
        ActivityDate=pl.lit(str(due)), told=told, id=pl.lit(None, pl.String),
    )  # fmt: skip
    return Changes("create", "Task", fields, rows.select("key", "record_id", "record_name", "told", "id", *fields))


def _ended(action: str, tasks: pl.DataFrame, back: TaskBack, told: str, **values: str) -> Changes:
    """Changes of tasks that end: each gives its key back."""
    rows = tasks.with_columns(
        pl.lit(None, pl.String).alias(back.key_field), told=pl.format("task {}: {}", "id", pl.lit(told)),
        **{name: pl.lit(value) for name, value in values.items()},
    )  # fmt: skip
    fields = (*values, back.key_field)
    return Changes(action, "Task", fields, rows.select("key", "record_id", "record_name", "told", "id", *fields))


def _left(rows: pl.DataFrame, why: pl.Expr) -> pl.DataFrame:
    return rows.select("record_id", "record_name", why.cast(pl.String).alias("why"))


def _cut(text: str, longest: int) -> str:
    """At most so many units of UTF-16, with an ellipsis where something is left out."""
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * longest else units[: 2 * (longest - 1)].decode("utf-16-le", "ignore") + "…"
