"""What is known of tables that loaders and CRMs make: rows that are gone, deals that are closed, and ids whose names stand in
another table. loaders.json has the names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import sqlalchemy as sa

from steplint.records.mapping import fold_header
from steplint.sources.sql.connect import Database
from steplint.sources.sql.relation import Relation, table_beside

__all__ = ["Closed", "Lookup", "closed_by", "gone", "lookups"]

_TRUE = ("true", "t", "1", "yes", "y")
_FALSE = ("false", "f", "0", "no", "n")


@dataclass(frozen=True)
class Lookup:
    """Names for the ids in column `key` of the records: `gives` says for each canonical column which columns of `relation`
    together make it, the first of them that are not empty. `manager` is the column that has the id of a row's manager."""

    key: str
    relation: Relation
    id: str
    gives: Mapping[str, tuple[tuple[str, ...], ...]]
    manager: str | None
    only_used: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, once."""
        names = [name for choices in self.gives.values() for choice in choices for name in choice]
        return tuple(dict.fromkeys([self.id, *names, *([self.manager] if self.manager else [])]))

    @property
    def shown(self) -> dict[str, str]:
        """The canonical columns that it gives, and which of its own each is read from."""
        own = {name: choices[0][0] for name, choices in self.gives.items()}
        return {**own, **({"manager": self.manager} if self.manager else {})}

    @property
    def canonical(self) -> tuple[str, ...]:
        """The canonical columns that it gives."""
        return tuple(self.shown)

    def table(self, rows: pl.LazyFrame) -> pl.DataFrame:
        """The rows of `columns` as `id` and canonical columns, each id once."""
        texts = [pl.coalesce(_joined(choice) for choice in choices).alias(name) for name, choices in self.gives.items()]
        above = [pl.col(self.manager).alias("_manager")] if self.manager else []
        found = rows.unique(self.id, keep="last").select(pl.col(self.id).alias("_id"), *texts, *above).collect()
        if self.manager is None:
            return found
        bosses = found.select(pl.col("_id").alias("_manager"), pl.col("owner").alias("manager"))
        return found.join(bosses, on="_manager", how="left").drop("_manager")


def _joined(names: tuple[str, ...]) -> pl.Expr:
    text = pl.concat_str(names, separator=" ", ignore_nulls=True).str.strip_chars()
    return pl.when(text != "").then(text)


@cache
def _known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("loaders.json").read_text("utf-8"))
    return found


def _column(relation: Relation, names: Iterable[str]) -> str | None:
    """The column of a relation that has one of `names`, whatever its case and underscores; the first name first."""
    folded: dict[str, str] = {}
    for column in relation.types:
        folded.setdefault(fold_header(column), column)
    return next((folded[fold_header(name)] for name in names if fold_header(name) in folded), None)


def gone(relation: Relation, database: Database) -> dict[str, Any]:
    """Columns that mark rows as deleted, each with the condition that holds for the other rows."""
    found = ((_column(relation, [name]), how) for how, names in _known()["deleted"].items() for name in names)
    return {column: _kept(relation, column, how, database) for column, how in found if column is not None}


def _kept(relation: Relation, name: str, how: str, database: Database) -> Any:
    kind, plain = relation.types[name], relation.column(name, database)
    if how == "has a time":
        return plain.is_(None)
    wrong = how == "is true"
    if isinstance(kind, sa.Boolean):
        said = sa.type_coerce(plain, sa.Boolean) == (sa.true() if wrong else sa.false())
    elif isinstance(kind, sa.Numeric | sa.Integer):
        said = plain != 0 if wrong else plain == 0
    else:
        said = sa.func.lower(sa.cast(plain, sa.String)).in_(_TRUE if wrong else _FALSE)
    return sa.or_(plain.is_(None), sa.not_(said))


class Closed(NamedTuple):
    """The column that says whether a deal is open, and what it says then."""

    column: str
    words: tuple[str, ...]


def closed_by(relation: Relation) -> Closed | None:
    """How a known table that has no `is_closed` says that a deal is closed."""
    for known in _known()["closed"]:
        column = _column(relation, [known["column"]])
        if column is not None and _is_one_of(relation, known["of"]):
            return Closed(column, tuple(known["open"]))
    return None


def _is_one_of(relation: Relation, names: list[str]) -> bool:
    return relation.table is not None and relation.table.casefold() in names


def lookups(relation: Relation, database: Database) -> tuple[list[Lookup], dict[str, str]]:
    """The tables beside a known table that have names for its ids; and canonical columns whose names there are hidden from the
    user, each with what is to be granted."""
    found: list[Lookup] = []
    forbidden: dict[str, str] = {}
    for known in _known()["lookups"]:
        key = _column(relation, known["key"])
        if key is None or not _is_one_of(relation, known["of"]):
            continue
        other = table_beside(database, relation, tuple(known["table"]))
        if other is None:
            continue
        lookup = _lookup(known, key, other)
        granted = _lookup(known, key, replace(other, types={**other.types, **dict.fromkeys(other.hidden)}))
        found += [lookup] if lookup else []
        given = lookup.canonical if lookup else ()
        said = f"hidden from this user; GRANT SELECT ON {other.name} lets it be read"
        forbidden |= {name: f"{name} is {said}" for name in (granted.canonical if granted else ()) if name not in given}
    return found, forbidden


def _lookup(known: Mapping[str, Any], key: str, other: Relation) -> Lookup | None:
    identity = _column(other, known["id"])
    choices = {name: _choices(other, columns) for name, columns in known["gives"].items()}
    gives = {name: columns for name, columns in choices.items() if columns}
    if identity is None or not gives:
        return None
    manager = _column(other, [known["manager"]]) if "manager" in known and "owner" in gives else None
    return Lookup(key, other, identity, gives, manager, known.get("only_used", False))


def _choices(relation: Relation, choices: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    columns = ([_column(relation, [name]) for name in choice] for choice in choices)
    return tuple(tuple(map(str, choice)) for choice in columns if None not in choice)
