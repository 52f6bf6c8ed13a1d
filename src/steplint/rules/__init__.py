"""Rules: model, loader, condition language, selection, plugins. Heavy parts are imported when they are first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from steplint.lazy import attributes

if TYPE_CHECKING:
    from steplint.rules.checks import Calendar, explain, found, mask, repeat_key
    from steplint.rules.examples import ExampleFailure, run_examples
    from steplint.rules.load import check_references, distinct, load_path, load_text
    from steplint.rules.new_rule import template
    from steplint.rules.plugins import load_plugins
    from steplint.rules.rule import Rule, reads
    from steplint.rules.selection import Choice, Profile, Selection, select
    from steplint.rules.shipped import catalogue, load_profiles, load_shipped

__all__ = [
    "Calendar",
    "Choice",
    "ExampleFailure",
    "Profile",
    "Rule",
    "Selection",
    "catalogue",
    "check_references",
    "distinct",
    "explain",
    "found",
    "load_path",
    "load_plugins",
    "load_profiles",
    "load_shipped",
    "load_text",
    "mask",
    "reads",
    "repeat_key",
    "run_examples",
    "select",
    "template",
]

_HOMES = {
    "checks": ("Calendar", "explain", "found", "mask", "repeat_key"),
    "examples": ("ExampleFailure", "run_examples"),
    "load": ("check_references", "distinct", "load_path", "load_text"),
    "new_rule": ("template",),
    "plugins": ("load_plugins",),
    "rule": ("Rule", "reads"),
    "selection": ("Choice", "Profile", "Selection", "select"),
    "shipped": ("catalogue", "load_profiles", "load_shipped"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__getattr__ = attributes(__name__, _HOME)
