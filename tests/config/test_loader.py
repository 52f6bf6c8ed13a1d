from __future__ import annotations

import os
from pathlib import Path

import pytest

from steplint import config
from steplint.errors import ConfigError, SteplintError

FULL = """\
profile: strict
extend_select: [WHEN306]
severity: {WHEN302: error}
fail_on: error
rule_options: {WHEN305: {horizon_days: 10}}
stages:
  Demo: prove
  "3 - Paper*": commit
calendar:
  holidays: [US, DE-BY]
  workweek: [sun, mon, tue, wed, thu]
  fiscal_start: 2
  timezone: Europe/Berlin
scope: {owners: [Bot], grace_days: 3}
date_order: dmy
map: {next_step: "Next Steps"}
lexicon: {vague: [synergise]}
"""


def write(folder: Path, text: str, name: str = "steplint.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_settings_of_a_file_and_where_they_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, FULL)
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path)
    settings = config.load(cwd=tmp_path / "deep")
    assert (settings.profile, settings.fail_on, settings.date_order) == ("strict", "error", "dmy")
    assert settings.stages == (("Demo", "prove"), ("3 - Paper*", "commit"))
    assert settings.workweek == (0, 1, 2, 3, 6)
    told = {key: (value, origin) for key, value, origin in config.explain(settings)}
    assert told["timezone"] == ("Europe/Berlin", "steplint.yaml:13")
    assert told["profile"] == ("strict", "steplint.yaml:1")
    assert told["text_limit"] == (255, "default")
    over = config.override(settings, profile="minimal", date_order=None, map={})
    assert {key: origin for key, _, origin in config.explain(over)}["profile"] == "command line"
    assert over.date_order == "dmy"


def test_the_organisation(tmp_path: Path) -> None:
    org = config.to_org(config.load(write(tmp_path, FULL)))
    assert (org.timezone, org.fiscal_start, org.holidays) == ("Europe/Berlin", 2, ("US", "DE-BY"))
    assert (org.scope.owners, org.scope.grace_days, org.stages[0]) == (("Bot",), 3, ("Demo", "prove"))
    assert config.to_org(config.DEFAULTS).timezone == "UTC"


def test_what_the_file_says_about_rules(tmp_path: Path) -> None:
    choice = config.choice(config.load(write(tmp_path, FULL)))
    assert (choice.profile, choice.extend_select, choice.severity) == ("strict", ("WHEN306",), {"WHEN302": "error"})
    assert choice.options == {"WHEN305": {"horizon_days": 10}}
    assert choice.origins["options"].endswith("steplint.yaml:5")


def test_pyproject(tmp_path: Path) -> None:
    text = '[project]\nname = "x"\n[tool.steplint]\nprofile = "strict"\n[tool.steplint.calendar]\nholidays = ["US"]\n'
    write(tmp_path, text, "pyproject.toml")
    settings = config.load(cwd=tmp_path)
    assert (settings.profile, settings.holidays) == ("strict", ("US",))
    assert settings.origins["holidays"].endswith("pyproject.toml:6")


def test_the_nearest_file_alone_counts(tmp_path: Path) -> None:
    write(tmp_path, "profile: strict\nfail_on: error\n")
    near = write(tmp_path / "a", "profile: minimal\n")
    write(tmp_path / "a" / "b", '[project]\nname = "x"\n', "pyproject.toml")
    settings = config.load(cwd=tmp_path / "a" / "b")
    assert (settings.profile, settings.fail_on, settings.path) == ("minimal", "warning", near)


def test_the_search_ends_at_the_root_of_the_project(tmp_path: Path) -> None:
    write(tmp_path, "profile: strict\n")
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    assert config.load(cwd=tmp_path / "repo") == config.DEFAULTS


def test_isolated_and_explicit(tmp_path: Path) -> None:
    write(tmp_path, "nonsense: 1\n")
    other = write(tmp_path / "other", "profile: all\n")
    assert config.load(cwd=tmp_path, isolated=True) == config.DEFAULTS
    assert config.load(other, cwd=tmp_path).profile == "all"
    with pytest.raises(ConfigError, match="no such configuration file"):
        config.load(tmp_path / "missing.yaml")


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    settings = config.load(write(tmp_path, "# nothing yet\n"))
    assert config.choice(settings) == config.choice(config.DEFAULTS)


def test_extends_replaces_whole_keys(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, "profile: strict\nseverity: {WHEN: error, WHAT: info}\n", "base.yaml")
    settings = config.load(write(tmp_path / "team", "extends: ../base.yaml\nseverity: {WHO: info}\n"))
    assert (settings.profile, settings.severity) == ("strict", {"WHO": "info"})
    assert settings.origins["profile"].endswith("base.yaml:1")


def test_rule_paths_are_real_paths_inside_the_project(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    settings = config.load(write(tmp_path, "rules: [rules]\n"))
    assert settings.rules == (str((tmp_path / "rules").resolve()),)


@pytest.mark.parametrize("key", ["extends: {}", "rules: [{}]"])
def test_paths_do_not_leave_the_project(key: str, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("token: abc123\n")
    inside = tmp_path / "repo"
    inside.mkdir()
    (inside / ".git").mkdir()
    os.symlink(tmp_path / "secret.yaml", inside / "link.yaml")
    for path in ("../secret.yaml", str(tmp_path / "secret.yaml"), "link.yaml", "/etc/passwd", "a/../../secret.yaml"):
        with pytest.raises(ConfigError, match="leaves the project") as caught:
            config.load(write(inside, key.format(path) + "\n"))
        assert "abc123" not in caught.value.render()


def test_a_link_out_of_the_project_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("token: abc123\n")
    repo = tmp_path / "repo"
    (repo / ".git").mkdir(parents=True)
    os.symlink(tmp_path / "secret.yaml", repo / "steplint.yaml")
    with pytest.raises(ConfigError, match="links out of the project") as caught:
        config.load(cwd=repo)
    assert "token" not in caught.value.render()


def test_both_names_are_one_too_many(tmp_path: Path) -> None:
    write(tmp_path, "profile: strict\n")
    write(tmp_path, "[tool.steplint]\n", "pyproject.toml")
    with pytest.raises(ConfigError, match="both configure steplint"):
        config.load(cwd=tmp_path)


WRONG = [
    ("profil: strict", "1:1: unknown key profil; did you mean profile?"),
    ("fail_on: warn", "1:1: fail_on cannot be warn; did you mean warning?"),
    ("select: WHEN", "1:1: select is a list, not WHEN"),
    ("text_limit: '3'", "1:1: text_limit is a whole number, not '3'"),
    ("severity: {WHEN302: eror}", "1:12: severity.WHEN302 cannot be eror; did you mean error?"),
    ("calendar:\n  workwek: [mon]", "2:3: unknown key calendar.workwek; did you mean workweek?"),
    ("calendar: {workweek: [mo]}", "did you mean mon?"),
    ("calendar: {timezone: Europe/Berln}", "no time zone is called Europe/Berln; did you mean Europe/Berlin?"),
    ("calendar: {timezone: ../../etc/passwd}", "is not the name of a time zone"),
    ("calendar: {timezone: /etc/localtime}", "is not the name of a time zone"),
    ("calendar: {fiscal_start: 13}", "calendar.fiscal_start"),
    ("stages: {Demo: prov}", "did you mean prove?"),
    ("stages: {no: won}", "no is a true or false to YAML"),
    ("map: {next_stp: x}", "did you mean next_step?"),
    ("date_order: 012", "012 is an octal number"),
    ("rules: [nope.yaml]", "1:9: no such rule file or folder: nope.yaml"),
    ("extends: steplint.yaml", "runs in a circle"),
    ("extends: nope.yaml", "names no file"),
    ("- a", "keys with values"),
    ("a: [", "not valid YAML"),
    ("rule_options: {WHEN305: {horizon_days: yes}}", "yes is a true or false to YAML"),
    # a configuration that comes with a cloned repository names none of these
    ("plugins: [evil]", "unknown key plugins"),
    ("plugin: evil", "unknown key plugin"),
    ("command: id", "unknown key command"),
    ("url: https://example.com", "unknown key url"),
    ("env: {HOME: x}", "unknown key env"),
]


@pytest.mark.parametrize(("text", "words"), WRONG, ids=[text[:40] for text, _ in WRONG])
def test_errors_name_file_line_and_the_nearest_right_word(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SteplintError) as caught:
        config.load(write(tmp_path, text + "\n"))
    assert type(caught.value) is ConfigError
    assert words in caught.value.render()
    assert str(caught.value.path).endswith("steplint.yaml")
    assert caught.value.line


TOML = [
    ('[tool.steplint]\nprofil = "x"\n', "2:1: unknown key profil; did you mean profile?"),
    ("[tool.steplint.calendar]\nfiscal_start = 13\n", "2:1: calendar.fiscal_start"),
    ('[tool.steplint]\ncalendar.timezone = "x y"\n', "2:1: calendar.timezone"),
    ('[tool]\nsteplint.profile = "a"\nsteplint.fail_on = "b"\n', "3:1: fail_on cannot be b"),
    ("[tool.steplint\n", "1:15: not valid TOML"),
    ("[tool.steplint]\nselect = " + "[" * 3000 + "]" * 3000, "nested too deeply"),
]


@pytest.mark.parametrize(("text", "words"), TOML, ids=[text[:30] for text, _ in TOML])
def test_toml_errors_name_lines_too(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load(write(tmp_path, text, "pyproject.toml"))
    assert words in caught.value.render()
