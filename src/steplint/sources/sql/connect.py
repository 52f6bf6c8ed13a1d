"""A connection that can only read, whose statements have a time limit, and that sees one state of the data."""

from __future__ import annotations

import sqlite3
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import NoSuchModuleError, SAWarning, SQLAlchemyError

from steplint.errors import SourceError
from steplint.sources.remote.interface import Context
from steplint.sources.remote.secrets import SecretRef
from steplint.sources.sql.faults import error_of
from steplint.sources.sql.settings import SqlSettings, parse_url

__all__ = ["Database"]

#: The driver that an address without one means.
_DRIVERS = {"postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}
#: What to install for a dialect or driver that is not there.
_PACKAGES = {
    "psycopg": "steplint[postgresql]", "psycopg2": "psycopg2-binary", "asyncpg": "steplint[postgresql]", "pymysql": "pymysql",
    "MySQLdb": "pymysql", "snowflake": "snowflake-sqlalchemy", "bigquery": "sqlalchemy-bigquery",
    "redshift": "sqlalchemy-redshift", "databricks": "databricks-sqlalchemy", "duckdb": "duckdb-engine", "oracledb": "oracledb",
    "cx_Oracle": "oracledb", "pyodbc": "pyodbc", "trino": "trino[sqlalchemy]", "clickhouse": "clickhouse-sqlalchemy",
}  # fmt: skip
_MYSQL = ("mysql", "mariadb")


def address(settings: SqlSettings, context: Context) -> URL:
    """The whole address, with its password."""
    if isinstance(settings.url, SecretRef):
        try:
            url = parse_url(context.secrets.get(settings.url, "url").strip())
        except ValueError as error:
            raise SourceError(f"url ({settings.url}): {error}") from None
    else:
        url = parse_url(settings.url)
    if settings.password is not None:
        url = url.set(password=context.secrets.get(settings.password, "password"))
    if url.password is not None:
        context.secrets.learn(str(url.password))
    if url.drivername == "postgres":  # what many a provider's console shows
        url = url.set(drivername="postgresql")
    driver = _DRIVERS.get(url.drivername)
    return url.set(drivername=f"{url.drivername}+{driver}") if driver else url


class Database:
    """One open connection. `dialect` is SQLAlchemy's name of the database; `snapshot`: all statements see the same rows.

    Everything that asks the database stands in `asking`, where its errors become one line.
    """

    def __init__(self, settings: SqlSettings, context: Context) -> None:
        self.url = address(settings, context)
        self._settings = settings
        self._context = context
        self._late = threading.Event()
        self._interrupt: Any = None
        self.engine = self._engine()
        self.dialect = self.engine.dialect.name
        self.snapshot = self.dialect in ("postgresql", "sqlite", "duckdb", *_MYSQL)
        with self.asking():
            self.connection = self.engine.connect()
            try:
                self._only_read()
            except BaseException:
                self.close()
                raise
            self.inspector = sa.inspect(self.connection)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Errors of the database as a SourceError; a driver that can only be interrupted is, after the time limit."""
        limit = self._settings.time_limit
        timer = threading.Timer(limit, self._stop) if self._interrupt is not None else None
        self._late.clear()
        if timer:
            timer.daemon = True
            timer.start()
        try:
            with warnings.catch_warnings():
                # Of column types that it does not know: they are read as text.
                warnings.simplefilter("ignore", SAWarning)
                yield
        except (SQLAlchemyError, OSError, self.engine.dialect.loaded_dbapi.Error) as error:
            late = self._late.is_set()
            raise error_of(error, self.url, self._context.secrets, limit, late=late) from None
        finally:
            if timer:
                timer.cancel()

    def now(self) -> datetime | None:
        """The database's own time; None where it is not said in a way that is the same everywhere."""
        if self.dialect == "postgresql":
            return datetime.fromisoformat(str(self.connection.scalar(sa.select(sa.func.now()))))
        if self.dialect in _MYSQL:
            found = self.connection.scalar(sa.select(sa.func.utc_timestamp()))
            return found.replace(tzinfo=UTC) if isinstance(found, datetime) else None
        return None

    def close(self) -> None:
        """Let go of the connection; more than once is fine."""
        with suppress(Exception):
            self.connection.close()
        with suppress(Exception):
            self.engine.dispose()

    def _stop(self) -> None:
        self._late.set()
        with suppress(Exception):
            self._interrupt()

    def _engine(self) -> Engine:
        options: dict[str, Any] = {"poolclass": sa.NullPool, "hide_parameters": True}
        dialect = self.url.get_backend_name()
        if dialect == "sqlite":
            options["creator"] = lambda: _open_sqlite(self.url.database)
        elif dialect == "duckdb":
            options["connect_args"] = {"read_only": True}
        elif dialect in ("postgresql", *_MYSQL) and "connect_timeout" not in self.url.query:
            options["connect_args"] = {"connect_timeout": self._settings.connect_timeout}
        if self.url.drivername == "postgresql+psycopg":
            # Statements that are prepared on the server get lost behind a pool of connections such as pgbouncer.
            options["connect_args"] = {"prepare_threshold": None, **options.get("connect_args", {})}
            if "application_name" not in self.url.query:
                options["connect_args"]["application_name"] = "steplint"
        try:
            return sa.create_engine(self.url, **options)
        except ModuleNotFoundError as error:
            raise _not_installed(error.name or "", error.name or "") from None
        except NoSuchModuleError:
            raise _not_installed(self.url.drivername, dialect) from None
        except (SQLAlchemyError, ValueError, TypeError) as error:
            raise error_of(error, self.url, self._context.secrets, 0) from None

    def _only_read(self) -> None:
        """Make the connection what the class says; nothing was asked on it before."""
        connection, limit = self.connection, self._settings.time_limit
        driver: Any = connection.connection.driver_connection
        self._interrupt = getattr(driver, "interrupt", None)
        if self.dialect == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            local = {"statement_timeout": str(int(limit * 1000) or 1), "TimeZone": "UTC", "DateStyle": "ISO, YMD"}
            connection.execute(sa.select(*[sa.func.set_config(name, value, True) for name, value in local.items()]))
            if self.engine.dialect.driver == "psycopg":
                _days_as_text(driver)
        elif self.dialect in _MYSQL:
            connection.execution_options(isolation_level="REPEATABLE READ")
            connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
            maria = getattr(self.engine.dialect, "is_mariadb", False)
            name, value = ("max_statement_time", limit) if maria else ("max_execution_time", int(limit * 1000) or 1)
            connection.exec_driver_sql(f"SET SESSION {name} = {value}")
            if self._settings.naive_times == "utc":
                connection.exec_driver_sql("SET SESSION time_zone = '+00:00'")
            connection.rollback()  # what is set holds from the next transaction on
        elif self.dialect == "sqlite":
            # The driver itself begins no transaction for a SELECT; without one each statement sees another state.
            driver.isolation_level = None
            connection.exec_driver_sql("BEGIN")
        elif self.dialect != "duckdb":
            self._context.notes.append(
                f"{self.dialect}: that nothing is written, and how long a statement may take, is up to the rights and settings "
                "of its user here"
            )


def _open_sqlite(name: str | None) -> sqlite3.Connection:
    if not name or name == ":memory:":
        raise sqlite3.OperationalError("the address names no file; write sqlite:///path/to/file.db")
    # The timer that keeps the time limit runs in another thread.
    return sqlite3.connect(f"file:{quote(str(Path(name)))}?mode=ro", uri=True, check_same_thread=False)


def _days_as_text(driver: Any) -> None:
    """PostgreSQL has days that Python has not (infinity, 4713 BC): one of them must not end a pull."""
    from psycopg.types.string import TextLoader

    for name in ("date", "timestamp", "timestamptz"):
        driver.adapters.register_loader(name, TextLoader)


def _not_installed(what: str, known_as: str) -> SourceError:
    package = _PACKAGES.get(known_as)
    hint = f"pip install '{package}'" if package else "install the SQLAlchemy dialect and the driver of this database"
    return SourceError(f"the address needs {what}, which is not installed", hint=hint)
