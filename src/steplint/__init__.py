"""steplint: a linter for CRM next steps. This module is the public Python API, and nothing else is.

Every name is imported when it is first used, so that `import steplint` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steplint.api import Severity, lint, parse, read
    from steplint.errors import SteplintError
    from steplint.rules.plugins import rule

__version__ = "0.1.0"
__all__ = ["Severity", "SteplintError", "__version__", "lint", "parse", "read", "rule"]

_HOMES = {
    "Severity": "api",
    "SteplintError": "errors",
    "lint": "api",
    "parse": "api",
    "read": "api",
    "rule": "rules.plugins",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
