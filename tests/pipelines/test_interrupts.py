"""An interrupt that falls where Python ignores exceptions is sent again."""

from __future__ import annotations

import signal
import sys
import time
import weakref

import dagster as dg
import pytest
from dagster._core.errors import raise_execution_interrupts

from pipelines.interrupts import kept


@pytest.fixture(autouse=True)
def handled():
    """Ctrl-C as a command has it; tests before these, or what they started, may have left it to the system, which kills."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before if before is not None else signal.default_int_handler)


class Anything:
    """Something that a weak reference can be made to."""


def let_go(callback) -> None:
    """Call it where what it raises is ignored: as a library's callback for an object that is gone."""
    thing = Anything()
    reference = weakref.ref(thing, lambda _: callback())
    del thing
    assert reference() is None


def interrupt() -> None:
    """Ctrl-C, now."""
    signal.raise_signal(signal.SIGINT)


def goes_on_after(callback) -> None:
    """Work of ten seconds, in which a callback is called whose errors are ignored."""
    let_go(callback)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        time.sleep(10)


def test_ctrl_c_stops_the_work_after_a_callback():
    with pytest.raises(KeyboardInterrupt), kept():
        goes_on_after(interrupt)


def test_it_stops_a_step_in_the_way_dagster_does():
    with pytest.raises(dg.DagsterExecutionInterruptedError), kept(), raise_execution_interrupts():
        goes_on_after(interrupt)


def test_it_is_sent_until_it_is_heard():
    heard = []

    def goes_on_too():
        try:
            goes_on_after(interrupt)
        finally:
            heard.append("where it is ignored again")

    with pytest.raises(KeyboardInterrupt), kept():
        goes_on_after(goes_on_too)
    assert heard


def test_other_errors_there_are_told_as_before(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    def fail():
        raise ValueError("a defect of the callback")

    with kept():
        let_go(fail)
    assert [each.exc_type for each in told] == [ValueError]
    assert sys.unraisablehook == told.append
