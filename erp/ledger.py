"""What the pipeline did to every cell, and the cells as they are after it.

`governance.ledger` holds the changes that were made, `review` the doubtful ones that were not, and
`quarantine` what cannot be published. All three are kept in step with what the last run came to: a row that
it no longer finds is retired, a new one is added, the rest stays as it was, so the same night twice
changes nothing. National ids are masked in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlalchemy.engine import Connection

from erp import store
from erp.changes import Tables, apply, look_up
from erp.contacts import mask, national_id
from erp.schema import TABLES, Kind

_SECRET: Final = pl.struct("table_name", "column_name").is_in(
    [{"table_name": t.name, "column_name": c.name} for t in TABLES for c in t.of_kind(Kind.NATIONAL_ID)]
)


@dataclass(frozen=True)
class Reconciled:
    """What a run did to one of the lists."""

    added: int
    retired: int
    active: int


_CHANGE: Final = {"before": "text", "after": "text", "rule": "text", "step": "smallint", "confidence": "real"}
_LISTS: Final = {
    "ledger": _CHANGE,
    "review": _CHANGE,
    "quarantine": {"value": "text", "reason": "text"},
}
_IDENTITY: Final = {
    "ledger": ("before", "after", "rule"),
    "review": ("before", "after", "rule"),
    "quarantine": ("value",),
}


def read_raw(connection: Connection, names: Iterable[str] | None = None) -> dict[str, pl.DataFrame]:
    """The live rows of `raw` by table: `row_key` and text columns, in the order of the keys."""
    chosen = set(names) if names is not None else {table.name for table in TABLES}
    found = {}
    for table in TABLES:
        if table.name in chosen:
            columns = ", ".join(f'"{name}"' for name in table.column_names)
            query = f"SELECT row_key, {columns} FROM raw.{table.name} WHERE _deleted_at IS NULL ORDER BY row_key"
            schema = {"row_key": pl.Int64, **dict.fromkeys(table.column_names, pl.String)}
            found[table.name] = store.copy_out(connection, query, schema)
    return found


def read_current(connection: Connection, names: Iterable[str] | None = None) -> dict[str, pl.DataFrame]:
    """The cells as they are: raw values with the active changes of the ledger applied."""
    tables = read_raw(connection, names)
    listed = ", ".join(f"'{name}'" for name in tables)
    query = f"""SELECT table_name, row_key, column_name, before, after, step FROM governance.ledger
        WHERE retired_run_id IS NULL AND table_name IN ({listed})"""
    text = dict.fromkeys(("table_name", "row_key", "column_name", "before", "after", "step"), pl.String)
    entries = store.copy_out(connection, query, text | {"row_key": pl.Int64, "step": pl.Int16})
    return replay(tables, entries)


def replay(tables: Tables, entries: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Apply entries of the ledger, each cell's in the order of their steps.

    Args:
        tables: raw rows.
        entries: `table_name, row_key, column_name, before, after, step`; national ids masked.
    """
    entries = entries.with_columns(turn=pl.col("step").rank("ordinal").over("table_name", "row_key", "column_name"))
    current = dict(tables)
    for _, turn in sorted(entries.partition_by("turn", as_dict=True).items()):
        current = apply(current, _unmasked(current, turn))
    return current


def _unmasked(tables: Tables, entries: pl.DataFrame) -> pl.DataFrame:
    """Masked entries with the values that their rule works on, which are in `raw` and nowhere else."""
    secret = entries.filter(_SECRET)
    if secret.is_empty():
        return entries
    parts = [entries.filter(~_SECRET)]
    for (table, column), group in secret.group_by("table_name", "column_name", maintain_order=True):
        now = tables[str(table)].select("row_key", now=str(column))
        known = {value: (mask(value), national_id(value)) for value in now["now"].drop_nulls().unique()}
        shown = look_up("now", {value: shown for value, (shown, _) in known.items()})
        right = look_up("now", {value: right for value, (_, right) in known.items()})
        fits = group.join(now, on="row_key").filter(shown.eq_missing(pl.col("before")))
        parts.append(fits.with_columns(before=pl.col("now"), after=right).select(entries.columns))
    return pl.concat(parts)


def reconcile(
    connection: Connection, name: str, run_id: int, found: pl.DataFrame, *, whole_rows: bool | None = None
) -> Reconciled:
    """Bring one of the lists in step with what a run found.

    Args:
        connection: in a transaction, which makes the change visible as a whole.
        name: `ledger`, `review` or `quarantine`.
        run_id: the run that found it.
        found: the list's columns with `table_name, row_key, column_name`.
        whole_rows: of the quarantine, only the part about rows (true) or cells (false).
    """
    columns = _LISTS[name]
    names = ["table_name", "row_key", "column_name", *columns]
    definitions = [
        "table_name text",
        "row_key bigint",
        "column_name text",
        *(f"{key} {kind}" for key, kind in columns.items()),
    ]
    store.stage(connection, f"found_{name}", masked(found).select(names), definitions)
    slot = "step" if name != "quarantine" else "reason"
    same = f"""f.row_key = old.row_key AND f.table_name = old.table_name AND f.{slot} = old.{slot}
        AND f.column_name IS NOT DISTINCT FROM old.column_name
        AND {" AND ".join(f"f.{key} IS NOT DISTINCT FROM old.{key}" for key in _IDENTITY[name])}"""
    part = "" if whole_rows is None else f"AND column_name IS {'' if whole_rows else 'NOT '}NULL"
    retired = store.execute(
        connection,
        f"""UPDATE governance.{name} AS old SET retired_run_id = %(run)s
        WHERE retired_run_id IS NULL {part} AND NOT EXISTS (SELECT FROM found_{name} f WHERE {same})""",
        {"run": run_id},
    )
    listed = ", ".join(names)
    added = store.execute(
        connection,
        f"""INSERT INTO governance.{name} (run_id, {listed}) SELECT %(run)s, {listed} FROM found_{name} f
        WHERE NOT EXISTS (SELECT FROM governance.{name} old WHERE retired_run_id IS NULL AND {same})""",
        {"run": run_id},
    )
    store.execute(connection, f"DROP TABLE found_{name}")
    return Reconciled(added, retired, len(found))


def masked(found: pl.DataFrame) -> pl.DataFrame:
    """The frame with national ids hidden."""
    texts = [name for name in ("before", "after", "value") if name in found.columns]
    hidden = [
        pl.when(_SECRET)
        .then(pl.col(name).map_elements(mask, return_dtype=pl.String, skip_nulls=True))
        .otherwise(name)
        .alias(name)
        for name in texts
    ]
    secret = found.filter(_SECRET)
    return found if secret.is_empty() else pl.concat([found.filter(~_SECRET), secret.with_columns(hidden)])
