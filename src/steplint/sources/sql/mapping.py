"""Which column of a table or query is which column of a record."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from steplint.errors import SourceError, SteplintError
from steplint.records.mapping import NoNextStep, map_headers
from steplint.sources.sql.relation import Relation
from steplint.sources.sql.settings import SqlSettings

__all__ = ["Fields", "map_columns"]

_PRESETS = {"task": "tasks", "plan_row": "plan"}
#: Columns of names, which an id is none of. That of a stage, a pipeline or a type may well be its name, unless it is a number.
_NAMES = ("owner", "manager", "team", "account", "contacts")
_OFTEN_NAMES = ("stage", "pipeline", "record_type", "forecast_category", "currency")
_AN_ID = re.compile(r"(?:_id|Id|ID)(?:__value)?")
#: A loader of HubSpot has these as lists of ids.
_LISTS_OF_IDS = {"hubspot": ("contacts", "account")}


@dataclass(frozen=True)
class Fields:
    """`columns`: canonical column -> column of the relation. `ids`: the same for columns that hold ids where names belong, and
    are not read. `hidden`: canonical columns that this user may not read. `notes` say what was decided."""

    columns: dict[str, str]
    ids: dict[str, str]
    hidden: tuple[str, ...]
    notes: tuple[str, ...]


def map_columns(relation: Relation, settings: SqlSettings) -> Fields:
    """Find the canonical columns. SourceError: no next step, or a `map:` that does not fit."""
    preset = settings.preset or _PRESETS.get(settings.kind)
    forbidden = sorted(set(settings.map.values()) & set(relation.hidden))
    if forbidden:
        raise _forbidden(relation, forbidden[0])
    hidden = _hidden(relation, preset)
    try:
        found = map_headers(list(relation.types), preset=preset, overrides=settings.map)
    except NoNextStep as error:
        if "next_step" in hidden:
            raise _forbidden(relation, hidden["next_step"]) from None
        raise _retold(relation, error) from None
    except SteplintError as error:
        raise _retold(relation, error) from None
    columns: dict[str, str] = {}
    ids: dict[str, str] = {}
    for name, place in found.fields.items():
        column = found.headers[place]
        is_id = name not in settings.map and _holds_ids(relation, name, column, found.preset)
        (ids if is_id else columns)[name] = column
    return Fields(columns, ids, tuple(name for name in hidden if name not in columns), found.notes)


def _hidden(relation: Relation, preset: str | None) -> dict[str, str]:
    """Canonical columns that columns would be which this user may not read."""
    if not relation.hidden:
        return {}
    try:
        found = map_headers([*relation.types, *relation.hidden], preset=preset)
    except SteplintError:
        return {}
    names = {name: found.headers[place] for name, place in found.fields.items()}
    return {name: column for name, column in names.items() if column in relation.hidden}


def _holds_ids(relation: Relation, name: str, column: str, preset: str | None) -> bool:
    kind = relation.types[column]
    if name in _LISTS_OF_IDS.get(preset or "", ()) and isinstance(kind, sa.JSON | sa.ARRAY):
        return True
    if name in (*_NAMES, *_OFTEN_NAMES) and isinstance(kind, sa.Integer):
        return True
    return name in _NAMES and bool(_AN_ID.search(column))


def _forbidden(relation: Relation, column: str) -> SourceError:
    what, right = (column, f"SELECT ({column})") if relation.types else ("it", "SELECT")
    hint = f"GRANT {right} ON {relation.name} TO this user"
    return SourceError(f"{relation.name}: this user may not read {what}", hint=hint)


def _retold(relation: Relation, error: SteplintError) -> SourceError:
    """What is said of a file's headers and of --map, said of columns and of map:."""
    message = error.message.replace("--map: ", "map: ").replace("header", "column")
    hint = re.sub(r"--map (\w+)=(.*)", r"map: {\1: \2}", error.hint or "").replace("header", "column")
    return SourceError(f"{relation.name}: {message}", hint=hint.replace("'Header'", "COLUMN") or None)
