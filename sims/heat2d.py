"""The heat equation on the unit square with five temperatures, in parallel.

The use case of Melissa's papers (Meyer et al., ICML 2023, arXiv 2306.16133): one initial temperature and
four walls, each from 100 to 500 K. The exact solution is `sims.heat2d_exact`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.fft import dst

from sims.parallel import Block, Ranks
from sims.solver import Bounds, SimulationError, check_parameters

TEMPERATURE: Final = Bounds(100.0, 500.0, "K")
SMALLEST_GRID: Final = 3


class Heat2D:
    """u_t = alpha (u_xx + u_yy) on the unit square, u = `initial` at t = 0, fixed walls. In K.

    Space: the 5-point stencil on `grid` x `grid` interior nodes x_i = (i + 1) h, h = 1 / (grid + 1); order 2.
    Time: backward Euler; order 1, unconditionally stable, and the field never leaves the range of the five
    temperatures (maximum principle).

    The discrete sine transform (type I) diagonalises the stencil, with eigenvalues
    lambda_k = 4 / h^2 sin^2(pi k h / 2) per direction (LeVeque, Finite Difference Methods, eq. 2.23 and 3.15),
    so that one step of the linear system is one division per mode:

        u^(n+1)_kl = (u^n_kl + dt alpha b_kl) / (1 + dt alpha (lambda_k + lambda_l)),

    where b is what the walls put into the stencil. The start and the walls are products of functions of x
    and of y, so their transforms need no communication; each step goes back to the nodes by a transform
    along y, one transpose between the ranks, and a transform along x.

    A field is indexed [y, x]; the ranks share the rows y.

    Args:
        alpha: thermal diffusivity, in squares of the side per unit of time.
    """

    bounds: Mapping[str, Bounds] = dict.fromkeys(("initial", "left", "right", "bottom", "top"), TEMPERATURE)
    unit = "K"
    horizon = 0.2  # the slowest mode has decayed to exp(-2 pi^2 0.2) = 2 % of its start

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def shape(self, grid: int) -> tuple[int, int]:
        """Shape of the field of interior nodes.

        Raises:
            SimulationError: fewer than three nodes in a row.
        """
        if grid < SMALLEST_GRID:
            raise SimulationError(f"The grid has {grid} nodes in a row; heat2d needs {SMALLEST_GRID} or more.")
        return grid, grid

    def solve(self, parameters: Mapping[str, float], grid: int, steps: int, ranks: Ranks) -> Iterator[Block]:
        """Yield this rank's rows of the field after each of `steps` time steps, shape (own rows, grid), in K.

        Raises:
            SimulationError: a parameter is missing or outside its bounds, or a rank would have no row.
        """
        own = self._own(parameters, grid, ranks)
        return self._march(*_start_and_walls(parameters, grid, own), grid, steps, ranks=ranks, done=0)

    def restore(  # noqa: PLR0917 - what `solve` takes, and the state
        self, parameters: Mapping[str, float], grid: int, steps: int, ranks: Ranks, step: int, block: Block
    ) -> Iterator[Block]:
        """Yield what `solve` yields after `step`, given this rank's rows after it: the field is the whole state.

        Raises:
            SimulationError: a parameter is missing or outside its bounds, or a rank would have no row.
        """
        _, walls = _start_and_walls(parameters, grid, self._own(parameters, grid, ranks))
        modes = _sine(ranks.transpose(_sine(block), grid))  # the way back of a step of `_march`
        return self._march(modes, walls, grid, steps, ranks=ranks, done=step + 1)

    def _march(self, modes: Block, walls: Block, grid: int, steps: int, *, ranks: Ranks, done: int) -> Iterator[Block]:
        """Time steps from the sine modes, with those of the walls, rows of [mode of x, mode of y]."""
        spacing, dt = 1.0 / (grid + 1), self.horizon / steps
        own = ranks.rows(grid)
        rate = self.alpha * eigenvalues(grid, spacing)
        decay = 1.0 / (1.0 + dt * (rate[own, None] + rate[None, :]))
        source = dt * self.alpha / spacing**2 * walls
        for _ in range(done, steps):
            modes = (modes + source) * decay
            by_y = ranks.transpose(_sine(modes), grid)  # from [mode of x, y] to [y, mode of x]
            yield _sine(by_y)

    def _own(self, parameters: Mapping[str, float], grid: int, ranks: Ranks) -> slice:
        check_parameters(self, parameters)
        if ranks.size > self.shape(grid)[0]:
            raise SimulationError(f"{ranks.size} ranks cannot share {grid} rows; use {grid} ranks or fewer.")
        return ranks.rows(grid)


def eigenvalues(grid: int, spacing: float) -> npt.NDArray[np.float64]:
    """Eigenvalues of the second difference -u_xx on `grid` interior nodes, shape (grid,), slowest mode first."""
    modes = np.arange(1, grid + 1)
    eigen: npt.NDArray[np.float64] = 4.0 / spacing**2 * np.sin(np.pi * modes * spacing / 2.0) ** 2
    return eigen


def _sine(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The orthonormal sine transform along the last axis; it is its own inverse."""
    transformed: npt.NDArray[np.float64] = dst(values, type=1, norm="ortho", axis=-1)
    return transformed


def _start_and_walls(parameters: Mapping[str, float], grid: int, own: slice) -> tuple[Block, Block]:
    """Sine modes of the start and of the walls, rows `own` of [mode of x, mode of y]."""
    first = np.zeros(grid)
    first[0] = 1.0
    ones, low, high = _sine(np.ones(grid)), _sine(first), _sine(first[::-1])
    start = parameters["initial"] * np.outer(ones[own], ones)
    across = parameters["left"] * low[own] + parameters["right"] * high[own]
    along = parameters["bottom"] * low + parameters["top"] * high
    return start, np.outer(across, ones) + np.outer(ones[own], along)
