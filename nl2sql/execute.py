"""Running a checked statement: read-only, planned first, limited in time, memory, rows and bytes.

What may run is `guard`; this is the second line, which the database itself holds. How each database is told
its limits is in `execute_postgres`, `execute_sqlite` and `execute_sqlserver`; what is common to them is here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from nl2sql import execute_postgres, execute_sqlite, execute_sqlserver
from nl2sql.errors import ExecutionError
from nl2sql.guard import Checked

TIMEOUT_S: Final = 10
MAX_COST: Final = 5_000_000.0
"""The planner's units; a scan of a million rows is about 20,000, an accidental product of two tables billions."""
_DATABASES: Final = {"postgresql": execute_postgres, "sqlite": execute_sqlite, "mssql": execute_sqlserver}
_ENDED: Final = ("57014", "interrupted", "25P04")
"""PostgreSQL's query_canceled, SQLite's word, PostgreSQL's transaction_timeout."""


@dataclass(frozen=True)
class Result:
    """Rows of a statement."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_truncated: bool
    """Whether there are more rows than were read."""
    cost: float
    """As the planner estimated it; 0 where the database tells no figure."""


def execute(reader: Engine, checked: Checked, *, timeout_s: float = TIMEOUT_S, max_cost: float = MAX_COST) -> Result:
    """Run a statement as the reading role.

    Raises:
        ExecutionError: the plan is too expensive, a limit is reached, or the database reports an error.
    """
    end = time.monotonic() + timeout_s
    database = _DATABASES[reader.dialect.name]
    sql = checked.sql
    with limited(reader, timeout_s) as connection:
        try:
            database.confine(connection, checked.catalog)
            cost = database.cost(connection, sql)
            if cost > max_cost:
                raise ExecutionError(
                    f"The statement would be too expensive (the planner says {cost:,.0f}, {max_cost:,.0f} is allowed); "
                    "a condition that joins its tables is probably missing."
                )
            columns, rows = database.read(connection, sql, checked.max_rows + 1, end)
        except (sa.exc.DBAPIError, psycopg.Error, *execute_sqlite.ERRORS) as error:
            raise ExecutionError(_reason(error, end, timeout_s)) from error
        except TimeoutError as error:
            raise ExecutionError(_stopped(timeout_s)) from error
        finally:
            database.leave(connection)
    return Result(columns, rows[: checked.max_rows], len(rows) > checked.max_rows, cost)


@contextmanager
def limited(reader: Engine, timeout_s: float) -> Iterator[Connection]:
    """A connection whose statements end in time and change nothing: it reads, and at the end takes back."""
    database = _DATABASES[reader.dialect.name]
    with reader.connect().execution_options(no_parameters=True, **database.OPTIONS) as connection:
        try:
            database.begin(connection, timeout_s)
            yield connection
        finally:
            connection.rollback()
            database.end(connection)


def exists(reader: Engine, table: str, column: str, value: str, *, schema: str | None = "clean") -> bool:
    """Whether a value occurs in a column of the catalogue."""
    source = sa.table(table, sa.column(column), schema=schema)
    query = sa.select(sa.literal(1)).select_from(source).where(source.c[column] == value).limit(1)
    with reader.connect() as connection:
        return connection.execute(query).first() is not None


def _reason(error: Exception, end: float, timeout_s: float) -> str:
    original = getattr(error, "orig", None) or error
    said = str(original).strip().splitlines() or ["nothing"]
    if getattr(original, "sqlstate", None) in _ENDED or said[0] in _ENDED:
        return _stopped(timeout_s) if time.monotonic() > end - _SLACK_S else "The statement was cancelled."
    return f"The database says: {said[0]}."


_SLACK_S: Final = 0.02
"""The database's clock started later than ours, but it rounds."""


def _stopped(timeout_s: float) -> str:
    return f"The statement was stopped after {timeout_s:g} seconds; ask for less."
