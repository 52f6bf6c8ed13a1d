"""Where the shipped rules are: compiled to JSON inside the package, or YAML files beside `src/` in a checkout."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from steplint.errors import RuleError
from steplint.rules.rule import Rule, from_dict
from steplint.rules.selection import Profile

__all__ = ["catalogue", "checkout_rules", "load_profiles", "load_shipped", "prebuilt_path"]

_PACKAGE = Path(__file__).resolve().parent.parent


def prebuilt_path() -> Path:
    """The compiled rules: in every wheel, and in a checkout once they were built there."""
    return _PACKAGE / "_shipped" / "rules.json"


def checkout_rules() -> Path | None:
    """The folder of shipped YAML rules beside `src/`, or None where steplint was installed from a wheel."""
    root = _PACKAGE.parent.parent
    rules = root / "rules"
    return rules if (root / "pyproject.toml").is_file() and (rules / "profiles").is_dir() else None


@cache
def _content() -> dict[str, Any]:
    """The compiled rules where they are there and up to date, else those of the YAML files."""
    from steplint.rules import prebuilt

    source, compiled = checkout_rules(), prebuilt_path()
    if compiled.is_file():
        content: dict[str, Any] = json.loads(compiled.read_text(encoding="utf-8"))
        fresh = source is None or content.get("digest") == prebuilt.digest(source)
        if content.get("format") == prebuilt.FORMAT and fresh:
            return content
    if source is None:
        raise RuleError("the shipped rules are missing", path=str(compiled), hint="install steplint again")
    return prebuilt.build(source)


def load_shipped() -> list[Rule]:
    """All shipped rules, in the order of their codes."""
    made = (from_dict(data, shipped=True) for data in _content()["rules"])
    return sorted(made, key=lambda rule: rule.code)


def catalogue(
    paths: Iterable[str | Path] = (), plugins: Iterable[str] = (), *, entry_points: bool = True
) -> list[Rule]:
    """Every rule that can be selected: shipped, of installed plugins, of `plugins` (modules), and of files and folders.

    Raises RuleError where a file or plugin does not load, two rules share a code, or one names a code that is none.
    """
    from steplint.rules.load import check_references, distinct, load_path
    from steplint.rules.plugins import load_plugins

    own = load_plugins(plugins, entry_points=entry_points)
    own += [rule for path in paths for rule in load_path(path)]
    shipped = load_shipped()
    if not own:
        return shipped
    rules = distinct([*shipped, *own])
    check_references(rules)
    return rules


def load_profiles() -> dict[str, Profile]:
    """All shipped profiles by name."""
    profiles = [Profile(**{**data, "select": tuple(data["select"])}) for data in _content()["profiles"]]
    return {profile.name: profile for profile in profiles}
