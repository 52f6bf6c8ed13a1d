"""exclude, per_path and per_record: read with their places, and turned into conditions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from steplint import config, rules
from steplint.errors import ConfigError

FILE = """\
per_path:
  exports/old/*.csv: [WHEN303]
  "*.xlsx": [CMT, date-vague]
per_record:
  - where: record_type = 'Renewal' AND amount < 5000
    ignore: [CMT501]
  - {where: "owner ILIKE '%queue%'", ignore: [WHO]}
"""


def load(folder: Path, text: str, name: str = "steplint.yaml") -> config.Settings:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return config.load(folder / name)


def test_they_are_settings_with_places(tmp_path: Path) -> None:
    settings = load(tmp_path, FILE)
    old = f"{tmp_path.resolve()}/exports/old/*.csv"
    assert dict(settings.per_path) == {old: ("WHEN303",), "*.xlsx": ("CMT", "date-vague")}
    assert settings.per_record[0] == {"where": "record_type = 'Renewal' AND amount < 5000", "ignore": ("CMT501",)}
    assert settings.origins[f"per_path.{old}"].endswith("steplint.yaml:2:3")
    assert settings.origins["per_record.1"].endswith("steplint.yaml:7:38")
    assert [item.ignore for item in config.record_exemptions(settings)] == [("CMT501",), ("WHO",)]
    config.check_selectors(settings, rules.load_shipped())


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("old.csv", "old.csv", True),
        ("old.csv", "deep/old.csv", True),
        ("*.csv", "/elsewhere/x.csv", True),
        ("*.csv", "x.csv.gz", False),
        ("exports/*.csv", "exports/x.csv", True),
        ("exports/*.csv", "./deep/../exports/x.csv", True),
        ("exports/*.csv", "exports/deep/x.csv", False),
        ("exports/**/*.csv", "exports/deep/er/x.csv", True),
        ("exports/**/*.csv", "exports/x.csv", True),
        ("exports/**", "exports/deep/x.csv", True),
        ("exports/", "exports/deep/x.csv", True),
        ("exports/old", "exports/old/x.csv", True),
        ("exports/old", "exports/older/x.csv", False),
        ("exports/?.csv", "exports/x.csv", True),
        ("exports/[a-w].csv", "exports/x.csv", False),
        ("exports/[!a-w].csv", "exports/x.csv", True),
        ("exports/x+.csv", "exports/xx.csv", False),
        ("**/" * 50 + "*" * 20 + "a", "exports/" + "b" * 200, False),
    ],
)
def test_patterns(pattern: str, path: str, fits: bool, tmp_path: Path) -> None:
    # Signs that mean something in patterns stand for themselves in the folder's own name.
    settings = load(tmp_path / "a [b]*", f'per_path: {{"{pattern}": [WHEN]}}\n')
    found = config.path_exemptions(settings, ["other.tsv", path], tmp_path / "a [b]*")
    assert [item.where for item in found] == ([["in", ["col", "path"], [["lit", path]]]] if fits else [])
    settings = load(tmp_path / "a [b]*", f'exclude: ["{pattern}"]\n')
    assert config.exclusion(settings, (), tmp_path / "a [b]*")(["other.tsv", path]) == ({path} if fits else set())


def test_what_is_excluded_is_a_setting_with_a_place(tmp_path: Path) -> None:
    settings = load(tmp_path, "profile: strict\nexclude: [old.csv, playbooks/drafts/]\n")
    assert settings.exclude == ("old.csv", f"{tmp_path.resolve()}/playbooks/drafts/")
    told = {name: (value, origin) for name, value, origin in config.explain(settings)}
    assert told["exclude"] == (settings.exclude, settings.origins["exclude"])
    assert settings.origins["exclude"].endswith("steplint.yaml:2")
    assert config.schemas()["config"]["properties"]["exclude"]["items"]["type"] == "string"


def test_own_names_are_left_out_wherever_they_are(tmp_path: Path) -> None:
    left_out = config.exclusion(config.DEFAULTS, config.NAMES, tmp_path)
    assert left_out(["steplint.yaml", "team/steplint.yml", "my-steplint.yaml", "steplint.yaml.csv"]) == {
        "steplint.yaml",
        "team/steplint.yml",
    }


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such names")
def test_a_name_that_is_no_text_can_be_left_out(tmp_path: Path) -> None:
    settings = load(tmp_path, 'exclude: ["x*.csv", "old/"]\n')
    names = [os.fsdecode(name) for name in (b"x\xff.csv", b"\xff.csv", b"old/\xff.csv")]
    assert config.exclusion(settings, (), tmp_path)(names) == {names[0], names[2]}


def test_a_pattern_is_counted_from_the_file_that_says_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "base.yaml").write_text("per_path: {exports/*.csv: [WHEN]}\n", encoding="utf-8")
    settings = load(tmp_path / "team", "extends: ../base.yaml\n")
    assert config.path_exemptions(settings, ["exports/x.csv"], tmp_path)
    assert not config.path_exemptions(settings, ["exports/x.csv"], tmp_path / "team")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("per_path: {/etc/x: [WHEN]}", "1:12: per_path: /etc/x leads out of the folder"),
        ("exclude: [a.csv, /etc/x]", "1:18: exclude: /etc/x leads out of the folder"),
        ("exclude: [../a.csv]", "exclude: ../a.csv leads out of the folder"),
        ("exclude: old/", "exclude is a list, not old/"),
        ("exclud: [a]", "unknown key exclud; did you mean exclude?"),
        ("per_path: {a/../../x: [WHEN]}", "leads out of the folder"),
        ("per_path: {a: WHEN}", "per_path.a is a list, not WHEN"),
        ("per_path: {a: []}", "per_path.a"),
        ("per-path: {a: [WHEN]}", "unknown key per-path; did you mean per_path?"),
        ("per_record: [{where: vague}]", "per_record.0.ignore is missing"),
        ("per_record:\n  - ignore: [WHEN]\n    where: amuont < 5", "3:12: "),
        ("per_record:\n  - ignore: [WHEN]\n    where: |\n      vague AND\n      amount", "5:7: "),
        ("per_record: [{where: 'amount <', ignore: [WHEN]}]", "the condition breaks off"),
        ("suppressions: ../x.yaml", "1:1: suppressions leaves the project"),
        ("baseline: /etc/passwd", "1:1: baseline leaves the project"),
    ],
)
def test_errors_name_file_and_line(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text + "\n")
    assert words in caught.value.render()
    assert str(caught.value.path).endswith("steplint.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("per_path: {a: [WHEN, CTM]}", "steplint.yaml:1:12: per_path: no rule is called CTM; did you mean CMT?"),
        (
            "per_record:\n  - {where: vague, ignore: [date-vage]}",
            "steplint.yaml:2:20: per_record: no rule is called date-vage",
        ),
        ("mandatory: [WHEN3O3]", "steplint.yaml:1: mandatory: no rule is called WHEN3O3"),
        ("mandatory: [WHEN303]\nper_path: {a: [WHEN303]}", "2:12: per_path: WHEN303 date-past is mandatory"),
        (
            "mandatory: [WHEN303]\nper_record: [{where: vague, ignore: [WHEN]}]",
            "WHEN takes in WHEN303 date-past, which is mandatory",
        ),
    ],
)
def test_rules_that_are_none(text: str, words: str, tmp_path: Path) -> None:
    settings = load(tmp_path, text + "\n")
    with pytest.raises(ConfigError) as caught:
        config.check_selectors(settings, rules.load_shipped())
    assert words in caught.value.render()
