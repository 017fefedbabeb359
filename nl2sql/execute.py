"""Running a checked statement: read-only, planned first, limited in time and rows.

What may run is `guard`; this is the second line, which the database itself holds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from nl2sql.errors import ExecutionError
from nl2sql.guard import Checked

TIMEOUT_S: Final = 10
MAX_COST: Final = 5_000_000.0
"""The planner's units; a scan of a million rows is about 20,000, an accidental product of two tables billions."""
_STEPS: Final = 10_000
"""Instructions of SQLite between two looks at the clock."""


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
        ExecutionError: the plan is too expensive, the time is over, or the database reports an error.
    """
    with limited(reader, timeout_s) as connection:
        try:
            cost = _cost(connection, checked.sql)
            if cost > max_cost:
                raise ExecutionError(
                    f"The statement would be too expensive (the planner says {cost:,.0f}, {max_cost:,.0f} is allowed); "
                    "a condition that joins its tables is probably missing."
                )
            result = connection.exec_driver_sql(checked.sql)
            rows = [tuple(row) for row in result.fetchmany(checked.max_rows + 1)]
            return Result(tuple(result.keys()), rows[: checked.max_rows], len(rows) > checked.max_rows, cost)
        except sa.exc.DBAPIError as error:
            raise ExecutionError(_reason(error, timeout_s)) from error


@contextmanager
def limited(reader: Engine, timeout_s: float) -> Iterator[Connection]:
    """A connection whose statements end in time and change nothing: it reads, and at the end takes back."""
    options = {"postgresql_readonly": True} if reader.dialect.name == "postgresql" else {}
    with reader.connect().execution_options(no_parameters=True, **options) as connection:
        driver: Any = connection.connection.dbapi_connection
        try:
            if reader.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(timeout_s * 1000)}")
            elif reader.dialect.name == "sqlite":
                end = time.monotonic() + timeout_s
                driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
            else:
                connection.exec_driver_sql(f"SET LOCK_TIMEOUT {int(timeout_s * 1000)}")
            yield connection
        finally:
            connection.rollback()
            if reader.dialect.name == "sqlite":
                driver.set_progress_handler(None, 0)


def exists(reader: Engine, table: str, column: str, value: str, *, schema: str | None = "clean") -> bool:
    """Whether a value occurs in a column of the catalogue."""
    source = sa.table(table, sa.column(column), schema=schema)
    query = sa.select(sa.literal(1)).select_from(source).where(source.c[column] == value).limit(1)
    with reader.connect() as connection:
        return connection.execute(query).first() is not None


def _cost(connection: Connection, sql: str) -> float:
    if connection.dialect.name == "postgresql":
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}").scalar_one()
        return float(plan[0]["Plan"]["Total Cost"])
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()  # it tells no cost, but whether it can run
    return 0.0


def _reason(error: sa.exc.DBAPIError, timeout_s: float) -> str:
    # query_canceled of PostgreSQL; SQLite says it in words
    if getattr(error.orig, "sqlstate", None) == "57014" or str(error.orig) == "interrupted":
        return f"The statement was stopped after {timeout_s:g} seconds."
    first = str(error.orig).strip().splitlines()[0]
    return f"The database says: {first}."
