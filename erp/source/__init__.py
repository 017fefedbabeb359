"""Where records come from: the contract of a source, databases behind an SQLAlchemy URL, folders of files.

A source lists its tables and columns, tells what changed, and streams rows; it is only ever read. What is
done with the rows is `erp.sync`'s.
"""

from __future__ import annotations

from sqlalchemy.engine import URL

from erp.source.base import Batch, Rejected, Source, SourceOptions, Totals, Way
from erp.source.files import KINDS, FolderSource
from erp.source.sql import SqlSource
from erp.source.url import parse

__all__ = ["Batch", "Rejected", "Source", "SourceOptions", "Totals", "Way", "open_source"]


def open_source(url: str | URL, options: SourceOptions | None = None) -> Source:
    """The source that a URL names: `csv:///folder`, `parquet:///folder`, or any SQLAlchemy URL.

    Raises:
        SourceError: the URL cannot be understood, or what it names is not there.
    """
    parsed = parse(url)
    return FolderSource(parsed, options) if parsed.drivername in KINDS else SqlSource(parsed, options)
