"""Configuration: models, discovery, and where each value comes from."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steplint.config.loader import discover, load
    from steplint.config.origins import explain, explain_rule, schemas
    from steplint.config.settings import DEFAULTS, FAIL_ON, Settings, choice, override, to_org

__all__ = [
    "DEFAULTS",
    "FAIL_ON",
    "Settings",
    "choice",
    "discover",
    "explain",
    "explain_rule",
    "load",
    "override",
    "schemas",
    "to_org",
]

_HOMES = {
    "loader": ("discover", "load"),
    "origins": ("explain", "explain_rule", "schemas"),
    "settings": ("DEFAULTS", "FAIL_ON", "Settings", "choice", "override", "to_org"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
