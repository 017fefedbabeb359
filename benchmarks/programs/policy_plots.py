"""The plots of the scheduling benchmarks: what was measured, beside what is published where something is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = ("#9e9e9e", "#e69f00", "#56b4e9", "#009e73", "#cc3311")
"""Told apart by people who do not see all colours; the last is for what a plot is about."""
Table = Mapping[str, Sequence[float]]


def save(figure: Figure, path: Path) -> None:
    """Write a PNG file, and say so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    print(f"plot: {path}")


def bars_beside_published(policies: Sequence[str], ours: Table, theirs: Table) -> Figure:
    """Mean response by workload and policy; NaN is not published.

    Args:
        policies: labels, in the order of the values of both tables.
        ours: seconds by workload.
        theirs: the same as published.
    """
    figure = Figure((11, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, table, title in ((left, ours, "simulated here"), (right, theirs, "published, Spark, other jobs")):
        _grouped(axes, policies, table)
        axes.set(title=title, ylabel="mean response, s")
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(policies), frameon=False)
    return figure


def lines_over_noise(sigmas: Sequence[float], series: Mapping[str, Sequence[Sequence[float]]]) -> Figure:
    """Response of small jobs, and what others pay, over the error of estimates.

    Args:
        sigmas: standard deviations of the logarithm.
        series: by policy, for each sigma: mean, mean of the smallest 80 %, DVR.
    """
    figure = Figure((9.5, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    figure.get_layout_engine().set(w_pad=0.2)
    for (name, rows), colour in zip(series.items(), COLOURS[2:], strict=False):
        for axes, column in ((left, 1), (right, 2)):
            axes.plot(sigmas, [row[column] for row in rows], "o-", color=colour, label=name)
    left.set(title="smallest 80 % of the jobs", ylabel="mean response, s")
    right.set(title="jobs later than under user-fair", ylabel="mean relative delay (DVR)")
    for axes in (left, right):
        _tidy(axes)
        axes.set(xlabel="σ of log estimate / truth", xticks=sigmas, ylim=(0, None))
    left.legend(frameon=False)
    return figure


def gaps_beside_published(ours: Mapping[str, tuple[float, float]], published: Mapping[str, float]) -> Figure:
    """Mean gaps of rules, percent, on a logarithmic scale.

    Args:
        ours: mean and standard error by rule.
        published: means by rule.
    """
    figure = Figure((8, 3.6), layout="constrained")
    axes = figure.subplots()
    places = np.arange(len(ours))
    means, errors = np.array(list(ours.values())).T
    axes.bar(places - 0.2, means, 0.4, yerr=errors, color=COLOURS[-1], capsize=3, label="here, with standard error")
    axes.bar(
        places + 0.2, [published[rule] for rule in ours], 0.4, color=COLOURS[0], label="published, other instances"
    )
    axes.set_xticks(places, [rule.upper().replace("AUGMENTED_", "augmented\n") for rule in ours])
    axes.set(
        yscale="log",
        ylim=(0.3, 100),
        ylabel="mean gap to the optimum, %",
        title="total tardiness, 20 jobs on one machine",
    )
    axes.yaxis.set_major_formatter("{x:g}")
    _tidy(axes)
    axes.legend(frameon=False)
    return figure


def makespans_over_noise(sigmas: Sequence[float], series: Table) -> Figure:
    """Mean makespans relative to HEFT with the true times, by way of deciding, for each sigma."""
    figure = Figure((6, 3.6), layout="constrained")
    axes = figure.subplots()
    for (name, values), colour in zip(series.items(), (COLOURS[2], COLOURS[-1], COLOURS[0]), strict=True):
        axes.plot(sigmas, values, "o-", color=colour, label=name)
    axes.set(xlabel="σ of log actual / estimated step", ylabel="makespan / HEFT with true times", xticks=sigmas)
    axes.set_title("random graphs of 60 steps")
    _tidy(axes)
    axes.legend(frameon=False)
    return figure


def packing_outcomes(shares: Mapping[str, Mapping[str, float]]) -> Figure:
    """What came of packing clusters in which greedy placement leaves somebody over.

    Args:
        shares: percent by baseline and time limit, and then by outcome.
    """
    figure = Figure((8, 3), layout="constrained")
    axes = figure.subplots()
    left = np.zeros(len(shares))
    for outcome, colour in zip(
        next(iter(shares.values())), (COLOURS[3], COLOURS[2], COLOURS[0], COLOURS[1]), strict=True
    ):
        widths = np.array([row[outcome] for row in shares.values()])
        axes.barh(list(shares), widths, left=left, color=colour, label=outcome)
        left += widths
    axes.invert_yaxis()
    axes.set(xlabel="% of clusters", xlim=(0, 100))
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    return figure


def _grouped(axes: Axes, labels: Sequence[str], table: Table) -> None:
    width = 0.8 / len(labels)
    places = np.arange(len(table))
    for number, label in enumerate(labels):
        heights = [values[number] for values in table.values()]
        axes.bar(places + (number - (len(labels) - 1) / 2) * width, heights, width, label=label, color=COLOURS[number])
    axes.set_xticks(places, [name.replace(", ", ",\n") for name in table])
    _tidy(axes)


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#dddddd")
    axes.set_axisbelow(True)
