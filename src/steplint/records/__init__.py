"""Canonical records: schema, header aliases, mapping, scope, organisation."""

from steplint.records.mapping import HeaderMap, map_headers, presets
from steplint.records.org import Org, Scope, default_stages, holiday_dates, stage_role
from steplint.records.prepare import prepare
from steplint.records.schema import DERIVED, KINDS, PROVENANCE, SCHEMA, STAGE_ROLES, Column, empty_frame
from steplint.records.scope import REASONS
from steplint.records.stream import REJECTED, Batch, RecordStream

__all__ = [
    "DERIVED",
    "KINDS",
    "PROVENANCE",
    "REASONS",
    "REJECTED",
    "SCHEMA",
    "STAGE_ROLES",
    "Batch",
    "Column",
    "HeaderMap",
    "Org",
    "RecordStream",
    "Scope",
    "default_stages",
    "empty_frame",
    "holiday_dates",
    "map_headers",
    "prepare",
    "presets",
    "stage_role",
]
