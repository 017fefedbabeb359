"""Calls wait their turn: no more at once than there are slots, in the policy's order."""

import threading
from copy import deepcopy

import pytest

from llm.gateway import Gateway
from scheduling.policies import build_policy
from scheduling.request import Decision, Request
from scheduling.resources import Resources
from scheduling.simulator import Arrival, Slots, simulate

pytestmark = pytest.mark.alone


class Reverse:
    """Serves whoever came last; there to show that the gateway follows any policy."""

    def decide(self, view):
        """Start the one with the highest number."""
        ordered = sorted(view.waiting, key=lambda request: request.id, reverse=True)
        verdicts = ["start" if number == 0 and not view.running else "wait" for number in range(len(ordered))]
        return tuple(
            Decision(request, verdict, "last first.") for request, verdict in zip(ordered, verdicts, strict=True)
        )


def serve(gateway, count):
    """Let `count` calls queue up behind one that runs, then see in which order they are served."""
    served, at_once, most = [], 0, 0
    lock = threading.Lock()

    def call(number):
        nonlocal at_once, most
        with gateway.turn(f"user {number}"):
            with lock:
                at_once += 1
                most = max(most, at_once)
                served.append(number)
            with lock:
                at_once -= 1

    threads = []
    with gateway.turn("first"):
        for number in range(count):
            threads.append(threading.Thread(target=call, args=(number,)))
            threads[-1].start()
            while len(gateway.waiting) <= number:  # one after the other, so that the order is known
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    return served, most


@pytest.mark.parametrize(("policy", "order"), [(build_policy("fifo"), [0, 1, 2, 3, 4]), (Reverse(), [4, 3, 2, 1, 0])])
def test_calls_are_served_in_the_order_of_the_policy(policy, order):
    served, most = serve(Gateway(1, policy), 5)
    assert served == order
    assert most == 1


def test_a_failed_call_gives_its_slot_back():
    gateway = Gateway(1)
    with pytest.raises(RuntimeError, match="broken"), gateway.turn("a"):
        raise RuntimeError("broken")
    with gateway.turn("b"):
        assert gateway.waiting == ()


def test_slots_are_used_at_once():
    gateway = Gateway(2)
    inside = threading.Barrier(2, timeout=10)

    def call():
        with gateway.turn("u"):
            inside.wait()  # passes only if both are in

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not inside.broken


CALLS = [("a", 9, 40), ("a", 8, 30), ("a", 7, 20), ("b", 6, 15), ("b", 1, 90), ("c", 5, 6), ("c", 2, 50)]
"""User, seconds and deadline: the first at time 0, the others while it runs, at time 1."""


def in_production(policy):
    """Users and seconds of calls in the order in which the gateway serves them, on a clock that the calls move."""
    now, served = 0.0, []
    gateway = Gateway(1, policy, clock=lambda: now)

    def call(user, seconds, deadline):
        nonlocal now
        with gateway.turn(user, estimate=seconds, deadline=deadline):
            served.append((user, seconds))
            now += seconds

    (user, seconds, deadline), *others = CALLS
    threads = []
    with gateway.turn(user, estimate=seconds, deadline=deadline):
        now = 1.0
        for number, arguments in enumerate(others):
            threads.append(threading.Thread(target=call, args=arguments))
            threads[-1].start()
            while len(gateway.waiting) <= number:  # one after the other, so that the order is known
                threading.Event().wait(0.001)
        now = seconds
    for thread in threads:
        thread.join()
    return [(user, seconds), *served]


def in_simulation(policy):
    """The same for the simulator."""
    arrivals = [
        Arrival(Request(f"call {number:09d}", user, Resources(slot=1), number > 0, seconds, deadline), seconds)
        for number, (user, seconds, deadline) in enumerate(CALLS)
    ]
    return [(run.request.user, run.ended - run.started) for run in simulate(arrivals, policy, Slots(1))]


@pytest.mark.parametrize("name", ["fifo", "fair", "uwfq", "edd", "mdd", "mddc"])
def test_a_policy_serves_calls_as_it_does_in_the_simulator(name):
    """It is the same object in both, and nothing in it knows whether a call is real."""
    policy = build_policy(name)
    fresh = deepcopy(policy)  # what it remembers of the users of one world is not for the other
    assert in_production(policy) == in_simulation(fresh)
