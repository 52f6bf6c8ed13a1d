"""Paths, folders, patterns, gzip and standard input: what is opened, as what, and what is not."""

from __future__ import annotations

import codecs
import gzip
import io
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.reading import Read, outcome, read, refused, rows_book

import steplint.sources.paths as paths_source
from steplint.cli.host import Host
from steplint.cli.main import main
from steplint.errors import InputError, SteplintError, UsageError
from steplint.sources import open_source
from steplint.sources.encoding import Utf8Reader

AS_OF = date(2026, 1, 12)
CSV = b"id,next step\n1,Call\n"
JSON = b'[{"id": "1", "next_step": "Call"}]'


def parquet() -> bytes:
    out = io.BytesIO()
    pl.DataFrame({"id": ["1"], "next step": ["Call"]}).write_parquet(out)
    return out.getvalue()


KINDS = {
    "a.csv": CSV, "a.tsv": CSV.replace(b",", b"\t"), "a.txt": CSV.replace(b",", b";"), "a.json": JSON, "a.jsonl": JSON[1:-1],
    "a.ndjson": JSON[1:-1], "a.yaml": JSON, "a.yml": b"- id: 1\n  next_step: Call\n", "a.parquet": parquet(), "a.pq": parquet(),
    "a.xlsx": rows_book([["id", "next step"], ["1", "Call"]]), "a.html": b"<table><tr><td>id<td>next step<tr><td>1<td>Call",
}  # fmt: skip


def steps(*paths: str | Path, **options: Any) -> list[tuple[str, str]]:
    """(path, next step) of all records."""
    stream = open_source([str(path) for path in paths], as_of=AS_OF, **options)
    return [row for batch in stream.batches for row in batch.records.select("path", "next_step").rows()]


def in_folder(folder: Path, **files: bytes) -> Path:
    for name, data in files.items():
        file = folder / name.replace("__", "/").replace("_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("packed", [False, True])
def test_every_kind_as_a_file_and_on_standard_input_also_packed(name: str, packed: bool, tmp_path: Path) -> None:
    data = gzip.compress(KINDS[name]) if packed else KINDS[name]
    file = tmp_path / (name + (".gz" if packed else ""))
    file.write_bytes(data)
    assert steps(file) == [(str(file), "Call")]
    assert steps("-", stdin=io.BytesIO(data), stdin_filename=file.name) == [(file.name, "Call")]
    if not name.endswith((".yaml", ".yml")):  # nothing but its name tells YAML
        assert steps("-", stdin=io.BytesIO(data)) == [("<stdin>", "Call")]


def test_standard_input_is_not_closed() -> None:
    stdin = io.BytesIO(CSV)
    assert steps("-", stdin=stdin) == [("<stdin>", "Call")]
    assert not stdin.closed


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("a.csv", "a.json", None),
        ("a.csv", "a.jsonl", None),
        ("a.csv", "a.xlsx", None),
        ("a.csv", "a.parquet", None),
        ("a.csv", "a.html", None),
        ("a.json", "a.xlsx", None),
        ("a.xls", "a.html", None),
        ("a.xls", "a.xlsx", None),
        ("a.xls", "a.tsv", None),
        ("a", "a.csv", None),
        ("a.xlsx", "a.csv", "the name says xlsx, but this is no such file; export it again"),
        ("a.parquet", "a.json", "the name says parquet, but this is no such file; export it again"),
        ("a.json", "a.csv", "no JSON: Expecting value in 'id,next step'"),
        ("a.jsonl", "a.json", "not a JSON object"),
        ("a.yaml", "a.csv", "no mappings in this YAML"),
    ],
)
def test_a_suffix_that_is_wrong(name: str, kind: str, words: str | None) -> None:
    if words:
        refused(KINDS[kind], name, words)
    else:
        assert read(KINDS[kind], name).steps == ["Call"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            r"this is an old Excel workbook \(or one with a password\), which is not read",
        ),
        (b"SQLite format 3\0", "this is a SQLite database, which is not read"),
        (b"%PDF-1.7", "this is a PDF, which is not read"),
        (b"", "the file is empty"),
    ],
)
def test_files_that_are_not_read(data: bytes, words: str) -> None:
    refused(data, "deals.csv", words)


# gzip.

LONG = gzip.compress(b"id,next step\n" + b"".join(b"%d,Call Dana\n" % n for n in range(50_000)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (LONG[:5], "no sound gzip file"),
        (LONG[: len(LONG) // 2], "no sound gzip file: compressed file ended before"),
        (LONG[:-4], "no sound gzip file: compressed file ended before"),
        (LONG[:-8] + b"0000" + LONG[-4:], "no sound gzip file: crc check failed"),
        (LONG[:-4] + b"0000", "no sound gzip file: incorrect length"),
        (LONG[:100] + b"xxxx" + LONG[104:], "no sound gzip file"),
        (LONG + b"and more", "no sound gzip file: not a gzipped file"),
        (b"\x1f\x8b\x07" + bytes(20), "no sound gzip file: unknown compression method"),
        (gzip.compress(LONG), "is not UTF-8"),
        (gzip.compress(b""), "the file is empty"),
    ],
)
def test_gzip_that_is_not_sound(data: bytes, words: str) -> None:
    refused(data, "deals.csv.gz", words)


def test_gzip_in_several_members_and_with_places() -> None:
    data = gzip.compress(b"id,next step\n1,a\n") + gzip.compress(b'2,"b\n')
    assert refused(data, "a.csv.gz", "quote is never closed") == (3, 3)
    assert refused(gzip.compress(b'[{"next_step": NaN}]'), "a.json.gz", "NaN") == (1, 16)


def test_what_must_be_held_whole_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths_source, "LARGEST", 100)
    refused(gzip.compress(parquet()), "a.parquet", "larger than 0 MiB; save it to a file")
    monkeypatch.setattr("steplint.sources.tables.LARGEST", 100)
    refused(gzip.compress(b'[{"next_step": "' + b"x" * 100_000 + b'"}]'), "a.json", "larger than 0 MiB")


# Files, folders and patterns.


def test_a_folder_is_searched_and_what_has_no_next_step_is_named(tmp_path: Path) -> None:
    in_folder(tmp_path, a_csv=CSV, sub__b_json=JSON, sub__deep__C_CSV_GZ=gzip.compress(CSV))
    in_folder(tmp_path, _hidden_csv=CSV, sub___git__d_csv=CSV, code_py=CSV)
    in_folder(
        tmp_path, notes_txt=b"Hello\nDana\n", list_yaml=b"- a\n", numbers_json=b"[1, 2]", page_html=b"<p>Hello</p>"
    )
    in_folder(tmp_path, wide_xlsx=rows_book([["a", "b"], [1, 2]]))
    (tmp_path / "~$open.xlsx").write_bytes(b"lock")
    stream = open_source([str(tmp_path)], as_of=AS_OF)
    found = [row[0] for batch in stream.batches for row in batch.records.select("path").rows()]
    assert found == [str(tmp_path / name) for name in ("a.csv", "sub/b.json", "sub/deep/C.CSV.GZ")]
    left = [note for note in stream.notes if "not read" in note]
    names = ("list.yaml", "notes.txt", "numbers.json", "page.html", "wide.xlsx")
    assert left == [f"not read, without a next-step column: {', '.join(str(tmp_path / name) for name in names)}"]


def test_a_broken_file_in_a_folder_ends_the_run(tmp_path: Path) -> None:
    in_folder(tmp_path, a_csv=CSV, b_json=b'[{"next_step": "Call"')
    with pytest.raises(InputError, match=r"b\.json:1:22: no JSON"):
        steps(tmp_path)


def test_a_folder_or_pattern_without_exports(tmp_path: Path) -> None:
    in_folder(tmp_path, a_py=b"x", b_csv=b"id,stage\n1,x\n")
    with pytest.raises(InputError, match=r"b\.csv:1: no next-step column"):
        steps(tmp_path)
    (tmp_path / "b.csv").unlink()
    with pytest.raises(InputError, match=r"no exports in this folder; steplint reads \.csv, .* also with \.gz"):
        steps(tmp_path)
    with pytest.raises(InputError, match="nothing matches this pattern"):
        steps(tmp_path / "*.csv")


def test_patterns_and_names_that_only_look_like_one(tmp_path: Path) -> None:
    in_folder(tmp_path, a1_csv=CSV, a2_csv=CSV, sub__a3_csv=CSV)
    assert [Path(path).name for path, _ in steps(tmp_path / "a?.csv")] == ["a1.csv", "a2.csv"]
    assert [Path(path).name for path, _ in steps(tmp_path / "**" / "*.csv")] == ["a1.csv", "a2.csv", "a3.csv"]
    (tmp_path / "a[1].csv").write_bytes(CSV.replace(b"Call", b"mine"))
    assert [step for _, step in steps(tmp_path / "a[1].csv")] == ["mine"]


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    in_folder(tmp_path, a_csv=CSV, b_csv=CSV)
    named = str(tmp_path / "a.csv")
    for paths in ((named, named), (tmp_path, named), (named, tmp_path / "*.csv")):
        assert [Path(path).name for path, _ in steps(*paths)].count("a.csv") == 1
    (tmp_path / "b.csv").write_bytes(b"id,stage\n1,x\n")
    with pytest.raises(
        InputError, match="no next-step column"
    ):  # found in a folder it is left out, but it is named too
        steps(tmp_path, tmp_path / "b.csv")


def test_several_files_keep_their_kinds_and_rows_are_numbered_through(tmp_path: Path) -> None:
    in_folder(tmp_path, a_csv=CSV, b_json=JSON, c_parquet=parquet(), d_xlsx=KINDS["a.xlsx"])
    stream = open_source([str(tmp_path)], as_of=AS_OF)
    batches = list(stream.batches)
    assert [row for batch in batches for row in batch.records["row"]] == [0, 1, 2, 3]
    assert [batch.records["source"][0] for batch in batches] == ["csv", "json", "parquet", "xlsx"]
    assert [Path(path).name for path, _ in stream.mappings] == ["a.csv", "b.json", "c.parquet", "d.xlsx"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "cannot be opened"),
        ("no.csv", "no such file; check the path"),
        ("deels.csv", "no such file; did you mean “deals.csv”"),
        ("x\0y", "cannot be opened"),
    ],
)
def test_paths_that_cannot_be_opened(path: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(in_folder(tmp_path, deals_csv=CSV))
    with pytest.raises(InputError, match=words):
        steps(path)


def test_no_path_and_no_standard_input() -> None:
    with pytest.raises(UsageError, match="no file given"):
        steps()
    with pytest.raises(UsageError, match="standard input is not available here"):
        steps("-")


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such names")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    file = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.csv")
    Path(file).write_bytes(CSV)
    assert [step for _, step in steps(file)] == ["Call"]


def test_files_are_closed_when_reading_ends_or_stops(tmp_path: Path) -> None:
    in_folder(tmp_path, a_csv=CSV, b_csv=b"id,next step\n1,x\n" * 10)
    stream = open_source([str(tmp_path)], as_of=AS_OF)
    next(stream.batches)
    stream.close()
    with pytest.raises(InputError):  # a file left open would be a warning, and so an error
        steps(tmp_path / "a.csv", tmp_path / "none.csv")


BROKEN = {
    "a.csv": b'id,next step\n1,"Call\n', "a.json": JSON[:-1], "a.jsonl": JSON[1:-2], "a.yaml": b"- [",
    "a.parquet": parquet()[:-9], "a.xlsx": KINDS["a.xlsx"][:-30], "a.html": b"<p>", "a.csv.gz": gzip.compress(CSV)[:-3],
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_exit_2_one_line_and_no_report(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(BROKEN[name])
    out, err = io.BytesIO(), io.BytesIO()
    host = Host(io.BytesIO(), out, err, {}, tmp_path, lambda: datetime(2026, 1, 12, 9, tzinfo=UTC))
    assert main(("check", str(tmp_path / name), "--output", "report.jsonl", "--format", "jsonl"), host) == 2
    assert (out.getvalue(), err.getvalue().count(b"\n")) == (b"", 1)
    assert err.getvalue().startswith(f"steplint: {tmp_path / name}:".encode())
    assert [file.name for file in tmp_path.iterdir()] == [name]


# Encodings.


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.jsonl", "a.yaml", "a.html"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_text_format_in_every_encoding(name: str, codec: str) -> None:
    text = KINDS[name].decode().replace("Call", "Café")
    found = read(text.encode(codec), name, **({"encoding": codec} if codec == "cp1252" else {}))
    assert found.steps == ["Café"]
    if codec == "cp1252":
        line, column = refused(text.encode(codec), name, "byte 0xe9 is not UTF-8")
        assert (line, column) == (
            text[: text.index("é")].count("\n") + 1,
            len(text[: text.index("é")].rsplit("\n")[-1]) + 1,
        )


@settings(deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40), size=st.integers(1, 9))
def test_blocks_are_the_text_however_it_is_cut(text: str, size: int) -> None:
    for mark, codec in (
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if not mark and text.startswith("\ufeff"):
            continue  # that is a mark of its own
        reader = Utf8Reader(io.BytesIO(mark + text.encode(codec)), "x", size=size)
        assert b"".join(reader.blocks()).decode() == text


@settings(deadline=None)
@given(
    before=st.text(st.sampled_from("aé€😀\n"), max_size=30),
    size=st.integers(1, 9),
    codec=st.sampled_from(["utf-8", "utf-16-le", "shift_jis"]),
)
def test_a_bad_byte_is_placed_however_it_is_cut(before: str, size: int, codec: str) -> None:
    if codec == "shift_jis":
        before = before.translate(str.maketrans("é€😀", "あいう"))
    mark = codecs.BOM_UTF16_LE if codec == "utf-16-le" else b""
    bad = {"utf-8": b"\xff", "utf-16-le": b"\x00\xdc", "shift_jis": b"\x80"}[codec]
    data = mark + before.encode(codec) + bad + "x\ny".encode(codec)
    reader = Utf8Reader(io.BytesIO(data), "x", encoding=codec if codec == "shift_jis" else None, size=size)
    with pytest.raises(InputError) as caught:
        list(reader.blocks())
    assert (caught.value.line, caught.value.column) == (before.count("\n") + 1, len(before.rsplit("\n", 1)[-1]) + 1)


@settings(deadline=None)
@given(data=st.binary(max_size=80), name=st.sampled_from([*KINDS, "a.csv.gz"]), packed=st.booleans())
def test_any_bytes_are_records_or_one_clear_error(data: bytes, name: str, packed: bool) -> None:
    for start in (b"", b"PK\x03\x04", b"PAR1", b"\x1f\x8b\x08", codecs.BOM_UTF16_LE, b"<table>", b"id,next_step\n"):
        found = outcome(gzip.compress(start + data) if packed else start + data, name)
        assert isinstance(found, Read | SteplintError)
