"""Which parts a pull has and which columns its records will have, by what the key may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from steplint.errors import SourceError
from steplint.sources.hubspot.fields import Schema
from steplint.sources.hubspot.joining import Shape
from steplint.sources.hubspot.properties import PROPERTIES
from steplint.sources.remote.interface import Coverage, Part

__all__ = ["KINDS", "OWNERS", "Kind", "coverage_of", "notes_on", "parts_of", "wanted_properties"]

OWNERS = "owners"
_SENSITIVE = "give the key the scope crm.objects.deals.sensitive.read.v2"


@dataclass(frozen=True)
class Kind:
    """Records that deals link to: the part with the links, the properties that are read, and the columns they give."""

    links: str
    properties: tuple[str, ...]
    columns: Mapping[str, str]


KINDS = {
    "companies": Kind("company_links", ("name",), {"account": "name of the primary company"}),
    "contacts": Kind(
        "contact_links", ("firstname", "lastname", "email"), {"contacts": "firstname, lastname of contacts"}
    ),
    "meetings": Kind(
        "meeting_links",
        ("hs_meeting_start_time", "hs_meeting_outcome"),
        dict.fromkeys(("next_meeting", "last_meeting"), "hs_meeting_start_time of meetings"),
    ),
}
_OF_OWNERS = {
    "owner": "firstName, lastName of the owner",
    "owner_email": "email of the owner",
    "owner_active": "archived of the owner",
    "team": "team of the owner",
}


def wanted_properties(fields: Mapping[str, str], sees: Collection[str]) -> dict[str, str]:
    """Column → deal property. Where meetings themselves are seen, they tell of the next one."""
    wanted = {column: name for column, name in PROPERTIES.items() if name} | dict(fields)
    if "meetings" in sees and "next_meeting" not in fields:
        del wanted["next_meeting"]
    return wanted


def notes_on(
    source: str, wanted: Mapping[str, str], fields: Mapping[str, str], schema: Schema, required: Collection[str]
) -> list[str]:
    """What is to be said of properties in `fields` that are not there. SourceError: a `required` column's is not."""
    notes = []
    for column, name in wanted.items():
        if name in schema.readable:
            continue
        close = schema.nearest(name)
        said = f"deals have no property {name}{f'; did you mean {close}?' if close else ''}"
        if column in required and name in schema.hidden:
            raise SourceError(f"{source}: the key may not see the deal property {name}", hint=_SENSITIVE)
        if column in required:
            raise SourceError(f"{source}: {said}", hint=f"say which one: fields: {{{column}: …}}")
        if column in fields and name in schema.hidden:
            notes.append(f"{source}: fields.{column}: the key may not see {name}; {_SENSITIVE}")
        elif column in fields:
            notes.append(f"{source}: fields.{column}: {said}")
    return notes


def coverage_of(shape: Shape, wanted: Mapping[str, str], sees: Collection[str], history: bool) -> Coverage:
    """Columns that records will have, those that are hidden from the key, and those that HubSpot does not have."""
    step = shape.names["next_step"]
    columns = {column: name for column, name in shape.names.items() if column != "owner"}
    columns |= dict.fromkeys(("is_closed", "is_won"), f"stage ({shape.names['stage']})")
    hidden = [column for column, name in wanted.items() if name in shape.schema.hidden]
    if OWNERS not in sees or "owner" in hidden:
        hidden += _OF_OWNERS
    elif "owner" in shape.names:
        columns |= _OF_OWNERS
    for name, kind in KINDS.items():
        new = {column: said for column, said in kind.columns.items() if column not in shape.names}
        if name in sees:
            columns |= new
        else:
            hidden += new
    if history:
        columns |= {"previous_steps": f"history of {step}", "next_step_changed": f"history of {step}"}
    if shape.currency:
        columns.setdefault("currency", "companyCurrency of the account")
    hidden = [column for column in dict.fromkeys(hidden) if column not in columns]
    missing = [column for column in wanted if column not in columns and column not in hidden]
    return Coverage((*columns, *hidden, *missing), columns, tuple(hidden), tuple(missing))


def parts_of(shape: Shape, sees: Collection[str], history: bool) -> tuple[Part, ...]:
    """Deals first: what they link to is asked for by them."""
    parts = [Part("deals", ("id",))]
    if "owner" in shape.names:
        parts.append(Part(OWNERS, ("id",)))
    for name, kind in KINDS.items():
        if name in sees:
            parts += [Part(kind.links, ("deal", "id")), Part(name, ("id",))]
    if history:
        parts.append(Part("history", ("deal", "at", "place")))
    return tuple(parts)
