"""A warehouse with a pipeline as a loader leaves it there: the opportunities of bench/make_data.py, typed, and their owners.

python -m tests.servers.warehouse --records 200000     # prints its address, and serves until standard input is closed
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
import psycopg
from bench.make_data import chunk
from tests.servers.postgres import PASSWORD, Cluster, cluster

DAYS = ("Close Date", "Next Step Date", "Last Modified Date", "Last Activity", "Created Date")
TABLES = """
CREATE SCHEMA salesforce;
CREATE TABLE salesforce.opportunity (
  id text PRIMARY KEY, name text, account_name text, owner_id text, owner_is_active boolean, stage_name text,
  amount numeric(14, 2), currency_iso_code text, close_date date, next_step text, next_step_date_c date,
  last_modified_date timestamptz, last_activity_date date, created_date timestamptz, contacts text, _fivetran_deleted boolean
);
CREATE TABLE salesforce.user (id text, name text, email text)
"""
_CHUNK = 50_000


def load(connection: psycopg.Connection[tuple[object, ...]], table: str, frame: pl.DataFrame) -> None:
    """Copy a frame into a table that has its columns, in their order; days and empty texts as they are, nulls as nulls."""
    statement = f"COPY {table} FROM STDIN WITH (FORMAT csv, NULL '\\N')".encode()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(frame.write_csv(include_header=False, null_value="\\N"))


def typed(export: pl.DataFrame) -> pl.DataFrame:
    """An export of make_data with its days as ISO dates, null where there are none."""
    return export.with_columns(pl.col(name).str.to_date("%m/%d/%Y", strict=False).cast(pl.String) for name in DAYS)


@contextmanager
def warehouse(records: int) -> Iterator[Cluster]:
    """A server with that many opportunities."""
    with cluster() as server:
        address = {"host": "127.0.0.1", "port": server.port, "user": "postgres", "dbname": "postgres"}
        with psycopg.connect(**address, password=PASSWORD) as connection:  # type: ignore[arg-type]
            connection.execute(TABLES.encode())
            owners: dict[str, str] = {}
            for start in range(0, records, _CHUNK):
                export = typed(chunk(start, min(_CHUNK, records - start), seed=1))
                for name in export["Opportunity Owner"].unique(maintain_order=True):
                    owners.setdefault(name, f"005{len(owners):012}")
                ids = pl.col("Opportunity Owner").replace_strict(owners)
                load(connection, "salesforce.opportunity", export.with_columns(ids, pl.lit("f").alias("deleted")))
            people = pl.DataFrame({"id": list(owners.values()), "name": list(owners), "email": "rep@example.com"})
            load(connection, "salesforce.user", people)
        yield server


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000)
    with warehouse(parser.parse_args().records) as server:
        print(server.url(), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
