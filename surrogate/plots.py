"""The pictures of a study, as small PNGs: what was predicted, and how learning went."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

_DPI: Final = 80
# few colours: lines of equal value show, and the file is a quarter of the size
_FIELD: Final = colormaps["inferno"].resampled(24)
_ERROR: Final = colormaps["RdBu_r"].resampled(15)
_INK: Final = "#333333"
_BLUE: Final = "#2166ac"
_RED: Final = "#b2182b"


def plot_fields(
    truth: npt.NDArray[np.float32], prediction: npt.NDArray[np.float32], times: Sequence[float], unit: str
) -> bytes:
    """Truth, prediction and error of one held-out simulation, a row for each time.

    Args:
        truth: what the solver gives, shape (times, *shape of a field) with one or two axes of space.
        prediction: what the surrogate gives, the same shape.
        times: of the rows.
        unit: of the field.

    Returns:
        A PNG.
    """
    figure = Figure(figsize=(7.6, 0.3 + 2.0 * len(times)), dpi=_DPI, layout="constrained")
    error = prediction - truth
    low, high = float(truth.min()), float(truth.max())
    worst = max(float(np.abs(error).max()), 1e-12)
    axes = figure.subplots(len(times), 3, squeeze=False)
    images: list[Any] = [None, None]
    for row, time in enumerate(times):
        shown = (truth[row], prediction[row], error[row])
        for column, (axis, field) in enumerate(zip(axes[row], shown, strict=True)):
            scale = (-worst, worst) if column == 2 else (low, high)  # noqa: PLR2004 - the third panel is the error
            images[column // 2] = _panel(axis, field, scale, _ERROR if column // 2 else _FIELD)
        root_mean = float(np.sqrt(np.mean(error[row] ** 2)))
        axes[row][0].set_ylabel(f"t = {time:.3g}", color=_INK)
        axes[row][2].set_xlabel(f"RMSE {root_mean:.2g} {unit}", color=_INK, fontsize=8)
    for axis, title in zip(axes[0], ("solver", "surrogate", "error"), strict=True):
        axis.set_title(title, color=_INK, fontsize=11)
    if truth.ndim > 2:  # noqa: PLR2004 - curves have their own scale
        figure.colorbar(images[0], ax=axes[:, :2], shrink=0.5, label=unit, aspect=30)
        figure.colorbar(images[1], ax=axes[:, 2], shrink=0.5, label=unit, aspect=30)
    return _png(figure)


def plot_learning(
    losses: Sequence[tuple[int, float]],
    validation: Sequence[tuple[int, float]],
    rmse_by_step: Sequence[float],
    *,
    horizon: float,
    unit: str,
) -> bytes:
    """Training loss and held-out error over the batches, and the final error over time.

    Args:
        losses: (batches, root mean squared error of the batches since the last point), in `unit`.
        validation: (batches, held-out root mean squared error), in `unit`.
        rmse_by_step: final held-out error of every time step, in `unit`.
        horizon: time of the last step.
        unit: of the field.

    Returns:
        A PNG.
    """
    figure = Figure(figsize=(7.6, 2.9), dpi=_DPI, layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(*_columns(losses), color=_BLUE, linewidth=1, label="training batches")
    left.plot(*_columns(validation), color=_RED, marker="o", markersize=3, label="unseen simulations")
    left.set(yscale="log", xlabel="batches", ylabel=f"RMSE, {unit}")
    left.yaxis.set_major_formatter(LogFormatter())
    left.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(2, 0.5)))
    left.legend(frameon=False, fontsize=8)
    times = horizon * np.arange(1, len(rmse_by_step) + 1) / len(rmse_by_step)
    right.plot(times, rmse_by_step, color=_RED)
    right.set(xlabel="time", ylabel=f"RMSE on unseen simulations, {unit}", ylim=(0, None))
    for axis in (left, right):
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.3)
    return _png(figure)


def _panel(axis: Any, field: npt.NDArray[np.float32], scale: tuple[float, float], colours: Colormap) -> Any:
    axis.tick_params(labelsize=7)
    if field.ndim == 1:
        axis.plot(field, color=_BLUE)
        axis.set_ylim(scale[0], scale[1])
        return None
    axis.set(xticks=[], yticks=[])
    return axis.imshow(
        field.reshape(len(field), -1),
        origin="lower",
        cmap=colours,
        vmin=scale[0],
        vmax=scale[1],
        aspect="equal",
        interpolation="nearest",
    )


def _columns(points: Sequence[tuple[int, float]]) -> tuple[list[int], list[float]]:
    return [batch for batch, _ in points], [value for _, value in points]


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer)  # type: ignore[no-untyped-call]  # matplotlib leaves it without types
    return buffer.getvalue()
