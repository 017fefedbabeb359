"""The parts of the engine that can be left out, to measure what each of them brings."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Parts:
    """Which parts work."""

    links: bool = True
    """Words of the question are linked with tables, columns and values, and the model is told."""
    examples: bool = True
    """Verified examples answer questions that say the same, and are shown to the model."""
    composer: bool = True
    """Statements are composed without a model where the question is fully understood."""
    rewording: bool = True
    """The model says again in plain English what was not understood; in other databases what is not English."""
    correction: bool = True
    """What is wrong with a statement goes back to the model; in a database that nobody described only."""
    candidates: bool = True
    """Several statements are tried, and the results choose."""


PARTS = tuple(part.name for part in fields(Parts))
