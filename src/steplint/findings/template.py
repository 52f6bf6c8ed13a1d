"""Templates with {slots}: split once, filled in columns, and values are never read again as templates."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

__all__ = ["fill", "slots", "visible"]

_SLOT = re.compile(r"\{([a-z_]+)\}")


def slots(template: str) -> list[str]:
    """The names of the slots of `template`, in order."""
    return _SLOT.findall(template)


def fill(template: str, values: Mapping[str, pl.Expr]) -> pl.Expr:
    """`template` with each {slot} replaced by its value; a null value makes the whole text null (see `visible`).

    A name that `values` does not have stays as it is written: the loader of the template has already refused it.
    """
    parts: list[pl.Expr] = []
    # re.split with one group gives literal, name, literal, name, … literal.
    for index, piece in enumerate(_SLOT.split(template)):
        if index % 2 and piece in values:
            parts.append(values[piece])
        elif piece:
            parts.append(pl.lit(f"{{{piece}}}" if index % 2 else piece))
    return pl.concat_str(parts) if parts else pl.lit("")


def visible(name: str, value: pl.Expr) -> pl.Expr:
    """`value`, or where it is null or empty the slot itself, for a person to fill: ‹name›."""
    return pl.when(value != "").then(value).otherwise(pl.lit(f"‹{name.replace('_', ' ')}›"))
