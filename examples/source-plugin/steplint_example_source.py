"""A source of one's own: the deals of a CRM whose JSON API gives them page by page.

GET /deals?after=17  →  {"total": 230, "next": "42", "deals": [{"id": 18, "title": …, "todo": …, "rep": …, "due": …}]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from steplint.errors import SourceError
from steplint.sources.remote import Coverage, Page, Part, Plan, SecretRef, Source, SourceSettings
from steplint.sources.remote.http import Network, Session

STEPLINT_API = 1

#: Column of records → name in the CRM.
NAMES = {"id": "id", "name": "title", "owner": "rep", "next_step": "todo", "due_date": "due", "stage": "phase"}
DEALS = Part("deals", key=("id",))


class AcmeSettings(SourceSettings):
    """What stands below the source's name in the configuration."""

    address: str
    token: SecretRef
    network: Network = Network()


class Acme(Source):
    """One part, one kind of page."""

    Settings = AcmeSettings
    settings: AcmeSettings

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.session = Session(self.settings.network, self.context)

    def plan(self) -> Plan:
        """Nothing has to be looked up here: the API has one shape."""
        token = self.context.secrets.get(self.settings.token, f"token of {self.name}")
        self.session.headers["Authorization"] = f"Bearer {token}"
        return Plan((DEALS,), Coverage(tuple(NAMES), NAMES), identity=self.settings.address)

    def pages(self, part: Part, cursor: str | None) -> Iterator[Page]:
        """From a cursor on, until the API names no next one."""
        while True:
            answer = self.session.get(f"{self.settings.address}/{part.name}", params={"after": cursor or "0"})
            if answer.status_code != 200:
                raise SourceError(f"{self.name}: the CRM answers {answer.status_code}", hint="check address and token")
            page = answer.json()
            schema = dict.fromkeys(NAMES.values(), pl.String)
            rows = (
                pl.from_dicts(page["deals"], schema_overrides=schema) if page["deals"] else pl.DataFrame(schema=schema)
            )
            cursor = page["next"]
            yield Page(rows.select(list(NAMES.values())).cast(pl.String), cursor, page["total"])
            if cursor is None:
                return

    def records(self, parts: Mapping[str, pl.LazyFrame]) -> Iterator[pl.DataFrame]:
        """The rows under the names of records."""
        yield parts["deals"].select(pl.col(name).alias(column) for column, name in NAMES.items()).collect()

    def close(self) -> None:
        """Let go of the connection."""
        self.session.close()
