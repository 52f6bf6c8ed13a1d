"""Which properties of deals an account has, and which of them the key may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from steplint.errors import nearest
from steplint.sources.hubspot.api import Api, Forbidden, rows_of

__all__ = ["Schema", "read_schema"]

_SENSITIVE = ("sensitive", "highly_sensitive")


@dataclass(frozen=True)
class Schema:
    """Properties of deals: those that can be read, with their definitions; `hidden` ones exist, and the key may not see them."""

    readable: Mapping[str, Mapping[str, Any]]
    hidden: frozenset[str]

    def nearest(self, name: str) -> str | None:
        """The property that was most likely meant."""
        return nearest(name, self.readable)

    def labels(self, name: str) -> dict[str, str]:
        """Value → label of a property that is a choice among options."""
        definition = self.readable[name]
        if definition.get("type") != "enumeration" or not isinstance(definition.get("options"), list):
            return {}
        options = (option for option in definition["options"] if isinstance(option, dict))
        return {str(option["value"]): str(option["label"]) for option in options if {"value", "label"} <= option.keys()}

    def is_owner(self, name: str) -> bool:
        """Whether the property's values are ids of owners."""
        return self.readable[name].get("referencedObjectType") == "OWNER"


def read_schema(api: Api, wanted: Iterable[str]) -> Schema:
    """What the account says of the `wanted` properties.

    Sensitive properties are listed apart; whoever may not read their values still sees their names there, so one page of deals
    tells whether the values come.
    """
    readable = _definitions(api, {})
    others = sorted(set(wanted) - readable.keys())
    sensitive: dict[str, Mapping[str, Any]] = {}
    for level in _SENSITIVE if others else ():
        try:
            sensitive |= _definitions(api, {"dataSensitivity": level})
        except Forbidden:
            continue
    asked = [name for name in others if name in sensitive]
    if not asked:
        return Schema(readable, frozenset())
    sample = rows_of(api.get("objects", "deals", limit=100, properties=",".join(asked)))
    given = {name for deal in sample for name in deal.get("properties") or ()}
    return Schema(
        {**readable, **{name: sensitive[name] for name in asked if name in given}}, frozenset(asked).difference(given)
    )


def _definitions(api: Api, query: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    return {str(row.get("name")): row for row in rows_of(api.get("properties", "deals", **query))}
