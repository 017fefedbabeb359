"""The URL of a source, understood and shown."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from erp.errors import SourceError


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
            "The source's URL cannot be understood; it must look like mssql+pymssql://user:password@host/database."
        ) from None


def label(url: URL) -> str:
    """The URL without its password."""
    return url.render_as_string(hide_password=True)
