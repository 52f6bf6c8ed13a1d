from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import steplint.config
from steplint import config, rules
from steplint.errors import UsageError


def test_why_a_rule_runs_as_it_does(tmp_path: Path) -> None:
    file = tmp_path / "steplint.yaml"
    file.write_text(
        "severity: {WHEN: error}\nrule_options: {WHEN305: {horizon_days: 10}}\nmandatory: [WHEN]\nignore: [WHAT]\n"
    )
    settings = config.load(file)
    everything = rules.load_shipped()
    line = {"extend_select": ["WHEN305"], "severities": {"WHO": "info"}}
    selection = rules.select(everything, config=config.choice(settings), **line)
    told = {
        code: config.explain_rule(settings, everything, selection, code) for code in ("WHEN305", "WHAT201", "WHO101")
    }
    assert (told["WHEN305"]["selected"], told["WHEN305"]["reason"]) == (True, "selected by WHEN305")
    assert (told["WHEN305"]["severity"], told["WHEN305"]["mandatory"]) == ("error", True)
    assert told["WHEN305"]["severity_from"].endswith("steplint.yaml:1")
    assert told["WHEN305"]["options"]["horizon_days"]["value"] == 10
    assert told["WHEN305"]["options"]["horizon_days"]["from"].endswith("steplint.yaml:2")
    assert (told["WHAT201"]["selected"], told["WHAT201"]["reason"]) == (False, "ignored by WHAT")
    assert (told["WHO101"]["severity"], told["WHO101"]["severity_from"]) == ("info", "command line")
    assert config.explain_rule(settings, everything, selection, "date-far")["code"] == "WHEN305"
    with pytest.raises(UsageError, match="did you mean date-far"):
        config.explain_rule(settings, everything, selection, "date-fra")


def test_schemas_come_from_the_models() -> None:
    made = config.schemas()
    assert set(made) == {"config", "rule", "profile"}
    assert "timezone" in made["config"]["$defs"]["CalendarSettings"]["properties"]
    assert made["config"]["additionalProperties"] is False
    assert "schema" in made["rule"]["properties"]
    assert set(made["rule"]["required"]) == {
        "schema",
        "code",
        "name",
        "severity",
        "check",
        "message",
        "why",
        "examples",
    }


def test_defaults_need_no_model(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from steplint import config
settings = config.load(cwd=Path.cwd())
config.choice(settings)
print(sorted({"pydantic", "yaml", "sqlglot", "polars"} & set(sys.modules)))
"""
    source = str(Path(steplint.config.__file__).parents[2])
    (tmp_path / ".git").mkdir()
    environment = {**os.environ, "PYTHONPATH": source}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
