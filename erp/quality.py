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

from erp import batch, bulk, store
from erp.errors import ErpError
from erp.quality_chart import chart
from erp.schema import TABLES

__all__ = ["chart", "history", "measure"]

UNKNOWN: Final = "unknown"
"""Department of employees whose own is empty or not published."""

STEP: Final = "quality"
_LISTS: Final = ("ledger", "review", "quarantine")
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
        _bring_up_to_date(connection, run_id)
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


def _bring_up_to_date(connection: Connection, run_id: int) -> None:
    """Bring `governance.states` in step with records and lists: what changed since the last measure, or all."""
    since = batch.progress_of(connection, STEP)
    if since is None or since >= run_id:
        store.execute(connection, "TRUNCATE governance.states, governance.tally")
        with bulk.without_indexes(connection, "governance.states"):
            _add_states(connection, "true", _STATES)
        _count(connection, "governance.states", "count(*)")
    else:
        changed = [f"SELECT '{t.name}', row_key FROM conformed.{t.name} WHERE _run_id > {since}" for t in TABLES]
        changed += [
            f"SELECT table_name, row_key FROM governance.{name} WHERE run_id > {since} OR retired_run_id > {since}"
            for name in _LISTS
        ]
        store.execute(
            connection,
            f"CREATE TEMP TABLE to_measure (table_name, row_key) ON COMMIT DROP AS {' UNION '.join(changed)}",
        )
        store.execute(connection, "ANALYZE to_measure")
        scope = "(row_key, table_name) IN (SELECT row_key, table_name FROM to_measure)"
        store.execute(connection, "CREATE TEMP TABLE moved (LIKE governance.states, sign integer) ON COMMIT DROP")
        moved = "WITH one AS ({change} RETURNING *) INSERT INTO moved SELECT *, {sign} FROM one"
        store.execute(connection, moved.format(change=f"DELETE FROM governance.states WHERE {scope}", sign=-1))
        _add_states(connection, scope, moved.format(change=_STATES, sign=1))
        _count(connection, "moved", "sum(sign)")
        store.execute(connection, "DROP TABLE to_measure, moved")
    batch.advance(connection, STEP, run_id)


def _count(connection: Connection, rows: str, number: str) -> None:
    """Add the cells of states to the tally; `number` says how many equal ones count."""
    columns = ", ".join(f"('{table.name}', '{name}', {_BITS[name]})" for table in TABLES for name in table.column_names)
    store.execute(connection, _COUNT.format(rows=rows, number=number, columns=columns))
    store.execute(connection, "TRUNCATE governance.tally")
    store.execute(connection, "INSERT INTO governance.tally SELECT * FROM summed")
    store.execute(connection, "DROP TABLE summed")


def _add_states(connection: Connection, scope: str, add: str) -> None:
    """Add the states of records by a statement; `scope` is a condition on their `table_name` and `row_key`."""
    cases = " ".join(f"WHEN '{name}' THEN {bit}" for name, bit in _BITS.items())
    store.execute(connection, _TOUCHED.format(bit=f"CASE column_name {cases} END", scope=scope))
    store.execute(connection, "ANALYZE touched")
    for table in TABLES:
        names = table.column_names
        statement = add.format(
            table=table.name,
            department="department" if "department" in names else "NULL",
            filled=" | ".join(f'CASE WHEN "{name}" IS NULL THEN 0 ELSE {_BITS[name]} END' for name in names),
            scope=scope,
        )
        store.execute(connection, statement)
    store.execute(connection, "DROP TABLE touched")


_BITS: Final = {
    name: f"{1 << number}::bigint"
    for number, name in enumerate(dict.fromkeys(name for table in TABLES for name in table.column_names))
}
"""One bit a column, so that the state of a record's cells is a few numbers, and equal records are counted together.

The numbers are kept: a migration that changes columns empties `governance.states` and the progress of this step.
"""

_TOUCHED: Final = """
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT table_name, row_key, bit_or(changed) AS changed, bit_or(waiting) AS waiting, bit_or(refused) AS refused FROM (
    SELECT table_name, row_key, {bit} AS changed, 0::bigint AS waiting, 0::bigint AS refused
        FROM governance.ledger WHERE retired_run_id IS NULL AND {scope}
    UNION ALL SELECT table_name, row_key, 0, {bit}, 0 FROM governance.review WHERE retired_run_id IS NULL AND {scope}
    UNION ALL SELECT table_name, row_key, 0, 0, {bit}
        FROM governance.quarantine WHERE retired_run_id IS NULL AND column_name IS NOT NULL AND {scope}
) AS every GROUP BY table_name, row_key
"""
_STATES: Final = """
INSERT INTO governance.states
SELECT table_name, row_key, department, filled, coalesce(changed, 0), coalesce(waiting, 0), coalesce(refused, 0)
FROM (
    SELECT '{table}' AS table_name, row_key, {department} AS department, {filled} AS filled
    FROM conformed.{table} WHERE NOT _deleted
) AS record LEFT JOIN touched USING (table_name, row_key) WHERE {scope}
"""
_COUNT: Final = """
CREATE TEMP TABLE summed ON COMMIT DROP AS
WITH alike AS (
    SELECT table_name, department, filled, changed, waiting, refused, {number} AS records
    FROM {rows} GROUP BY table_name, department, filled, changed, waiting, refused
), cell AS (
    SELECT table_name, department, v.column_name, CASE WHEN refused & bit > 0 THEN 'quarantined'
        WHEN waiting & bit > 0 THEN 'review' WHEN changed & bit > 0 THEN 'repaired'
        WHEN filled & bit > 0 THEN 'right' ELSE 'empty' END AS state, records AS cells
    FROM alike JOIN (VALUES {columns}) AS v (table_name, column_name, bit) USING (table_name)
    UNION ALL SELECT * FROM governance.tally
)
SELECT table_name, department, column_name, state, sum(cells) AS cells FROM cell
GROUP BY table_name, department, column_name, state HAVING sum(cells) <> 0
"""
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
