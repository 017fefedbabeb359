"""A database in words for the model: its tables as it knows them from SQL, with a few of their values.

Which tables and columns are told is decided in `narrowing`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from nl2sql.anywhere.fit import written
from nl2sql.catalog import Catalog, Column, Table

_SHOWN: Final = 3
"""Values of a column."""
_LENGTH: Final = 24
"""Letters of a shown value."""


def schema_text(
    catalog: Catalog,
    examples: Mapping[str, Sequence[str]],
    *,
    tables: Sequence[str] | None = None,
    columns: Collection[str] | None = None,
) -> str:
    """`CREATE TABLE` of the tables.

    Args:
        catalog: the database.
        examples: values to show, by `table.column`.
        tables: which, in this order; all if `None`.
        columns: which, as `table.column`; keys are shown always; all if `None`.
    """
    shown = [catalog.tables[name] for name in tables] if tables is not None else list(catalog.tables.values())
    return "\n".join(table_text(catalog, table, examples, columns=columns) for table in shown)


def table_text(
    catalog: Catalog, table: Table, examples: Mapping[str, Sequence[str]], *, columns: Collection[str] | None = None
) -> str:
    """`CREATE TABLE` of one table."""
    chosen = [
        column
        for column in table.columns
        if columns is None or column.path in columns or column.is_key or column.references is not None
    ]
    lines = [
        f"  {_column(catalog, column)}{',' if number < len(chosen) else ''}{_remark(column, examples)}"
        for number, column in enumerate(chosen, 1)
    ]
    comment = table.comment["en"]
    head = f"CREATE TABLE {written(table.name, catalog)} ({f' -- {comment}' if comment else ''}"
    return "\n".join([head, *lines, ");"])


def _column(catalog: Catalog, column: Column) -> str:
    parts = [written(column.name, catalog), column.type]
    if column.is_key and sum(other.is_key for other in catalog.tables[column.table].columns) == 1:
        parts.append("PRIMARY KEY")
    if column.references is not None:
        table, _, name = column.references.partition(".")
        parts.append(f"REFERENCES {written(table, catalog)}({written(name, catalog)})")
    return " ".join(parts)


def _remark(column: Column, examples: Mapping[str, Sequence[str]]) -> str:
    comment = column.comment["en"]
    values = [] if column.is_key or column.references else examples.get(column.path, ())[:_SHOWN]
    shown = ", ".join(_quoted(value[:_LENGTH]) if column.type == "text" else value[:_LENGTH] for value in values)
    remarks = [part for part in (comment, f"e.g. {shown}" if shown else "") if part]
    return f" -- {'; '.join(remarks)}" if remarks else ""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
