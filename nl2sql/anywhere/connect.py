"""Opening any database for reading: what it is asked can change nothing, whatever passes the guard.

SQLite is opened read-only; PostgreSQL and SQL Server read in transactions that `execute` makes read-only or
takes back. A database of its own is no home: nothing is created in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from nl2sql.dialects import dialect_of
from nl2sql.errors import AskError

_DRIVERS: Final = {"postgresql": "postgresql+psycopg", "mssql": "mssql+pymssql", "sqlite": "sqlite"}
"""The driver that comes with the package; a URL that names another one keeps it."""
_FORM: Final = "sqlite:///file.db, postgresql://user:password@host/database or mssql://user:password@host/database"


def open_reader(url: str | URL, *, base: Path | None = None) -> Engine:
    """Connections to a database that cannot write to it.

    Args:
        url: SQLAlchemy's URL.
        base: the folder that relative paths of SQLite files begin at; the working folder if `None`.

    Raises:
        AskError: it is no such URL, or the database does not answer.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:  # the text may hold a password, so it is not repeated
        raise AskError(f"This is no URL of a database; it must look like {_FORM}.") from None
    backend = parsed.get_backend_name()
    if backend not in _DRIVERS:
        raise AskError(f"The database is {backend}; questions can be asked of {', '.join(sorted(_DRIVERS))}: {_FORM}.")
    if "+" not in parsed.drivername:
        parsed = parsed.set(drivername=_DRIVERS[backend])
    engine = _sqlite(parsed, base) if backend == "sqlite" else _server(parsed)
    try:
        dialect_of(engine)
        with engine.connect():
            return engine
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        shown = parsed.render_as_string(hide_password=True)
        raise AskError(f"The database {shown} does not answer: {reason}") from error


@contextmanager
def reading(url: str | URL, *, base: Path | None = None) -> Iterator[Engine]:
    """The reader for the time of a block; errors as of `open_reader`."""
    engine = open_reader(url, base=base)
    try:
        yield engine
    finally:
        engine.dispose()


def _server(url: URL) -> Engine:
    try:
        return sa.create_engine(url, pool_pre_ping=True)
    except (NoSuchModuleError, ImportError) as error:
        raise AskError(f"The driver {url.drivername} is not installed: {error}") from error


def _sqlite(url: URL, base: Path | None) -> Engine:
    if not url.database or url.database == ":memory:":
        raise AskError("A SQLite database must be a file: sqlite:///file.db")
    path = Path(base or Path.cwd(), url.database).absolute()
    if not path.is_file():
        raise AskError(f"There is no SQLite file {path}; a relative path begins at {base or Path.cwd()}.")

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, check_same_thread=False)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")  # what a view of the file calls is not ours
        connection.text_factory = _text
        return connection

    engine = sa.create_engine(url.set(database=str(path)), creator=connect, poolclass=sa.pool.QueuePool)
    sa.event.listen(engine, "connect", _functions)
    return engine


def _functions(connection: Any, _record: object) -> None:
    """SQLite's own `lower` folds ASCII only: Москва and москва would differ."""
    connection.create_function("lower", 1, _lower, deterministic=True)
    connection.create_function("upper", 1, _upper, deterministic=True)


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")
