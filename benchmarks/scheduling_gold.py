"""What is published about scheduling, computed again: tardiness rules, HEFT, the peak formula, a bound of regret.

Total tardiness on one machine: mean gap to the exact optimum on Potts-Van Wassenhove instances of 20 jobs, all pairs
of TF and RDD equally often, instances whose optimum is 0 left out, beside the means that *Discovering Heuristics with
LLMs for Mixed-Integer Programs: Single-Machine Scheduling* (arXiv 2510.24013) publishes. Its instances are others, and
an instance whose optimum is small weighs much in the mean, so that the means agree within their standard errors only.

The other parts are in `programs/gold_graph_and_estimates.py`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

import numpy as np
from programs.gold_graph_and_estimates import heft_makespan, peak_mismatches, regret_within_bound

from scheduling.generators import instances
from scheduling.optimum import least_total_tardiness
from scheduling.single_machine import RULES, total_tardiness

PUBLISHED_GAPS = {"edd": 46.61, "eddc": 12.83, "mdd": 1.86, "mddc": 1.70, "augmented_mdd": 1.21, "augmented_mddc": 0.79}
"""Percent, 20 jobs, uniform processing times."""


def tardiness_gaps(options: argparse.Namespace) -> dict[str, float]:
    """Mean gaps in percent, with a table that shows the published ones and the standard errors."""
    gaps: dict[str, list[float]] = {name: [] for name in PUBLISHED_GAPS}
    skipped = 0
    for jobs in instances(np.random.default_rng(options.seed), size=20, each=options.each):
        optimum = least_total_tardiness(jobs)
        if optimum == 0:
            skipped += 1
            continue
        for name, found in gaps.items():
            tardiness = total_tardiness(RULES[name](jobs.processing, jobs.due), jobs)
            found.append(100 * (tardiness / optimum - 1))
    print(f"{'rule':16} {'gap %':>8} {'± s.e.':>8} {'published':>10}")
    for name, found in gaps.items():
        error = np.std(found) / len(found) ** 0.5
        print(f"{name:16} {np.mean(found):8.2f} {error:8.2f} {PUBLISHED_GAPS[name]:10.2f}")
    print(f"{len(gaps['mdd'])} instances, and {skipped} whose optimum is 0")
    return {f"gap_{name}_percent": round(float(np.mean(found)), 2) for name, found in gaps.items()}


PARTS: tuple[Callable[[argparse.Namespace], dict[str, float]], ...] = (
    tardiness_gaps,
    heft_makespan,
    peak_mismatches,
    regret_within_bound,
)
"""Each prints what it compares, and returns its part of the last line."""


def main() -> None:
    """Compute all parts, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=100, help="instances for each of the 25 pairs of TF and RDD")
    parser.add_argument("--seed", type=int, default=0, help="of everything that is drawn")
    options = parser.parse_args()
    result: dict[str, float] = {}
    for part in PARTS:
        result |= part(options)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
