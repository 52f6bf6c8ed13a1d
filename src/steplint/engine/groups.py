"""`group` rules: the rows that share a document are judged together, all documents of a frame at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from steplint.rules.checks import Calendar, check_mask
from steplint.rules.columns import ASIDES, COLUMNS, DOCUMENT_KINDS
from steplint.rules.condition.compiler import compile as compile_condition
from steplint.rules.rule import Rule, reads
from steplint.rules.sequence import out_of_order

__all__ = ["count_column", "hit_column", "missing_column", "step_rows", "with_groups"]


def hit_column(rule: Rule) -> str:
    """The column that is true for the row at which a `group` rule finds its group wrong."""
    return f"_hit_{rule.code}"


def count_column(rule: Rule) -> str:
    """The column with the number of rows that counted in the group."""
    return f"_size_{rule.code}"


def missing_column(rule: Rule) -> str:
    """The column with the names of what `requires` asks for and no row has."""
    return f"_missing_{rule.code}"


def step_rows() -> pl.Expr:
    """False for goals, risks, weak examples and other rows of a document that are no steps."""
    aside = pl.col("role").is_in(ASIDES) & pl.col("kind").is_in(DOCUMENT_KINDS)
    return ~aside.fill_null(value=False)


def with_groups(frame: pl.DataFrame, rules: Sequence[Rule], calendar: Calendar) -> pl.DataFrame:
    """`frame` (whole documents: records, reading and derived columns) with three columns a `group` rule among `rules`.

    A group never spans files or sheets. Rows without a document belong to no group.
    """
    kinds = set(frame["kind"].unique())
    for rule in rules:
        if rule.of_group and not kinds.isdisjoint(rule.kinds) and hit_column(rule) not in frame.columns:
            frame = frame.hstack(_Group(rule, calendar).judge(frame))
    return frame


class _Group:
    """One rule, its tests compiled to columns."""

    def __init__(self, rule: Rule, calendar: Calendar) -> None:
        self.rule = rule
        self.calendar = calendar
        self.body: Mapping[str, Any] = rule.check["group"]
        self.keys = list(dict.fromkeys(["path", "sheet", *self.body["by"]]))
        self.required: list[tuple[str, Any]] = list(self.body.get("requires", ()))

    def judge(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The columns hit, size and missing, a row a record of `frame`."""
        rows = frame.select(
            *self.keys,
            pl.arg_sort_by("position", "row", nulls_last=True).arg_sort().alias("_place"),
            self._counted().alias("_counts"),
            **{
                f"_{name}": self._test(self.body[name])
                for name in ("any", "none", "first", "last")
                if name in self.body
            },
            **{f"_required_{index}": self._test(checks) for index, (_, checks) in enumerate(self.required)},
            **{f"_alike_{name}": pl.col(name).str.strip_chars().str.to_lowercase() for name in self._alike()},
        )
        counting = rows.filter("_counts")
        groups = counting.group_by(self.keys).agg(
            pl.len().alias("_size"),
            pl.col("_place").min().alias("_from"),
            pl.col("_place").max().alias("_to"),
            self._missing().alias("_missing"),
            self._wrong().alias("_wrong"),
        )
        found = rows.join(groups, on=self.keys, how="left", nulls_equal=True, maintain_order="left")
        hit = (pl.col("_counts") & pl.col("_wrong")).fill_null(value=False) & self._found(frame, rows)
        return found.select(
            hit.alias(hit_column(self.rule)),
            pl.col("_size").alias(count_column(self.rule)),
            pl.col("_missing").alias(missing_column(self.rule)),
        )

    def _counted(self) -> pl.Expr:
        """Rows that count: of the rule's kinds, in a document, and as `where` says."""
        counted = pl.col("kind").is_in(self.rule.kinds)
        if "doc_id" in self.keys:
            counted &= pl.col("doc_id").is_not_null()
        if "role" not in reads(self.rule):
            counted &= step_rows()
        return counted & self._condition(self.body["where"]) if "where" in self.body else counted

    def _condition(self, tree: Any) -> pl.Expr:
        return compile_condition(tree, self.rule.options, COLUMNS, self.calendar)

    def _test(self, checks: Sequence[Mapping[str, Any]]) -> pl.Expr:
        return pl.any_horizontal(check_mask(check, self.rule.options, self.calendar) for check in checks)

    def _alike(self) -> Sequence[str]:
        return self.body["alike"]["columns"] if "alike" in self.body else ()

    def _wrong(self) -> pl.Expr:
        """Of a group's rows that count: whether all tests hold that are of the group as a whole."""
        tests = [pl.lit(value=True)]
        if "any" in self.body:
            tests.append(pl.col("_any").any())
        if "none" in self.body:
            tests.append(~pl.col("_none").any())
        for name, end in (("first", pl.col("_place").arg_min()), ("last", pl.col("_place").arg_max())):
            if name in self.body:
                tests.append(pl.col(f"_{name}").get(end))
        if self.required:
            met = [pl.col(f"_required_{index}").any() for index in range(len(self.required))]
            tests.append(~pl.all_horizontal(met))
            tests.append(pl.sum_horizontal(met) >= self.body.get("given", 0))
        if "alike" in self.body:
            values = [pl.col(f"_alike_{name}") for name in self._alike()]
            same = pl.any_horizontal((value.n_unique() == 1) & value.is_not_null().all() for value in values)
            tests.append(same & (pl.len() >= self.body["alike"]["at_least"]))
        return pl.all_horizontal(tests)

    def _missing(self) -> pl.Expr:
        names = [
            pl.when(~pl.col(f"_required_{index}").any()).then(pl.lit(name))
            for index, (name, _) in enumerate(self.required)
        ]
        return pl.concat_str(names, separator=", ", ignore_nulls=True) if names else pl.lit(None, dtype=pl.String)

    def _found(self, frame: pl.DataFrame, rows: pl.DataFrame) -> pl.Expr | pl.Series:
        """Which rows of a wrong group are pointed at."""
        if "unordered" in self.body:
            return self._unordered(rows.with_columns(frame[self.body["unordered"]].alias("_value")))
        if "no_better" in self.body:
            return self._no_better(frame, rows)
        return pl.col("_place") == pl.col("_to" if "last" in self.body else "_from")

    def _unordered(self, rows: pl.DataFrame) -> pl.Series:
        dated = rows.with_row_index("_row").filter(pl.col("_counts") & pl.col("_value").is_not_null()).sort("_place")
        out = pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True)
        for _, group in dated.group_by(self.keys, maintain_order=True):
            out[group["_row"].gather(out_of_order(group["_value"].to_list()))] = True
        return out

    def _no_better(self, frame: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
        part = self.body["no_better"]
        rows = rows.select(*self.keys, "_counts").hstack(
            frame.select(
                pl.col(part["column"]).alias("_value"),
                self._condition(part["rows"]).alias("_judged"),
                self._condition(part["than"]).alias("_other"),
            )
        )
        best = (
            rows.filter(pl.col("_counts") & pl.col("_other"))
            .group_by(self.keys)
            .agg(pl.col("_value").max().alias("_best"))
        )
        rows = rows.join(best, on=self.keys, how="left", nulls_equal=True, maintain_order="left")
        return rows.select(
            (pl.col("_judged") & (pl.col("_value") <= pl.col("_best"))).fill_null(value=False)
        ).to_series()
