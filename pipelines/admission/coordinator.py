"""The run coordinator that `dagster.yaml` names: every run that is submitted is held, by a tag, until it is released.

Whatever launches a run (UI, schedule, sensor, backfill, retry, command line) submits it to the coordinator. This one
completes its tags and enqueues it as Dagster's own does. That a run with the tag stays in the queue is Dagster's own
doing too: the coordinator adds a tag limit of 0. Who is released when is decided in `sensor`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

import dagster as dg
from dagster._core.run_coordinator.queued_run_coordinator import RunQueueConfig

from pipelines.admission import instance as store
from pipelines.admission.gate import Gate
from pipelines.admission.lease import read
from pipelines.admission.tags import DECIDED, GATE, HOLD, NEEDS, USER

RULE: Final = {"key": GATE, "value": HOLD, "limit": 0}
"""Of the runs that are held, none may run."""
PATIENCE_S: Final = 120
"""The sensor ticks every few seconds; a code location that reloads may take a minute."""
AUTOMATIONS: Final = ("dagster/schedule_name", "dagster/sensor_name")
"""Tags that Dagster puts on runs which nobody launched by hand."""
NOBODY: Final = "local"
"""User of a run that does not say whose it is."""


class AdmissionCoordinator(dg.QueuedRunCoordinator):
    """Dagster's queue, in which runs wait for `admission_sensor`."""

    patience_seconds: float = PATIENCE_S
    user_header: str | None = None
    _gate: Gate | None = None

    @classmethod
    def config_type(cls) -> Any:
        """Dagster's own settings, and two more."""
        own: Any = super().config_type()
        return {
            **own,
            "patience_seconds": dg.Field(
                dg.IntSource,
                is_required=False,
                default_value=PATIENCE_S,
                description="Seconds without a tick of the sensor after which runs go first in, first out.",
            ),
            "user_header": dg.Field(
                str,
                is_required=False,
                description="Header in which a proxy that logs people in, and removes what they send themselves, "
                "names the user.",
            ),
        }

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Mapping[str, Any]) -> AdmissionCoordinator:
        """Dagster's way to build what `dagster.yaml` names."""
        coordinator = super().from_config_value(inst_data, config_value)
        coordinator.patience_seconds = config_value["patience_seconds"]
        coordinator.user_header = config_value.get("user_header")
        return coordinator

    def get_run_queue_config(self) -> RunQueueConfig:
        """What the daemon obeys: the configured limits, and the rule that holds runs while somebody decides."""
        config = super().get_run_queue_config()
        if self._is_open():
            return config
        return config._replace(tag_concurrency_limits=[*config.tag_concurrency_limits, RULE])

    def _is_open(self) -> bool:
        if self._gate is None:
            self._gate = Gate(self.patience_seconds)
        lease = read(self._instance)
        return self._gate.is_open(None if lease is None else lease.completed, time.monotonic())

    def submit_run(self, context: dg.SubmitRunContext) -> dg.DagsterRun:
        """Hold the run and enqueue it. If holding goes wrong, it is enqueued as Dagster itself would."""
        run = context.dagster_run
        if run.status is dg.DagsterRunStatus.NOT_STARTED:
            try:
                self._hold(run, context)
            except Exception:
                self._logger.exception(f"Run {run.run_id} could not be held for admission; it is queued without.")
        return super().submit_run(context)

    def _hold(self, run: dg.DagsterRun, context: dg.SubmitRunContext) -> None:
        tags: dict[str, str | None] = dict.fromkeys(DECIDED)
        tags |= {USER: self._user(run, context), GATE: HOLD}
        tags |= missing_needs(run.tags, store.step_tags(self._instance, run, context.workspace))
        store.write_tags(self._instance, {run.run_id: tags}, dg.DagsterRunStatus.NOT_STARTED)

    def _user(self, run: dg.DagsterRun, context: dg.SubmitRunContext) -> str:
        """Whoever is logged in, else whom the run names, else what launched it."""
        logged_in = context.get_request_header(self.user_header) if self.user_header else None
        named = (run.tags.get(key) for key in (USER, "user", *AUTOMATIONS))
        return next(filter(None, (logged_in, *named)), NOBODY)


def missing_needs(tags: Mapping[str, str], steps: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """What a run does not say itself: of each resource, the most that one of its steps declares.

    Steps of a run are taken to go one after the other; where they do not, the run says what they need together.
    """
    found: dict[str, list[str]] = {}
    for step in steps:
        for key, value in step.items():
            if key.startswith(NEEDS) and key not in tags:
                found.setdefault(key, []).append(value)
    return {key: max(values, key=_weight) for key, values in found.items()}


def _weight(value: str) -> tuple[bool, float]:
    """What cannot be read counts most, so that it is found; a share of the machine counts above a number."""
    try:
        return value.endswith("%"), float(value.removesuffix("%"))
    except ValueError:
        return True, math.inf
