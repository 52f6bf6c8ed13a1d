"""Edits of CSV cells: the cell is what was asked for, every other byte is what it was."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.patching import AS_OF, File

from steplint.reporters import csv as reports
from steplint.sources.patch import Edit, Patched, patch
from steplint.sources.patch.apply import FORMULA

HEAD = "id,next step,due date,status\n"


@pytest.mark.parametrize(
    ("source", "row", "field", "new", "patched"),
    [
        pytest.param(HEAD + "1,Call,,new\n", 0, "next_step", "Send", HEAD + "1,Send,,new\n", id="plain stays plain"),
        pytest.param(HEAD + '1,"Call",,\n', 0, "next_step", "Send", HEAD + '1,"Send",,\n', id="quoted stays quoted"),
        pytest.param(HEAD + "1,Call,,\n", 0, "next_step", "a, b", HEAD + '1,"a, b",,\n', id="a separator is quoted"),
        pytest.param(HEAD + "1,Call,,\n", 0, "next_step", 'a "b"', HEAD + '1,"a ""b""",,\n', id="a quote is doubled"),
        pytest.param(HEAD + "1,Call,,\n", 0, "next_step", "a\nb", HEAD + '1,"a\nb",,\n', id="a line feed is quoted"),
        pytest.param(
            HEAD.replace(",", ";") + "1;Call;;\n", 0, "next_step", "a, b", HEAD.replace(",", ";") + "1;a, b;;\n",
            id="a comma between semicolons",
        ),
        pytest.param(
            HEAD.replace(",", "\t") + "1\tCall\t\t\n", 0, "next_step", "a\tb", HEAD.replace(",", "\t") + '1\t"a\tb"\t\t\n',
            id="a tab between tabs",
        ),
        pytest.param(HEAD + "1,Call,,\n", 0, "due_date", "2026-01-15", HEAD + "1,Call,2026-01-15,\n", id="empty, plain file"),
        pytest.param(
            HEAD + '"1","Call",,"new"\n', 0, "due_date", "2026-01-15", HEAD + '"1","Call","2026-01-15","new"\n',
            id="empty, neighbours quoted",
        ),
        pytest.param(
            HEAD + '1,"Call","",new\n', 0, "due_date", "2026-01-15", HEAD + '1,"Call","2026-01-15",new\n', id="empty quotes",
        ),
        pytest.param(
            HEAD + '"1","a",1/15/2026,"n"\n"2","b",,"n"\n', 1, "due_date", "2026-01-05",
            HEAD + '"1","a",1/15/2026,"n"\n"2","b",1/5/2026,"n"\n', id="empty, its column plain",
        ),
        pytest.param(
            HEAD + '1,"a",2026-02-01,n\n2,,,n\n', 1, "next_step", "b", HEAD + '1,"a",2026-02-01,n\n2,"b",,n\n',
            id="empty, its column quoted",
        ),
        pytest.param(
            HEAD + '1,"a",,7\n', 0, "due_date", "2026-01-15", HEAD + '1,"a","2026-01-15",7\n', id="only texts are quoted",
        ),
        pytest.param("\ufeff" + HEAD + "1,Call,,\n", 0, "next_step", "é", "\ufeff" + HEAD + "1,é,,\n", id="byte order mark"),
        pytest.param(
            "sep=;\r\n" + HEAD.replace(",", ";") + "1;Call;;\r\n", 0, "next_step", "x",
            "sep=;\r\n" + HEAD.replace(",", ";") + "1;x;;\r\n", id="sep line",
        ),
        pytest.param("\n\n" + HEAD + "\n1,Call,,\n\n\n", 0, "next_step", "x", "\n\n" + HEAD + "\n1,x,,\n\n\n", id="blank lines"),
        pytest.param(HEAD + "1,Call,,", 0, "status", "x", HEAD + "1,Call,,x", id="no line end at the end"),
        pytest.param(
            HEAD + "1,a,,\r\n2,b,,\n3,c,,\r\n", 1, "next_step", "x", HEAD + "1,a,,\r\n2,x,,\n3,c,,\r\n", id="mixed line ends",
        ),
        pytest.param(
            HEAD + '1," Call  ",, new \n', 0, "next_step", "Call", HEAD + '1,"Call",, new \n', id="only this cell is trimmed",
        ),
        pytest.param(
            HEAD + '1,"a\n\nb",,\n2,c,,\n', 1, "next_step", "x", HEAD + '1,"a\n\nb",,\n2,x,,\n', id="behind three lines",
        ),
        pytest.param(
            HEAD + '1,"a\n\nb",,\n2,c,,\n', 0, "next_step", "x", HEAD + '1,"x",,\n2,c,,\n', id="three lines become one",
        ),
        pytest.param(
            HEAD + '1,a,,\n2,"b" c,,\n3,d,,\n', 1, "next_step", "x", HEAD + '1,a,,\n2,"b" c,,\n3,x,,\n',
            id="behind a row that cannot be read",
        ),
        pytest.param(
            HEAD + "1,a,,\n2,b\n3,d,,\n", 1, "next_step", "x", HEAD + "1,a,,\n2,b\n3,x,,\n", id="behind a short row",
        ),
        pytest.param(
            HEAD + '1,a,,\n\n"Copyright (c) Example, Inc."\n', 0, "status", "done",
            HEAD + '1,a,,done\n\n"Copyright (c) Example, Inc."\n', id="before a footer",
        ),
        pytest.param(HEAD + "1,=1+1,,\n", 0, "next_step", "=1+2", HEAD + "1,=1+2,,\n", id="a formula before and after"),
        pytest.param(HEAD + "1,Call,,\n", 0, "next_step", "", HEAD + "1,,,\n", id="emptied"),
    ],
)  # fmt: skip
def test_one_cell(tmp_path: Path, source: str, row: int, field: str, new: str, patched: str) -> None:
    file = File.of(tmp_path, "a.csv", source)
    assert file.put(row, field, new) == patched


@pytest.mark.parametrize("start", [*"= + - @ ＝ ＋ － ＠".split(), "\t", "\r"])
def test_no_formula_is_made(tmp_path: Path, start: str) -> None:
    assert "formula" in File.of(tmp_path, "a.csv", HEAD + "1,Call,,\n").refuses(0, "next_step", f"{start}1+1")
    assert "formula" in File.of(tmp_path, "b.csv", HEAD + "1,,,\n").refuses(0, "next_step", f"{start}1+1")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (Edit(9, None, "next_step", "Call", "x"), "no record"),
        (Edit(1, None, "next_step", "next step", "x"), "no record"),
        (Edit(3, None, "next_step", "short", "x"), "no record"),
        (Edit(None, None, "next_step", "Call", "x"), "no record"),
        (Edit(2, None, "next_step", "Cal", "x"), "says “Call”"),
        (Edit(2, None, "next_step", None, "x"), "says “Call”"),
        (Edit(2, None, "due_date", "2026-01-15", "2026-01-16"), "says nothing"),
        (Edit(4, None, "due_date", None, "2026-01-16"), "“soon”, which is not read"),
        (Edit(2, None, "due_date", None, "tomorrow"), "no day"),
        (Edit(2, None, "due_date", None, "2026-02-30"), "no day"),
        (Edit(2, None, "due_date", None, ""), "no day"),
        (Edit(2, None, "owner", None, "Dana"), "no column for owner"),
        (Edit(2, None, "amount", None, "5"), "no column for amount"),
        (Edit(2, None, "nonsense", None, "5"), "no column for nonsense"),
        (Edit(2, None, "next_step", "Call", "a\0b"), "NUL"),
        (Edit(2, None, "next_step", "Call", "\ud800"), "characters"),
    ],
)
def test_refused(tmp_path: Path, edit: Edit, reason: str) -> None:
    file = File.of(tmp_path, "a.csv", "id,next step,due date,status,amount\n1,Call,,,5\nshort\n2,b,soon,,\n")
    patched = file.patch(edit)
    assert patched.data == file.data
    assert [why for why, _ in patched.refused] == [edit]
    assert reason in patched.refused[0][1]


def test_of_two_edits_of_a_cell_the_first_is_made(tmp_path: Path) -> None:
    file = File.of(tmp_path, "a.csv", HEAD + "1,Call,,\n")
    patched = file.patch(file.edit(0, "next_step", "x"), file.edit(0, "next_step", "y"))
    assert patched.data.decode() == HEAD + "1,x,,\n"
    assert "another edit" in patched.refused[0][1]


def test_what_can_be_made_is_made_beside_what_cannot(tmp_path: Path) -> None:
    """A row that becomes empty would be no record any more: only its edit is refused."""
    rows = "".join(f"step {n}\n" for n in range(7))
    file = File.of(tmp_path, "a.csv", "next step\n" + rows)
    edits = [file.edit(n, "next_step", "" if n == 4 else f"x{n}") for n in range(7)]
    patched = file.patch(*edits)
    assert patched.data.decode() == "next step\nx0\nx1\nx2\nx3\nstep 4\nx5\nx6\n"
    assert [edit for edit, _ in patched.refused] == [edits[4]]
    assert patched.done == [edit for edit in edits if edit != edits[4]]


def test_formulas_are_those_of_reports() -> None:
    assert f"^{FORMULA.pattern}" == reports.FORMULA


def test_the_search_for_what_breaks_a_file_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steplint.sources.patch.apply._PATIENCE", 1)
    file = File.of(tmp_path, "a.csv", "next step\n" + "".join(f"step {n}\n" for n in range(7)))
    patched = file.patch(*(file.edit(n, "next_step", "" if n == 4 else f"x{n}") for n in range(7)))
    left = File.of(tmp_path, "b.csv", patched.data).records()
    assert [each["next_step"] for each in left] == [f"x{n}" for n in range(3)] + [f"step {n}" for n in range(3, 7)]
    assert "fewer at a time" in patched.refused[0][1]


def test_a_text_that_would_be_taken_for_a_footer(tmp_path: Path) -> None:
    file = File.of(tmp_path, "a.csv", "next step,id\nCall,\nSend,\n")
    assert "fewer records" in file.refuses(1, "next_step", "Confidential information - do not distribute")


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("cp1252", b""),
    ],
)
def test_encodings_stay(tmp_path: Path, encoding: str, mark: bytes) -> None:
    source = "id,next step,due date\r\n1,Café – “naïve”,\r\n2,b,2026-01-01\r\n"
    options = {"encoding": "cp1252"} if encoding == "cp1252" else {}
    file = File.of(tmp_path, "a.csv", mark + source.encode(encoding), **options)
    after = file.after(file.edit(0, "next_step", "Müller “now”"), file.edit(0, "due_date", "2026-01-15"))
    assert after == mark + source.replace("Café – “naïve”,", "Müller “now”,2026-01-15").encode(encoding)


def test_salesforce_exports_in_cp1252_stay_so(tmp_path: Path) -> None:
    source = 'Opportunity Name,Next Step,Stage,Close Date\n"Jürgen","Call",x,1/31/2026\n'
    file = File.of(tmp_path, "a.csv", source.encode("cp1252"))
    assert file.after(file.edit(0, "next_step", "Größe")) == source.replace("Call", "Größe").encode("cp1252")
    assert "cp1252" in file.refuses(0, "next_step", "łódź")


@pytest.mark.parametrize("name", ["utf-16-le", "utf-8-sig", "latin-1"])
def test_named_encodings_stay(tmp_path: Path, name: str) -> None:
    codec = name.removesuffix("-sig")
    source = "id,next step\n1,Café\n"
    file = File.of(tmp_path, "a.csv", source.encode(codec), encoding=name)
    assert file.after(file.edit(0, "next_step", "Größe")) == source.replace("Café", "Größe").encode(codec)


def test_an_encoding_that_cannot_be_written_back(tmp_path: Path) -> None:
    """UTF-7 writes one text in many ways."""
    file = File.of(tmp_path, "a.csv", b"id,next step\n1,a+AGI-c\n", encoding="utf-7")
    assert "byte for byte" in file.refuses(0, "next_step", "x")


def test_the_day_order_of_others_stays(tmp_path: Path) -> None:
    """15/01 is what tells that days come first: without it, 3/4 could be read otherwise."""
    file = File.of(tmp_path, "a.csv", HEAD + "1,a,15/01/2026,\n2,b,03/04/2026,\n")
    assert "other dates" in file.refuses(0, "due_date", "2026-02-01")
    assert file.put(0, "due_date", "2026-02-20") == HEAD + "1,a,20/02/2026,\n2,b,03/04/2026,\n"


def test_places_are_those_of_the_file_as_it_was(tmp_path: Path) -> None:
    """Edits that add and remove lines do not move those of later ones."""
    file = File.of(tmp_path, "a.csv", HEAD + '1,a,,\n2,"b\nc",,\n3,d,,\n')
    edits = [file.edit(0, "next_step", "1\n2\n3"), file.edit(1, "next_step", "x"), file.edit(2, "next_step", "y")]
    assert file.after(*edits).decode() == HEAD + '1,"1\n2\n3",,\n2,"x",,\n3,y,,\n'


def test_records_far_apart(tmp_path: Path) -> None:
    rows = [f'{n},"step {n}\né",{"" if n % 3 else "2026-01-15"},"x{n}"\n' for n in range(3_000)]
    file = File.of(tmp_path, "a.csv", HEAD + "".join(rows))
    places = (0, 7, 1_234, 2_999)
    records = file.records()
    edits = [Edit(records[n]["line"], None, "next_step", records[n]["next_step"], f"new {n}") for n in places]
    for n in places:
        rows[n] = rows[n].replace(f"step {n}\né", f"new {n}")
    assert file.after(*edits).decode() == HEAD + "".join(rows)


# ---------------------------------------------------------------------------------------------------------------------
# Random tables, read by Python's own reader.

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t,;\"'"), max_size=12)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[tuple[str, str]]], str, str, bytes]:
    """Cells with how each is written, separator, line end, byte order mark."""
    separator = draw(st.sampled_from(",;\t|"))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    height = draw(st.integers(1, 5))
    always = draw(st.booleans())
    rows = []
    for n in range(height):
        cells = [str(n), draw(TEXT), draw(TEXT), draw(TEXT)]
        rows.append([(cell, _written(cell, separator, quoted=always or draw(st.booleans()))) for cell in cells])
    return rows, separator, end, draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))


def _written(cell: str, separator: str, *, quoted: bool) -> str:
    if quoted or any(mark in cell for mark in (separator, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _file(rows: list[list[tuple[str, str]]], separator: str, end: str, mark: bytes) -> bytes:
    head = separator.join(["id", "next step", "status", "name"])
    return mark + "".join(line + end for line in [head, *(separator.join(w for _, w in row) for row in rows)]).encode()


@settings(deadline=None)
@given(tables(), st.data())
def test_any_cell_of_any_table(table: tuple[list[list[tuple[str, str]]], str, str, bytes], data: st.DataObject) -> None:
    rows, separator, end, mark = table
    place = data.draw(st.integers(0, len(rows) - 1), label="row")
    column = data.draw(st.integers(1, 3), label="column")
    new = data.draw(TEXT, label="new")
    source = _file(rows, separator, end, mark)
    with tempfile.TemporaryDirectory() as folder:
        file = File.of(Path(folder), "a.csv", source)
        records = file.records()
        if [record["id"] for record in records] != [row[0][0] for row in rows]:
            return  # the last rows were taken for a footer
        field = ("id", "next_step", "status", "name")[column]
        edit = file.edit(place, field, new)
        patched = file.patch(edit)
        if patched.refused:
            assert patched.data == source
            assert "formula" in patched.refused[0][1] or new == "" or place == len(rows) - 1
            return
        back = _back(Path(folder), patched, edit)
    wanted = [[cell for cell, _ in row] for row in rows]
    wanted[place][column] = new
    text = patched.data.removeprefix(mark).decode()
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))[1:] == wanted
    before, after = _around(rows, place, column, separator, end, mark)
    assert patched.data.startswith(before)
    assert patched.data.endswith(after)
    was_quoted = rows[place][column][1].startswith('"')
    if (
        new
        and rows[place][column][0]
        and not FORMULA.match(rows[place][column][0])
        and (was_quoted or not any(sign in new for sign in (separator, '"', "\n")))
    ):
        assert back == source


def _back(folder: Path, patched: Patched, edit: Edit) -> bytes:
    """The bytes once the old value was put back."""
    path = folder / "back.csv"
    path.write_bytes(patched.data)
    return patch(str(path), [edit._replace(old=edit.new, new=edit.old or "")], as_of=AS_OF).data


def _around(
    rows: list[list[tuple[str, str]]], place: int, column: int, separator: str, end: str, mark: bytes
) -> tuple[bytes, bytes]:
    """The file's bytes before and behind a cell."""
    split = "\ue000\ue001"
    cut = [list(row) for row in rows]
    cut[place][column] = ("", split)
    before, _, after = _file(cut, separator, end, mark).partition(split.encode())
    return before, after
