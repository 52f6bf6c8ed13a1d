"""Writing findings back to Salesforce, where a configuration asks for it: by composite collections, whose failures are told one
by one. Next step, stage, close date and amount are never written (see guard)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, cast

import requests

from steplint.errors import ConfigError, SourceError, nearest
from steplint.records.mapping import column_of
from steplint.sources.remote.interface import Source
from steplint.sources.remote.writing import Changes, Found, Outcome, Proposal, Writer
from steplint.sources.salesforce.columns import COLUMNS
from steplint.sources.salesforce.errors import NotWhole
from steplint.sources.salesforce.fields import Describe
from steplint.sources.salesforce.guard import STANDARD, body
from steplint.sources.salesforce.settings import SalesforceSettings
from steplint.sources.salesforce.source import Salesforce
from steplint.sources.salesforce.write_fields import NUMBERS, Own, propose_fields
from steplint.sources.salesforce.write_settings import SalesforceWriteBack
from steplint.sources.salesforce.write_tasks import propose_tasks

__all__ = ["SalesforceWriter"]

_KEY_LENGTH = 20
_LONGEST = 300
#: What another user's or automation's write at the same moment leads to.
_PASSING = ("UNABLE_TO_LOCK_ROW",)
#: What is written → types of the custom field, as describe calls them.
_TYPES = {"key_field": ("string",), "level": (*NUMBERS, "string"), "codes": ("string", "textarea")}


class SalesforceWriter(Writer):
    """Writes to the org of a Salesforce source, with its session."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._api = cast(Salesforce, source).api
        self._source = cast(SalesforceSettings, source.settings)
        self._describe = Describe(self._api)
        self._own: dict[str, Own] = {}

    @property
    def settings(self) -> SalesforceWriteBack:
        if self._source.write_back is None:
            raise ConfigError(
                f"sources.{self.source.name} has no write_back:",
                hint="say there whether tasks or fields are written, and for which findings",
            )
        return self._source.write_back

    def check(self) -> None:
        """ConfigError, or SourceError that says what to create or to grant."""
        back = self.settings
        if back.task:
            if self._source.object != "Opportunity":
                raise ConfigError(
                    f"sources.{self.source.name}.write_back.task: tasks are made for opportunities, not for tasks",
                    hint="use field:",
                )
            standard = (*STANDARD["Task", "create"], *(STANDARD["Task", "close"] if back.task.close_resolved else ()))
            for name in standard:
                self._writable("Task", name)
            self._own["key_field"] = self._custom("Task", "key_field", back.task.key_field)
        if back.field:
            for what, own in (("level", back.field.level), ("codes", back.field.codes)):
                if own is not None:
                    self._own[what] = self._custom(self._source.object, what, own)

    def propose(self, found: Found) -> Proposal:
        back = self.settings
        if back.task:
            named = back.task.model_copy(update={"key_field": self._own["key_field"].name})
            return propose_tasks(self._api, self._describe, named, back.most, found)
        return propose_fields(self._api, self._source.object, self._own, found)

    def send(self, changes: Changes, rows: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        custom = [own.name for own in self._own.values()]
        path = f"{self._api.data}/composite/sobjects"
        named: tuple[str, ...] = ("id",)
        if changes.action == "create":
            # By its key a task is made, or, where an answer was lost, written once more as it is.
            path, named = f"{path}/{changes.object}/{self._own['key_field'].name}", ()
        records = [
            body(changes.object, changes.action, {name: row[name] for name in (*named, *changes.fields)}, custom)
            for row in rows
        ]
        answers = self._api.read(
            path, partial(_results, len(rows)), method="PATCH", json={"allOrNone": False, "records": records}
        )
        return [self._outcome(changes, row, answer) for row, answer in zip(rows, answers, strict=True)]

    def _outcome(self, changes: Changes, row: Mapping[str, Any], answer: Mapping[str, Any]) -> Outcome:
        if answer["success"]:
            return Outcome.of(changes, row, "written", id=str(answer.get("id") or row["id"]))
        errors = answer.get("errors")
        first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
        said = " ".join(str(first.get("message") or "").split())[:_LONGEST]
        code = str(first.get("statusCode") or "UNKNOWN_EXCEPTION")
        scrub = self.source.context.secrets.scrub
        return Outcome.of(changes, row, "failed", code=scrub(code), message=scrub(said), passing=code in _PASSING)

    def _writable(self, kind: str, name: str) -> Mapping[str, Any]:
        """What describe says of a field that the user may write."""
        fields = self._describe.fields(kind)
        if fields is None:
            raise SourceError(
                f"{self.source.name}: the user cannot see the object {kind}", hint=f"give the user access to {kind}"
            )
        known = fields.get(name.lower())
        if known is None:
            close = nearest(name, self._describe.names(kind))
            where = "Activity" if kind == "Task" else kind
            raise SourceError(
                f"{self.source.name}: {kind} shows no field {name}",
                hint=f"create it on {where}, or let the user see it{f'; did you mean {close}?' if close else ''}",
            )
        if not known.get("updateable") or not known.get("createable", True):
            raise SourceError(
                f"{self.source.name}: the user may not write {kind}.{known['name']}",
                hint="give the user edit access (field-level security)",
            )
        return known

    def _custom(self, kind: str, what: str, name: str) -> Own:
        """A custom field that may take what steplint writes. ConfigError: it holds something of the deal."""
        known = self._writable(kind, name)
        place = f"sources.{self.source.name}.write_back: {kind}.{known['name']}"
        read = column_of(str(known.get("label") or "")) or _read_into(self._source, name)
        if read:
            raise ConfigError(
                f"{place} is read as {read}; steplint never writes what it judges", hint="make another field"
            )
        if not known.get("custom") or known.get("calculated"):
            raise ConfigError(f"{place} is no custom field of its own", hint="make one")
        if known.get("type") not in _TYPES[what] or not known.get("filterable", True):
            kinds = "Number or Text" if what == "level" else "Text"
            raise ConfigError(f"{place} is a field of type {known.get('type')}", hint=f"make a field of type {kinds}")
        if what == "key_field":
            if not known.get("externalId") or known.get("unique") is False:
                raise ConfigError(
                    f"{place} must be an external id, and unique", hint="tick both in the field's settings"
                )
            if int(known.get("length") or 0) < _KEY_LENGTH:
                raise ConfigError(f"{place} is too short for a key", hint=f"make it {_KEY_LENGTH} characters long")
        return Own(str(known["name"]), str(known["type"]), int(known.get("length") or 0))


def _read_into(source: SalesforceSettings, name: str) -> str | None:
    """The column that a field is read into."""
    read: Collection[tuple[str, str]] = {**COLUMNS[source.object], **source.fields}.items()
    return next((column for column, path in read if path.lower() == name.lower()), None)


def _results(count: int, response: requests.Response) -> list[dict[str, Any]]:
    """The answer to `count` writes, in their order. NotWhole: it is no such answer."""
    try:
        found = json.loads(response.content)
    except ValueError:
        raise NotWhole("no JSON") from None
    whole = isinstance(found, list) and len(found) == count
    if not whole or not all(isinstance(one, dict) and isinstance(one.get("success"), bool) for one in found):
        raise NotWhole("not an answer for each record")
    return cast(list[dict[str, Any]], found)
