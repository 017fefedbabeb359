"""What waits for a person to decide, and the decisions: doubtful changes of cells, and pairs that may be one person.

A decision is written into the list that it is about, where a data steward may also edit it with any SQL client;
the next cleaning carries it out (`erp.decisions`, `erp.clusters`). A decided cell is not touched by a rule again
while the source has in it what it had then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from erp import batch, store
from erp.clusters import SAME
from erp.errors import ErpError

Decision: TypeAlias = Literal["accept", "keep", "set"]
"""Make the change, leave the cell as it was typed, or write another value."""
Verdict: TypeAlias = Literal["same", "different"]

_CHANGE: Final = {
    "review_id": pl.Int64,
    "table_name": pl.String,
    "row_key": pl.Int64,
    "column_name": pl.String,
    "before": pl.String,
    "after": pl.String,
    "rule": pl.String,
    "confidence": pl.Float64,
}
_WAITING: Final = "retired_run_id IS NULL AND decision IS NULL"
_ALIKE: Final = ("table_name", "column_name", "rule", "before", "after")


def waiting(engine: Engine, rule: str | None = None, limit: int = 100) -> pl.DataFrame:
    """Doubtful changes that nobody has decided, the surest first.

    Returns:
        `review_id, table_name, row_key, column_name, before, after, rule, confidence`.
    """
    condition = "" if rule is None else f" AND rule = {_literal(rule)}"
    query = f"""SELECT {", ".join(_CHANGE)} FROM governance.review WHERE {_WAITING}{condition}
        ORDER BY confidence DESC, review_id LIMIT {int(limit)}"""
    with engine.connect() as connection:
        return store.copy_out(connection, query, _CHANGE)


def groups(engine: Engine) -> pl.DataFrame:
    """The same by what would be done, the most frequent first.

    Returns:
        `rule, table_name, column_name, before, after, cells, confidence, example_id`.
    """
    schema = dict.fromkeys(("rule", "table_name", "column_name", "before", "after"), pl.String)
    query = f"""SELECT {", ".join(schema)}, count(*), avg(confidence), min(review_id) FROM governance.review
        WHERE {_WAITING} GROUP BY {", ".join(schema)} ORDER BY 6 DESC, 8"""
    with engine.connect() as connection:
        return store.copy_out(
            connection, query, schema | {"cells": pl.Int64, "confidence": pl.Float64, "example_id": pl.Int64}
        )


def waiting_pairs(engine: Engine) -> pl.DataFrame:
    """Pairs of records that may be one person, and nobody has said, the likeliest first.

    Two records that are one person already, because both are alike a third, do not wait.

    Returns:
        `left_key, right_key, probability` and, as `left` and `right`, who that is.
    """
    who = "concat_ws(' ', {0}.first_name, {0}.patronymic, {0}.last_name, {0}.birth_date, {0}.city)"
    query = f"""SELECT left_key, right_key, probability, {who.format("l")}, {who.format("r")}
        FROM governance.matches m JOIN conformed.employees l ON l.row_key = left_key
        JOIN conformed.employees r ON r.row_key = right_key
        JOIN governance.entities le ON le.row_key = left_key JOIN governance.entities re ON re.row_key = right_key
        WHERE le.entity_id <> re.entity_id AND probability < {SAME} AND decision IS NULL AND NOT l._deleted AND NOT r._deleted
        ORDER BY probability DESC, left_key, right_key"""
    schema = {"left_key": pl.Int64, "right_key": pl.Int64, "probability": pl.Float64}
    with engine.connect() as connection:
        return store.copy_out(connection, query, schema | {"left": pl.String, "right": pl.String})


def decide(
    engine: Engine,
    review_ids: Sequence[int],
    decision: Decision,
    value: str | None = None,
    *,
    by: str,
    alike: bool = False,
) -> int:
    """Write down what a person decided about doubtful changes.

    Args:
        engine: of the owner.
        review_ids: which; all of them, or none is decided.
        decision: what.
        value: for `set`; `None` empties the cell.
        by: who.
        alike: also about all other cells where the same rule would make the same change.

    Returns:
        The number of cells that were decided.

    Raises:
        ErpError: something does not wait, or cannot be decided like this.
    """
    with store.writing(engine) as connection:
        query = sa.text(
            f"SELECT review_id, column_name FROM governance.review WHERE {_WAITING} AND review_id = ANY(:ids)"
        )
        rows = connection.execute(query, {"ids": list(review_ids)})
        found: dict[int, str] = {row.review_id: row.column_name for row in rows}
        missing = sorted(set(review_ids) - found.keys())
        if missing or not review_ids:
            shown = ", ".join(map(str, missing)) or "no number"
            raise ErpError(
                f"Nothing waits in review under {shown}; `millrace review` lists what does, with its numbers."
            )
        if decision != "keep" and "national_id" in found.values():
            raise ErpError(
                "A national id is corrected in the ERP, so that it is written nowhere else; here it can be kept."
            )
        matched = " AND ".join(f"r.{name} IS NOT DISTINCT FROM chosen.{name}" for name in _ALIKE)
        chosen = "r.review_id = chosen.review_id" + (f" OR {matched}" if alike else "")
        update = sa.text(
            f"""UPDATE governance.review r SET decision = :decision, decided_value = :value, decided_by = :by
            FROM governance.review chosen WHERE chosen.review_id = ANY(:ids) AND ({chosen})
            AND r.retired_run_id IS NULL AND r.decision IS NULL"""
        )
        values = {"decision": decision, "value": value, "by": by, "ids": list(review_ids)}
        return connection.execute(update, values).rowcount


def reopen(engine: Engine, table: str, row_key: int, column: str) -> None:
    """Take back what a person decided about a cell: rules look at it again with the next cleaning.

    Raises:
        ErpError: nothing was decided about such a cell.
    """
    values = {"table": table, "key": row_key, "column": column}
    cell = "table_name = %(table)s AND row_key = %(key)s AND column_name = %(column)s"
    with store.writing(engine) as connection:
        taken_back = store.execute(
            connection,
            f"""UPDATE governance.review SET decision = NULL, decided_value = NULL, decided_by = NULL
            WHERE {cell} AND retired_run_id IS NULL AND decision IS NOT NULL""",
            values,
        )
        if store.execute(connection, f"DELETE FROM governance.decisions WHERE {cell}", values):
            store.execute(
                connection, "INSERT INTO governance.dirty VALUES (%(table)s, %(key)s) ON CONFLICT DO NOTHING", values
            )
        elif not taken_back:
            raise ErpError(
                f"Nobody has decided about {column} of {table} {row_key}; `millrace why` tells of a cell what was decided, "
                "and about which record."
            )


def decide_pair(engine: Engine, left: int, right: int, verdict: Verdict, *, by: str) -> None:
    """Write down whether two employee records are one person, whatever the comparison says.

    Raises:
        ErpError: one of them is no record, or they are the same one.
    """
    low, high = sorted((left, right))
    with store.writing(engine) as connection:
        known = store.copy_out(
            connection,
            f"SELECT row_key FROM conformed.employees WHERE NOT _deleted AND row_key IN ({int(low)}, {int(high)})",
            {"row_key": pl.Int64},
        )["row_key"].to_list()
        if len(known) < 2:  # noqa: PLR2004 - a pair
            missing = sorted({low, high} - set(known)) or [low]
            raise ErpError(
                f"There is no pair of employee records {left} and {right}: {missing[0]} "
                f"{'is only one record' if low == high else 'is no record of the source'}."
            )
        run = batch.progress_of(connection, batch.STEP)
        store.execute(
            connection,
            """INSERT INTO governance.matches (left_key, right_key, probability, run_id, decision, decided_by)
            VALUES (%(low)s, %(high)s, 0, %(run)s, %(verdict)s, %(by)s)
            ON CONFLICT (left_key, right_key) DO UPDATE SET decision = excluded.decision, decided_by = excluded.decided_by""",
            {"low": low, "high": high, "run": run, "verdict": verdict, "by": by},
        )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
