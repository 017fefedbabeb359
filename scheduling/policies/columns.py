"""Requests as arrays of what orders sort by, with the one place that says what is assumed where nothing is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from scheduling.occupancy import Floats
from scheduling.request import Request

ASSUMED_SECONDS: Final = 60.0
"""Run time of a request without an estimate, for orders; `backfill` takes it to be endless."""
NO_HURRY_SECONDS: Final = 86_400.0
"""A request without a deadline is due this long after its submission, so that it cannot wait for ever."""


def processing_times(requests: Sequence[Request]) -> Floats:
    """(n) expected run times, seconds."""
    return np.array(
        [ASSUMED_SECONDS if request.estimate is None else request.estimate for request in requests], dtype=np.float64
    )


def due_dates(requests: Sequence[Request]) -> Floats:
    """(n) deadlines, seconds of the adapter's clock."""
    return np.array(
        [
            request.submitted + NO_HURRY_SECONDS if request.deadline is None else request.deadline
            for request in requests
        ],
        dtype=np.float64,
    )


def submissions(requests: Sequence[Request]) -> Floats:
    """(n) times of submission, seconds of the adapter's clock."""
    return np.array([request.submitted for request in requests], dtype=np.float64)
