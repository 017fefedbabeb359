"""Calls wait their turn: no more at once than there are slots, in the policy's order."""

import threading

import pytest

from llm.gateway import Gateway
from scheduling.policies import build_policy
from scheduling.request import Decision


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
