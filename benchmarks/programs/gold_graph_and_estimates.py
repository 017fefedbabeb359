"""Parts of `scheduling_gold.py`: the published graph, the peak formula, and regret against adversaries."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scheduling.estimators.hedge import AdaNormalHedge
from scheduling.future_peak import future_peak
from scheduling.graph import Graph, Step, makespan
from scheduling.heft import heft

GRAPH = Path(__file__).parents[2] / "tests" / "scheduling" / "cases" / "topcuoglu_2002.json"
BATCHES = 2000
EXPERTS = 8
ROUNDS = 5000

Adversary = Callable[[np.random.Generator, int, AdaNormalHedge], tuple[list[int], npt.NDArray[np.float64]]]
"""Who is awake in a round, and what each loses, chosen with full knowledge of the mixture."""


def heft_makespan(_options: argparse.Namespace) -> dict[str, float]:
    """The makespan of HEFT on the graph of its paper, which says 80."""
    steps = json.loads(GRAPH.read_text(encoding="utf-8"))["steps"]
    return {"heft_makespan": makespan(heft(Graph(Step(**step) for step in steps)))}


def peak_mismatches(options: argparse.Namespace) -> dict[str, float]:
    """How many random batches there are for which the peak formula and a walk through the future differ."""
    rng = np.random.default_rng(options.seed)
    mismatches = 0
    for _ in range(BATCHES):
        held, remaining = rng.integers(0, 4000, (2, rng.integers(1, 64)))
        step = np.arange(remaining.max() + 1)[:, None]
        walk = np.where(remaining >= step, held + step, 0).sum(axis=1).max()
        mismatches += int(future_peak(held, remaining) != walk)
    return {"peak_mismatches": mismatches}


def leader(_rng: np.random.Generator, _round: int, hedge: AdaNormalHedge) -> tuple[list[int], npt.NDArray[np.float64]]:
    """Whoever weighs most loses."""
    awake = list(range(EXPERTS))
    losses = np.zeros(EXPERTS)
    losses[np.argmax(hedge.weights(awake))] = 1
    return awake, losses


def turncoat(
    rng: np.random.Generator, number: int, _hedge: AdaNormalHedge
) -> tuple[list[int], npt.NDArray[np.float64]]:
    """Whoever was best becomes worst, in phases that double."""
    good = int(np.log2(number + 1)) % EXPERTS
    return list(range(EXPERTS)), np.where(np.arange(EXPERTS) == good, 0, rng.integers(0, 2, EXPERTS)).astype(float)


def sleeper(rng: np.random.Generator, _round: int, hedge: AdaNormalHedge) -> tuple[list[int], npt.NDArray[np.float64]]:
    """A random half is awake; of them the one with most weight loses, and the one that is rarely awake never does."""
    rare = rng.random() < 0.05  # noqa: PLR2004 - one round in twenty
    awake = [*rng.choice(np.arange(1, EXPERTS), EXPERTS // 2, replace=False).tolist(), *([0] if rare else [])]
    losses = rng.random(len(awake))
    losses[np.argmax(hedge.weights(awake))] = 1
    losses[[expert == 0 for expert in awake]] = 0
    return awake, losses


def coin(rng: np.random.Generator, _round: int, _hedge: AdaNormalHedge) -> tuple[list[int], npt.NDArray[np.float64]]:
    """Nobody is better than another, but someone looks so."""
    return list(range(EXPERTS)), rng.integers(0, 2, EXPERTS).astype(float)


def regrets(adversary: Adversary, seed: int) -> Iterator[tuple[float, float]]:
    """Regret to each expert over the rounds in which it was awake, and its bound."""
    rng, hedge = np.random.default_rng(seed), AdaNormalHedge()
    for number in range(ROUNDS):
        awake, losses = adversary(rng, number, hedge)
        hedge.update(awake, losses)
    return ((regret, hedge.bound(expert)) for expert, regret in hedge.regret.items())


def regret_within_bound(options: argparse.Namespace) -> dict[str, float]:
    """Regret of mixing experts that sleep at times, against adversaries, beside what it cannot exceed."""
    print(
        f"{'adversary':10} {'regret':>8} {'bound':>8}   largest share of the bound, {EXPERTS} experts, {ROUNDS} rounds"
    )
    worst = {}
    for adversary in (leader, turncoat, sleeper, coin):
        regret, bound = max(regrets(adversary, options.seed), key=lambda pair: pair[0] / pair[1])
        print(f"{adversary.__name__:10} {regret:8.1f} {bound:8.1f}")
        worst[f"regret_share_of_bound_{adversary.__name__}"] = round(regret / bound, 3)
    return {"regret_within_bound": all(share <= 1 for share in worst.values()), **worst}
