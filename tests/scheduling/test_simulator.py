"""The event loop: deterministic, work-conserving on its terms, and honest about workloads that cannot end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import metrics
from scheduling.estimators.distribution import Empirical
from scheduling.estimators.groupwise import Groupwise
from scheduling.estimators.oracle import Oracle
from scheduling.policies import POLICIES, build_policy
from scheduling.policies.columns import processing_times
from scheduling.policies.fifo import order as fifo
from scheduling.policies.partition import RuntimePartitioning
from scheduling.policies.place import best_fit, fastest
from scheduling.policies.ranking import by_key
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
@settings(max_examples=40)  # of each policy, and they share their stages
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


class Watched:
    """A policy, and the views that it is shown."""

    def __init__(self, policy):
        self.policy, self.views = policy, []

    def decide(self, view):
        """See the class."""
        self.views.append(view)
        return self.policy.decide(view)


class Twice:
    """Predicts twice what is declared, and writes down what it is told and when it was asked."""

    def __init__(self):
        self.heard = []

    def predict(self, request):
        """See the class."""
        return Empirical([2 * request.estimate])

    def observe(self, request, amount):
        """See the class."""
        self.heard.append((request.id, request.estimate, amount))


def test_an_estimator_says_what_the_policy_sees_and_learns_when_all_pieces_have_ended():
    arrivals = [
        Arrival(Request("cut", "u", Resources(slot=1), 0, estimate=3, divisible=4), 8),
        Arrival(Request("whole", "u", Resources(slot=1), 1, estimate=5), 1),
        Arrival(Request("nothing", "u", Resources(slot=1), 2, estimate=5), 0),
    ]
    estimator = Twice()
    seen = Watched(Stages(fifo, split=RuntimePartitioning(advisory_task_runtime=2.0)))
    runs = simulate(arrivals, seen, Slots(1), estimator)
    assert {request.estimate for view in seen.views for request in view.waiting} == {6, 2, 10}
    assert [run.request.id for run in runs] == ["cut/0", "cut/1", "cut/2", "whole", "nothing"]
    assert estimator.heard == [("cut", 3, 8), ("whole", 5, 1)]


def test_the_truth_is_as_good_as_declaring_it_and_learning_comes_near():
    """A user who declares ten times too much is sequenced right as soon as that is known."""
    rng = np.random.default_rng(0)
    arrivals = []
    for number, seconds in enumerate(rng.uniform(1, 10, 200)):
        user, factor = ("honest", 1) if number % 2 else ("careful", 10)
        request = Request(f"{number:03d}", user, Resources(slot=1), 4.0 * number, estimate=factor * seconds)
        arrivals.append(Arrival(request, seconds))
    true = {arrival.request.id: arrival.seconds for arrival in arrivals}

    def mean_response(estimator):
        shortest_first = Stages(lambda queue, _: by_key(queue, processing_times(queue), str))
        return metrics.mean(metrics.response_times(simulate(arrivals, shortest_first, Slots(1), estimator)))

    declared, perfect = mean_response(None), mean_response(Oracle(lambda request: true[request.id]))
    learnt = mean_response(Groupwise())
    assert perfect < learnt < declared
    assert learnt - perfect < 0.2 * (declared - perfect)
