"""Runs that the command line started and could not end, because it was killed: Dagster would wait for them for ever.

A run that the UI starts is watched by its code server; one of the command line is watched by nobody but holds a lock
on the home, which the kernel takes from a killed process.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

FROM_TERMINAL = {"millrace/from": "terminal"}
"""Tag of the runs that the lock watches."""

_ALIVE = [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]


@contextlib.contextmanager
def lock(home: Path) -> Iterator[bool]:
    """Try to be the only job of the command line in a home; false if another one is."""
    home.mkdir(parents=True, exist_ok=True)
    handle = os.open(home / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(handle)


def end_dead_runs(instance: dg.DagsterInstance, home: Path) -> None:
    """Mark runs of the command line as failed that no process carries on; one that is at work holds the lock."""
    if _unfinished(instance):  # the lock is tried only then, so that no command finds it taken by a look
        with lock(home) as alone:
            if alone:
                mark_dead(instance)


def mark_dead(instance: dg.DagsterInstance) -> None:
    """Mark all unfinished runs of the command line as failed; the caller holds the lock."""
    for run in _unfinished(instance):
        instance.report_run_failed(run, "The process of this run was killed; the next run goes on from there.")


def _unfinished(instance: dg.DagsterInstance) -> Sequence[dg.DagsterRun]:
    return instance.get_runs(dg.RunsFilter(statuses=_ALIVE, tags=FROM_TERMINAL))
