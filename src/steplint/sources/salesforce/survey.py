"""Before a pull: which columns the user may read, and which queries give them, each counted once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from steplint.errors import SourceError, nearest
from steplint.sources.remote.interface import Context, Coverage, Part
from steplint.sources.salesforce.api import Api
from steplint.sources.salesforce.columns import COLUMNS
from steplint.sources.salesforce.errors import Refused
from steplint.sources.salesforce.fields import Describe, Field, is_standard
from steplint.sources.salesforce.queries import RECORDS, SIDES, Query, Side, record_conditions, side_conditions
from steplint.sources.salesforce.settings import SalesforceSettings

__all__ = ["Survey", "look"]

#: Refusals of a side's query that mean: this user, or this org, has no such thing.
_NOT_HERE = frozenset({"INVALID_FIELD", "INVALID_TYPE", "MALFORMED_QUERY", "INSUFFICIENT_ACCESS"})


@dataclass
class Survey:
    """`queries` by the name of their part, `columns` of the records themselves by their field. `names`: what is covered, and
    where it is read from. `watermark`: Salesforce's time before anything was counted."""

    asked: tuple[str, ...]
    queries: dict[str, Query] = field(default_factory=dict)
    columns: dict[str, Field] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    watermark: datetime | None = None

    @property
    def coverage(self) -> Coverage:
        return Coverage(self.asked, {"id": "Id", **self.names}, tuple(self.hidden), tuple(self.missing))


def look(api: Api, settings: SalesforceSettings, context: Context) -> Survey:
    """Describe, decide, count. SourceError where the next step, or the object itself, cannot be read."""
    wanted = {**COLUMNS[settings.object], **settings.fields}
    sides = [side for side in SIDES if settings.object == side.of and side.setting_in(settings) != "off"]
    found = Survey(tuple(dict.fromkeys([*wanted, *(column for side in sides for column in side.columns)])))
    describe = Describe(api)
    main = _main_query(describe, settings, context, wanted, found)
    found.watermark = api.server_now
    found.queries[RECORDS] = _by_count(main, _count(api, main, settings, context), settings)
    for side in sides:
        _add_side(api, side, describe, settings, context, found)
    return found


def _main_query(
    describe: Describe, settings: SalesforceSettings, context: Context, wanted: dict[str, str], found: Survey
) -> Query:
    kind, name = settings.object, describe.name
    if describe.fields(kind) is None:
        raise SourceError(f"{name}: the user cannot see the object {kind}", hint=f"give the user read access to {kind}")
    for column, path in wanted.items():
        known = describe.find(kind, path)
        if known is not None:
            found.columns[column] = known
            found.names[column] = known.path
            continue
        if column == "next_step":
            raise SourceError(
                f"{name}: the next step cannot be read: {kind} shows no field {path}", hint=_grant(describe, kind, path)
            )
        # What every org has is hidden; of other fields nobody can tell.
        (found.hidden if is_standard(path) else found.missing).append(column)
        if column in settings.fields:
            note = f"{name}: {column} is left out: {kind} shows no field {path}; {_grant(describe, kind, path)}"
            context.notes.append(note)
    record_type = describe.find(kind, "RecordType.Name")
    if settings.record_types and record_type is None:
        raise SourceError(f"{name}: {kind} shows no record types", hint="take record_types: out of the source")
    paths = dict.fromkeys(known.path for known in found.columns.values() if known.path != "Id")
    return Query(Part(RECORDS, ("Id",)), kind, (*paths, "Id"), record_conditions(settings, context))


def _add_side(
    api: Api, side: Side, describe: Describe, settings: SalesforceSettings, context: Context, found: Survey
) -> None:
    """The query of a side, where the user may ask it and there is something to it."""
    columns = {column: path for column, path in side.columns.items() if column not in found.columns}
    if side.after is not None and side.after not in found.queries:
        # Without events nobody knows of invitations either, and for the same reason.
        unknown = next(other for other in SIDES if other.name == side.after)
        (found.missing if set(unknown.columns) <= set(found.missing) else found.hidden).extend(columns)
        return
    if any(describe.find(side.object, path) is None for path in side.fields):
        found.hidden.extend(columns)
        return
    conditions = side_conditions(side, settings, context, found.columns["next_step"].path)
    query = Query(Part(side.name, ("Id",)), side.object, side.fields, conditions)
    try:
        count = _count(api, query, settings, context)
    except Refused as error:
        if error.code not in _NOT_HERE:
            raise
        found.hidden.extend(columns)
        context.notes.append(f"{describe.name}: {', '.join(columns)} left out: {side.object}: {error.code}")
        return
    if not count and side.setting_in(settings) == "auto":
        # Nobody has any: they are kept elsewhere, or not tracked. That is not the same as there being none.
        found.missing.extend(columns)
        return
    found.queries[side.name] = _by_count(query, count, settings)
    found.names |= columns


def _count(api: Api, query: Query, settings: SalesforceSettings, context: Context) -> int:
    try:
        answer = api.json(f"{api.data}/query/", params={"q": query.count})
        count = int(answer["totalSize"])
    except Refused as error:
        if error.code != "QUERY_TIMEOUT":
            raise
        count = settings.bulk_from  # too many to be counted in time
    except (KeyError, TypeError, ValueError):
        raise SourceError(f"{api.name}: Salesforce does not say how many {query.object} there are") from None
    context.log.write("counted", part=query.part.name, count=count)
    return count


def _by_count(query: Query, count: int, settings: SalesforceSettings) -> Query:
    bulk = settings.api == "bulk" or (settings.api == "auto" and count >= settings.bulk_from)
    return replace(query, api="bulk" if bulk else "rest")


def _grant(describe: Describe, kind: str, path: str) -> str:
    close = nearest(path, describe.names(kind))
    guess = f"; did you mean {close}?" if close else ""
    return f"give the user read access to {kind}.{path} (field-level security){guess}"
