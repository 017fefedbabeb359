"""A policy that is simulated and one that releases runs of Dagster decide the same: it is one object, told the same."""

import random

import pytest

from pipelines.admission.capacity import Machine
from pipelines.admission.claims import Claims
from pipelines.admission.release import HERE, decide
from pipelines.admission.runs import Run
from pipelines.admission.tags import DEADLINE, ESTIMATE, PRIORITY, USER
from scheduling.policies import POLICIES, build_policy
from scheduling.request import Decision, Request
from scheduling.resources import Resources
from scheduling.server import Server
from scheduling.simulator import Arrival, Hosts, simulate

TOTAL = Resources(cpu=8, memory_mb=8000)
BEGIN = 1_800_000_000.0
"""The admission's clock counts from the epoch."""


def arrivals(seed: int, count: int = 60) -> list[Arrival]:
    """Requests of four users, more than the machine has room for; estimates are wrong by up to a half."""
    draw = random.Random(seed)
    found = []
    for number in range(count):
        seconds = draw.randint(1, 60)
        submitted = BEGIN + draw.randint(0, 300)
        request = Request(
            f"run-{number:03d}",
            f"user {draw.randint(1, 4)}",
            Resources(cpu=draw.choice([1, 2, 4, 8]), memory_mb=draw.choice([100, 2000, 5000])),
            submitted,
            estimate=float(max(1, round(seconds * draw.uniform(0.5, 1.5)))),
            deadline=draw.choice([None, submitted + draw.randint(10, 300)]),
            priority=draw.randint(0, 2),
            stage="job",
        )
        found.append(Arrival(request, float(seconds)))
    return found


class ThroughAdmission:
    """The rounds of the admission as a policy of the simulator: what it is shown goes through tags of runs."""

    def __init__(self, policy) -> None:
        self._policy = policy
        self._claims = Claims()

    def decide(self, view):
        """See `scheduling.request.Policy`."""
        runs = [as_run(request, "held") for request in view.waiting]
        runs += [as_run(running.request, "running", running.started) for running in view.running]
        reserved = sum(running.request.needs["memory_mb"] for running in view.running)
        machine = Machine(TOTAL, available_mb=TOTAL["memory_mb"] - reserved)
        plan = decide(runs, machine, self._policy, now=view.now, claims=self._claims)
        requests = {request.id: request for request in view.waiting}
        verdicts = {"start": "start", "wait": "wait", "never": "reject"}
        return tuple(
            Decision(requests[entry.run.id], verdicts[entry.verdict], entry.reason, HERE) for entry in plan.entries
        )


def as_run(request: Request, state: str, started: float | None = None) -> Run:
    """What Dagster would keep of it."""
    tags = {
        USER: request.user,
        ESTIMATE: str(request.estimate),
        PRIORITY: str(request.priority),
        **{f"needs/{name}": str(amount) for name, amount in request.needs.items()},
    }
    if request.deadline is not None:
        tags[DEADLINE] = f"+{request.deadline - request.submitted}"
    return Run(request.id, "job", "job", tags, request.submitted, state=state, started=started)


@pytest.mark.parametrize("name", sorted(POLICIES))
@pytest.mark.parametrize("seed", [1, 2])
def test_simulated_and_admitted_runs_start_alike(name, seed):
    servers = Hosts((Server(HERE, TOTAL),))
    simulated = simulate(arrivals(seed), build_policy(name), servers)
    admitted = simulate(arrivals(seed), ThroughAdmission(build_policy(name)), servers)
    assert [(run.request.id, run.started) for run in admitted] == [(run.request.id, run.started) for run in simulated]
