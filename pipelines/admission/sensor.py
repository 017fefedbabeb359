"""The sensor that carries the rounds out: read the queue, decide, write tags. What is decided is `release`.

It starts no run by itself, so each of its ticks ends as skipped, with the plan in a line as the reason.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import dagster as dg

from pipelines.admission import instance as store
from pipelines.admission.capacity import measure
from pipelines.admission.claims import Claims
from pipelines.admission.coordinator import AdmissionCoordinator
from pipelines.admission.history import History
from pipelines.admission.lease import TERM_S, Lease, give_back, take
from pipelines.admission.needs import DEFAULTS
from pipelines.admission.release import Limits, Plan, decide
from pipelines.admission.runs import Run, read_runs
from scheduling.policies import build_policy
from scheduling.request import Policy
from scheduling.resources import Resources

POLICY: Final = "punctual"
INTERVAL_S: Final = 2
"""Less than Dagster's loop over sensors, 5 s: with as much, every other tick would be left out."""
WRITTEN: Final = 300
"""Runs whose tags one round writes at most; those that start come first, then the head of the queue."""
NO_RETRY: Final = {"dagster/max_retries": "0"}
"""On a run that is refused: a retry would be refused for the same tags."""


def admission_sensor(
    *,
    name: str = "admission",
    policy: str = POLICY,
    weights: Mapping[str, float] | None = None,
    capacity: Mapping[str, float] | None = None,
    defaults: Resources = DEFAULTS,
    interval_seconds: int = INTERVAL_S,
) -> dg.SensorDefinition:
    """Make the sensor that releases held runs.

    Args:
        name: of the sensor.
        policy: one of `scheduling.policies.POLICIES`.
        weights: shares of users in relation to each other; 1 where none is given.
        capacity: amounts of resources that replace what the machine says, or that it cannot know.
        defaults: needs of what a run does not declare.
        interval_seconds: between ticks, at least.
    """
    admission = Admission(build_policy(policy, weights=weights), Resources(**(capacity or {})), defaults)

    @dg.sensor(
        name=name,
        minimum_interval_seconds=interval_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Releases the runs that are next and fit, and writes into the tags of the others why they wait.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        return dg.SkipReason(admission.tick(context.instance))

    return sensor


@dataclass(frozen=True)
class Admission:
    """What is kept from tick to tick: a fair policy remembers who had what."""

    policy: Policy
    capacity: Resources = Resources()  # noqa: RUF009 - immutable
    """Amounts that replace what the machine says."""
    defaults: Resources = DEFAULTS
    """Needs of what a run does not declare."""
    history: History = field(default_factory=History)
    claims: Claims = field(default_factory=Claims)

    def tick(self, instance: dg.DagsterInstance) -> str:
        """Make one round, and say in a sentence what it did."""
        if obstacle := _obstacle(instance):
            return obstacle
        lease = take(instance, time.time())
        if lease is None:
            return "Another sensor decides at this moment, on the same instance; this one does nothing."
        said = _away(instance, lease)
        if said is None:
            plan = self.plan(instance, lease.taken)
            carry_out(instance, plan, lease)
            said = plan.sentence()
        give_back(instance, lease)
        return said

    def plan(self, instance: dg.DagsterInstance, now: float) -> Plan:
        """Decide about the runs of an instance, and change nothing."""
        runs = read_runs(instance)
        pools = store.pool_limits(instance, set().union(*(run.pools for run in runs)))
        return decide(
            runs,
            measure(self.capacity),
            self.policy,
            now=now,
            limits=Limits(store.most_runs(instance), pools),
            defaults=self.defaults,
            usual=self.history.usual(instance, runs),
            claims=self.claims,
        )


def _obstacle(instance: dg.DagsterInstance) -> str | None:
    """Why nothing would be held on this instance."""
    if not isinstance(instance.run_coordinator, AdmissionCoordinator):
        return (
            f"The run coordinator of this instance is {type(instance.run_coordinator).__name__}, so no run is held; "
            "name AdmissionCoordinator of pipelines.admission in dagster.yaml."
        )
    if store.replaces_tag_limits(instance):
        return (
            "dagster.yaml has tag_concurrency_limits under concurrency.runs; they replace the limit that holds runs. "
            "Move them to run_coordinator.config.tag_concurrency_limits."
        )
    return None


def _away(instance: dg.DagsterInstance, lease: Lease) -> str | None:
    """What to say after an absence in which the gate may have opened.

    The daemon may be launching what it took from the queue a moment ago. It looks at the gate, which is shut again
    now, before it takes more; the next tick finds all that it took at work.
    """
    coordinator = instance.run_coordinator
    absence = 0.0 if lease.completed is None else lease.taken - lease.completed
    if not isinstance(coordinator, AdmissionCoordinator) or absence < coordinator.patience_seconds:
        return None
    return (
        f"Nobody has decided for {timedelta(seconds=round(absence))}; where a daemon was at work, runs went first in, "
        "first out meanwhile. From the next tick on they are released by the policy again."
    )


def carry_out(instance: dg.DagsterInstance, plan: Plan, lease: Lease) -> None:
    """Write what was decided onto the runs that are still as they were read."""
    first = {"start": 0, "refuse": 0, "never": 1, "wait": 2}
    entries = sorted(plan.entries, key=lambda entry: first[entry.verdict])
    changed = [entry for entry in entries if entry.news()][:WRITTEN]
    if time.time() > lease.taken + TERM_S:
        return  # somebody else may be deciding by now
    changes = {entry.run.id: {**entry.tags, **(NO_RETRY if entry.verdict == "refuse" else {})} for entry in changed}
    written = store.write_tags(instance, changes, dg.DagsterRunStatus.QUEUED)
    for entry in changed:
        if entry.run.id not in written:
            continue
        if entry.verdict == "refuse":
            store.fail(instance, entry.run.id, entry.reason)
        elif entry.verdict in {"start", "never"}:
            # what is decided once; why a run waits changes, and is in its tags
            _report(instance, entry.run, entry.reason)


def _report(instance: dg.DagsterInstance, run: Run, sentence: str) -> None:
    found = instance.get_run_by_id(run.id)
    if found is not None:
        store.report(instance, found, f"Admission: {sentence}")
