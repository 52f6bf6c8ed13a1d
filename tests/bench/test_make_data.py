"""The benchmark's data are what the benchmark says they are."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORDS = 20_000


@pytest.fixture(scope="module")
def make_data() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_data", ROOT / "bench/make_data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_shares(make_data: ModuleType, tmp_path: Path) -> None:
    figures = make_data.write(tmp_path / "data.csv", RECORDS)
    assert 0.55 <= figures["distinct"] <= 0.75
    assert figures["non_ascii"] >= 0.2
    assert figures["line_breaks"] > 0.02
    assert sum(len(voice["texts"]) for voice in make_data.VOICES.values()) >= 40


def test_same_seed_same_bytes(make_data: ModuleType, tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        make_data.write(tmp_path / name, 500, seed)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "again").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()


def test_chunks_do_not_matter(make_data: ModuleType) -> None:
    whole = make_data.chunk(0, 300, 1)
    parts = pl.concat([make_data.chunk(0, 120, 1), make_data.chunk(120, 180, 1)])
    assert whole.equals(parts)


def test_unknown_slot_is_named(make_data: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"no slot \{nobody\}"):
        make_data.fill("call {nobody}", ["first"])
