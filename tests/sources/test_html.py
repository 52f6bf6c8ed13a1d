"""HTML tables, as older CRM exports write them: cells as a browser shows them, whatever the page is like."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.reading import outcome, read, refused

import steplint.sources.html as html_source
from steplint.sources.html import charset_of
from steplint.sources.markup import tokens

HEAD = "<tr><th>Id</th><th>Stage</th><th>Next Step</th></tr>"


def rows(*cells: str, head: str = HEAD) -> list[tuple[str | None, str | None, str | None]]:
    """(id, stage, next step) of the records of a table with these rows."""
    found = read(f"<html><body><table border=1>{head}{''.join(cells)}</table></body></html>", "report.xls")
    assert found.stream.kind == "html"
    records = found.records
    columns = [
        records[name].to_list() if name in found.stream.columns else [None] * records.height
        for name in ("id", "stage", "next_step")
    ]
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Call &amp; mail &lt;b&gt; &#8211; &#x1F600; &eacute;&copy", "Call & mail <b> – 😀 é©"),
        ("a&nbsp;b \n\t c ", "a b c"),
        ("one<br>two<br/>three<BR />", "one\ntwo\nthree"),
        ("<div>one</div>\n  <div> two </div><p>three</p>four", "one\ntwo\nthree\nfour"),
        ("<b>Call</b> <i>Dana</i><span style='x:y'>!</span>", "Call Dana!"),
        ("a <!-- not <td>this</td> --> b", "a b"),
        ("a<script>alert('<td>x</td>')</script><style>td {}</style>b", "ab"),
        ("a < b and 3 <4", "a < b and 3 <4"),
        ("a <a title='>'>link</a>", "a link"),
        ('a <a href=x"y>link</a> b', "a link b"),
        ("&#" + "9" * 5000 + ";x", "\ufffdx"),
        ("&#0;&#xD800;&unknown;", "\ufffd\ufffd&unknown;"),
        ("<![if !mso]>a<![endif]><?xml x?>b", "ab"),
        ("  ", None),
        ("&nbsp;", None),
    ],
)
def test_cells(cell: str, text: str | None) -> None:
    assert rows(f"<tr><td>a</td><td>Demo</td><td>{cell}</td></tr>") == [("a", "Demo", text)]


def test_tags_that_are_never_closed() -> None:
    assert rows("<tr><td>a<td>Demo<td>Call<tr><td>b<td><td>Mail") == [("a", "Demo", "Call"), ("b", None, "Mail")]
    assert rows("<TR><TD>a</TD><TD>Demo</TD><TD>Call") == [("a", "Demo", "Call")]
    assert rows("<tr><td>a</td><td>Demo</td><td>Call</td></tr><!-- x <tr><td>b</td></tr>") == [("a", "Demo", "Call")]


def test_cells_over_several_columns_and_rows() -> None:
    assert rows(
        "<tr><td>a</td><td colspan=2>both</td></tr>",
        "<tr><td>b</td><td rowspan='2'>Demo</td><td>Call</td></tr>",
        "<tr><td>c</td><td>Mail</td></tr>",
        "<tr><td>d</td><td colspan=0>Won</td><td rowspan=x>Visit</td></tr>",
    ) == [("a", "both", None), ("b", "Demo", "Call"), ("c", "Demo", "Mail"), ("d", "Won", "Visit")]


def test_a_cell_that_reaches_down_behind_the_last_one() -> None:
    found = rows("<tr><td>a</td><td>Demo</td><td rowspan=3>Call</td></tr>", "<tr><td>b</td></tr>", "<tr></tr>")
    assert found == [("a", "Demo", "Call"), ("b", None, "Call"), (None, None, "Call")]


def test_a_table_within_a_cell_is_no_row_of_the_outer_one() -> None:
    inner = "<table><tr><td>x</td><td>y</td><td>z</td></tr></table>"
    assert rows(
        f"<tr><td>a{inner}</td><td>Demo</td><td>Call {inner}Dana</td></tr>", "<tr><td>b</td><td></td><td>Mail</td></tr>"
    ) == [
        ("a", "Demo", "Call Dana"),
        ("b", None, "Mail"),
    ]


def test_the_table_with_a_header_is_read_also_when_the_page_around_it_is_one() -> None:
    page = f"<table><tr><td>Menu</td><td><table>{HEAD}<tr><td>a</td><td>Demo</td><td>Call</td></tr></table></td></tr>"
    found = read(page + "<tr><td>Foot</td><td>er</td></tr>" * 30 + "</table>", "report.html")
    assert (found.steps, found.lines) == (["Call"], [2])


def test_rows_are_counted_from_one_and_a_footer_is_dropped() -> None:
    text = f"<table>{HEAD}<tr><td>a</td><td>Demo</td><td>Call</td></tr><tr></tr>"
    text += "<tr><td>Open deals</td></tr><tr><td>Grand Totals (1 records)</td></tr></table>"
    found = read(text, "report.xls")
    assert (found.lines, found.dropped) == ([2], [(4, "footer"), (5, "footer")])


# Encodings: what the page names, if a browser would know it.

PAGE = f"{{}}<table>{HEAD}<tr><td>é</td><td>Demo</td><td>Call – “now”</td></tr></table>"


@pytest.mark.parametrize(
    ("meta", "codec"),
    [
        ('<meta charset="windows-1252">', "cp1252"),
        ('<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=ISO-8859-1">', "cp1252"),
        ("<meta charset=utf-8>", "utf-8"),
        ("", "utf-8"),
        ("<meta charset=windows-1252>", "utf-8-sig"),
        ("<meta charset=x-mac-roman>", "utf-8"),
        ("<meta charset=macroman>", "mac-roman"),
        ("<meta charset=utf-16>", "utf-8"),
        ("<meta charset=gb18030>", "gb18030"),
    ],
)
def test_the_page_names_its_encoding(meta: str, codec: str) -> None:
    found = read(PAGE.format(meta).encode(codec), "report.xls")
    assert (found.records["id"][0], found.steps) == ("é", ["Call – “now”"])


@pytest.mark.parametrize(
    "name", ["hex", "zip", "idna", "punycode", "undefined", "unicode_escape", "utf-7", "no-such", "rot13"]
)
def test_no_other_codec_is_taken_from_a_page(name: str) -> None:
    assert charset_of(f'<meta charset="{name}">'.encode()) is None
    line, column = refused(PAGE.format(f"<meta charset={name}>").encode("cp1252"), "report.xls", "is not UTF-8")
    assert (line, bool(column)) == (1, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<html><body>Sign in</body></html>", "no table in this HTML"),
        ("<table></table>", "no table in this HTML"),
        ("<table><tr></tr></table>", "no header row in the first 40 rows of the table"),
        (f"<table>{HEAD}</table>", "no records"),
        ("<table><tr><th>Id</th><th>Stage</th></tr><tr><td>a</td><td>b</td></tr></table>", "no next-step column"),
        ("<table><tr><th>Id</th><th>Next Step</th><th>next&nbsp;step</th></tr></table>", "2 headers look alike"),
        (f"<table>{HEAD}<tr>{'<td colspan=1500>x' * 2}</table>", "a row of more than 2000 cells"),
    ],
)
def test_one_clear_error(text: str, words: str) -> None:
    refused(text, "report.html", words)


@pytest.mark.parametrize(
    "bomb", ["<tr><td>x" * 30 + "<td>y" * 30, "<td rowspan=99 colspan=20>x" + "<tr>" * 40, "<td colspan=300>x<tr>" * 4]
)
def test_more_cells_than_can_be_laid_out(bomb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_source, "MAX_CELLS", 500)
    refused(f"<table>{HEAD}{bomb}", "a.html", "a table of more than 500 cells")


PIECES = [
    "<",
    "<!--",
    "<![CDATA[",
    "<a ",
    "</",
    "<?",
    "<!",
    "&",
    "<a b='",
    '<a b="',
    "<a b=",
    "<table>",
    "<script>",
    "<style><!--",
    "&#",
    "<td>",
    "</td ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_page_is_cut_in_one_pass(piece: str) -> None:
    # A pass that looked at the rest of the page for each piece would take hours.
    page = piece * 300_000
    assert sum(1 for _ in tokens(page)) <= 2 * 300_000


# Whatever a writer writes.


def plain(text: str) -> str:
    return html.escape(text)


def numbered(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


#: Python's table of references follows browsers: these stand for other characters there, or for none.
_texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Zs", "Zl", "Zp"]) | st.sampled_from(" &<>'\"/=!-"),
    max_size=20,
)


@settings(deadline=None)
@given(steps=st.lists(_texts, min_size=1, max_size=6), quoted=st.sampled_from([plain, numbered]), closed=st.booleans())
def test_texts_come_back(steps: list[str], quoted: Callable[[str], str], closed: bool) -> None:
    end = "</td></tr>" if closed else ""
    found = rows(*(f"<tr><td>r{n}</td><td>Demo</td><td>{quoted(step)}{end}" for n, step in enumerate(steps)))
    assert [step for _, _, step in found] == [" ".join(step.split()) or None for step in steps]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([*PIECES, HEAD, "</table>", "<tr>", ">", "x", " ", "\n", "colspan=3", "--", "'", "=", "/"]),
        max_size=30,
    )
)
def test_any_page_is_records_or_one_clear_error(parts: list[str]) -> None:
    outcome("<table>" + "".join(parts), "a.html")
