"""Who owns which rows, and that a program without MPI behaves like one rank."""

from __future__ import annotations

import os
import signal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sims.parallel import SERIAL, rows, stop_signals


@given(st.integers(0, 500), st.integers(1, 40))
def test_the_ranks_share_all_rows_in_order_and_evenly(count, size):
    parts = [rows(count, size, rank) for rank in range(size)]
    assert [row for part in parts for row in range(part.start, part.stop)] == list(range(count))
    lengths = [part.stop - part.start for part in parts]
    assert max(lengths) - min(lengths) <= 1


def test_one_process_is_one_rank():
    matrix = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(SERIAL.transpose(matrix, 2), matrix.T)
    assert SERIAL.gather(matrix) is matrix
    assert SERIAL.any(True)
    assert not SERIAL.any(False)
    assert SERIAL.share_object("said") == "said"
    assert SERIAL.is_main


def test_a_signal_becomes_a_request_and_the_handlers_come_back():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with stop_signals() as stop:
        assert not stop.requested
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.requested
        with stop_signals() as inner:  # a program that catches its signals already is asked once
            assert inner is stop
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
