"""Policies side by side on one recorded workload: each simulated on the same hosts, and measured.

Reading the workload is `traces`, what is measured is defined in `metrics`; here is what is put beside what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from scheduling import metrics
from scheduling.estimators.estimator import Estimator, EstimatorError
from scheduling.estimators.groupwise import Groupwise
from scheduling.estimators.oracle import Oracle
from scheduling.names import no_such
from scheduling.policies import build_policy
from scheduling.resources import Resources
from scheduling.server import Server, ServerError
from scheduling.simulator import Arrival, Hosts, Run, simulate
from scheduling.traces import Trace

Figures = dict[str, float]
"""Values by what they are, with the unit."""
ESTIMATES: Final[Mapping[str, Callable[[Mapping[str, float]], Estimator | None]]] = {
    "declared": lambda _: None,
    "perfect": lambda seconds: Oracle(lambda request: seconds[request.id]),
    "learnt": lambda _: Groupwise(),
}
"""Where estimates of run times come from, built from the true ones."""


def compare(
    trace: Trace, policies: Sequence[str], capacity: Resources, *, hosts: int = 1, estimates: str = "declared"
) -> dict[str, Figures]:
    """Figures of each policy.

    Only what `capacity` names is limited; of everything else there is enough.

    Args:
        trace: the workload.
        policies: names; the first is the one that the others are compared with.
        capacity: of each host.
        hosts: how many there are, all alike.
        estimates: one of `ESTIMATES`.

    Raises:
        PolicyError, EstimatorError: there is none of that name.
        ResourceError: no request needs a resource of the capacity.
        ServerError: there is no host.
        SimulationError: a request fits on no host.
    """
    built = {name: build_policy(name) for name in policies}
    capacity.check_names(trace.resources)
    if estimates not in ESTIMATES:
        raise EstimatorError(no_such("kind of estimates", estimates, ESTIMATES))
    if hosts < 1:
        raise ServerError(f"There are {hosts} hosts; there must be 1 or more.")
    arrivals = [_limited(arrival, capacity) for arrival in trace.arrivals]
    seconds = {arrival.request.id: arrival.seconds for arrival in arrivals}
    servers = tuple(Server(f"host {number}", capacity) for number in range(1, hosts + 1))
    runs = {
        name: simulate(arrivals, policy, Hosts(servers), ESTIMATES[estimates](seconds))
        for name, policy in built.items()
    }
    first = metrics.response_times(runs[policies[0]])
    return {name: _figures(done, first, policies[0], servers) for name, done in runs.items()}


def as_table(compared: Mapping[str, Figures]) -> str:
    """Lines for people: a row a figure, a column a policy.

    >>> print(as_table({"fifo": {"mean response, s": 12.5}, "mdd": {"mean response, s": 8}}))
                            fifo         mdd
    mean response, s       12.50        8.00
    """
    rows = list(next(iter(compared.values())))
    label = max(map(len, rows))
    width = max(12, *(len(name) + 2 for name in compared))
    lines = [" " * label + "".join(f"{name:>{width}}" for name in compared)]
    lines += [f"{row:{label}}" + "".join(f"{found[row]:{width},.2f}" for found in compared.values()) for row in rows]
    return "\n".join(lines)


def _limited(arrival: Arrival, capacity: Resources) -> Arrival:
    needs = Resources(**{name: arrival.request.needs[name] for name in capacity})
    return replace(arrival, request=replace(arrival.request, needs=needs))


def _figures(runs: Sequence[Run], reference: Mapping[str, float], name: str, servers: Sequence[Server]) -> Figures:
    responses = metrics.response_times(runs)
    tardiness = {"total tardiness, s": metrics.total_tardiness(runs)}
    has_deadlines = any(run.request.deadline is not None for run in runs)
    return {
        "mean response, s": metrics.mean(responses),
        "median response, s": metrics.percentile(responses, 50),
        "95 % respond within, s": metrics.percentile(responses, 95),
        "bounded slowdown": metrics.bounded_slowdown(runs),
        f"DVR, later than {name}": metrics.violation_ratio(responses, reference),
        f"DSR, earlier than {name}": metrics.slack_ratio(responses, reference),
        **(tardiness if has_deadlines else {}),
        **{f"{resource} held, %": 100 * share for resource, share in metrics.utilisation(runs, servers).items()},
    }
