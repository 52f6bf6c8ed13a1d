"""Option values of rules: numbers, texts, lists of them, or a map by stage role of these (with `default`)."""

from __future__ import annotations

from typing import Any

from steplint.errors import nearest
from steplint.rules.columns import STAGE_ROLES

__all__ = ["problem", "type_of"]

_NAMES = {"int": "a whole number", "float": "a number", "str": "text", "list": "a list"}
_ROLES = (*STAGE_ROLES, "default")


def _scalar(value: Any) -> str:
    return {int: "int", float: "float", str: "str"}.get(type(value), "")


def type_of(value: Any) -> tuple[str, str]:
    """(type, type of the items): ("int", ""), ("list", "str"); of a map, the type of its values; ("", "") if none."""
    if isinstance(value, dict):
        kinds = {type_of(item) for item in value.values()}
        return _widest(kinds)
    if isinstance(value, list):
        item = _widest({(_scalar(item), "") for item in value})[0]
        return ("list", item) if item else ("", "")
    return _scalar(value), ""


def _widest(kinds: set[tuple[str, str]]) -> tuple[str, str]:
    if kinds == {("int", ""), ("float", "")}:
        return "float", ""
    return kinds.pop() if len(kinds) == 1 else ("", "")


def problem(name: str, value: Any, default: Any = None) -> str | None:
    """What is wrong with an option's value, or None. `default` is the rule's own value, whose type it must have."""
    if isinstance(value, dict):
        for role in value:
            if role not in _ROLES:
                close = nearest(str(role), _ROLES)
                return f"option {name}: {role} is not a stage role" + (f"; did you mean {close}?" if close else "")
    kind = type_of(value)
    if not kind[0]:
        return f"option {name} is a number, text, a list of one kind, or a map of these by stage role"
    if default is not None and kind != (wanted := type_of(default)) and (kind[0], wanted[0]) != ("int", "float"):
        return f"option {name} is {_NAMES[wanted[0]]}, not {_NAMES[kind[0]]}"
    return None
