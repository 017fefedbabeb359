"""A day's work in the generated ERP: rows that are typed anew, changed and deleted in all of its tables.

Values come from other rows of the same column, so they are as well or badly typed as the rest.
"""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

from erp.schema import REFERENCES, TABLES, Table


def work(file: Path, day: int, share: float, *, references: bool) -> None:
    """Change a SQLite source.

    Args:
        file: of the source.
        day: decides which rows, and nothing else does.
        share: of the rows of every large table that are changed; a third as many are new, and as many deleted.
        references: whether one row of every reference table is changed, typed anew and deleted too.
    """
    rng = random.Random(day)
    with closing(sqlite3.connect(file)) as connection, connection:
        for table in TABLES:
            keys = [key for (key,) in connection.execute(f"SELECT {table.key} FROM {table.name} ORDER BY 1")]
            if table.name in REFERENCES:
                changed = third = int(references and len(keys) > 3)  # noqa: PLR2004 - some must be left
            else:
                changed, third = round(share * len(keys)), round(share * len(keys) / 3)
            for key in rng.sample(keys, changed):
                _exchange(connection, table, key, rng.choice(keys), rng)
            gone = rng.sample(keys, third)
            connection.executemany(f"DELETE FROM {table.name} WHERE {table.key} = ?", [(key,) for key in gone])
            left = sorted(set(keys) - set(gone))
            free = sorted(set(range(1, keys[-1] + 1)) - set(keys)) if keys else []  # rows of old keys come back
            new = [*free[: third // 2], *range(keys[-1] + 1, keys[-1] + 1 + third - len(free[: third // 2]))]
            for key in new:
                _repeat(connection, table, rng.choice(left), key)
                _exchange(connection, table, key, rng.choice(left), rng)


def _exchange(connection: sqlite3.Connection, table: Table, key: int, other: int, rng: random.Random) -> None:
    """Put another row's value into one cell."""
    column = rng.choice(table.column_names)
    value = f"(SELECT {column} FROM {table.name} WHERE {table.key} = ?)"
    connection.execute(f"UPDATE {table.name} SET {column} = {value} WHERE {table.key} = ?", (other, key))


def _repeat(connection: sqlite3.Connection, table: Table, key: int, new: int) -> None:
    """Type a row once more, under a new key."""
    columns = ", ".join(table.column_names)
    connection.execute(
        f"INSERT INTO {table.name} ({table.key}, {columns}) SELECT ?, {columns} FROM {table.name} WHERE {table.key} = ?",
        (new, key),
    )
