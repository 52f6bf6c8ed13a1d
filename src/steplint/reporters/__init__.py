"""Output formats: one module each, fed with batches of the findings table and a summary at the end."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from steplint.reporters.formats import FORMATS

if TYPE_CHECKING:
    from steplint.reporters.view import Reporter, RuleText, View

__all__ = ["FORMATS", "Reporter", "RuleText", "View", "reporter"]


def reporter(name: str) -> type[Reporter]:
    """The reporter class of one of FORMATS."""
    module, cls, _ = FORMATS[name]
    return cast("type[Reporter]", getattr(import_module(f"steplint.reporters.{module}"), cls))


def __getattr__(name: str) -> Any:
    """View and its like need polars, which the names of the formats do not."""
    if name not in ("Reporter", "RuleText", "View"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("steplint.reporters.view"), name)
