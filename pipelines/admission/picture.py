"""The queue as a picture of one moment: rows for a table, figures to plot over time, and two charts.

It shows what the tags of runs say, so it can be taken by any process, and decides nothing.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import dagster as dg

from pipelines.admission.capacity import measure
from pipelines.admission.lease import read
from pipelines.admission.needs import NeedsError, read_claim
from pipelines.admission.runs import Run, read_runs
from pipelines.admission.tags import EXPECTED, POSITION, REASON, USER
from scheduling.policies.columns import ASSUMED_SECONDS
from scheduling.request import Request, RequestError
from scheduling.resources import ResourceError, Resources

DRAWN: Final = 30
"""Runs in a chart; more could not be told apart."""


@dataclass(frozen=True)
class Picture:
    """One moment of a queue."""

    now: float
    """Seconds since the epoch."""
    total: Resources
    """Of the machine."""
    working: Sequence[Run]
    waiting: Sequence[Run]
    """In the order of their positions."""
    decided: float | None
    """When somebody decided last, seconds since the epoch; `None` if nobody has."""

    def rows(self) -> list[dict[str, Any]]:
        """Of the table: who works, then who waits."""
        return [self._row(run) for run in [*self.working, *self.waiting]]

    def _row(self, run: Run) -> dict[str, Any]:
        return {
            "position": run.tags.get(POSITION, "") if run.state == "held" else run.state,
            "run": run.name,
            "user": run.tags.get(USER, ""),
            "needs": str(_needs(run, self.total)),
            "minutes": round((self.now - (run.started or run.submitted)) / 60, 1),
            "expected start": run.tags.get(EXPECTED, "") if run.state == "held" else "",
            "why": run.tags.get(REASON, ""),
        }

    def figures(self) -> dict[str, float]:
        """What is worth plotting over time."""
        reserved = Resources()
        for run in self.working:
            reserved += _needs(run, self.total)
        waited = [self.now - run.submitted for run in self.waiting]
        return {
            "working": len(self.working),
            "waiting": len(self.waiting),
            "users_waiting": len({run.tags.get(USER) for run in self.waiting}),
            "longest_wait_minutes": max(waited, default=0.0) / 60,
            **{f"{name}_reserved": reserved[name] / amount for name, amount in self.total.items()},
        }

    def charts(self) -> bytes:
        """What is reserved of each resource by whom, and when who waits is expected to start, as a PNG."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7.6, 3.4), dpi=80, layout="constrained")
        shares, plan = figure.subplots(1, 2, width_ratios=[1, 2])
        self._draw_shares(shares)
        self._draw_plan(plan)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
        return buffer.getvalue()

    def _colour(self, user: str) -> str:
        """The same in both charts."""
        users = sorted({run.tags.get(USER, "?") for run in [*self.working, *self.waiting]})
        return f"C{users.index(user) % 10}"

    def _draw_shares(self, axis: Any) -> None:
        names = list(self.total)
        bottom = [0.0] * len(names)
        users: dict[str, Resources] = {}
        for run in self.working:
            user = run.tags.get(USER, "?")
            users[user] = users.get(user, Resources()) + _needs(run, self.total)
        for user, needs in sorted(users.items()):
            heights = [needs[name] / self.total[name] for name in names]
            axis.bar(names, heights, bottom=bottom, label=user, color=self._colour(user))
            bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
        axis.set(title="reserved", ylim=(0, max(1.0, *bottom)))
        if users:
            axis.legend(fontsize=7)

    def _draw_plan(self, axis: Any) -> None:
        expected = [(run, _minutes(run, self.now)) for run in self.waiting[:DRAWN]]
        known = [(run, start) for run, start in expected if start is not None]
        for place, (run, start) in enumerate(known):
            claim = _claim(run, self.total)
            seconds = ASSUMED_SECONDS if claim is None or claim.estimate is None else claim.estimate
            user = run.tags.get(USER, "?")
            axis.barh(place, seconds / 60, left=start, alpha=0.5, color=self._colour(user))
            axis.text(start, place, f" {run.name} {user}", va="center", fontsize=6)
        axis.invert_yaxis()
        axis.set(title="expected to run", xlabel="minutes from now", yticks=[])


def take_picture(instance: dg.DagsterInstance) -> Picture:
    """Look at an instance."""
    runs, lease = read_runs(instance), read(instance)
    held = [run for run in runs if run.state == "held"]
    return Picture(
        now=time.time(),
        total=measure().total,
        working=[run for run in runs if run.state != "held"],
        waiting=sorted(held, key=place),
        decided=None if lease is None else lease.completed,
    )


def place(run: Run) -> tuple[int, float]:
    """What waiting runs are sorted by: position; those that can never start, or were not looked at yet, last."""
    digits = "".join(filter(str.isdigit, run.tags.get(POSITION, "")))
    return int(digits or 10**9), run.submitted


def _claim(run: Run, total: Resources) -> Request | None:
    """What it asks for; nothing if that cannot be read, which ends it in the next round."""
    try:
        return read_claim(run, total).request
    except (NeedsError, RequestError, ResourceError):
        return None


def _needs(run: Run, total: Resources) -> Resources:
    claim = _claim(run, total)
    return Resources() if claim is None else claim.needs


def _minutes(run: Run, now: float) -> float | None:
    text = run.tags.get(EXPECTED)
    return None if text is None else max(0.0, (datetime.fromisoformat(text).timestamp() - now) / 60)
