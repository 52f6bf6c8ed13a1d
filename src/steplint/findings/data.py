"""The data of suggestions.yaml, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["suggestions"]


@cache
def suggestions() -> dict[str, Any]:
    """Sections, questions and who uses them; the head of the file says what each key means."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = Path(__file__).with_name("suggestions.yaml").read_text("utf-8")
    return yaml.load(text, Loader=loader)  # type: ignore[no-any-return]  # noqa: S506 - a safe loader, in C
