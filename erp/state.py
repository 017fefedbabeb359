"""What a database's nights came to, in a form that can be compared: two that came to the same are equal.

Numbers of runs and times are left out, because they tell how a result came about and not what it is. What two
databases differ in says whether taking back a rule was complete, or whether a killed night left something behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl
from sqlalchemy.engine import Engine

from erp import store
from erp.schema import TABLES

_CHANGE: Final = "table_name, row_key, column_name, before, after, rule, step, round(confidence::numeric, 4)"


def state(engine: Engine, *, history: bool = False) -> pl.DataFrame:
    """Everything that cleaning came to, with the records in clear.

    Args:
        engine: of the owner.
        history: whether `raw` belongs to it, with the records that are gone and the persons they were.

    Returns:
        `part, row`: the name of a table or list, and one of its rows as text.
    """
    with engine.connect() as connection:
        found = [
            store.copy_out(connection, query, {"row": pl.String}).select(pl.lit(part).alias("part"), "row")
            for part, query in _parts(history=history)
        ]
    return pl.concat(found)


def differences(one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """`part, row, one, other`: the rows that two states have not equally often, and how often each has them."""
    counts = (side.group_by("part", "row").agg(times=pl.len()) for side in (one, other))
    first, second = (count.rename({"times": name}) for count, name in zip(counts, ("one", "other"), strict=True))
    both = first.join(second, on=["part", "row"], how="full", coalesce=True).fill_null(0)
    return both.filter(pl.col("one") != pl.col("other")).sort("part", "row")


def _parts(*, history: bool) -> Iterator[tuple[str, str]]:
    for table in TABLES:
        cells = ", ".join(f'"{name}"' for name in ("row_key", *table.column_names))
        yield f"clean.{table.name}", f"SELECT t::text FROM clean.{table.name} t"
        yield f"conformed.{table.name}", f"SELECT ROW({cells})::text FROM conformed.{table.name} WHERE NOT _deleted"
        if history:
            typed = f"{cells}, _hash, _deleted_at IS NOT NULL"
            yield f"raw.{table.name}", f"SELECT ROW({typed})::text FROM raw.{table.name}"
    yield "clean.vocabulary", "SELECT t::text FROM clean.vocabulary t"
    for name, columns in {
        "ledger": _CHANGE,
        "review": _CHANGE,
        "quarantine": "table_name, row_key, column_name, value, reason",
    }.items():
        yield name, f"SELECT ROW({columns})::text FROM governance.{name} WHERE retired_run_id IS NULL"
    yield "tally", "SELECT t::text FROM governance.tally t"
    there = "" if history else " JOIN conformed.employees USING (row_key) WHERE NOT _deleted"
    yield "entities", f"SELECT ROW(row_key, entity_id)::text FROM governance.entities{there}"
    yield (
        "matches",
        "SELECT ROW(left_key, right_key, round(probability::numeric, 6), decision)::text FROM governance.matches",
    )
