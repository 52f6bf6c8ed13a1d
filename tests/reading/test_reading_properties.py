"""What holds for any text: it is read without error, its spans lie in it, and nothing around it changes its reading."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steplint.reading import READING, Reader, nested

HERE = Path(__file__).parent
SCHEMA = {
    "row": pl.Int64,
    "id": pl.String,
    "next_step": pl.String,
    "ref_date": pl.Date,
    "basis": pl.String,
    "owner": pl.String,
    "account": pl.String,
    "contacts": pl.List(pl.String),
}
READER = Reader()
SAMPLES = [
    json.loads(line) for name in ("sample", "own") for line in (HERE / f"{name}.jsonl").read_text("utf-8").splitlines()
]
FEW = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
MARKS = "\u0301\u200b\u200d\u202e\u2066\ufeff\u00ad\u3164\u00a0\U0001f468\u200d\U0001f4bb\ufe0f👍🏽\n\r\t\0ﬁİßǅ"
WORDS = (
    "Dana Ana's send the quote, Demo w/ CFO Fri 2pm 12/3 11/31 tomorrow next week NS: lvm. follow up soon invite accepted "
    "“TBD” -> n/a; (GC) Owner: their legal? 1) 11/20 JS - met O'Neil & ACME re: go-live => call me"
).split(" ")
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from([*WORDS, *MARKS]), max_size=25).map(" ".join),
    st.lists(st.sampled_from([*WORDS, *MARKS, " "]), max_size=25).map("".join),
)


def records(texts: Iterable[str | None], **columns: Any) -> pl.DataFrame:
    step = list(texts)
    size = len(step)
    data = {
        "row": range(size),
        "id": [str(at) for at in range(size)],
        "next_step": step,
        "ref_date": [date(2025, 11, 20)] * size,
        "basis": ["changed"] * size,
        "owner": ["Ana Ortiz"] * size,
        "account": ["Acme Foods"] * size,
        "contacts": [["Dana Reyes", "Tom O'Neil"]] * size,
    }
    return pl.DataFrame({**data, **columns}, schema=SCHEMA)


def corpus(change: Callable[[str], str] = str) -> pl.DataFrame:
    known = [sample["record"] for sample in SAMPLES]
    return records(
        [change(sample["text"]) for sample in SAMPLES],
        ref_date=[date.fromisoformat(record["ref_date"]) for record in known],
        owner=[record.get("owner") for record in known],
        account=[record.get("account") for record in known],
        contacts=[record.get("contacts") or [] for record in known],
    )


def everything(reader: Reader, frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """All that is said of each record, by its id: the scalar columns, mentions and spans."""
    reading = reader.read(frame)
    said = nested(frame, reading).join(
        frame.select("id", "row").join(reading.frame, on="row").drop("row"), on="id", suffix="_again"
    )
    return {row["id"]: row for row in said.to_dicts()}


@FEW
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_any_text_is_read_and_its_parts_lie_in_it(texts: list[str]) -> None:
    reading = READER.read(records(texts))
    assert reading.frame.columns == ["row", *READING]
    assert reading.frame["row"].to_list() == list(range(len(texts)))
    assert reading.frame["commitment"].is_between(1, 5).all()
    for table in (reading.spans, reading.mentions):
        for row, start, end in table.select("row", "start", "end").iter_rows():
            assert 0 <= start < end <= len(texts[row])
    keys = reading.spans.select("row", "start").rows()
    assert keys == sorted(keys)


@FEW
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_fields_agree_with_each_other(texts: list[str]) -> None:
    frame = READER.read(records(texts)).frame
    assert frame.filter("placeholder")["has_action"].any() is False
    assert frame.filter("past_only")["has_action"].any() is False
    assert frame.filter(pl.col("date_kind") == "specific").filter(pl.col("date").is_null()).is_empty()
    assert frame.filter(pl.col("date").is_not_null() != pl.col("date_basis").is_not_null()).is_empty()
    assert frame.filter((pl.col("commitment") == 5) & ~pl.col("meeting")).is_empty()
    assert frame.filter(pl.col("one_sided") & pl.col("customer_action")).is_empty()


@FEW
@given(st.text(alphabet=" \t\n\r\u00a0\u200b\u2060\ufeff\u3164\u00ad\u202e", max_size=12))
def test_invisible_text_is_empty(text: str) -> None:
    row = READER.read(records([text])).frame.row(0, named=True)
    assert row["empty"]
    assert row["placeholder"]
    assert not row["has_action"]


def test_null_is_read_like_the_empty_text() -> None:
    null, blank = READER.read(records([None, ""])).frame.drop("row").rows()
    assert null == blank


def test_no_record_at_all() -> None:
    reading = READER.read(records([]))
    assert reading.frame.columns == ["row", *READING]
    assert reading.frame.is_empty()
    assert reading.mentions.is_empty()
    assert reading.spans.is_empty()


def test_order_and_size_of_batches_do_not_matter() -> None:
    frame = corpus()[::15]
    assert frame.height >= 30
    whole = everything(Reader(), frame)
    reader = Reader()
    assert everything(Reader(), frame.reverse()) == whole
    assert {key: row for at in range(frame.height) for key, row in everything(reader, frame[at]).items()} == whole


@pytest.mark.parametrize("text", ["Send the deck next", "Demo Friday, next step"])
def test_the_next_record_does_not_change_a_reading(text: str) -> None:
    alone, before_word, before_colon = (
        READER.read(records([text, *others])).frame.row(0) for others in ([], ["send"], [": send"])
    )
    assert alone == before_word == before_colon


@FEW
@given(st.lists(TEXTS, min_size=2, max_size=5))
def test_reversed_batches_say_the_same_of_each_text(texts: list[str]) -> None:
    frame = records(texts)
    assert everything(READER, frame.reverse()) == everything(READER, frame)


def test_two_threads_share_a_reader() -> None:
    frame = corpus()
    parts = [frame[at : at + 40] for at in range(0, frame.height, 40)]
    alone = [everything(Reader(), part) for part in parts]
    shared = Reader()
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda part: everything(shared, part), parts)) == alone


def changed(change: Callable[[str], str]) -> list[str]:
    """The corpus texts whose reading changes in any column when the text is changed like this."""
    before, after = READER.read(corpus()).frame, READER.read(corpus(change)).frame
    rows = zip(SAMPLES, before.rows(), after.rows(), strict=True)
    return [sample["text"] for sample, one, other in rows if one != other]


CHANGES: dict[str, Callable[[str], str]] = {
    "a new line behind": lambda text: text + "\n",
    "blanks doubled": lambda text: text.replace(" ", "  "),
    "a blank before": lambda text: " " + text,
    "a blank behind": lambda text: text + " ",
    "hard blanks": lambda text: text.replace(" ", "\u00a0"),
    "a full stop behind": lambda text: text.rstrip(" .") + "." if text.strip() else text,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_blanks_do_not_change_a_reading(change: Callable[[str], str]) -> None:
    assert changed(change) == []


LOG = (
    "11/03 JS - lvm. 11/05 JS: sent deck to Dana, no reply\n11/12 met Tom re: pricing - he wants the SOW. "
    "Dana OOO till Monday; asked for refs.\n"
)
LABELS = ("has_action", "meeting", "date_kind", "commitment", "past_only", "date", "time", "customer_action", "vague")


def test_a_long_log_is_read_like_a_short_one() -> None:
    """Twice the log makes twice the dates and the same labels; nothing grows faster."""
    step = "NS: CFO review 12/4 2pm"
    sizes = [5_000 // len(LOG), 10_000 // len(LOG)]
    reading = READER.read(records([LOG * size + step for size in sizes]))
    short, long = reading.frame.select(LABELS).rows()
    assert short == long
    dates = reading.mentions.group_by("row", maintain_order=True).len()["len"].to_list()
    per_log = [(count - 1) / size for count, size in zip(dates, sizes, strict=True)]
    assert per_log[0] == per_log[1]
    spans = dict(reading.spans.group_by("row").len().iter_rows())
    assert spans[0] == spans[1]  # only what stands behind the label counts


def test_pieces_of_a_long_text_grow_with_its_length() -> None:
    one, two = (READER._tokenizer.tokens(records([LOG * size])).table.height for size in (40, 80))
    assert two - 2 * one in (0, 1)  # the blank behind the last word is no token


@pytest.mark.parametrize("unit", ["a ", "a-", "next ", "12/3 ", "(", "our team and ", "call ", "send to ", "/", "é"])
def test_a_monotonous_text_of_five_thousand_characters_is_read(unit: str) -> None:
    text = unit * (5_000 // len(unit))
    reading = READER.read(records([text]))
    assert reading.frame.height == 1
    assert reading.spans.height <= len(text)
