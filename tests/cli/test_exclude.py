"""Files that are left out: `exclude` in the configuration, `--force-exclude`, and steplint's own files."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steplint.reporters.formats import FORMATS

Steplint = Callable[..., Any]
EXPORT = "Id,Owner,Next Step\n1,Lee,TBD\n"
GUIDE = "# Guide\n\nBe polite.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An export, an old one, a playbook, and two files of other people."""
    for name, text in {
        "deals.csv": EXPORT,
        "old/deals.csv": EXPORT,
        "guide.md": GUIDE,
        "prices.csv": "Item,Price\nA,1\n",
        "package.json": '{"name": "x", "version": "1.0"}\n',
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checked(steplint: Steplint, *arguments: str) -> tuple[int, set[str], list[str]]:
    """Exit code, the files with findings, and the notes on standard error."""
    result = steplint("check", *arguments, "--format", "json")
    findings = json.loads(result.out)["findings"] if result.out else []
    return result.code, {finding["path"] for finding in findings}, result.err.splitlines()


@pytest.mark.parametrize(
    ("paths", "exclude", "forced", "found", "left_out"),
    [
        (["."], ["old/"], False, {"deals.csv"}, "left out: old/deals.csv"),
        (["."], ["old/"], True, {"deals.csv"}, "left out: old/deals.csv"),
        (["**/*.csv"], ["old/*"], False, {"deals.csv"}, "left out: old/deals.csv"),
        (["."], ["deals.csv"], False, set(), "left out: deals.csv, old/deals.csv"),
        (["deals.csv"], ["deals.csv"], False, {"deals.csv"}, None),
        (["deals.csv"], ["deals.csv"], True, set(), "left out: deals.csv"),
        (["old", "old/deals.csv"], ["old/"], False, {"old/deals.csv"}, None),
        (["./old/../deals.csv"], ["./deals.csv"], True, {"./old/../deals.csv"}, None),
    ],
)
def test_exclude(
    steplint: Steplint,
    folder: Path,
    paths: list[str],
    exclude: list[str],
    forced: bool,
    found: set[str],
    left_out: str | None,
) -> None:
    (folder / "steplint.yaml").write_text(json.dumps({"exclude": exclude}), encoding="utf-8")
    (folder / "prices.csv").unlink()
    (folder / "package.json").unlink()
    code, files, notes = checked(steplint, *paths, *(["--force-exclude"] if forced else []))
    told = next((note.removesuffix(", steplint.yaml") for note in notes if note.startswith("left out")), None)
    assert (code, files, told) == (1 if found else 0, found, left_out)


@pytest.mark.parametrize("format_", FORMATS)
def test_all_files_are_excluded(steplint: Steplint, folder: Path, format_: str) -> None:
    """Exit code 0 and one line; a report is whole, and says that nothing was judged."""
    (folder / "steplint.yaml").write_text("exclude: [deals.csv]\n", encoding="utf-8")
    result = steplint("check", "deals.csv", "old/deals.csv", "--force-exclude", "--format", format_)
    assert (result.code, result.err) == (0, "left out: deals.csv, old/deals.csv\n")
    if format_ in ("json", "sarif"):
        assert json.loads(result.out)
    elif format_ == "gitlab":
        assert json.loads(result.out) == []
    elif format_ == "junit":
        assert ET.fromstring(result.out).get("tests") == "1"  # noqa: S314  # the run itself
    elif format_ == "text":
        assert result.out == "No findings in 0 open records.\n"


def test_a_hook_may_hand_over_any_file(steplint: Steplint, folder: Path) -> None:
    others = ["guide.md", "prices.csv", "package.json"]
    assert checked(steplint, "--force-exclude", *others) == (
        0,
        set(),
        ["not read, without a next-step column: prices.csv, package.json", "without a step: guide.md"],
    )
    assert checked(steplint, "--force-exclude", "deals.csv", *others)[:2] == (1, {"deals.csv"})
    # Whoever names such a file otherwise, or a folder without any next step, is told.
    assert checked(steplint, "prices.csv")[0] == 2
    assert "no next-step column" in checked(steplint, "deals.csv", "prices.csv")[2][0]
    (folder / "deals.csv").unlink()
    (folder / "guide.md").unlink()
    (folder / "old/deals.csv").unlink()
    for option in ([], ["--force-exclude"]):
        assert checked(steplint, ".", *option)[0] == 2


@pytest.mark.parametrize("content", ["", 'Id,Next Step\n1,Call,x\n2,"open\n', "Id,Next Step\n"])
def test_a_broken_file_is_not_passed_over(steplint: Steplint, folder: Path, content: str) -> None:
    (folder / "broken.csv").write_text(content, encoding="utf-8")
    code, _, notes = checked(steplint, "--force-exclude", "broken.csv")
    assert code == 2
    assert notes[-1].startswith("steplint: broken.csv")


def test_a_broken_file_among_others_may_be_left_out(steplint: Steplint, folder: Path) -> None:
    (folder / "mkdocs.yml").write_text("site: x\nplugins: !ENV [PLUGINS, search]\n", encoding="utf-8")
    wrong = "steplint: mkdocs.yml:2:10: unknown tag !ENV; only plain values are read"
    hint = "; or leave this file out: exclude, in the configuration"
    assert checked(steplint, "mkdocs.yml") == (2, set(), [wrong])
    assert checked(steplint, "mkdocs.yml", "--force-exclude") == (2, set(), [wrong + hint])
    assert checked(steplint, ".") == (2, set(), [wrong + hint])
    (folder / "steplint.yaml").write_text("exclude: [mkdocs.yml]\n", encoding="utf-8")
    assert checked(steplint, ".")[0] == 1


def test_no_such_file(steplint: Steplint, folder: Path) -> None:
    code, _, notes = checked(steplint, "--force-exclude", "deels.csv")
    assert (code, notes) == (2, ["steplint: deels.csv: no such file; did you mean “deals.csv”?"])


def test_the_name_of_standard_input_may_be_excluded(steplint: Steplint, folder: Path) -> None:
    (folder / "steplint.yaml").write_text("exclude: [old/]\n", encoding="utf-8")
    for name, forced, code in (("deals.csv", True, 1), ("old/deals.csv", True, 0), ("old/deals.csv", False, 1)):
        options = ["--stdin-filename", name, *(["--force-exclude"] if forced else [])]
        assert steplint("check", "-", *options, stdin=EXPORT.encode()).code == code


def test_own_files_and_other_tables_are_no_input(steplint: Steplint, folder: Path) -> None:
    """A folder may hold the configuration that maps a header which only one of its tables has."""
    (folder / "deals.csv").write_text("Id,Our plan\n1,TBD\n", encoding="utf-8")
    (folder / "old/deals.csv").unlink()
    (folder / "steplint.yaml").write_text("map: {next_step: Our plan, owner: Id}\n", encoding="utf-8")
    (folder / "steplint-suppressions.yaml").write_text("[]\n", encoding="utf-8")
    assert checked(steplint, ".") == (
        1,
        {"deals.csv"},
        [
            "left out: steplint-suppressions.yaml, steplint.yaml",
            "not read, without a next-step column: package.json, prices.csv",
            "deals.csv: no id column; records are known by owner",
            "without a step: guide.md",
        ],
    )
    code, _, notes = checked(steplint, "prices.csv")
    assert (code, notes[0].split(";")[0]) == (2, "steplint: prices.csv: --map: there is no header “Our plan”")
    assert checked(steplint, "steplint.yaml")[0] == 2


def test_other_commands_leave_the_same_files_out(steplint: Steplint, folder: Path) -> None:
    (folder / "steplint.yaml").write_text("exclude: [deals.csv]\n", encoding="utf-8")
    parsed = steplint("parse", ".")
    assert (parsed.code, parsed.out) == (0, "")
    accepted = steplint("baseline", ".")
    assert (accepted.code, accepted.out.split(".")[0]) == (0, "steplint-baseline")
    assert json.loads((folder / "steplint-baseline.json").read_text("utf-8"))["entries"] == []
    why = steplint("why", ".", "--id", "1")
    assert (why.code, why.err.count("\n")) == (2, 1)
