"""A fluid, two-level fair share: who would end when if the machine could be divided without limit.

Capacity goes to active users in proportion to their weights, and each user's part equally to that user's live
jobs (*Balancing Fairness and Performance in Multi-User Spark Workloads with Dynamic Scheduling*, arXiv 2510.15485;
the weights are ours). Only what the fluid model says is here; `policies.uwfq` runs real requests by it.

Symbols, with work measured in seconds of the whole machine, so that its capacity R is 1:

    V           virtual time: dV/dt = 1 / W, W the sum of weights of active users
    v_u         virtual time of user u: dv_u/dt = w_u / (W n_u), n_u the number of u's live jobs
    D_j         user tag of job j, v_u at its arrival + L_j, L_j its work: j ends in the fluid when v_u reaches D_j
    S_u, E_u    virtual start and end of u: E_u = S_u + (live work of u) / w_u; u ends in the fluid when V reaches E_u
    F_j         global tag: S_u + (work of u's live jobs up to j, in order of D) / w_u
"""

from __future__ import annotations

import bisect
import heapq
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field


@dataclass
class FluidJob:
    """A job as the fluid model knows it."""

    start: float
    """v_u at its arrival"""
    work: float
    """L_j"""
    finish: float = 0.0
    """F_j, as of the last `FluidShare.retag`: virtual time of its end if its user's jobs ran one after the other"""


@dataclass
class _User:
    weight: float
    time: float = 0.0
    """v_u"""
    seen: float = 0.0
    """V up to which v_u is told"""
    start: float = 0.0
    """S_u"""
    end: float = 0.0
    """E_u"""
    backlog: float = 0.0
    """Work of live jobs"""
    live: list[tuple[float, str]] = field(default_factory=list)
    """D and name of live jobs, ascending"""
    jobs: dict[str, FluidJob] = field(default_factory=dict)
    """Live ones, and those that ended in the fluid but may not have in reality"""
    active: bool = False
    """Until V reaches E_u, which rounding may make a little later than the end of the last live job"""
    retagged: bool = True

    def advance(self, virtual: float) -> None:
        """Let V pass; jobs whose tag is reached end."""
        received, self.seen = (virtual - self.seen) * self.weight, virtual
        while self.live:
            missing = (self.live[0][0] - self.time) * len(self.live)
            if missing > received:
                self.time += received / len(self.live)
                return
            received -= max(0.0, missing)
            self._end_first()

    def is_live(self, name: str, job: FluidJob) -> bool:
        """Whether the job has not ended in the fluid."""
        tag = (job.start + job.work, name)
        position = bisect.bisect_left(self.live, tag)
        return self.live[position : position + 1] == [tag]

    def end_all(self) -> None:
        """V has reached E_u; what rounding has left over ends, too."""
        while self.live:
            self._end_first()

    def _end_first(self) -> None:
        self.time, name = self.live.pop(0)
        job = self.jobs[name]
        self.start += job.work / self.weight
        self.backlog = self.backlog - job.work if self.live else 0.0
        job.finish = self.start

    def retag(self) -> None:
        """F of live jobs, in order of D."""
        if not self.retagged:
            finish = self.start
            for _, name in self.live:
                finish += self.jobs[name].work / self.weight
                self.jobs[name].finish = finish
            self.retagged = True


class FluidShare:
    """The fluid model, moved on by arrivals.

    Args:
        weights: of users; 1 where none is given.
        grace: a user who has ended in the fluid for no longer than this, virtual time, goes on from the old start
            when more work of a known job comes, instead of queueing up anew. The paper grants 3 s of half the cores.
    """

    def __init__(self, weights: Mapping[Hashable, float], grace: float = 1.5) -> None:
        self._weights = weights
        self._grace = grace
        self._now = 0.0
        self._virtual = 0.0
        self._active = 0.0
        """W"""
        self._users: dict[Hashable, _User] = {}
        self._ends: list[tuple[float, int, Hashable]] = []
        """Heap of E_u; entries whose user has another E_u by now are stale."""
        self._pushes = 0

    def arrive(self, time: float, user: Hashable, name: str, work: float) -> FluidJob:
        """More work of a job comes, or less if an estimate shrinks.

        Args:
            time: seconds; what comes late counts from where time has got to.
            user: whose it is.
            name: of the job, unique for the user.
            work: seconds of the whole machine.
        """
        self._pass_until(time)
        state = self._users.get(user)
        if state is None:
            state = self._users[user] = _User(self._weights.get(user, 1.0), seen=self._virtual)
        state.advance(self._virtual)
        job = state.jobs.get(name)
        if job is not None and state.is_live(name, job):
            state.live.remove((job.start + job.work, name))
            change = max(work, -job.work)
            job.work += change
            state.backlog += change
        else:
            if not state.active:
                state.active = True
                self._active += state.weight
                if job is None or self._virtual - state.end > self._grace:
                    state.start = self._virtual
            job = state.jobs.setdefault(name, FluidJob(0.0, 0.0))
            job.start, job.work = state.time, max(work, 0.0)
            state.backlog += job.work
        bisect.insort(state.live, (job.start + job.work, name))
        state.end = state.start + state.backlog / state.weight
        state.retagged = False
        self._pushes += 1
        heapq.heappush(self._ends, (state.end, self._pushes, user))
        return job

    def retag(self) -> None:
        """Bring the tags F of all jobs up to date."""
        for state in self._users.values():
            state.retag()

    def forget(self, keep: Iterable[tuple[Hashable, str]]) -> None:
        """Drop the jobs that have ended in the fluid, other than these."""
        kept = set(keep)
        for user, state in list(self._users.items()):
            live = {name for _, name in state.live}
            state.jobs = {name: job for name, job in state.jobs.items() if name in live or (user, name) in kept}
            if not state.jobs and not state.active:
                del self._users[user]

    def _pass_until(self, time: float) -> None:
        while self._ends:
            end, _, user = self._ends[0]
            state = self._users.get(user)
            if state is not None and state.active and state.end == end:
                seconds = max(0.0, (end - self._virtual) * self._active)
                if self._now + seconds > time:
                    break
                self._now += seconds
                self._virtual = max(self._virtual, end)
                state.advance(self._virtual)
                state.end_all()
                state.active = False
                self._active -= state.weight
            heapq.heappop(self._ends)
        if time > self._now:
            if self._ends:
                self._virtual += (time - self._now) / self._active
            else:
                self._active = 0.0  # what is left of it is rounding
            self._now = time
