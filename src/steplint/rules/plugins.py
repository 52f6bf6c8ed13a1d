"""Rules in Python: the `rule` decorator; plugins by entry point or `--plugin`, never from the working directory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

from steplint.errors import RuleError, UsageError
from steplint.plugins import outside_working_directory, points
from steplint.rules.columns import COLUMNS
from steplint.rules.load import distinct
from steplint.rules.rule import Rule, from_dict

__all__ = ["API", "GROUP", "load_plugins", "rule", "rules_of"]

API = 1
"""Version of this interface. A plugin says which it is written for: `STEPLINT_API = 1` in its module."""
GROUP = "steplint.rules"

_MARK = "__steplint_rule__"
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")

Function = TypeVar("Function", bound=Callable[[Mapping[str, Any]], Any])


def rule(
    *,
    code: str,
    name: str,
    message: str,
    why: str,
    bad: Sequence[Mapping[str, Any]],
    good: Sequence[Mapping[str, Any]],
    severity: str = "warning",
    **more: Any,
) -> Callable[[Function], Function]:
    """Makes a rule of a function from option values to a condition (text) or a polars expression.

    `bad` and `good` are example records; `more` takes the other keys of a rule file: kinds, needs, help, at, options,
    implied_by, status, since, source, aliases. The expression is true where the record is wrong; null counts as false.
    """
    keys = {"code": code, "name": name, "severity": severity, "message": message, "why": why, **more}
    keys |= {
        "schema": 1,
        "examples": {"bad": [dict(record) for record in bad], "good": [dict(record) for record in good]},
    }

    def mark(function: Function) -> Function:
        setattr(function, _MARK, keys)
        return function

    return mark


def rules_of(module: ModuleType) -> list[Rule]:
    """The rules that a module defines, in order. Raises RuleError for a wrong API version or a wrong rule."""
    shown = module.__name__
    version = getattr(module, "STEPLINT_API", None)
    if version != API:
        said = "does not say STEPLINT_API" if version is None else f"is written for rule interface {version}"
        raise RuleError(f"plugin {shown} {said}", hint=f"this steplint has STEPLINT_API = {API}")
    found = [value for value in vars(module).values() if hasattr(value, _MARK)]
    if not found:
        raise RuleError(f"plugin {shown} defines no rule", hint="decorate functions with @steplint.rule(…)")
    return distinct(_made(function, getattr(function, _MARK), shown) for function in found)


def _made(function: Callable[..., Any], keys: Mapping[str, Any], shown: str) -> Rule:
    """Checked like a rule file: the same model, the same errors."""
    from steplint.rules.model import rule_dict
    from steplint.yaml_safe import Document

    line = function.__code__.co_firstlineno
    path = f"{shown}.{function.__name__}"
    try:
        check = function(dict(keys.get("options", {})))
    except Exception as caught:
        raise RuleError(f"{keys['code']} fails: {type(caught).__name__}: {caught}", path=path, line=line) from caught
    if isinstance(check, str):
        return from_dict({**rule_dict(Document({**keys, "check": {"where": check}}, path)), "line": line})
    columns = _columns(check)
    if columns is None:
        message = f"{keys['code']} returns {type(check).__name__}, not a condition or a polars expression"
        raise RuleError(message, path=path, line=line)
    if unknown := sorted(columns - set(COLUMNS)):
        raise RuleError(f"{keys['code']} reads {unknown[0]}, which is no column", path=path, line=line)
    made = rule_dict(Document({**keys, "check": {"where": "TRUE"}}, path))
    return from_dict({**made, "check": {"expr": sorted(columns)}, "line": line}, function=function)


def _columns(check: Any) -> set[str] | None:
    import polars as pl

    return set(check.meta.root_names()) if isinstance(check, pl.Expr) else None


def load_plugins(modules: Iterable[str] = (), *, entry_points: bool = True) -> list[Rule]:
    """Rules of installed plugins (entry point group `steplint.rules`) and of the modules named on the command line.

    Neither is looked for in the working directory. Raises UsageError for a module that is not there, RuleError for one
    that does not load.
    """
    found: list[Rule] = []
    with outside_working_directory() as path:
        if entry_points:
            for point in points(GROUP, path):
                found += rules_of(_imported(point.value.partition(":")[0], f"plugin {point.name}"))
        for name in modules:
            if not _MODULE.fullmatch(name):
                raise UsageError(
                    f"--plugin {name} is not a module name", hint="write it as in import, such as my_rules.crm"
                )
            found += rules_of(_imported(name, f"--plugin {name}"))
    return distinct(found)


def _imported(name: str, shown: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as caught:
        if caught.name is None or not f"{name}.".startswith(f"{caught.name}."):
            raise RuleError(f"{shown} needs the module {caught.name}", hint="install it beside steplint") from None
        hint = "install it; modules in the working directory are not loaded"
        raise UsageError(f"{shown}: no module {name}", hint=hint) from None
    except Exception as caught:
        raise RuleError(f"{shown} does not load: {type(caught).__name__}: {caught}") from caught
