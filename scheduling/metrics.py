"""What a schedule was like: response, slowdown, violation of fairness, tardiness, use of the servers.

All from the runs of a simulation or of production; how long deciding took is measured where it is decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from scheduling.server import Server
from scheduling.simulator import Run


def response_times(runs: Sequence[Run]) -> dict[str, float]:
    """Seconds from the first submission to the last end of each job."""
    submitted: dict[str, float] = {}
    ended: dict[str, float] = {}
    for run in runs:
        job = run.request.job
        submitted[job] = min(run.request.submitted, submitted.get(job, np.inf))
        ended[job] = max(run.ended, ended.get(job, -np.inf))
    return {job: ended[job] - submitted[job] for job in submitted}


def mean(values: Mapping[str, float]) -> float:
    """Mean over jobs; 0 of none."""
    return float(np.mean(list(values.values()))) if values else 0.0


def percentile(values: Mapping[str, float], q: float) -> float:
    """The value that `q` percent of the jobs do not exceed, interpolated linearly; 0 of none."""
    return float(np.percentile(list(values.values()), q)) if values else 0.0


def bounded_slowdown(runs: Sequence[Run], least: float = 10.0) -> float:
    """Mean over runs of max(1, (waiting + running) / max(running, least)) (Feitelson et al., 1997).

    Args:
        runs: what ran.
        least: seconds; shorter runs count as this long, or waiting a moment would dominate the mean.
    """
    ratios = [max(1.0, (run.ended - run.request.submitted) / max(run.ended - run.started, least)) for run in runs]
    return float(np.mean(ratios)) if ratios else 0.0


def violation_ratio(values: Mapping[str, float], reference: Mapping[str, float]) -> float:
    """DVR: mean of (r - reference) / reference over the jobs that respond later than under the reference policy.

    As in *Balancing Fairness and Performance in Multi-User Spark Workloads with Dynamic Scheduling*, arXiv 2510.15485,
    where the reference is fair between users (`ujf`).
    """
    return _mean_change(values, reference, sign=1)


def slack_ratio(values: Mapping[str, float], reference: Mapping[str, float]) -> float:
    """DSR: mean of (reference - r) / reference over the jobs that respond earlier than under the reference policy."""
    return _mean_change(values, reference, sign=-1)


def _mean_change(values: Mapping[str, float], reference: Mapping[str, float], sign: int) -> float:
    changes = [sign * (values[job] - before) / before for job, before in reference.items() if before > 0]
    return float(np.mean([change for change in changes if change > 0] or [0.0]))


def total_tardiness(runs: Sequence[Run]) -> float:
    """Seconds by which runs ended after their deadlines, summed."""
    return sum(max(0.0, run.ended - run.request.deadline) for run in runs if run.request.deadline is not None)


def utilisation(runs: Sequence[Run], servers: Sequence[Server]) -> dict[str, float]:
    """Fraction of each resource that was held, from the first submission to the last end."""
    if not runs:
        return {}
    span = max(run.ended for run in runs) - min(run.request.submitted for run in runs)
    held: dict[str, float] = defaultdict(float)
    for run in runs:
        for name, amount in run.request.needs.items():
            held[name] += amount * (run.ended - run.started)
    capacity = sum((server.capacity for server in servers), start=servers[0].capacity - servers[0].capacity)
    return {name: held[name] / (amount * span) if span else 0.0 for name, amount in capacity.items()}
