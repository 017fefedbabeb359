"""The URL of a source, understood and shown."""

from __future__ import annotations

import difflib
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from erp.errors import SourceError

_WITH_US: Final = {
    "mssql": "mssql+pymssql",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
"""Kinds of databases whose driver is installed with millrace, and what their URLs begin with then."""
_KNOWN: Final = ("csv", "parquet", "sqlite", *_WITH_US.values(), "mssql+pyodbc")


def parse(url: str | URL) -> URL:
    """The parts of a URL.

    Raises:
        SourceError: it is none.
    """
    try:
        return make_url(url)
    except sa.exc.ArgumentError:
        # The text may hold a password, so it is not repeated.
        raise SourceError(
            "The source's URL cannot be understood; it must look like mssql+pymssql://user:password@host/database or "
            "csv:///absolute/folder."
        ) from None


def label(url: URL) -> str:
    """The URL without its password."""
    return url.render_as_string(hide_password=True)


def unopenable(url: URL, error: Exception) -> SourceError:
    """The error of a URL whose kind of database is not known, or whose driver is not installed."""
    start = f"The source {label(url)} cannot be opened: "
    scheme, backend = url.drivername, url.get_backend_name()
    if isinstance(error, sa.exc.NoSuchModuleError):
        near = difflib.get_close_matches(scheme.lower(), _KNOWN, n=1)
        hint = f"; perhaps {near[0]} is meant" if near else ""
        return SourceError(
            f"{start}no kind of source is called {scheme!r}{hint}. There are {', '.join(_KNOWN)}, and the other dialects "
            "of SQLAlchemy that are installed. Correct MILLRACE_SOURCE_URL."
        )
    other = _WITH_US.get(backend, scheme)
    instead = "" if other == scheme else f", or let it begin with {other}, whose driver is there"
    return SourceError(f"{start}{error}. Install the driver that its URL names{instead}.")
