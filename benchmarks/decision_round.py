"""How long one round of decisions takes when many requests wait.

A machine of one or more hosts is nearly full, so that the head of the ranking gets a reservation and all others are
looked at for backfilling. A first round also learns of every request; the rounds after it see what they know. Each
time is that of building the view and deciding, as an admission sensor does it; the median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

import numpy as np

from scheduling.policies import build_policy
from scheduling.request import Request, Running, View
from scheduling.resources import Resources
from scheduling.server import Server

POLICIES = ("fifo", "backfill", "priority", "fair", "ujf", "uwfq", "edd", "mdd", "mddc")
FOR_ADMISSION = ("fair", "uwfq", "mdd")
GPU_SHARE, DEADLINE_SHARE = 0.2, 0.5


def waiting(rng: np.random.Generator, count: int) -> tuple[Request, ...]:
    """Requests of 50 users, one in five for a GPU, half of them with a deadline."""
    return tuple(
        Request(
            f"run-{number:06d}",
            f"user {rng.integers(50)}",
            Resources(cpu=rng.choice([1, 2, 4, 8]), memory=rng.choice([1, 4, 16]), gpu=rng.random() < GPU_SHARE),
            submitted=10_000 * rng.random(),
            estimate=rng.exponential(600),
            deadline=20_000 * rng.random() if rng.random() < DEADLINE_SHARE else None,
            priority=int(rng.integers(3)),
        )
        for number in range(count)
    )


def rounds(name: str, requests: tuple[Request, ...], hosts: int, repeats: int) -> tuple[float, float]:
    """Milliseconds of a policy's first round and the median of the others."""
    servers = tuple(Server(f"host {number}", Resources(cpu=32, memory=256, gpu=4)) for number in range(hosts))
    running = tuple(
        Running(Request(f"running {number}", "user 1", Resources(cpu=28), 0), server.name, 0, 10_500 + number)
        for number, server in enumerate(servers)
    )
    policy = build_policy(name)
    seconds = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        decisions = policy.decide(View(requests, servers, running, now=10_000))
        seconds.append(time.perf_counter() - start)
        assert len(decisions) == len(requests)
    return 1e3 * seconds[0], 1e3 * statistics.median(seconds[1:])


def main() -> None:
    """Measure every policy on one host and on several, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=10_000, help="requests that wait")
    parser.add_argument("--hosts", type=int, default=8, help="of the larger machine")
    parser.add_argument("--repeats", type=int, default=9, help="rounds after the first")
    options = parser.parse_args()
    requests = waiting(np.random.default_rng(0), options.waiting)
    result: dict[str, dict[str, float]] = {}
    print(f"{'policy':10} {'first ms':>9} {'one host':>9} {options.hosts:6} hosts")
    for name in POLICIES:
        first, one = rounds(name, requests, 1, options.repeats)
        _, several = rounds(name, requests, options.hosts, options.repeats)
        print(f"{name:10} {first:9.1f} {one:9.1f} {several:12.1f}")
        result[name] = {"first_ms": round(first, 1), "one_host_ms": round(one, 1), "hosts_ms": round(several, 1)}
    worst = max(result[name][key] for name in FOR_ADMISSION for key in ("one_host_ms", "hosts_ms"))
    print(
        json.dumps(
            {"admission_round_ms": worst, "waiting": options.waiting, "hosts": options.hosts, "policies": result}
        )
    )


if __name__ == "__main__":
    main()
