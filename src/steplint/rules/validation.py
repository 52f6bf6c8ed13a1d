"""From a YAML document to a checked model: complaints as one line with file, line and the nearest right word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from steplint.errors import SteplintError, nearest
from steplint.yaml_safe import Document

if TYPE_CHECKING:
    from pydantic import BaseModel

    Model = TypeVar("Model", bound=BaseModel)

__all__ = ["validate"]

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "tuple_type": "a list",
}


def validate(model: type[Model], document: Document, error: type[SteplintError], what: str) -> Model:
    """The model of a document's data; raises `error` for its first problem in the order of the file."""
    from pydantic import ValidationError

    if not isinstance(document.data, dict):
        raise error(
            f"{what} is keys with values", path=document.path, line=1, hint="the file is empty or holds no keys"
        )
    try:
        return model.model_validate(document.data)
    except ValidationError as caught:
        problems: dict[Any, Problem] = {}
        for item in caught.errors():
            problems.setdefault(_inside(item, document.data), _problem(item, model, document))
        # A misspelt key is also a missing one: the misspelling is what to tell.
        message, place, hint, _ = min(problems.values(), key=lambda problem: (problem[3], problem[1]))
        more = len(problems) - 1
        message += f" (and {more} more problem{'s' * (more > 1)})" if more else ""
        raise error(message, path=document.path, line=place[0], column=place[1], hint=hint) from None


Problem = tuple[str, tuple[int, int], str | None, bool]


def _inside(item: Any, data: Any) -> tuple[Any, ...]:
    """The place of a complaint, without the names that pydantic adds for the branches of a union."""
    loc = item["loc"]
    kept: list[Any] = []
    for index, part in enumerate(loc):
        if (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int)):
            data = data[part]
        elif (item["type"], index) != ("missing", len(loc) - 1):
            continue
        kept.append(part)
    return tuple(kept)


def _problem(item: Any, model: type[BaseModel], document: Document) -> Problem:
    """(message, place, hint, whether something is missing)."""
    loc = _inside(item, document.data)
    place = document.place(loc)
    name = ".".join(str(part) for part in loc)
    kind = item["type"]
    hint = None
    if kind == "extra_forbidden":
        close = nearest(str(loc[-1]), _fields(model, loc[:-1]))
        return f"unknown key {name}", place, f"did you mean {close}?" if close else None, False
    if kind == "missing":
        return f"{name} is missing", document.place(loc[:-1]), None, True
    if kind == "literal_error":
        choices = [word.strip("' ") for word in item["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        close = nearest(str(item["input"]), choices)
        hint = f"did you mean {close}?" if close else f"it is one of {', '.join(choices)}"
        return f"{name} cannot be {_shown(loc, item, document)}", place, hint, False
    if len(item["loc"]) > len(loc) and item["loc"][-1] != "[key]":
        return f"{name} cannot be {_shown(loc, item, document)}", place, None, False
    if kind in _WANTED:
        if kind == "string_type" and not isinstance(item["input"], list | dict | None):
            hint = f"quote it: '{_shown(loc, item, document)}'"
        return f"{name} is {_WANTED[kind]}, not {_shown(loc, item, document)}", place, hint, False
    if kind == "value_error":
        message, _, advice = str(item["ctx"]["error"]).partition("; ")
        return f"{name}: {message}" if name else message, place, advice or None, False
    if kind == "string_pattern_mismatch":
        return f"{name} cannot be {_shown(loc, item, document)}", place, _SHAPES.get(name), False
    return f"{name}: {item['msg'][:1].lower()}{item['msg'][1:]}", place, None, False


#: How a value is written that has a form of its own.
_SHAPES = {
    "code": "write two to eight capitals and three digits, such as ACME001",
    "name": "write words in lower case with hyphens between, such as demo-without-agenda",
}


def _shown(loc: tuple[Any, ...], item: Any, document: Document) -> str:
    """The value as the file has it, for what it was read as may be the surprise."""
    if loc in document.values:
        _, _, style, text = document.values[loc]
        return f"{style}{text[:40]}{style}" if style in ("'", '"') else text[:40] or "nothing"
    value = item["input"]
    return {list: "a list", dict: "keys with values", type(None): "nothing"}.get(type(value), str(value)[:40])


def _fields(model: Any, loc: tuple[Any, ...]) -> list[str]:
    """The keys that a (nested) model has."""
    for part in loc:
        found = getattr(model, "model_fields", {}).get(part)
        if found is None:
            continue
        nested = [kind for kind in (found.annotation, *getattr(found.annotation, "__args__", ())) if _is_model(kind)]
        model = nested[0] if nested else None
    return list(getattr(model, "model_fields", {}))


def _is_model(kind: Any) -> bool:
    return hasattr(kind, "model_fields")
