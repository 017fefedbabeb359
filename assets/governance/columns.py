"""Columns of the assets and where each comes from, as Dagster shows them: metadata `column_schema` and `column_lineage`.

An asset holds several tables, so a column is called `table.column`. What a cell's own history is, is `erp.lineage`'s.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from erp.schema import EVENTS, TABLES, Column, Kind, Table

_SCHEMA = "dagster/column_schema"
_LINEAGE = "dagster/column_lineage"
_WORDS = {
    Kind.NAME: "A name",
    Kind.VOCABULARY: "A word of the company's dictionary",
    Kind.DATE: "A date",
    Kind.PHONE: "A phone number",
    Kind.EMAIL: "An e-mail address",
    Kind.NATIONAL_ID: "A national id",
    Kind.NUMBER: "A number",
    Kind.REFERENCE: "The number of an employee",
    Kind.TEXT: "Text",
}
_PUBLISHED = {Kind.DATE: "date", Kind.NUMBER: "numeric", Kind.REFERENCE: "bigint"}
_COMPARED = ("first_name", "last_name", "patronymic", "birth_date", "national_id", "phone", "email", "gender")
"""An employee's columns that tell who somebody is; see `erp.dedupe.features`."""


def source_columns() -> dict[str, Any]:
    """Of the ERP: keys and texts, which come from nowhere that Dagster knows."""
    return {_SCHEMA: dg.TableSchema([*_keys(), *_cells()])}


def copied_columns(origin: str) -> dict[str, Any]:
    """Of an asset whose every column is that of `origin`, keys included."""
    return _copied([*_keys(origin), *_cells(origin)], origin)


def cleaned_columns(origin: str) -> dict[str, Any]:
    """Of a stage of cleaning: cells of `origin`, changed or not. Keys are nobody's to clean."""
    return _copied(list(_cells(origin)), origin)


def entity_columns(origin: str) -> dict[str, Any]:
    """Of the persons: the id that follows from what tells who somebody is."""
    compared = [_column(origin, f"employees.{name}") for name in _COMPARED]
    described = f"The person. From {', '.join(_COMPARED)} of employees in {origin}."
    schema = dg.TableSchema([dg.TableColumn("entity_id", "bigint", description=described)])
    return {_SCHEMA: schema, _LINEAGE: dg.TableColumnLineage({"entity_id": compared})}


def published_columns(origin: str, persons: str) -> dict[str, Any]:
    """Of the published records: cells of `origin`, of the records that are one person; keys of people from `persons`."""
    key = "employees.employee_id"
    columns = [dg.TableColumn(key, "bigint", description=f"One row a person. From entity_id of {persons}.")]
    deps = {key: [_column(persons, "entity_id")]}
    for table in TABLES:
        for column in table.columns:
            shown = _shown(table, column, _PUBLISHED.get(column.kind, "text"), origin)
            columns.append(shown)
            deps[shown.name] = [_column(origin, shown.name)]
        if table.name in EVENTS:
            deps[f"{table.name}.employee_id"].append(_column(persons, "entity_id"))
    return {_SCHEMA: dg.TableSchema(columns), _LINEAGE: dg.TableColumnLineage(deps)}


def _copied(columns: list[dg.TableColumn], origin: str) -> dict[str, Any]:
    lineage = dg.TableColumnLineage({column.name: [_column(origin, column.name)] for column in columns})
    return {_SCHEMA: dg.TableSchema(columns), _LINEAGE: lineage}


def _column(asset: str, name: str) -> dg.TableColumnDep:
    return dg.TableColumnDep(asset_key=dg.AssetKey(asset), column_name=name)


def _keys(origin: str | None = None) -> Iterator[dg.TableColumn]:
    for table in TABLES:
        yield dg.TableColumn(f"{table.name}.{table.key}", "bigint", description=_described("Key", origin))


def _cells(origin: str | None = None) -> Iterator[dg.TableColumn]:
    for table in TABLES:
        for column in table.columns:
            yield _shown(table, column, "text", origin)


def _shown(table: Table, column: Column, kind: str, origin: str | None) -> dg.TableColumn:
    tags = {"personal": ""} if column.personal else {}
    described = _described(_WORDS[column.kind], origin)
    return dg.TableColumn(f"{table.name}.{column.name}", kind, description=described, tags=tags)


def _described(what: str, origin: str | None) -> str:
    """Says the origin too: the open-source UI lists columns, but draws no graph of them."""
    return f"{what}." if origin is None else f"{what}. From the same column of {origin}."
