"""Which texts of a conformed record may be published, as SQL: a cell that may not is empty.

The same conditions decide what `erp.quarantine` lists, so that a cell is published or accounted for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from erp.schema import Column, Kind, Table

FORMS: Final = {
    Kind.DATE: (r"^\d{4}-\d\d-\d\d$", "not a date"),
    Kind.NUMBER: (r"^-?\d+(?:\.\d+)?$", "not a number"),
    Kind.PHONE: (r"^\+[1-9]\d{7,14}$", "not a phone number"),
    Kind.EMAIL: (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "not an e-mail address"),
    Kind.NATIONAL_ID: (r"^[A-Z0-9]{5,20}$", "not a national id"),
}
"""Pattern of what is in the right form, and what anything else is called."""

WHOLE_NUMBERS: Final = ("days", "hours")
_MOST: Final = {"days": "100000", "hours": "100000", "budget_usd": "1e12", "monthly_usd": "1e10"}
"""What the published columns can hold."""


def cells(table: Table, allowed: Mapping[str, Collection[str]], alias: str) -> str:
    """All columns of a table as a list for SELECT, each as text, or null where it may not be published.

    Args:
        table: whose columns.
        allowed: values of the columns that hold words, by column name.
        alias: of the conformed table in the query.
    """
    return ", ".join(f'{_valid(column, allowed, alias)} AS "{column.name}"' for column in table.columns)


def typed(table: Table, alias: str) -> str:
    """The columns of `cells` in the types of the published table."""
    return ", ".join(f'{_cast(column, alias)} AS "{column.name}"' for column in table.columns)


def key_of(column: str, alias: str) -> str:
    """A text column that holds the key of an employee, as a number."""
    cell = f'{alias}."{column}"'
    return rf"CASE WHEN {cell} ~ '^\d{{1,18}}$' THEN {cell}::bigint END"


def _valid(column: Column, allowed: Mapping[str, Collection[str]], alias: str) -> str:
    cell = f'{alias}."{column.name}"'
    if column.kind is Kind.VOCABULARY:
        return f"CASE WHEN {cell} = ANY ({array(allowed[column.name])}) THEN {cell} END"
    if column.kind not in FORMS:
        return cell
    if column.kind is Kind.DATE:  # a day that is in the calendar; LIKE is faster than the pattern and as strict with it
        return f"CASE WHEN {cell} LIKE '____-__-__' AND pg_input_is_valid({cell}, 'date') THEN {cell} END"
    condition = f"{cell} ~ '{FORMS[column.kind][0]}'"
    if column.kind is Kind.NUMBER:
        return f"CASE WHEN {condition} THEN CASE WHEN {cell}::numeric > 0 AND {cell}::numeric < {_MOST[column.name]} THEN {cell} END END"
    return f"CASE WHEN {condition} THEN {cell} END"


def _cast(column: Column, alias: str) -> str:
    cell = f'{alias}."{column.name}"'
    if column.kind is Kind.DATE:
        return f"{cell}::date"
    if column.kind is Kind.NUMBER:
        return f"round({cell}::numeric)::integer" if column.name in WHOLE_NUMBERS else f"{cell}::numeric"
    return cell


def array(values: Collection[str]) -> str:
    """Texts as an array in SQL."""
    quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in sorted(values))
    return f"ARRAY[{quoted}]::text[]"
