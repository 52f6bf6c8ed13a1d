"""The keys of a source of type sql. No secret is ever one of their values."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from steplint.records.mapping import presets
from steplint.sources.remote.interface import SourceSettings
from steplint.sources.remote.secrets import SecretRef

__all__ = ["SqlSettings", "parse_url"]

_SECRET_KEY = re.compile(r"pass|pwd|secret|token|private_key|credential|api_?key", re.IGNORECASE)
#: One to three names with dots between them. Names with a dot in them need a `query`.
_TABLE = re.compile(r"[^\W\d][\w$ -]{0,127}(?:\.[^\W\d][\w$ -]{0,127}){0,2}")


def parse_url(text: str) -> URL:
    """The parts of an address. ValueError, which never shows it: it is none."""
    try:
        return make_url(text)
    except (ArgumentError, ValueError, TypeError):
        raise ValueError("this is no database URL; write postgresql://user@host:5432/database") from None


def _without_secret(text: str) -> str:
    url = parse_url(text)
    if url.password is not None or any(_SECRET_KEY.search(key) for key in url.query):
        raise ValueError("no secret is written here; take it out, and write password: {env: NAME}, or url: {env: NAME}")
    return text


def _without_zeroes(query: str) -> str:
    if "\0" in query:
        raise ValueError("a query has no NUL in it")
    return query


def _url(value: Any) -> str | SecretRef:
    """One of two things, judged here: what a union says of neither of them fits no line."""
    if isinstance(value, str):
        return _without_secret(value)
    try:
        return SecretRef.model_validate(value)
    except ValidationError as error:
        said = error.errors(include_input=False, include_url=False, include_context=False)[0]["msg"]
        raise ValueError(said.removeprefix("Value error, ")) from None


class SqlSettings(SourceSettings):
    """One table, or the answer to one SELECT."""

    url: Annotated[str | SecretRef, BeforeValidator(_url)] = Field(
        description="Address of the database, without a password: postgresql://user@host:5432/database. Where all of it is "
        "secret: {env: NAME}, {file: PATH} or {keyring: service/user}."
    )
    password: SecretRef | None = Field(default=None, description="Where the password is: {env: NAME}, for instance.")
    table: Annotated[str, Field(max_length=400)] | None = Field(
        default=None,
        description="The table or view with the records: schema.name. Its columns are found by their names.",
    )
    query: Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_without_zeroes)] | None = Field(
        default=None, description="One SELECT that gives the records, where a table is not enough."
    )
    map: dict[str, str] = Field(
        default_factory=dict,
        description="steplint's column: column of the table or query. An empty text leaves one out.",
    )
    preset: str | None = Field(
        default=None, description="Whose names the columns have, where that is not seen by itself."
    )
    kind: Literal["opportunity", "task", "plan_row"] = Field(default="opportunity", description="What a row is.")
    lookups: bool = Field(
        default=True,
        description="Owners, accounts and stages that a table has as ids are read from the tables beside it, where a known "
        "loader or CRM made them.",
    )
    naive_times: Literal["local", "utc"] = Field(
        default="local",
        description="What moments without a time zone are: times of the organisation's time zone, or of UTC.",
    )
    link: Annotated[str, Field(max_length=500)] | None = Field(
        default=None, description="Address of a record in the CRM, with {id} in it: https://crm.example.com/deals/{id}."
    )
    time_limit: float = Field(
        default=300, gt=0, le=86_400, description="Seconds that one statement may take; the database stops it then."
    )
    connect_timeout: int = Field(default=10, ge=1, le=300, description="Seconds to wait for a connection.")
    batch_rows: int = Field(default=10_000, ge=100, le=65_536, description="Rows that are fetched at a time.")

    @model_validator(mode="before")
    @classmethod
    def _one_of_two(cls, values: Any) -> Any:
        if isinstance(values, dict) and (values.get("table") is None) == (values.get("query") is None):
            raise ValueError("write one of table: and query:")
        return values

    @model_validator(mode="after")
    def _fit(self) -> SqlSettings:
        if self.table is not None and not _TABLE.fullmatch(self.table):
            raise ValueError("table: a name such as schema.table is expected; anything else goes into query:")
        if self.preset is not None and self.preset not in presets():
            raise ValueError(f"preset: known are {', '.join(presets())}")
        if self.link is not None and not re.fullmatch(r"https?://[^\s{}<>\"]*\{id\}[^\s{}<>\"]*", self.link):
            raise ValueError("link: an address with {id} in it is expected, https://crm.example.com/deals/{id}")
        return self
