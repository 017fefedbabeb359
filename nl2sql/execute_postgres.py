"""PostgreSQL's own limits: a read-only transaction, its settings, the plan's cost, a cursor that measures first.

Every statement is sent with the extended protocol, which takes one statement and no more. After a checked statement
the session is emptied, so that nothing it could have left (locks, settings, channels) meets the next one: a new session
would take 12 ms to open, more than most answers.
"""

from __future__ import annotations

import time
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from psycopg import sql as compose
from sqlalchemy.engine import Connection

from nl2sql.catalog import Catalog
from nl2sql.execute_limits import CHUNK, MAX_BYTES, MAX_CELL, answer_too_large, cell_too_large

OPTIONS: Final[dict[str, Any]] = {"postgresql_readonly": True}
SETTINGS: Final = {
    "work_mem": "32MB",
    "hash_mem_multiplier": "1",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "60s",
    "standard_conforming_strings": "on",
    "cursor_tuple_fraction": "1",
    "jit": "off",
}
"""For the transaction; the role may set them itself."""
TEMP_FILES: Final = "1GB"
"""On disk; only where the role was given the right to set it, and otherwise its own default holds."""
_TEXTS: Final = frozenset({17, 25, 1042, 1043})
"""bytea, text, bpchar, varchar: their length is known without reading them."""
_FIXED: Final = frozenset({16, 20, 21, 23, 26, 700, 701, 1082, 1083, 1114, 1184, 1186, 1266, 2950})
"""Types whose values are a few bytes."""
_GRANTED: Final = 15_00_00
"""The version since which parameters are granted to roles."""


def begin(connection: Connection, timeout_s: float) -> None:
    """Set the limits of the transaction."""
    settings = SETTINGS | {"statement_timeout": str(max(1, int(timeout_s * 1000)))}
    calls = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())
    connection.exec_driver_sql(f"SELECT {calls}")
    if _driver(connection).info.server_version >= _GRANTED:
        connection.exec_driver_sql(
            f"SELECT set_config('temp_file_limit', '{TEMP_FILES}', true) "
            "WHERE has_parameter_privilege('temp_file_limit', 'SET')"
        )


def confine(connection: Connection, catalog: Catalog) -> None:
    """Functions and operators are PostgreSQL's own before anybody's."""
    path = "pg_catalog, pg_temp"
    if catalog.schema is not None:
        path = f"pg_catalog, {compose.Identifier(catalog.schema).as_string()}, pg_temp"
    _run(connection, "SELECT set_config('search_path', %s, true)", (path,))


def cost(connection: Connection, sql: str) -> float:
    """The planner's figure."""
    row = _run(connection, f"EXPLAIN (FORMAT JSON) {sql}").fetchone()
    return float(row[0][0]["Plan"]["Total Cost"]) if row else 0.0


def read(connection: Connection, sql: str, max_rows: int, end: float) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The names of the columns and the rows, as far as they are wanted.

    Raises:
        ExecutionError: one value or all of them are too large.
        TimeoutError: the time is over.
    """
    described = _run(connection, f"SELECT * FROM ({sql}) AS answer LIMIT 0").description or []
    _run(
        connection, f"DECLARE answer NO SCROLL CURSOR FOR {_measuring(sql, [column.type_code for column in described])}"
    )
    rows: list[tuple[Any, ...]] = []
    size = 0
    while len(rows) < max_rows:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        _run(connection, "SELECT set_config('statement_timeout', %s, true)", (str(max(1, int(left * 1000))),))
        chunk = _run(connection, f"FETCH {min(CHUNK, max_rows - len(rows))} FROM answer").fetchall()
        for largest, total, *cells in chunk:
            if largest > MAX_CELL:
                raise cell_too_large(largest)
            size += total
            rows.append(tuple(cells))
        if size > MAX_BYTES:
            raise answer_too_large()
        if len(chunk) < CHUNK:
            break
    return tuple(column.name for column in described), rows


def leave(connection: Connection) -> None:
    """Empty the session; one that cannot be emptied is closed."""
    try:
        connection.rollback()
        driver = _driver(connection)
        driver.autocommit = True  # it may not be discarded in a transaction
        driver.execute("DISCARD ALL")
        driver.autocommit = False
    except (sa.exc.DBAPIError, psycopg.Error):
        connection.invalidate()


def end(connection: Connection) -> None:
    """The transaction is over, and its settings with it."""


def _measuring(sql: str, types: list[int]) -> str:
    """The statement with the bytes of each row before it; a value that is too large stays where it is."""
    names = [f"c{number}" for number in range(len(types))]
    sizes = [
        f"coalesce({'octet_length' if kind in _TEXTS else 'pg_column_size'}({name}), 0)"
        for name, kind in zip(names, types, strict=True)
        if kind not in _FIXED
    ]
    if not sizes:
        return f"SELECT 0, {8 * len(types)}, answer.* FROM ({sql}) AS answer"
    shown = [
        name if kind in _FIXED else f"CASE WHEN largest <= {MAX_CELL} THEN {name} END"
        for name, kind in zip(names, types, strict=True)
    ]
    return (
        f"SELECT largest, total, {', '.join(shown)} FROM (SELECT *, greatest({', '.join(sizes)}) AS largest, "
        f"{' + '.join(f'{size}::bigint' for size in sizes)} AS total "
        f"FROM ({sql}) AS answer({', '.join(names)})) AS measured"
    )


def _run(connection: Connection, sql: str, values: tuple[str, ...] | None = None) -> psycopg.Cursor[Any]:
    return _driver(connection).execute(sql, values, prepare=True)


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    driver: Any = connection.connection.driver_connection
    return driver  # type: ignore[no-any-return]
