"""A rule in memory: plain frozen data, made from the plain dict that a rule file is turned into."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["DOCUMENTATION", "SEVERITIES", "SPAN_ROLES", "STATUSES", "Rule", "from_dict", "page", "reads", "to_dict"]

#: Where the documentation is published. The metadata of the package say the same; a test holds the two equal.
DOCUMENTATION = "https://steplint.github.io/steplint/"

SEVERITIES = ("error", "warning", "info")
STATUSES = ("preview", "stable", "deprecated")
SPAN_ROLES = ("who", "what", "when", "whom", "vague", "phrase")


@dataclass(frozen=True)
class Rule:
    """One rule. `check` has one key (where, phrases, pattern, required, repeated, group, source); conditions in it are
    trees."""

    code: str
    name: str
    severity: str
    check: Mapping[str, Any]
    message: str
    why: str
    kinds: tuple[str, ...] = ("opportunity",)
    status: str = "stable"
    replaced_by: str | None = None
    aliases: tuple[str, ...] = ()
    since: str | None = None
    needs: tuple[str, ...] = ()
    implied_by: tuple[str, ...] = ()
    at: str = "next_step"
    fix: Mapping[str, str] | None = None
    """`kind` (see rules.fix) and `applicability` (safe, unsafe) of the repair, where there is one."""
    help: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None
    examples: Mapping[str, Any] = field(default_factory=lambda: {"bad": (), "good": ()})
    path: str | None = None
    line: int | None = None
    shipped: bool = False
    exempt: list[Any] | None = None
    """The condition (a tree) under which the configuration says that the rule does not apply."""
    function: Callable[[Mapping[str, Any]], Any] | None = field(default=None, compare=False)
    """Of a Python rule that returns a polars expression: called with the option values."""

    @property
    def family(self) -> str:
        """The letters of the code: WHEN of WHEN302."""
        return self.code.rstrip("0123456789")

    @property
    def url(self) -> str | None:
        """The page that explains the rule; None for rules that are not shipped."""
        return page(self.code) if self.shipped else None

    @property
    def column(self) -> str:
        """The column of records that its findings are about: their `field`."""
        if self.at == "phrase":
            return str(next(iter(self.check.values()))["column"])
        return "next_step" if self.at in SPAN_ROLES else self.at

    @property
    def whole_run(self) -> bool:
        """Whether records must be counted over the whole run before any of them can be judged."""
        return "repeated" in self.check

    @property
    def of_group(self) -> bool:
        """Whether rows of a document are judged together."""
        return "group" in self.check

    @property
    def of_source(self) -> bool:
        """Whether the source itself is judged, not its records."""
        return "source" in self.check

    @property
    def of_triage(self) -> bool:
        """Whether suppressions are judged: such rules of the source are those of `triage.report`, not of the engine."""
        return str(self.check.get("source")).startswith("suppression")

    def place(self) -> str:
        return f"{self.path}:{self.line}" if self.path and self.line else self.path or self.code


def page(code: str) -> str:
    """The page of a shipped rule."""
    return f"{DOCUMENTATION}rules/{code}/"


_TUPLES = ("kinds", "aliases", "needs", "implied_by")


def from_dict(data: Mapping[str, Any], **more: Any) -> Rule:
    """The rule that a plain dict describes (keys are the fields of Rule)."""
    fixed = {name: tuple(data[name]) for name in _TUPLES if name in data}
    return Rule(**{**data, **fixed, **more})


def to_dict(rule: Rule) -> dict[str, Any]:
    """A rule as plain JSON values; what holds a default value is left out."""
    made: dict[str, Any] = {}
    for part in dataclasses.fields(rule):
        value = getattr(rule, part.name)
        default = part.default if part.default is not dataclasses.MISSING else None
        if part.name in ("shipped", "function") or value == default or value in ((), {}):
            continue
        made[part.name] = list(value) if isinstance(value, tuple) else value
    return made


def reads(rule: Rule) -> frozenset[str]:
    """Every column that the check of a rule looks at (`stage_role` for options by stage role)."""
    from steplint.rules.condition import columns_of
    from steplint.rules.group import columns_read

    kind, body = next(iter(rule.check.items()))
    found: set[str] = set()
    if kind == "where":
        found |= columns_of(body)
    elif kind == "required":
        found |= set(body["columns"])
    elif kind == "expr":
        found |= set(body)
    elif kind == "group":
        found |= columns_read(body)
    elif kind != "source":
        found |= {body["column"], *body.get("by", ())}
        found |= columns_of(body["unless"]) if body.get("unless") else set()
    if any(isinstance(value, dict) for value in rule.options.values()):
        found.add("stage_role")
    return frozenset(found)
