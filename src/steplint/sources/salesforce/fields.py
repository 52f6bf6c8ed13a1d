"""What describe says of the fields of Salesforce."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from steplint.errors import SourceError
from steplint.records.schema import SCHEMA
from steplint.sources.salesforce.errors import Refused

if TYPE_CHECKING:
    from steplint.sources.salesforce.api import Api

__all__ = ["Describe", "Field", "as_column", "is_standard"]

#: Parts of paths that an org need not have: several currencies, record types, roles.
_NOT_EVERYWHERE = frozenset({"currencyisocode", "recordtype", "userrole", "laststagechangedate"})
#: What a parent that may be of several kinds (a task's What, say) shows of itself.
_SHARED = {"name": "string", "type": "string", "email": "email", "isactive": "boolean", "title": "string"}
#: Types of fields whose value is no single text.
_NO_TEXT = frozenset({"address", "location", "base64", "complexvalue"})
_TYPES = {
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us", "UTC"),
    **dict.fromkeys(("currency", "double", "percent", "int", "long"), pl.Float64()),
}


@dataclass(frozen=True)
class Field:
    """A field as the schema has it: its path in the schema's own letters, and its type there."""

    path: str
    type: str


class Describe:
    """The schema, as the user may see it. Objects are asked for when they are needed, each once."""

    def __init__(self, api: Api) -> None:
        self.name = api.name
        self._api = api
        self._known: dict[str, dict[str, Mapping[str, Any]] | None] = {}

    def fields(self, kind: str) -> dict[str, Mapping[str, Any]] | None:
        """Field name in lower case → what describe says of it; None: the user may not see the object at all."""
        if kind not in self._known:
            try:
                answer = self._api.json(f"{self._api.data}/sobjects/{kind}/describe")
                readable = [field for field in answer["fields"] if field["type"] not in _NO_TEXT]
                self._known[kind] = {str(field["name"]).lower(): field for field in readable}
            except Refused as error:
                if error.status not in (403, 404):
                    raise
                self._known[kind] = None
            except (KeyError, TypeError):
                raise SourceError(
                    f"{self.name}: Salesforce does not describe {kind}", hint="try again later; check api_version"
                ) from None
        return self._known[kind]

    def find(self, kind: str, path: str) -> Field | None:
        """The field at a path from `kind`; None where the user can read no such field."""
        *parents, last = path.lower().split(".")
        names: list[str] = []
        for parent in parents:
            link = next(
                (f for f in (self.fields(kind) or {}).values() if str(f.get("relationshipName")).lower() == parent),
                None,
            )
            if link is None:
                return None
            names.append(str(link["relationshipName"]))
            targets = link.get("referenceTo") or []
            if len(targets) != 1:
                shared = _SHARED.get(last) if parent == parents[-1] else None
                written = {"isactive": "IsActive"}.get(last, last.capitalize())
                return Field(".".join([*names, written]), shared) if shared else None
            kind = str(targets[0])
        found = (self.fields(kind) or {}).get(last)
        return Field(".".join([*names, str(found["name"])]), str(found["type"])) if found else None

    def names(self, kind: str) -> Iterable[str]:
        """The fields of an object, to guess which one was meant."""
        return [str(field["name"]) for field in (self.fields(kind) or {}).values()]


def is_standard(path: str) -> bool:
    """True for what every org has, so that only permissions can hide it."""
    return not path.endswith("__c") and not any(part in _NOT_EVERYWHERE for part in path.lower().split("."))


def as_column(column: str, field: Field) -> pl.Expr:
    """The texts of `field`, as pages have them, as the typed column `column`."""
    texts = pl.col(field.path)
    kind = _TYPES.get(field.type, pl.String())
    if isinstance(kind, pl.Boolean):
        # Boolean fields are never empty: null is a parent that is not there.
        typed = texts.replace_strict(["true", "false"], [True, False], default=None, return_dtype=pl.Boolean)
    elif isinstance(kind, pl.Date):
        typed = texts.str.to_date("%Y-%m-%d", strict=False)
    elif isinstance(kind, pl.Datetime):
        typed = moments(texts)
    elif isinstance(kind, pl.Float64):
        typed = texts.cast(pl.Float64, strict=False)
    elif isinstance(SCHEMA[column].dtype, pl.List) and field.type != "multipicklist":
        # One name, whatever signs are in it; nobody is known, where there is none.
        typed = pl.when(texts.is_null()).then(pl.lit([], dtype=pl.List(pl.String))).otherwise(pl.concat_list(texts))
    else:
        typed = texts
    return typed.alias(column)


def moments(texts: pl.Expr) -> pl.Expr:
    """`2026-01-12T09:00:00.000+0000` (REST) and `….000Z` (Bulk) as moments in UTC."""
    return texts.str.replace("Z$", "+0000").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", strict=False)
