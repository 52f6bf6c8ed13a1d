"""What a run counted: everything that a reader needs to know of what was judged, left out and found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

__all__ = ["Summary"]

#: Findings about rows that are no records, about the source, and about the suppression file.
OF_NO_RECORD = ("SRC001", "SRC002", "SRC003", "SRC004", "SRC005", "SRC006")


@dataclass
class Summary:
    """Counts of one run. Rows of the input = records + rejected + all out of scope."""

    records: int = 0  # judged
    rejected: int = 0  # rows that could not be read
    out_of_scope: dict[str, int] = field(default_factory=dict)  # reason -> records not judged
    findings: int = 0
    error: int = 0
    warning: int = 0
    info: int = 0
    suppressed: int = 0  # left out: excused in the suppression file
    baselined: int = 0  # left out: accepted in the baseline
    fixable: int = 0  # have a safe fix
    fixable_unsafe: int = 0  # have one that is made only where it is asked for
    records_with_findings: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)  # code -> findings
    skipped_rules: dict[str, tuple[str, ...]] = field(default_factory=dict)  # code -> columns that the source lacks
    languages: dict[str, int] = field(default_factory=dict)  # language of the text -> records
    timings: dict[str, float] = field(default_factory=dict)  # stage -> seconds, summed over threads
    open_only: bool = True  # closed records are out of scope
    complete: bool = False  # the input was read to its end

    def count_findings(self, findings: pl.DataFrame, times: int = 1) -> None:
        """Add a batch of the findings table; `times=-1` takes one back that was added."""
        self.findings += times * findings.height
        for severity, count in findings["severity"].value_counts().rows():
            setattr(self, severity, getattr(self, severity) + times * count)
        for code, count in findings["code"].value_counts().rows():
            self.by_rule[code] = self.by_rule.get(code, 0) + times * count
            if not self.by_rule[code]:
                del self.by_rule[code]
        for applicability, count in findings["fix"].struct.field("applicability").drop_nulls().value_counts().rows():
            if applicability == "safe":
                self.fixable += times * count
            else:
                self.fixable_unsafe += times * count
        on_records = findings.filter(pl.col("primary"), ~pl.col("code").is_in(OF_NO_RECORD))
        self.records_with_findings += times * on_records.height

    def count_time(self, stage: str, seconds: float) -> None:
        """Add to the time spent in a stage."""
        self.timings[stage] = self.timings.get(stage, 0.0) + seconds

    def as_json(self) -> dict[str, Any]:
        """The `summary` object of the JSON formats."""
        return {
            "records": self.records,
            "out_of_scope": sum(self.out_of_scope.values()),
            "rejected": self.rejected,
            "findings": self.findings,
            "error": self.error,
            "warning": self.warning,
            "info": self.info,
            "suppressed": self.suppressed,
            "baselined": self.baselined,
            "fixable": self.fixable,
            "records_with_findings": self.records_with_findings,
            "out_of_scope_by_reason": dict(sorted(self.out_of_scope.items())),
            "by_rule": dict(sorted(self.by_rule.items())),
            "skipped_rules": {code: list(columns) for code, columns in sorted(self.skipped_rules.items())},
            "languages": dict(sorted(self.languages.items())),
            "fixable_unsafe": self.fixable_unsafe,
        }
