"""What people decided about cells, as the stages need it, and decisions of the review list taken over.

A decision is about one cell and holds while the source has in it what it had then: somebody who types it anew
has said something new. Listing what waits and writing decisions down is `erp.review`'s and `erp.undo`'s.
"""

from __future__ import annotations

import hashlib
from typing import Final

import polars as pl
from sqlalchemy.engine import Connection

from erp import store
from erp.changes import SCHEMA, Tables
from erp.stages import CELL, REFUSED, Bars

RULE: Final = "decision"
"""The rule that ledger rows of a person's decisions have."""

_DECIDED: Final = {name: SCHEMA[name] for name in CELL} | {
    "verdict": pl.String,
    "value": pl.String,
    "typed_digest": pl.String,
}


def digest(text: str | None) -> str | None:
    """SHA-256 of a raw cell, so that none has to be kept in clear; nothing of an empty one."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def adopt(connection: Connection, run_id: int) -> int:
    """Take over what was decided in the review list; returns how many cells.

    The rows leave the list, and their records are cleaned again.
    """
    return store.execute(connection, _ADOPT, {"run": run_id})


def bars(connection: Connection, raw: Tables) -> Bars:
    """What rules may not do to these raw records."""
    off = store.copy_out(connection, "SELECT rule FROM governance.rules_off", {"rule": pl.String})
    refused = store.copy_out(connection, f"SELECT {', '.join(REFUSED)} FROM governance.refusals", REFUSED)
    decided = store.copy_out(connection, f"SELECT {', '.join(_DECIDED)} FROM governance.decisions", _DECIDED)
    return Bars(frozenset(off["rule"]), refused, _as_changes(decided, raw))


def _as_changes(decided: pl.DataFrame, raw: Tables) -> pl.DataFrame:
    """The decisions that hold, as changes of the raw cells."""
    found = [pl.DataFrame(schema=SCHEMA)]
    for (table, column), group in decided.group_by("table_name", "column_name", maintain_order=True):
        cells = group.join(raw[str(table)].select("row_key", before=str(column)), on="row_key")
        typed = pl.Series([digest(text) for text in cells["before"]], dtype=pl.String)
        holding = cells.filter(pl.col("typed_digest").eq_missing(typed))
        after = pl.when(pl.col("verdict") == "keep").then("before").otherwise("value")
        found.append(holding.with_columns(after=after, rule=pl.lit(RULE), confidence=pl.lit(1.0)).select(list(SCHEMA)))
    return pl.concat(found)


_ADOPT: Final = """
WITH decided AS (
    UPDATE governance.review SET retired_run_id = %(run)s
    WHERE decision IS NOT NULL AND retired_run_id IS NULL
    RETURNING table_name, row_key, column_name, decision, after, decided_value, coalesce(decided_by, current_user) AS by
), kept AS (
    INSERT INTO governance.decisions AS old (table_name, row_key, column_name, verdict, value, typed_digest, decided_by)
    SELECT DISTINCT ON (table_name, row_key, column_name) table_name, row_key, column_name,
        CASE decision WHEN 'keep' THEN 'keep' ELSE 'set' END,
        CASE decision WHEN 'accept' THEN after WHEN 'set' THEN decided_value END,
        governance.typed_digest(table_name, row_key, column_name), by
    FROM decided ORDER BY table_name, row_key, column_name, decision
    ON CONFLICT (row_key, table_name, column_name) DO UPDATE SET verdict = excluded.verdict, value = excluded.value,
        typed_digest = excluded.typed_digest, decided_by = excluded.decided_by, decided_at = now()
    RETURNING table_name, row_key
)
INSERT INTO governance.dirty (table_name, row_key) SELECT DISTINCT table_name, row_key FROM kept ON CONFLICT DO NOTHING
"""
