"""Hosts with vectors of resources and different speeds, on which requests run side by side without slowing down."""

from __future__ import annotations

from dataclasses import dataclass

from scheduling.server import Server


@dataclass(frozen=True)
class Hosts:
    """The given servers."""

    servers: tuple[Server, ...]

    def seconds(self, work: float, server: str) -> float:
        """Work divided by the speed of the host."""
        return work / next(host.speed for host in self.servers if host.name == server)

    def shown(self, pieces: int, running: int) -> int:
        """All, as any number of them may fit."""
        return pieces
