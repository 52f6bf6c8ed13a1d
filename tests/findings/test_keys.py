"""Keys are stable: between runs, machines, batches and orders of rows."""

import hashlib
from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steplint.findings.keys import Ordinals, digest, normal, with_key


def test_digest_is_plain_sha256() -> None:
    frame = pl.DataFrame({"a": ["WHEN302", "é"], "b": ["x", None]})
    expected = [hashlib.sha256(text.encode()).hexdigest()[:20] for text in ("WHEN302\0x", "é\0")]
    assert frame.select(digest(pl.col("a"), pl.col("b"))).to_series().to_list() == expected


def test_key_of_a_known_finding_never_changes() -> None:
    frame = pl.DataFrame({"code": ["WHEN302"], "source": ["csv"], "record_id": ["006A"], "field": ["next_step"]})
    assert with_key(frame)["key"].to_list() == ["c9256209f8ab54f4625e"]


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Call  Dana\n Thu", "call dana thu"),
        ("T\u200bBD", "tbd"),
        ("\u3164", ""),
        ("ＣＡＬＬ", "call"),
        ("É", "é"),
        ("E\u0301", "é"),
        (" x ", "x"),
        (None, None),
    ],
)
def test_evidence_is_what_an_eye_sees(text: str | None, evidence: str | None) -> None:
    assert pl.DataFrame({"t": [text]}, schema={"t": pl.String}).select(normal(pl.col("t"))).item() == evidence


@given(st.lists(st.lists(st.integers(0, 30), max_size=12), max_size=12))
def test_ordinals_count_what_came_before(batches: list[list[int]]) -> None:
    ordinals, seen = Ordinals(), Counter[int]()
    for batch in batches:
        expected = []
        for pair in batch:
            expected.append(seen[pair])
            seen[pair] += 1
        assert ordinals.take(pl.Series(batch, dtype=pl.UInt64)).to_list() == expected
