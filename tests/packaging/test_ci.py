"""The pipelines under docs/ci, and the configurations that docs/pre-commit.md shows: they are valid, and what they run works."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from steplint.cli.host import Host
from steplint.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PIPELINES = {"github.yml": "vendor.github-workflows", "gitlab.yml": "vendor.gitlab-ci"}
PRE_COMMIT = (ROOT / "docs/pre-commit.md").read_text(encoding="utf-8")


def pipeline(name: str) -> Any:
    return yaml.safe_load((ROOT / "docs/ci" / name).read_text(encoding="utf-8"))


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """(key, text) of all texts in a document; those in a list have the key of the list."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, str(name))
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, key)
    elif isinstance(value, str):
        yield key, value


def commands(name: str) -> list[list[str]]:
    """The arguments of every call of steplint in a pipeline."""
    lines = [line for key, text in leaves(pipeline(name)) if key in ("run", "script") for line in text.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("steplint ")]


@pytest.mark.parametrize(("name", "schema"), PIPELINES.items())
def test_pipelines_are_valid(name: str, schema: str) -> None:
    """By the public schemas of the services, which the package brings along."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, f"docs/ci/{name}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", PIPELINES)
def test_what_pipelines_run_works_and_leaves_the_files_that_they_take(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "exports").mkdir()
    shutil.copy(ROOT / "examples/pipeline.csv", tmp_path / "exports")
    shutil.copytree(ROOT / "examples/playbooks", tmp_path / "playbooks")
    monkeypatch.chdir(tmp_path)
    job_summary = tmp_path / "summary.md"
    env = {"GITHUB_WORKSPACE": str(tmp_path), "GITHUB_STEP_SUMMARY": str(job_summary)}
    run = commands(name)
    assert run
    for arguments in run:
        out, err = io.BytesIO(), io.BytesIO()
        host = Host(io.BytesIO(), out, err, env, tmp_path, lambda: datetime(2026, 1, 12, 9, tzinfo=UTC))
        assert main(arguments, host) == 1, err.getvalue().decode()
        if name == "github.yml":
            lines = out.getvalue().decode().splitlines()
            assert any(
                re.match(r"::error title=MAP80\d [a-z-]+,file=playbooks/plan-with-gaps\.md,line=\d", line)
                for line in lines
            )
            assert "| severity | rule |" in job_summary.read_text(encoding="utf-8")
    taken = {
        text for key, text in leaves(pipeline(name)) if key in ("sarif_file", "path", "paths", "codequality", "junit")
    }
    assert taken
    for file in taken:
        content = (tmp_path / file).read_text(encoding="utf-8")
        assert "playbooks/plan-with-gaps.md" in content
        assert not file.endswith((".json", ".sarif")) or json.loads(content)


def test_every_report_that_is_written_is_taken() -> None:
    for name in PIPELINES:
        text = (ROOT / "docs/ci" / name).read_text(encoding="utf-8")
        for arguments in commands(name):
            files = [word.partition(":")[2] for word in arguments if ":" in word]
            assert files
            assert all(text.count(file) > 1 for file in files)


@pytest.mark.parametrize("block", re.findall(r"(?ms)^```yaml\n(# \.pre-commit-config\.yaml\n.*?)^```$", PRE_COMMIT))
def test_shown_configurations_of_pre_commit_are_valid(block: str, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(block, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    known = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    for repository in yaml.safe_load(block)["repos"]:
        for hook in repository["hooks"]:
            assert hook["id"] in known
            # A wrong option ends with exit code 2 before anything is read.
            assert main(["check", *hook.get("args", ()), "--help"], quiet_host(tmp_path)) == 0


def quiet_host(folder: Path) -> Host:
    return Host(io.BytesIO(), io.BytesIO(), io.BytesIO(), {}, folder, lambda: datetime(2026, 1, 12, 9, tzinfo=UTC))


def test_the_page_shows_every_hook() -> None:
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")):
        assert f"`{hook['id']}`" in PRE_COMMIT
