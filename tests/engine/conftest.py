"""A reader that knows a handful of words, so that the engine is tested apart from the reading."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from steplint.engine import lint
from steplint.engine.frames import stream_of
from steplint.findings.schema import empty
from steplint.findings.summary import Summary
from steplint.reading.schema import READING
from steplint.records import Org
from steplint.rules.load import load_text
from steplint.rules.rule import Rule

AS_OF = date(2026, 1, 12)
WORDS = {"when": "next week|next quarter|[0-9]+/[0-9]+", "vague": "circle back|touch base", "what": "send|demo"}


class FakeReader:
    """Judges each text by itself, like the real one."""

    def read(self, frame: pl.DataFrame) -> Any:
        """`frame` and `spans` of a reading."""
        text = pl.col("next_step").fill_null("").str.to_lowercase()
        day = text.str.contains("[0-9]+/[0-9]+")
        known = {
            "placeholder": text.is_in(["tbd", "-"]),
            "empty": text.str.strip_chars() == "",
            "vague": text.str.contains(WORDS["vague"]),
            "has_action": text.str.contains(WORDS["what"]),
            "date_kind": pl.when(day).then(pl.lit("specific")).otherwise(pl.lit("none")),
            "date": pl.when(day).then(pl.date(2026, 1, 20)),
            "commitment": pl.when(day).then(3).otherwise(2),
            "language": pl.lit("en"),
            "step_type": pl.when(text.str.contains("demo")).then(pl.lit("demo")),
        }
        columns = [
            known.get(name, pl.lit(False if column.dtype == pl.Boolean else None)).cast(column.dtype).alias(name)
            for name, column in READING.items()
        ]
        spans = self._spans(frame)
        return SimpleNamespace(frame=frame.select("row", *columns), spans_of=lambda _places: spans)

    def _spans(self, frame: pl.DataFrame) -> pl.DataFrame:
        import re

        found = [
            (row, role, hit.start(), hit.end())
            for row, text in frame.select("row", pl.col("next_step").fill_null("")).rows()
            for role, words in WORDS.items()
            for hit in re.finditer(words, text.lower())
        ]
        schema = {"row": pl.Int64, "role": pl.String, "start": pl.UInt32, "end": pl.UInt32}
        return pl.DataFrame(found, schema=schema, orient="row").sort("row", "start")


Lint = Callable[..., tuple[pl.DataFrame, Summary]]


@pytest.fixture
def run() -> Lint:
    """Lint dicts or a frame with rules; the whole findings table and the summary."""

    def run(
        records: pl.DataFrame | Sequence[Mapping[str, Any]],
        rules: Sequence[Rule],
        *,
        batch_rows: int = 65_536,
        org: Org | None = None,
        as_of: date = AS_OF,
    ) -> tuple[pl.DataFrame, Summary]:
        frame = records if isinstance(records, pl.DataFrame) else pl.DataFrame(list(records))
        org, summary = org or Org(), Summary()
        stream = stream_of(frame, org=org, as_of=as_of, batch_rows=batch_rows, date_order="mdy")
        batches = list(lint(stream, rules, FakeReader(), org, as_of=as_of, summary=summary))
        return pl.concat([empty(), *batches]), summary

    return run


@pytest.fixture
def rule() -> Callable[..., Rule]:
    """A rule from a condition (or a whole check, as YAML) and other keys of a rule file."""

    def make(code: str, check: str, **keys: Any) -> Rule:
        import json

        body = check if ":" in check.split(" ")[0] else f"where: {json.dumps(check)}"
        given = {"message": "wrong", "severity": "warning", "kinds": ["opportunity"], **keys}
        lines = [f"schema: 1\ncode: {code}\nname: rule-{code.lower()}\ncheck:\n  {body}\nwhy: Because."]
        lines += [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in given.items()]
        lines.append('examples: {bad: [{next_step: "x"}], good: [{next_step: "y"}]}')
        return load_text("\n".join(lines))

    return make
