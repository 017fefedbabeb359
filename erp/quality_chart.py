"""The picture of the quality over time: how each column of employees did, and where the last run stands.

What the figures mean is said in `erp.quality`.
"""

from __future__ import annotations

import io
from typing import Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from erp.schema import BY_NAME

_WORST: Final = 5
"""Columns that are named and coloured; all others are grey."""
_DARK: Final = 0.5
"""Part of the scale of colours below which figures are white."""


def chart(history: pl.DataFrame) -> bytes:
    """A PNG of 1,200 by 420 pixels: scores by column over the runs, and by department and column in the last.

    Args:
        history: as `erp.quality.history` gives it.
    """
    people = history.filter((pl.col("table_name") == "employees") & (pl.col("cells") > 0))
    figure = Figure(figsize=(12, 4.2), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(2, 3))
    if people.is_empty():
        figure.suptitle("No quality was measured yet")
    else:
        _runs(left, people)
        _departments(right, people.filter(pl.col("run_id") == people["run_id"].max()))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _runs(axes: Axes, people: pl.DataFrame) -> None:
    """One line a column, the worst of the last run in colour, and all cells together."""
    score = pl.col("right_as_typed").sum() / pl.col("cells").sum()
    by_column = people.group_by("run_id", "column_name").agg(score=score).sort("run_id")
    last = by_column.filter(pl.col("run_id") == people["run_id"].max()).sort("score", "column_name")
    worst = last["column_name"].head(_WORST).to_list()
    for name in [*last["column_name"].tail(-_WORST), *worst]:
        line = by_column.filter(pl.col("column_name") == name)
        style = {"label": name} if name in worst else {"color": "0.82", "zorder": 1}
        axes.plot(line["run_id"], line["score"], marker="o", markersize=3, linewidth=1.2, **style)
    every = people.group_by("run_id").agg(score=score).sort("run_id")
    axes.plot(every["run_id"], every["score"], color="black", linewidth=2, marker="o", markersize=4, label="all cells")
    axes.set_title("Employees: cells right as typed, by run", fontsize=10)
    axes.set_xlabel("run", fontsize=9)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.tick_params(labelsize=8)
    axes.grid(axis="y", color="0.93")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=8, frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.15))


def _departments(axes: Axes, last: pl.DataFrame) -> None:
    """Departments down, columns across, the score in percent in each field."""
    columns = [name for name in BY_NAME["employees"].column_names if name in set(last["column_name"])]
    wide = last.rename({"department": "_department"}).pivot("column_name", index="_department", values="score")
    wide = wide.sort("_department")
    grid = wide.select(columns).to_numpy()
    image = axes.imshow(grid, aspect="auto", cmap="viridis", vmax=1.0)
    low, high = image.get_clim()
    for (row, column), value in {(i, j): grid[i, j] for i in range(len(wide)) for j in range(len(columns))}.items():
        if value == value:  # noqa: PLR0124 - there are no cells where it is not a number
            dark = high > low and (value - low) / (high - low) < _DARK
            said = f"{100 * value:.0f}"
            axes.text(column, row, said, ha="center", va="center", fontsize=7, color="white" if dark else "black")
    axes.set_xticks(range(len(columns)), columns, rotation=40, ha="right", fontsize=8)
    axes.set_yticks(range(len(wide)), wide["_department"].to_list(), fontsize=8)
    axes.set_title(f"Run {last['run_id'][0]}: percent right as typed", fontsize=10)
