"""How well the source is typed, run by run: what share of the cells needed nothing.

A cell counts if it is filled after cleaning, was touched or refused, or has to be filled because `clean` requires
it; an optional cell that is empty does not. Each counts once, as the worst that holds for it: in quarantine
(`quarantined`), waiting in review (`review`), changed by rules or by a person (`repaired`), `empty` although
required, else right as typed. The score is the share right as typed. So it measures how people type and how much
rules and stewards still have to do, not whether the rules are right: that is `erp.score`, which needs the truth.
Pictures of it are `erp.quality_chart`'s.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import polars as pl
from sqlalchemy.engine import Connection, Engine

from erp import store
from erp.errors import ErpError
from erp.quality_chart import chart
from erp.schema import TABLES, Table

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
    """Count the cells as they are now, and keep the figures with the run.

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
        store.execute(connection, "SET LOCAL work_mem = '128MB'")
        bit = " ".join(f"WHEN '{name}' THEN {bit}" for name, bit in _BITS.items())
        store.execute(connection, _TOUCHED.format(bit=f"CASE column_name {bit} END"))
        store.execute(connection, "ANALYZE touched_cells")
        for table in TABLES:
            store.execute(connection, _statement(table, _required(connection, table)), {"run": run_id})
        store.execute(connection, "DROP TABLE touched_cells")
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


def _required(connection: Connection, table: Table) -> frozenset[str]:
    """The columns that `clean` does not let be empty."""
    query = f"""SELECT attname FROM pg_attribute
        WHERE attrelid = 'clean.{table.name}'::regclass AND attnum > 0 AND attnotnull"""
    return frozenset(store.copy_out(connection, query, {"attname": pl.String})["attname"])


def _statement(table: Table, required: Collection[str]) -> str:
    """SQL that counts the cells of a table, a row a department and column."""
    names, of_employees = table.column_names, table.name == "employees"
    return _MEASURE.format(
        table=table.name,
        department=f"coalesce(d.name, '{UNKNOWN}')" if of_employees else "'-'",
        join="LEFT JOIN clean.departments d ON d.name = c.department" if of_employees else "",
        filled=" | ".join(f'CASE WHEN c."{name}" IS NULL THEN 0 ELSE {_BITS[name]} END' for name in names),
        required=" | ".join(_BITS[name] for name in names if name in required) or "0",
        columns=", ".join(f"('{name}', {_BITS[name]})" for name in names),
    )


_BITS: Final = {
    name: f"{1 << number}::bigint"
    for number, name in enumerate(dict.fromkeys(name for table in TABLES for name in table.column_names))
}
"""One bit a column, so that the state of a record's cells is a few numbers, and equal records are counted together."""

_TOUCHED: Final = """
CREATE TEMP TABLE touched_cells ON COMMIT DROP AS
SELECT table_name, row_key, bit_or(changed) AS changed, bit_or(waiting) AS waiting, bit_or(refused) AS refused FROM (
    SELECT table_name, row_key, {bit} AS changed, 0::bigint AS waiting, 0::bigint AS refused
        FROM governance.ledger WHERE retired_run_id IS NULL
    UNION ALL SELECT table_name, row_key, 0, {bit}, 0 FROM governance.review WHERE retired_run_id IS NULL
    UNION ALL SELECT table_name, row_key, 0, 0, {bit}
        FROM governance.quarantine WHERE retired_run_id IS NULL AND column_name IS NOT NULL
) AS every GROUP BY table_name, row_key
"""
_MEASURE: Final = """
WITH record AS (
    SELECT {department} AS department, {filled} AS filled, coalesce(t.changed, 0) AS changed,
        coalesce(t.waiting, 0) AS waiting, coalesce(t.refused, 0) AS refused
    FROM conformed.{table} c {join} LEFT JOIN touched_cells t ON t.table_name = '{table}' AND t.row_key = c.row_key
    WHERE NOT c._deleted
), alike AS (
    SELECT department, filled, changed, waiting, refused, count(*) AS records
    FROM record GROUP BY department, filled, changed, waiting, refused
), state AS (
    SELECT a.department, v.name, a.records, CASE
        WHEN a.refused & v.bit > 0 THEN 'quarantined' WHEN a.waiting & v.bit > 0 THEN 'review'
        WHEN a.changed & v.bit > 0 THEN 'repaired' WHEN a.filled & v.bit > 0 THEN 'right'
        WHEN ({required}) & v.bit > 0 THEN 'empty' END AS state
    FROM alike a CROSS JOIN (VALUES {columns}) AS v (name, bit)
)
INSERT INTO governance.quality (run_id, table_name, department, column_name, cells, right_as_typed, repaired, review,
    quarantined, empty)
SELECT %(run)s, '{table}', department, name, coalesce(sum(records) FILTER (WHERE state IS NOT NULL), 0),
    coalesce(sum(records) FILTER (WHERE state = 'right'), 0), coalesce(sum(records) FILTER (WHERE state = 'repaired'), 0),
    coalesce(sum(records) FILTER (WHERE state = 'review'), 0),
    coalesce(sum(records) FILTER (WHERE state = 'quarantined'), 0),
    coalesce(sum(records) FILTER (WHERE state = 'empty'), 0)
FROM state GROUP BY department, name
"""
