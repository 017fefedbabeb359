"""The T-SQL of Change Tracking, of `rowversion`, and of counting letters in SQL Server.

Only text is made here; a table is named by a string that `OBJECT_ID` understands or that stands in brackets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

CURRENT_VERSION: Final = "SELECT CHANGE_TRACKING_CURRENT_VERSION()"
CERTAIN_ROWVERSION: Final = "SELECT CONVERT(bigint, MIN_ACTIVE_ROWVERSION()) - 1"
"""Every row up to this `rowversion` is committed."""
_LETTERS: Final = "CAST(LEN(CONVERT(nvarchar(max), {column}) COLLATE Latin1_General_100_CI_AS_SC + N'x') - 1 AS bigint)"


def quoted(name: str) -> str:
    """An identifier in brackets."""
    return f"[{name.replace(']', ']]')}]"


def letters(column: str) -> str:
    """The number of code points of a text; `LEN` alone forgets blanks at the end and counts an emoji twice."""
    return _LETTERS.format(column=quoted(column))


def least_version(table: str) -> str:
    """A statement for the oldest version whose changes are still known; null without Change Tracking."""
    return f"SELECT CHANGE_TRACKING_MIN_VALID_VERSION({_object(table)})"


def key_columns(table: str) -> str:
    """A statement for the columns of the primary key of a table."""
    return (
        "SELECT c.name FROM sys.indexes AS i "
        "JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id "
        "JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id "
        f"WHERE i.is_primary_key = 1 AND i.object_id = {_object(table)}"
    )


def changes(table: str, key: str, columns: Sequence[str], version: int) -> str:
    """A statement for the rows that changed after a version: key, 1 if the row is there, its columns."""
    name, key = quoted(table), quoted(key)
    cells = "".join(f", t.{quoted(column)}" for column in columns)
    return (
        f"SELECT c.{key}, CASE WHEN t.{key} IS NULL THEN 0 ELSE 1 END AS present{cells} "
        f"FROM CHANGETABLE(CHANGES {name}, {int(version)}) AS c "
        f"LEFT JOIN {name} AS t ON t.{key} = c.{key} ORDER BY c.{key}"
    )


def _object(table: str) -> str:
    name = quoted(table).replace("'", "''")
    return f"OBJECT_ID(N'{name}')"
