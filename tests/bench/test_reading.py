"""The scores of bench/reading.py count what they say."""

from __future__ import annotations

from typing import Any

from bench import reading as scores


def sample(text: str, **labels: Any) -> dict[str, Any]:
    return {"id": "x", "text": text, "record": {"ref_date": "2026-01-12"}, "labels": labels}


def test_score() -> None:
    flags = dict.fromkeys(scores.FLAGS, False)
    samples = [
        sample("call soon", **flags | {"vague": True}, date_kind="vague", commitment_level=1, vague_spans=["soon"]),
        sample("demo 1/15", **flags | {"meeting": True}, date_kind="specific", commitment_level=4, vague_spans=[]),
    ]
    fields = dict.fromkeys(scores.FLAGS.values(), False)
    rows = [
        {**fields, "vague": True, "date_kind": "vague", "commitment": 2, "vague_spans": [(0, 9)]},
        {**fields, "vague": True, "date_kind": "coarse", "commitment": 1, "vague_spans": [(0, 4)]},
    ]
    figures = scores.score(samples, rows)
    assert figures["flags"]["vague"] | {"precision": 0.5, "recall": 1.0} == figures["flags"]["vague"]
    assert figures["flags"]["meeting"]["recall"] == 0
    assert figures["flags"]["mutual"]["f1"] is None
    assert figures["date_kind"]["accuracy"] == 0.5
    assert figures["commitment"] == {"exact": 0.0, "within_one": 0.5}
    assert figures["vague_spans"] == {"precision": 0.5, "recall": 1.0, "wanted": 1, "found": 1, "said": 2, "right": 1}
    assert "vague" in scores.table(figures)


def test_misses_name_the_label_and_the_reading() -> None:
    flags = dict.fromkeys(scores.FLAGS, False)
    samples = [sample("demo 1/15", **flags | {"meeting": True}, date_kind="none", commitment_level=4)]
    row = {**dict.fromkeys(scores.FLAGS.values(), False), "date_kind": "none", "commitment": 4, "vague_spans": []}
    [block] = scores.misses(samples, [row], set())
    assert "meeting should be True, is False" in block
    assert list(scores.misses(samples, [row], {"vague"})) == []
