"""How well the source is typed, run by run: what share of the cells needed nothing.

A cell counts if it is filled after cleaning, was touched or refused, or has to be filled because `clean` requires
it; an optional cell that is empty does not. Each counts once, as the worst that holds for it: in quarantine
(`quarantined`), waiting in review (`review`), changed by rules or by a person (`repaired`), `empty` although
required, else right as typed. The score is the share right as typed. So it measures how people type and how much
rules and stewards still have to do, not whether the rules are right: that is `erp.score`, which needs the truth.
Pictures of it are `erp.quality_chart`'s.
"""

from __future__ import annotations

from typing import Final

import polars as pl
from sqlalchemy.engine import Connection, Engine

from erp import store
from erp.errors import ErpError
from erp.quality_chart import chart
from erp.schema import TABLES

__all__ = ["chart", "history", "measure"]

UNKNOWN: Final = "unknown"
"""Department of employees whose own is empty or not published."""

_COUNTS: Final = ("cells", "right_as_typed", "repaired", "review", "quarantined", "empty")
_SCHEMA: Final = {
    **dict.fromkeys(("table_name", "department", "column_name"), pl.String),
    **dict.fromkeys(_COUNTS, pl.Int64),
    "score": pl.Float64,
}


def measure(engine: Engine, run_id: int) -> pl.DataFrame:
    """Score the cells as they were counted when they were published, and keep the figures with the run.

    Args:
        engine: of the owner.
        run_id: the run that published them.

    Returns:
        `table_name, department, column_name, cells, right_as_typed, repaired, review, quarantined, empty, score`; the
        department is `-` for other tables than employees. `score` is 0 to 1, null where there are no cells.

    Raises:
        ErpError: there is no such run.
    """
    with store.writing(engine) as connection:
        if not store.exists(connection, f"governance.runs WHERE run_id = {int(run_id)}"):
            raise ErpError(f"There is no run {run_id}; start_run opens one.")
        store.execute(connection, "DELETE FROM governance.quality WHERE run_id = %(run)s", {"run": run_id})
        store.execute(connection, _MEASURE.format(required=_required(connection), unknown=UNKNOWN), {"run": run_id})
        listed = ", ".join(_SCHEMA)
        return store.copy_out(
            connection,
            f"SELECT {listed} FROM governance.quality WHERE run_id = {int(run_id)} ORDER BY 1, 2, 3",
            _SCHEMA,
        )


def history(engine: Engine) -> pl.DataFrame:
    """What `measure` found in all runs: its columns, with `run_id` and `at` (when the run began), oldest first."""
    listed = ", ".join(f"q.{name}" for name in _SCHEMA)
    query = f"""SELECT q.run_id, to_char(r.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), {listed}
        FROM governance.quality q JOIN governance.runs r USING (run_id) ORDER BY 1, 3, 4, 5"""
    with engine.connect() as connection:
        found = store.copy_out(connection, query, {"run_id": pl.Int64, "at": pl.String, **_SCHEMA})
    return found.with_columns(pl.col("at").str.to_datetime("%Y-%m-%d %H:%M:%S", time_zone="UTC"))


def _required(connection: Connection) -> str:
    """SQL values of the columns that `clean` does not let be empty."""
    found = [
        f"('{table.name}', '{name}')"
        for table in TABLES
        for name in store.copy_out(connection, _NOT_NULL.format(table=table.name), {"attname": pl.String})["attname"]
        if name in table.column_names
    ]
    return ", ".join(found)


_NOT_NULL: Final = """SELECT attname FROM pg_attribute
WHERE attrelid = 'clean.{table}'::regclass AND attnum > 0 AND attnotnull"""
_MEASURE: Final = """
WITH counted AS (
    SELECT t.table_name, CASE WHEN t.table_name = 'employees' THEN coalesce(d.name, '{unknown}') ELSE '-' END AS department,
        t.column_name, t.cells, CASE WHEN t.state <> 'empty' OR (t.table_name, t.column_name) IN (VALUES {required})
            THEN t.state END AS state
    FROM governance.tally t LEFT JOIN clean.departments d ON d.name = t.department
)
INSERT INTO governance.quality (run_id, table_name, department, column_name, cells, right_as_typed, repaired, review,
    quarantined, empty)
SELECT %(run)s, table_name, department, column_name, coalesce(sum(cells) FILTER (WHERE state IS NOT NULL), 0),
    coalesce(sum(cells) FILTER (WHERE state = 'right'), 0), coalesce(sum(cells) FILTER (WHERE state = 'repaired'), 0),
    coalesce(sum(cells) FILTER (WHERE state = 'review'), 0),
    coalesce(sum(cells) FILTER (WHERE state = 'quarantined'), 0),
    coalesce(sum(cells) FILTER (WHERE state = 'empty'), 0)
FROM counted GROUP BY table_name, department, column_name
"""
