"""Foreign keys that nobody declared, guessed from names: `singer_id` is `singer.singer_id` or `singer.id`.

Only what has one reading is guessed; a wrong key would join rows that have nothing to do with each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from nl2sql.catalog import Column, Table

_GENERAL: Final = frozenset({"id", "key", "code", "no", "number", "name", "date", "type", "year", "status", "rowid"})
"""Names that say nothing about the table that they belong to."""
_NUMBERS: Final = frozenset({"integer", "numeric"})


_SAME: Final = frozenset({"series", "species", "news", "gps", "sales", "goods", "means"})


def singular(name: str) -> str:
    """An English noun without its plural ending.

    >>> singular("cities"), singular("singers"), singular("classes"), singular("status")
    ('city', 'singer', 'class', 'status')
    """
    if name in _SAME:
        return name
    if name.endswith("ies") and len(name) > len("xies"):
        return name[:-3] + "y"
    if name.endswith(("ches", "shes", "sses", "xes", "zes")):
        return name[:-2]
    if name.endswith("s") and not name.endswith(("ss", "us", "is")):
        return name[:-1]
    return name


def guessed_keys(tables: Mapping[str, Table], *, loose: bool = False) -> dict[str, str]:
    """`table.column` -> `table.column` that it refers to.

    Args:
        tables: all of a schema, by name.
        loose: whether the database compares texts with numbers, as SQLite does.
    """
    keys = {name: key for name, table in tables.items() if not table.is_view and (key := _key(table)) is not None}
    found = {}
    for table in tables.values():
        for column in table.columns:
            if column.references is not None:
                continue
            targets = {
                key.path
                for name, key in keys.items()
                if name != table.name and _refers(column, key) and (loose or _same_kind(column.type, key.type))
            }
            if len(targets) == 1 and not _is_own_key(table, column, keys):
                found[column.path] = targets.pop()
    return found


def _key(table: Table) -> Column | None:
    """The one column that tells the rows of a table apart."""
    declared = [column for column in table.columns if column.is_key]
    if declared:
        return declared[0] if len(declared) == 1 else None
    own = {"id", *(f"{form}id" for form in _forms(table.name)), *(f"{form}code" for form in _forms(table.name))}
    return next((column for column in table.columns if _plain(column.name) in own), None)


def _refers(column: Column, key: Column) -> bool:
    name, target = _plain(column.name), _plain(key.name)
    if name == target and target not in _GENERAL:
        return True
    if target == "id":
        return name in {f"{form}id" for form in _forms(key.table)}
    return False


def _is_own_key(table: Table, column: Column, keys: Mapping[str, Column]) -> bool:
    """Whether a column is what others refer to: `singer_id` of `singer` refers to nothing."""
    own = keys.get(table.name)
    return (
        own is not None
        and own.name == column.name
        and any(_plain(column.name).startswith(form) for form in _forms(table.name))
    )


def _forms(table: str) -> tuple[str, str]:
    return _plain(table), _plain(singular(table.lower()))


@lru_cache(maxsize=1 << 14)  # every column is compared with every key
def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _same_kind(one: str, other: str) -> bool:
    return one == other or {one, other} <= _NUMBERS
