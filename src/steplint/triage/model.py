"""An entry of the suppression file as a pydantic model, and the JSON Schema of the file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from steplint.errors import nearest
from steplint.rules.columns import RECORDS

__all__ = ["Entry", "suppression_schema"]

Word = Annotated[str, Field(strict=True, min_length=1, max_length=200)]
Record = Annotated[str, Field(strict=True, min_length=1, max_length=1_000)]


def _reason(text: str) -> str:
    if not text.strip():
        raise ValueError("it says nothing; write why this finding is excused")
    return text


def _day(text: str) -> str:
    """Only the one way to write a day: what else the standard allows (2026-W02-1, 20260112) is more likely a slip."""
    try:
        if len(text) == len("2026-01-15"):
            date.fromisoformat(text)
            return text
    except ValueError:
        pass
    raise ValueError(f"{text} is no day; write it like 2026-01-15")


def _field(name: str) -> str:
    if name not in RECORDS:
        close = nearest(name, RECORDS)
        raise ValueError(f"{name} is no column of records" + (f"; did you mean {close}?" if close else ""))
    return name


class Entry(BaseModel):
    """One excuse: findings of a rule on one record, or on several."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    rule: Annotated[Word, Field(description="a code, a name, or the beginning of codes such as WHEN")]
    record: Annotated[Record | list[Record], Field(description="the id of a record, or several")]
    reason: Annotated[
        str, Field(strict=True, max_length=2_000), AfterValidator(_reason), Field(description="why this is excused")
    ]
    until: Annotated[
        str | None, AfterValidator(lambda text: text and _day(text)), Field(description="the last day it is excused")
    ] = None
    by: Annotated[Word | None, Field(description="who excused it")] = None
    field: Annotated[
        str | None,
        AfterValidator(lambda name: name and _field(name)),
        Field(description="only findings on this column, such as next_step"),
    ] = None


def suppression_schema() -> dict[str, Any]:
    """The JSON Schema of a suppression file: a list of entries."""
    schema = TypeAdapter(list[Entry]).json_schema()
    title = {"title": "steplint suppressions"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **title, **schema}
