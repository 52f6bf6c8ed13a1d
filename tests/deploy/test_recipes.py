"""The nightly recipes, run as they are, against a source on a loopback server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.servers.acme import TOKEN, Acme, deals
from tests.servers.base import status

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example source, installed as a user would."""
    target = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(target)]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, str(ROOT / "examples" / "source-plugin")], check=True
    )
    return target


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Acme]:
    """A source called `sales`, and a configuration for it."""
    with Acme(deals(30)).serving() as server:
        text = f"sources:\n  sales:\n    type: acme\n    address: {server.url}\n    token: {{env: ACME_TOKEN}}\n"
        (tmp_path / "nightly.yaml").write_text(text + "    network: {attempts: 1}\n", encoding="utf-8")
        yield server


@pytest.fixture
def environment(plugin: Path, tmp_path: Path) -> dict[str, str]:
    scripts = Path(sys.executable).parent
    return {
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(plugin),
        "HOME": str(tmp_path),
        "ACME_TOKEN": TOKEN,
        "STEPLINT_CONFIG": str(tmp_path / "nightly.yaml"),
        "STEPLINT_SOURCE": "sales",
        "STEPLINT_REPORTS": str(tmp_path / "reports"),
        "RUNNER_TEMP": str(tmp_path / "runner"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "step-summary.md"),
    }


def run(command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_cron_recipe_leaves_a_private_report_a_night(
    crm: Acme, environment: dict[str, str], tmp_path: Path
) -> None:
    done = run(["sh", str(DEPLOY / "nightly.sh")], tmp_path, environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    reports = tmp_path / "reports"
    names = sorted(path.suffix for path in reports.iterdir())
    assert names == [".html", ".html", ".json", ".log", ".txt"]
    assert (reports / "latest.html").resolve().suffix == ".html"
    assert all(path.stat().st_mode & 0o077 == 0 for path in reports.iterdir())
    report = json.loads(next(reports.glob("*.json")).read_text("utf-8"))
    assert report["complete"]
    assert report["summary"]["records"] == 30
    assert all(TOKEN not in path.read_text("utf-8") for path in reports.iterdir())

    # A night on which the CRM says no: nothing is replaced, and cron has something to mail.
    before = {path.name: path.read_bytes() for path in reports.iterdir() if path.suffix != ".log"}
    crm.fault(status(401, {}), calls=range(9))
    done = run(["sh", str(DEPLOY / "nightly.sh")], tmp_path, environment)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "steplint: sales: the CRM answers 401; check address and token\n"
    assert {path.name: path.read_bytes() for path in reports.iterdir() if path.suffix != ".log"} == before


def test_the_cron_recipe_says_what_is_not_set(tmp_path: Path) -> None:
    done = run(["sh", str(DEPLOY / "nightly.sh")], tmp_path, {"PATH": os.environ["PATH"]})
    assert done.returncode != 0
    assert "STEPLINT_CONFIG: name the configuration" in done.stderr


def test_the_actions_recipe_checks_and_writes_its_summary(
    crm: Acme, environment: dict[str, str], tmp_path: Path
) -> None:
    workflow = yaml.safe_load((DEPLOY / "github-actions.yml").read_text("utf-8"))
    steps = {step["name"]: step for step in workflow["jobs"]["check"]["steps"] if "name" in step}
    done = run(["bash", "-eo", "pipefail", "-c", steps["Check"]["run"]], tmp_path, environment)
    assert done.returncode == 0, done.stderr
    kept = [tmp_path / name for name in steps["Keep the report"]["with"]["path"].split()]
    assert all(path.stat().st_size > 100 for path in kept)
    assert "30" in (tmp_path / "step-summary.md").read_text("utf-8")
    crm.fault(status(401, {}), calls=range(9))
    assert run(["bash", "-eo", "pipefail", "-c", steps["Check"]["run"]], tmp_path, environment).returncode == 3


@pytest.mark.parametrize("name", ["README.md", "nightly.sh", "github-actions.yml"])
def test_every_recipe_is_listed(name: str) -> None:
    assert sorted(path.name for path in DEPLOY.iterdir()) == ["README.md", "github-actions.yml", "nightly.sh"]
    assert name == "README.md" or f"`{name}`" in (DEPLOY / "README.md").read_text("utf-8")
