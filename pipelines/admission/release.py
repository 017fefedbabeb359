"""One round of decisions: runs and a machine go in, what shall happen to each run comes out.

Nothing here touches Dagster, a clock or the machine, so that a round can be tested as a table and repeated: a round
that was cut off leaves either what was before or what was decided, and the next one starts from the tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

from pipelines.admission.capacity import Machine, busy_gpus, taken_memory
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


@dataclass(frozen=True)
class Entry:
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
    """
    usual = usual or {}
    slots = limits.slots()
    # A limit of 0 closes a pool for a while; that is not a machine on which its runs could never start.
    total = machine.total + Resources(**{name: max(1, limit) for name, limit in slots.items()})
    closed = Resources(**{name: 1 for name, limit in slots.items() if limit <= 0})
    held = [run for run in runs if run.state == "held"]
    holding = [_claim_of_holder(run, total, defaults, usual.get(run.work)) for run in runs if run.state != "held"]
    claims, refused = _read(held, total, defaults, usual)
    cores, gpus = _devices(holding, machine)
    reserved = sum(claim.request.needs["memory_mb"] for claim in holding)
    foreign = busy_gpus(machine, gpus.taken)
    gpus.hold(len(foreign), foreign)
    others = Resources(memory_mb=taken_memory(machine, reserved), gpu=len(foreign)) + closed
    running = [_running(claim, now) for claim in holding]
    # an estimate of 0: what is no run takes room, but has no share that a fair policy would keep account of
    running.append(Running(Request("others", "others", others, now, estimate=0), HERE, now, None))
    view = View(tuple(claim.request for claim in claims.values()), (Server(HERE, total),), tuple(running), now)
    fragmented, decisions = _without_fragmented(view, policy, gpus)
    entries = [_no_gpu(claims[request.id]) for request in fragmented]
    entries += [_entry(decision, claims[decision.request.id], cores, gpus) for decision in decisions]
    entries = _in_line(entries, running, total, now)
    return Plan((*entries, *refused), tuple(holding))


def _read(
    held: Iterable[Run], total: Resources, defaults: Resources, usual: Mapping[str, float]
) -> tuple[dict[str, Claim], list[Entry]]:
    claims: dict[str, Claim] = {}
    refused: list[Entry] = []
    for run in held:
        try:
            claims[run.id] = read_claim(run, total, defaults=defaults, usual=usual.get(run.work))
        except (NeedsError, RequestError, ResourceError) as error:
            refused.append(Entry(run, "refuse", f"It is refused. {error}"))
    return claims, refused


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
        waiting = tuple(request for request in view.waiting if request not in fragmented)
        decisions = policy.decide(replace(view, waiting=waiting))
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


def _no_gpu(claim: Claim) -> Entry:
    reason = f"It is next, but no single GPU has {claim.request.needs['gpu']:g} of it free."
    return Entry(claim.run, "wait", reason, claim=claim)


def _entry(decision: Decision, claim: Claim, cores: Devices, gpus: Devices) -> Entry:
    """A decision as an entry; what starts takes its devices."""
    needs, reason = decision.request.needs, decision.reason
    verdict: Literal["start", "wait", "never"] = "wait"
    own_cores: list[int] = []
    own_gpus: str | None = None
    if decision.verdict == "reject":
        verdict, reason = "never", f"It can never start on this machine. {reason}"
    elif decision.verdict == "start":
        verdict = "start"
        own_cores = cores.choose(needs["cpu"]) or cores.least_taken(needs["cpu"])
        cores.hold(needs["cpu"], own_cores)
        if gpus.count:
            units = gpus.choose(needs["gpu"]) or []
            gpus.hold(needs["gpu"], units)
            own_gpus = write_units(units) or NO_GPU
    return Entry(
        claim.run,
        verdict,
        reason,
        expected=decision.expected_start,
        claim=claim,
        cores=tuple(own_cores),
        gpus=own_gpus,
    )


def _in_line(entries: Sequence[Entry], running: Iterable[Running], total: Resources, now: float) -> list[Entry]:
    """Positions and expected starts: of the next as the policy promises it, of those behind it as forecast."""
    started = [entry for entry in entries if entry.verdict == "start"]
    waiting = [entry for entry in entries if entry.verdict == "wait"]
    begun = [_running(entry.claim, now) for entry in started if entry.claim is not None]
    near = [entry.claim.request for entry in waiting[:LISTED] if entry.claim is not None]
    forecast = expected_starts(near, [*running, *begun], total, now)
    told = [
        replace(_told(entry), position=place, expected=entry.expected or forecast[place - 1])
        for place, entry in enumerate(waiting[:LISTED], 1)
    ]
    far = [
        _told(replace(entry, position=place, reason=f"More than {LISTED} runs go before it.", expected=None))
        for place, entry in enumerate(waiting[LISTED:], LISTED + 1)
    ]
    rest = [_told(entry) for entry in entries if entry.verdict == "never"]
    return [*(replace(_told(entry), position=0) for entry in started), *told, *far, *rest]


def _told(entry: Entry) -> Entry:
    """With what is to be said of its tags, and runs named as the UI names them."""
    remarks = entry.claim.remarks if entry.claim is not None else ()
    if not remarks and "-" not in entry.reason:
        return entry
    return replace(entry, reason=" ".join([RUN_ID.sub(lambda found: found[1], entry.reason), *remarks]))


def _rounded(position: int) -> str:
    """Exact near the head; beyond, the hundreds, so that a long queue is not written anew whenever one leaves it."""
    return str(position) if position <= LISTED else f"after {position // LISTED * LISTED}"


def _local(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().isoformat(" ", "minutes")


def _user(entry: Entry) -> str:
    return entry.claim.request.user if entry.claim is not None else "nobody"
