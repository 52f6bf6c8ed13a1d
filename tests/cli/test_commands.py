"""The other commands."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Steplint = Callable[..., Any]


def test_parse_files_and_texts(steplint: Steplint, pipeline: str) -> None:
    records = [json.loads(line) for line in steplint("parse", pipeline).out.splitlines()]
    assert [record["id"] for record in records] == ["006A", "006B", "006C", "006D"]
    result = steplint("parse", "--text", "-", stdin="Send it\u2028now\r\nTBD\n".encode())
    # Not splitlines: U+2028 stands in the text, as it does in the JSON.
    texts = [json.loads(line) for line in result.out.split("\n")[:-1]]
    assert [record["next_step"] for record in texts] == ["Send it\u2028now", "TBD"]
    assert [record["placeholder"] for record in texts] == [False, True]


def test_parse_explains_itself(steplint: Steplint) -> None:
    result = steplint("parse", "--text", "--explain", "-", stdin=b"Dana to send redlines Fri\nTBD\n")
    first, second = [json.loads(line)["explain"] for line in result.out.splitlines()]
    assert first["fields"]["customer_action"] == [0]
    assert [word["class"] for word in first["clauses"][0]["words"]][-1] == "d_day"
    assert second["clauses"][0]["judged"] == {"filler": "tbd", "vague": True, "tbd": True}


def test_why_a_text(steplint: Steplint) -> None:
    out = steplint("why", "--text", "Circle back next quarter", "--as-of", "2026-01-12").out
    assert "commitment  2 of 5: contact or an act is meant, but not when" in out
    assert "warning[WHEN302] date-vague" in out
    assert "✓ date_kind IN ('coarse', 'vague')" in out
    assert "ask    On which day? (" in out
    assert "WHEN303  date-past" in out


@pytest.mark.parametrize("arguments", [["--id", "006C"], ["--line", "4"], ["--line", "5"]])
def test_why_finds_the_record(steplint: Steplint, pipeline: str, arguments: list[str]) -> None:
    out = steplint("why", pipeline, *arguments).out
    assert out.startswith(f"Crux pilot (006C) · owner D. Lee · Proposal · {pipeline}:4")
    assert "    review the redlines" in out


def test_why_a_rule_that_did_not_fire(steplint: Steplint, pipeline: str) -> None:
    out = steplint("why", pipeline, "--id", "006C", "--rule", "step-missing").out
    assert "WHAT201 step-missing: nothing wrong\n  ✗ empty\n" in out
    off = steplint("why", pipeline, "--id", "006C", "--rule", "WHO104").out
    assert "WHO104 doer-unnamed: off: not in profile recommended" in off


def test_why_sees_a_row_among_those_of_its_document(steplint: Steplint, tmp_path: Path) -> None:
    lines = ["Call script", "===", "", 'Rep: "What does a missed slot cost you?"', "", 'Rep: "Who else feels it?"', ""]
    path = tmp_path / "script.md"
    path.write_text("\n".join([*lines, 'Rep: "Fine, let me know when you are ready."', ""]), encoding="utf-8")
    found, clean = (steplint("why", str(path), "--line", line, "--rule", "DOC901").out for line in ("8", "4"))
    assert "warning[DOC901] ending-weak" in found
    assert "✓ rows that share doc_id, judged together; counting rows where" in found
    assert "DOC901 ending-weak: nothing wrong" in clean


def test_why_a_rule_of_the_source(steplint: Steplint, pipeline: str) -> None:
    out = steplint("why", pipeline, "--id", "006C", "--rule", "SRC005").out
    assert "SRC005 date-order-unknown: off: it judges the source, not a record" in out


def test_a_rule_of_documents_is_told_in_parts(steplint: Steplint) -> None:
    out = steplint("rule", "MAP804").out
    assert "When    rows that share doc_id and section, judged together\n" in out
    assert "  a document:\n    1 “Pilot kick-off”" in out
    assert "  > 3 “Security review”" in out


def test_why_as_json(steplint: Steplint, pipeline: str) -> None:
    told = json.loads(steplint("why", pipeline, "--id", "006B", "--format", "json").out)
    states = {rule["code"]: rule["state"] for rule in told["rules"]}
    assert states["WHAT201"] == "found"
    assert states["WHO103"] == "column"


def test_rules(steplint: Steplint) -> None:
    short, long = steplint("rules").out, steplint("rules", "--all").out
    assert "WHEN302  date-vague" in short
    assert "WHO104" not in short
    assert "WHO104" in long
    rows = json.loads(steplint("rules", "--all", "--format", "json").out)
    assert {"code", "name", "selected", "reason"} <= set(rows[0])


def test_rule(steplint: Steplint) -> None:
    out = steplint("rule", "date-vague").out
    assert out.startswith("WHEN302 date-vague (warning)")
    assert "Found in:" in out
    told = json.loads(steplint("rule", "WHEN302", "--format", "json").out)
    assert told["code"] == "WHEN302"
    assert told["url"].endswith("/rules/WHEN302/")
    assert f"Page    {told['url']}\n" in out


def test_new_rule_passes_its_own_tests(
    steplint: Steplint, tmp_path: Path, pipeline: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert steplint("new-rule", "ACME101", "step-odd").code == 0
    assert "all hold" in steplint("test-rules", "ACME101-step-odd.yaml").out
    assert steplint("new-rule", "ACME101", "step-odd").code == 2
    assert steplint("check", pipeline, "--rules", "ACME101-step-odd.yaml", "--select", "ACME101").code == 0


def test_test_rules_says_what_fails(steplint: Steplint, tmp_path: Path) -> None:
    from steplint.rules import template

    text = template("ACME101", "step-odd").replace("Find synergy", "Find nothing")
    (tmp_path / "rule.yaml").write_text(text, encoding="utf-8")
    result = steplint("test-rules", str(tmp_path / "rule.yaml"))
    assert result.code == 1
    assert "ACME101 bad example 1 is not found" in result.out


def test_config(steplint: Steplint, tmp_path: Path) -> None:
    (tmp_path / "steplint.yaml").write_text("# ours\nprofile: strict\n", encoding="utf-8")
    out = steplint("config").out
    assert '"strict"  (' in out
    assert "steplint.yaml:2)" in out
    assert "WHEN305 date-far runs: in profile strict" in steplint("config", "--explain", "WHEN305").out
    assert json.loads(steplint("config", "--format", "json").out)["profile"]["value"] == "strict"


@pytest.mark.parametrize("kind", ["config", "rule", "profile", "finding"])
def test_schema(steplint: Steplint, kind: str) -> None:
    assert json.loads(steplint("schema", kind).out)["$schema"].endswith("2020-12/schema")


def test_finding_schema_describes_findings(steplint: Steplint, pipeline: str) -> None:
    schema = json.loads(steplint("schema", "finding").out)
    names = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}
    for finding in json.loads(steplint("check", pipeline, "--profile", "all", "--format", "json").out)["findings"]:
        assert list(finding) == schema["required"]
        for name, value in finding.items():
            wanted = schema["properties"][name].get("type", "string")
            kinds = wanted if isinstance(wanted, list) else [wanted]
            assert (value is None and "null" in kinds) or any(
                kind != "null" and isinstance(value, names[kind]) for kind in kinds
            ), name


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(steplint: Steplint, shell: str) -> None:
    assert "_STEPLINT_COMPLETE" in steplint("completion", shell).out
