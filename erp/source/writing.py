"""An ERP's tables written to a database, as demonstrations and tests need them.

Every table says when a row was last modified, as most ERPs do; in SQLite triggers keep that true whoever
changes a row. Reading is not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import URL

from erp.schema import TABLES
from erp.source.url import parse

MODIFIED: Final = "modified_at"
_FIRST: Final = datetime(2025, 1, 1)  # noqa: DTZ001 - databases keep it without a zone
_SPAN: Final = timedelta(days=300)
"""The rows of a new table were modified one after the other in this time."""
_WRITE_ROWS: Final = 20_000
_KEY: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""SQLite keeps rows in the order of a key of this very type, and reads them so without an index."""

_TOUCH: Final = """
CREATE TRIGGER {table}_{event} AFTER {event} ON "{table}" WHEN {condition}
BEGIN UPDATE "{table}" SET modified_at = strftime('%Y-%m-%d %H:%M:%f000', 'now') WHERE {key} = NEW.{key}; END
"""
_CONDITIONS: Final = {"insert": "NEW.modified_at IS NULL", "update": "NEW.modified_at IS OLD.modified_at"}


def write_source(tables: Mapping[str, pl.DataFrame], url: str | URL) -> None:
    """Write the tables of an ERP to a database, in one transaction; tables of these names are replaced.

    Args:
        tables: by name, each with its key and the columns of `erp.schema`; they get a column `modified_at` more.
        url: SQLAlchemy URL.
    """
    engine = sa.create_engine(parse(url))
    metadata = sa.MetaData()
    try:
        with engine.begin() as connection:
            for table in TABLES:
                columns = [sa.Column(name, sa.Text) for name in table.column_names]
                key = sa.Column(table.key, _KEY, primary_key=True, autoincrement=False)
                target = sa.Table(table.name, metadata, key, *columns, sa.Column(MODIFIED, sa.DateTime, index=True))
                target.drop(connection, checkfirst=True)
                target.create(connection)
                for piece in _modified(tables[table.name]):
                    connection.execute(target.insert(), piece)
                if connection.dialect.name == "sqlite":
                    for event, condition in _CONDITIONS.items():
                        trigger = _TOUCH.format(table=table.name, key=table.key, event=event, condition=condition)
                        connection.exec_driver_sql(trigger)
    finally:
        engine.dispose()


def _modified(frame: pl.DataFrame) -> Iterator[list[dict[str, Any]]]:
    """The rows in pieces, each row modified a little after the one before it."""
    gap = _SPAN.total_seconds() / max(len(frame), 1)
    seconds = (pl.int_range(pl.len()) * gap).floor()
    stamped = frame.with_columns((pl.lit(_FIRST) + pl.duration(seconds=seconds.cast(pl.Int64))).alias(MODIFIED))
    for piece in stamped.iter_slices(_WRITE_ROWS):
        yield piece.to_dicts()
