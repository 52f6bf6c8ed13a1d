"""How many findings each profile would give, from one reading of the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import polars as pl

from steplint.engine.batch import Judge, ReaderLike
from steplint.engine.coverage import Coverage, unread_texts
from steplint.engine.rejected import CODE as REJECTED
from steplint.findings.data import suggestions
from steplint.records import Org, RecordStream
from steplint.rules import Rule, select

__all__ = ["PROFILES", "Forecast", "table", "totals"]

#: Each of these runs all rules of the one before it.
PROFILES = ("minimal", "recommended", "strict", "all")

ByRule = Mapping[str, Mapping[str, int]]


class Forecast:
    """Findings by profile and rule code, counted over batches. A profile is judged by itself: what implies a finding in a
    larger one may not run in a smaller one."""

    def __init__(
        self, rules: Sequence[Rule], reader: ReaderLike, org: Org, as_of: date, ambiguous: Sequence[str] = ()
    ) -> None:
        self._coverage = Coverage()
        self._ambiguous = ambiguous
        chosen = {name: select(rules, name).rules for name in PROFILES}
        self._judges = {name: Judge(rules, reader, org, as_of, suggestions()) for name, rules in chosen.items()}
        self._of_source = {name: [rule for rule in rules if rule.of_source] for name, rules in chosen.items()}
        self._widest = self._judges[PROFILES[-1]]
        self._found: dict[str, Counter[str]] = {name: Counter() for name in PROFILES}
        self.records = 0
        self.skipped: dict[str, tuple[str, ...]] = {}

    def add(
        self, records: pl.DataFrame, columns: Collection[str], counts: pl.DataFrame | None, rejected: int
    ) -> pl.DataFrame:
        """Judge a canonical frame whose source has `columns`; its records in scope, with reading, come back.

        `counts` are those of `repeated` rules, `rejected` is the number of rows beside it that could not be read.
        """
        inside = records["scope"].is_null()
        every, records = records, records.filter(inside)
        frame = self._widest.frame(records, self._widest.reader.read(records).frame)
        kinds = frame["kind"].unique().to_list()
        whole = frame if counts is None else frame.hstack(counts.filter(inside))
        for name, judge in self._judges.items():
            active, skipped = judge.active(columns, kinds)
            for index, held in judge.masks(whole, active).items():
                self._found[name][judge.rules[index].code] += int(held.sum())
            self._found[name][REJECTED] += rejected
            self.skipped.update(skipped)
        self._coverage.add(every, unread_texts(frame), self._ambiguous)
        self.records += records.height
        return frame

    def finish(self, stream: RecordStream) -> None:
        """Add what is found of the source itself, once all records have been added."""
        gaps = Counter(gap.what for gap in self._coverage.gaps(stream))
        for name, rules in self._of_source.items():
            self._found[name].update({rule.code: gaps[rule.check["source"]] for rule in rules})

    @property
    def findings(self) -> int:
        """Those of the widest profile."""
        return self._found[PROFILES[-1]].total()

    @property
    def by_rule(self) -> dict[str, dict[str, int]]:
        """Profile → code → findings, without the rules that found nothing."""
        return {name: {code: n for code, n in sorted(found.items()) if n} for name, found in self._found.items()}


def totals(by_rule: ByRule) -> str:
    """“minimal 210, recommended 640, strict 2,900, all 3,400”."""
    return ", ".join(f"{name} {sum(found.values()):,}" for name, found in by_rule.items())


def table(by_rule: ByRule, names: Mapping[str, str]) -> list[str]:
    """One line a rule that found something in any profile, a column a profile, and the sums; `names` are those of rules."""
    codes = sorted(set().union(*by_rule.values()))
    rows = [
        (f"{code} {names.get(code, '')}".rstrip(), [found.get(code, 0) for found in by_rule.values()]) for code in codes
    ]
    rows.append(("findings", [sum(found.values()) for found in by_rule.values()]))
    first = max(len(label) for label, _ in rows)
    widths = [max(len(name), len(f"{rows[-1][1][place]:,}")) for place, name in enumerate(by_rule)]
    lines = [("rule", list(by_rule)), *((label, [f"{n:,}" if n else "–" for n in numbers]) for label, numbers in rows)]
    return [
        "  ".join([f"{label:<{first}}", *(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))])
        for label, cells in lines
    ]
