"""Findings do not depend on the size of batches or the order of rows."""

import random
from collections.abc import Callable
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steplint.rules import load_shipped

Lint = Callable[..., Any]
STEPS = [
    "",
    "TBD",
    "circle back next week",
    "send deck 1/20",
    "Demo 1/14",
    "touch base",
    "x" * 255,
    "é – 日本 1/20",
    None,
]

records = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["a", "b", "c", "d", None]),
            "name": st.sampled_from(["Acme", None]),
            "owner": st.sampled_from(["D. Lee", "Queue", None]),
            "stage": st.sampled_from(["Proposal", "Negotiation", "Closed Won", "?"]),
            "next_step": st.sampled_from(STEPS) | st.text(max_size=12),
            "due_date": st.sampled_from(["2026-01-05", "2026-02-01", None]),
            "contacts": st.sampled_from(["Ann Lee", "Ann Lee; Bo", None]),
        }
    ),
    min_size=1,
    max_size=40,
)
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
SCHEMA = dict.fromkeys(["id", "name", "owner", "stage", "next_step", "due_date", "contacts"], pl.String)


@settings(max_examples=20, deadline=None, suppress_health_check=QUIET)
@given(records, st.integers(0, 2**32))
def test_batches_and_order_leave_no_trace(run: Lint, rows: list[dict[str, Any]], seed: int) -> None:
    rules = load_shipped()
    frame = pl.DataFrame(rows, schema=SCHEMA)
    whole, summary = run(frame, rules, batch_rows=100_000)
    for size in (1, 7):
        findings, again = run(frame, rules, batch_rows=size)
        assert findings.equals(whole, null_equal=True)
        assert again.as_json() == summary.as_json()
    random.Random(seed).shuffle(rows)  # noqa: S311 - no secret
    shuffled, again = run(pl.DataFrame(rows, schema=SCHEMA), rules, batch_rows=5)
    assert again.as_json() == summary.as_json()
    # Of records that share an id and a text, the one that comes first has the first fingerprint.
    assert sorted(shuffled["fingerprint"]) == sorted(whole["fingerprint"])
    assert lines(shuffled) == lines(whole)


def lines(findings: pl.DataFrame) -> list[str]:
    return sorted(findings.drop("fingerprint").write_ndjson().splitlines())
