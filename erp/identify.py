"""The de-duplication of a night: compare what changed, keep the pairs, group them, give persons their ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlalchemy.engine import Connection

from erp import batch, compared, learned, store
from erp.clusters import SAME, cluster
from erp.dedupe import find_pairs
from erp.entities import read_moved, stable_ids, write_entities
from erp.learned import Memory

STEP: Final = "deduplicate"
_PREFIX: Final = "deduplicate."
_EXAMPLES: Final = 6


@dataclass(frozen=True)
class EntityResult:
    """Who is who."""

    records: int
    compared: int
    """Records that were compared with all others: those that changed, or all."""
    persons: int
    duplicates: int
    """Records that repeat a person."""
    doubtful_pairs: int
    new_ids: int
    """Records whose person changed in this run."""
    examples: pl.DataFrame
    """`entity_id, row_key, first_name, last_name, birth_date, city` of some persons with several records."""


def identify(connection: Connection, run_id: int) -> EntityResult:
    """Find out which employee records are one person, in the caller's transaction."""
    whole = _last_whole(connection)
    if whole is None:
        people, memory, changed = compared.make(connection), Memory(), None
    else:
        people, memory, changed = compared.recall(connection, whole[0]), Memory(whole[1]), _changed(connection)
    found = find_pairs(people, memory, changed)
    _keep(connection, run_id, found, changed)
    if changed is None:
        learned.save(connection, _PREFIX, run_id, memory.frames)
        store.execute(connection, "ANALYZE governance.matches")
    pairs = _pairs(connection)
    clusters = cluster(people["unique_id"], pairs)
    moved = read_moved(connection)
    entities = stable_ids(clusters, moved)
    new = write_entities(connection, run_id, entities, moved, changed)
    batch.advance(connection, STEP, run_id)
    persons = entities["entity_id"].n_unique()
    doubtful = pairs.filter((pl.col("probability") < SAME) & pl.col("decision").is_null())
    for side in ("left", "right"):  # what a third record joins is not in doubt
        person = entities.select(pl.col("row_key").alias(f"{side}_key"), pl.col("entity_id").alias(side))
        doubtful = doubtful.join(person, on=f"{side}_key")
    doubtful = doubtful.filter(pl.col("left") != pl.col("right"))
    return EntityResult(
        records=len(entities),
        compared=len(people) if changed is None else len(changed),
        persons=persons,
        duplicates=len(entities) - persons,
        doubtful_pairs=len(doubtful),
        new_ids=new,
        examples=_examples(connection, entities),
    )


def _last_whole(connection: Connection) -> tuple[int, dict[str, pl.DataFrame]] | None:
    """The run that compared all records, and what it learned; nothing if that is out of date."""
    kept, since = learned.load(connection, _PREFIX), batch.progress_of(connection, STEP)
    cleaned_all = learned.run_of(connection, batch.PREFIX)
    if since is None or (cleaned_all is not None and cleaned_all > since):
        return None
    return kept


def _changed(connection: Connection) -> pl.Series:
    """Keys of the records that changed since persons were last identified, gone ones included."""
    since = batch.progress_of(connection, STEP)
    query = f"SELECT row_key FROM conformed.employees WHERE _run_id > {since}"
    return store.copy_out(connection, query, {"row_key": pl.Int64})["row_key"]


def _keep(connection: Connection, run_id: int, found: pl.DataFrame, changed: pl.Series | None) -> None:
    """Bring the list of pairs in step with what was found; decided pairs stay, whatever was found."""
    store.stage(
        connection,
        "found_pairs",
        found,
        ["left_key bigint", "right_key bigint", "probability double precision"],
    )
    scope = ""
    if changed is not None:
        store.stage(connection, "changed_people", changed.to_frame("row_key"), ["row_key bigint"])
        scope = """AND (left_key IN (SELECT row_key FROM changed_people)
            OR right_key IN (SELECT row_key FROM changed_people))"""
    store.execute(
        connection,
        f"""DELETE FROM governance.matches m WHERE decision IS NULL {scope} AND NOT EXISTS
        (SELECT FROM found_pairs f WHERE f.left_key = m.left_key AND f.right_key = m.right_key)""",
    )
    store.execute(
        connection,
        """INSERT INTO governance.matches AS old (left_key, right_key, probability, run_id)
        SELECT left_key, right_key, probability, %(run)s FROM found_pairs
        ON CONFLICT (left_key, right_key) DO UPDATE SET probability = excluded.probability, run_id = excluded.run_id
        WHERE old.probability <> excluded.probability""",
        {"run": run_id},
    )


def _pairs(connection: Connection) -> pl.DataFrame:
    return store.copy_out(
        connection,
        "SELECT left_key, right_key, probability, decision FROM governance.matches ORDER BY left_key, right_key",
        {"left_key": pl.Int64, "right_key": pl.Int64, "probability": pl.Float64, "decision": pl.String},
    )


def _examples(connection: Connection, entities: pl.DataFrame) -> pl.DataFrame:
    several = entities.filter(pl.len().over("entity_id") > 1).sort("entity_id", "row_key").head(_EXAMPLES)
    columns = ("first_name", "last_name", "birth_date", "city")
    keys = ", ".join(map(str, several["row_key"])) or "NULL"
    query = f"SELECT row_key, {', '.join(columns)} FROM conformed.employees WHERE row_key IN ({keys})"
    told = store.copy_out(connection, query, {"row_key": pl.Int64, **dict.fromkeys(columns, pl.String)})
    return several.join(told, on="row_key", maintain_order="left").select("entity_id", "row_key", *columns)
