"""Pages of a query by Bulk API 2.0: a job that Salesforce works on, and its result in pieces of CSV."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import polars as pl
import requests

from steplint.errors import SourceError
from steplint.sources.remote.interface import Context, CursorLost, Page
from steplint.sources.salesforce.api import Api
from steplint.sources.salesforce.errors import NotWhole, Refused
from steplint.sources.salesforce.queries import Query

__all__ = ["bulk_pages"]

#: Rows of a page: few enough to be held in memory, also where texts are long; many enough to be few calls.
_ROWS = 20_000
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 20.0
#: Seconds before the deadline at which a job that is not done is called off.
_RESERVE = 15.0


def bulk_pages(api: Api, query: Query, context: Context, cursor: str | None) -> Iterator[Page]:
    """The pages of `query` from `cursor` (`job:locator`) on; CursorLost where the job is gone.

    The first page is empty: its cursor keeps the job's name, so that a run that was killed waits for the same job.
    """
    if cursor is None:
        cursor = f"{_created(api, query)}:"
        yield Page(pl.DataFrame(schema=dict.fromkeys(query.fields, pl.String)), cursor)
    job, _, locator = cursor.partition(":")
    try:
        total = _done(api, context, job)
        while True:
            page, locator = _results(api, query, job, locator)
            yield Page(page, f"{job}:{locator}" if locator else None, total)
            if not locator:
                break
    except Refused as error:
        if error.status == 404 or "LOCATOR" in error.code:
            raise CursorLost(error.code) from None
        raise
    _forget(api, job)


def _created(api: Api, query: Query) -> str:
    """The name of a new job."""
    asked = {
        "operation": "query",
        "query": query.soql,
        "contentType": "CSV",
        "columnDelimiter": "COMMA",
        "lineEnding": "LF",
    }
    job = api.json(f"{api.data}/jobs/query", method="POST", json=asked).get("id")
    if not (isinstance(job, str) and job.isalnum()):
        raise SourceError(f"{api.name}: Salesforce made no query job", hint="try again, or set api: rest")
    return job


def _done(api: Api, context: Context, job: str) -> int | None:
    """Wait until a job is done: the number of its rows."""
    wait = _FIRST_WAIT
    while True:
        answer = api.json(f"{api.data}/jobs/query/{job}")
        state = answer.get("state")
        if state == "JobComplete":
            number = answer.get("numberRecordsProcessed")
            return number if isinstance(number, int) else None
        if state in ("Failed", "Aborted"):
            _forget(api, job)
            said = context.secrets.scrub(" ".join(str(answer.get("errorMessage") or "it does not say why").split()))[
                :300
            ]
            raise SourceError(f"{api.name}: Salesforce's query job has ended as {state}: {said}", hint="try api: rest")
        if api.session.left < wait + _RESERVE:
            _call_off(api, job)
            raise SourceError(
                f"{api.name}: Salesforce's query job is not done after {api.session.network.deadline:g} s",
                hint="raise network.deadline of the source, or ask for less with record_types:",
            )
        context.sleep(wait)
        wait = min(wait * 1.5, _LONGEST_WAIT)


def _results(api: Api, query: Query, job: str, locator: str) -> tuple[pl.DataFrame, str]:
    """One piece, and the locator of the next one: empty after the last."""
    params = {"maxRecords": str(_ROWS), **({"locator": locator} if locator else {})}

    def parse(response: requests.Response) -> tuple[pl.DataFrame, str]:
        following = response.headers.get("Sforce-Locator", "").strip()
        following = "" if following == "null" else following
        if following and following == locator:
            raise NotWhole("another page")
        return _rows(response, query), following

    return api.read(f"{api.data}/jobs/query/{job}/results", parse, params=params)


def _rows(response: requests.Response, query: Query) -> pl.DataFrame:
    """A piece of CSV, all of it text, nothing as null; NotWhole where it has other rows or columns than it should."""
    told = response.headers.get("Sforce-NumberOfRecords", "")
    empty = pl.DataFrame(schema=dict.fromkeys(query.fields, pl.String))
    try:
        rows = pl.read_csv(response.content, infer_schema=False) if response.content.strip() else empty
    except pl.exceptions.PolarsError:
        raise NotWhole("no CSV") from None
    if rows.columns != list(query.fields):
        raise NotWhole("other columns")
    if told.isdecimal() and int(told) != rows.height:
        raise NotWhole("other rows")
    rows = rows.with_columns(pl.all().replace("", None))
    # Id comes last: where a row was cut off, it is missing.
    if rows["Id"].null_count():
        raise NotWhole("cut off")
    return rows


def _call_off(api: Api, job: str) -> None:
    """Tell Salesforce to stop; whether that works or not."""
    with suppress(SourceError):
        api.call("PATCH", f"{api.data}/jobs/query/{job}", json={"state": "Aborted"})


def _forget(api: Api, job: str) -> None:
    """Have Salesforce delete a result, which it would keep for days; whether that works or not."""
    with suppress(SourceError):
        api.call("DELETE", f"{api.data}/jobs/query/{job}")
