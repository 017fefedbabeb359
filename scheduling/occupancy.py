"""A view as arrays: what is free on each server, now and at the expected ends of what runs.

Axes: n requests, s servers, r resources (sorted by name). Which request gets what is decided in `policies`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scheduling.request import Request, View
from scheduling.resources import SLACK, ResourceError, Resources

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass
class Reservation:
    """A promise that a request can start on a server at a time."""

    server: int
    time: float
    """Seconds; infinite if it waits for something whose end is unknown."""
    spare: Floats
    """(r) free beside the promised request at that time."""


class Occupancy:
    """What is held on each server; starts are entered as they are decided."""

    def __init__(self, view: View) -> None:
        self.now = view.now
        self.servers = view.servers
        self.running = [running.request for running in view.running]
        capacities = [server.capacity for server in view.servers]
        requests = [*view.waiting, *self.running]
        # Thousands of requests have few different needs.
        shapes: dict[Resources, int] = {}
        shape_of = [shapes.setdefault(request.needs, len(shapes)) for request in requests]
        self.names: list[str] = sorted(set().union(*capacities, *shapes))
        self.speed = np.array([server.speed for server in view.servers])
        self._rows = {request.id: row for row, request in enumerate(requests)}
        self._needs = self._vectors(list(shapes))[np.array(shape_of, dtype=np.int64)]
        self.capacity = self._vectors(capacities)
        """(s, r)"""
        # The excess that still fits is granted once, here, so that comparisons below are plain.
        self.free = self.capacity * (1 + SLACK)
        """(s, r); negative where more is held than there is"""
        self._held: list[list[tuple[float, Floats]]] = [[] for _ in view.servers]
        indices = {server.name: index for index, server in enumerate(view.servers)}
        for running, vector in zip(view.running, self.needs(self.running), strict=True):
            # What should have ended already may end at any moment.
            end = math.inf if running.ends is None else max(running.ends, view.now)
            self.take(indices[running.server], vector, end)

    def _vectors(self, amounts: Sequence[Resources]) -> Floats:
        rows = [[amount[name] for name in self.names] for amount in amounts]
        return np.array(rows, dtype=np.float64).reshape(len(amounts), len(self.names))

    def needs(self, requests: Sequence[Request]) -> Floats:
        """(n, r) amounts that requests of the view hold when they run."""
        rows = [self._rows[request.id] for request in requests]
        return self._needs[np.array(rows, dtype=np.int64)]

    def take(self, server: int, need: Floats, end: float) -> None:
        """Hold `need` (r) on a server until `end`, seconds."""
        self.free[server] -= need
        self._held[server].append((end, need))

    def fitting(self, needs: Floats) -> Bools:
        """(..., s) whether needs (..., r) fit into what is free on each server now."""
        return _within(needs, self.free)

    def possible(self, needs: Floats) -> Bools:
        """(n) whether needs (n, r) would fit on some server if nothing ran."""
        return np.asarray(self.possible_on(needs).any(axis=-1))

    def shares(self, needs: Floats) -> Floats:
        """(n) dominant shares of needs (n, r) of all servers together; more than there is counts as all."""
        total = self.capacity.sum(axis=0)
        fractions = np.divide(needs, total, out=np.where(needs > 0, 1.0, 0.0), where=total > 0)
        return np.asarray(np.minimum(fractions.max(axis=-1, initial=0.0), 1.0), dtype=np.float64)

    def reserve(self, need: Floats) -> Reservation:
        """The earliest start of a possible request that needs `need` (r), if nothing else starts before."""
        return min(
            (self._reserve_on(server, need) for server in np.flatnonzero(self.possible_on(need)).tolist()),
            key=lambda reservation: reservation.time,
        )

    def possible_on(self, needs: Floats) -> Bools:
        """(..., s) on which servers needs (..., r) would fit if nothing ran."""
        return _within(needs, self.capacity * (1 + SLACK))

    def _reserve_on(self, server: int, need: Floats) -> Reservation:
        ends = np.array([self.now, *(end for end, _ in self._held[server])])
        released = np.stack([self.free[server], *(vector for _, vector in self._held[server])])
        order = np.argsort(ends, kind="stable")
        enough = (np.cumsum(released[order], axis=0) >= need).all(axis=1)
        # After the last end all is free, whatever rounding says.
        time = float(ends[order[np.argmax(enough)]]) if enough.any() else math.inf
        return Reservation(server, time, released[ends <= time].sum(axis=0) - need)

    def impossible_reason(self, request: Request) -> str:
        """Why a request that fits on no server can never start."""
        try:
            request.needs.check_names({name for server in self.servers for name in server.capacity})
        except ResourceError as error:
            return str(error)
        largest = " or ".join(sorted({str(server.capacity) for server in self.servers}))
        return f"It needs {request.needs}, but a server has only {largest} in all."

    def lacking(self, request: Request, server: int) -> Resources:
        """What must become free on a server before the request fits."""
        free = dict(zip(self.names, np.maximum(self.free[server], 0).tolist(), strict=True))
        return request.needs.lacking(Resources(**free))


def _within(needs: Floats, available: Floats) -> Bools:
    """(..., s) whether needs (..., r) are within available (s, r)."""
    return np.asarray((needs[..., None, :] <= available).all(axis=-1))
