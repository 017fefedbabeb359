"""A source behind an SQLAlchemy URL: SQLite, PostgreSQL, SQL Server (`mssql+pymssql`) and what else has a dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from erp.errors import SourceError
from erp.schema import TABLES

_WRITE_ROWS: Final = 20_000


class SqlSource:
    """Reads one database; use it in a `with` block, which closes its connections.

    Args:
        url: SQLAlchemy URL; SQL Server is `mssql+pymssql://user:password@host/database`.

    Raises:
        SourceError: the URL cannot be understood, or names a file that is not there.
    """

    def __init__(self, url: str | URL) -> None:
        self._url = _parse(url)
        if self._url.get_backend_name() == "sqlite":
            file = self._url.database
            if not file or not Path(file).is_file():  # SQLite would create it
                raise SourceError(
                    f"The source {self.label} cannot be read: no file is there. Correct MILLRACE_SOURCE_URL."
                )
        try:
            self._engine = sa.create_engine(self._url)
        except (sa.exc.ArgumentError, ImportError) as error:
            raise SourceError(
                f"The source {self.label} cannot be opened: {error}. Install the driver that its URL names."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    @property
    def label(self) -> str:
        """The URL without its password."""
        return self._url.render_as_string(hide_password=True)

    def tables(self) -> list[str]:
        """Names of its tables and views."""
        with self._reading() as connection:
            inspector = sa.inspect(connection)
            return sorted([*inspector.get_table_names(), *inspector.get_view_names()])

    def columns(self, table: str) -> list[str]:
        """Names of the columns of a table."""
        with self._reading() as connection:
            return [str(column["name"]) for column in sa.inspect(connection).get_columns(table)]

    def count(self, table: str) -> int:
        """Number of rows of a table."""
        with self._reading() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one())

    def batches(self, table: str, key: str, columns: Sequence[str], size: int) -> Iterator[pl.DataFrame]:
        """All rows of a table, streamed."""
        chosen = sa.table(table, *map(sa.column, (key, *columns)))
        with self._reading() as connection:
            rows = connection.execution_options(stream_results=True, max_row_buffer=size).execute(sa.select(chosen))
            for piece in rows.partitions(size):
                keys, *cells = zip(*piece, strict=True)
                yield pl.DataFrame(
                    [
                        _keys(table, key, keys),
                        *(_text(name, values) for name, values in zip(columns, cells, strict=True)),
                    ]
                )

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except sa.exc.DBAPIError as error:
            raise SourceError(
                f"The source {self.label} does not answer: {_reason(error)}. Start it, or correct MILLRACE_SOURCE_URL."
            ) from error


def _reason(error: sa.exc.DBAPIError) -> str:
    """The driver's words in one line; pymssql gives a number and several lines of bytes."""
    words: object = error.orig.args if error.orig is not None else (str(error),)
    while isinstance(words, tuple):
        words = words[-1] if words else ""
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    lines = [line for line in text.strip().splitlines() if not line.startswith("DB-Lib error message")]
    return lines[0].rstrip(".") if lines else type(error).__name__


def write_source(tables: Mapping[str, pl.DataFrame], url: str | URL) -> None:
    """Write the tables of an ERP to a database, in one transaction; tables of these names are replaced.

    Args:
        tables: by name, each with its key and the columns of `erp.schema`.
        url: SQLAlchemy URL.
    """
    engine = sa.create_engine(_parse(url))
    metadata = sa.MetaData()
    try:
        with engine.begin() as connection:
            for table in TABLES:
                columns = [sa.Column(name, sa.Text) for name in table.column_names]
                target = sa.Table(table.name, metadata, sa.Column(table.key, sa.BigInteger, primary_key=True), *columns)
                target.drop(connection, checkfirst=True)
                target.create(connection)
                for piece in tables[table.name].iter_slices(_WRITE_ROWS):
                    connection.execute(target.insert(), piece.to_dicts())
    finally:
        engine.dispose()


def _parse(url: str | URL) -> URL:
    try:
        return make_url(url)
    except sa.exc.ArgumentError:
        # The text may hold a password, so it is not repeated.
        raise SourceError(
            "The source's URL cannot be understood; it must look like mssql+pymssql://user:password@host/database."
        ) from None


def _keys(table: str, key: str, values: Sequence[object]) -> pl.Series:
    try:
        return pl.Series("row_key", [int(str(value)) for value in values], dtype=pl.Int64)
    except ValueError:
        wrong = next(value for value in values if not str(value).lstrip("-").isdigit())
        raise SourceError(
            f"The key {key!r} of the source's table {table!r} holds {wrong!r}; it must be a whole number in every row."
        ) from None


def _text(name: str, values: Sequence[object]) -> pl.Series:
    """Dates as ISO 8601, numbers in full, everything else as it is; NUL, which PostgreSQL cannot hold, goes."""
    texts = [value if value is None or isinstance(value, str) else str(value) for value in values]
    return pl.Series(name, texts, dtype=pl.String).str.replace_all("\x00", "", literal=True)
