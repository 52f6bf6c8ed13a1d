"""Findings that are set aside: suppressions, the baseline, exceptions in the configuration."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Steplint = Callable[..., Any]
GOOD = "Call Dana Thu 15 Jan 10:00 to review the redlines"


def write(folder: Path, name: str, **texts: str) -> None:
    """An export with a text for each id."""
    rows = [f'{record},Deal {record},D. Lee,Proposal,"{text}",2026-03-31' for record, text in texts.items()]
    head = "Opportunity ID,Opportunity Name,Opportunity Owner,Stage,Next Step,Close Date"
    (folder / name).write_text("\n".join([head, *rows, ""]), encoding="utf-8")


@pytest.fixture
def check(steplint: Steplint, tmp_path: Path) -> Callable[..., Any]:
    """`check deals.csv` as JSON, with the exit code and what is said on standard error."""

    def run(*arguments: str, file: str = "deals.csv") -> Any:
        result = steplint("check", str(tmp_path / file), "--as-of", "2026-01-12", "--format", "json", *arguments)
        told = json.loads(result.out) if result.out else {}
        told |= {"code": result.code, "err": result.err}
        told["found"] = [(item["record_id"], item["code"]) for item in told.get("findings", ())]
        return told

    return run


def test_accept_then_change_one_and_repair_another(
    steplint: Steplint, check: Callable[..., Any], tmp_path: Path
) -> None:
    write(tmp_path, "deals.csv", D1="Touch base next week", D2="Circle back next quarter", D3="TBD", D4=GOOD)
    assert check()["code"] == 1
    said = steplint("baseline", str(tmp_path / "deals.csv"), "--as-of", "2026-01-12")
    count = check()["summary"]["findings"]
    assert (said.code, said.out) == (0, (
        f"steplint-baseline.json accepts {count} findings. "
        "`steplint check --baseline steplint-baseline.json` leaves them out.\n"
    ))  # fmt: skip
    text = (tmp_path / "steplint-baseline.json").read_text("utf-8")
    assert not any(word in text for word in ("Lee", "Deal ", "base", "quarter", "TBD"))
    after = check("--baseline", "steplint-baseline.json")
    assert (after["code"], after["found"], after["summary"]["baselined"], after["err"]) == (0, [], count, "")

    write(tmp_path, "deals.csv", D4=GOOD, D2="Circle back next quarter", D3=GOOD, D1="Send the deck next week")
    after = check("--baseline", "steplint-baseline.json")
    assert (after["code"], after["found"]) == (1, [("D1", "WHEN302")])
    gone = [line for line in after["err"].splitlines() if "baseline" in line]
    assert len(gone) == 1

    pruned = steplint("baseline", str(tmp_path / "deals.csv"), "--as-of", "2026-01-12", "--prune")
    assert "entries no longer occur and are removed." in pruned.out
    again = check("--baseline", "steplint-baseline.json")
    assert (again["found"], again["err"]) == (after["found"], "")
    assert "and all stay." in steplint("baseline", str(tmp_path / "deals.csv"), "--prune", "--as-of", "2026-01-12").out


def test_one_new_finding_and_one_stale_entry(steplint: Steplint, check: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path, "deals.csv", D1="Demo next week", D2="Demo next quarter", D3="Demo next month")
    steplint("baseline", str(tmp_path / "deals.csv"), "--select", "WHEN302", "--as-of", "2026-01-12")
    write(tmp_path, "deals.csv", D3="Demo next month", D1="Demo in spring", D2=GOOD)
    after = check("--baseline", "steplint-baseline.json", "--select", "WHEN302")
    assert (after["found"], after["summary"]["baselined"]) == ([("D1", "WHEN302")], 1)
    assert after["err"] == "1 baseline entry no longer occurs; steplint baseline --prune\n"


def test_pruning_leaves_other_files_alone(steplint: Steplint, tmp_path: Path) -> None:
    write(tmp_path, "a.csv", A1="TBD")
    write(tmp_path, "b.csv", B1="TBD")
    both = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
    assert "2 findings" in steplint("baseline", *both, "-o", "b.parquet", "--select", "WHAT202").out
    write(tmp_path, "a.csv", A1=GOOD)
    assert (
        "b.parquet: 1 of 2 entries"
        in steplint("baseline", both[0], "-o", "b.parquet", "--prune", "--select", "WHAT202").out
    )
    assert steplint("check", both[1], "--baseline", "b.parquet", "--select", "WHAT202").code == 0


def test_the_configuration_names_a_baseline(steplint: Steplint, check: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path, "deals.csv", D1="TBD")
    (tmp_path / "steplint.yaml").write_text("baseline: accepted.json.gz\n", encoding="utf-8")
    missing = check()
    assert (missing["code"], missing["err"]) == (
        2,
        "steplint: accepted.json.gz: no such baseline; steplint baseline writes one\n",
    )
    assert steplint("baseline", str(tmp_path / "deals.csv")).out == "accepted.json.gz accepts 1 finding.\n"
    assert check()["code"] == 0
    assert check("--isolated")["code"] == 1


def test_no_baseline_takes_mandatory_rules(steplint: Steplint, check: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path, "deals.csv", D1="TBD", D2="Demo next quarter")
    steplint("baseline", str(tmp_path / "deals.csv"))
    (tmp_path / "steplint.yaml").write_text("mandatory: [WHAT202]\n", encoding="utf-8")
    wrong = check("--baseline", "steplint-baseline.json")
    assert wrong["code"] == 2
    assert "steplint-baseline.json:2: WHAT202 is mandatory: no baseline accepts its findings" in wrong["err"]
    told = steplint("baseline", str(tmp_path / "deals.csv")).out
    assert "Not accepted: 1 finding of mandatory rules or about suppressions." in told
    assert check("--baseline", "steplint-baseline.json")["found"] == [("D1", "WHAT202")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "deals.csv"], "deals.csv: the name says no format; end it in .json, .json.gz, .parquet"),
        (["--prune"], "steplint-baseline.json: no such baseline"),
    ],
)
def test_baselines_that_cannot_be(steplint: Steplint, tmp_path: Path, arguments: list[str], words: str) -> None:
    write(tmp_path, "deals.csv", D1="TBD")
    result = steplint("baseline", str(tmp_path / "deals.csv"), *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def test_suppress_and_check(steplint: Steplint, check: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path, "deals.csv", D1="TBD", D2="TBD")
    said = steplint("suppress", "--rule", "WHAT202", "--record", "D1", "--reason", "board", "--until", "2026-03-31")
    assert (said.code, said.out) == (0, "steplint-suppressions.yaml: WHAT202 is excused on D1 until 2026-03-31.\n")
    before = (tmp_path / "steplint-suppressions.yaml").read_bytes()
    told = check()
    assert (told["found"], told["summary"]["suppressed"], told["code"]) == ([("D2", "WHAT202")], 1, 1)
    assert "; 1 suppressed." in steplint("check", str(tmp_path / "deals.csv"), "--as-of", "2026-01-12").out
    again = steplint("suppress", "--rule", "WHAT202", "--record", "D1", "--reason", "board", "--until", "2026-03-31")
    assert (again.code, again.out) == (0, "steplint-suppressions.yaml excuses WHAT202 on D1 already.\n")
    assert (tmp_path / "steplint-suppressions.yaml").read_bytes() == before
    assert check("--isolated")["summary"]["suppressed"] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--rule", "WHEN302", "--record", "D1"], "Missing option '--reason'"),
        (
            ["--rule", "WHEN3o2", "--record", "D1", "--reason", "r"],
            "--rule: no rule is called WHEN3o2; did you mean WHEN",
        ),
        (["--rule", "WHEN303", "--record", "D1", "--reason", "r"], "--rule: WHEN303 date-past is mandatory"),
        (
            ["--rule", "WHEN302", "--record", "D1", "--reason", "r", "--until", "2026-01-11"],
            "--until 2026-01-11 is over",
        ),
        (["--rule", "WHEN302", "--record", "D1", "--reason", "r", "--until", "soon"], "'soon' is no day"),
    ],
)
def test_suppress_says_what_is_wrong(steplint: Steplint, tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "steplint.yaml").write_text("mandatory: [WHEN303]\n", encoding="utf-8")
    result = steplint("suppress", *arguments)
    assert result.code == 2
    assert words in result.err
    assert not (tmp_path / "steplint-suppressions.yaml").exists()


def test_the_file_stands_beside_the_configuration(
    steplint: Steplint, check: Callable[..., Any], tmp_path: Path
) -> None:
    write(tmp_path, "deals.csv", D1="TBD")
    team = tmp_path / "team"
    team.mkdir()
    (team / "own.yaml").write_text("profile: recommended\n", encoding="utf-8")
    steplint("suppress", "--rule", "WHAT202", "--record", "D1", "--reason", "r", "--config", str(team / "own.yaml"))
    assert (team / "steplint-suppressions.yaml").exists()
    assert check("--config", str(team / "own.yaml"))["summary"]["suppressed"] == 1
    (team / "own.yaml").write_text("suppressions: excused.yaml\n", encoding="utf-8")
    wrong = check("--config", str(team / "own.yaml"))
    assert wrong["code"] == 2
    assert "own.yaml:1: suppressions: no such file: excused.yaml; steplint suppress makes it" in wrong["err"]


def test_a_link_out_of_the_project_is_not_read(check: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("- token: abc123\n", encoding="utf-8")
    repo = tmp_path / "repo"
    (repo / ".git").mkdir(parents=True)
    write(repo, "deals.csv", D1="TBD")
    (repo / "steplint.yaml").write_text("profile: recommended\n", encoding="utf-8")
    (repo / "steplint-suppressions.yaml").symlink_to(tmp_path / "secret.yaml")
    wrong = check("--config", str(repo / "steplint.yaml"), file="repo/deals.csv")
    assert wrong["code"] == 2
    assert "links out of the project" in wrong["err"]
    assert "token" not in wrong["err"]


def test_a_broken_suppression_stops_the_run(check: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path, "deals.csv", D1="TBD")
    (tmp_path / "steplint-suppressions.yaml").write_text(
        "- rule: WHAT202\n  record: D1\n  reason: r\n  until: tomorrow\n"
    )
    wrong = check()
    assert (wrong["code"], wrong["found"]) == (2, [])
    assert wrong["err"].startswith("steplint: steplint-suppressions.yaml:4:3: until: tomorrow is no day")


def test_what_is_wrong_with_suppressions_is_found(check: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path, "deals.csv", D1="TBD", D2=GOOD)
    (tmp_path / "steplint-suppressions.yaml").write_text(
        "- {rule: WHAT202, record: D1, reason: r, until: 2026-01-01}\n- {rule: WHAT202, record: [D2, D9], reason: r}\n"
    )
    told = check()
    assert told["found"] == [("D1", "WHAT202"), ("D1", "SRC004"), ("D2", "SRC003")]
    assert all(item["why_url"].endswith(f"/rules/{item['code']}/") for item in told["findings"])
    assert [item["line"] for item in told["findings"][1:]] == [1, 2]
    assert told["summary"]["records_with_findings"] == 1
    assert told["err"] == "1 suppression was not judged: its record is not in this input, or out of scope\n"
    assert check("--quiet")["err"] == ""
    assert check("--select", "SRC")["code"] == 1
    assert check("--select", "SRC", "--fail-on", "error")["code"] == 0
    assert check("--select", "SRC", "--severity", "SRC004=info")["code"] == 0


@pytest.mark.parametrize(
    "format_", ["text", "concise", "jsonl", "csv", "sarif", "github", "gitlab", "junit", "rdjson", "markdown", "html"]
)
def test_every_format_shows_what_is_left(steplint: Steplint, tmp_path: Path, format_: str) -> None:
    write(tmp_path, "deals.csv", D1="TBD", D2="Pending", D3=GOOD)
    (tmp_path / "steplint-suppressions.yaml").write_text(
        "- {rule: WHAT202, record: [D1, D3], reason: r}\n- {rule: WHAT, record: D9, reason: r, until: 2026-01-01}\n"
    )
    result = steplint("check", str(tmp_path / "deals.csv"), "--format", format_, "--as-of", "2026-01-12")
    assert result.code == 1
    assert "SRC003" in result.out
    assert "SRC004" in result.out
    assert "steplint-suppressions.yaml" in result.out
    assert "TBD" not in result.out


def test_comments_in_documents(steplint: Steplint, tmp_path: Path) -> None:
    text = "## Next steps\n\n<!-- steplint: ignore DOC904 -- {} -->\n- Lee: send the deck next week\n"
    book = tmp_path / "book.md"
    book.write_text(text.format("agreed"), encoding="utf-8")
    told = json.loads(steplint("check", str(book), "--select", "DOC904,SRC", "--format", "json").out)
    assert (told["findings"], told["summary"]["suppressed"]) == ([], 1)
    book.write_text(text.format(""), encoding="utf-8")
    wrong = steplint("check", str(book))
    assert wrong.code == 2
    assert "book.md:3:1: this comment gives no reason" in wrong.err


def test_exceptions_of_the_configuration(steplint: Steplint, check: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path, "deals.csv", D1="", D2="", D3="Circle back next quarter")
    (tmp_path / "steplint.yaml").write_text(
        "select: [WHAT201, WHAT203, WHEN301]\n"
        "per_record:\n  - {where: \"id = 'D1'\", ignore: [step-missing]}\n"
        "per_path:\n  'de*.csv': [WHAT203]\n",
        encoding="utf-8",
    )
    told = check()
    # Where WHAT201 does not apply, it does not keep WHEN301 quiet either.
    assert told["found"] == [("D1", "WHEN301"), ("D2", "WHAT201")]
    assert told["summary"]["suppressed"] == 0
    plain = check("--isolated", "--select", "WHAT201,WHAT203,WHEN301")
    assert plain["found"] == [("D1", "WHAT201"), ("D2", "WHAT201"), ("D3", "WHAT203")]
    assert told["tool"]["rules_hash"] != plain["tool"]["rules_hash"]
    why = steplint("why", str(tmp_path / "deals.csv"), "--id", "D1", "--as-of", "2026-01-12").out
    assert "WHAT201  step-missing" in why
    assert "does not apply where id = 'D1'" in why
    assert "does not apply where path IN (" in why


def test_the_schema_of_suppressions(steplint: Steplint) -> None:
    assert json.loads(steplint("schema", "suppressions").out)["type"] == "array"


def test_suppressing_needs_no_polars(tmp_path: Path) -> None:
    code = (
        "import sys; from steplint.cli.main import main\n"
        "assert main(['suppress', '--rule', 'WHEN302', '--record', 'D1', '--reason', 'r']) == 0\n"
        "print('polars' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
