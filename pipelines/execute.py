"""Running a job of the code location from the command line, on the same instance that the UI shows."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import dagster as dg

from assets.metadata import FIGURES
from assets.report import SECTIONS
from assets.studies import DEFAULT_STUDY, ensure_study
from llm.weights import find_weights
from pipelines.database import opened
from pipelines.home import open_instance
from pipelines.leftovers import FROM_TERMINAL, lock, mark_dead
from pipelines.logs import SCREEN
from pipelines.settings import Settings

FAILURE_REASON = "dagster/failure_reason"
"""Dagster's own tag on runs that failed."""


ALERTS = "alerts"
"""What did not pass its check and did not stop the job, as sentences; left out where there is none."""


class RunError(Exception):
    """A job did not finish; the message says where and why."""


def run_job(
    name: str,
    settings: Settings,
    *,
    study: str = DEFAULT_STUDY,
    config: Mapping[str, Mapping[str, Any]] | None = None,
    download_progress: Callable[[str, int, int], None] | None = None,
) -> dict[str, Any]:
    """Run a job to its end and return the figures of what it made, by section of `assets.report`, and its `ALERTS`.

    Args:
        name: a job of `pipelines.jobs`.
        settings: the installation.
        study: the partition to train, if the job trains one.
        config: config of assets, by asset.
        download_progress: told how far the language model's weights are, if the job needs them.

    Raises:
        RunError: a step failed, or another job is running in this home.
        DatabaseError: the database cannot be used.
        KeyboardInterrupt: Ctrl-C; everything that the job had started is gone.
    """
    from pipelines.build import build_defs

    # the database is held open, so that an error is known before anything starts and no step starts it again
    with _alone(settings), open_instance(settings) as instance, opened(settings):
        if download_progress is not None and settings.llm == "local":
            find_weights(settings.cache, gguf=settings.llm_gguf, progress=download_progress)
        mark_dead(instance)
        job = build_defs().resolve_job_def(name)
        if job.partitions_def is not None:
            ensure_study(instance, study)
        result = job.execute_in_process(
            instance=instance,
            tags=FROM_TERMINAL,
            partition_key=study if job.partitions_def is not None else None,
            run_config={
                "ops": {asset: {"config": dict(values)} for asset, values in (config or {}).items()},
                "loggers": {SCREEN: {}},
            },
            raise_on_error=False,
        )
        if not result.success:
            if _was_interrupted(result, instance):
                raise KeyboardInterrupt
            raise RunError(explain(result))
        return _figures(result)


def _figures(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for event in result.get_asset_materialization_events():
        section = SECTIONS.get(event.asset_key.to_user_string() if event.asset_key else "")
        figures = event.materialization.metadata.get(FIGURES)
        if section is not None and figures is not None:
            found[section] = figures.value
    if alerts := [_said(check) for check in result.get_asset_check_evaluations() if not check.passed]:
        found[ALERTS] = alerts
    return found


def _said(check: dg.AssetCheckEvaluation) -> str:
    """What a check says of its asset."""
    return f"{check.asset_key.to_user_string()}: {check.description or f'{check.check_name} did not pass; see the UI'}"


def _was_interrupted(result: dg.ExecuteInProcessResult, instance: dg.DagsterInstance) -> bool:
    """Whether the job failed because of Ctrl-C, which Dagster turns into a failed run or step and returns from."""
    run = instance.get_run_by_id(result.run_id)
    if run is not None and run.tags.get(FAILURE_REASON) == "UNEXPECTED_TERMINATION":
        return True
    # A library may raise something of its own while the interrupt passes through it.
    errors = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    while errors:
        error = errors.pop()
        if error is not None:
            if error.cls_name == dg.DagsterExecutionInterruptedError.__name__:
                return True
            errors += [error.cause, error.context]
    return False


def explain(result: dg.ExecuteInProcessResult) -> str:
    """Why a job failed, in a sentence; of a defect, with its traceback."""
    failures = [event for event in result.all_events if event.is_step_failure]
    if not failures:
        reasons = [event.message for event in result.all_events if event.is_failure]
        return (
            f"The job {result.job_def.name} did not finish: {' '.join(filter(None, reasons)) or 'no reason is known'}"
        )
    first = failures[0]
    data = first.step_failure_data
    if data.user_failure_data is not None and data.user_failure_data.description:
        return f"{first.step_key} failed: {data.user_failure_data.description}"
    if stopped := _failed_checks(result):
        return " ".join(stopped)
    cause = data.error_display_string.strip() if data.error is not None else "no reason was recorded"
    return f"{first.step_key} failed, which is a defect of millrace:\n{cause}"


def _failed_checks(result: dg.ExecuteInProcessResult) -> list[str]:
    """A sentence for each blocking check that failed."""
    return [
        f"{found.asset_key.to_user_string()} did not pass its check {found.check_name}: {found.description or 'see the UI'}"
        for found in result.get_asset_check_evaluations()
        if found.blocking and not found.passed and found.severity is dg.AssetCheckSeverity.ERROR
    ]


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One job at a time from the command line: two nights at once would clean the same records."""
    with lock(settings.home) as alone:
        if not alone:
            raise RunError(
                f"Another millrace job is running in {settings.home}; wait for it, or set MILLRACE_HOME to another folder."
            )
        yield
