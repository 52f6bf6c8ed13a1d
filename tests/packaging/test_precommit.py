"""The hooks in .pre-commit-hooks.yaml, as pre-commit itself installs and runs them.

The repository that it is pointed at is a copy of this checkout, committed as it is: so the hooks under test are the ones in the
working tree, be it clean, dirty or no git repository at all. Its environments are built by pip, as for any user, from
the index that this machine is configured with, in the versions of the lock.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.packaging.test_build import LEFT_OUT

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS: dict[str, dict[str, Any]] = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))}
DAY = "--as-of=2026-01-12"

CLEAN = """\
# Recap: Harbour Foods

## Next steps

- Send the sample route file – Owner: Ines – By: 22 January 2026
"""
VAGUE = CLEAN + "- Check in at some point\n"
MISSPELT = """\
# Plan for Harbour Foods

| Date       | Action                     | Owner | Status      |
|------------|----------------------------|-------|-------------|
| 2026-01-20 | Send the sample route file | Ines  | In progres  |
"""
UNDATED = """\
Id,Owner,Next Step,Next Step Date,Stage
1,Lee Wong,Call Dana on Thu 15 Jan at 10:00 about the redlines,,Proposal
"""
RULE = """\
schema: 1
code: ACME101
name: demo-missing
severity: warning
check: {where: "stage = 'Proof' AND NOT next_step ILIKE '%demo%'"}
message: nothing here is a demo
why: In this stage we show, we do not tell.
examples:
  bad: [{next_step: "Call Dana Thu 15 Jan", stage: Proof}]
  good: [{next_step: "Demo for Dana Thu 15 Jan", stage: Proof}]
"""
#: What the repository of a playbook team has beside its playbooks.
AROUND = {
    "README.md": "# Playbooks\n\n## Next steps\n\n- Read the guide\n- [ ] write more\n",
    "package.json": '{"name": "site", "version": "1.0.0"}\n',
    "mkdocs.yml": "site_name: Playbooks\nplugins: !ENV [PLUGINS, search]\n",
    ".github/workflows/ci.yaml": "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: make}]}}\n",
    ".github/pull_request_template.md": "## Next steps\n\n- [ ] tell somebody\n",
    "prices.csv": "Item,Price\nA,1\n",
    "steplint.yaml": "exclude: [playbooks/drafts/, mkdocs.yml]\n",
}


def world(home: Path) -> dict[str, str]:
    """An environment with a git identity and a cache of pre-commit of its own; what pip is configured with stays."""
    own = ("GIT_", "PYTHON", "STEPLINT_", "PRE_COMMIT", "_PRE_COMMIT", "VIRTUAL", "SKIP", "COLUMNS", "FORCE_COLOR")
    elsewhere = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_CONSTRAINT", "PIP_REQUIRE_HASHES")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own) and name not in elsewhere}
    identity = "[user]\nname = A\nemail = a@example.com\n[init]\ndefaultBranch = main\n[commit]\ngpgSign = false\n"
    (home / "gitconfig").write_text(identity, encoding="utf-8")
    lock = (ROOT / "requirements/dev.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^(\S+==.*?) *\\?$", lock, re.MULTILINE)
    (home / "constraints.txt").write_text("".join(f"{pin}\n" for pin in pins), encoding="utf-8")
    return kept | {
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "VIRTUALENV_OVERRIDE_APP_DATA": str(home / "virtualenv"),
        "PIP_CONSTRAINT": str(home / "constraints.txt"),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)]),
        "NO_COLOR": "1",
    }


class Desk:
    """A git repository, and somebody who works in it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet")

    def run(self, *command: str) -> tuple[int, str]:
        """Exit code, and both outputs as they come."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout

    def git(self, *arguments: str) -> str:
        code, told = self.run("git", *arguments)
        assert code == 0, told
        return told.strip()

    def add(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        self.git("add", "--all")

    def pre_commit(self, *arguments: str) -> tuple[int, str]:
        return self.run(sys.executable, "-m", "pre_commit", *arguments)

    def configure(self, repository: Desk, *hooks: tuple[str, Sequence[str]]) -> None:
        """Write a .pre-commit-config.yaml: hooks with their args."""
        wanted = [{"id": name, "args": list(arguments)} for name, arguments in hooks]
        repos = [{"repo": str(repository.folder), "rev": repository.git("rev-parse", "HEAD"), "hooks": wanted}]
        self.add({".pre-commit-config.yaml": yaml.safe_dump({"repos": repos})})


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment that all git and pre-commit of these tests see; one installation of the hooks serves them all."""
    home = tmp_path_factory.mktemp("home")
    yield world(home)
    shutil.rmtree(home)  # pytest would keep it, and it is large


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Desk:
    """A git repository with the files of this checkout."""
    folder = tmp_path_factory.mktemp("repository") / "steplint"
    shutil.copytree(ROOT, folder, ignore=lambda *given: {*LEFT_OUT(*given), "node_modules"} & set(given[1]))
    desk = Desk(folder, environment)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--message", "as it is")
    return desk


@pytest.fixture
def desk(tmp_path: Path, environment: dict[str, str]) -> Desk:
    return Desk(tmp_path / "work", environment)


def verdicts(told: str) -> dict[str, str]:
    """Name of each hook that pre-commit tells of → Passed, Failed or Skipped."""
    lines = re.findall(r"^(\S.*?)\.{3,}(?:\(.*\))?(Passed|Failed|Skipped)$", told, re.MULTILINE)
    return dict(lines)


def test_manifest_is_valid() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert list(HOOKS) == ["steplint", "steplint-fix", "steplint-all", "steplint-rules"]
    for hook in HOOKS.values():
        assert hook["require_serial"] is True
        assert ("--force-exclude" in hook["entry"]) == hook["entry"].startswith("steplint check")
        assert not {"language_version", "always_run"} & set(hook)
    assert HOOKS["steplint"]["files"] == HOOKS["steplint-fix"]["files"]


@pytest.mark.parametrize(
    ("path", "hooks"),
    [
        ("deals.csv", "steplint steplint-all"),
        ("exports/Pipeline 2026.XLSX", "steplint steplint-all"),
        ("deep/er/deals.jsonl.gz", "steplint steplint-all"),
        ("deals.parquet", "steplint steplint-all"),
        ("exports/deals.json", "steplint steplint-all"),
        ("team/export/deals.xls", "steplint steplint-all"),
        ("playbooks/rollout.yaml", "steplint steplint-all"),
        ("sales/playbook/rollout.yml", "steplint steplint-all"),
        ("discovery.md", "steplint steplint-all"),
        ("guides/Readme first.markdown", "steplint steplint-all"),
        ("playbooks/README.md", "steplint steplint-all"),
        ("guides/security-review.md", "steplint steplint-all"),
        ("rules/acme.yaml", "steplint-all steplint-rules"),
        ("steplint/rules/deep/acme.yml", "steplint-all steplint-rules"),
        ("rules/profiles/acme.yaml", "steplint-all"),
        ("steplint.yaml", "steplint-all"),
        ("package.json", "steplint-all"),
        ("README.md", "steplint-all"),
        ("guides/readme.de.md", "steplint-all"),
        ("CHANGELOG.md", "steplint-all"),
        ("docs/CODE_OF_CONDUCT.md", "steplint-all"),
        (".github/pull_request_template.md", "steplint-all"),
        (".github/workflows/ci.yaml", "steplint-all"),
        ("exports/.cache/deals.csv", "steplint-all"),
        ("exports/~$deals.xlsx", "steplint-all"),
        ("notes.txt", "steplint-all"),
        ("src/main.py", ""),
        ("deals.csv.bak", ""),
        ("playbooks.py", ""),
    ],
)
def test_which_files_a_hook_is_handed(path: str, hooks: str) -> None:
    def fits(hook: Mapping[str, Any]) -> bool:
        return bool(re.search(hook["files"], path)) and not ("exclude" in hook and re.search(hook["exclude"], path))

    handed = {name for name, hook in HOOKS.items() if fits(hook)}
    assert handed == {*hooks.split(), *(["steplint-fix"] if "steplint" in hooks.split() else [])}


def test_try_repo(repository: Desk, desk: Desk) -> None:
    """What somebody does who wants to see the hooks before anything is configured."""
    desk.add({**AROUND, "playbooks/recap.md": VAGUE, "rules/acme.yaml": RULE})
    code, told = desk.pre_commit("try-repo", str(repository.folder), "--all-files")
    names = [HOOKS[name]["name"] for name in HOOKS]
    assert verdicts(told) == dict(zip(names, ["Failed", "Failed", "Failed", "Passed"], strict=True)), told
    assert (code, "exit code: 2" in told) == (1, False), told


def test_commit_is_stopped_until_the_playbook_is_right(repository: Desk, desk: Desk) -> None:
    desk.configure(repository, ("steplint", [DAY]))
    assert desk.pre_commit("install")[0] == 0
    desk.add({**AROUND, "playbooks/recap.md": VAGUE, "playbooks/drafts/recap.md": VAGUE})
    code, told = desk.run("git", "commit", "--message", "recap")
    assert code == 1, told
    shown = told[told.index("- hook id") :].splitlines()
    assert shown[:2] == ["- hook id: steplint", "- exit code: 1"]
    assert shown[3] == "warning[WHAT203] phrase-vague: “Check in” says too little to check whether it was done"
    assert shown[4].startswith("  --> playbooks/recap.md:6  ")
    assert "Found 2 findings in 1 of 2 open records (2 warnings)." in shown
    assert "left out: playbooks/drafts/recap.md" in shown
    assert "not read, without a next-step column: prices.csv" in shown
    assert "README" not in told
    assert "\x1b" not in told

    desk.add({"playbooks/recap.md": CLEAN})
    code, told = desk.run("git", "commit", "--message", "recap")
    assert (code, verdicts(told)) == (0, {"steplint": "Passed"}), told


def test_many_files_are_one_run_with_one_summary(repository: Desk, desk: Desk) -> None:
    desk.configure(repository, ("steplint", [DAY, "--format=concise"]))
    desk.add({f"playbooks/{number}.md": VAGUE for number in range(24)})
    code, told = desk.pre_commit("run")
    assert code == 1
    assert re.findall("Found .*", told) == ["Found 48 findings in 24 of 48 open records (48 warnings)."]


def test_repairs_stop_the_commit_once_and_are_in_the_files(repository: Desk, desk: Desk) -> None:
    desk.configure(repository, ("steplint-fix", [DAY]))
    playbooks = {"playbooks/plan.md": MISSPELT, "playbooks/drafts/plan.md": MISSPELT, "playbooks/other.md": CLEAN}
    desk.add({**AROUND, **playbooks, "exports/deals.csv": UNDATED})
    code, told = desk.pre_commit("run")
    assert (code, verdicts(told)) == (1, {"steplint (repairs)": "Failed"}), told
    assert "- files were modified by this hook" in told
    assert "exit code" not in told
    assert "Fixed 2 findings in 2 files." in told
    assert desk.git("diff", "--name-only").split() == ["exports/deals.csv", "playbooks/plan.md"]
    plan = (desk.folder / "playbooks/plan.md").read_text(encoding="utf-8")
    assert plan == MISSPELT.replace("progres ", "progress ")
    assert (desk.folder / "exports/deals.csv").read_text(encoding="utf-8") == UNDATED.replace(",,", ",2026-01-15,")
    desk.git("add", "--all")
    assert desk.pre_commit("run")[0] == 0


def test_all_files_are_judged_when_one_has_changed(repository: Desk, desk: Desk) -> None:
    desk.configure(repository, ("steplint-all", [DAY, "playbooks"]), ("steplint", [DAY]), ("steplint-rules", []))
    desk.add({"playbooks/old.md": VAGUE})
    desk.git("commit", "--quiet", "--message", "before the hooks")
    desk.add({"playbooks/new.md": CLEAN})
    code, told = desk.pre_commit("run")
    assert code == 1
    assert verdicts(told) == {
        "steplint (all files)": "Failed",
        "steplint": "Passed",
        "steplint (rules)": "Skipped",
    }
    assert "  --> playbooks/old.md:6  " in told


def test_a_rule_that_does_not_find_its_example(repository: Desk, desk: Desk) -> None:
    desk.configure(repository, ("steplint-rules", []))
    desk.add({"rules/acme.yaml": RULE.replace('"Demo for', '"Call for')})
    code, told = desk.pre_commit("run")
    assert (code, verdicts(told)) == (1, {"steplint (rules)": "Failed"})
    assert "rules/acme.yaml" in told
    assert "1 rule, 2 examples: 1 failure." in told


def test_old_findings_stay_in_a_baseline(repository: Desk, desk: Desk) -> None:
    """An old repository: what is there is accepted once, and a hook that sees one file knows it again."""
    desk.configure(repository, ("steplint", [DAY, "--baseline=steplint-baseline.json"]))
    old, older, new = (VAGUE.replace("Harbour", name) for name in ("Harbour", "Larkspur", "Crux"))
    desk.add({"playbooks/old.md": old, "playbooks/older.md": older})
    code, told = desk.run(sys.executable, "-m", "steplint", "baseline", "playbooks", DAY)
    assert code == 0, told
    desk.add({})
    desk.git("commit", "--quiet", "--message", "what was there")
    desk.add({"playbooks/older.md": f"{older}\nThank you.\n"})
    assert desk.pre_commit("run")[0] == 0
    desk.add({"playbooks/new.md": new})
    code, told = desk.pre_commit("run")
    assert code == 1
    assert re.findall("--> [^ ]+", told) == ["--> playbooks/new.md:6"]
    assert "(2 warnings); 2 in the baseline." in told


def test_colour_where_pre_commit_shows_colour(repository: Desk, desk: Desk) -> None:
    desk.environment = {name: value for name, value in desk.environment.items() if name != "NO_COLOR"}
    desk.configure(repository, ("steplint", [DAY]))
    desk.add({"playbooks/recap.md": VAGUE})
    code, told = desk.pre_commit("run", "--color=always")
    assert code == 1
    assert "\x1b[1;33mwarning[WHAT203]\x1b[0m phrase-vague" in told
