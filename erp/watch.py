"""What alerts ask after a step: counts, the rows in question, few of them, and where quality fell."""

from __future__ import annotations

from typing import Final

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from erp.schema import TABLES

EVERYWHERE: Final = "all"
"""Stands for all departments together."""

_SHOWN: Final = 50
_ENOUGH: Final = 1000
"""Cells of a department below which a few mistakes would be an alert."""

_KEPT_BACK: Final = sa.text("""
SELECT table_name, column_name, reason, count(*) AS cells,
    (array_agg(value ORDER BY row_key))[1] AS example, min(row_key) AS example_key
FROM governance.quarantine WHERE retired_run_id IS NULL AND column_name IS NOT NULL
GROUP BY table_name, column_name, reason ORDER BY cells DESC, table_name, column_name, reason LIMIT :shown
""")

_GIANTS: Final = sa.text("""
SELECT entity_id, count(*) AS records, string_agg(row_key::text, ', ' ORDER BY row_key) AS row_keys,
       min(first_name) AS first_name, min(last_name) AS last_name,
       count(DISTINCT birth_date) AS birth_dates, count(DISTINCT phone) AS phones, count(DISTINCT email) AS emails
FROM governance.entities JOIN conformed.employees USING (row_key) WHERE NOT _deleted
GROUP BY entity_id HAVING count(*) > :most ORDER BY records DESC, entity_id LIMIT :shown
""")


def live_records(engine: Engine) -> int:
    """Records that the source has now, over all tables."""
    counts = " + ".join(f"(SELECT count(*) FROM raw.{table.name} WHERE _deleted_at IS NULL)" for table in TABLES)
    with engine.connect() as connection:
        return int(connection.execute(sa.text(f"SELECT {counts}")).scalar_one())


def list_sizes(engine: Engine) -> dict[str, int]:
    """Entries that hold now in `ledger`, `review` and the part of `quarantine` that is about cells."""
    lists = {"ledger": "", "review": "", "quarantine": " AND column_name IS NOT NULL"}
    counts = ", ".join(
        f"(SELECT count(*) FROM governance.{name} WHERE retired_run_id IS NULL{part}) AS {name}"
        for name, part in lists.items()
    )
    with engine.connect() as connection:
        return dict(connection.execute(sa.text(f"SELECT {counts}")).mappings().one())


def kept_back(engine: Engine) -> pl.DataFrame:
    """Cells in quarantine by column and reason, most first: `…, cells, example, example_key`; national ids masked."""
    return _rows(engine, _KEPT_BACK, shown=_SHOWN)


def giants(engine: Engine, most: int) -> pl.DataFrame:
    """Persons of more than `most` records, largest first: `entity_id, records, row_keys, …` and what they differ in."""
    return _rows(engine, _GIANTS, most=most, shown=_SHOWN)


def _rows(engine: Engine, query: sa.TextClause, **parameters: int) -> pl.DataFrame:
    with engine.connect() as connection:
        return pl.DataFrame([dict(row) for row in connection.execute(query, parameters).mappings()])


def by_department(measured: pl.DataFrame) -> pl.DataFrame:
    """Quality of all cells, then of each department of employees: `department, cells, …, score`; see `erp.quality`.

    The score is null where there are no cells.

    Args:
        measured: of one run, as `erp.quality.measure` gives it.
    """
    counts = ["cells", "right_as_typed", "repaired", "review", "quarantined", "empty"]
    parts = measured.filter(pl.col("department") != "-").group_by("department").agg(pl.col(counts).sum())
    whole = measured.select(pl.lit(EVERYWHERE).alias("department"), pl.col(counts).sum())
    both = pl.concat([whole, parts.sort("department")])
    return both.with_columns(score=pl.when(pl.col("cells") > 0).then(pl.col("right_as_typed") / pl.col("cells")))


def fallen(history: pl.DataFrame, run_id: int, *, by: float, runs: int) -> pl.DataFrame:
    """Where a run's quality is lower by more than `by` than the median of the `runs` before it.

    Args:
        history: as `erp.quality.history` gives it.
        run_id: the run that is judged.
        by: difference of shares, 0 to 1.
        runs: how many to look back; nothing has fallen where there was none.

    Returns:
        `department, cells, before, now`, the worst first; departments of few cells are left out.
    """
    before = history["run_id"].unique().sort()
    before = before.filter(before < run_id).tail(runs)
    each = [
        by_department(one).with_columns(run_id=key)
        for (key,), one in history.partition_by("run_id", as_dict=True).items()
    ]
    if before.is_empty():
        return pl.DataFrame(
            schema={"department": pl.String, "cells": pl.Int64, "before": pl.Float64, "now": pl.Float64}
        )
    scores = pl.concat(each)
    usual = (
        scores.filter(pl.col("run_id").is_in(before.implode()))
        .group_by("department")
        .agg(before=pl.col("score").median())
    )
    now = scores.filter((pl.col("run_id") == run_id) & (pl.col("cells") >= _ENOUGH)).rename({"score": "now"})
    fell = pl.col("before") - pl.col("now")
    return (
        now.join(usual, on="department")
        .filter(fell > by)
        .sort(fell, descending=True)
        .select("department", "cells", "before", "now")
    )
