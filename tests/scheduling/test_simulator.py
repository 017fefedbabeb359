"""The event loop: deterministic, work-conserving on its terms, and honest about workloads that cannot end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.policies import POLICIES, build_policy
from scheduling.policies.fifo import order as fifo
from scheduling.policies.place import best_fit, fastest
from scheduling.policies.stages import Stages
from scheduling.request import Decision, Request
from scheduling.resources import Resources
from scheduling.server import Server
from scheduling.simulator import Arrival, Hosts, Run, SimulationError, Slots, simulate

HOSTS = Hosts((Server("slow", Resources(cpu=2)), Server("fast", Resources(cpu=4, gpu=1), speed=2.0)))


@st.composite
def workloads(draw):
    """Up to ten requests that fit somewhere, some with wrong estimates."""
    arrivals = []
    for number in range(draw(st.integers(1, 10))):
        seconds = draw(st.integers(0, 20))
        request = Request(
            f"{number:02d}",
            draw(st.sampled_from("ab")),
            Resources(cpu=draw(st.integers(0, 4)), gpu=draw(st.integers(0, 1))),
            draw(st.integers(0, 30)),
            estimate=draw(st.sampled_from([seconds, 5.0, None])),
            deadline=draw(st.none() | st.integers(0, 50)),
            divisible=draw(st.integers(1, 3)),
        )
        arrivals.append(Arrival(request, seconds))
    return arrivals


@pytest.mark.parametrize("name", POLICIES)
@given(arrivals=workloads())
def test_everything_runs_once_and_never_more_than_fits(name, arrivals):
    """The loop itself raises if more starts than fits."""
    runs = simulate(arrivals, build_policy(name), HOSTS)
    assert runs == simulate(arrivals, build_policy(name), HOSTS)
    work = {}
    for run in runs:
        assert run.started >= run.request.submitted
        speed = 2.0 if run.server == "fast" else 1.0
        name = run.request.parent or run.request.id
        work[name] = work.get(name, 0.0) + (run.ended - run.started) * speed
    assert work == pytest.approx({arrival.request.id: arrival.seconds for arrival in arrivals})


def test_first_in_first_out_by_hand():
    arrivals = [
        Arrival(Request("a", "u", Resources(slot=1), 0), 4),
        Arrival(Request("b", "u", Resources(slot=1), 1), 1),
        Arrival(Request("c", "u", Resources(slot=2), 1), 2),
        Arrival(Request("d", "u", Resources(slot=1), 1), 1),
    ]
    runs = simulate(arrivals, build_policy("fifo"), Slots(2))
    assert [(run.request.id, run.started, run.ended) for run in runs] == [
        ("b", 1, 2),
        ("a", 0, 4),
        ("c", 4, 6),
        ("d", 6, 7),
    ]


def test_placement():
    request = Request("r", "u", Resources(cpu=2), 0)
    (first,) = simulate([Arrival(request, 4)], Stages(fifo, place=best_fit), HOSTS)
    assert first == Run(request, "slow", 0, 4)
    (first,) = simulate([Arrival(request, 4)], Stages(fifo, place=fastest), HOSTS)
    assert first == Run(request, "fast", 0, 2)


def test_successors_follow():
    arrivals = [
        Arrival(Request("then", "u", Resources(slot=1), 0, predecessors=("first",)), 1),
        Arrival(Request("first", "u", Resources(slot=1), 0), 3),
    ]
    runs = simulate(arrivals, build_policy("fifo"), Slots(5))
    assert [(run.request.id, run.started) for run in runs] == [("first", 0), ("then", 3)]


def test_workloads_that_cannot_end_are_named():
    with pytest.raises(SimulationError, match="r can never run. It needs 3 slot, but a server has only 2 slot in all"):
        simulate([Arrival(Request("r", "u", Resources(slot=3), 0), 1)], build_policy("fifo"), Slots(2))

    class Idle:
        def decide(self, view):
            return tuple(Decision(request, "wait", "Not now.") for request in view.waiting)

    with pytest.raises(SimulationError, match="The policy leaves r waiting though nothing runs"):
        simulate([Arrival(Request("r", "u", Resources(slot=1), 0), 1)], Idle(), Slots(2))
