"""Where records come from: the contract of a source, and the one for SQL databases.

A source lists its tables and columns and streams rows; it is only ever read. What is done with the rows
is `erp.sync`'s.
"""

from erp.source.base import Source, check
from erp.source.sql import SqlSource

__all__ = ["Source", "SqlSource", "check"]
