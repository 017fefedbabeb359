"""One round of decisions: runs and a machine go in, what shall happen to each run comes out.

Nothing here touches Dagster, a clock or the machine, so that a round can be tested as a table and repeated: a round
that was cut off leaves either what was before or what was decided, and the next one starts from the tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, NamedTuple

from pipelines.admission.capacity import Machine, busy_gpus, taken_memory
from pipelines.admission.claims import Claims
from pipelines.admission.devices import Devices, read_units, write_units
from pipelines.admission.forecast import expected_starts
from pipelines.admission.needs import DEFAULTS, POOL, SLOT, Claim, NeedsError, read_claim
from pipelines.admission.runs import Run
from pipelines.admission.tags import CORES, EXPECTED, GATE, GO, GPUS, NEEDS, NO_GPU, POSITION, REASON
from scheduling.request import Decision, Policy, Request, RequestError, Running, View
from scheduling.resources import ResourceError, Resources
from scheduling.server import Server

HERE: Final = "this machine"
LISTED: Final = 100
"""Runs at the head of the queue that are told exactly where they stand; the others, in hundreds."""
LONGEST: Final = 1000
"""Letters of a reason: PostgreSQL indexes the values of tags, and takes no row above about 2,700 bytes."""
RUN_ID: Final = re.compile(r"\b([0-9a-f]{8})-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")


@dataclass(frozen=True)
class Limits:
    """What the instance itself allows."""

    runs: int | None = None
    """At a time; `None` is any number."""
    pools: Mapping[str, int] = field(default_factory=dict)
    """Runs at a time that take a slot of a pool."""

    def slots(self) -> dict[str, int]:
        """As amounts of resources."""
        named = {POOL + pool: limit for pool, limit in self.pools.items()}
        return named if self.runs is None else {SLOT: self.runs, **named}


class Entry(NamedTuple):  # not a frozen dataclass: ten thousand are made in a round, and these are made faster
    """What shall happen to one run that is held."""

    run: Run
    verdict: Literal["start", "wait", "never", "refuse"]
    """`never` waits for a larger machine; `refuse` has tags that cannot be read, and ends."""
    reason: str
    position: int | None = None
    expected: float | None = None
    """Seconds since the epoch."""
    claim: Claim | None = None
    """`None` if its tags cannot be read."""
    cores: tuple[int, ...] = ()
    gpus: str | None = None
    """As the tag says it; `None` on a machine without."""

    @property
    def tags(self) -> dict[str, str | None]:
        """What the run shall carry."""
        tags: dict[str, str | None] = {REASON: self.reason[:LONGEST]}
        tags[POSITION] = None if self.position is None else _rounded(self.position)
        tags[EXPECTED] = None if self.expected is None else _local(self.expected)
        if self.verdict == "start":
            tags |= {GATE: GO, CORES: write_units(self.cores) or None, GPUS: self.gpus}
        return tags

    def news(self) -> dict[str, str | None]:
        """The tags that differ from those it has."""
        return {key: value for key, value in self.tags.items() if self.run.tags.get(key) != value}


@dataclass(frozen=True)
class Plan:
    """One round."""

    entries: tuple[Entry, ...]
    """In the order of service."""
    holding: tuple[Claim, ...]
    """Runs that hold resources."""

    def count(self, verdict: str) -> int:
        """How many runs got it."""
        return sum(entry.verdict == verdict for entry in self.entries)

    def sentence(self) -> str:
        """The round in a line, for the page of the sensor's ticks."""
        if not self.entries:
            return f"No run waits; {len(self.holding)} hold resources."
        released = [f"{entry.run.name} of {_user(entry)}" for entry in self.entries if entry.verdict == "start"]
        parts = [f"{self.count('wait')} wait"]
        parts.append(f"{len(released)} released" + (f" ({', '.join(released[:5])})" if released else ""))
        parts += [f"{self.count('never')} can never start here"] * (self.count("never") > 0)
        parts += [f"{self.count('refuse')} refused"] * (self.count("refuse") > 0)
        nexts = [entry for entry in self.entries if entry.verdict == "wait"][:1]
        head = f" Next is {nexts[0].run.name}: {nexts[0].reason}" if nexts else ""
        return f"{', '.join(parts)}; {len(self.holding)} already hold resources.{head}"


def decide(
    runs: Sequence[Run],
    machine: Machine,
    policy: Policy,
    *,
    now: float,
    limits: Limits = Limits(),
    defaults: Resources = DEFAULTS,
    usual: Mapping[str, float] | None = None,
    claims: Claims | None = None,
) -> Plan:
    """Make one round.

    Args:
        runs: all that wait or work.
        machine: where they run.
        policy: orders, admits and places.
        now: seconds since the epoch.
        limits: of the instance.
        defaults: needs of what a run does not say.
        usual: seconds that work has taken before, by `Run.work`.
        claims: what was read in earlier rounds; nothing if `None`.
    """
    usual = usual or {}
    claims = claims or Claims()
    slots = limits.slots()
    # A limit of 0 closes a pool for a while; that is not a machine on which its runs could never start.
    total = machine.total + Resources(**{name: max(1, limit) for name, limit in slots.items()})
    closed = Resources(**{name: 1 for name, limit in slots.items() if limit <= 0})
    held = [run for run in runs if run.state == "held"]
    holding = [_claim_of_holder(run, total, defaults, usual.get(run.work)) for run in runs if run.state != "held"]
    found, refused = claims.read(held, total, defaults, usual)
    cores, gpus = _devices(holding, machine)
    reserved = sum(claim.request.needs["memory_mb"] for claim in holding)
    foreign = busy_gpus(machine, gpus.taken)
    gpus.hold(len(foreign), foreign)
    others = Resources(memory_mb=taken_memory(machine, reserved), gpu=len(foreign)) + closed
    running = [_running(claim, now) for claim in holding]
    # an estimate of 0: what is no run takes room, but has no share that a fair policy would keep account of
    running.append(Running(Request("others", "others", others, now, estimate=0), HERE, now, None))
    view = View(tuple(claim.request for claim in found.values()), (Server(HERE, total),), tuple(running), now)
    fragmented, decisions = _without_fragmented(view, policy, gpus)
    waiting = [_Waiting(found[request.id], _no_gpu(request), None) for request in fragmented]
    waiting += [
        _Waiting(found[decision.request.id], decision.reason, decision.expected_start)
        for decision in decisions
        if decision.verdict == "wait"
    ]
    settled = [
        _settled(decision, found[decision.request.id], cores, gpus)
        for decision in decisions
        if decision.verdict != "wait"
    ]
    begun = [_running(entry.claim, now) for entry in settled if entry.verdict == "start" and entry.claim is not None]
    queue = _in_line(waiting, [*running, *begun], total, now)
    wrong = [Entry(run, "refuse", f"It is refused. {error}") for run, error in refused]
    starts = [entry for entry in settled if entry.verdict == "start"]
    never = [entry for entry in settled if entry.verdict == "never"]
    return Plan((*starts, *queue, *never, *wrong), tuple(holding))


def _claim_of_holder(run: Run, total: Resources, defaults: Resources, usual: float | None) -> Claim:
    """A run that was never held may have any tags, and holds something all the same."""
    try:
        return read_claim(run, total, defaults=defaults, usual=usual)
    except (NeedsError, RequestError, ResourceError):
        tags = {key: value for key, value in run.tags.items() if not key.startswith(NEEDS)}
        return read_claim(replace(run, tags=tags), total, defaults=defaults, usual=usual)


def _devices(holding: Iterable[Claim], machine: Machine) -> tuple[Devices, Devices]:
    cores, gpus = Devices(int(machine.total["cpu"])), Devices(int(machine.total["gpu"]))
    for claim in holding:
        cores.hold(claim.request.needs["cpu"], read_units(claim.run.tags, CORES))
        gpus.hold(claim.request.needs["gpu"], read_units(claim.run.tags, GPUS))
    return cores, gpus


def _running(claim: Claim, now: float) -> Running:
    started = now if claim.run.started is None else claim.run.started
    estimate = claim.request.estimate
    return Running(claim.request, HERE, started, None if estimate is None else started + estimate)


def _without_fragmented(view: View, policy: Policy, gpus: Devices) -> tuple[list[Request], Sequence[Decision]]:
    """Decide until each start finds its GPUs, setting aside whom only the parts of several would suffice for."""
    fragmented: list[Request] = []
    while True:
        if fragmented:
            view = replace(view, waiting=tuple(request for request in view.waiting if request not in fragmented))
        decisions = policy.decide(view)
        trial, before = Devices(gpus.count, dict(gpus.taken)), len(fragmented)
        for decision in decisions:
            if decision.verdict == "start":
                chosen = trial.choose(decision.request.needs["gpu"])
                if chosen is None:
                    fragmented.append(decision.request)
                else:
                    trial.hold(decision.request.needs["gpu"], chosen)
        if len(fragmented) == before:
            return fragmented, decisions


def _no_gpu(request: Request) -> str:
    return f"It is next, but no single GPU has {request.needs['gpu']:g} of it free."


def _settled(decision: Decision, claim: Claim, cores: Devices, gpus: Devices) -> Entry:
    """What starts, with its devices, and what never can."""
    if decision.verdict == "reject":
        reason = f"It can never start on this machine. {decision.reason}"
        return Entry(claim.run, "never", _told(reason, claim), claim=claim)
    needs = decision.request.needs
    own_cores = cores.choose(needs["cpu"]) or cores.least_taken(needs["cpu"])
    cores.hold(needs["cpu"], own_cores)
    own_gpus: str | None = None
    if gpus.count:
        units = gpus.choose(needs["gpu"]) or []
        gpus.hold(needs["gpu"], units)
        own_gpus = write_units(units) or NO_GPU
    reason = _told(decision.reason, claim)
    return Entry(claim.run, "start", reason, 0, decision.expected_start, claim, tuple(own_cores), own_gpus)


class _Waiting(NamedTuple):
    """A run that does not start in this round."""

    claim: Claim
    reason: str
    expected: float | None
    """When the policy promises its start, seconds since the epoch."""


def _in_line(waiting: Sequence[_Waiting], running: Sequence[Running], total: Resources, now: float) -> list[Entry]:
    """Positions and expected starts: of the next as the policy promises it, of those behind it as forecast."""
    near = waiting[:LISTED]
    forecast = expected_starts([one.claim.request for one in near], running, total, now)
    far = f"More than {LISTED} runs go before it."
    return [
        *(
            Entry(one.claim.run, "wait", _told(one.reason, one.claim), place, one.expected or start, one.claim)
            for place, (one, start) in enumerate(zip(near, forecast, strict=True), 1)
        ),
        *(
            Entry(one.claim.run, "wait", _told(far, one.claim), place, None, one.claim)
            for place, one in enumerate(waiting[LISTED:], LISTED + 1)
        ),
    ]


def _told(reason: str, claim: Claim) -> str:
    """A reason with what is to be said of the run's tags, and runs named as the UI names them."""
    if "-" in reason:
        reason = RUN_ID.sub(lambda found: found[1], reason)
    return " ".join([reason, *claim.remarks]) if claim.remarks else reason


def _rounded(position: int) -> str:
    """Exact near the head; beyond, the hundreds, so that a long queue is not written anew whenever one leaves it."""
    return str(position) if position <= LISTED else f"after {position // LISTED * LISTED}"


def _local(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().isoformat(" ", "minutes")


def _user(entry: Entry) -> str:
    return entry.claim.request.user if entry.claim is not None else "nobody"
