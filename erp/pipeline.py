"""The pipeline's steps as functions, one for each asset: what a night does, in this order.

`start_run`, `sync`, `profile`, `correct`, `deduplicate`, `publish`, `finish_run`. Each is one transaction or
several that are whole in themselves, so a night that is killed leaves the state of the last finished one, and
the next night goes on from there. All take an engine of the database's owner.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine

from erp import publish as publishing
from erp import store, tally
from erp.batch import choose
from erp.conform import stage_scope
from erp.conform import write as write_conformed
from erp.decisions import RULE, adopt, bars
from erp.demo import SourceSummary, make_source
from erp.errors import ErpError
from erp.identify import EntityResult, identify
from erp.ledger import Reconciled, look_up, masked, reconcile
from erp.plan import Plan
from erp.profiling.nights import profile_night
from erp.profiling.report import write_report
from erp.profiling.summary import column_rows, dependencies_frame, keys_frame, markdown
from erp.publish import Written
from erp.quarantine import refused_cells
from erp.source import SourceOptions, open_source
from erp.stages import run_stages
from erp.sync import SyncResult, sync_tables

Progress: TypeAlias = Callable[[str], None] | None

_EXAMPLES: Final = 3
_STATES: Final = ("succeeded", "failed", "interrupted")


@dataclass(frozen=True)
class ProfileResult:
    """What the raw columns look like, and how what arrived differs from what was there."""

    columns: pl.DataFrame
    """See `erp.profiling.summary.column_rows`; of what was profiled in this run."""
    drift: pl.DataFrame
    """`table_name, column_name, measure, before, now, distance, severity`, warnings first."""
    keys: pl.DataFrame
    """`table_name, columns`: candidate keys in the last whole profile."""
    dependencies: pl.DataFrame
    """`table_name, determinant, dependent, holds, guessed, strength` in the last whole profile."""
    rows: int
    """Rows that were profiled."""
    whole: bool
    """Whether everything was profiled, or what arrived since the last profile."""
    summary: str
    """Markdown."""
    report: Path | None
    """One HTML file, if there was a folder for it."""


@dataclass(frozen=True)
class CorrectionResult:
    """What cleaning came to."""

    changed_cells: int
    """Cells of the records that were looked at that differ from what was typed."""
    records: int
    """That were looked at: those that changed, or all."""
    why_all: str | None
    """Why all were; `None` if only changed ones."""
    ledger: Reconciled
    review: Reconciled
    quarantine: Reconciled
    by_rule: pl.DataFrame
    """`stage, rule, cells, confidence`."""
    examples: pl.DataFrame
    """`table_name, column_name, before, after, rule, confidence`: some of each rule, national ids masked."""


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


def start_run(engine: Engine, source_label: str, *, beside: bool = False) -> int:
    """Open a run; runs that were killed before their end are marked as interrupted.

    Args:
        engine: of the owner.
        source_label: the name of the source, without a password.
        beside: leave runs that are open as they are; somebody may be at work on one.
    """
    with engine.begin() as connection:
        if not beside:
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


def is_open(engine: Engine, run_id: int) -> bool:
    """Whether the run was opened, and neither closed nor given up by a later one."""
    query = sa.text("SELECT status FROM governance.runs WHERE run_id = :run")
    with engine.connect() as connection:
        return bool(connection.execute(query, {"run": run_id}).scalar() == "running")


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


def sync(
    engine: Engine,
    run_id: int,
    source_url: str | URL,
    options: SourceOptions = SourceOptions(),  # noqa: B008 - frozen
    progress: Progress = None,
) -> SyncResult:
    """Bring `raw` up to date with the source.

    Raises:
        SourceError: the source does not answer or lacks something; what was taken over until then is kept.
    """
    with open_source(source_url, options) as source:
        return sync_tables(engine, run_id, source, options, progress)


def profile(engine: Engine, run_id: int, folder: Path | None = None, *, whole: bool = False) -> ProfileResult:
    """Look at the raw columns and keep what was seen with the run.

    Args:
        engine: of the owner.
        run_id: as `start_run` gave it.
        folder: gets the report `profile.html`.
        whole: look at all rows even if few changed.

    Raises:
        ErpError: there is no such run.
    """
    with store.writing(engine) as connection:
        night = profile_night(connection, run_id, whole=whole)
    reference = night.reference
    return ProfileResult(
        columns=column_rows(night.seen),
        drift=night.drift,
        keys=keys_frame(reference),
        dependencies=dependencies_frame(reference),
        rows=night.seen.rows,
        whole=night.seen.whole,
        summary=markdown(night),
        report=None if folder is None else write_report(night, folder),
    )


def correct(engine: Engine, run_id: int, plan: Plan | None = None, progress: Progress = None) -> CorrectionResult:
    """Clean what changed, and keep the changes in ledger, review and quarantine, in one transaction.

    Args:
        engine: of the owner.
        run_id: as `start_run` gave it.
        plan: stages and thresholds.
        progress: hears what happens.
    """
    plan = plan or Plan()
    with store.writing(engine) as connection:
        adopt(connection, run_id)
        batch = choose(connection, run_id, plan)
        if progress is not None:
            why = "changed" if batch.why_all is None else f"all, because {batch.why_all}"
            progress(f"clean {batch.records} records: {why}")
        forbidden, scope = bars(connection, batch.tables), stage_scope(connection, batch)
        with ThreadPoolExecutor(1) as beside:  # the database looks up what it holds while Python judges
            held = beside.map(partial(look_up, connection, scope=scope), ("ledger", "review", "quarantine"))
            cleaned = run_stages(batch.tables, batch.knowledge, plan, forbidden, progress)
        refused = refused_cells(cleaned.tables, cleaned.made, batch.knowledge.vocabulary)
        ledger = reconcile(connection, "ledger", run_id, cleaned.made, held=next(held))
        review = reconcile(connection, "review", run_id, cleaned.doubtful, held=next(held))
        quarantine = reconcile(connection, "quarantine", run_id, refused, held=next(held), whole_rows=False)
        write_conformed(connection, run_id, cleaned.tables, batch)
        batch.remember(connection, run_id)
    return CorrectionResult(
        changed_cells=cleaned.made.n_unique(["table_name", "row_key", "column_name"]) if len(cleaned.made) else 0,
        records=batch.records,
        why_all=batch.why_all,
        ledger=ledger,
        review=review,
        quarantine=quarantine,
        by_rule=_by_rule(cleaned.made, plan),
        examples=_examples(cleaned.made),
    )


def _by_rule(made: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    names = {step: stage.name for step, stage in enumerate(plan.stages, 1)} | {0: RULE}
    return (
        made.group_by("step", "rule")
        .agg(cells=pl.len(), confidence=pl.col("confidence").mean())
        .sort("step", "cells", "rule", descending=[False, True, False])
        .select(
            pl.col("step").replace_strict(names, return_dtype=pl.String).alias("stage"), "rule", "cells", "confidence"
        )
    )


def _examples(made: pl.DataFrame) -> pl.DataFrame:
    """Some changes of each rule, national ids masked."""
    picked = made.unique(["rule", "before"], keep="first", maintain_order=True)
    picked = picked.group_by("rule", maintain_order=True).head(_EXAMPLES)
    return masked(picked).select("table_name", "column_name", "before", "after", "rule", "confidence")


def deduplicate(engine: Engine, run_id: int, progress: Progress = None) -> EntityResult:
    """Compare the records that changed with all, and give every person an id that stays."""
    with store.writing(engine) as connection:
        people = identify(connection, run_id)
    if progress is not None:
        progress(f"de-duplicate: {people.compared} of {people.records} records compared, {people.persons} persons")
    return people


def publish(engine: Engine, run_id: int) -> PublishResult:
    """Bring `clean` up to date in one transaction; what cannot be published goes to quarantine.

    Beside it, cells are counted for `erp.quality`, which reads records that publishing only reads too.

    Raises:
        ErpError: records have no person yet.
    """
    with store.writing(engine) as connection, ThreadPoolExecutor(1) as beside:
        strangers = store.one(connection, _STRANGERS)
        if strangers:
            raise ErpError(
                f"{strangers} employee records have no person yet; run the de-duplication before publishing."
            )
        counting = beside.submit(tally.count, engine, run_id)
        done = publishing.publish(connection, run_id)
        counting.result()
    return PublishResult(
        done.tables,
        sum(table.written for table in done.tables),
        sum(table.removed for table in done.tables),
        done.refused,
    )


_STRANGERS: Final = """
SELECT count(*) FROM (
    SELECT row_key FROM raw.employees WHERE _deleted_at IS NULL
        AND _run_id > coalesce((SELECT run_id FROM governance.progress WHERE step = 'deduplicate'), 0)
    EXCEPT SELECT row_key FROM governance.entities
) AS strangers
"""
