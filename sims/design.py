"""Which parameter sets are solved: samples of a box, seeded, with the validation set drawn apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from sims.solver import Bounds, SimulationError

Samples = npt.NDArray[np.float64]
"""Parameter sets, shape (count, parameters)."""

Purpose = Literal["training", "validation"]
_STREAMS: Final[Mapping[Purpose, int]] = {"training": 0, "validation": 1}


def _uniform(count: int, dimension: int, rng: np.random.Generator) -> Samples:
    return rng.random((count, dimension))


def _latin_hypercube(count: int, dimension: int, rng: np.random.Generator) -> Samples:
    from scipy.stats import qmc  # here, since it takes sixty megabytes that a plain design does not need

    sample: Samples = qmc.LatinHypercube(dimension, rng=rng).random(count)
    return sample


def _sobol(count: int, dimension: int, rng: np.random.Generator) -> Samples:
    from scipy.stats import qmc

    # the sequence is balanced in powers of two only, so that many are drawn and the first are used
    sample: Samples = qmc.Sobol(dimension, rng=rng).random_base2(max(1, (count - 1).bit_length()))[:count]
    return sample


DESIGNS: Final[Mapping[str, Callable[[int, int, np.random.Generator], Samples]]] = {
    "uniform": _uniform,
    "latin_hypercube": _latin_hypercube,
    "sobol": _sobol,
}
"""Ways to place points in the unit cube: independent; one in each slice of every axis; low discrepancy."""


def draw_samples(
    bounds: Mapping[str, Bounds], count: int, *, seed: int, design: str = "uniform", purpose: Purpose = "training"
) -> Samples:
    """Draw parameter sets; the same arguments give the same sets.

    Args:
        bounds: the box, by parameter.
        count: how many sets.
        seed: any whole number from 0.
        design: a name in `DESIGNS`.
        purpose: training and validation sets come from random streams that share nothing.

    Returns:
        Shape (count, len(bounds)), columns in the order of `bounds`.

    Raises:
        SimulationError: the design is unknown or the count is not positive.
    """
    if design not in DESIGNS:
        raise SimulationError(f"There is no design {design!r}; the names are {', '.join(DESIGNS)}.")
    if count < 1:
        raise SimulationError(f"{count} parameter sets were asked for; it must be 1 or more.")
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_STREAMS[purpose],)))
    low = np.array([bound.low for bound in bounds.values()])
    high = np.array([bound.high for bound in bounds.values()])
    unit: Samples = DESIGNS[design](count, len(bounds), rng)
    samples: Samples = low + (high - low) * unit
    return samples
