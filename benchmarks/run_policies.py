"""What policies reach on random workloads, beside simpler ones: users, estimates, packing, plans of graphs under noise.

Each part is a program of its own, which says what it draws and what it compares.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from programs.fair_users import fair_shares, noisy_estimates
from programs.learnt_estimates import learnt_estimates
from programs.noisy_graphs import graph_makespans
from programs.packed_clusters import packing_shares

PARTS: tuple[Callable[[argparse.Namespace], dict[str, float]], ...] = (
    fair_shares,
    noisy_estimates,
    learnt_estimates,
    graph_makespans,
    packing_shares,
)
"""Each prints what it compares, and returns its part of the last line."""


def main() -> None:
    """Run all parts, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workloads", type=int, default=2, help="of each kind of several users")
    parser.add_argument("--instances", type=int, default=6, help="clusters of each size and greedy placement")
    parser.add_argument("--graphs", type=int, default=100, help="random graphs for each size of noise")
    parser.add_argument("--seed", type=int, default=0, help="of everything that is drawn")
    parser.add_argument("--plots", type=Path, help="folder for plots of it; left out, none are drawn")
    options = parser.parse_args()
    result: dict[str, float] = {}
    for part in PARTS:
        result |= part(options)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
