"""SQLite's own limits: a connection that only reads, an authorizer for what it reads and calls, a clock, lengths.

The connection is opened read-only by `connect`; all here holds even where it was not.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any, Final

from sqlalchemy.engine import Connection

from nl2sql.catalog import Catalog
from nl2sql.execute_limits import fetched

OPTIONS: Final[dict[str, Any]] = {}
ERRORS: Final = (sqlite3.Error, sqlite3.Warning)
_STEPS: Final = 10_000
"""Instructions of SQLite between two looks at the clock."""
_MAX_VALUE: Final = 1_000_000
"""Bytes of a value while the statement runs."""
_READ: Final = 20
_SELECT: Final = 21
_FUNCTION: Final = 31
"""What the authorizer is asked; sqlite3 names only some of the numbers in some versions."""
FUNCTIONS: Final = frozenset(
    (
        "count", "sum", "total", "avg", "min", "max", "group_concat", "string_agg",
        "round", "floor", "ceil", "ceiling", "abs", "sign", "sqrt", "ln",
        "log", "exp", "pow", "power", "trunc", "mod", "coalesce", "ifnull",
        "nullif", "iif", "like", "glob", "lower", "upper", "length", "trim",
        "ltrim", "rtrim", "substr", "substring", "replace", "instr", "concat", "concat_ws",
        "reverse", "date", "time", "datetime", "julianday", "strftime", "current_date", "current_time",
        "current_timestamp", "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag",
        "lead", "first_value", "last_value", "nth_value", "median", "percentile_cont",
    )
)  # fmt: skip
"""What the guard's functions are called here."""


def begin(connection: Connection, timeout_s: float) -> None:
    """Start the clock, and take the right to write."""
    driver = _driver(connection)
    driver.execute("PRAGMA query_only = ON")
    end = time.monotonic() + timeout_s
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)


def confine(connection: Connection, catalog: Catalog) -> None:
    """Let the statement read the catalogue's tables, call listed functions, and nothing else."""
    tables = {name.lower() for name in catalog.tables}

    def authorize(action: int, first: str | None, second: str | None, _database: str | None, view: str | None) -> int:
        is_known = (first or "").lower() in tables or (view or "").lower() in tables or not first
        allowed = (
            action == _SELECT
            or (action == _READ and (is_known or not second))
            or (action == _FUNCTION and (second or "").lower() in FUNCTIONS)
        )
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    driver = _driver(connection)
    driver.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
    driver.set_authorizer(authorize)


def cost(_connection: Connection, _sql: str) -> float:
    """SQLite tells no cost; time and rows are limited."""
    return 0.0


def read(connection: Connection, sql: str, max_rows: int, end: float) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The names of the columns and the rows, as far as they are wanted.

    Raises:
        ExecutionError: one value or all of them are too large.
        TimeoutError: the time is over.
    """
    cursor = _driver(connection).execute(sql)
    rows = fetched(cursor.fetchmany, max_rows, end)
    names = tuple(column[0] for column in cursor.description or ())
    cursor.close()
    return names, rows


def leave(connection: Connection) -> None:
    """Others may use the connection for what the engine itself asks."""
    driver = _driver(connection)
    driver.set_authorizer(None)
    driver.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000_000)


def end(connection: Connection) -> None:
    """Stop the clock."""
    _driver(connection).set_progress_handler(None, 0)


def _driver(connection: Connection) -> sqlite3.Connection:
    driver: Any = connection.connection.dbapi_connection
    return driver  # type: ignore[no-any-return]
