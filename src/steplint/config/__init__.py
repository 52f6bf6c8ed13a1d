"""Configuration: models, discovery, and where each value comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from steplint.lazy import attributes

if TYPE_CHECKING:
    from steplint.config.exceptions import check_selectors, exclusion, path_exemptions, record_exemptions
    from steplint.config.loader import NAMES, discover, here, load
    from steplint.config.origins import explain, explain_rule, schemas
    from steplint.config.settings import DEFAULTS, FAIL_ON, Settings, choice, override, to_org

__all__ = [
    "DEFAULTS",
    "FAIL_ON",
    "NAMES",
    "Settings",
    "check_selectors",
    "choice",
    "discover",
    "exclusion",
    "explain",
    "explain_rule",
    "here",
    "load",
    "override",
    "path_exemptions",
    "record_exemptions",
    "schemas",
    "to_org",
]

_HOMES = {
    "exceptions": ("check_selectors", "exclusion", "path_exemptions", "record_exemptions"),
    "loader": ("NAMES", "discover", "here", "load"),
    "origins": ("explain", "explain_rule", "schemas"),
    "settings": ("DEFAULTS", "FAIL_ON", "Settings", "choice", "override", "to_org"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__getattr__ = attributes(__name__, _HOME)
