from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from steplint.errors import RuleError
from steplint.rules import prebuilt, shipped
from steplint.rules.columns import RECORDS
from steplint.rules.load import load_path
from steplint.rules.rule import Rule
from steplint.rules.selection import profile_rules

RULES = shipped.checkout_rules()


def python(code: str, *path: Path) -> str:
    source = str(Path(shipped.__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, path), source])}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout


def placeless(rules: list[Rule]) -> list[Rule]:
    return sorted((dataclasses.replace(rule, path=None) for rule in rules), key=lambda rule: rule.code)


@pytest.fixture
def rules_dir() -> Path:
    assert RULES is not None, "tests run in a checkout"
    return RULES


def test_compiled_rules_equal_the_files(rules_dir: Path, tmp_path: Path) -> None:
    target = prebuilt.write(tmp_path / "deep" / "rules.json", rules_dir)
    content = json.loads(target.read_text(encoding="utf-8"))
    made = [shipped.from_dict(data) for data in content["rules"]]
    assert placeless(made) == placeless(load_path(rules_dir))
    assert content["digest"] == prebuilt.digest(rules_dir)
    assert str(rules_dir.parent) not in target.read_text(encoding="utf-8")


def test_the_digest_follows_every_byte(rules_dir: Path, tmp_path: Path) -> None:
    copy = tmp_path / "rules"
    for file in rules_dir.rglob("*.yaml"):
        place = copy / file.relative_to(rules_dir)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.read_bytes())
    assert prebuilt.digest(copy) == prebuilt.digest(rules_dir)
    changed = next(copy.rglob("*.yaml"))
    changed.write_bytes(changed.read_bytes() + b"\n")
    assert prebuilt.digest(copy) != prebuilt.digest(rules_dir)


def test_profiles_contain_one_another() -> None:
    rules, profiles = shipped.load_shipped(), shipped.load_profiles()
    sets = [profile_rules(name, rules, profiles) for name in ("minimal", "recommended", "strict", "all")]
    for small, large in pairwise(sets):
        assert small < large
    assert sets[-1] == {rule.code for rule in rules}


def test_every_rule_has_examples_and_needs_only_columns() -> None:
    for rule in shipped.load_shipped():
        assert len(rule.examples["bad"]) >= 3, rule.code
        assert len(rule.examples["good"]) >= 3, rule.code
        assert set(rule.needs) <= set(RECORDS), rule.code
        assert rule.shipped


def test_compiled_rules_load_without_parser_model_or_polars(rules_dir: Path, tmp_path: Path) -> None:
    target = prebuilt.write(tmp_path / "rules.json", rules_dir)
    code = f"""
import sys
from itertools import pairwise
from pathlib import Path
from steplint.rules import shipped
shipped.prebuilt_path = lambda: Path({str(target)!r})
from steplint import rules
selection = rules.select(rules.catalogue(entry_points=False), severities={{"WHEN": "info"}})
assert len(selection.rules) > 10
print(sorted({{"polars", "pydantic", "sqlglot", "yaml"}} & set(sys.modules)))
"""
    assert python(code).strip() == "[]"


def test_rules_compile_where_polars_is_not_installed(rules_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "polars.py").write_text("raise ImportError('not here')\n")
    target = tmp_path / "rules.json"
    python(f"from steplint.rules import prebuilt; prebuilt.write({str(target)!r}, {str(rules_dir)!r})", tmp_path)
    assert target.read_text(encoding="utf-8") == prebuilt.dumps(prebuilt.build(rules_dir))


def test_a_stale_or_foreign_compilation_is_not_used(
    rules_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = tmp_path / "rules.json"
    stale.write_text(json.dumps({"format": prebuilt.FORMAT, "digest": "other", "rules": [], "profiles": []}))
    monkeypatch.setattr(shipped, "prebuilt_path", lambda: stale)
    shipped._content.cache_clear()
    try:
        assert shipped.load_shipped()
        monkeypatch.setattr(shipped, "checkout_rules", lambda: None)
        shipped._content.cache_clear()
        assert shipped.load_shipped() == []  # in a wheel there is nothing to compare with
        stale.unlink()
        shipped._content.cache_clear()
        with pytest.raises(RuleError, match="install steplint again"):
            shipped.load_shipped()
    finally:
        shipped._content.cache_clear()


def test_shipped_files_are_named_by_their_code(rules_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "when").mkdir()
    source = next((rules_dir / "when").glob("WHEN301*.yaml"))
    text = (
        source.read_text(encoding="utf-8").split("implied_by")[0]
        + "at: next_step\nmessage: m\nwhy: w\nexamples: {bad: [{}], good: [{}]}\n"
    )
    (tmp_path / "when" / "WHEN301-other.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=r"name it when/WHEN301-date-missing\.yaml"):
        prebuilt.build(tmp_path)
