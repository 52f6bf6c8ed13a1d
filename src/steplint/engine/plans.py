"""What a plan's owners and statuses mean, by the words of plan_words.json and records/statuses.json, and where its
rows stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from steplint.records.org import fold_name
from steplint.records.scope import status_words
from steplint.rules.columns import DOCUMENT_KINDS

__all__ = ["owner_given", "owner_sides", "recurring", "status_roles", "with_due_dates", "with_places", "without_remark"]

_AND = re.compile(r"[/&,;+]|\band\b")
#: What follows a status as a remark: "Done (5 Jan)", "In progress: 80 %".
_REMARK = re.compile(r"\s*[(:;,|].*|\s[-–—]\s.*|\s+\d+\s*%?\s*$", re.DOTALL)


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("plan_words.json").read_text("utf-8"))
    return data


@cache
def _words() -> tuple[dict[str, str], dict[str, str], list[str]]:
    """(status → its role, word for an owner → their side, what stands where nobody is the owner)."""
    data = _data()
    statuses = status_words()
    roles = {word: meaning for meaning, words in statuses.items() for word in words if meaning != "closed"}
    sides = {word: side for side, words in data["sides"].items() for word in words}
    return {**roles, **dict.fromkeys(statuses["closed"], "done")}, sides, data["nobody"]


def with_due_dates(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of documents whose day is written without its year (“Jan 22”) have it as their `due_date`, as it was read."""
    written = pl.col("due_date").is_null() & (pl.col("due_text").str.strip_chars().str.len_chars() > 0)
    day = pl.col("date_kind").is_in(["specific", "none"]) & pl.col("doc_id").is_not_null()
    return frame.with_columns(pl.when(written & day).then("date").otherwise("due_date").alias("due_date"))


def with_places(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of documents without a `position` take their line; plan rows without a `doc_id`, the sheet they stand in."""
    if frame["kind"].is_in(DOCUMENT_KINDS).any():
        document = pl.concat_str(pl.col("path", "sheet").fill_null(""), separator="#")
        frame = frame.with_columns(
            position=pl.when(pl.col("kind").is_in(DOCUMENT_KINDS))
            .then(pl.coalesce("position", "line"))
            .otherwise("position"),
            doc_id=pl.when(pl.col("kind") == "plan_row").then(pl.coalesce("doc_id", document)).otherwise("doc_id"),
        )
    return frame


def status_roles(frame: pl.DataFrame) -> pl.Series:
    """`status_role` of plan rows: open, started, blocked, done; null where the status is empty or no known word."""
    plain = frame["status"].set(frame["kind"] != "plan_row", None)
    known = plain.drop_nulls().unique().to_list()
    return plain.replace_strict(
        known, [_status_role(text) for text in known], default=None, return_dtype=pl.String
    ).alias("status_role")


def without_remark(status: str) -> str:
    """The status itself, without what is said behind it."""
    return _REMARK.sub("", status).strip() or status.strip()


def _status_role(status: str) -> str | None:
    roles = _words()[0]
    status = status.replace("\ufe0f", "")  # the picture of a sign, not another sign
    bare = without_remark(status)
    folded = fold_name(bare)
    if folded.isdigit() and "%" in status:
        return "done" if int(folded) >= 100 else "started" if int(folded) else "open"
    return roles.get(bare) or roles.get(folded)


def _opening(folded: str, known: Mapping[str, str]) -> str | None:
    """What the longest known words mean that a folded text opens with."""
    words = folded.split()
    return next((known[text] for size in range(len(words), 0, -1) if (text := " ".join(words[:size])) in known), None)


def recurring() -> pl.Expr:
    """`recurring` of rows of documents: a duty that comes again and again, which has no day of its own."""
    text = pl.when(pl.col("doc_id").is_not_null()).then(pl.col("next_step").str.to_lowercase())
    return text.str.contains_any(_data()["recurring"]).fill_null(value=False).alias("recurring")


def owner_given() -> pl.Expr:
    """Whether the owner of a document's row is more than a filler such as “TBD”; null for records of no document."""
    owner = pl.col("owner").str.strip_chars(" \t?*").str.to_lowercase()
    named = owner.is_not_null() & ~owner.is_in(_words()[2])
    return pl.when(pl.col("doc_id").is_not_null()).then(named).alias("owner_given")


def owner_sides(frame: pl.DataFrame) -> pl.Series:
    """`owner_side` of plan rows: customer, seller or both; null where the owner's side is not known."""
    given = frame.select(pl.when(pl.col("kind") == "plan_row").then("owner").alias("owner"), "account", "contacts")
    if given["owner"].null_count() == frame.height:
        return pl.repeat(None, frame.height, dtype=pl.String, eager=True).alias("owner_side")
    sides = [_side(*row) for row in given.rows()]
    return pl.Series("owner_side", sides, dtype=pl.String)


def _side(owner: str | None, account: str | None, contacts: Sequence[str] | None) -> str | None:
    if owner is None:
        return None
    people = {fold_name(name) for name in contacts or () if name}
    company = fold_name(account or "").split()[:1]
    found = {_part_side(fold_name(part), people, company) for part in _AND.split(owner) if part.strip()}
    if "both" in found or {"customer", "seller"} <= found:
        return "both"
    return found.pop() if len(found) == 1 else None


def _part_side(part: str, people: Iterable[str], company: Sequence[str]) -> str | None:
    if part in people or (company and len(company[0]) > 2 and part.split()[:1] == list(company)):
        return "customer"
    return _opening(part, _words()[1])
