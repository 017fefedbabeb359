"""The conformed records: raw ones with all changes applied, kept in step with what a run came to.

Only records whose cells differ are written, so that later steps find what changed by `_run_id`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl
from sqlalchemy.engine import Connection

from erp import bulk, store
from erp.batch import SCOPE, Batch
from erp.changes import Tables
from erp.schema import TABLES, Table
from erp.tally import form


def write(connection: Connection, run_id: int, cleaned: Tables, batch: Batch) -> None:
    """Bring `conformed` in step with cleaned records.

    Args:
        connection: in the transaction that reconciled the ledger.
        run_id: the run that cleaned them.
        cleaned: the batch's records after cleaning.
        batch: what the run looked at.
    """
    first = batch.why_all is not None and not store.exists(connection, "conformed.locations")
    if batch.why_all is not None and not first:
        store.execute(connection, _TOUCHED, {"run": run_id})
    for table in TABLES:
        frame = cleaned[table.name].with_columns(_run_id=pl.lit(run_id))
        if first:
            with bulk.without_indexes(connection, f"conformed.{table.name}"):
                store.copy_in(connection, f"conformed.{table.name}", frame)
        else:
            if batch.why_all is not None:
                frame = frame.join(_touched(connection, table), on="row_key", how="semi")
            _upsert(connection, table, frame)
        gone = batch.gone[table.name]
        if len(gone):
            store.stage(connection, "gone_keys", gone.to_frame(), ["row_key bigint"])
            store.execute(
                connection,
                f"""WITH leaving AS MATERIALIZED (
                    SELECT * FROM conformed.{table.name} WHERE NOT _deleted AND row_key IN (SELECT row_key FROM gone_keys)
                ), noted AS (
                    INSERT INTO governance.noted SELECT {form(table, "leaving")} FROM leaving ON CONFLICT DO NOTHING
                )
                UPDATE conformed.{table.name} SET _deleted = true, _run_id = %(run)s
                WHERE row_key IN (SELECT row_key FROM leaving)""",
                {"run": run_id},
            )
            store.execute(connection, "DROP TABLE gone_keys")


_TOUCHED: Final = """
CREATE TEMP TABLE touched_by_ledger ON COMMIT DROP AS SELECT DISTINCT table_name, row_key FROM governance.ledger
WHERE retired_run_id = %(run)s OR retired_run_id IS NULL AND run_id = %(run)s
"""


def _touched(connection: Connection, table: Table) -> pl.DataFrame:
    """Keys of the records that can differ: the source or the ledger has changed them since they were conformed."""
    query = f"""SELECT row_key FROM touched_by_ledger WHERE table_name = '{table.name}'
        UNION SELECT r.row_key FROM raw.{table.name} r LEFT JOIN conformed.{table.name} c USING (row_key)
            WHERE r._deleted_at IS NULL AND (c.row_key IS NULL OR c._deleted OR r._run_id > c._run_id)"""
    return store.copy_out(connection, query, {"row_key": pl.Int64})


def _upsert(connection: Connection, table: Table, frame: pl.DataFrame) -> None:
    columns = [f'"{name}"' for name in table.column_names]
    store.stage(
        connection, "cleaned", frame, ["row_key bigint", *(f"{name} text" for name in columns), "_run_id bigint"]
    )
    listed = ", ".join(["row_key", *columns, "_run_id"])
    sets = ", ".join(f"{name} = excluded.{name}" for name in [*columns, "_run_id", "_deleted"])
    old, new = (", ".join(f"{side}.{name}" for name in columns) for side in ("old", "cleaned"))
    store.execute(
        connection,
        f"""WITH differing AS MATERIALIZED (
            SELECT cleaned.*, ROW({form(table, "old")})::governance.noted AS was, NOT old._deleted AS there
            FROM cleaned LEFT JOIN conformed.{table.name} AS old USING (row_key)
            WHERE old.row_key IS NULL OR old._deleted OR ROW({old}) IS DISTINCT FROM ROW({new})
        ), noted AS (
            INSERT INTO governance.noted SELECT (was).* FROM differing WHERE there ON CONFLICT DO NOTHING
        )
        INSERT INTO conformed.{table.name} ({listed}) SELECT {listed} FROM differing
        ON CONFLICT (row_key) DO UPDATE SET {sets}""",
    )
    store.execute(connection, "DROP TABLE cleaned")


def stage_scope(connection: Connection, batch: Batch) -> str | None:
    """A temporary table of the batch's records for `erp.ledger.reconcile`; `None` stands for all."""
    if batch.why_all is not None:
        return None
    parts: Iterable[pl.DataFrame] = (
        pl.select(table_name=pl.lit(name), row_key=pl.concat([frame["row_key"], batch.gone[name]]))
        for name, frame in batch.tables.items()
    )
    store.stage(connection, SCOPE, pl.concat(parts), ["row_key bigint", "table_name text"])
    return SCOPE
