"""Rules to set aside, and findings to do it to."""

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from steplint.engine import lint
from steplint.engine.frames import stream_of
from steplint.findings.schema import empty
from steplint.findings.summary import Summary
from steplint.reading import Reader
from steplint.records import Org
from steplint.rules import load_shipped, select
from steplint.rules.rule import Rule
from steplint.triage import Triage

AS_OF = date(2026, 1, 12)
GOOD = "Call Dana Thu 15 Jan 10:00 to review the redlines"


@pytest.fixture(scope="session")
def rules() -> list[Rule]:
    """Every shipped rule."""
    return load_shipped()


@pytest.fixture
def triage(rules: list[Rule]) -> Callable[..., tuple[pl.DataFrame, Summary, Triage]]:
    """Lint `{id: text}` (or a frame) with the recommended rules and triage it; what is left, the summary, the triage."""

    def run(
        texts: dict[str, str] | pl.DataFrame, *, select_: tuple[str, ...] = (), batch_rows: int = 65_536, **how: Any
    ) -> tuple[pl.DataFrame, Summary, Triage]:
        frame = texts
        if isinstance(frame, dict):
            given = {"id": list(frame), "next_step": list(frame.values()), "owner": ["D. Lee"] * len(frame)}
            frame = pl.DataFrame(given, schema=dict.fromkeys(given, pl.String))
        chosen = select(rules, select=select_).rules
        step = Triage(chosen, AS_OF, **how)
        org, summary = Org(), Summary()
        stream = step.watch(stream_of(frame, org=org, as_of=AS_OF, batch_rows=batch_rows, date_order="mdy"))
        batches = lint(stream, chosen, Reader(), org, as_of=AS_OF, summary=summary)
        return pl.concat([empty(), *step.settle(batches, summary)]), summary, step

    return run
