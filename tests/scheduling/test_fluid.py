"""The fluid fair share against a plain simulation of it, and the bound that fair queueing keeps to it."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.fluid import FluidShare
from scheduling.occupancy import Occupancy
from scheduling.policies import build_policy
from scheduling.policies.stages import Stages
from scheduling.policies.uwfq import FairQueueing
from scheduling.request import Request, View
from scheduling.resources import Resources
from scheduling.server import Server
from scheduling.simulator import Arrival, Slots, simulate

# time of arrival, user, work; the machine does one second of work a second
workloads = st.lists(st.tuples(st.integers(0, 20), st.sampled_from("abc"), st.integers(1, 20)), min_size=1, max_size=9)


def fluid_ends(workload, weights):
    """End of each job and of each user's busy period when all live jobs run at once, each at its share."""
    left = {}
    ends, busy_ends = {}, defaultdict(list)
    now, coming = 0.0, sorted((time, number) for number, (time, _, _) in enumerate(workload))
    while coming or left:
        users = defaultdict(list)
        for number in left:
            users[workload[number][1]].append(number)
        total = sum(weights.get(user, 1) for user in users)
        rate = {n: weights.get(user, 1) / total / len(jobs) for user, jobs in users.items() for n in jobs}
        step = min([left[n] / rate[n] for n in left] + [time - now for time, _ in coming[:1]])
        now += step
        for number in list(left):
            left[number] -= rate[number] * step
            if left[number] < 1e-9:
                del left[number]
                ends[number] = now
                user = workload[number][1]
                if all(workload[other][1] != user for other in left):
                    busy_ends[user].append(now)
        while coming and coming[0][0] <= now:
            number = coming.pop(0)[1]
            left[number] = workload[number][2]
    return ends, busy_ends


def served(workload, policy):
    """Real end of each job on one slot."""
    arrivals = [
        Arrival(Request(f"{number:02d}", user, Resources(slot=1), time, estimate=work), work)
        for number, (time, user, work) in enumerate(workload)
    ]
    return {int(run.request.id): run.ended for run in simulate(arrivals, policy, Slots(1))}


@given(workloads)
def test_all_that_arrives_together_ends_by_its_fluid_end_plus_the_longest_piece(workload):
    together = [(0, user, work) for _, user, work in workload]
    ends, _ = fluid_ends(together, {"a": 2})
    real = served(together, Stages(FairQueueing(weights={"a": 2})))
    longest = max(work for _, _, work in together)
    for number, end in ends.items():
        assert real[number] <= end + longest + 1e-6


def excess(workload):
    """How much later than in the fluid a user's work as a whole ends, at most, in longest pieces."""
    ends, busy_ends = fluid_ends(workload, {"a": 2})
    real = served(workload, Stages(FairQueueing(weights={"a": 2})))
    longest = max(work for _, _, work in workload)
    done = {
        (user, end): max(real[number] for number in ends if workload[number][1] == user and ends[number] <= end)
        for user, until in busy_ends.items()
        for end in until
    }
    return max(real_end - end for (_, end), real_end in done.items()) / longest


@given(workloads)
def test_no_user_ends_later_than_the_fluid_by_more_than_the_longest_piece(workload):
    """Where nobody sends shorter jobs later, so that no job overtakes an earlier one of its own user."""
    works = {user: iter(sorted(work for _, other, work in workload if other == user)) for user in "abc"}
    growing = [(time, user, next(works[user])) for time, user, _ in sorted(workload)]
    assert excess(growing) <= 1 + 1e-6


def test_a_short_job_that_overtakes_its_users_own_may_delay_others_by_more():
    """What the favour for short jobs costs: b was served 8 s of its 12, and its 2 s still go before the second job of a."""
    workload = [(0, "a", 1), (0, "b", 4), (0, "b", 4), (0, "b", 4), (6, "a", 1), (6, "b", 2)]
    assert excess(workload) == pytest.approx((12 - 7.5) / 4)


def test_tags_by_hand():
    fluid = FluidShare({"a": 2.0})
    long = fluid.arrive(0, "a", "long", 8)
    short = fluid.arrive(0, "a", "short", 2)
    other = fluid.arrive(0, "b", "other", 3)
    fluid.retag()
    assert (short.finish, long.finish, other.finish) == (1, 5, 3)
    # W = 3: at 6 s, V = 2 and a's jobs have had 2 each, so short has ended; 6 s more of long remain, F stays.
    new = fluid.arrive(6, "a", "new", 1)
    fluid.retag()
    assert (short.finish, new.finish, long.finish) == (1, 1.5, 5.5)


def test_estimates_may_change_and_a_known_job_may_go_on():
    fluid = FluidShare({})

    def tag_after(*arrival):
        job = fluid.arrive(*arrival)
        fluid.retag()
        return job.finish

    assert tag_after(0, "a", "job", 4) == 4
    assert tag_after(1, "a", "job", 2) == 6
    assert tag_after(1, "a", "job", -100) == 0
    assert tag_after(1, "b", "x", 10) == 11
    assert tag_after(1.2, "a", "job", 1) == 1  # V is 1.2: within the grace the user goes on from the old end
    assert tag_after(2, "c", "new", 1) > 1


def test_small_jobs_of_a_power_user_do_not_wait_for_large_ones_of_others():
    workload = [(0, "a", 100), (0, "b", 1), (0, "b", 1), (0, "c", 1)]
    assert served(workload, build_policy("uwfq")) == {1: 1, 3: 2, 2: 3, 0: 103}


@pytest.mark.parametrize(("name", "expected"), [("uwfq", ["b1", "a1", "b2", "b3"]), ("cfq", ["b1", "b2", "b3", "a1"])])
def test_users_against_jobs(name, expected):
    """Three jobs of 4 s of one user against one of 6 s of another: by user the second goes before the rest."""
    arrivals = [
        Arrival(Request(name, name[0], Resources(slot=1), 0, estimate=work), work)
        for name, work in (("b1", 4), ("b2", 4), ("b3", 4), ("a1", 6))
    ]
    runs = simulate(arrivals, build_policy(name), Slots(1))
    assert [run.request.id for run in runs] == expected


def test_pieces_are_one_job_and_counted_once():
    """Cut into pieces, a job keeps its place: a shorter one goes before, a longer one after, as without cutting."""
    works = {"long": 9, "cut": 6, "short": 3}
    arrivals = [
        Arrival(Request(name, name, Resources(slot=1), 0, estimate=work, divisible=12 if name == "cut" else 1), work)
        for name, work in works.items()
    ]
    runs = simulate(arrivals, build_policy("uwfq"), Slots(1))
    assert [run.request.job for run in runs] == ["short", *["cut"] * 12, "long"]
    assert runs[-1].ended == pytest.approx(18)


def test_what_left_long_ago_is_forgotten():
    """A thousand users come and go; only what still waits is remembered, and it keeps its tag."""
    policy = FairQueueing()
    server = Server("host", Resources(slot=1))

    def ranking(*requests):
        return policy(requests, Occupancy(View(requests, (server,), now=requests[-1].submitted)))

    stays = Request("stays", "patient", Resources(slot=1), 0, estimate=10_000)
    for number in range(1200):
        ranking(stays, Request(f"{number}", f"user {number}", Resources(slot=1), number, estimate=0.5))
    assert len(policy._seen) < 1100
    assert len(policy._fluid._users) < 1100
    newest = Request("newest", "another", Resources(slot=1), 1200, estimate=1)
    assert [request.id for request in ranking(stays, newest).requests] == ["newest", "stays"]
