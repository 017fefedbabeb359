"""The exact solution of `sims.heat2d` as its sine series, to check the solver against.

Steady state: Laplace's equation in a square, the sum of four walls. Start-up: the difference to it decays
as a double sine series (Carslaw and Jaeger, Conduction of Heat in Solids, sections 5.2 and 5.6).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def exact(parameters: Mapping[str, float], nodes: Array, time: float, alpha: float = 1.0, terms: int = 400) -> Array:
    """Temperature at the nodes x = `nodes`, y = `nodes` at `time` > 0.

    Args:
        parameters: initial, left, right, bottom, top, in K.
        nodes: coordinates strictly between 0 and 1, shape (n,).
        time: in the units of `alpha`; the start-up series converges as exp(-pi^2 alpha time terms^2).
        alpha: thermal diffusivity.
        terms: number of modes per direction; the steady series converges as exp(-pi terms d), where d is
            the smallest distance of a node to a wall.

    Returns:
        Shape (n, n), indexed [y, x], in K.
    """
    mode = np.arange(1, terms + 1)
    sines = np.sin(np.pi * np.outer(nodes, mode))
    odd = 1.0 - (-1.0) ** mode  # 2 for odd modes, 0 for even ones
    near = _across(nodes, mode)  # a wall at 0
    far = _across(1.0 - nodes, mode)  # a wall at 1
    along = sines * (2.0 * odd / (np.pi * mode))  # a constant as a sine series
    steady = (
        parameters["bottom"] * near @ along.T
        + parameters["top"] * far @ along.T
        + parameters["left"] * along @ near.T
        + parameters["right"] * along @ far.T
    )
    squares = mode[:, None] ** 2 + mode[None, :] ** 2
    flux_y = np.outer(mode * (parameters["bottom"] - (-1.0) ** mode * parameters["top"]), odd / mode)
    flux_x = np.outer(odd / mode, mode * (parameters["left"] - (-1.0) ** mode * parameters["right"]))
    start = 4.0 * parameters["initial"] / np.pi**2 * np.outer(odd / mode, odd / mode)
    difference = start - 4.0 / np.pi**2 * (flux_y + flux_x) / squares  # indexed [mode of y, mode of x]
    decayed = difference * np.exp(-alpha * np.pi**2 * squares * time)
    field: Array = steady + sines @ decayed @ sines.T
    return field


def _across(distance: Array, mode: npt.NDArray[np.int64]) -> Array:
    """sinh(m pi (1 - d)) / sinh(m pi), written so that it does not overflow, shape (len(distance), len(mode))."""
    m_pi = np.pi * mode
    falling: Array = (np.exp(-np.outer(distance, m_pi)) - np.exp(-np.outer(2.0 - distance, m_pi))) / (
        1.0 - np.exp(-2.0 * m_pi)
    )
    return falling
