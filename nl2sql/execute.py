"""Running a checked statement: read-only, planned first, limited in time and rows.

What may run is `guard`; this is the second line, which the database itself holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from nl2sql.errors import ExecutionError
from nl2sql.guard import Checked

TIMEOUT_S: Final = 10
MAX_COST: Final = 5_000_000.0
"""The planner's units; a scan of a million rows is about 20,000, an accidental product of two tables billions."""


@dataclass(frozen=True)
class Result:
    """Rows of a statement."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_truncated: bool
    """Whether there are more rows than were read."""
    cost: float
    """As the planner estimated it."""


def execute(reader: Engine, checked: Checked, *, timeout_s: float = TIMEOUT_S, max_cost: float = MAX_COST) -> Result:
    """Run a statement as the reading role.

    Raises:
        ExecutionError: the plan is too expensive, the time is over, or the database reports an error.
    """
    with reader.connect().execution_options(postgresql_readonly=True, no_parameters=True) as connection:
        try:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(timeout_s * 1000)}")
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
        finally:
            connection.rollback()


def exists(reader: Engine, table: str, column: str, value: str) -> bool:
    """Whether a value occurs in a column of the catalogue."""
    query = sa.text(f'SELECT EXISTS (SELECT 1 FROM clean."{table}" WHERE "{column}" = :value)')
    with reader.connect() as connection:
        return bool(connection.execute(query, {"value": value}).scalar_one())


def _cost(connection: Connection, sql: str) -> float:
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}").scalar_one()
    return float(plan[0]["Plan"]["Total Cost"])


def _reason(error: sa.exc.DBAPIError, timeout_s: float) -> str:
    if getattr(error.orig, "sqlstate", None) == "57014":  # query_canceled
        return f"The statement was stopped after {timeout_s:g} seconds."
    first = str(error.orig).strip().splitlines()[0]
    return f"The database says: {first}."
