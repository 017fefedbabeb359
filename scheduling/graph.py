"""Graphs of steps: how long each takes on each processor, and what it needs from others.

Axes: n steps, p processors. Which processor a step gets is decided in `heft` and `eft`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

import numpy as np

from scheduling.names import no_such
from scheduling.occupancy import Floats


class GraphError(ValueError):
    """A graph is not sensible; the message says which step, what was found, what is allowed."""


@dataclass(frozen=True)
class Step:
    """A step of a graph.

    Raises:
        GraphError: a time is negative, infinite or not a number.
    """

    name: str
    """Unique among the steps of a graph."""
    seconds: Sequence[float]
    """(p) run time on each processor."""
    predecessors: Mapping[str, float] = field(default_factory=dict)
    """Names of steps that must have ended, each with the seconds that what it makes takes to another processor."""

    def __post_init__(self) -> None:
        for what, seconds in (
            *((f"run time on processor {processor}", seconds) for processor, seconds in enumerate(self.seconds)),
            *((f"transfer from {name!r}", seconds) for name, seconds in self.predecessors.items()),
        ):
            if not math.isfinite(seconds) or seconds < 0:
                raise GraphError(
                    f"The {what} of step {self.name!r} is {seconds} s; it must be a finite number, 0 or more."
                )


@dataclass(frozen=True)
class Assignment:
    """Where and when a step runs, seconds from the start of the graph."""

    step: int
    """Its index."""
    processor: int
    start: float
    end: float


class Graph:
    """Steps without a cycle, known by their index.

    Args:
        steps: n of them, in any order.

    Raises:
        GraphError: there is no step, two have one name, they disagree on the number of processors, or a predecessor
            does not exist or comes after its successor.
    """

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps = tuple(steps)
        index = {step.name: number for number, step in enumerate(self.steps)}
        self._check(index)
        self.seconds: Floats = np.array([step.seconds for step in self.steps], dtype=np.float64)
        """(n, p) run times"""
        self.predecessors: list[dict[int, float]] = [
            {index[name]: seconds for name, seconds in step.predecessors.items()} for step in self.steps
        ]
        """Of each step: index -> seconds of the transfer to another processor."""
        self.successors: list[dict[int, float]] = [{} for _ in self.steps]
        """The same edges the other way."""
        for number, predecessors in enumerate(self.predecessors):
            for predecessor, seconds in predecessors.items():
                self.successors[predecessor][number] = seconds
        self.order = self._topological()
        """Indices, predecessors first."""

    def _check(self, index: Mapping[str, int]) -> None:
        if not self.steps:
            raise GraphError("The graph has no step; there must be one or more.")
        if len(index) < len(self.steps):
            name = next(step.name for number, step in enumerate(self.steps) if index[step.name] != number)
            raise GraphError(f"Two steps have the name {name!r}; it must be unique.")
        processors = len(self.steps[0].seconds)
        for step in self.steps:
            if len(step.seconds) != processors or not processors:
                raise GraphError(
                    f"Step {step.name!r} has {len(step.seconds)} run times and step {self.steps[0].name!r} has "
                    f"{processors}; every step must have one a processor."
                )
            for name in step.predecessors:
                if name not in index:
                    raise GraphError(f"Step {step.name!r} needs what is not there: {no_such('step', name, index)}")

    def _topological(self) -> list[int]:
        try:
            return list(TopologicalSorter(dict(enumerate(self.predecessors))).static_order())
        except CycleError as error:
            names = " -> ".join(self.steps[number].name for number in error.args[1])
            raise GraphError(f"Steps wait for each other: {names}; leave out one of these arrows.") from error

    def data_ready(self, step: int, processor: int, placed: Mapping[int, Assignment]) -> float:
        """When all that a step needs has arrived at a processor, seconds, given where its predecessors are."""
        return max(
            (
                placed[predecessor].end + (transfer if placed[predecessor].processor != processor else 0.0)
                for predecessor, transfer in self.predecessors[step].items()
            ),
            default=0.0,
        )


def makespan(assignments: Iterable[Assignment]) -> float:
    """When the last step has ended, seconds."""
    return max(assignment.end for assignment in assignments)
