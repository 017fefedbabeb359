"""What holds for every policy: what starts fits, everyone is answered, only the impossible is refused."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.policies import POLICIES, PolicyError, build_policy
from scheduling.request import Request, RequestError, Running, View
from scheduling.resources import Resources
from scheduling.server import Server, ServerError
from tests.scheduling.views import free_after, views


def every_policy(test):
    """The same property for each policy; some examples of each are enough, as they share their stages."""
    return pytest.mark.parametrize("name", POLICIES)(settings(max_examples=25)(test))


@every_policy
@given(view=views())
def test_what_starts_fits_where_it_starts(name, view):
    free_after(view, build_policy(name).decide(view))


@every_policy
@given(view=views())
def test_everyone_gets_one_decision_with_a_reason(name, view):
    decisions = build_policy(name).decide(view)
    assert sorted(decision.request.id for decision in decisions) == sorted(request.id for request in view.waiting)
    assert all(decision.reason.endswith((".", "?")) for decision in decisions)


@every_policy
@given(view=views())
def test_only_the_impossible_is_rejected(name, view):
    for decision in build_policy(name).decide(view):
        possible = any(decision.request.needs.fits(server.capacity) for server in view.servers)
        assert (decision.verdict == "reject") == (not possible)


@every_policy
@given(view=views(), random=st.randoms(use_true_random=False))
def test_the_order_of_the_view_does_not_matter(name, view, random):
    shuffled = list(view.waiting)
    random.shuffle(shuffled)
    assert build_policy(name).decide(replace(view, waiting=tuple(shuffled))) == build_policy(name).decide(view)


@every_policy
@given(view=views())
def test_the_first_that_can_start_at_all_starts_on_idle_servers(name, view):
    verdicts = [decision.verdict for decision in build_policy(name).decide(replace(view, running=()))]
    assert verdicts[:1] != ["wait"]


@every_policy
@given(view=views())
def test_a_decision_taken_twice_is_the_same(name, view):
    policy = build_policy(name)
    assert policy.decide(view) == policy.decide(view)


def test_predecessors_must_have_ended():
    first = Request("first", "u", Resources(cpu=1), 0)
    then = Request("then", "u", Resources(cpu=1), 0, predecessors=("first", "long ago"))
    view = View((then, first), (Server("host", Resources(cpu=2)),))
    verdicts = {decision.request.id: decision for decision in build_policy("fifo").decide(view)}
    assert verdicts["first"].verdict == "start"
    assert verdicts["then"].reason == "It needs what first makes, which has not ended."
    assert build_policy("fifo").decide(replace(view, waiting=(then,)))[0].verdict == "start"


def test_reasons_name_what_is_missing():
    server = Server("host", Resources(slot=2))
    one, two = (Request(name, "u", Resources(slot=1), time) for time, name in enumerate(["first", "second"]))
    busy = (Running(Request("r", "u", Resources(slot=2), 0), "host", 0, 30),)
    decisions = build_policy("fifo").decide(View((two, one), (server,), busy, now=10))
    assert decisions[0].reason == (
        "It is next, since it has waited longest, 10 s, but 1 slot more must become free on host, expected in 20 s."
    )
    assert decisions[0].expected_start == 30
    assert decisions[1].reason == "first goes before it and still waits."


def test_what_no_server_has_is_named():
    view = View((Request("r", "u", Resources(gpus=1), 0),), (Server("host", Resources(gpu=2, cpu=4)),))
    (decision,) = build_policy("fair").decide(view)
    assert decision.reason == "There is no resource 'gpus'; the names are cpu, gpu. Did you mean gpu?"
    (decision,) = build_policy("fair").decide(replace(view, waiting=(Request("r", "u", Resources(gpu=3), 0),)))
    assert decision.reason == "It needs 3 gpu, but a server has only 4 cpu, 2 gpu in all."


def test_mistakes_are_named():
    with pytest.raises(PolicyError, match=r"There is no policy 'ufjf'; the names are fifo, .*Did you mean ujf\?"):
        build_policy("ufjf")
    with pytest.raises(PolicyError, match="weight of user 'a' is 0; it must be a finite number above 0"):
        build_policy("fair", weights={"a": 0})
    with pytest.raises(ServerError, match="speed of server 'h' is 0"):
        Server("h", Resources(), speed=0)
    request, server = Request("r", "u", Resources(), 0), Server("h", Resources())
    with pytest.raises(RequestError, match="2 requests have the id 'r'; it must be unique"):
        View((request, request), (server,))
    with pytest.raises(RequestError, match="r runs nowhere: There is no server 'H'; the names are h. Did you mean h"):
        View((), (server,), (Running(request, "H", 0, None),))
