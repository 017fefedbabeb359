"""The statements that read a table of any SQL database, and what dialects differ in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from erp.schema import Table
from erp.source import tsql
from erp.source.base import KEY_MODULUS
from erp.source.marks import Value

Types = Mapping[str, "sa.types.TypeEngine[Any]"]


def is_text(kind: sa.types.TypeEngine[Any]) -> bool:
    """Whether a column of this type holds text."""
    return isinstance(kind, sa.String)


def is_rowversion(kind: sa.types.TypeEngine[Any]) -> bool:
    """Whether SQL Server numbers the changes of the whole database in such a column."""
    from sqlalchemy.dialects import mssql

    return isinstance(kind, mssql.TIMESTAMP)  # `rowversion` is one, a time is not


def count(table: Table) -> sa.Select[Any]:
    """Number of rows."""
    return sa.select(sa.func.count()).select_from(sa.table(table.name))


def rows(dialect: str, types: Types, table: Table, columns: Sequence[str], after: int | None) -> sa.Select[Any]:
    """The key and columns of all rows with a greater key, in the order of keys."""
    key = _key(types, table)
    chosen = sa.select(sa.column(table.key), *_cells(dialect, types, columns)).select_from(sa.table(table.name))
    return (chosen if after is None else chosen.where(key > after)).order_by(key)


def listed_keys(table: Table) -> sa.Select[Any]:
    """Number of rows, and SQLite's list of all keys."""
    return sa.select(sa.func.count(), sa.func.group_concat(sa.column(table.key))).select_from(sa.table(table.name))


def watermark(types: Types, column: str) -> sa.ColumnElement[Any]:
    """The column of a watermark as something that can be compared; a `rowversion` as a number."""
    found: sa.ColumnElement[Any] = sa.column(column)
    return sa.cast(found, sa.BigInteger) if is_rowversion(types[column]) else found


def newest(types: Types, table: Table, column: str, upto: Value | None) -> sa.Select[Any]:
    """The greatest watermark, at most `upto`."""
    mark = watermark(types, column)
    greatest = sa.select(sa.func.max(mark)).select_from(sa.table(table.name))
    return greatest if upto is None else greatest.where(mark <= upto)


def since(dialect: str, types: Types, table: Table, column: str, low: Value) -> sa.Select[Any]:
    """Key, columns and watermark of the rows from a watermark on and of those without one, in its order."""
    mark = watermark(types, column)
    chosen = sa.select(sa.column(table.key), *_cells(dialect, types, table.column_names), mark.label("mark_"))
    found = chosen.select_from(sa.table(table.name)).where(sa.or_(mark >= low, mark.is_(None)))
    return found.order_by(mark, _key(types, table))


def totals(dialect: str, types: Types, table: Table) -> sa.Executable:
    """Rows, sum of keys, filled cells by column, then letters by column of text."""
    names = table.column_names
    return sa.select(
        sa.func.count(),
        sa.func.sum(sa.cast(sa.column(table.key), sa.BigInteger) % KEY_MODULUS),
        *(sa.func.count(sa.column(name)) for name in names),
        *(sa.func.sum(_letters(dialect, name)) for name in names if is_text(types[name])),
    ).select_from(sa.table(table.name))


def _key(types: Types, table: Table) -> sa.ColumnElement[Any]:
    """The key as what it is ordered by: 10 comes after 9 even where it is typed as text."""
    key: sa.ColumnElement[Any] = sa.column(table.key)
    return sa.cast(key, sa.BigInteger) if is_text(types[table.key]) else key


def _cells(dialect: str, types: Types, columns: Sequence[str]) -> list[sa.ColumnElement[Any]]:
    """PostgreSQL writes its dates and numbers itself: it has some that Python has not."""
    if dialect != "postgresql":
        return [sa.column(name) for name in columns]
    return [sa.column(name) if is_text(types[name]) else sa.cast(sa.column(name), sa.Text) for name in columns]


def _letters(dialect: str, column: str) -> sa.ColumnElement[Any]:
    if dialect == "mssql":
        return sa.literal_column(tsql.letters(column))
    return sa.func.length(sa.column(column)) if dialect == "sqlite" else sa.func.char_length(sa.column(column))
