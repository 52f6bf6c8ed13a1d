"""The shipped rules come along, prebuilt, whichever way steplint is installed.

Each installation goes into a virtual environment of its own. Dependencies are not installed again: a path file leads
to the ones that run this test (path files there are not read, so the checkout's own editable install stays out).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from steplint.rules import prebuilt

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "build", "dist", "_shipped", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info"
)


def run(command: list[str | Path], cwd: Path) -> str:
    """The standard output of a command that must succeed; it sees no PYTHONPATH and no configuration of pip."""
    hidden = ("PYTHON", "PIP_", "STEPLINT_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    environment["PIP_CONFIG_FILE"] = os.devnull
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout without anything that was built in it."""
    copy = tmp_path_factory.mktemp("tree") / "steplint"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    return copy


@pytest.fixture(scope="module")
def archives(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], tree)
    return {"wheel": next(folder.glob("*.whl")), "sdist": next(folder.glob("*.tar.gz"))}


def install(what: list[str | Path], folder: Path) -> Path:
    """Install into a new environment; returns its interpreter."""
    home = folder / "env"
    venv.create(home, symlinks=True)
    python = home / "bin/python"
    site = Path(run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder).strip())
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps"]
    run([*pip, "--no-build-isolation", *what], folder)
    return python


def listed(python: Path, folder: Path) -> list[dict[str, object]]:
    rules: list[dict[str, object]] = json.loads(
        run([python, "-m", "steplint", "rules", "--all", "--format", "json"], folder)
    )
    return rules


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """The rules as this checkout lists them."""
    return listed(Path(sys.executable), tmp_path_factory.mktemp("here"))


@pytest.mark.parametrize("kind", ["wheel", "sdist", "editable"])
def test_installed_rules_are_those_of_the_checkout(
    kind: str, tree: Path, archives: dict[str, Path], expected: list[dict[str, object]], tmp_path: Path
) -> None:
    python = install(["--editable", tree] if kind == "editable" else [archives[kind]], tmp_path)
    where = run([python, "-c", "import steplint; print(steplint.__file__)"], tmp_path)
    assert Path(where.strip()).is_relative_to(tree if kind == "editable" else tmp_path.resolve())
    assert listed(python, tmp_path) == expected
    installed = Path(where.strip()).parent / "_shipped/rules.json"
    assert json.loads(installed.read_text(encoding="utf-8")) == prebuilt.build(ROOT / "rules")


def test_wheel_holds_rules_and_word_lists(archives: dict[str, Path]) -> None:
    names = set(zipfile.ZipFile(archives["wheel"]).namelist())
    rules = {f"steplint/_shipped/{path.relative_to(ROOT)}" for path in (ROOT / "rules").rglob("*.yaml")}
    lexicon = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src").rglob("*.yaml")}
    assert rules <= names
    assert lexicon <= names
    assert "steplint/py.typed" in names
    assert not [name for name in names if not name.startswith("steplint")]


def test_sdist_holds_what_a_developer_needs(archives: dict[str, Path]) -> None:
    with tarfile.open(archives["sdist"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"Makefile", "hatch_build.py", "LICENSE", "README.md", "requirements/dev.lock", ".ci/run"} <= names
    assert {str(path.relative_to(ROOT)) for path in (ROOT / "rules").rglob("*.yaml")} <= names
