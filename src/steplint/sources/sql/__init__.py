"""Databases: one table or one query of them is the records (docs/sql.md)."""

from steplint.sources.sql.settings import SqlSettings
from steplint.sources.sql.source import Sql

__all__ = ["Sql", "SqlSettings"]
