"""Data flows one way: a room imports only the rooms below it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "steplint"
GROUND = {"errors", "lazy", "plugins", "yaml_safe"}
MAY_IMPORT = {
    "records": set(),
    "reading": {"records"},
    "findings": {"records"},
    "rules": {"records", "reading", "findings"},
    "engine": {"records", "reading", "findings", "rules"},
    "config": {"records", "rules"},
    "sources": {"records"},
    "triage": {"findings", "sources", "records", "rules"},
    "reporters": {"findings"},
    "init": {"records", "reading", "findings", "rules", "engine", "config", "reporters"},
}


def imported(path: Path) -> Iterator[str]:
    """The rooms of steplint that a module imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "steplint":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("steplint."):
            yield str(node.module).split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("steplint."))


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    modules = sorted((SOURCE / room).rglob("*.py"))
    assert modules
    allowed = MAY_IMPORT[room] | GROUND | {room}
    assert {f"{path.name}: {name}" for path in modules for name in imported(path) if name not in allowed} == set()
