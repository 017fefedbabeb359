"""Ids of persons that stay the same from night to night while records come, go, join and part.

An entity's id is the smallest key among its records, the ones that are gone included. Which records belong
together is `erp.dedupe`'s.
"""

from __future__ import annotations

import polars as pl
from sqlalchemy.engine import Connection

from erp import store


def stable_ids(clusters: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """Give every cluster of records an id.

    It is the smallest of its records' keys. A person whose first record is gone keeps that record's key, and
    where such a person's records part, the largest part does. Nothing else of the past counts, so taking
    back what joined two persons gives both the ids that they had.

    Args:
        clusters: `row_key, cluster` of the records that are there now; the cluster is the smallest key in it.
        previous: `row_key, entity_id` as of the last run, of records that are gone too; those that are their own
            person's first may be left out.

    Returns:
        `row_key, entity_id` of the records that are there now.
    """
    orphaned = previous.join(clusters, left_on="entity_id", right_on="row_key", how="anti")
    claims = (
        clusters.join(orphaned, on="row_key")
        .group_by("cluster", "entity_id")
        .agg(members=pl.len())
        .sort(["members", "cluster"], descending=[True, False])
        .unique("entity_id", keep="first", maintain_order=True)
        .group_by("cluster")
        .agg(kept=pl.col("entity_id").min())
    )
    return clusters.join(claims, on="cluster", how="left", maintain_order="left").select(
        "row_key", entity_id=pl.min_horizontal("cluster", "kept")
    )


def read_moved(connection: Connection) -> pl.DataFrame:
    """`row_key, entity_id` of all records ever seen whose person is not named after them."""
    return store.copy_out(
        connection,
        "SELECT row_key, entity_id FROM governance.entities WHERE entity_id <> row_key ORDER BY row_key",
        {"row_key": pl.Int64, "entity_id": pl.Int64},
    )


def write_entities(
    connection: Connection, run_id: int, entities: pl.DataFrame, moved: pl.DataFrame, changed: pl.Series | None
) -> int:
    """Keep the ids; returns how many records got a new one. Records that are gone keep theirs, in case they return.

    Persons who won or lost a record are noted for publishing.

    Args:
        connection: in a transaction.
        run_id: the run that found them.
        entities: `row_key, entity_id` of all records that are there.
        moved: what `read_moved` gave before.
        changed: keys among which the new records are; `None` is all.
    """
    scope = "" if changed is None else "AND row_key = ANY (%(changed)s)"
    new = store.execute(
        connection,
        f"""INSERT INTO governance.entities (row_key, entity_id, run_id)
        SELECT row_key, row_key, %(run)s FROM conformed.employees c
        WHERE NOT _deleted AND NOT EXISTS (SELECT FROM governance.entities e WHERE e.row_key = c.row_key) {scope}""",
        {"run": run_id, "changed": None if changed is None else changed.to_list()},
    )
    if changed is None:
        store.execute(connection, "ANALYZE governance.entities")
    told = entities.filter(
        (pl.col("entity_id") != pl.col("row_key")) | pl.col("row_key").is_in(moved["row_key"].implode())
    )
    store.stage(connection, "told", told, ["row_key bigint", "entity_id bigint"])
    store.execute(
        connection,
        """INSERT INTO governance.dirty_entities
        SELECT unnest(ARRAY[old.entity_id, told.entity_id]) FROM governance.entities old JOIN told USING (row_key)
        WHERE old.entity_id <> told.entity_id ON CONFLICT DO NOTHING""",
    )
    return new + store.execute(
        connection,
        """UPDATE governance.entities old SET entity_id = told.entity_id, run_id = %(run)s FROM told
        WHERE told.row_key = old.row_key AND told.entity_id <> old.entity_id""",
        {"run": run_id},
    )
