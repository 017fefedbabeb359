"""The pipeline's steps as functions, one for each asset: what a night does, in this order.

`start_run`, `sync`, `profile`, `correct`, `deduplicate`, `publish`, `finish_run`. Each is one transaction or
several that are whole in themselves, so a night that is killed leaves the state of the last finished one, and
the next night goes on from there. All take an engine of the database's owner.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from erp import publish as publishing
from erp import store
from erp.dedupe import SAME, match
from erp.demo import SourceSummary, make_source
from erp.entities import read_entities, stable_ids, write_entities
from erp.errors import ErpError
from erp.knowledge import Knowledge
from erp.ledger import Reconciled, masked, read_current, read_raw, reconcile
from erp.profile import profile_tables
from erp.publish import Written
from erp.quarantine import refused_cells
from erp.schema import REFERENCES
from erp.source import SqlSource
from erp.stages import run_stages
from erp.sync import TableCounts, sync_tables
from erp.vocabulary import Vocabulary

Progress: TypeAlias = Callable[[str], None] | None

_EXAMPLES = 3
_STATES = ("succeeded", "failed", "interrupted")


@dataclass(frozen=True)
class SyncResult:
    """What a sync did, by table and in all."""

    tables: tuple[TableCounts, ...]
    inserted: int
    updated: int
    deleted: int
    unchanged: int


@dataclass(frozen=True)
class ProfileResult:
    """What the raw columns look like."""

    columns: pl.DataFrame
    """See `erp.profile.profile_tables`."""


@dataclass(frozen=True)
class CorrectionResult:
    """What cleaning came to."""

    changed_cells: int
    """Cells that differ from what was typed."""
    ledger: Reconciled
    review: Reconciled
    quarantine: Reconciled
    by_rule: pl.DataFrame
    """`rule, cells, confidence`."""
    examples: pl.DataFrame
    """`table_name, column_name, before, after, rule, confidence`: some of each rule, national ids masked."""


@dataclass(frozen=True)
class EntityResult:
    """Who is who."""

    records: int
    persons: int
    duplicates: int
    """Records that repeat a person."""
    doubtful_pairs: int
    new_ids: int
    """Records whose person changed in this run."""
    examples: pl.DataFrame
    """`entity_id, row_key, first_name, last_name, birth_date, city` of some persons with several records."""


@dataclass(frozen=True)
class PublishResult:
    """What is published."""

    tables: tuple[Written, ...]
    written: int
    removed: int
    quarantined_rows: int


def make_demo_source(
    url: str | URL, truth_folder: Path, employees: int, seed: int = 7, progress: Progress = None
) -> SourceSummary:
    """Write the demonstration ERP to a database, and the truth about it to a folder of its own.

    An identical one (size and seed) that is there already is left as it is.

    Args:
        url: SQLAlchemy URL of the source, for example `sqlite:////tmp/erp.sqlite`.
        truth_folder: read by `erp.score` and by nothing else.
        employees: number of employee records, 100 or more.
        seed: of the random numbers.
        progress: hears what happens.

    Raises:
        ErpError: too few employees, or the database cannot be written.
    """
    if progress is not None:
        progress(f"demonstration source of {employees} employees")
    return make_source(url, truth_folder, employees, seed)


def start_run(engine: Engine, source_label: str) -> int:
    """Open a run; runs that were killed before their end are marked as interrupted."""
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE governance.runs SET status = 'interrupted', finished_at = now() WHERE status = 'running'"
        )
        insert = sa.text("INSERT INTO governance.runs (source) VALUES (:source) RETURNING run_id")
        return int(connection.execute(insert, {"source": source_label}).scalar_one())


def current_run(engine: Engine) -> int:
    """The last run that was opened.

    Raises:
        ErpError: there is none.
    """
    with engine.connect() as connection:
        run_id = connection.exec_driver_sql("SELECT max(run_id) FROM governance.runs").scalar()
    if run_id is None:
        raise ErpError("No run was opened in this database yet; synchronise the source first.")
    return int(run_id)


def finish_run(engine: Engine, run_id: int, status: str, figures: Mapping[str, object]) -> None:
    """Close a run.

    Args:
        engine: of the owner.
        run_id: as `start_run` gave it.
        status: `succeeded`, `failed` or `interrupted`.
        figures: what is to be kept of it, JSON values.

    Raises:
        ErpError: the status or the run is not known.
    """
    if status not in _STATES:
        raise ErpError(f"A run cannot end as {status!r}; it must be one of {', '.join(_STATES)}.")
    close = sa.text(
        "UPDATE governance.runs SET status = :status, figures = CAST(:figures AS jsonb), finished_at = now() WHERE run_id = :run"
    )
    with engine.begin() as connection:
        if (
            connection.execute(close, {"status": status, "figures": json.dumps(dict(figures)), "run": run_id}).rowcount
            != 1
        ):
            raise ErpError(f"There is no run {run_id}; start_run opens one.")


def sync(engine: Engine, run_id: int, source_url: str | URL, progress: Progress = None) -> SyncResult:
    """Bring `raw` up to date with the source.

    Raises:
        SourceError: the source does not answer or lacks something.
    """
    with SqlSource(source_url) as source:
        counts = sync_tables(engine, run_id, source, progress)
    sums = {
        name: sum(getattr(count, name) for count in counts) for name in ("inserted", "updated", "deleted", "unchanged")
    }
    return SyncResult(tuple(counts), **sums)


def profile(engine: Engine, run_id: int) -> ProfileResult:
    """Look at the raw columns and keep what was seen with the run."""
    with store.writing(engine) as connection:
        columns = profile_tables(read_raw(connection), Vocabulary.shipped())
        store.execute(connection, "DELETE FROM governance.profile WHERE run_id = %(run)s", {"run": run_id})
        store.copy_in(connection, "governance.profile", columns.with_columns(run_id=pl.lit(run_id)))
    return ProfileResult(columns)


def correct(engine: Engine, run_id: int, progress: Progress = None) -> CorrectionResult:
    """Run the cleaning stages and keep their changes in ledger, review and quarantine, in one transaction."""
    with store.writing(engine) as connection:
        raw = read_raw(connection)
        knowledge = Knowledge(Vocabulary.shipped().learn(raw), _day_of(connection, run_id))
        cleaned = run_stages(raw, knowledge, progress)
        refused = refused_cells(cleaned.tables, cleaned.made, knowledge.vocabulary)
        ledger = reconcile(connection, "ledger", run_id, cleaned.made)
        review = reconcile(connection, "review", run_id, cleaned.doubtful)
        quarantine = reconcile(connection, "quarantine", run_id, refused, whole_rows=False)
    by_rule = (
        cleaned.made.group_by("rule")
        .agg(cells=pl.len(), confidence=pl.col("confidence").mean())
        .sort("cells", descending=True)
    )
    picked = cleaned.made.unique(["rule", "before"], keep="first", maintain_order=True)
    picked = picked.group_by("rule", maintain_order=True).head(_EXAMPLES)
    shown = masked(picked).select("table_name", "column_name", "before", "after", "rule", "confidence")
    cells = cleaned.made.n_unique(["table_name", "row_key", "column_name"]) if len(cleaned.made) else 0
    return CorrectionResult(cells, ledger, review, quarantine, by_rule, shown)


def deduplicate(engine: Engine, run_id: int, progress: Progress = None) -> EntityResult:
    """Find the records of equal persons and give every person an id that stays."""
    with store.writing(engine) as connection:
        employees = read_current(connection, ["employees"])["employees"]
        matches = match(employees)
        entities = stable_ids(matches.clusters, read_entities(connection))
        new = write_entities(connection, run_id, entities)
    persons = entities["entity_id"].n_unique()
    if progress is not None:
        progress(f"de-duplicate: {len(entities)} records are {persons} persons")
    several = entities.filter(pl.len().over("entity_id") > 1).sort("entity_id", "row_key").head(2 * _EXAMPLES)
    shown = several.join(employees, on="row_key", maintain_order="left")
    return EntityResult(
        records=len(entities),
        persons=persons,
        duplicates=len(entities) - persons,
        doubtful_pairs=len(matches.pairs.filter(pl.col("probability") < SAME)),
        new_ids=new,
        examples=shown.select("entity_id", "row_key", "first_name", "last_name", "birth_date", "city"),
    )


def publish(engine: Engine, run_id: int) -> PublishResult:
    """Bring `clean` up to date in one transaction; what cannot be published goes to quarantine.

    Raises:
        ErpError: records have no person yet.
    """
    with store.writing(engine) as connection:
        tables, entities = read_current(connection), read_entities(connection)
        strangers = len(tables["employees"].join(entities, on="row_key", how="anti"))
        if strangers:
            raise ErpError(
                f"{strangers} employee records have no person yet; run the de-duplication before publishing."
            )
        vocabulary = Vocabulary.shipped().learn(read_raw(connection, REFERENCES))
        publication = publishing.prepare(tables, entities, vocabulary)
        clean = {**publication.tables, "vocabulary": publishing.labels(connection, publication.tables, vocabulary)}
        written = publishing.write(connection, clean)
        reconcile(connection, "quarantine", run_id, publication.refused, whole_rows=True)
    return PublishResult(
        tuple(written),
        sum(table.written for table in written),
        sum(table.removed for table in written),
        len(publication.refused),
    )


def _day_of(connection: Connection, run_id: int) -> date:
    """The day of the run, from which ages are counted."""
    day: date | None = connection.execute(
        sa.text("SELECT started_at::date FROM governance.runs WHERE run_id = :run"), {"run": run_id}
    ).scalar()
    if day is None:
        raise ErpError(f"There is no run {run_id}; start_run opens one.")
    return day
