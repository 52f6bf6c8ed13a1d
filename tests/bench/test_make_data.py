"""The benchmark's data are what the benchmark says they are."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from bench import make_data

RECORDS = 20_000


def test_shares(tmp_path: Path) -> None:
    figures = make_data.write(tmp_path / "data.csv", RECORDS)
    assert 0.55 <= figures["distinct"] <= 0.75
    assert figures["non_ascii"] >= 0.2
    assert figures["line_breaks"] > 0.02
    assert sum(len(voice["texts"]) for voice in make_data.VOICES.values()) >= 40


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        make_data.write(tmp_path / name, 500, seed)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "again").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()


def test_chunks_do_not_matter() -> None:
    whole = make_data.chunk(0, 300, 1)
    parts = pl.concat([make_data.chunk(0, 120, 1), make_data.chunk(120, 180, 1)])
    assert whole.equals(parts)


def test_unknown_slot_is_named() -> None:
    with pytest.raises(ValueError, match=r"no slot \{nobody\}"):
        make_data.fill("call {nobody}", ["first"])
