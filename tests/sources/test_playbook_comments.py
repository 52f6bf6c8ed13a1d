"""Comments in playbooks that excuse a finding: where they stand, and what is left of the findings."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest

from steplint.engine import lint
from steplint.errors import InputError
from steplint.findings.summary import Summary
from steplint.reading import Reader
from steplint.records import Org, RecordStream
from steplint.rules import load_shipped, select
from steplint.sources import open_source
from steplint.triage.inline import Inline

AS_OF = date(2026, 1, 15)
STEPS = "## Next steps\n\n{first}\n- Lee: send the deck next week\n\n{second}\n- Lee: send the quote next month\n"
IGNORE = "<!-- steplint: ignore WHEN302 -- agreed with the buyer -->"


def opened(text: str, name: str = "book.md") -> RecordStream:
    return open_source(["-"], stdin=io.BytesIO(text.encode()), stdin_filename=name, as_of=AS_OF)


def places(text: str, name: str = "book.md") -> list[tuple[int, int, int | None]]:
    stream = opened(text, name)
    list(stream.batches)
    return [(each.line, each.column, each.item) for each in stream.comments]


def left(text: str, codes: Sequence[str] = ("WHEN302",)) -> tuple[list[tuple[str, int]], Summary]:
    stream, summary = opened(text), Summary()
    known = load_shipped()
    rules = select(known, select=codes).rules
    found = lint(stream, rules, Reader(), Org(), as_of=AS_OF, summary=summary)
    kept = pl.concat(Inline(stream.comments, known, rules).settle(found, summary))
    return kept.select("code", "line").rows(), summary


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STEPS.format(first=IGNORE, second=""), [(3, 1, 4)]),
        (STEPS.format(first="", second=IGNORE), [(6, 1, 7)]),
        (f"- a step\n\n{IGNORE}\n", [(3, 1, None)]),
        ("<!-- a comment -->\n", []),
        (f"Write `{IGNORE}` above it.\n", []),
        (f"```\n{IGNORE}\n```\n", []),
        ("<!-- steplint: ignore WHEN302\n  -- two lines -->\n## Next steps\n- Call Lee\n", [(1, 1, 4)]),
    ],
)
def test_places_in_markdown(text: str, expected: list[tuple[int, int, int | None]]) -> None:
    assert places(text) == expected


def test_places_in_yaml() -> None:
    text = (
        "next_steps:\n  # steplint: ignore[WHEN301] later\n  - Call Lee  # steplint: ignore[WHO101] us\n  - Call Wu\n"
    )
    assert places(text, "book.yaml") == [(2, 3, 3), (3, 15, 3)]


def test_a_comment_at_the_end_of_a_step_is_no_part_of_it() -> None:
    records = pl.concat(batch.records for batch in opened("## Next steps\n- Call Lee <!-- soon -->\n").batches)
    assert records["next_step"].to_list() == ["Call Lee"]


def test_the_next_item_is_excused() -> None:
    found, summary = left(STEPS.format(first=IGNORE, second=""))
    assert found == [("WHEN302", 7)]
    assert (summary.suppressed, summary.findings) == (1, 1)


def test_a_whole_file_is_excused() -> None:
    found, summary = left(STEPS.format(first=IGNORE.replace("ignore", "ignore-file"), second=""))
    assert found == []
    assert summary.suppressed == 2


def test_a_comment_that_is_not_understood_is_an_error() -> None:
    with pytest.raises(InputError, match=r"book\.md:3:1: this comment gives no reason"):
        left(STEPS.format(first="<!-- steplint: ignore WHEN302 -->", second=""))
