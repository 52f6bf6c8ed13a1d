"""The source of type salesforce: a survey of what may be read, its pages by REST or Bulk, and the records that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, cast

import polars as pl
from requests.adapters import BaseAdapter

from steplint.sources.remote.interface import Context, Page, Part, Plan, Source, SourceSettings
from steplint.sources.salesforce.api import Api
from steplint.sources.salesforce.bulk import bulk_pages
from steplint.sources.salesforce.login import PASSWORD_ENDS
from steplint.sources.salesforce.queries import RECORDS, identity
from steplint.sources.salesforce.records import Joining, frames
from steplint.sources.salesforce.rest import rest_pages
from steplint.sources.salesforce.settings import SalesforceSettings
from steplint.sources.salesforce.survey import Survey, look

__all__ = ["Salesforce"]

_KINDS = {"Opportunity": "opportunity", "Task": "task"}


class Salesforce(Source):
    """Opportunities or tasks of one org. Nothing is written there, but query jobs, which are deleted again."""

    Settings: ClassVar[type[SourceSettings]] = SalesforceSettings
    #: The network, where a test has put another in its place; no configuration can.
    transport: ClassVar[BaseAdapter | None] = None

    def __init__(self, name: str, settings: SourceSettings, context: Context) -> None:
        super().__init__(name, settings, context)
        self._settings = cast(SalesforceSettings, settings)
        self.api = Api(name, self._settings, context, self.transport)
        self._found: Survey | None = None

    def plan(self) -> Plan:
        """Log in, look at what the user may read, and count it: one call an object, and one a query."""
        if self._settings.auth == "password":
            self.context.notes.append(f"{self.name}: {PASSWORD_ENDS}")
        self._found = found = look(self.api, self._settings, self.context)
        parts = tuple(query.part for query in found.queries.values())
        known = identity(found.queries.values(), self.api.host)
        return Plan(parts, found.coverage, known, found.watermark, _KINDS[self._settings.object])

    def pages(self, part: Part, cursor: str | None) -> Iterator[Page]:
        """The pages of a part; a cursor is a nextRecordsUrl (REST), or `job:locator` (Bulk)."""
        query = self._surveyed.queries[part.name]
        if query.api == "bulk":
            return bulk_pages(self.api, query, self.context, cursor)
        return rest_pages(self.api, query, cursor)

    def records(self, parts: Mapping[str, pl.LazyFrame]) -> Iterator[pl.DataFrame]:
        """Records in the order in which Salesforce gave them, with moments in UTC."""
        found = self._surveyed
        sides = frozenset(found.names) - frozenset(found.columns)
        joining = Joining(found.columns, sides, self.api.host, self.context.as_of, self.context.timezone)
        return frames(parts[RECORDS], parts, joining)

    def close(self) -> None:
        """Let go of connections; the session at Salesforce ends by itself."""
        self.api.session.close()

    @property
    def _surveyed(self) -> Survey:
        assert self._found is not None, "plan() comes first"
        return self._found
