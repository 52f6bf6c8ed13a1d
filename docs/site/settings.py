"""The page about configuration: every key of the model with its type, its default, what it does and an example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from docs.site.text import SiteError, anchor, inert, markdown, sentence

from steplint.config import schemas

__all__ = ["EXAMPLE", "keys", "page"]

#: A configuration with every key in it.
EXAMPLE = Path(__file__).with_name("steplint.yaml")
START = """\
# Configuration

`steplint.yaml` beside your data, or the table `[tool.steplint]` of `pyproject.toml`. The nearest file in the working directory
or above it holds, up to the root of the repository, and it alone: nothing is merged unless it `extends` another. What the
command line says wins over it. `--config FILE` names another file, `--isolated` reads none.

`steplint config` prints what is in force and where each value came from, `steplint init` writes a first file, and
`steplint schema config` the JSON Schema for an editor. An unknown key ends the run with exit code 2, its line and the nearest
right word.
"""

Schema = Mapping[str, Any]


def page() -> str:
    """The page."""
    example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    parts = [START]
    for name, schema, value in keys(schemas()["config"], example):
        level = "###" if "." in name else "##"
        parts.append(f"{level} {markdown(name)} {{ #{anchor(name)} }}\n")
        default = f", default {_shown(schema['default'])}" if schema.get("default") not in (None, [], {}) else ""
        parts.append(f"*{_type(schema)}{default}*\n\n{markdown(sentence(schema['description']))}\n")
        if value is not None:
            parts.append(f"```yaml\n{_yaml(name, value)}```\n")
    return "\n".join(parts)


def keys(model: Schema, example: Any) -> Iterator[tuple[str, Schema, Any]]:
    """(key, its JSON Schema, its value in `example`) of every key, those inside of others as `scope.owners` behind them.

    SiteError: `example` lacks a key, or a key has no description.
    """
    yield from _keys(model["properties"], model.get("$defs", {}), example, "")


def _keys(properties: Schema, models: Schema, example: Any, prefix: str) -> Iterator[tuple[str, Schema, Any]]:
    for name, schema in properties.items():
        if "description" not in schema:
            raise SiteError(f"{prefix}{name} has no description in the model of the configuration")
        if name not in example:
            raise SiteError(f"{prefix}{name} has no example in docs/site/{EXAMPLE.name}")
        inner = models.get(_reference(schema))
        whole = inner is None or schema.get("type") == "array"
        yield f"{prefix}{name}", schema, example[name] if whole else None
        if inner is not None:
            value = example[name][0] if schema.get("type") == "array" else example[name]
            for key, below, part in _keys(inner["properties"], models, value, f"{prefix}{name}."):
                yield key, below, None if schema.get("type") == "array" else part


def _reference(schema: Schema) -> str:
    """The model that a key, or the items of its list, are of."""
    found = schema.get("$ref") or schema.get("items", {}).get("$ref") or ""
    return str(found).rpartition("/")[2]


def _type(schema: Schema) -> str:
    """What a value must be, in words: “list of text”, “one of mdy, dmy, auto”."""
    if "anyOf" in schema:
        kinds = list(dict.fromkeys(_type(one) for one in schema["anyOf"] if one.get("type") != "null"))
        if "number" in kinds:
            kinds = [kind for kind in kinds if kind != "whole number"]
        return " or ".join(kinds) if len(kinds) < 4 else "a value"
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    if _reference(schema):
        return "list of mappings" if schema.get("type") == "array" else "keys as below"
    kind = schema.get("type")
    if kind == "array":
        return f"list of {_type(schema['items'])}"
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"mapping of names to {_type(inner)}" if isinstance(inner, dict) and inner else "mapping"
    if kind in ("integer", "number"):
        limits = [f"{word} {schema[key]:,}" for word, key in (("from", "minimum"), ("to", "maximum")) if key in schema]
        return " ".join(["whole number" if kind == "integer" else "number", *limits])
    return {"string": "text", "boolean": "`true` or `false`"}.get(str(kind), "anything")


def _shown(value: Any) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`" if not isinstance(value, str) else f"`{inert(value)}`"


def _yaml(name: str, value: Any) -> str:
    """The key with its value as a configuration writes it, inside of the keys that it belongs to."""
    for part in reversed(name.split(".")):
        value = {part: value}
    # Short lists and mappings on one line; what has an order or many entries, an entry a line.
    (held,) = value.values()
    lines = not isinstance(held, list | dict) or (isinstance(held, dict) and len(held) > 3)
    return str(
        yaml.safe_dump(
            value, sort_keys=False, allow_unicode=True, default_flow_style=False if lines else None, width=100
        )
    )
