"""`steplint init`: a configuration that `check` accepts, and a forecast that it fulfils."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steplint import yaml_safe
from steplint.init.forecast import PROFILES, totals

Steplint = Callable[..., Any]
EXAMPLES = Path(__file__).parents[2] / "examples"
EXPORTS = [
    EXAMPLES / "pipeline.csv",
    *(path for path in sorted((EXAMPLES / "exports").glob("*.*")) if path.name not in ("make.py", "pool.yaml")),
]
SNAPSHOT = Path(__file__).with_name("init.yaml")
AS_OF = ("--as-of", "2026-01-12")
#: Day order open, an unknown stage, a field of 100 characters, a queue, two record types, a row too short.
ORG = "".join(
    [
        "Id,Stage,Next Step,Record Type,Opportunity Owner,Due Date\n",
        *(f"{n},Negotiation,Grid walk,New,D. Lee,3/4/2026\n" for n in range(4)),
        *(f"{n},1 - Prospecting,TBD,Renewal,Inbound Queue,\n" for n in range(4, 7)),
        *(f"{n},In Klärung,follow up,New,M. Tan,\n" for n in range(7, 9)),
        *(f"{n},Demo,{f'Send Dana the deck no. {n} and ' + 'x' * 99:.100},New,M. Tan,\n" for n in range(9, 12)),
        "12,Closed Won,,New,M. Tan,2/3/2026\n",
        '13,Demo,"Call Dana Thu 15 Jan 10:00 to settle the redlines",New,M. Tan,\n',
        "14,Demo\n",
    ]
)


@pytest.fixture
def org(tmp_path: Path) -> str:
    (tmp_path / "org.csv").write_text(ORG, encoding="utf-8")
    return str(tmp_path / "org.csv")


def config(folder: Path) -> Any:
    return yaml_safe.read(folder / "steplint.yaml").data


def test_without_a_file(steplint: Steplint, pipeline: str, tmp_path: Path) -> None:
    result = steplint("init")
    assert (result.code, result.err) == (0, "")
    assert result.out == "steplint.yaml is written. Now try `steplint check FILE`.\n"
    assert config(tmp_path) == {"profile": "recommended"}
    assert steplint("check", pipeline).code == 1


@pytest.mark.parametrize("export", EXPORTS, ids=lambda path: path.name)
def test_check_then_runs_and_finds_the_same(steplint: Steplint, export: Path, tmp_path: Path) -> None:
    result = steplint("init", "--from", str(export), *AS_OF)
    assert result.code == 0
    assert config(tmp_path)["profile"] == "recommended"
    assert steplint("check", str(export)).code in (0, 1)
    # The mapping, the roles of stages and the day order are those without a configuration.
    everything = ("--format", "json", "--profile", "all", *AS_OF)
    told = steplint("check", str(export), *everything)
    assert told.out == steplint("check", str(export), *everything, "--isolated").out


def forecast(out: str) -> dict[str, dict[str, int]]:
    """Profile → code → findings, from the table on the terminal."""
    lines = iter(out.splitlines())
    names = next(line.split()[1:] for line in lines if line.startswith("rule "))
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    for line in lines:
        if line.startswith("findings"):
            break
        numbers = line.replace(",", "").split()[-len(names) :]
        for name, number in zip(names, numbers, strict=True):
            found[name] |= {line.split()[0]: int(number)} if number != "–" else {}
    return found


@pytest.mark.parametrize("name", ["pipeline.csv", "exports/salesforce-tasks.csv", "exports/suitecrm.csv", "org.csv"])
def test_the_forecast_holds(steplint: Steplint, name: str, org: str, tmp_path: Path) -> None:
    file = org if name == "org.csv" else str(EXAMPLES / name)
    told = forecast(steplint("init", "--from", file, *AS_OF).out)
    summaries = {
        profile: json.loads(steplint("check", file, "--profile", profile, "--format", "json", *AS_OF).out)["summary"]
        for profile in PROFILES
    }
    assert told == {profile: summary["by_rule"] for profile, summary in summaries.items()}
    records = summaries["all"]["records"]
    line = f"# Findings as of 2026-01-12: {totals(told)} on {records} open "
    assert line in (tmp_path / "steplint.yaml").read_text("utf-8")


def test_what_an_organisation_is_told(steplint: Steplint, org: str, tmp_path: Path) -> None:
    result = steplint("init", "--from", org, *AS_OF)
    assert result.code == 0
    assert config(tmp_path) == {
        "profile": "recommended",
        "stages": {"1 - Prospecting": "qualify", "Demo": "prove", "Negotiation": "commit", "Closed Won": "won"},
        "text_limit": 100,
    }
    assert (
        "Left to decide: the order of day and month, the role of 1 stage, what 1 repeated text should count as."
        in result.out
    )
    assert "“Due Date” is not read" in result.err
    assert steplint("init", "--from", org, *AS_OF, "--quiet", "--force").err == ""


def test_snapshot(steplint: Steplint, org: str) -> None:
    """Rewrite tests/cli/init.yaml with what is printed, after a look at it."""
    result = steplint("init", "--from", org, *AS_OF, "--output", "-")
    assert result.out == SNAPSHOT.read_text("utf-8")


def test_standard_input_and_output(steplint: Steplint, pipeline: str, tmp_path: Path) -> None:
    result = steplint("init", "--from", "-", "--output", "-", stdin=Path(pipeline).read_bytes())
    assert result.out.startswith("# steplint configuration, proposed from standard input: 3 open deals of 4 records.\n")
    assert yaml_safe.load(result.out).data["stages"] == {
        "Proposal": "propose",
        "Negotiation": "commit",
        "Closed Won": "won",
    }
    assert not (tmp_path / "steplint.yaml").exists()
    assert steplint("init", "--output", "-").out.startswith("# steplint configuration.")


def test_several_files(steplint: Steplint, pipeline: str, org: str, tmp_path: Path) -> None:
    result = steplint("init", "--from", pipeline, "--from", org, *AS_OF)
    assert result.code == 0
    assert "on 16 open deals" in result.out
    text = (tmp_path / "steplint.yaml").read_text("utf-8")
    assert "# Columns of pipeline.csv" in text
    assert "# Columns of org.csv" in text
    assert steplint("check", pipeline, org).code == 1


def test_what_is_said_is_kept(steplint: Steplint, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_bytes("Nr;Nächstes;Fällig\n1;Call Dana;3/4/2026\n".encode("cp1252"))
    file = str(tmp_path / "odd.csv")
    assert "no next-step column" in steplint("init", "--from", file, "--encoding", "cp1252").err
    said = ["--map", "next_step=Nächstes", "--map", "due_date=Fällig", "--date-order", "dmy", "--preset", "hubspot"]
    more = ["--source-name", "crm", "--timezone", "Europe/Berlin", "--encoding", "cp1252"]
    result = steplint("init", "--from", file, *said, *more)
    assert result.code == 0
    assert "steplint check --encoding cp1252" in result.out
    assert config(tmp_path) == {
        "profile": "recommended",
        "preset": "hubspot",
        "source_name": "crm",
        "map": {"next_step": "Nächstes", "due_date": "Fällig"},
        "date_order": "dmy",
        "calendar": {"timezone": "Europe/Berlin"},
    }
    checked = json.loads(steplint("check", file, "--encoding", "cp1252", "--profile", "all", "--format", "json").out)
    assert checked["summary"]["records"] == 1
    assert "need" in (tmp_path / "steplint.yaml").read_text("utf-8").splitlines()[3]


@pytest.mark.parametrize(
    ("file", "content", "arguments", "complaint"),
    [
        ("steplint.yaml", "profile: strict\n", [], "this file is already there"),
        ("steplint.yml", "profile: strict\n", [], "steplint.yml configures steplint already"),
        ("pyproject.toml", "[tool.steplint]\n", [], "pyproject.toml configures steplint already"),
        ("other.yaml", "", ["--output", "other.yaml"], "this file is already there"),
    ],
)
def test_nothing_is_overwritten(
    steplint: Steplint, tmp_path: Path, file: str, content: str, arguments: list[str], complaint: str
) -> None:
    (tmp_path / file).write_text(content, encoding="utf-8")
    result = steplint("init", *arguments)
    assert (result.code, result.out) == (2, "")
    assert complaint in result.err
    assert "--force" in result.err
    assert (tmp_path / file).read_text("utf-8") == content
    forced = steplint("init", *arguments, "--force")
    assert forced.code == 0
    assert ("keep one of them" in forced.err) == (file in ("steplint.yml", "pyproject.toml"))


def test_another_project_is_none_of_its_business(steplint: Steplint, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    (tmp_path / "steplint.yaml").write_text("profile: strict\n", encoding="utf-8")
    assert steplint("init", "--output", "other.yaml").code == 0
    assert steplint("config", "--config", str(tmp_path / "other.yaml")).code == 0


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("Id,Subject line\n1,x\n", "no next-step column"),
        ("Id,Next Step\n", "no records"),
        ("Id,Next Step\n" + "1,x\n" * 9 + '2,"never closed\n', "odd.csv:11"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_nothing(
    steplint: Steplint, tmp_path: Path, content: str, complaint: str
) -> None:
    (tmp_path / "odd.csv").write_text(content, encoding="utf-8")
    result = steplint("init", "--from", str(tmp_path / "odd.csv"))
    assert (result.code, result.out) == (2, "")
    assert complaint in result.err
    assert len(result.err.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["odd.csv"]


def test_a_hostile_export(steplint: Steplint, tmp_path: Path) -> None:
    names = [
        "yes",
        "012",
        "a: b",
        "=cmd()\x1b[31m",
        "\u202eevil",
        "New*",
        "- x",
        "#",
        "Pilot: 'a' \"b\"",
        "Demo\u2028x",
    ]
    rows = [
        f'{n},"{name.replace(chr(34), chr(34) * 2)}","{name.replace(chr(34), chr(34) * 2)}"'
        for n, name in enumerate(names * 3)
    ]
    (tmp_path / "h.csv").write_text("\n".join(["Id,Stage,Next Step", *rows]) + "\n", encoding="utf-8")
    file = str(tmp_path / "h.csv")
    result = steplint("init", "--from", file, *AS_OF)
    assert result.code == 0
    text = (tmp_path / "steplint.yaml").read_text("utf-8")
    assert not any(sign in text for sign in "\x1b\u202e\u2028")
    told = steplint("check", file, "--profile", "all", "--format", "json", *AS_OF)
    assert told.out == steplint("check", file, "--profile", "all", "--format", "json", *AS_OF, "--isolated").out
