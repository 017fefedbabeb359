"""What `millrace queue` prints: who works, who waits, for what, since when, until when, and why."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta

import dagster as dg
from rich.console import Group, RenderableType
from rich.table import Table

from pipelines.admission.lease import read
from pipelines.admission.picture import place
from pipelines.admission.runs import Run, read_runs
from pipelines.admission.tags import EXPECTED, NEEDS, POSITION, REASON, USER
from pipelines.home import open_instance
from pipelines.settings import Settings

QUIET_S = 30.0
"""Without a round for so long, what the tags say may no longer be so."""


def show_queue(settings: Settings) -> RenderableType:
    """The queue of a home, as it was decided last."""
    with open_instance(settings) as instance:
        now = time.time()
        runs = read_runs(instance)
        return Group(_working(runs, now), _waiting(runs, now), _decided(instance, now))


def _working(runs: Iterable[Run], now: float) -> RenderableType:
    rows = [run for run in runs if run.state != "held"]
    if not rows:
        return "No run works."
    table = Table("run", "user", "needs", "for", title="Working", title_justify="left", box=None)
    for run in rows:
        since = "not begun" if run.started is None else _span(now - run.started)
        table.add_row(run.name, run.tags.get(USER, ""), _needs(run), since)
    return table


def _waiting(runs: Iterable[Run], now: float) -> RenderableType:
    rows = sorted((run for run in runs if run.state == "held"), key=place)
    if not rows:
        return "No run waits."
    table = Table("", "run", "user", "needs", "for", "starts", "why", title="Waiting", title_justify="left", box=None)
    for run in rows:
        table.add_row(
            run.tags.get(POSITION, "–"),
            run.name,
            run.tags.get(USER, ""),
            _needs(run),
            _span(now - run.submitted),
            run.tags.get(EXPECTED, "unknown")[-11:-6],
            run.tags.get(REASON, "Nobody has looked at it yet."),
        )
    return table


def _decided(instance: dg.DagsterInstance, now: float) -> str:
    lease = read(instance)
    if lease is None or lease.completed is None:
        return "Nobody has decided yet; runs are released while `millrace ui` is open and its sensor admission is on."
    age = now - lease.completed
    if age > QUIET_S:
        return (
            f"Nobody has decided for {_span(age)}; runs are released while `millrace ui` is open and its sensor "
            "admission is on."
        )
    return f"Decided {age:.0f} s ago."


def _needs(run: Run) -> str:
    declared = sorted((key.removeprefix(NEEDS), value) for key, value in run.tags.items() if key.startswith(NEEDS))
    return ", ".join(f"{value} {name}" for name, value in declared) or "the defaults"


def _span(seconds: float) -> str:
    return str(timedelta(seconds=max(0, round(seconds))))
