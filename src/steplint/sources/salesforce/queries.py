"""Which queries make a pull: one of the records, and one for each thing that hangs on them, as SOQL."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from simple_salesforce.format import quote_soql_value

from steplint.sources.remote.interface import Context, Part
from steplint.sources.remote.spool import FRESH
from steplint.sources.salesforce.settings import SalesforceSettings

__all__ = ["RECORDS", "SIDES", "Query", "Side", "identity", "record_conditions", "side_conditions"]

#: The part that has the records themselves.
RECORDS = "records"
#: What changed in the hours before `since` is asked for again: a pull that was gone on with began so much earlier.
_OVERLAP = FRESH + timedelta(minutes=10)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Query:
    """The rows of a part: `fields` (paths, all of them checked against the schema) of `object` where the conditions hold.

    Id is the last of the fields: a row of CSV that was cut off lacks it.
    """

    part: Part
    object: str
    fields: tuple[str, ...]
    conditions: tuple[str, ...]
    api: str = "rest"  # or bulk
    deleted: bool = False  # by REST: also what lies in the recycle bin, or is archived

    @property
    def soql(self) -> str:
        return f"SELECT {', '.join(self.fields)}{self._rest}"

    @property
    def count(self) -> str:
        return f"SELECT COUNT(){self._rest}"

    @property
    def _rest(self) -> str:
        return f" FROM {self.object}{' WHERE ' if self.conditions else ''}{' AND '.join(self.conditions)}"


@dataclass(frozen=True)
class Side:
    """Rows that hang on records: where they are, what is read, and which columns they make (column → path)."""

    name: str
    object: str
    fields: tuple[str, ...]
    columns: dict[str, str]
    setting: str | None = None  # the key of the settings that switches it off
    after: str | None = None  # the side that its rows hang on, where it is not the record itself
    of: str = "Opportunity"

    def setting_in(self, settings: SalesforceSettings) -> str:
        """What the settings say of it."""
        return str(getattr(settings, self.setting)) if self.setting else "always"


SIDES = (
    Side(
        "contacts",
        "OpportunityContactRole",
        ("OpportunityId", "ContactId", "Contact.Name", "IsPrimary", "Id"),
        {"contacts": "OpportunityContactRole.Contact.Name"},
    ),
    Side(
        "events",
        "Event",
        ("WhatId", "StartDateTime", "ActivityDate", "IsAllDayEvent", "Id"),
        {"next_meeting": "Event.StartDateTime", "last_meeting": "Event.StartDateTime"},
        "meetings",
    ),
    Side(
        "invites",
        "EventRelation",
        ("EventId", "Status", "Id"),
        {"invite": "EventRelation.Status"},
        "meetings",
        after="events",
    ),
    Side(
        "history",
        "OpportunityFieldHistory",
        ("OpportunityId", "OldValue", "CreatedDate", "Id"),
        {
            "next_step_changed": "OpportunityFieldHistory.CreatedDate",
            "previous_steps": "OpportunityFieldHistory.OldValue",
        },
        "history",
    ),
)


def record_conditions(settings: SalesforceSettings, context: Context) -> tuple[str, ...]:
    """The conditions of the records themselves."""
    conditions = _open(settings, context, "")
    if settings.record_types:
        conditions += (f"RecordType.Name IN {quote_soql_value(settings.record_types)}",)
    return conditions


def _open(settings: SalesforceSettings, context: Context, parent: str) -> tuple[str, ...]:
    """Open records, and those changed of late; of rows that hang on them, by way of `parent`."""
    if settings.closed:
        return ()
    if context.since is None:
        return (f"{parent}IsClosed = false",)
    return (f"({parent}IsClosed = false OR {parent}SystemModstamp >= {_moment(context.since - _OVERLAP)})",)


def side_conditions(side: Side, settings: SalesforceSettings, context: Context, next_step: str) -> tuple[str, ...]:
    """Which rows of a side are wanted. `next_step`: the API name of the field whose history is read."""
    today = datetime(context.as_of.year, context.as_of.month, context.as_of.day, tzinfo=UTC)
    if side.name == "events":
        # IsChild: each invited user's own copy of the event.
        since = _moment(today - timedelta(days=settings.past_days) - _A_DAY)
        return ("What.Type = 'Opportunity'", "IsChild = false", f"StartDateTime >= {since}")
    if side.name == "invites":
        # A day before, because the day begins at another time elsewhere.
        later = f"Event.StartDateTime >= {_moment(today - _A_DAY)}"
        return ("IsInvitee = true", "Relation.Type IN ('Contact','Lead')", later)
    conditions = _open(settings, context, "Opportunity.")
    if side.name == "history":
        return (f"Field = {quote_soql_value(next_step)}", *conditions)
    return conditions


def identity(queries: Iterable[Query], host: str) -> str:
    """What pages of another pull would not fit with."""
    return json.dumps([host, *((query.part.name, query.api, query.soql) for query in queries)])


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
