"""Finding dates in texts: what the scan takes, what it leaves, and that finding and reading agree."""

from __future__ import annotations

import json
import random
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steplint.reading.dates import (
    DateSymbol,
    Flag,
    compile_words,
    guard,
    load_words,
    parse,
    resolve,
    run_source,
    scan_source,
)
from steplint.reading.dates.words import LEXICON

HERE = Path(__file__).parent
WORDS = load_words()
SOURCE = scan_source(WORDS)
WORD = r"[\p{L}\p{N}\p{M}\p{Cf}_'’]+"
SEPARATOR = r"[^\p{L}\p{N}\p{M}\p{Cf}_'’]"
SCAN = rf"(?s)(?:{SOURCE}|{WORD}){SEPARATOR}*|{SEPARATOR}+"


def lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


def scan(texts: list[str]) -> list[list[str]]:
    return pl.Series(texts, dtype=pl.String).str.extract_all(SCAN).to_list()


def dates(text: str, *, doubtful: bool = True) -> list[str]:
    out = []
    for piece in scan([text])[0]:
        symbol = parse(piece)
        if symbol is not None and (doubtful or not symbol.flags & Flag.NEEDS_CONTEXT):
            out.append(piece[: symbol.end_chars])
    return out


@pytest.mark.parametrize("text", [line["text"] for line in lines("dates_lookalikes.jsonl")])
def test_a_look_alike_is_no_date(text: str) -> None:
    assert dates(text, doubtful=False) == []


@pytest.mark.parametrize("line", lines("dates_sentences.jsonl"), ids=lambda line: line["text"])
def test_dates_of_a_sentence(line: dict) -> None:
    assert dates(line["text"], doubtful=False) == line["dates"]


@pytest.mark.parametrize("line", lines("dates_cases.jsonl"), ids=lambda line: line["text"])
def test_every_case_is_found_as_one_piece(line: dict) -> None:
    if line["text"].startswith("2 p.m"):
        pytest.skip("a sentence's full stop may follow")
    assert dates(f"zz {line['text']} zz") == [line["text"]]
    assert dates(f"zz ({line['text']}), zz") == [line["text"]]


@pytest.mark.parametrize(
    ("piece", "kind"),
    [
        ("3/4 of", "fraction"),
        ("24/7 ", "fraction"),
        ("v2.12 ", "version"),
        ("415-555-0100", "phone"),
        ("006Ab000012", "id"),
        ("$4.5k ", "money"),
        ("15% ", "percent"),
        ("2:1 ", "ratio"),
        ("net 30", "terms"),
        ("90-day ", "duration"),
        ("https://example.com/2025/12/04 ", "url"),
        ("dana@example.com, ", "email"),
        ("1,200 ", "number"),
        ("maré ", "word"),
        ("12/4", None),
    ],
)
def test_guard_names_the_look_alike(piece: str, kind: str | None) -> None:
    assert guard(piece) == kind


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_cut_into_pieces_that_are_the_text(text: str) -> None:
    pieces = scan([text])[0]
    assert "".join(pieces) == text
    for piece in pieces:
        symbol = parse(piece)
        assert (symbol is None) == (guard(piece) is not None)
        if symbol is not None:
            assert 0 < symbol.end_chars <= len(piece)


def _random_texts(count: int) -> list[str]:
    """Texts of date words and numbers in any order, glued and spaced at random."""
    chance = random.Random(7)  # noqa: S311 - test data
    shapes = ["2025-12-04", "12/4", "12/4/25", "Q3'26", "2pm", "10:00", "4th", "'26", "1500", "3", "30", "-", ",", "/"]
    parts = [*WORDS["phrases"], *shapes * 8, *["demo", "call Dana", "and"] * 8]
    glue = [" ", " ", " ", "", ", ", "  "]
    return ["".join(chance.choice(parts) + chance.choice(glue) for _ in range(6)) for _ in range(count)]


def test_finding_and_reading_agree() -> None:
    pieces = sorted({piece for found in scan(_random_texts(4000)) for piece in found})
    matched = pl.Series(pieces).str.contains(f"^(?:{SOURCE}){SEPARATOR}*$").to_list()
    taken = [piece for piece, hit in zip(pieces, matched, strict=True) if hit]
    unread = [piece for piece in taken if parse(piece) is None and guard(piece) == "word"]
    assert len(unread) <= len(taken) * 0.02, unread[:20]


def test_what_is_parsed_also_resolves() -> None:
    symbols = [s for found in scan(_random_texts(1500)) for s in map(parse, found) if s is not None]
    schema = dict.fromkeys(DateSymbol._fields, pl.Int32)
    frame = pl.DataFrame([s._asdict() for s in symbols], schema=schema).with_columns(ref_date=date(2025, 11, 20))
    got = resolve(frame)
    assert got.height == len(symbols)
    known = got.filter(pl.col("value").is_not_null() & pl.col("value_end").is_not_null())
    assert known.filter(pl.col("value") > pl.col("value_end")).height == 0


def test_the_scan_stays_small_enough_for_the_fast_engine() -> None:
    """Above some 110 kB the regex engine gives up its automaton and runs fifty times slower; terms need room too."""
    assert len(SOURCE) < 95_000
    assert re.search(r"\(\?P?<[=!]|\(\?[=!]", SOURCE) is None


def test_words_compile_to_plain_json_and_are_digested() -> None:
    words = compile_words(LEXICON)
    assert json.loads(json.dumps(words)) == words
    assert set(words) == {"phrases", "context", "digest"}
    loaded = load_words()
    patterns = {name: loaded.pop(name) for name in ("fine", "coarse") if name in loaded}  # a build adds them
    assert loaded == words
    assert patterns in ({}, {"fine": scan_source(words), "coarse": run_source(words)})


def test_the_sample_texts_hold_the_dates_their_labels_promise() -> None:
    """Of each labelled step: a future day where the label says specific, a wider span where it says coarse.

    Texts in other languages need a lexicon of their own.
    """
    foreign = {"nächste"}
    missed = []
    for line in lines("sample.jsonl"):
        wanted = line["labels"]["date_kind"]
        if wanted not in ("specific", "coarse") or any(word in line["text"] for word in foreign):
            continue
        symbols = [s for s in map(parse, scan([line["text"]])[0]) if s is not None]
        schema = dict.fromkeys(DateSymbol._fields, pl.Int32)
        frame = pl.DataFrame([s._asdict() for s in symbols], schema=schema)
        ref = date.fromisoformat(line["record"]["ref_date"])
        got = resolve(frame.with_columns(ref_date=ref)).filter(~pl.col("past"))
        fits = ("time", "day") if wanted == "specific" else ("week", "month", "quarter", "year")
        if not got.filter(pl.col("granularity").is_in(fits)).height:
            missed.append(line["text"])
    assert missed == []
