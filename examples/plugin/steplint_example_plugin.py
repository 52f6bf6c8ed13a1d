"""Two rules in Python: one returns a condition as text, the other a polars expression.

Write a Python rule only for what a rule file cannot say; a file needs no installation and is explained in more detail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from steplint import rule

STEPLINT_API = 1


@rule(
    code="EXA101",
    name="big-deal-vague",
    severity="error",
    message="a deal of this size needs a day",
    why="The largest deals of the quarter are the ones that are asked about first.",
    help="Which day?",
    needs=["next_step", "amount"],
    options={"large": 100_000},
    bad=[{"next_step": "Circle back soon", "amount": 250_000}],
    good=[{"next_step": "Circle back soon", "amount": 900}],
)
def big_deal_vague(_options: Mapping[str, Any]) -> str:
    """A condition: the same language as in rule files."""
    return "amount >= :large AND date IS NULL AND due_date IS NULL"


@rule(
    code="EXA102",
    name="step-shouts",
    message="“{next_step}” is written in capitals",
    why="Capitals hide names and abbreviations, and the person who reads them.",
    needs=["next_step"],
    options={"letters": 12},
    bad=[{"next_step": "CALL DANA ABOUT THE CONTRACT"}],
    good=[{"next_step": "Call Dana about the contract"}, {"next_step": "SOW + DPA"}],
)
def step_shouts(options: Mapping[str, Any]) -> pl.Expr:
    """An expression: true where the record is wrong. It must not depend on other rows."""
    text = pl.col("next_step")
    return (text.str.count_matches(r"[A-Z]") >= options["letters"]) & ~text.str.contains(r"[a-z]")
