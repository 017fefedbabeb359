"""Amounts of named resources: what a request needs, what a server has.

Here is arithmetic only; what a name stands for (CPU cores, model slots, gigabytes) is the caller's. The arrays
that policies compute with are `occupancy`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from scheduling.names import no_such

SLACK: Final = 1e-9
"""Relative excess that still fits: sums of fractions (tenths of a GPU) are not exact in floating point."""


class ResourceError(ValueError):
    """An amount or a name is not allowed; the message says which, and what is."""


class Resources(Mapping[str, float]):
    """An immutable vector of named, finite, non-negative amounts; a name that is absent is zero.

    >>> Resources(cpu=2, gpu=1) - Resources(cpu=1)
    Resources(cpu=1, gpu=1)
    >>> Resources(cpu=1).fits(Resources(cpu=2))
    True

    Raises:
        ResourceError: an amount is negative, infinite or not a number.
    """

    __slots__ = ("_amounts", "_hash")

    def __init__(self, **amounts: float) -> None:
        for name, amount in amounts.items():
            if not math.isfinite(amount) or amount < 0:
                raise ResourceError(f"The amount of {name} is {amount}; it must be a finite number, 0 or more.")
        # Zeros are left out, so that equal vectors compare equal.
        self._amounts = {name: amounts[name] for name in sorted(amounts) if amounts[name] > 0}
        # Rounds of decisions look up the shapes of thousands of requests.
        self._hash = hash(tuple(self._amounts.items()))

    def __getitem__(self, name: str) -> float:
        return self._amounts.get(name, 0)

    def __iter__(self) -> Iterator[str]:
        return iter(self._amounts)

    def __len__(self) -> int:
        return len(self._amounts)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resources) and self._amounts == other._amounts

    def __repr__(self) -> str:
        return f"Resources({', '.join(f'{name}={amount:g}' for name, amount in self._amounts.items())})"

    def __str__(self) -> str:
        return ", ".join(f"{amount:g} {name}" for name, amount in self._amounts.items()) or "nothing"

    def __add__(self, other: Resources) -> Resources:
        return Resources(**{name: self[name] + other[name] for name in {*self, *other}})

    def __sub__(self, other: Resources) -> Resources:
        """What is left.

        Raises:
            ResourceError: more is taken than there is.
        """
        short = other.lacking(self)
        if short:
            raise ResourceError(f"Cannot take {other} from {self}: {short} more would be needed.")
        left = {name: self[name] - other[name] for name in self}
        return Resources(**{name: amount for name, amount in left.items() if amount > SLACK * self[name]})

    def fits(self, available: Resources) -> bool:
        """Whether every amount is within `available`."""
        return not self.lacking(available)

    def lacking(self, available: Resources) -> Resources:
        """What would have to be added to `available` for this to fit."""
        return Resources(
            **{
                name: amount - available[name]
                for name, amount in self.items()
                if amount > available[name] * (1 + SLACK)
            }
        )

    def share(self, capacity: Resources) -> float:
        """Dominant share: the largest fraction of any one resource of `capacity` (Ghodsi et al., DRF, 2011).

        Infinite if something is needed of which there is none.
        """
        return max(
            (amount / capacity[name] if capacity[name] else math.inf for name, amount in self.items()), default=0
        )

    def check_names(self, known: Iterable[str]) -> None:
        """See that there is nothing in here but `known` resources.

        Raises:
            ResourceError: a name is not among them; the message lists them.
        """
        known = sorted(known)
        for name in self:
            if name not in known:
                raise ResourceError(no_such("resource", name, known))
