"""The tags of a run, read: what it needs, for whom, how long it takes, when it is due. One sentence for each bad tag.

A need that cannot be read refuses the run: to guess what it meant could overload the machine. Everything else only
says what is wrong and does without.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from pipelines.admission.runs import Run
from pipelines.admission.tags import DEADLINE, ESTIMATE, NEEDS, PRIORITY, USER
from scheduling.names import no_such
from scheduling.request import Request
from scheduling.resources import Resources

DEFAULTS: Final = Resources(cpu=1, memory_mb=500)
"""What a run is taken to need that says nothing: one step of Python with some libraries."""
GPU: Final = "gpu"
SLOT: Final = "runs"
"""Resource of which every run takes one: the places that `max_concurrent_runs` leaves."""
POOL: Final = "pool:"
"""Prefix of the resource that each pool is; a run takes one of each of its pools."""


class NeedsError(ValueError):
    """The needs of a run cannot be read; a sentence for each tag."""


@dataclass(frozen=True)
class Claim:
    """A run as a request, and what is to be said about its tags."""

    run: Run
    request: Request
    remarks: tuple[str, ...] = ()


def read_claim(run: Run, total: Resources, *, defaults: Resources = DEFAULTS, usual: float | None = None) -> Claim:
    """Read the tags of a run.

    Args:
        run: the run.
        total: what the machine has, places and pools that are limited included; shares refer to it.
        defaults: needs of what the run does not say.
        usual: seconds that this work has taken before.

    Raises:
        NeedsError: a need is negative, unknown or no number.
    """
    remarks: list[str] = []
    request = Request(
        id=run.id,
        user=run.tags.get(USER) or "local",
        needs=_needs(run, total, defaults),
        submitted=run.submitted,
        estimate=_estimate(run.tags.get(ESTIMATE), usual, remarks),
        deadline=_deadline(run.tags.get(DEADLINE), run.submitted, remarks),
        priority=_priority(run.tags.get(PRIORITY), remarks),
        stage=run.work,
    )
    return Claim(run, request, tuple(remarks))


def _needs(run: Run, total: Resources, defaults: Resources) -> Resources:
    declared = tuple((key, text) for key, text in run.tags.items() if key.startswith(NEEDS))
    return _read_needs(declared, run.pools, total, defaults)


@lru_cache(maxsize=4096)  # runs of one job say the same, and a long queue is read in every round
def _read_needs(
    declared: tuple[tuple[str, str], ...], pools: frozenset[str], total: Resources, defaults: Resources
) -> Resources:
    wrong: list[str] = []
    amounts = dict(defaults)
    for key, text in declared:
        name = key.removeprefix(NEEDS)
        try:
            if not _is_known(name, total, defaults):
                names = sorted(name for name in {*total, *defaults, GPU} if _is_known(name, total, defaults))
                raise NeedsError(f"{key}: {no_such('resource', name, names)}")  # noqa: TRY301 - all are collected
            amounts[name] = _amount(name, text, total)
        except NeedsError as error:
            wrong.append(str(error))
    if wrong:
        raise NeedsError(" ".join(sorted(wrong)))
    for slot in (SLOT, *(POOL + pool for pool in pools)):
        if total[slot]:
            amounts[slot] = 1
    return Resources(**amounts)


def _is_known(name: str, total: Resources, defaults: Resources) -> bool:
    """Whether a run may declare it; a GPU is known where there is none, so that such a run waits for one."""
    return name == GPU or (name != SLOT and not name.startswith(POOL) and (defaults[name] > 0 or total[name] > 0))


def _amount(name: str, text: str, total: Resources) -> float:
    number = text.removesuffix("%")
    try:
        amount = float(number)
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount) or amount < 0:
        raise NeedsError(
            f"{NEEDS}{name} is {text!r}; it must be a number, 0 or more, or a share of the machine like 50%."
        )
    if text.endswith("%"):
        amount *= total[name] / 100
    if name == GPU and amount > 1 and amount != int(amount):
        raise NeedsError(f"{NEEDS}gpu is {text!r}; it must be a whole number of GPUs, or a part of one like 0.5.")
    return amount


def _estimate(text: str | None, usual: float | None, remarks: list[str]) -> float | None:
    if text is None:
        return usual
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if math.isfinite(seconds) and seconds > 0:
        return seconds
    instead = "what it usually takes counts" if usual is not None else "its run time counts as unknown"
    remarks.append(f"{ESTIMATE} is {text!r}; it must be a number of seconds above 0, so {instead}.")
    return usual


def _deadline(text: str | None, submitted: float, remarks: list[str]) -> float | None:
    if text is None:
        return None
    try:
        deadline = _moment(text, submitted)
    except (ValueError, OverflowError):
        remarks.append(
            f"{DEADLINE} is {text!r}; it must be a time like 2027-01-31T06:00+03:00, a time of day like 06:00, "
            "or seconds from the submission like +3600, so the run counts as having none."
        )
        return None
    if deadline < submitted:
        remarks.append(f"{DEADLINE} is {text!r}, which had passed when it was submitted, so it is late already.")
    return deadline


def _moment(text: str, submitted: float) -> float:
    if text.startswith("+"):
        seconds = float(text)
        if not math.isfinite(seconds):
            raise ValueError(text)
        return submitted + seconds
    if len(text) == len("HH:MM"):
        asked = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of the day, here
        begin = datetime.fromtimestamp(submitted).astimezone()
        due = begin.replace(hour=asked.hour, minute=asked.minute, second=0, microsecond=0)
        return (due if due >= begin else due + timedelta(days=1)).timestamp()
    return datetime.fromisoformat(text).timestamp()


def _priority(text: str | None, remarks: list[str]) -> int:
    try:
        return int(text or 0)
    except ValueError:
        remarks.append(f"{PRIORITY} is {text!r}; it must be a whole number, so it counts as 0.")
        return 0
