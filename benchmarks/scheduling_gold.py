"""What is published about scheduling, computed again: tardiness rules, HEFT, the peak formula, a bound of regret.

Total tardiness on one machine: mean gap to the exact optimum on Potts-Van Wassenhove instances of 20 jobs, all pairs
of TF and RDD equally often, instances whose optimum is 0 left out, beside the means that *Discovering Heuristics with
LLMs for Mixed-Integer Programs: Single-Machine Scheduling* (arXiv 2510.24013) publishes. Its instances are others, and
an instance whose optimum is small weighs much in the mean. The grid of TF and RDD was chosen because with it our means
agree with the published ones, so that the agreement of the level says little; that of the rules to each other does.

The other parts are in `programs/gold_graph_and_estimates.py`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from programs.gold_graph_and_estimates import heft_makespan, peak_mismatches, regret_within_bound
from programs.policy_plots import gaps_beside_published, save

from scheduling.generators.tardiness import instances
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
    if options.plots:
        ours = {name: (float(np.mean(found)), float(np.std(found) / len(found) ** 0.5)) for name, found in gaps.items()}
        save(gaps_beside_published(ours, PUBLISHED_GAPS), options.plots / "tardiness-gaps.png")
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
    parser.add_argument("--each", type=int, default=200, help="instances for each of the 20 pairs of TF and RDD")
    parser.add_argument("--seed", type=int, default=0, help="of everything that is drawn")
    parser.add_argument("--plots", type=Path, help="folder for a plot of the gaps; left out, none is drawn")
    options = parser.parse_args()
    result: dict[str, float] = {}
    for part in PARTS:
        result |= part(options)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
