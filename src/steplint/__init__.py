"""steplint: a linter for CRM next steps. This module is the public Python API, and nothing else is.

Every name is imported when it is first used, so that `import steplint` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from steplint.lazy import attributes

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

__getattr__ = attributes(__name__, _HOMES)
