"""What the pipeline did to every cell.

`governance.ledger` holds the changes that were made, `review` the doubtful ones that were not, and
`quarantine` what cannot be published. All three are kept in step with what the last run came to: a row that
it no longer finds is retired, a new one is added, the rest stays as it was, so the same night twice
changes nothing. National ids are masked in all of them. What a run comes to is `erp.stages`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlalchemy.engine import Connection

from erp import bulk, store
from erp.contacts import mask
from erp.schema import TABLES, Kind

SECRET: Final = pl.struct("table_name", "column_name").is_in(
    [{"table_name": t.name, "column_name": c.name} for t in TABLES for c in t.of_kind(Kind.NATIONAL_ID)]
)
"""Whether a row of changes or of quarantine is about a national id."""


@dataclass(frozen=True)
class Reconciled:
    """What a run did to one of the lists."""

    added: int
    retired: int
    active: int
    """What the run found for the records it looked at."""


_CHANGE: Final = {"before": "text", "after": "text", "rule": "text", "step": "smallint", "confidence": "real"}
_LISTS: Final = {
    "ledger": _CHANGE,
    "review": _CHANGE,
    "quarantine": {"value": "text", "reason": "text"},
}
_IDENTITY: Final = {
    "ledger": ("before", "after", "rule", "confidence"),
    "review": ("before", "after", "rule", "confidence"),
    "quarantine": ("value",),
}


def look_up(connection: Connection, name: str, scope: str | None) -> str | None:
    """Stage what one of the lists holds of some records, for `reconcile`.

    Args:
        connection: in the transaction that will reconcile.
        name: `ledger`, `review` or `quarantine`.
        scope: table with the `table_name, row_key` of the records; `None` is all, and stages nothing.
    """
    if scope is None:
        return None
    # A few of very many: by the index, and in its order, so that no page is read twice.
    store.execute(
        connection,
        f"""CREATE TEMP TABLE active_{name} ON COMMIT DROP AS
        SELECT old.* FROM (SELECT DISTINCT row_key, table_name FROM {scope} ORDER BY row_key, table_name) s
        JOIN governance.{name} old USING (row_key, table_name) WHERE retired_run_id IS NULL""",
    )
    store.execute(connection, f"ANALYZE active_{name} (row_key)")
    return f"active_{name}"


def reconcile(
    connection: Connection,
    name: str,
    run_id: int,
    found: pl.DataFrame,
    *,
    held: str | None = None,
    whole_rows: bool | None = None,
) -> Reconciled:
    """Bring one of the lists in step with what a run found.

    Args:
        connection: in a transaction, which makes the change visible as a whole.
        name: `ledger`, `review` or `quarantine`.
        run_id: the run that found it.
        found: the list's columns with `table_name, row_key, column_name`.
        held: what `look_up` staged of the records that the run looked at; `None` if it looked at all.
        whole_rows: of the quarantine, only the part about rows (true) or cells (false).
    """
    names = ["row_key", "table_name", "column_name", *_LISTS[name]]
    frame = masked(found).select(names)
    part = "" if whole_rows is None else f" AND column_name IS {'' if whole_rows else 'NOT '}NULL"
    # Of whole rows there are few, and cells are counted meanwhile: no index is taken away for them.
    if (
        held is None
        and not whole_rows
        and not store.exists(connection, f"governance.{name} WHERE retired_run_id IS NULL{part}")
    ):
        target = f"governance.{name}"
        with bulk.without_references(connection, target), bulk.without_indexes(connection, target):
            store.copy_in(connection, target, frame.with_columns(run_id=pl.lit(run_id)))
        return Reconciled(len(frame), 0, len(frame))
    kinds = {"table_name": "text", "row_key": "bigint", "column_name": "text"} | _LISTS[name]
    store.stage(connection, f"found_{name}", frame, [f"{key} {kinds[key]}" for key in names])
    slot = "step" if name != "quarantine" else "reason"
    same = f"""f.row_key = old.row_key AND f.table_name = old.table_name AND f.{slot} = old.{slot}
        AND f.column_name IS NOT DISTINCT FROM old.column_name
        AND {" AND ".join(f"f.{key} IS NOT DISTINCT FROM old.{key}" for key in _IDENTITY[name])}"""
    known = f"(SELECT * FROM {held or f'governance.{name}'} WHERE retired_run_id IS NULL{part}) AS old"
    listed = ", ".join(names)
    store.execute(
        connection,
        f"""CREATE TEMP TABLE new_{name} ON COMMIT DROP AS SELECT {listed} FROM found_{name} f
        WHERE NOT EXISTS (SELECT FROM {known} WHERE {same})""",
    )
    retired = store.execute(
        connection,
        f"""UPDATE governance.{name} SET retired_run_id = %(run)s WHERE {name}_id IN (
            SELECT {name}_id FROM {known} WHERE NOT EXISTS (SELECT FROM found_{name} f WHERE {same}))""",
        {"run": run_id},
    )
    added = store.execute(
        connection,
        f"INSERT INTO governance.{name} (run_id, {listed}) SELECT %(run)s, * FROM new_{name}",
        {"run": run_id},
    )
    store.execute(connection, f"DROP TABLE IF EXISTS active_{name}, new_{name}")
    store.execute(connection, f"DROP TABLE found_{name}")
    return Reconciled(added, retired, len(found))


def masked(found: pl.DataFrame) -> pl.DataFrame:
    """The frame, in its order, with national ids hidden."""
    secret = found.filter(SECRET)
    if secret.is_empty():
        return found
    texts = [name for name in ("before", "after", "value") if name in found.columns]
    values = {value for name in texts for value in secret[name].drop_nulls().unique()}
    hidden = {value: mask(value) for value in values}
    return found.with_columns(
        pl.when(SECRET).then(pl.col(name).replace(hidden)).otherwise(name).alias(name) for name in texts
    )
