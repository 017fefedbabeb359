"""Proposed changes of cells, as frames: made, added up, applied.

A stage returns changes, it never alters a table. Which changes are trusted is `erp.ledger`'s decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias, TypeVar

import polars as pl

Tables: TypeAlias = Mapping[str, pl.DataFrame]
"""Live records by table: the key as `row_key` (Int64), every other column as text."""

Value = TypeVar("Value")

Verdict: TypeAlias = tuple[str | None, str, float]
"""What a rule says of one value: the value to put there, the rule's name, how sure it is (0 to 1)."""

SCHEMA: Final = pl.Schema(
    {
        "table_name": pl.String,
        "row_key": pl.Int64,
        "column_name": pl.String,
        "before": pl.String,
        "after": pl.String,
        "rule": pl.String,
        "confidence": pl.Float64,
    }
)
"""Columns of a frame of changes."""


def empty() -> pl.DataFrame:
    """No changes."""
    return pl.DataFrame(schema=SCHEMA)


def combine(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All changes of several frames."""
    return pl.concat([empty(), *frames])


def judge_values(frame: pl.DataFrame, table: str, column: str, judge: Callable[[str], Verdict | None]) -> pl.DataFrame:
    """Ask a rule about every distinct value of a column, and propose what it says for all rows with it."""
    values = frame[column].drop_nulls().unique(maintain_order=True).to_list()
    verdicts = {value: verdict for value in values if (verdict := judge(value)) is not None and verdict[0] != value}
    return propose(frame, table, column, verdicts)


def propose(frame: pl.DataFrame, table: str, column: str, verdicts: Mapping[str, Verdict]) -> pl.DataFrame:
    """Changes of the rows whose cell holds one of the values that have a verdict."""
    if not verdicts:
        return empty()
    said = pl.DataFrame(
        {
            "before": list(verdicts),
            "after": [verdict[0] for verdict in verdicts.values()],
            "rule": [verdict[1] for verdict in verdicts.values()],
            "confidence": [verdict[2] for verdict in verdicts.values()],
        },
        schema={name: SCHEMA[name] for name in ("before", "after", "rule", "confidence")},
    )
    return (
        frame.select("row_key", before=pl.col(column))
        .join(said, on="before")
        .select(
            pl.lit(table).alias("table_name"),
            "row_key",
            pl.lit(column).alias("column_name"),
            "before",
            "after",
            "rule",
            "confidence",
        )
    )


def of_rows(frame: pl.DataFrame, table: str, column: str) -> pl.DataFrame:
    """Give a frame of `row_key, before, after, rule, confidence` the shape of changes, without idle ones."""
    changed = frame.filter(pl.col("before").ne_missing(pl.col("after")))
    return changed.with_columns(table_name=pl.lit(table), column_name=pl.lit(column)).select(
        pl.col(name).cast(kind) for name, kind in SCHEMA.items()
    )


def apply(tables: Tables, changes: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables after the changes; a change whose `before` is not what the cell holds does nothing.

    At most one change a cell; chains are applied one stage after the other.
    """
    result = dict(tables)
    for (table, column), group in changes.group_by("table_name", "column_name"):
        name, field = str(table), str(column)
        change = group.select("row_key", _before="before", _after="after", _hit=pl.lit(True))
        fits = pl.col("_hit").fill_null(False) & pl.col(field).eq_missing(pl.col("_before"))
        result[name] = (
            result[name]
            .join(change, on="row_key", how="left", maintain_order="left")
            .with_columns(pl.when(fits).then("_after").otherwise(field).alias(field))
            .drop("_before", "_after", "_hit")
        )
    return result


def look_up(column: str, mapping: Mapping[str, Value], kind: type[pl.DataType] = pl.String) -> pl.Expr:
    """What the mapping says of each text of a column; all of its texts must be in it, and it may be empty."""
    if not mapping:  # polars would return the column as it is
        return pl.lit(None, kind)
    old, new = pl.Series(list(mapping), dtype=pl.String), pl.Series(list(mapping.values()), dtype=kind)
    return pl.col(column).replace_strict(old, new, return_dtype=kind)


def one_each(changes: pl.DataFrame, order: Sequence[str] = ("confidence",)) -> pl.DataFrame:
    """Keep the most confident change of every cell."""
    return changes.sort(*order, descending=True, maintain_order=True).unique(
        ["table_name", "row_key", "column_name"], keep="first", maintain_order=True
    )
