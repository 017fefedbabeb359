"""From pairs of records that are alike to groups of records that are one person.

What a person decided about a pair comes first: `same` joins, and no chain of alike records brings together
what was called `different`. How alike two records are is `erp.dedupe`'s.
"""

from __future__ import annotations

from typing import Final

import polars as pl

SAME: Final = 0.95
"""Probability from which two records are one person."""


def cluster(keys: pl.Series, pairs: pl.DataFrame) -> pl.DataFrame:
    """Join the likeliest pairs first, and not across a pair that is different.

    Args:
        keys: of all records.
        pairs: `left_key, right_key, probability, decision` (`same`, `different` or null).

    Returns:
        `row_key, cluster` of every record; the cluster is the smallest key in it.
    """
    known = pairs.filter(pl.col("left_key").is_in(keys.implode()) & pl.col("right_key").is_in(keys.implode()))
    apart = known.filter(pl.col("decision") == "different").select("left_key", "right_key").rows()
    sure = pl.when(pl.col("decision") == "same").then(2.0).otherwise("probability")
    joins = (
        known.filter(pl.col("decision").ne_missing("different"))
        .with_columns(sure=sure)
        .filter(pl.col("sure") >= SAME)
        .sort(["sure", "left_key", "right_key"], descending=[True, False, False])
    )
    parent: dict[int, int] = {}

    def root(key: int) -> int:
        while parent.get(key, key) != key:
            parent[key] = parent.get(parent[key], parent[key])
            key = parent[key]
        return key

    for left, right in joins.select("left_key", "right_key").iter_rows():
        low, high = sorted((root(left), root(right)))
        if low != high and not any({root(one), root(other)} == {low, high} for one, other in apart):
            parent[high] = low
    joined = pl.DataFrame(
        [(key, root(key)) for key in parent], schema={"row_key": pl.Int64, "cluster": pl.Int64}, orient="row"
    )
    return (
        keys.to_frame("row_key")
        .join(joined, on="row_key", how="left", maintain_order="left")
        .with_columns(pl.coalesce("cluster", "row_key"))
    )
