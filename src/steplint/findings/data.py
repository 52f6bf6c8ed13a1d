"""The data of suggestions.yaml, read once; a build keeps it as JSON beside it, which needs no YAML parser at start."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["compile_suggestions", "suggestions"]

_SOURCE = Path(__file__).with_name("suggestions.yaml")


def compile_suggestions() -> dict[str, Any]:
    """What is kept as `suggestions.json`: the data, and the digest of the YAML that it was made of."""
    import yaml

    raw = _SOURCE.read_bytes()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load(raw.decode(), Loader=loader)  # noqa: S506 - a safe loader, in C
    return {"digest": hashlib.sha256(raw).hexdigest(), "data": data}


@cache
def suggestions() -> dict[str, Any]:
    """Sections, questions and who uses them; the head of the file says what each key means."""
    try:
        compiled = json.loads(_SOURCE.with_suffix(".json").read_bytes())
        fresh = compiled["digest"] == hashlib.sha256(_SOURCE.read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError, TypeError):
        fresh = False
    return (compiled if fresh else compile_suggestions())["data"]  # type: ignore[no-any-return]
