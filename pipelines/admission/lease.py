"""One decision round at a time, however many daemons and sensors there are.

A round reads what is free and then gives it away, so two rounds at once would give it away twice. Whoever swaps the
value in the database holds the lease, until it is done or, having failed, for `TERM_S` seconds. When a round was
last completed is the beat that holds the `gate` shut.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, replace
from typing import Final

import dagster as dg

from pipelines.admission.instance import read_value, swap_value

KEY: Final = "millrace/admission"
"""Under which the instance keeps it."""
TERM_S: Final = 60.0
"""Longer than a round takes: Dagster gives a sensor that long."""


@dataclass(frozen=True)
class Lease:
    """The right to decide."""

    holder: str
    """Random; of one round."""
    taken: float
    """Seconds since the epoch."""
    until: float
    """When it lapses, seconds since the epoch; in the past once given back."""
    completed: float | None = None
    """When the last round that came to its end began, seconds since the epoch; `None` if none has."""

    def text(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))


def read(instance: dg.DagsterInstance) -> Lease | None:
    """The last lease that was taken; `None` if there was none."""
    return _parse(read_value(instance, KEY))


def _parse(text: str | None) -> Lease | None:
    """What another version wrote counts as nothing."""
    try:
        return None if text is None else Lease(**json.loads(text))
    except (TypeError, ValueError):
        return None


def take(instance: dg.DagsterInstance, now: float) -> Lease | None:
    """Take the lease; `None` if somebody else has it."""
    text = read_value(instance, KEY)
    last = _parse(text)
    # one that lies in the future is of a clock that was set back
    if last is not None and last.taken <= now < last.until:
        return None
    lease = Lease(uuid.uuid4().hex, now, now + TERM_S, completed=None if last is None else last.completed)
    return lease if swap_value(instance, KEY, text, lease.text()) else None


def give_back(instance: dg.DagsterInstance, lease: Lease) -> None:
    """Let the next round begin, as this one has come to its end; nothing happens if somebody else has it by now."""
    swap_value(instance, KEY, lease.text(), replace(lease, until=lease.taken, completed=lease.taken).text())
