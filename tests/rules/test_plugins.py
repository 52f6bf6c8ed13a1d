from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

import steplint.rules.plugins
from steplint.errors import RuleError, UsageError
from steplint.rules.checks import explain, mask
from steplint.rules.plugins import load_plugins, rule, rules_of

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "plugin"
SHOW = "from steplint import rules; print([rule.code for rule in rules.load_plugins({modules})])"


def run(folder: Path, code: str, *path: Path) -> subprocess.CompletedProcess[str]:
    source = Path(steplint.rules.plugins.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(item) for item in (*path, source))}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example plugin, installed by pip as a user would."""
    target = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(target)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(EXAMPLE)], check=True)
    return target


def test_an_installed_plugin_is_found_by_its_entry_point(installed: Path, tmp_path: Path) -> None:
    done = run(tmp_path, SHOW.format(modules=""), installed)
    assert done.stdout.strip() == "['EXA101', 'EXA102']", done.stderr


def test_its_rules_stand_beside_the_shipped_ones(installed: Path, tmp_path: Path) -> None:
    code = "from steplint import rules; s = rules.select(rules.catalogue(), extend_select=['EXA']); print(len(s.rules))"
    shipped = "from steplint import rules; s = rules.select(rules.catalogue()); print(len(s.rules))"
    assert int(run(tmp_path, code, installed).stdout) == int(run(tmp_path, shipped).stdout) + 2


def test_a_plugin_by_module(installed: Path, tmp_path: Path) -> None:
    done = run(tmp_path, SHOW.format(modules="['steplint_example_plugin'], entry_points=False"), installed)
    assert done.stdout.strip() == "['EXA101', 'EXA102']", done.stderr


def test_nothing_is_loaded_from_the_working_directory(tmp_path: Path) -> None:
    """Neither a module nor the metadata of a distribution that a cloned repository brings along."""
    (tmp_path / "evil.py").write_text("open('loaded', 'w')\n")
    metadata = tmp_path / "evil-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[steplint.rules]\nevil = evil\n")
    for path in ((), (tmp_path,), (Path("."),)):
        done = run(tmp_path, SHOW.format(modules=""), *path)
        assert done.stdout.strip() == "[]", done.stderr
        done = run(tmp_path, SHOW.format(modules="['evil']"), *path)
        assert (
            "--plugin evil: no module evil; install it; modules in the working directory are not loaded" in done.stderr
        )
    assert not (tmp_path / "loaded").exists()


@pytest.mark.parametrize("name", ["os;x", "../evil", "a..b", "", "evil.py "])
def test_a_plugin_is_a_module_name(name: str) -> None:
    with pytest.raises(UsageError, match="is not a module name"):
        load_plugins([name], entry_points=False)


KEYS = {
    "code": "ACME101",
    "name": "step-odd",
    "message": "m",
    "why": "w",
    "bad": [{"amount": 1}],
    "good": [{"amount": 0}],
}


def module(function: object = None, **names: object) -> ModuleType:
    made = ModuleType("acme")
    made.__dict__.update({"STEPLINT_API": 1, "odd": function, **names})
    return made


def test_a_condition_and_an_expression() -> None:
    condition = rules_of(module(rule(**KEYS, options={"least": 5})(lambda _: "amount > :least")))[0]
    expression = rules_of(
        module(rule(**KEYS, options={"least": 5})(lambda options: pl.col("amount") > options["least"]))
    )[0]
    frame = pl.DataFrame({"amount": [9.0, 1.0, None]})
    assert condition.check["where"][0] == ">"
    assert expression.check == {"expr": ["amount"]}
    for made in (condition, expression):
        assert frame.select(mask(made)).to_series().to_list() == [True, False, False]
        assert explain(made, frame[:1])[0][2] is True


WRONG = [
    (module(STEPLINT_API=2), "is written for rule interface 2; this steplint has STEPLINT_API = 1"),
    (module(STEPLINT_API=None), "does not say STEPLINT_API"),
    (module(), "defines no rule"),
    (module(rule(**KEYS)(lambda _: "amont > 1")), "unknown column amont; did you mean amount?"),
    (module(rule(**KEYS)(lambda _: pl.col("amont") > 1)), "reads amont, which is no column"),
    (module(rule(**KEYS)(lambda _: 3)), "returns int, not a condition or a polars expression"),
    (module(rule(**KEYS)(lambda options: options["x"])), "ACME101 fails: KeyError"),
    (module(rule(**KEYS, sevrity="x")(lambda _: "waiting")), "unknown key sevrity; did you mean severity?"),
    (module(rule(**{**KEYS, "bad": []})(lambda _: "waiting")), "examples.bad"),
]


@pytest.mark.parametrize(("made", "words"), WRONG)
def test_wrong_plugins_are_one_clear_line(made: ModuleType, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        rules_of(made)
    assert words in caught.value.render()
    assert "\n" not in caught.value.render()
