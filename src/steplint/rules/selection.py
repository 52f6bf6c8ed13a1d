"""Which rules run, at which severity, with which options, and why.

Two layers, the configuration and then the command line. In each, `select` (or `profile`) sets the ground and
`extend_select` and `ignore` change it; among selectors that fit a rule the most specific wins, and `ignore` wins a tie.
The command line is applied after the configuration, and its `select` or `profile` replaces what the configuration said.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from steplint.errors import RuleError, SteplintError, UsageError, nearest
from steplint.rules.options import problem
from steplint.rules.rule import SEVERITIES, Rule, to_dict

__all__ = ["DEFAULT_PROFILE", "Choice", "Profile", "Selection", "match", "profile_rules", "select"]

DEFAULT_PROFILE = "recommended"
_EXACT = 1_000


@dataclass(frozen=True)
class Profile:
    """A named set of rules; `extends` takes in another profile's."""

    name: str
    select: tuple[str, ...] = ()
    extends: str | None = None
    description: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class Choice:
    """What one place (a configuration file, the command line) says about rules. `severity` maps selectors to levels."""

    profile: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    severity: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    preview: bool = False
    error: type[SteplintError] = UsageError
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each key comes from, for errors: `{"ignore": "steplint.yaml:3"}`."""


@dataclass(frozen=True)
class Selection:
    """The rules that run, in order of code, with their severity and options; and of every rule the reason."""

    rules: tuple[Rule, ...]
    reasons: Mapping[str, str]
    profile: str | None

    @property
    def hash(self) -> str:
        """Names this very set of rules, severities and options in reports."""
        made = [{**to_dict(rule), "path": None, "line": None, "examples": None} for rule in self.rules]
        return hashlib.sha256(json.dumps(made, sort_keys=True, default=str).encode()).hexdigest()[:16]


def match(selector: str, rule: Rule) -> int:
    """How specifically a selector fits a rule: 0 not at all, 1 for ALL, more for longer prefixes, most for its code."""
    if selector in (rule.code, rule.name, *rule.aliases):
        return _EXACT
    if selector == "ALL":
        return 1
    return 1 + len(selector) if selector[:1].isupper() and rule.code.startswith(selector) else 0


def select(
    rules: Sequence[Rule],
    profile: str | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    extend_select: Iterable[str] = (),
    severities: Mapping[str, str] | None = None,
    preview: bool = False,
    *,
    config: Choice | None = None,
    profiles: Mapping[str, Profile] | None = None,
) -> Selection:
    """The selection that the command line (the plain arguments) makes on top of `config`.

    Raises UsageError or ConfigError for unknown profiles, selectors, levels and options, with the nearest right word,
    and UsageError when no rule is left.
    """
    if profiles is None:
        from steplint.rules.shipped import load_profiles

        profiles = load_profiles()
    line = Choice(profile, tuple(select), tuple(ignore), tuple(extend_select), severities or {}, {}, preview)
    layers = [*([config] if config else []), line]
    for layer in layers:
        _known(layer, rules)
    preview = any(layer.preview for layer in layers)
    named = next((layer.profile for layer in reversed(layers) if layer.profile and not layer.select), None)
    ground = DEFAULT_PROFILE
    reasons = _ground(rules, Choice(profile=ground), profiles)
    for layer in layers:
        if layer.profile or layer.select:
            reasons = _ground(rules, layer, profiles)
        reasons |= {rule.code: change for rule in rules if (change := _changed(rule, layer))}
    kept = [rule for rule in rules if reasons[rule.code][0] and _mature(rule, layers, preview)]
    if not kept:
        raise UsageError("no rule is selected", hint="drop --ignore, or select more with --select or --profile")
    told = {}
    for rule in rules:
        wanted, reason = reasons[rule.code]
        if wanted and not _mature(rule, layers, preview):
            reason = f"{rule.status}: runs by its exact code" + (" or --preview" if rule.status == "preview" else "")
        told[rule.code] = reason
    replaced = any(layer.select for layer in layers) and named is None
    chosen = tuple(_adjusted(rule, layers) for rule in sorted(kept, key=lambda rule: rule.code))
    return Selection(chosen, told, None if replaced else named or DEFAULT_PROFILE)


def _known(layer: Choice, rules: Sequence[Rule]) -> None:
    for key in ("select", "ignore", "extend_select", "severity", "options"):
        for selector in getattr(layer, key):
            if not any(match(selector, rule) for rule in rules):
                words = [word for rule in rules for word in (rule.code, rule.name)] + ["ALL"]
                words += sorted({rule.family for rule in rules})
                close = nearest(selector, words)
                hint = f"did you mean {close}?" if close else "`steplint rules` lists them"
                shown = key.replace("_", "-")
                raise layer.error(f"{shown}: no rule is called {selector}", path=layer.origins.get(key), hint=hint)
    for selector, level in layer.severity.items():
        if level not in SEVERITIES:
            close = nearest(level, SEVERITIES)
            hint = f"did you mean {close}?" if close else f"it is one of {', '.join(SEVERITIES)}"
            where = layer.origins.get("severity")
            raise layer.error(f"severity of {selector} cannot be {level}", path=where, hint=hint)
    for selector, values in layer.options.items():
        for rule in rules:
            if match(selector, rule) == _EXACT:
                _options(rule, values, layer)


def profile_rules(name: str, rules: Sequence[Rule], profiles: Mapping[str, Profile]) -> set[str]:
    """Codes of the rules in a profile. `name@0.1` leaves out rules that came after version 0.1."""
    base, _, pin = name.partition("@")
    selectors: list[str] = []
    seen: set[str] = set()
    wanted: str | None = base
    while wanted is not None:
        if wanted not in profiles:
            close = nearest(wanted, profiles)
            hint = f"did you mean {close}?" if close else f"there are {', '.join(sorted(profiles))}"
            raise UsageError(f"no profile is called {wanted}", hint=hint)
        if wanted in seen:
            raise RuleError(f"profile {wanted} extends itself", path=profiles[wanted].path)
        seen.add(wanted)
        selectors += profiles[wanted].select
        wanted = profiles[wanted].extends
    for selector in selectors:
        if not any(match(selector, rule) for rule in rules):
            raise RuleError(f"profile {base} selects {selector}, which is no rule", path=profiles[base].path)
    found = [rule for rule in rules if any(match(selector, rule) for selector in selectors)]
    if pin:
        return {rule.code for rule in found if rule.since is None or _version(rule.since) <= _version(pin)}
    return {rule.code for rule in found}


def _version(text: str) -> tuple[int, ...]:
    parts = text.split(".")
    if not all(part.isdigit() for part in parts):
        raise UsageError(f"{text} is not a version", hint="write a profile's version like recommended@0.1")
    return tuple(int(part) for part in parts)


Reasons = dict[str, tuple[bool, str]]


def _ground(rules: Sequence[Rule], layer: Choice, profiles: Mapping[str, Profile]) -> Reasons:
    if layer.select:
        made: Reasons = {}
        for rule in rules:
            best = _best(rule, layer.select)
            made[rule.code] = (bool(best), f"selected by {best}" if best else "not selected")
        return made
    name = layer.profile or DEFAULT_PROFILE
    try:
        inside = profile_rules(name, rules, profiles)
    except UsageError as wrong:
        raise layer.error(wrong.message, path=layer.origins.get("profile"), hint=wrong.hint) from None
    return {
        rule.code: (rule.code in inside, f"{'in' if rule.code in inside else 'not in'} profile {name}")
        for rule in rules
    }


def _best(rule: Rule, selectors: Iterable[str]) -> str | None:
    """The selector that fits a rule most specifically."""
    return max((item for item in selectors if match(item, rule)), key=lambda item: match(item, rule), default=None)


def _changed(rule: Rule, layer: Choice) -> tuple[bool, str] | None:
    """What a layer's selectors say about a rule beyond its ground, or None."""
    off = _best(rule, layer.ignore)
    on = _best(rule, (*layer.select, *layer.extend_select))
    if off and match(off, rule) >= (match(on, rule) if on else 0):
        return False, f"ignored by {off}"
    return (True, f"selected by {on}") if on else None


def _mature(rule: Rule, layers: Iterable[Choice], preview: bool) -> bool:
    """Preview rules run by exact code or --preview, deprecated ones by exact code."""
    if rule.status == "stable" or (rule.status == "preview" and preview):
        return True
    named = (item for layer in layers for item in (*layer.select, *layer.extend_select))
    return any(match(item, rule) == _EXACT for item in named)


def _adjusted(rule: Rule, layers: Iterable[Choice]) -> Rule:
    """The rule with the severity and options that the layers give it."""
    severity, options = rule.severity, dict(rule.options)
    for layer in layers:
        best = _best(rule, layer.severity)
        severity = layer.severity[best] if best else severity
        for selector, values in layer.options.items():
            if match(selector, rule) == _EXACT:
                options |= _options(rule, values, layer)
    return dataclasses.replace(rule, severity=severity, options=options)


def _options(rule: Rule, values: Mapping[str, Any], layer: Choice) -> Mapping[str, Any]:
    where = layer.origins.get("options")
    for name, value in values.items():
        if name not in rule.options:
            close = nearest(name, rule.options)
            hint = f"did you mean {close}?" if close else f"it has {', '.join(rule.options) or 'none'}"
            raise layer.error(f"{rule.code} has no option {name}", path=where, hint=hint)
        if (wrong := problem(name, value, rule.options[name])) is not None:
            raise layer.error(f"{rule.code}: {wrong}", path=where)
    return values
