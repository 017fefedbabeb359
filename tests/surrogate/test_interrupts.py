"""Signals wait for the end of a step, reach whoever handled them before, and are never lost."""

from __future__ import annotations

import signal
import threading

import pytest

from surrogate.interrupts import deferred


class Stopped(Exception):  # noqa: N818 - as a pipeline raises it
    """What the handler around a step raises."""


@pytest.fixture
def raising():
    """A handler as a pipeline installs it around a step."""

    def handle(_number, _frame):
        raise Stopped

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    yield handle
    for number, handler in before.items():
        signal.signal(number, handler)


def step(done, number=signal.SIGINT, *, ask=True, error=None):
    """Work that is interrupted in the middle, twice."""
    with deferred() as check:
        check()
        signal.raise_signal(number)
        signal.raise_signal(number)  # an impatient second one changes nothing
        done.append("the step")
        if error is not None:
            raise error
        if ask:
            check()
            done.append("not reached")
    done.append("not reached")


@pytest.mark.parametrize("ask", [True, False], ids=["asked for", "at the end"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_for_the_end_of_the_step(raising, number, ask):
    done = []
    with pytest.raises(Stopped):
        step(done, number, ask=ask)
    assert done == ["the step"]
    assert signal.getsignal(number) is raising


def test_an_error_is_not_hidden_by_a_signal_that_waits(raising):
    with pytest.raises(ValueError, match="diverged"):
        step([], error=ValueError("diverged"))
    assert signal.getsignal(signal.SIGINT) is raising


def test_ctrl_c_is_what_it_was_without_a_handler_of_ones_own():
    with pytest.raises(KeyboardInterrupt):
        step([])


def test_other_threads_do_not_touch_signals(raising):
    seen = []

    def work():
        with deferred() as check:
            check()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [raising]
