"""Equal cores that run one task each to its end: the model of Spark's executors, and of tardiness on one machine."""

from __future__ import annotations

from dataclasses import dataclass

from scheduling.resources import Resources
from scheduling.server import Server


@dataclass(frozen=True)
class Slots:
    """`count` slots, of which a task needs one."""

    count: int

    @property
    def servers(self) -> tuple[Server, ...]:
        """One, as slots are alike."""
        return (Server("slots", Resources(slot=self.count)),)

    def seconds(self, work: float, server: str) -> float:
        """As long as it takes at speed 1."""
        return work

    def shown(self, pieces: int, running: int) -> int:
        """No more than could start: a job of a thousand equal tasks is then decided about as quickly as one of ten."""
        return min(pieces, max(1, self.count - running))
