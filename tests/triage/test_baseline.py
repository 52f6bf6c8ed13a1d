"""The baseline's file, and what it accepts."""

import gzip
import json
from pathlib import Path

import polars as pl
import pytest

from steplint.errors import ConfigError
from steplint.triage import Baseline, read_baseline, read_entries, write_baseline
from steplint.triage.baseline import SCHEMA, stored_id


def entries(*rows: tuple[str, str | None, int, int]) -> pl.DataFrame:
    """(rule, record, number of the key, number of the fingerprint)."""
    made = [
        (rule, record, f"{key:02x}{'0' * 18}", f"{fingerprint:02x}{'0' * 18}")
        for rule, record, key, fingerprint in rows
    ]
    return pl.DataFrame(made, schema=SCHEMA, orient="row")


def write(file: Path, frame: pl.DataFrame) -> Path:
    with file.open("wb") as out:
        write_baseline(out, frame, file.name)
    return file


def kept(file: Path) -> pl.DataFrame:
    """All entries of a file."""
    return pl.concat([pl.DataFrame(schema=SCHEMA), *read_entries(file)])


SOME = entries(
    ("WHEN302", "006B", 2, 20), ("WHAT201", "006A", 1, 10), ("WHEN302", None, 3, 30), ("WHAT201", "006A", 1, 10)
)


@pytest.mark.parametrize("name", ["b.json", "b.json.gz", "b.parquet"])
def test_what_is_written_is_read(name: str, tmp_path: Path) -> None:
    file = write(tmp_path / name, SOME)
    assert (
        kept(file).rows()
        == entries(("WHAT201", "006A", 1, 10), ("WHEN302", None, 3, 30), ("WHEN302", "006B", 2, 20)).rows()
    )
    assert write(tmp_path / f"again-{name}", SOME.reverse()).read_bytes() == file.read_bytes()
    assert kept(write(file, SOME.clear())).is_empty()


def test_the_file_is_json_with_an_entry_a_line(tmp_path: Path) -> None:
    file = write(tmp_path / "b.json", SOME)
    told = json.loads(file.read_text("utf-8"))
    assert told["schema"] == 1
    assert [list(entry) for entry in told["entries"]] == [list(SCHEMA)] * 3
    assert len(file.read_text("utf-8").splitlines()) == 3 + 2
    assert gzip.decompress(write(tmp_path / "b.json.gz", SOME).read_bytes()) == file.read_bytes()


def test_a_file_that_was_laid_out_anew_is_read(tmp_path: Path) -> None:
    file = write(tmp_path / "b.json", SOME)
    before = kept(file)
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")), indent=2), encoding="utf-8")
    assert kept(file).equals(before)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "b.json:1:1: not valid JSON"),
        ('{"schema": 1, "entries": [\n{"rule":"WHEN302"}\nno\n]}\n', "line 3 is no entry"),
        ("[]", "it has no entries, or is of another version"),
        ('{"schema": 2, "entries": []}', "of another version"),
        ('{"schema": 1, "entries": [1]}', "this entry lacks a rule, a key or a fingerprint"),
        (
            '{"schema": 1, "entries": [\n{"rule":"WHEN302","record":"a","key":"x","fingerprint":"y"}\n]}\n',
            "b.json:2: this entry",
        ),
        ("[" * 100_000, "no sound baseline"),
    ],
)
def test_files_that_are_none(content: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("b.json").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_baseline(Path("b.json"))
    assert words in caught.value.render()


@pytest.mark.parametrize("name", ["b.json", "b.json.gz", "b.parquet"])
def test_broken_files_are_one_line(name: str, tmp_path: Path) -> None:
    file = write(tmp_path / name, SOME)
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(ConfigError) as caught:
        read_baseline(file)
    assert "\n" not in caught.value.render()
    with pytest.raises(ConfigError, match="no such baseline"):
        read_baseline(tmp_path / "none.json")


def test_mandatory_rules_are_named_with_their_line(tmp_path: Path) -> None:
    file = write(tmp_path / "b.json", SOME)
    with pytest.raises(ConfigError, match=r"b\.json:3: WHEN302 is mandatory: no baseline accepts"):
        read_baseline(file, mandatory=["WHEN302"])


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        ("0065g00000XyZ12AAB", True),
        ("12345", True),
        ("DEAL-7.1", True),
        ("Acme", False),
        ("Acme / Renewal 7 / D. Lee", False),
    ],
)
def test_ids_that_are_made_of_names_are_hashed(record: str, shown: bool) -> None:
    stored = pl.DataFrame({"id": [record]}).select(stored_id(pl.col("id"))).item()
    assert (stored == record) is shown
    assert shown or (stored.startswith("sha256:") and len(stored) == 27)


def test_what_occurs_and_what_is_gone() -> None:
    base = Baseline(
        [
            entries(
                ("WHEN302", "r1", 1, 10), ("WHEN302", "r2", 2, 20), ("WHEN302", "r3", 3, 30), ("WHAT201", "r2", 4, 40)
            )
        ]
    )
    found = entries(("WHEN302", "r1", 1, 10), ("WHEN302", "r2", 2, 21), ("CMT501", "r2", 5, 50))
    assert base.accepts(found).to_list() == [True, False, False]
    base.note_records(pl.Series(["r1", "r2", None]))
    # r1 is as it was; r2 has another text at fault, and no longer the other fault; r3 was not read.
    assert base.gone(["WHEN302", "WHAT201"]).to_list() == [False, False, False, True]
    assert base.gone(["WHEN302"]).to_list() == [False] * 4
