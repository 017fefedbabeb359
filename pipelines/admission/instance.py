"""The one door to what Dagster keeps but does not call public: tags of queued runs, a value to agree on, plans.

Everything else in `admission` uses Dagster's public names. All writes compare and set in the database: a tag is
written only on a run that is as it was read, so that two sensors, or a sensor and a launcher that writes its own tag
at the same moment, cannot undo each other's writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import dagster as dg
import sqlalchemy as sa
from dagster._core.instance.config import PoolGranularity
from dagster._core.snap.execution_plan_snapshot import ExecutionStepSnap
from dagster._core.storage.dagster_run import RunOpConcurrency
from dagster._core.storage.legacy_storage import LegacyRunStorage
from dagster._core.storage.runs.schema import KeyValueStoreTable, RunsTable, RunTagsTable
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage
from dagster._core.workspace.context import BaseWorkspaceRequestContext
from dagster_shared.serdes import deserialize_value, serialize_value

Changes = Mapping[str, Mapping[str, str | None]]
"""Run id -> tags to set; `None` takes a tag away."""

CHUNK: Final = 500
"""Run ids in one statement: SQLite takes about a thousand variables."""


class StorageError(Exception):
    """The instance keeps its runs in something that admission cannot write to safely."""


def write_tags(instance: dg.DagsterInstance, changes: Changes, status: dg.DagsterRunStatus) -> set[str]:
    """Change tags of runs that have a status and that nobody else changes meanwhile, all in one transaction.

    Returns:
        The ids of the runs whose tags were written; the others have moved on.
    """
    written = set()
    with _connect(instance) as connection:
        for run_id, body in _bodies(connection, changes, status):
            run = deserialize_value(body, dg.DagsterRun)
            tags = {key: value for key, value in {**run.tags, **changes[run_id]}.items() if value is not None}
            updated = connection.execute(
                RunsTable.update()
                .where(RunsTable.c.run_id == run_id, RunsTable.c.status == status.value, RunsTable.c.run_body == body)
                .values(run_body=serialize_value(run.with_tags(tags)))
            )
            if updated.rowcount == 1:
                written.add(run_id)
                _write_rows(connection, run_id, changes[run_id])
    return written


def _bodies(
    connection: sa.Connection, run_ids: Iterable[str], status: dg.DagsterRunStatus
) -> Iterator[tuple[str, str]]:
    wanted = list(run_ids)
    for start in range(0, len(wanted), CHUNK):
        found = connection.execute(
            sa.select(RunsTable.c.run_id, RunsTable.c.run_body).where(
                RunsTable.c.run_id.in_(wanted[start : start + CHUNK]), RunsTable.c.status == status.value
            )
        )
        yield from ((row.run_id, row.run_body) for row in found.all())


def _write_rows(connection: sa.Connection, run_id: str, tags: Mapping[str, str | None]) -> None:
    """The copy of the tags that runs are searched by."""
    connection.execute(RunTagsTable.delete().where(RunTagsTable.c.run_id == run_id, RunTagsTable.c.key.in_(list(tags))))
    rows = [{"run_id": run_id, "key": key, "value": value} for key, value in tags.items() if value is not None]
    if rows:
        connection.execute(RunTagsTable.insert(), rows)


def read_value(instance: dg.DagsterInstance, key: str) -> str | None:
    """A value that all processes of the instance agree on; `None` if it was never written."""
    with _connect(instance) as connection:
        return connection.execute(
            sa.select(KeyValueStoreTable.c.value).where(KeyValueStoreTable.c.key == key)
        ).scalar_one_or_none()


def swap_value(instance: dg.DagsterInstance, key: str, old: str | None, new: str) -> bool:
    """Replace a value that is still `old`; false if somebody else was faster."""
    table = KeyValueStoreTable
    try:
        with _connect(instance) as connection:
            if old is None:
                done = connection.execute(table.insert().values(key=key, value=new))
            else:
                done = connection.execute(
                    table.update().where(table.c.key == key, table.c.value == old).values(value=new)
                )
            return done.rowcount == 1
    except sa.exc.IntegrityError:
        return False


@contextmanager
def _connect(instance: dg.DagsterInstance) -> Iterator[sa.Connection]:
    storage: Any = instance.run_storage
    if isinstance(storage, LegacyRunStorage):
        storage = storage._storage.run_storage  # noqa: SLF001 - what `storage:` in dagster.yaml is wrapped in
    if not isinstance(storage, SqlRunStorage):
        raise StorageError(
            f"The instance keeps its runs in {type(storage).__name__}; admission needs one of Dagster's SQL storages "
            "(SQLite, PostgreSQL, MySQL)."
        )
    with storage.connect() as connection:
        yield connection


def report(instance: dg.DagsterInstance, run: dg.DagsterRun, sentence: str) -> None:
    """Write a sentence into the event log of a run."""
    instance.report_engine_event(sentence, run)


def fail(instance: dg.DagsterInstance, run_id: str, sentence: str) -> None:
    """End a queued run as failed."""
    run = instance.get_run_by_id(run_id)
    if run is not None and run.status is dg.DagsterRunStatus.QUEUED:
        instance.report_run_failed(run, sentence)


def step_tags(
    instance: dg.DagsterInstance, run: dg.DagsterRun, workspace: BaseWorkspaceRequestContext | None
) -> list[dict[str, str]]:
    """Tags of the steps of a run: of the assets that each makes, and above them those of its op."""
    if run.execution_plan_snapshot_id is None:
        return []
    plan = instance.get_execution_plan_snapshot(run.execution_plan_snapshot_id)
    chosen = set(plan.step_keys_to_execute)
    return [{**_asset_tags(step, workspace), **(step.tags or {})} for step in plan.steps if step.key in chosen]


def _asset_tags(step: ExecutionStepSnap, workspace: BaseWorkspaceRequestContext | None) -> dict[str, str]:
    keys = [output.properties.asset_key for output in step.outputs if output.properties is not None]
    tags: dict[str, str] = {}
    for key in keys:
        if key is not None and workspace is not None and workspace.asset_graph.has(key):
            tags.update(workspace.asset_graph.get(key).tags)
    return tags


def most_runs(instance: dg.DagsterInstance) -> int | None:
    """How many runs may run at a time; `None` is any number."""
    config = instance.get_concurrency_config().run_queue_config
    return None if config is None or config.max_concurrent_runs < 0 else config.max_concurrent_runs


def replaces_tag_limits(instance: dg.DagsterInstance) -> bool:
    """Whether `concurrency.runs` sets tag limits, which then count instead of the coordinator's."""
    settings: Mapping[str, Any] = instance.get_settings("concurrency") or {}
    return "tag_concurrency_limits" in (settings.get("runs") or {})


def pools_of(run: dg.DagsterRun) -> frozenset[str]:
    """Pools that a run takes a slot of."""
    concurrency = run.run_op_concurrency
    if not isinstance(concurrency, RunOpConcurrency):
        return frozenset()
    return frozenset(concurrency.all_pools or ())


def pool_limits(instance: dg.DagsterInstance, pools: Iterable[str]) -> dict[str, int]:
    """Runs that each pool lets run at a time; empty where pools count steps, which Dagster sees to itself."""
    settings = instance.get_concurrency_config().pool_config
    if settings.pool_granularity is not PoolGranularity.RUN:
        return {}
    own = {limit.name: limit.limit for limit in instance.event_log_storage.get_pool_limits()}
    limits = {pool: own.get(pool, settings.default_pool_limit) for pool in pools}
    return {pool: limit for pool, limit in limits.items() if limit is not None}
