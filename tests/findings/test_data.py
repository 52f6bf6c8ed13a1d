from __future__ import annotations

import json
from pathlib import Path

import pytest

from steplint.findings import data


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own for the data, without a compiled copy."""
    source = tmp_path / "suggestions.yaml"
    source.write_bytes(data._SOURCE.read_bytes())
    monkeypatch.setattr(data, "_SOURCE", source)
    return source


def test_what_is_compiled_is_what_is_written(here: Path) -> None:
    made = data.compile_suggestions()
    here.with_suffix(".json").write_text(json.dumps(made), encoding="utf-8")
    assert data.suggestions.__wrapped__() == made["data"]


@pytest.mark.parametrize("spoilt", ["{", "[]", "{}", '{"digest": "of another file", "data": {}}'])
def test_a_compiled_copy_that_does_not_fit_is_not_used(spoilt: str, here: Path) -> None:
    here.with_suffix(".json").write_text(spoilt, encoding="utf-8")
    assert data.suggestions.__wrapped__() == data.compile_suggestions()["data"]
