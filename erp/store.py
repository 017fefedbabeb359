"""Frames in and out of PostgreSQL by COPY, the fast path of psycopg 3.

What the tables mean is not here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, cast

import polars as pl
import psycopg
from psycopg import sql
from sqlalchemy.engine import Connection, Engine

_SETTINGS: Final = ("work_mem = '128MB'", "maintenance_work_mem = '256MB'", "jit = off", "random_page_cost = 1.1")
"""A night's statements join and sort whole tables, one at a time, from memory or an SSD; compiling them does not pay."""
_CHUNK: Final = 50_000
"""Rows that are turned into text at a time, so that a large frame is not in memory twice."""


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction of one step of the pipeline; two processes take turns, and a killed one holds nothing."""
    with engine.begin() as connection:
        settle(connection)
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7460922)")
        yield connection


def settle(connection: Connection) -> None:
    """Set what a night's statements need, until the transaction ends."""
    for setting in _SETTINGS:
        connection.exec_driver_sql(f"SET LOCAL {setting}")


def cursor(connection: Connection) -> psycopg.Cursor[tuple[object, ...]]:
    """A psycopg cursor in the transaction of a SQLAlchemy connection."""
    return cast("psycopg.Connection[tuple[object, ...]]", connection.connection.driver_connection).cursor()


def copy_in(connection: Connection, table: str, frame: pl.DataFrame) -> None:
    """Append a frame to a table; columns go by name, nulls stay nulls."""
    target = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    )
    with cursor(connection) as writer, writer.copy(target) as copy:
        for piece in frame.iter_slices(_CHUNK):
            copy.write(piece.write_csv(include_header=False))


def copy_out(connection: Connection, query: str, schema: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    """The rows of a query (without parameters) as a frame; empty text becomes null."""
    buffer = io.BytesIO()
    with cursor(connection) as reader, reader.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
        for piece in copy:
            buffer.write(piece)
    if buffer.tell() == 0:
        return pl.DataFrame(schema=dict(schema))
    buffer.seek(0)
    return pl.read_csv(buffer, has_header=False, schema=dict(schema), null_values=[""])


def stage(connection: Connection, name: str, frame: pl.DataFrame, columns: Sequence[str]) -> None:
    """Put a frame into a temporary table that ends with the transaction; `columns` are its SQL definitions.

    The planner gets to know how many rows there are, and what the first column, a key, is like.
    """
    with cursor(connection) as writer:
        writer.execute(f"CREATE TEMP TABLE {name} ({', '.join(columns)}) ON COMMIT DROP")
    copy_in(connection, name, frame)
    with cursor(connection) as writer:
        writer.execute(f"ANALYZE {name} ({columns[0].split()[0]})")


def execute(connection: Connection, statement: str, parameters: Mapping[str, object] | None = None) -> int:
    """Run one statement and return the number of rows it touched."""
    with cursor(connection) as writer:
        writer.execute(statement, parameters)
        return writer.rowcount


def exists(connection: Connection, rows: str) -> bool:
    """Whether there is a row of `table WHERE condition`."""
    return bool(connection.exec_driver_sql(f"SELECT EXISTS (SELECT FROM {rows})").scalar_one())


def one(connection: Connection, query: str, parameters: Mapping[str, object] | None = None) -> object:
    """The one value of a query; `None` where it has no row."""
    with cursor(connection) as reader:
        row = reader.execute(query, parameters).fetchone()
    return None if row is None else row[0]
