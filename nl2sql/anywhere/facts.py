"""What the values of a database tell of its columns: days that are kept as text, columns that say yes or no, gaps.

Its own account of types says too little: SQLite knows no dates, and many databases keep yes and no as numbers or words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from nl2sql.anywhere.samples import Samples
from nl2sql.catalog import Catalog, Column

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}.*")
_YES: Final = ("1", "true", "yes", "y", "t")
_NO: Final = ("0", "false", "no", "n", "f")


def informed(catalog: Catalog, samples: Samples) -> Catalog:
    """The catalogue with what the samples tell: rows of tables, types and contents of columns."""
    gaps = frozenset(samples.gaps)
    tables = {
        name: replace(
            table,
            rows=samples.rows.get(name),
            columns=tuple(
                replace(
                    column,
                    type=_type(column, samples),
                    yes_no=_yes_no(column, samples, catalog.dialect),
                    has_gaps=column.path in gaps,
                )
                for column in table.columns
            ),
        )
        for name, table in catalog.tables.items()
    }
    return replace(catalog, tables=tables)


def _type(column: Column, samples: Samples) -> str:
    """The type that a text's values have."""
    values = samples.values.get(column.path) or samples.some.get(column.path, ())
    if column.type != "text" or not values:
        return column.type
    for kind, pattern in (("date", _DAY), ("timestamp", _MOMENT)):
        if all(pattern.fullmatch(value) for value in values):
            return kind
    return column.type


def _yes_no(column: Column, samples: Samples, dialect: str) -> tuple[str, str] | None:
    """The literals for yes and no of a column that has nothing else."""
    if column.is_key or column.references is not None:
        return None
    values = samples.values.get(column.path) or samples.some.get(column.path, ())
    if column.type == "boolean" and dialect == "postgres":
        return "TRUE", "FALSE"
    if not values or any(value.lower() not in (*_YES, *_NO) for value in values):
        return None
    if column.type == "text":
        return _texts(values)
    is_both = len(set(values)) > 1  # a number that is always 1 may count something
    return ("1", "0") if column.type == "boolean" or (column.type in ("integer", "numeric") and is_both) else None


def _texts(values: Sequence[str]) -> tuple[str, str] | None:
    """'Yes' and 'No' as they are written; both must occur, or a lone 'F' would be one."""
    yes = [value for value in values if value.lower() in _YES]
    no = [value for value in values if value.lower() in _NO]
    return (f"'{yes[0]}'", f"'{no[0]}'") if len(yes) == len(no) == 1 else None
