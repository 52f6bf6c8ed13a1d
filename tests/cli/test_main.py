"""Start-up, errors and exit codes."""

import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from steplint import __version__
from steplint.cli import main as main_module
from steplint.cli.main import COMMANDS

Steplint = Callable[..., Any]
HEAVY = {"polars", "pydantic", "yaml", "rich", "sqlglot", "holidays", "jinja2", "polars_hash"}
# Beside the standard library, only these may be imported before a command is known.
ALLOWED = {"steplint", "click", "_distutils_hack", "__editable___steplint_finder"}


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["no-such-command"]])
def test_start_up_imports_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys; from steplint.cli.main import main; before = set(sys.stdlib_module_names);"
        f"main({arguments!r});"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} - before), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    imported = set(done.stderr.splitlines()[-1].split())
    assert not imported & HEAVY
    assert {name for name in imported if not name.startswith("_")} <= ALLOWED


def test_import_steplint_imports_nothing() -> None:
    script = "import sys, steplint; print({'polars', 'click', 'steplint.errors'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_version_is_that_of_the_package(steplint: Steplint) -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
    assert steplint("--version").code == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_line_of_help(name: str, steplint: Steplint) -> None:
    module, line = COMMANDS[name]
    command = import_module(f"steplint.cli.{module}").command
    assert (command.name, command.short_help) == (name, line)
    assert command.help
    assert steplint(name, "--help").code == 0


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["chek"], "did you mean check?"),
        (["deals.csv"], "did you mean steplint check deals.csv?"),
        (["check", "--formt", "json", "x.csv"], "Did you mean '--format'?"),
        (["check", "--format", "jsn", "x.csv"], "did you mean json?"),
        (["check", "--output", "jsnl:x", "x.csv"], "did you mean jsonl?"),
        (["check", "--profile", "recomended", "{pipeline}"], "did you mean recommended?"),
        (["check", "--select", "WHEN32", "{pipeline}"], "did you mean WHEN3"),
        (["check", "--ignore", "date-vage", "{pipeline}"], "did you mean date-vague?"),
        (["check", "--severity", "WHEN302=eror", "{pipeline}"], "did you mean error?"),
        (["check", "--severity", "WHEN302", "{pipeline}"], "CODE=LEVEL"),
        (["check", "--fail-on", "warn", "{pipeline}"], "did you mean warning?"),
        (["check", "--as-of", "12.1.2026", "{pipeline}"], "write it like 2026-01-15"),
        (["check", "--timezone", "Europe/Berln", "{pipeline}"], "did you mean Europe/Berlin?"),
        (["check", "--timezone", "../../etc/passwd", "{pipeline}"], "no time zone"),
        (["check", "--date-order", "mdj", "{pipeline}"], "did you mean mdy?"),
        (["check", "--preset", "salesfroce", "{pipeline}"], "did you mean “salesforce”?"),
        (["check", "--map", "next_stp=x", "{pipeline}"], "did you mean “next_step”?"),
        (["check", "--config", "none.yaml", "{pipeline}"], "no such configuration file"),
        (["check", "--rules", "none", "{pipeline}"], "no such rule file"),
        (["check", "--plugin", "no_such_module", "{pipeline}"], "no module"),
        (["check", "--ignore", "ALL", "{pipeline}"], "no rule is selected"),
        (["check", "pipelin.csv"], "no such file"),
        (["check"], "no file given"),
        (["check", "--no-such-thing", "x", "{pipeline}"], "No such option"),
        (["check", "--baseline", "none.json", "{pipeline}"], "no such baseline; steplint baseline writes one"),
        (["baseline", "{pipeline}", "-o", "x.csv"], "end it in .json"),
        (["baseline"], "no file given"),
        (["suppress", "--rule", "WHEN302", "--record", "x"], "Missing option '--reason'"),
        (["rule", "WHEN320"], "did you mean WHEN3"),
        (["rules", "--profile", "strct"], "did you mean strict?"),
        (["config", "--explain", "date-vage"], "did you mean date-vague?"),
        (["schema", "confg"], "did you mean config?"),
        (["completion", "bsh"], "did you mean bash?"),
        (["why", "{pipeline}"], "--id, --line and --text"),
        (["why", "{pipeline}", "--id", "006X"], "did you mean 006"),
        (["why", "--line", "3"], "no file given"),
        (["init", "--from", "pipelin.csv"], "no such file"),
        (["init", "--as-of", "2026-01-12"], "name the file with --from"),
        (["init", "--from", "{pipeline}", "--map", "next_step=Nxt Step"], "did you mean “Next Step”?"),
        (["new-rule", "acme1", "x"], "is not a rule code"),
        (["new-rule", "WHEN302", "x"], "is a shipped rule"),
        (["test-rules", "none"], "no such rule file"),
        (["parse", "--text", "none.txt"], "no such file"),
    ],
)
def test_a_mistake_is_one_line_with_the_nearest_right_word(
    arguments: list[str], hint: str, steplint: Steplint, pipeline: str
) -> None:
    result = steplint(*(argument.format(pipeline=pipeline) for argument in arguments))
    assert result.code == 2
    assert result.out == ""
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("steplint: ")
    assert hint in result.err


def test_a_bug_is_one_line_and_70(steplint: Steplint, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def fail(*args: object, **kwargs: object) -> None:
        raise PanicException("index out of\nbounds \x1b[31m")

    monkeypatch.setattr("steplint.rules.load_shipped", fail)
    result = steplint("rules")
    assert result.code == 70
    assert len(result.err.splitlines()) == 1
    assert "PanicException: index out of bounds <U+001B>[31m; this is a bug in steplint" in result.err
    assert "Traceback" in steplint("rules", env={"STEPLINT_DEBUG": "1"}).err


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "steplint: interrupted\n"),
        (BrokenPipeError(), 0, ""),
        (OSError(28, "No space left on device"), 2, "steplint: no space left on device; free some space\n"),
        (MemoryError(), 70, None),
    ],
)
def test_exit_codes(
    error: BaseException, code: int, line: str | None, steplint: Steplint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr("steplint.rules.load_shipped", fail)
    monkeypatch.setattr(main_module, "_mute", lambda: None)
    result = steplint("rules")
    assert result.code == code
    assert line is None or result.err == line


@pytest.mark.parametrize("format_", ["text", "jsonl", "json"])
def test_a_closed_pipe_is_quiet(pipeline: str, format_: str) -> None:
    script = f"{sys.executable} -m steplint check {pipeline} --profile all --format {format_} | head -c 1 >/dev/null"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr == ""
