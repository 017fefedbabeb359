"""Which cores and which GPUs a run gets: the same numbers go into its tags and are made true in `reserve`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

SLACK: Final = 1e-9
"""Sums of tenths are not exact."""


@dataclass
class Devices:
    """Equal units of one resource, and what of each is taken."""

    count: int
    taken: dict[int, float] = field(default_factory=dict)

    def hold(self, amount: float, units: Iterable[int]) -> None:
        """Take `amount`, spread over `units`."""
        chosen = list(units)
        for unit in chosen:
            self.taken[unit] = self.taken.get(unit, 0.0) + amount / len(chosen)

    def choose(self, amount: float) -> list[int] | None:
        """Units for `amount`: whole ones if it is whole, else equal parts, on units that are fullest already.

        `None` if no units have that much left, though all together may have.
        """
        wanted = math.ceil(amount - SLACK)
        if wanted == 0:
            return []
        part = amount / wanted
        fitting = [unit for unit in range(self.count) if self.taken.get(unit, 0.0) + part <= 1 + SLACK]
        fullest = sorted(fitting, key=lambda unit: -self.taken.get(unit, 0.0))
        return sorted(fullest[:wanted]) if len(fullest) >= wanted else None

    def least_taken(self, amount: float) -> list[int]:
        """Units that share best where none has enough left."""
        wanted = min(math.ceil(amount - SLACK), self.count)
        return sorted(sorted(range(self.count), key=lambda unit: self.taken.get(unit, 0.0))[:wanted])


def write_units(units: Iterable[int]) -> str:
    """As it stands in a tag."""
    return ",".join(map(str, units))


def read_units(tags: Mapping[str, str], key: str) -> list[int]:
    """What stands in a tag; empty if nothing sensible does."""
    return [int(word) for word in tags.get(key, "").split(",") if word.isdigit()]
