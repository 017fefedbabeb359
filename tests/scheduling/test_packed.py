"""Admission that packs: never fewer starts than backfill, whatever starts fits, and patience ends it."""

from dataclasses import replace

from hypothesis import given, settings

from scheduling.policies import fifo
from scheduling.policies.backfill import backfill
from scheduling.policies.packing import Packed
from scheduling.policies.place import best_fit
from scheduling.policies.stages import Stages
from scheduling.request import Request, View
from scheduling.resources import Resources
from scheduling.server import Server
from tests.scheduling.views import free_after, views

PACKED = Stages(fifo.order, Packed(seconds=5), best_fit)
BACKFILL = Stages(fifo.order, backfill, best_fit)


def starts(decisions, priority):
    return sum(one.verdict == "start" and one.request.priority >= priority for one in decisions)


@settings(max_examples=50)
@given(views())
def test_what_starts_fits_and_of_the_highest_priorities_no_fewer_start(view):
    packed = PACKED.decide(view)
    free_after(view, packed)
    simple = BACKFILL.decide(view)
    assert sorted(one.request.id for one in packed) == sorted(request.id for request in view.waiting)
    counts = [[starts(decisions, priority) for priority in (2, 1, 0, -1, -2)] for decisions in (packed, simple)]
    assert counts[0] >= counts[1]


def request(number, cpu, submitted=0):
    return Request(f"r{number}", "u", Resources(cpu=cpu), submitted)


SERVERS = (Server("one", Resources(cpu=6)), Server("two", Resources(cpu=6)))
# In this order 2 and 3 go together, so that a 4 finds no place; 2 + 4 and 3 + 3 would fill both servers.
WAITING = tuple(request(number, cpu) for number, cpu in enumerate([2, 3, 3, 4]))


def test_another_packing_starts_more():
    assert [one.verdict for one in BACKFILL.decide(View(WAITING, SERVERS))].count("start") == 3
    decisions = PACKED.decide(View(WAITING, SERVERS))
    assert {one.verdict for one in decisions} == {"start"}
    assert "in a packing in which more start than one after the other" in decisions[0].reason


def test_the_proof_is_told():
    decisions = PACKED.decide(View((*WAITING, request(4, 5)), SERVERS))
    assert decisions[-1].reason == ("Packed otherwise, no more of priority 0 or higher could start, which is proven.")
    waiting = (request(0, 6), request(1, 6), request(2, 6))
    decisions = PACKED.decide(View(waiting, SERVERS))
    assert decisions[-1].reason.endswith("No placement starts more, which is proven.")


def test_patience_ends():
    view = View(WAITING, SERVERS, now=3600)
    assert PACKED.decide(view) != BACKFILL.decide(view)
    late = replace(view, now=3601)
    assert PACKED.decide(late) == BACKFILL.decide(late)


def test_a_long_queue_is_packed_at_its_front_only(monkeypatch):
    """What is behind the window keeps the place that backfill gave it."""
    monkeypatch.setattr("scheduling.policies.packing.WINDOW", 4)
    behind = Request("behind", "u", Resources(gpu=1), 1)
    servers = (*SERVERS, Server("three", Resources(gpu=1)))
    decisions = PACKED.decide(View((*WAITING, behind, replace(behind, id="late", submitted=2)), servers))
    assert [one.verdict for one in decisions] == ["start"] * 5 + ["wait"]
    assert decisions[-1].reason.startswith("It goes after r3")
