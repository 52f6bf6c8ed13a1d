"""The one door to Salesforce's records: what may be written there is a closed list, whatever a configuration says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

__all__ = ["STANDARD", "body"]

#: (object, action) → Salesforce's own fields that it writes. All others are custom fields.
STANDARD = {
    ("Task", "create"): ("Subject", "Description", "OwnerId", "WhatId", "ActivityDate"),
    ("Task", "close"): ("Status",),
}


def body(kind: str, action: str, values: Mapping[str, Any], custom: Collection[str]) -> dict[str, Any]:
    """One record of `kind` as the API takes it, with `values` by field; `id` names the record and is no field.

    `custom` are the custom fields that the configuration names and describe has confirmed. RuntimeError: there is another field.
    That is never a user's mistake, and nothing is sent.
    """
    allowed = {name for name in custom if name.endswith("__c")}.union(STANDARD.get((kind, action), ()))
    allowed |= set() if action == "create" else {"id"}
    if strange := sorted(set(values) - allowed):
        raise RuntimeError(f"to {action}, steplint never writes {', '.join(strange)} of a {kind}")
    return {"attributes": {"type": kind}, **values}
