"""Settings as plain data with defaults: a run without a configuration file needs no model and no parser."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steplint.errors import ConfigError

if TYPE_CHECKING:
    from steplint.records.org import Org
    from steplint.rules.selection import Choice

__all__ = ["DEFAULTS", "FAIL_ON", "WEEKDAYS", "Settings", "choice", "override", "to_org"]

FAIL_ON = ("error", "warning", "info", "never")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Settings:
    """What a configuration file may set. `origins` says of each key where its value comes from ("steplint.yaml:3")."""

    profile: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    rule_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    preview: bool = False
    exclude: tuple[str, ...] = ()
    per_path: Mapping[str, Sequence[str]] = field(default_factory=dict)
    per_record: tuple[Mapping[str, Any], ...] = ()
    suppressions: str | None = None
    baseline: str | None = None
    mandatory: tuple[str, ...] = ()
    fail_on: str = "warning"
    scope: Mapping[str, Any] = field(default_factory=dict)
    stages: tuple[tuple[str, str], ...] = ()
    holidays: tuple[str, ...] = ()
    workweek: tuple[int, ...] = (0, 1, 2, 3, 4)
    fiscal_start: int = 1
    timezone: str | None = None
    date_order: str = "auto"
    text_limit: int = 255
    lexicon: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    map: Mapping[str, str] = field(default_factory=dict)
    preset: str | None = None
    source_name: str | None = None
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    path: Path | None = None
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)


DEFAULTS = Settings()


def override(settings: Settings, origin: str = "command line", **values: Any) -> Settings:
    """Settings with the values that are given (not None, not empty), and `origin` as where they come from."""
    given = {name: value for name, value in values.items() if value is not None and value not in ((), {})}
    if not given:
        return settings
    origins = {**settings.origins, **dict.fromkeys(given, origin)}
    return dataclasses.replace(settings, **given, origins=origins)


def choice(settings: Settings) -> Choice:
    """What the settings say about rules: the layer below the command line in `rules.select(…, config=…)`."""
    from steplint.rules.selection import Choice

    return Choice(
        profile=settings.profile,
        select=settings.select,
        ignore=settings.ignore,
        extend_select=settings.extend_select,
        severity=settings.severity,
        options=settings.rule_options,
        preview=settings.preview,
        error=ConfigError,
        origins={**settings.origins, "options": settings.origins.get("rule_options", "")},
    )


def to_org(settings: Settings) -> Org:
    """The organisation that the settings describe, as records and engine want it."""
    from steplint.records.org import Org, Scope

    return Org(
        stages=settings.stages,
        holidays=settings.holidays,
        workweek=settings.workweek,
        fiscal_start=settings.fiscal_start,
        timezone=settings.timezone or Org.timezone,
        text_limit=settings.text_limit,
        date_order=settings.date_order,
        scope=Scope(**settings.scope),
    )
