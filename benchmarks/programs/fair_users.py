"""Part of `run_policies.py`: several users on 32 cores under fair policies, with perfect and with noisy estimates.

The kinds of workload are those of *Balancing Fairness and Performance in Multi-User Spark Workloads with Dynamic
Scheduling* (arXiv 2510.15485), beside whose results ours are printed; its job sets are others, so that what can be
compared is the order of the policies and by how much they differ. The busy user, who sends many jobs but no longer
ones than others, is ours. Jobs are cut into tasks that run to their end: into as many as there are cores (*default*),
or by runtime partitioning into tasks of half a second.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Sequence

import numpy as np
from programs.policy_plots import bars_beside_published, lines_over_noise, save

from scheduling import metrics
from scheduling.estimators.estimator import Estimator
from scheduling.estimators.noisy_oracle import NoisyOracle
from scheduling.generators.users import alike_small_users, heavy_tailed_users, power_and_small_users
from scheduling.policies import build_policy
from scheduling.policies.partition import RuntimePartitioning
from scheduling.policies.stages import Stages
from scheduling.request import Request
from scheduling.simulator import Arrival, Slots, simulate

CORES = 32
POLICIES = {"fifo": "FIFO", "job_fair": "Spark FAIR", "ujf": "user-fair", "cfq": "CFQ", "uwfq": "UWFQ"}
REFERENCE = "ujf"
WORKLOADS: dict[str, Callable[[np.random.Generator], list[Arrival]]] = {
    "heterogeneous": lambda rng: heavy_tailed_users(
        rng, users=10, jobs=100, work=3200, seconds=100, heavy=0.3, longest=True
    ),
    "homogeneous": lambda rng: heavy_tailed_users(rng, users=10, jobs=100, work=3200, seconds=67),
    "one busy user": lambda rng: heavy_tailed_users(rng, users=10, jobs=100, work=3200, seconds=100, heavy=0.7),
    "2 power, 2 small": lambda rng: power_and_small_users(rng, jobs=20, seconds=75),
    "4 small": lambda rng: alike_small_users(rng, jobs=20, work=30),
}
PARTITIONS: dict[str, Callable[[Request], int]] = {
    "default": lambda request: min(CORES, request.divisible),
    "0.5 s": RuntimePartitioning(advisory_task_runtime=0.5),
}
NOISY = "homogeneous"
SIGMAS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Standard deviations of the logarithm of estimate over truth."""
COLUMNS = ("mean", "smallest 80 %", "DVR", "DSR")

# Mean response, of which for some workloads the paper does not say how jobs were cut.
PUBLISHED = {
    ("heterogeneous", "default"): {"job_fair": 55.4, "ujf": 19.0, "cfq": 10.4, "uwfq": 11.6},
    ("heterogeneous", "0.5 s"): {"job_fair": 53.3, "ujf": 18.7, "cfq": 10.3, "uwfq": 11.6},
    ("homogeneous", "default"): {"job_fair": 46.1, "ujf": 54.1, "cfq": 37.1, "uwfq": 41.4},
    ("homogeneous", "0.5 s"): {"job_fair": 49.7, "ujf": 50.4, "cfq": 28.6, "uwfq": 31.2},
    ("2 power, 2 small", "0.5 s"): {"job_fair": 44.1, "ujf": 43.1, "cfq": 32.6, "uwfq": 29.4},
    ("4 small", "0.5 s"): {"job_fair": 28.1, "ujf": 29.1, "cfq": 43.2, "uwfq": 25.5},
}
"""Seconds, 32 cores of Spark, other jobs."""


def true_seconds(arrivals: Sequence[Arrival]) -> dict[str, float]:
    """Work of each job by id, core-seconds."""
    return {arrival.request.id: arrival.seconds for arrival in arrivals}


def responses(
    arrivals: Sequence[Arrival], name: str, partition: str, estimator: Estimator | None = None
) -> dict[str, float]:
    """Seconds from submission to end of each job under a policy."""
    built = build_policy(name)
    policy = Stages(built.order, built.admit, split=PARTITIONS[partition])
    return metrics.response_times(simulate(arrivals, policy, Slots(CORES), estimator))


def figures(values: dict[str, float], reference: dict[str, float], work: dict[str, float]) -> list[float]:
    """What is in `COLUMNS`: seconds, seconds, and two ratios to the reference policy."""
    return [
        metrics.mean(values),
        metrics.mean(metrics.of_smallest(values, work)),
        metrics.violation_ratio(values, reference),
        metrics.slack_ratio(values, reference),
    ]


def fair_shares(options: argparse.Namespace) -> dict[str, float]:
    """Response of jobs and of small ones, and what others pay, for each kind of workload, partition and policy.

    Published are mean responses to other jobs.
    """
    found: dict[tuple[str, str, str], list[float]] = {}
    print(f"{'workload':17} {'tasks':8} {'policy':11}" + "".join(f"{name:>14}" for name in (*COLUMNS, "published")))
    for (workload, draw), partition in itertools.product(WORKLOADS.items(), PARTITIONS):
        rows: dict[str, list[list[float]]] = {name: [] for name in POLICIES}
        for number in range(options.workloads):
            arrivals = draw(np.random.default_rng([options.seed, number]))
            values = {name: responses(arrivals, name, partition) for name in POLICIES}
            for name in POLICIES:
                rows[name].append(figures(values[name], values[REFERENCE], true_seconds(arrivals)))
        for name, label in POLICIES.items():
            found[workload, partition, name] = row = np.mean(rows[name], axis=0).tolist()
            published = PUBLISHED.get((workload, partition), {}).get(name, "")
            numbers = "".join(f"{value:14.2f}" for value in row)
            print(f"{workload:17} {partition:8} {label:11}{numbers}{published:>14}", flush=True)
    if options.plots:
        published = {workload: means for (workload, partition), means in PUBLISHED.items() if partition == "0.5 s"}
        ours = {workload: [found[workload, "0.5 s", name][0] for name in POLICIES] for workload in published}
        theirs = {workload: [means.get(name, np.nan) for name in POLICIES] for workload, means in published.items()}
        save(bars_beside_published(list(POLICIES.values()), ours, theirs), options.plots / "fair-users.png")
    result = {}
    for workload in WORKLOADS:
        small = {name: found[workload, "0.5 s", name][1] for name in POLICIES}
        key = f"fair_{workload.replace(', ', '_').replace(' ', '_')}"
        result[f"{key}_smallest_uwfq_over_ujf"] = round(small["uwfq"] / small[REFERENCE], 3)
        result |= {f"{key}_dvr_{name}": round(found[workload, "0.5 s", name][2], 3) for name in ("cfq", "uwfq")}
    return result


def noisy_estimates(options: argparse.Namespace) -> dict[str, float]:
    """The same figures for runtime partitioning when estimates are off by a log-normal factor of median 1."""
    found: dict[str, list[list[float]]] = {name: [] for name in ("ujf", "cfq", "uwfq")}
    print(f"{NOISY}, tasks of 0.5 s by estimate; DVR and DSR against user-fair with perfect estimates")
    print(f"{'sigma':>5} {'policy':11}" + "".join(f"{name:>14}" for name in COLUMNS))
    drawn = [WORKLOADS[NOISY](np.random.default_rng([options.seed, number])) for number in range(options.workloads)]
    references = [responses(arrivals, REFERENCE, "0.5 s") for arrivals in drawn]
    for sigma, name in itertools.product(SIGMAS, found):
        rows = []
        for arrivals, reference in zip(drawn, references, strict=True):
            work = true_seconds(arrivals)
            oracle = NoisyOracle(lambda request, work=work: work[request.id], sigma, options.seed) if sigma else None
            rows.append(figures(responses(arrivals, name, "0.5 s", oracle), reference, work))
        found[name].append(np.mean(rows, axis=0).tolist())
        print(f"{sigma:5.2f} {POLICIES[name]:11}" + "".join(f"{value:14.2f}" for value in found[name][-1]), flush=True)
    if options.plots:
        series = {POLICIES[name]: rows for name, rows in found.items()}
        save(lines_over_noise(SIGMAS, series), options.plots / "fair-users-noise.png")
    return {
        f"noise_{sigma}_{name}_smallest_s": round(rows[number][1], 2)
        for name, rows in found.items()
        for number, sigma in enumerate(SIGMAS)
    }
