"""Where each setting comes from, and why a rule runs as it does."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from steplint.config.settings import Settings
from steplint.errors import UsageError, nearest
from steplint.rules.rule import Rule
from steplint.rules.selection import Selection, match

__all__ = ["explain", "explain_rule", "schemas"]


def explain(settings: Settings) -> list[tuple[str, Any, str]]:
    """(key, value, where from) of every setting; where from is a file and line, the command line, or "default"."""
    names = [part.name for part in dataclasses.fields(settings) if part.name not in ("path", "origins")]
    values = {name: getattr(settings, name) for name in names}
    # Their settings may hold what somebody took for a place of a secret.
    values["sources"] = {name: {"type": keys.get("type")} for name, keys in settings.sources.items()}
    return [(name, value, settings.origins.get(name, "default")) for name, value in values.items()]


def explain_rule(settings: Settings, rules: Sequence[Rule], selection: Selection, code: str) -> dict[str, Any]:
    """Of one rule, by code, name or alias: code, name, selected, reason, and severity and options with where from.

    Raises UsageError for an unknown rule, with the nearest.
    """
    known = {word: rule for rule in rules for word in (rule.code, rule.name, *rule.aliases)}
    if code not in known:
        close = nearest(code, known)
        hint = f"did you mean {close}?" if close else "`steplint rules` lists them"
        raise UsageError(f"no rule is called {code}", hint=hint)
    rule = known[code]
    running = next((item for item in selection.rules if item.code == rule.code), None)
    shown = running or rule
    return {
        "code": rule.code,
        "name": rule.name,
        "status": rule.status,
        "selected": running is not None,
        "reason": selection.reasons[rule.code],
        "severity": shown.severity,
        "severity_from": _severity_from(settings, rule, shown),
        "options": {
            name: {"value": value, "from": _option_from(settings, rule, name, value)}
            for name, value in shown.options.items()
        },
        "mandatory": any(match(selector, rule) for selector in settings.mandatory),
    }


def _severity_from(settings: Settings, rule: Rule, shown: Rule) -> str:
    fits = [selector for selector in settings.severity if match(selector, rule)]
    best = max(fits, key=lambda selector: match(selector, rule), default=None)
    if best and settings.severity[best] == shown.severity:
        return settings.origins.get("severity", "configuration")
    return "rule" if shown.severity == rule.severity else "command line"


def _option_from(settings: Settings, rule: Rule, name: str, value: Any) -> str:
    for selector, options in settings.rule_options.items():
        if match(selector, rule) and options.get(name) == value:
            return settings.origins.get("rule_options", "configuration")
    return "rule"


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schemas by name, made from the models: config, rule, profile."""
    from pydantic import BaseModel

    from steplint.config.model import ConfigFile
    from steplint.rules.model import ProfileFile, RuleFile

    models: dict[str, type[BaseModel]] = {"config": ConfigFile, "rule": RuleFile, "profile": ProfileFile}
    made = {}
    for name, model in models.items():
        schema = model.model_json_schema(by_alias=True)
        made[name] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return made
