"""The project's own files agree with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from steplint.rules import load_shipped
from steplint.rules.rule import DOCUMENTATION

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements/dev.lock").read_text(encoding="utf-8")

# What a package is imported as, where that is not its name. tzdata is data: zoneinfo finds it.
IMPORTED_AS = {"markdown-it-py": "markdown_it", "pyyaml": "yaml", "tzdata": "zoneinfo"}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=~ ;\[]", requirement)[0].lower() for requirement in requirements}


def test_lock_pins_every_requirement() -> None:
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", LOCK, re.MULTILINE))
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    wanted = names(project["dependencies"]).union(*(names(packages) for packages in extras.values()))
    wanted -= {project["name"]}  # an extra that takes another one in
    assert wanted | names(PROJECT["build-system"]["requires"]) <= pinned


def test_lock_is_hashed_and_names_no_place() -> None:
    blocks = re.split(r"^(?=[a-z0-9.-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|\bfile:", LOCK)


@pytest.mark.parametrize("package", sorted(names(PROJECT["project"]["dependencies"])))
def test_every_dependency_is_used(package: str) -> None:
    module = IMPORTED_AS.get(package, package.replace("-", "_"))
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    assert any(re.search(rf"^\s*(?:from|import) {module}\b", source, re.MULTILINE) for source in sources)


def test_pages_of_rules_are_where_the_documentation_is() -> None:
    assert PROJECT["project"]["urls"]["Documentation"] == DOCUMENTATION
    assert {rule.url for rule in load_shipped()} == {f"{DOCUMENTATION}rules/{rule.code}/" for rule in load_shipped()}


def test_version_is_in_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## Unreleased" in changelog or f"## {PROJECT['project']['version']}" in changelog
