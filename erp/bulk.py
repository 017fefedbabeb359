"""Filling large tables fast, inside one transaction: what checks row by row is taken off and put back.

Putting back checks everything at once, so nothing gets in that would not have. It locks the tables until the
transaction ends; use it where nobody can read yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection

from erp import store


@contextmanager
def without_indexes(connection: Connection, *tables: str) -> Iterator[None]:
    """Take off the indexes that no constraint needs."""
    query = """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
        WHERE i.indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)"""
    indexes = [row for table in tables for row in _rows(connection, query, table)]
    for name, _ in indexes:
        store.execute(connection, f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        store.execute(connection, definition)
    for table in tables:
        store.execute(connection, f"ANALYZE {table}")


@contextmanager
def without_references(connection: Connection, *tables: str) -> Iterator[None]:
    """Take off the foreign keys of tables."""
    query = (
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass"
    )
    keys = [(table, *row) for table in tables for row in _rows(connection, query, table)]
    for table, name, _ in keys:
        store.execute(connection, f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in keys:
        store.execute(connection, f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _rows(connection: Connection, query: str, table: str) -> list[tuple[str, ...]]:
    with store.cursor(connection) as reader:
        reader.execute(query, (table,))
        return [tuple(map(str, row)) for row in reader.fetchall()]
