"""Views of all shapes, for properties that hold for every policy."""

from hypothesis import strategies as st

from scheduling.request import Request, Running, View
from scheduling.resources import Resources
from scheduling.server import Server

amounts = st.builds(lambda cpu, gpu: Resources(cpu=cpu, gpu=gpu), st.integers(0, 8), st.integers(0, 2))
seconds = st.integers(0, 50)


@st.composite
def requests(draw, name):
    """A request of one of two users."""
    return Request(
        name,
        draw(st.sampled_from("ab")),
        draw(amounts),
        draw(st.integers(0, 20)),
        estimate=draw(st.none() | seconds),
        deadline=draw(st.none() | st.integers(0, 100)),
        priority=draw(st.integers(-2, 2)),
        group=draw(st.none() | st.sampled_from(["j", "k"])),
    )


@st.composite
def views(draw, most=8):
    """Up to three servers, filled with what fits, and up to `most` requests."""
    servers = tuple(
        Server(f"s{number}", draw(amounts), draw(st.sampled_from([0.5, 1.0, 2.0])))
        for number in range(draw(st.integers(1, 3)))
    )
    free = {server.name: server.capacity for server in servers}
    running = []
    for number in range(draw(st.integers(0, 4))):
        server = draw(st.sampled_from(sorted(free)))
        request = draw(requests(f"r{number}"))
        if request.needs.fits(free[server]):
            free[server] -= request.needs
            running.append(Running(request, server, 10.0, draw(st.none() | st.integers(10, 60))))
    waiting = tuple(draw(requests(f"w{number}")) for number in range(draw(st.integers(0, most))))
    return View(waiting, servers, tuple(running), now=20.0)


def free_after(view, decisions):
    """What is left on each server when all that starts has started; raises if it does not fit."""
    free = {server.name: server.capacity for server in view.servers}
    for running in view.running:
        free[running.server] -= running.request.needs
    for decision in decisions:
        if decision.verdict == "start":
            free[decision.server] -= decision.request.needs
    return free
