"""SQL Server's own limits: waiting, the plan's seconds, lengths; the transaction is always taken back.

SQL Server has no read-only transaction: the login that reads must have no right but SELECT.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.engine import Connection

from nl2sql.catalog import Catalog
from nl2sql.execute_limits import MAX_CELL, fetched

OPTIONS: Final[dict[str, Any]] = {}


def begin(connection: Connection, timeout_s: float) -> None:
    """Set the limits of the session; a statement that is planned to take longer does not start."""
    for setting in (
        f"LOCK_TIMEOUT {int(timeout_s * 1000)}",
        f"QUERY_GOVERNOR_COST_LIMIT {max(1, int(timeout_s))}",
        f"TEXTSIZE {MAX_CELL + 1}",
    ):
        connection.exec_driver_sql(f"SET {setting}")


def confine(_connection: Connection, _catalog: Catalog) -> None:
    """Names are printed with their schema; there is nothing to set."""


def cost(_connection: Connection, _sql: str) -> float:
    """Held by the server itself, see `begin`."""
    return 0.0


def read(connection: Connection, sql: str, max_rows: int, end: float) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The names of the columns and the rows, as far as they are wanted.

    Raises:
        ExecutionError: one value or all of them are too large.
        TimeoutError: the time is over.
    """
    result = connection.exec_driver_sql(sql)
    return tuple(result.keys()), fetched(result.fetchmany, max_rows, end)


def leave(connection: Connection) -> None:
    """Close the session."""
    connection.invalidate()


def end(connection: Connection) -> None:
    """The transaction is over."""
