"""What a database of nobody's has in it: row counts and distinct texts, counted once until its tables change.

The samples tell which words of a question are values. Whether a value exists is never decided by them: rows
come and go, so the database is asked.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from nl2sql.catalog import Catalog, Column, Table
from nl2sql.execute import limited

MAX_VALUES: Final = 2000
"""Distinct texts of a column; with more it is free text."""
_MAX_LENGTH: Final = 60
"""Letters of a value that somebody would name in a question."""
_SCANNED: Final = 200_000
"""Rows that are looked at; a list of values shows itself by then."""
_COUNTED: Final = 10_000_000
_TIMEOUT_S: Final = 5.0
"""A column; the values of one that takes longer are not known."""
_TOTAL_ROWS: Final = 5
"""Rows of a numeric or date column that are shown to the model."""


@dataclass(frozen=True)
class Samples:
    """Values of columns, by `table.column`."""

    rows: dict[str, int]
    """Table -> its rows."""
    values: dict[str, tuple[str, ...]]
    """Texts of columns that are lists of values, all of them."""
    some: dict[str, tuple[str, ...]]
    """A few values of the other columns, as texts."""
    gaps: list[str]
    """Columns that some rows lack."""


def fingerprint(catalog: Catalog) -> str:
    """Changes when a table, a column, a type, a key or a comment does."""
    tables = sorted(catalog.tables.values(), key=lambda table: table.name)
    described = [(t.name, t.comment, [(c.name, c.type, c.references, c.comment) for c in t.columns]) for t in tables]
    return hashlib.sha256(json.dumps(described, ensure_ascii=False).encode()).hexdigest()


def sample(engine: Engine, catalog: Catalog, folder: Path | None = None) -> Samples:
    """Read the samples, from the disk if the tables are still the same.

    Args:
        engine: connections that cannot write.
        catalog: of the same database.
        folder: where they are kept; nothing is if `None`.
    """
    if folder is None:
        return _read(engine, catalog)
    address = engine.url.set(password=None).render_as_string()
    name = hashlib.sha256(f"{address}\0{catalog.schema}\0{fingerprint(catalog)}".encode()).hexdigest()[:32]
    file = folder / f"{name}.json"
    known = _load(file)
    if known is not None:
        return known
    found = _read(engine, catalog)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # it holds values of the database
    draft = file.with_suffix(".partial")
    draft.write_text(json.dumps(found.__dict__, ensure_ascii=False), encoding="utf-8")
    draft.replace(file)
    return found


def _load(file: Path) -> Samples | None:
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return Samples(
            content["rows"],
            {path: tuple(values) for path, values in content["values"].items()},
            {path: tuple(values) for path, values in content["some"].items()},
            list(content["gaps"]),
        )
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None  # not there, or half of it: read again


def _read(engine: Engine, catalog: Catalog) -> Samples:
    found = Samples({}, {}, {}, [])
    for table in catalog.tables.values():
        with limited(engine, _TIMEOUT_S) as connection:
            source = sa.table(table.name, *(sa.column(c.name) for c in table.columns), schema=catalog.schema)
            rows = _rows(connection, source)
            if rows is not None:
                found.rows[table.name] = rows
        for column in table.columns:
            with limited(engine, _TIMEOUT_S) as connection:
                _read_column(connection, table, column, source, found)
    return found


def _rows(connection: Connection, source: sa.TableClause) -> int | None:
    some = sa.select(sa.literal(1).label("one")).select_from(source).limit(_COUNTED).subquery()
    counts = _tried(connection, sa.select(sa.func.count()).select_from(some))
    return int(counts[0]) if counts else None


def _read_column(connection: Connection, _table: Table, column: Column, source: sa.TableClause, found: Samples) -> None:
    lacking = sa.select(sa.literal(1)).select_from(source).where(source.c[column.name].is_(None)).limit(1)
    if _tried(connection, lacking):
        found.gaps.append(column.path)
    part = sa.select(source.c[column.name].label("value")).where(source.c[column.name].is_not(None)).limit(_SCANNED)
    if column.type != "text":
        few = _tried(connection, sa.select(part.subquery().c.value).distinct().limit(_TOTAL_ROWS))
        found.some[column.path] = tuple(str(value) for value in few or ())
        return
    values = _tried(connection, sa.select(part.subquery().c.value).distinct().limit(MAX_VALUES + 1)) or []
    texts = sorted({str(value) for value in values if str(value).strip()})
    if len(texts) <= MAX_VALUES and all(len(text) <= _MAX_LENGTH for text in texts):
        found.values[column.path] = tuple(texts)
    else:
        found.some[column.path] = tuple(text[:_MAX_LENGTH] for text in texts[:_TOTAL_ROWS])


def _tried(connection: Connection, query: sa.Select[Any]) -> list[Any] | None:
    try:
        return list(connection.execute(query).scalars().all())
    except sa.exc.DBAPIError:  # too slow, or a type that cannot be compared: then it is not known
        connection.rollback()
        return None
