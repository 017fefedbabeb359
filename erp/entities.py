"""Ids of persons that stay the same from night to night while records come, go, join and part.

An entity's id is the key of the record that was its first. Which records belong together is `erp.dedupe`'s.
"""

from __future__ import annotations

import polars as pl
from sqlalchemy.engine import Connection

from erp import store


def stable_ids(clusters: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """Give every cluster of records an id, the one it had before where it had one.

    Where clusters have joined, the smaller id survives. Where one has parted, the id stays with the part that
    holds its first record, else with the largest part; the others get the key of their smallest record.

    Args:
        clusters: `row_key, cluster` of the records that are there now.
        previous: `row_key, entity_id` as of the last run, of records that are gone too.

    Returns:
        `row_key, entity_id` of the records that are there now.
    """
    claims = (
        clusters.join(previous, on="row_key")
        .group_by("cluster", "entity_id")
        .agg(members=pl.len(), first=(pl.col("row_key") == pl.col("entity_id")).any())
        .sort(["first", "members", "cluster"], descending=[True, True, False])
        .unique("entity_id", keep="first", maintain_order=True)
        .group_by("cluster")
        .agg(kept=pl.col("entity_id").min())
    )
    return (
        clusters.join(claims, on="cluster", how="left", maintain_order="left")
        .with_columns(new=pl.col("row_key").min().over("cluster"))
        .select("row_key", entity_id=pl.coalesce("kept", "new"))
    )


def read_entities(connection: Connection) -> pl.DataFrame:
    """`row_key, entity_id` of all records ever seen."""
    return store.copy_out(
        connection,
        "SELECT row_key, entity_id FROM governance.entities ORDER BY row_key",
        {"row_key": pl.Int64, "entity_id": pl.Int64},
    )


def write_entities(connection: Connection, run_id: int, entities: pl.DataFrame) -> int:
    """Keep the ids; returns how many records got a new one. Records that are gone keep theirs, in case they return."""
    store.stage(connection, "found_entities", entities, ["row_key bigint", "entity_id bigint"])
    return store.execute(
        connection,
        """INSERT INTO governance.entities AS old (row_key, entity_id, run_id)
        SELECT row_key, entity_id, %(run)s FROM found_entities
        ON CONFLICT (row_key) DO UPDATE SET entity_id = excluded.entity_id, run_id = excluded.run_id
        WHERE old.entity_id <> excluded.entity_id""",
        {"run": run_id},
    )
