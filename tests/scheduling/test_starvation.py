"""Nothing starves: a long, unimportant request gets its turn while short, important ones keep coming."""

from functools import partial

import pytest

from scheduling.policies import edd, eddc, fifo, mdd, mddc
from scheduling.policies.augmented import augment
from scheduling.policies.backfill import backfill
from scheduling.policies.fair import Fair, job_of, user_of
from scheduling.policies.priority import Priority
from scheduling.policies.sequencing import Sequencing, rank
from scheduling.policies.stages import Stages
from scheduling.policies.uwfq import FairQueueing
from scheduling.request import Request
from scheduling.resources import Resources
from scheduling.simulator import Arrival, Slots, simulate

LONG, SHORT, UNTIL = 20, 1, 400
BOUND = 250
"""Seconds after which the long request must have begun; ageing is such that 20 s count as nothing after 200."""

# Not among them is cfq: where jobs come faster than they can be done, an equal share a job becomes nothing in the
# fluid, too; that is why uwfq shares between users first.
ORDERS = {
    "fifo": fifo.order,
    "priority": Priority(period=100.0),
    "fair": Fair((user_of,)),
    "ujf": Fair((user_of, job_of)),
    "job_fair": Fair((job_of,)),
    "uwfq": FairQueueing(user_of),
    "edd": Sequencing(edd.sequence),
    "mdd": Sequencing(partial(rank, mdd.score)),
    "mddc": Sequencing(partial(rank, mddc.score)),
    "eddc": Sequencing(eddc.sequence),
    "augmented_mdd": Sequencing(partial(augment, mdd.score)),
}


def start_of_the_long_one(order):
    """A short request comes every second and takes one, so that the two slots are never idle for long."""
    wide = Request("long", "a", Resources(slot=2), 0.5, estimate=LONG, deadline=1)
    short = [
        Request(f"s{time:04d}", "b", Resources(slot=2), time, estimate=SHORT, deadline=time, priority=2)
        for time in range(UNTIL)
    ]
    arrivals = [Arrival(wide, LONG), *(Arrival(request, SHORT) for request in short)]
    runs = simulate(arrivals, Stages(order, backfill), Slots(2))
    return next(run.started for run in runs if run.request is wide)


@pytest.mark.parametrize("name", ORDERS)
def test_the_long_one_gets_its_turn(name):
    assert start_of_the_long_one(ORDERS[name]) <= BOUND


@pytest.mark.parametrize(
    "order", [Sequencing(partial(rank, mdd.score), ageing=0.0), Priority(period=1e9)], ids=["mdd", "priority"]
)
def test_without_ageing_it_would_not(order):
    assert start_of_the_long_one(order) >= UNTIL


def test_a_wide_one_is_not_passed_for_ever():
    """One slot is always taken by a short request; only a reservation ever gives both to the wide one."""
    wide = Arrival(Request("wide", "a", Resources(slot=2), 0.5, estimate=1), 1)
    narrow = [Arrival(Request(f"n{t:03d}", "b", Resources(slot=1), t, estimate=1.5), 1.5) for t in range(100)]
    runs = simulate([wide, *narrow], Stages(fifo.order, backfill), Slots(2))
    assert next(run.started for run in runs if run.request.id == "wide") <= 2
