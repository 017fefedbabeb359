"""A source behind an SQLAlchemy URL: SQL Server, PostgreSQL, MariaDB, SQLite, and what else has a dialect.

How the changes of a table are told is in `erp.source.watermark` and `erp.source.tracking`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import URL

from erp.errors import SourceError
from erp.schema import TABLES, Table
from erp.source import queries
from erp.source.base import Batch, Missing, Rejected, SourceOptions, Totals, Way, joined_keys
from erp.source.snapshot import Snapshot
from erp.source.texts import frame
from erp.source.tracking import Tracking
from erp.source.url import label, parse, unopenable
from erp.source.watermark import Watermark


class SqlSource:
    """Reads one database; use it in a `with` block, which closes its connections.

    Args:
        url: SQLAlchemy URL; SQL Server is `mssql+pymssql://user:password@host/database`.
        options: how it is to be read.

    Raises:
        SourceError: the URL cannot be understood, or names a file that is not there.
    """

    def __init__(self, url: str | URL, options: SourceOptions | None = None) -> None:
        self._url, self.options = parse(url), options or SourceOptions()
        self._types: dict[str, queries.Types] = {}
        self._finders: dict[str, Snapshot | Watermark | Tracking] = {}
        file = self._file
        if file is not None and not file.is_file():  # SQLite would create it
            raise SourceError(f"The source {self.label} cannot be read: no file is there. Correct MILLRACE_SOURCE_URL.")
        try:
            self._engine = sa.create_engine(self._url)
        except (sa.exc.ArgumentError, ImportError) as error:
            raise unopenable(self._url, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    @property
    def label(self) -> str:
        """The URL without its password."""
        return label(self._url)

    @property
    def dialect(self) -> str:
        """SQLAlchemy's name of the kind of database."""
        return self._engine.dialect.name

    @cached_property
    def _file(self) -> Path | None:
        """The file of a SQLite database."""
        return Path(self._url.database or "") if self._url.get_backend_name() == "sqlite" else None

    def tables(self) -> list[str]:
        """Names of its tables and views."""
        with self.reading() as connection:
            inspector = sa.inspect(connection)
            return sorted([*inspector.get_table_names(), *inspector.get_view_names()])

    def advice(self, missing: Missing) -> str:
        """What to do where tables or columns are missing."""
        if missing == "table":
            return "Create views with these names, or check that MILLRACE_SOURCE_URL names the right database."
        return "Add them, or put a view with all columns in its place."

    def columns(self, table: Table) -> dict[str, str]:
        """The columns of a table and their types."""
        dialect = self._engine.dialect
        return {
            name: "" if isinstance(kind, sa.types.NullType) else kind.compile(dialect)
            for name, kind in self.types(table).items()
        }

    def types(self, table: Table) -> queries.Types:
        """The columns of a table and their types, as SQLAlchemy knows them."""
        if table.name not in self._types:
            with self.reading() as connection:
                found = sa.inspect(connection).get_columns(table.name)
            self._types[table.name] = {str(column["name"]): column["type"] for column in found}
        return self._types[table.name]

    def way(self, table: Table) -> Way:
        """How the changes of this table are found."""
        return self._finder(table).way

    def count(self, table: Table) -> int:
        """Number of rows."""
        return int(self.one(queries.count(table))[0])

    def mark(self, table: Table) -> str | None:
        """What is to be remembered before all rows are read."""
        return self._finder(table).mark(table)

    def obstacle(self, table: Table, mark: str) -> str | None:
        """Why the changes since a mark cannot be told, or null."""
        return self._finder(table).obstacle(table, mark)

    def rows(self, table: Table, columns: Sequence[str], after: int | None) -> Iterator[Batch]:
        """All rows whose key is greater, in the order of keys, streamed."""
        statement = queries.rows(self.dialect, self.types(table), table, columns, after)
        for piece in self.stream(statement):
            yield Batch(frame(table, columns, piece))

    def keys(self, table: Table) -> pl.Series:
        """The keys of all rows."""
        if self.dialect == "sqlite":  # which hands rows to Python one by one, but writes a list as fast as it counts
            count, listed = self.one(queries.listed_keys(table))
            keys = pl.Series("row_key", (listed or "").split(","), dtype=pl.String).cast(pl.Int64, strict=False)
            if len(keys) == count and not keys.null_count():
                return keys
        return joined_keys(self.rows(table, [], None))

    def changes(self, table: Table, mark: str) -> Iterator[Batch]:
        """Rows that changed since the mark."""
        return self._finder(table).changes(table, mark)

    def totals(self, table: Table) -> Totals:
        """Sums over the table, made by the database."""
        types = self.types(table)
        figures = [int(figure or 0) for figure in self.one(queries.totals(self.dialect, types, table))]
        names, texts = table.column_names, [name for name in table.column_names if queries.is_text(types[name])]
        filled = dict(zip(names, figures[2:], strict=False))
        return Totals(figures[0], figures[1], filled, dict(zip(texts, figures[2 + len(names) :], strict=True)))

    def rejected(self, table: Table) -> Sequence[Rejected]:
        """Nothing: a database gives all of its rows."""
        return ()

    def fingerprint(self) -> str:
        """The file's time and size for SQLite; what the tables' ways remember, and their numbers of rows, elsewhere."""
        if self._file is not None:
            files = [self._file, self._file.with_name(self._file.name + "-wal")]
            seen: list[object] = [(file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.exists()]
        else:
            seen = [(table.name, self._finder(table).seen(table)) for table in TABLES]
        return hashlib.sha256(repr(seen).encode()).hexdigest()

    def _finder(self, table: Table) -> Snapshot | Watermark | Tracking:
        if table.name not in self._finders:
            kinds = (Tracking, Watermark, Snapshot)
            wanted = [kind for kind in kinds if self.options.way in ("auto", kind.way)]
            finders = (kind.of(self, table) for kind in wanted)
            found = next((finder for finder in finders if finder is not None), None)
            if found is None:
                raise SourceError(
                    f"The source's table {table.name!r} cannot be followed by {self.options.way}: {wanted[0].lacking}. "
                    "Provide it, or let MILLRACE_SOURCE_WAY be auto."
                )
            self._finders[table.name] = found
        return self._finders[table.name]

    def one(self, statement: sa.Executable) -> Sequence[Any]:
        """The first row of a statement."""
        with self.reading() as connection:
            return tuple(connection.execute(statement).one())

    def stream(self, statement: sa.Executable) -> Iterator[Sequence[Sequence[Any]]]:
        """The rows of a statement, some at a time."""
        size = self.options.batch_rows
        with self.reading() as connection:
            if connection.dialect.supports_server_side_cursors:
                options = {"stream_results": True, "max_row_buffer": size}
                with connection.execute(statement, execution_options=options) as result, _not_awaiting(result.cursor):
                    yield from result.partitions(size)
                return
            cursor = connection.execute(statement).cursor
            try:  # what the driver gives, without SQLAlchemy's rows around it: twice as fast
                while piece := cursor.fetchmany(size):
                    yield piece
            except self._engine.dialect.loaded_dbapi.Error as error:
                lost = self._engine.dialect.is_disconnect(error, connection.connection, cursor)
                raise self._silent(error, lost=lost) from error

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection, whose errors are the source's."""
        there = False
        try:
            with self._engine.connect() as connection:
                there = True
                yield connection
        except sa.exc.DBAPIError as error:
            raise self._silent(error.orig or error, lost=not there or error.connection_invalidated) from error

    def _silent(self, error: BaseException, *, lost: bool) -> SourceError:
        """The error of a source that is not there any more, or that answers but cannot do what it is asked."""
        if lost:
            return SourceError(
                f"The source {self.label} does not answer: {_reason(error)}. Start it, or correct MILLRACE_SOURCE_URL."
            )
        return SourceError(
            f"The source {self.label} cannot be read: {_reason(error)}. Mend there what it speaks of, or correct "
            "MILLRACE_SOURCE_URL."
        )


def _reason(error: BaseException) -> str:
    """The driver's words in one line; pymssql gives a number and several lines of bytes."""
    words: object = error.args
    while isinstance(words, tuple):
        words = words[-1] if words else ""
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    lines = [line for line in text.strip().splitlines() if not line.startswith("DB-Lib error message")]
    return lines[0].rstrip(".") if lines else type(error).__name__


@contextmanager
def _not_awaiting(cursor: object) -> Iterator[None]:
    """Let a cursor of pymysql be closed after its connection was lost: it would wait for the rows that did not come."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        awaited: Any = getattr(cursor, "_result", None)
        if error.connection_invalidated and hasattr(awaited, "unbuffered_active"):
            awaited.unbuffered_active = False
        raise
