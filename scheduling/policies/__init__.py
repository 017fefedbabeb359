"""Policies by name. An order, an admission or a placement is a file of its own, which states its bias.

`stages` composes them; all policies follow `scheduling.request.Policy`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from scheduling.names import no_such
from scheduling.policies import edd, eddc, fifo, mdd, mddc
from scheduling.policies.augmented import augment_front
from scheduling.policies.backfill import backfill
from scheduling.policies.fair import Fair, job_of, user_of
from scheduling.policies.in_order import in_order
from scheduling.policies.packing import Packed
from scheduling.policies.partition import RuntimePartitioning
from scheduling.policies.place import best_fit
from scheduling.policies.priority import Priority
from scheduling.policies.rebalance import balanced_pairs
from scheduling.policies.sequencing import Sequencing, rank
from scheduling.policies.stages import Stages
from scheduling.policies.urgent import Urgent
from scheduling.policies.uwfq import FairQueueing

__all__ = ["POLICIES", "PolicyError", "build_policy"]


class PolicyError(ValueError):
    """A policy cannot be built; the message says why, and what is allowed."""


Weights = Mapping[str, float]
"""Shares of users in relation to each other; 1 where none is given."""

POLICIES: Final[Mapping[str, Callable[[Weights], Stages]]] = {
    "fifo": lambda _: Stages(fifo.order, in_order),
    "backfill": lambda _: Stages(fifo.order, backfill),
    "priority": lambda _: Stages(Priority(), backfill),
    "fair": lambda weights: Stages(Fair((user_of,), weights), backfill),
    "ujf": lambda weights: Stages(Fair((user_of, job_of), weights), backfill),
    "cfq": lambda _: Stages(FairQueueing(job_of), backfill),
    "uwfq": lambda weights: Stages(FairQueueing(user_of, weights), backfill, split=RuntimePartitioning()),
    "punctual": lambda weights: Stages(Urgent(FairQueueing(user_of, weights), weights), backfill),
    "edd": lambda _: Stages(Sequencing(edd.sequence), backfill),
    "mdd": lambda _: Stages(Sequencing(partial(rank, mdd.score)), backfill),
    "mddc": lambda _: Stages(Sequencing(partial(rank, mddc.score)), backfill),
    "eddc": lambda _: Stages(Sequencing(eddc.sequence), backfill),
    "augmented_mdd": lambda _: Stages(Sequencing(partial(augment_front, mdd.score)), backfill),
    "augmented_mddc": lambda _: Stages(Sequencing(partial(augment_front, mddc.score)), backfill),
    "packing": lambda _: Stages(Priority(), Packed(), best_fit),
    "rebalancing": lambda _: Stages(fifo.order, backfill, rebalance=balanced_pairs),
    "job_fair": lambda weights: Stages(Fair((job_of,), weights), backfill),
}
"""What builds each policy from the weights of users, which only fair ones look at."""


def build_policy(name: str, *, weights: Weights | None = None) -> Stages:
    """The policy of that name.

    Args:
        name: one of `POLICIES`.
        weights: of users.

    Raises:
        PolicyError: there is no such policy, or a weight is not positive.
    """
    if name not in POLICIES:
        raise PolicyError(no_such("policy", name, POLICIES))
    for user, weight in (weights or {}).items():
        if not 0 < weight < math.inf:
            raise PolicyError(f"The weight of user {user!r} is {weight}; it must be a finite number above 0.")
    return POLICIES[name](weights or {})
