"""The source's rows into `raw`, so that `raw` says exactly what the source said last.

Each table is one transaction: rows are copied into a temporary table, compared by hash, inserted or
updated where they differ; rows that the source no longer has keep their cells and get a date of deletion.
An interrupted sync has therefore finished some tables and not touched the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.engine import Connection, Engine

from erp import store
from erp.errors import SourceError
from erp.schema import TABLES, Table
from erp.source import Source, check

_BATCH: Final = 50_000


@dataclass(frozen=True)
class TableCounts:
    """What a sync did to one table."""

    table: str
    inserted: int
    updated: int
    deleted: int
    unchanged: int


def sync_tables(
    engine: Engine, run_id: int, source: Source, progress: Callable[[str], None] | None = None
) -> list[TableCounts]:
    """Bring all tables of `raw` up to date.

    Raises:
        SourceError: the source lacks something, or its keys are not unique.
    """
    check(source)
    counts = []
    for table in TABLES:
        counts.append(_sync_table(engine, run_id, source, table))
        if progress is not None:
            progress(
                f"sync {table.name}: {counts[-1].inserted} new, {counts[-1].updated} changed, {counts[-1].deleted} gone"
            )
    return counts


def _sync_table(engine: Engine, run_id: int, source: Source, table: Table) -> TableCounts:
    names = table.column_names
    columns = ", ".join(f'"{name}"' for name in names)
    updates = ", ".join(
        f"{name} = excluded.{name}" for name in [*columns.split(", "), "_hash", "_run_id", "_deleted_at"]
    )
    with store.writing(engine) as connection:
        store.execute(
            connection,
            f"CREATE TEMP TABLE incoming (row_key bigint, {columns.replace(',', ' text,')} text) ON COMMIT DROP",
        )
        for batch in source.batches(table.name, table.key, names, _BATCH):
            store.copy_in(connection, "incoming", batch)
        total = _check_unique(connection, table)
        known = _count(connection, f"SELECT count(*) FROM raw.{table.name}")
        upsert = _UPSERT.format(table=table.name, columns=columns, updates=updates)
        changed = store.execute(connection, upsert, {"run": run_id})
        inserted = _count(connection, f"SELECT count(*) FROM raw.{table.name}") - known
        deleted = store.execute(connection, _DELETE.format(table=table.name), {"run": run_id})
    return TableCounts(table.name, inserted, changed - inserted, deleted, total - changed)


def _count(connection: Connection, query: str) -> int:
    return int(connection.exec_driver_sql(query).scalar_one())


def _check_unique(connection: Connection, table: Table) -> int:
    """Number of rows that came in, all with different keys."""
    store.execute(connection, "ANALYZE incoming")
    total, distinct = connection.exec_driver_sql("SELECT count(*), count(DISTINCT row_key) FROM incoming").one()
    if total != distinct:
        twice = _count(connection, "SELECT row_key FROM incoming GROUP BY row_key HAVING count(*) > 1 LIMIT 1")
        raise SourceError(
            f"The key {table.key!r} of the source's table {table.name!r} is not unique: {total - distinct} rows repeat one, "
            f"for example {twice}. Give every row a key of its own, or put a view with a unique key in its place."
        )
    return int(total)


_UPSERT: Final = """
INSERT INTO raw.{table} AS old (row_key, {columns}, _hash, _run_id)
SELECT row_key, {columns}, md5(ROW({columns})::text)::uuid, %(run)s FROM incoming
ON CONFLICT (row_key) DO UPDATE SET {updates}
WHERE old._hash <> excluded._hash OR old._deleted_at IS NOT NULL
"""
_DELETE: Final = """
UPDATE raw.{table} AS old SET _deleted_at = now(), _run_id = %(run)s
WHERE _deleted_at IS NULL AND NOT EXISTS (SELECT FROM incoming WHERE incoming.row_key = old.row_key)
"""
