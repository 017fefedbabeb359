"""Columns of the source that came, went, or changed their type since the last sync."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl
from sqlalchemy.engine import Connection

from erp import store
from erp.errors import SourceError
from erp.schema import TABLES, Table
from erp.source import Source
from erp.sync.results import Drift

Columns = Mapping[str, str]
"""Types by name."""


def examine(connection: Connection, run_id: int, source: Source) -> list[Drift]:
    """Compare the source's columns with those of the last sync, and remember them.

    A column that is needed and missing is remembered as it was, so that it is reported until it is back.

    Raises:
        SourceError: a table is missing, or a column of a table that was never read.
    """
    _check_tables(source)
    known = _known(connection, source)
    found = {table.name: source.columns(table) for table in TABLES}
    drift: list[Drift] = []
    for table in TABLES:
        if not known.get(table.name):
            _check_columns(source, table, found[table.name])
        else:
            drift += _compare(table.name, known[table.name], found[table.name])
    remembered = [
        (table.name, name, source.label, kind, run_id)
        for table in TABLES
        for name, kind in (_needed(table, known.get(table.name, {})) | dict(found[table.name])).items()
    ]
    store.execute(connection, "DELETE FROM governance.source_columns")
    names = ("table_name", "column_name", "source", "type", "run_id")
    store.copy_in(connection, "governance.source_columns", pl.DataFrame(remembered, schema=names, orient="row"))
    return drift


def unreadable(drift: Sequence[Drift], table: Table) -> list[str]:
    """Columns that a table needs and the source has lost."""
    needed = {table.key, *table.column_names}
    return [d.column for d in drift if d.table == table.name and d.kind == "missing" and d.column in needed]


def _known(connection: Connection, source: Source) -> dict[str, dict[str, str]]:
    known: dict[str, dict[str, str]] = {}
    with store.cursor(connection) as reader:
        reader.execute(
            "SELECT table_name, column_name, type FROM governance.source_columns WHERE source = %s", (source.label,)
        )
        for table, column, kind in reader.fetchall():
            known.setdefault(str(table), {})[str(column)] = str(kind)
    return known


def _needed(table: Table, known: Columns) -> dict[str, str]:
    return {name: kind for name, kind in known.items() if name in {table.key, *table.column_names}}


def _compare(table: str, known: Columns, found: Columns) -> list[Drift]:
    new = [Drift(table, name, "new", None, found[name]) for name in found if name not in known]
    missing = [Drift(table, name, "missing", known[name], None) for name in known if name not in found]
    both = [name for name in known if name in found and known[name] != found[name]]
    return [*new, *missing, *(Drift(table, name, "retyped", known[name], found[name]) for name in both)]


def _check_tables(source: Source) -> None:
    found = source.tables()
    missing = [table.name for table in TABLES if table.name not in found]
    if missing:
        raise SourceError(
            f"The source lacks the {_list('table', missing)}; it has {_list('table', found) if found else 'no tables'}. "
            f"{_alike(missing, found)}{source.advice('table')}"
        )


def _check_columns(source: Source, table: Table, found: Columns) -> None:
    absent = [name for name in (table.key, *table.column_names) if name not in found]
    if absent:
        raise SourceError(
            f"The source's table {table.name!r} lacks the {_list('column', absent)}; "
            f"it has {', '.join(found)}. {_alike(absent, found)}{source.advice('column')}"
        )


def _list(noun: str, names: Sequence[str]) -> str:
    return f"{noun}{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _alike(missing: Sequence[str], found: Iterable[str]) -> str:
    """A sentence about names that would do but for their capitals and spaces."""
    near = [repr(name) for name in found if name.strip().lower() in missing]
    return f"Capitals and spaces count, so {', '.join(near)} will not do. " if near else ""
