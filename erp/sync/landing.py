"""Batches of rows into one table of `raw`: inserted, updated where they differ, given a date of deletion.

A row that has not changed is not written. When what is written is a matter of `erp.sync.passes`.
"""

from __future__ import annotations

from typing import Final

import polars as pl
from sqlalchemy.engine import Connection

from erp import store
from erp.schema import Table


class Landing:
    """Where the rows of one table arrive in one run, and how many did."""

    def __init__(self, run_id: int, table: Table) -> None:
        self.run_id, self.table = run_id, table
        self.inserted = self.updated = self.deleted = 0
        columns = [f'"{name}"' for name in table.column_names]
        listed = ", ".join(columns)
        updates = ", ".join(f"{name} = excluded.{name}" for name in [*columns, "_hash", "_run_id", "_deleted_at"])
        self._upsert = _UPSERT.format(table=table.name, columns=listed, updates=updates)
        self._insert = _INSERT.format(table=table.name, columns=listed)

    def write(self, connection: Connection, rows: pl.DataFrame, *, into_empty: bool) -> None:
        """Stage rows as the temporary table `incoming` and bring `raw` up to date with them.

        Args:
            connection: in a transaction of its own for this batch.
            rows: the key as `row_key`, and either all columns or none: then only keys are staged.
            into_empty: no row of the table is in `raw` that could be one of these.
        """
        self.stage(connection, rows)
        if into_empty:
            self.inserted += store.execute(connection, self._insert, {"run": self.run_id})
            return
        with store.cursor(connection) as writer:
            writer.execute(self._upsert, {"run": self.run_id})
            fresh, changed = writer.fetchone() or (0, 0)
        self.inserted += int(str(fresh))
        self.updated += int(str(changed)) - int(str(fresh))

    def stage(self, connection: Connection, rows: pl.DataFrame) -> None:
        """Rows, or keys alone, as the temporary table `incoming`."""
        names = "".join(f', "{name}" text' for name in rows.columns[1:])
        store.execute(connection, f"CREATE TEMP TABLE incoming (row_key bigint{names}) ON COMMIT DROP")
        store.copy_in(connection, "incoming", rows)
        store.execute(connection, "ANALYZE incoming (row_key)")

    def delete_unstaged(self, connection: Connection, after: int | None, upto: int | None) -> None:
        """Date the rows of a range of keys (null: without end) that `incoming` lacks."""
        bounds = " AND row_key > %(after)s" * (after is not None) + " AND row_key <= %(upto)s" * (upto is not None)
        self._delete(
            connection,
            bounds + " AND NOT EXISTS (SELECT FROM incoming WHERE incoming.row_key = old.row_key)",
            {"after": after, "upto": upto},
        )

    def delete_after(self, connection: Connection, key: int | None) -> None:
        """Date the rows with a greater key than the source's last; all of them for null."""
        self._delete(connection, " AND row_key > %(key)s" * (key is not None), {"key": key})

    def delete(self, connection: Connection, keys: pl.Series) -> None:
        """Date these rows."""
        if len(keys):
            self._delete(connection, " AND row_key = ANY(%(keys)s)", {"keys": keys.to_list()})

    def _delete(self, connection: Connection, condition: str, parameters: dict[str, object]) -> None:
        statement = _DELETE.format(table=self.table.name) + condition
        self.deleted += store.execute(connection, statement, {"run": self.run_id, **parameters})


_INSERT: Final = """
INSERT INTO raw.{table} (row_key, {columns}, _hash, _run_id)
SELECT row_key, {columns}, md5(ROW({columns})::text)::uuid, %(run)s FROM incoming
"""
_UPSERT: Final = """
WITH found AS (
    SELECT *, md5(ROW({columns})::text)::uuid AS _hash FROM incoming
), differing AS MATERIALIZED (
    SELECT found.*, old.row_key IS NULL OR old._deleted_at IS NOT NULL AS fresh
    FROM found LEFT JOIN raw.{table} AS old USING (row_key)
    WHERE old.row_key IS NULL OR old._deleted_at IS NOT NULL OR old._hash <> found._hash
), written AS (
    INSERT INTO raw.{table} (row_key, {columns}, _hash, _run_id)
    SELECT row_key, {columns}, _hash, %(run)s FROM differing
    ON CONFLICT (row_key) DO UPDATE SET {updates}
)
SELECT count(*) FILTER (WHERE fresh), count(*) FROM differing
"""
_DELETE: Final = """
UPDATE raw.{table} AS old SET _deleted_at = now(), _run_id = %(run)s WHERE _deleted_at IS NULL"""
