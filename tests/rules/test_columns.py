from __future__ import annotations

import polars as pl

from steplint.reading import READING
from steplint.records import KINDS, SCHEMA, STAGE_ROLES
from steplint.rules import columns

# Columns of the frame that say nothing about a record that a rule could judge.
NOT_FOR_RULES = {"row", "scope"}
CLASSES = {
    pl.String: "str",
    pl.Boolean: "bool",
    pl.Date: "date",
    pl.Time: "time",
    pl.Float64: "float",
    pl.List: "list",
    pl.Datetime: "datetime",
}


def classed(dtype: pl.DataType) -> str:
    return "int" if dtype.is_integer() else CLASSES[dtype.base_type()]


def test_the_table_is_what_records_provide() -> None:
    provided = {name: classed(column.dtype) for name, column in SCHEMA.items() if name not in NOT_FOR_RULES}
    assert {name: kind for name, kind in columns.COLUMNS.items() if name in SCHEMA} == provided
    assert set(columns.RECORDS) <= set(SCHEMA)


def test_the_table_is_what_the_reading_provides() -> None:
    assert {name: classed(column.dtype) for name, column in READING.items() if name != "row"} == columns.READING


def test_vocabularies_are_those_of_the_records() -> None:
    assert columns.VALUES["kind"] == KINDS
    assert columns.STAGE_ROLES == STAGE_ROLES
    for name, column in SCHEMA.items():
        if column.values:
            assert columns.VALUES[name] == column.values
    for name, column in READING.items():
        values = getattr(column, "values", ())
        if values:
            assert set(columns.VALUES[name]) == set(values), name
