"""Where a published cell comes from, collected from the database.

What was typed is in `raw`, every change in the ledger, doubtful ones in review, refused ones in quarantine, what
people said in decisions, and which records are one person in entities. What is collected, and how people
read it, is `erp.provenance`'s.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from erp.contacts import mask
from erp.errors import ErpError
from erp.golden import CURRENT, IDENTITY, golden_records
from erp.provenance import Decision, Lineage, Record, Step, Waiting
from erp.references import KEYS
from erp.rules import meanings
from erp.schema import BY_NAME, REFERENCES, Column, Kind, Table

Rows: TypeAlias = Sequence[Mapping[str, Any]]
Hide: TypeAlias = Callable[[str | None], str | None]


def why(engine: Engine, table: str, key: int, column: str) -> Lineage:
    """Everything that led to a published cell.

    Args:
        engine: of the owner.
        table: one of `erp.schema.TABLES`.
        key: the published number of an employee or an event; for the other tables the key that the source gave.
        column: one of the table's columns.

    Raises:
        ErpError: table, column or key is not known; the record was merged into a person of another number, has no
            person yet, or is gone from the source.
    """
    found, cell = _named(table, column)
    hide = _masked if cell.kind is Kind.NATIONAL_ID else _clear
    with engine.connect() as connection:
        keys = _records_of(connection, found, key)
        rows = _select(connection, _RECORDS.format(table=table, column=column), keys=keys)
        _check_alive(table, key, rows)
        lists = {
            name: _select(connection, query, table=table, column=column, keys=keys) for name, query in _LISTS.items()
        }
        winners, choice = _chosen(connection, found, cell, rows)
        published = _published(connection, found, cell, key, rows)
        refused = _select(connection, _REFUSED, table=table, key=key)
    return Lineage(
        table,
        key,
        column,
        tuple(_record(row, lists, row["row_key"] in winners, hide) for row in rows),
        choice,
        is_published=bool(published),
        published=hide(published[0]["value"]) if published else None,
        refused=tuple(row["reason"] for row in refused),
    )


def _named(table: str, column: str) -> tuple[Table, Column]:
    found = BY_NAME.get(table)
    if found is None:
        raise ErpError(f"There is no table {table!r}{_guess(table, BY_NAME)}; there are {', '.join(BY_NAME)}.")
    cells = {cell.name: cell for cell in found.columns}
    if column not in cells:
        raise ErpError(f"{table} has no column {column!r}{_guess(column, cells)}; it has {', '.join(cells)}.")
    return found, cells[column]


def _guess(text: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(text, known, n=1)
    return f", perhaps {near[0]} is meant" if near else ""


def _records_of(connection: Connection, table: Table, key: int) -> list[int]:
    """Keys of the records behind a published key."""
    if table.name != "employees":
        return [key]
    entities = _select(connection, _ENTITIES, key=key)
    keys = [row["row_key"] for row in entities if row["entity_id"] == key]
    if keys:
        return keys
    if entities:
        person = entities[0]["entity_id"]
        raise ErpError(f"Record {key} of employees was merged into the person {person}; ask for employees {person}.")
    if _select(connection, "SELECT 1 FROM raw.employees WHERE row_key = :key AND _deleted_at IS NULL", key=key):
        raise ErpError(f"Record {key} of employees has no person yet; run the de-duplication first.")
    return [key]


def _check_alive(table: str, key: int, rows: Rows) -> None:
    if not rows:
        allowed = f"the row_key of raw.{table}" if table in REFERENCES else f"the {BY_NAME[table].key} of clean.{table}"
        raise ErpError(f"There is no {key} in {table}; ask for {allowed}.")
    if all(row["deleted_at"] is not None for row in rows):
        last = max(row["deleted_at"] for row in rows)
        raise ErpError(
            f"{table} {key} is gone from the source since {last:%Y-%m-%d %H:%M} and not published any more; "
            f"raw.{table} keeps what was typed."
        )


def _chosen(connection: Connection, table: Table, cell: Column, rows: Rows) -> tuple[set[int], str]:
    """The records whose value was chosen, and why."""
    alive = [row["row_key"] for row in rows if row["deleted_at"] is None]
    if cell.kind is Kind.REFERENCE:
        owner = "SELECT entity_id FROM governance.entities WHERE row_key::text = :record"
        persons = _select(connection, owner, record=rows[0]["value"])
        person = f"is of the person {persons[0]['entity_id']}" if persons else "is of nobody"
        return set(alive), f"the employee record {rows[0]['value']} {person}"
    if table.name != "employees":
        return set(alive), "the table has one record for each row"
    if len(alive) == 1:
        return set(alive), "the person has one record"
    return _survivor(_candidates(connection, table, alive), cell)


def _survivor(records: pl.DataFrame, cell: Column) -> tuple[set[int], str]:
    """Which of a person's records survive in the golden one, and by which rule of `erp.golden`."""
    entities = records.select("row_key", entity_id=pl.lit(0, pl.Int64))
    value = golden_records(records, entities)[cell.name][0]
    if value is None:
        return set(), "no record of the person has a value"
    same = records.filter(pl.col(cell.name) == value)
    filled = records[cell.name].count()
    if cell.name in CURRENT:
        best = same.sort("hire_date", descending=True, nulls_last=True).row(0, named=True)
        hired = best["hire_date"]
        return {best["row_key"]}, f"the record of the latest hire ({hired or 'its date is empty'}) that has a value"
    if cell.name in IDENTITY:
        doubt = "" if len(same) * 2 > filled else "; in doubt the most complete record's"
        return {*same["row_key"]}, f"the value that most records have, {len(same)} of {filled}{doubt}"
    return {*same["row_key"]}, "the earliest hire of the person's records"


def _candidates(connection: Connection, table: Table, keys: list[int]) -> pl.DataFrame:
    """The conformed records, without the cells that are in quarantine."""
    names = ["row_key", *table.column_names]
    listed = ", ".join(f'"{name}"' for name in names)
    rows = _select(connection, f"SELECT {listed} FROM conformed.{table.name} WHERE row_key = ANY(:keys)", keys=keys)
    schema = {"row_key": pl.Int64, **dict.fromkeys(table.column_names, pl.String)}
    frame = pl.DataFrame([tuple(row.values()) for row in rows], schema=schema, orient="row")
    for refused in _select(connection, _LEFT_OUT, table=table.name, keys=keys):
        name = refused["column_name"]
        frame = frame.with_columns(pl.when(pl.col("row_key") != refused["row_key"]).then(name).alias(name))
    return frame.sort("row_key")


def _published(connection: Connection, table: Table, cell: Column, key: int, rows: Rows) -> Rows:
    """The row of `clean`, if it is there."""
    value = f'SELECT "{cell.name}"::text AS value FROM clean.{table.name}'
    if table.name in REFERENCES:  # published under their names
        name = KEYS[table.name]
        own = f'SELECT "{name}" FROM conformed.{table.name} WHERE row_key = :key'
        return _select(connection, f'{value} WHERE "{name}" = ({own})', key=rows[0]["row_key"])
    return _select(connection, f"{value} WHERE {table.key} = :key", key=key)


def _record(row: Mapping[str, Any], lists: Mapping[str, Rows], wins: bool, hide: Hide) -> Record:
    own = {name: [entry for entry in entries if entry["row_key"] == row["row_key"]] for name, entries in lists.items()}
    decisions = [
        Decision(d["verdict"], hide(d["value"]), d["decided_by"], d["decided_at"], d["holds"]) for d in own["decisions"]
    ]
    return Record(
        key=row["row_key"],
        typed=hide(row["typed"]),
        run_id=row["run_id"],
        at=row["at"],
        deleted_at=row["deleted_at"],
        steps=tuple(
            Step(hide(s["before"]), hide(s["after"]), s["rule"], s["confidence"], s["run_id"], s["at"])
            for s in own["ledger"]
        ),
        decision=decisions[0] if decisions else None,
        undone=tuple((refusal["rule"], refusal["run_id"]) for refusal in own["refusals"]),
        waiting=tuple(
            Waiting(w["review_id"], hide(w["after"]), w["rule"], w["confidence"], w["decision"], w["decided_by"])
            for w in own["review"]
        ),
        quarantine=tuple(meanings().get(q["reason"], q["reason"]) for q in own["quarantine"]),
        value=hide(row["value"]),
        wins=wins,
    )


def _masked(value: str | None) -> str | None:
    return None if value is None else mask(value)


def _clear(value: str | None) -> str | None:
    return value


def _select(connection: Connection, query: str, **bound: object) -> Rows:
    return [dict(row) for row in connection.execute(sa.text(query), bound).mappings()]


_ENTITIES: Final = "SELECT row_key, entity_id FROM governance.entities WHERE entity_id = :key OR row_key = :key"
_RECORDS: Final = """
SELECT r.row_key, r."{column}" AS typed, c."{column}" AS value, r._run_id AS run_id, u.started_at AS at,
    r._deleted_at AS deleted_at
FROM raw.{table} r JOIN governance.runs u ON u.run_id = r._run_id LEFT JOIN conformed.{table} c USING (row_key)
WHERE r.row_key = ANY(:keys) ORDER BY r.row_key
"""
_REFUSED: Final = """
SELECT reason FROM governance.quarantine
WHERE table_name = :table AND row_key = :key AND column_name IS NULL AND retired_run_id IS NULL
"""
_LEFT_OUT: Final = """
SELECT row_key, column_name FROM governance.quarantine
WHERE table_name = :table AND row_key = ANY(:keys) AND column_name IS NOT NULL AND retired_run_id IS NULL
"""
_CELL: Final = "FROM governance.{} WHERE table_name = :table AND column_name = :column AND row_key = ANY(:keys)"
_ACTIVE: Final = f"SELECT * {_CELL} AND retired_run_id IS NULL"
_DIGEST: Final = "governance.typed_digest(table_name, row_key, column_name)"
_LISTS: Final = {
    "ledger": f"{_ACTIVE.format('ledger')} ORDER BY step",
    "review": f"{_ACTIVE.format('review')} ORDER BY step",
    "quarantine": f"{_ACTIVE.format('quarantine')} ORDER BY reason",
    "decisions": f"SELECT *, typed_digest IS NOT DISTINCT FROM {_DIGEST} AS holds {_CELL.format('decisions')}",
    "refusals": f"SELECT * {_CELL.format('refusals')} ORDER BY run_id, rule",
}
