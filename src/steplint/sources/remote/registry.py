"""From a name in the configuration to a source: which class, with checked settings, or which extra to install."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from pydantic import ValidationError

from steplint.errors import ConfigError, SourceError, UsageError, nearest
from steplint.plugins import outside_working_directory, points
from steplint.sources.remote.interface import Context, Source, SourceSettings

__all__ = ["API", "GROUP", "make_source", "source_types"]

API = 1
"""Version of the interface of sources. A plugin says which one it is written for: `STEPLINT_API = 1` in its module."""
GROUP = "steplint.sources"

#: Type → (module, class, extra that brings what it imports).
_SHIPPED = {
    "salesforce": ("steplint.sources.salesforce", "Salesforce", "salesforce"),
    "hubspot": ("steplint.sources.hubspot", "HubSpot", "hubspot"),
    "sql": ("steplint.sources.sql", "Sql", "sql"),
}


def source_types() -> tuple[str, ...]:
    """Every type that a source may have: the shipped ones and those of installed plugins."""
    with outside_working_directory() as path:
        return tuple(dict.fromkeys([*_SHIPPED, *(point.name for point in points(GROUP, path))]))


def make_source(
    name: str, sources: Mapping[str, Mapping[str, Any]], origins: Mapping[str, str], context: Context
) -> Source:
    """The source `name` of the configuration's `sources`; `origins` says where each of their keys stands.

    UsageError: no such source. ConfigError: no such type, or wrong settings. SourceError: its extra is not installed.
    """
    if name not in sources:
        close = nearest(name, sources)
        known = f"the configuration has {', '.join(sources)}" if sources else "no source is configured"
        hint = (
            f"did you mean {close}?" if close else f"{known}; write it below sources: and name the file with --config"
        )
        raise UsageError(f"there is no source “{name}”", hint=hint)
    settings = dict(sources[name])
    kind = settings.pop("type", None)
    known_types = source_types()
    if kind not in known_types:
        close = nearest(str(kind), known_types)
        hint = f"did you mean {close}?" if close else f"types are {', '.join(known_types)}"
        raise ConfigError(f"sources.{name}: type {kind!r} is not known", path=origins.get(f"sources.{name}"), hint=hint)
    found = _class(str(kind))
    return found(name, _checked(name, found.Settings, settings, origins), context)


def _class(kind: str) -> type[Source]:
    if kind in _SHIPPED:
        module, attribute, extra = _SHIPPED[kind]
        try:
            found = getattr(import_module(module), attribute)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("steplint"):
                raise
            raise SourceError(
                f"sources of type {kind} need the package {error.name}", hint=f"pip install 'steplint[{extra}]'"
            ) from None
    else:
        found = _plugin(kind)
    if not (isinstance(found, type) and issubclass(found, Source)):
        raise SourceError(f"plugin {kind} names no steplint.sources.remote.Source")
    return found


def _plugin(kind: str) -> Any:
    with outside_working_directory() as path:
        point = next(point for point in points(GROUP, path) if point.name == kind)
        try:
            found = point.load()
            version = getattr(import_module(found.__module__), "STEPLINT_API", None)
        except Exception as error:
            raise SourceError(f"plugin {kind} does not load: {type(error).__name__}: {error}") from None
    if version != API:
        raise SourceError(f"plugin {kind} is written for source interface {version}", hint=f"this steplint has {API}")
    return found


def _checked(
    name: str, model: type[SourceSettings], settings: Mapping[str, Any], origins: Mapping[str, str]
) -> SourceSettings:
    """Settings by their model. What is wrong is said without the value: it may be a secret in the wrong place."""
    try:
        return model.model_validate(settings)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        key = ".".join(map(str, first["loc"]))
        said = str(first["msg"]).removeprefix("Value error, ")
        hint = None
        if first["type"] == "extra_forbidden":
            said = "unknown key"
            close = nearest(str(first["loc"][-1]), model.model_fields)
            hint = f"did you mean {close}?" if close else f"keys are type, {', '.join(model.model_fields)}"
        top = f"sources.{name}.{first['loc'][0]}" if first["loc"] else f"sources.{name}"
        place = origins.get(top) or origins.get(f"sources.{name}")
        raise ConfigError(f"sources.{name}{'.' + key if key else ''}: {said}", path=place, hint=hint) from None
