"""Placement: which of the servers that have room gets a request."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scheduling.occupancy import Bools, Floats, Occupancy

Place = Callable[[Floats, Bools, Occupancy], int]
"""Picks one of the servers of a mask (s), at least one, for a need (r)."""


def first_fit(_need: Floats, fitting: Bools, _room: Occupancy) -> int:
    """The first server in the order of the view."""
    return int(np.argmax(fitting))


def best_fit(need: Floats, fitting: Bools, room: Occupancy) -> int:
    """The server that is fullest afterwards, so that large gaps stay for large requests.

    Full is measured by the sum of free fractions, as resources have different units.
    """
    fractions = (room.free - need) / np.where(room.capacity > 0, room.capacity, 1.0)
    return int(np.argmin(np.where(fitting, fractions.sum(axis=1), np.inf)))


def fastest(_need: Floats, fitting: Bools, room: Occupancy) -> int:
    """The fastest server; of equally fast ones the first."""
    return int(np.argmax(np.where(fitting, room.speed, -np.inf)))
