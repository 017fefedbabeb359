"""What the intake answers to its producers: sessions, parameter sets and credits, without sockets or threads.

Time is passed in, messages go in and come out; `surrogate.intake` carries them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from sims.roster import Roster
from sims.stream.messages import (
    DTYPE,
    VERSION,
    Assign,
    Bye,
    Commit,
    Credit,
    Heartbeat,
    Hello,
    Keep,
    Message,
    Next,
    NoMore,
    Refuse,
    StreamError,
    Welcome,
)
from sims.stream.protocol import Conversation, State
from surrogate.slots import SlotTable

Letter = tuple[bytes, Message]
"""A message with the producer that it goes to."""

_WINDOW: Final = 16
"""Credits of a producer at first. Each time it spends half of them at once they are doubled, so that a slow solver keeps
few slots from the buffer and a fast one never waits for the answer to a commit."""
_SHOWN: Final = 5
_WINDOW_BYTES: Final = 64 * 2**20
_WINDOW_LIMITS: Final = (4, 1024)


@dataclass
class _Session:
    name: str
    simulation: int | None
    heard: float
    conversation: Conversation = field(default_factory=Conversation)
    window: int = _WINDOW
    starved: bool = False
    """Whether its last commit spent half of its credits or more; it takes no more at once, so that others can come."""
    returned: tuple[int, ...] = ()
    """Slots of steps that came a second time, to be granted to it once more."""
    moved: float = 0.0
    """When it last got its parameter set, a credit that it was waiting for, or committed something."""
    following: int = 0
    """The step that it streams next: also one that an interrupted run had, and that is dropped when it comes."""
    behind: int = 1
    """Steps that it may be computing before its next commit."""


class Reception:
    """The intake's side of all conversations.

    Args:
        welcome: what a new producer is told.
        shape: of a field.
        table: the slots.
        roster: the parameter sets.
        step_timeout: seconds for a step, in which a running producer that has credits must commit; then it is
            given up. A step that it repeats from the start of its simulation has the same time. By default any.
    """

    def __init__(
        self,
        welcome: Welcome,
        shape: Sequence[int],
        table: SlotTable,
        roster: Roster,
        *,
        step_timeout: float | None = None,
    ) -> None:
        self._welcome, self._shape, self._table, self._roster = welcome, tuple(shape), table, roster
        self._step_timeout = math.inf if step_timeout is None else step_timeout
        low, high = _WINDOW_LIMITS
        self._window = max(low, min(high, _WINDOW_BYTES // (4 * math.prod(shape))))
        self._sessions: dict[bytes, _Session] = {}
        self._retired: set[str] = set()
        self.duplicates = 0
        """Steps that arrived a second time and were dropped."""
        self.begun: set[str] = set()
        """Names of the producers that ever got a parameter set."""
        self.silent: set[str] = set()
        """Names of the producers whose heartbeats or commits stopped."""
        self.hungry = False
        """Whether a producer would take more slots than there were when `serve` was last called."""

    @property
    def connected(self) -> list[str]:
        """Names of the producers."""
        return [session.name for session in self._sessions.values()]

    def handle(self, sender: bytes, message: Message | StreamError, now: float) -> list[Letter]:
        """Answer one message. What is wrong with it ends that producer's session and nothing else."""
        try:
            match message:
                case StreamError():
                    raise message
                case Heartbeat(producer):
                    return self._beat(sender, producer, now)
                case Hello():
                    return self._greet(sender, message, now)
                case _:
                    return self._continue(sender, message, now)
        except StreamError as error:
            return self.refuse(sender, str(error))

    def check_commit(self, sender: bytes, commit: Commit) -> None:
        """Check that a producer may commit this, before its payload is received.

        Raises:
            StreamError: it may not.
        """
        number, steps = commit.simulation, len(commit.slots)
        if not self._table.holds(sender, commit.slots):
            raise StreamError(f"Slots {_some(commit.slots)} were committed; a commit names granted slots, each once.")
        if self._roster.held_by(sender) != number:
            raise StreamError(f"A step of simulation {number} came from a producer that does not run it.")
        owed = int(self._roster.owed[number])
        if not 0 <= commit.step <= owed:
            raise StreamError(f"Step {commit.step} of simulation {number} came; step {owed} is owed.")
        if commit.step + steps > self._roster.steps:
            last = commit.step + steps - 1
            raise StreamError(f"Step {last} of simulation {number} came; it has {self._roster.steps}, from 0.")

    def serve(self, now: float) -> list[Letter]:
        """Hand out what can be handed out now: parameter sets to those who asked, and credits to those who run."""
        letters: list[Letter] = []
        for producer, session in self._sessions.items():
            if session.conversation.state is State.ASKED:
                letters += self._assign(producer, session, now)
        return letters + self._credit(now)

    def expire(self, now: float) -> list[Letter]:
        """End the sessions whose heartbeats or commits have stopped; their slots and parameter sets return."""
        letters: list[Letter] = []
        for producer, session in list(self._sessions.items()):
            reason = ""
            if now - session.heard > self._welcome.patience:
                reason = f"no heartbeat for {self._welcome.patience:g} s"
            elif self._is_stuck(producer, session, now):
                reason = f"no step for {now - session.moved:.3g} s; step_timeout is {self._step_timeout:g} s a step"
            if reason:
                self.silent.add(session.name)
                letters += self.refuse(producer, reason)
        return letters

    def retire(self, name: str) -> None:
        """The producer of that name gets no parameter set any more."""
        self._retired.add(name)

    def refuse(self, producer: bytes, reason: str) -> list[Letter]:
        """Tell a producer why, and forget it."""
        self.forget(producer, reason)
        return [(producer, Refuse(reason))]

    def forget(self, producer: bytes, death: str | None) -> None:
        """Take back everything that a producer holds.

        Args:
            producer: who has gone.
            death: why, if it did not leave in good order.
        """
        self._sessions.pop(producer, None)
        self._table.release(producer)
        simulation = self._roster.held_by(producer)
        self._roster.release(producer, death)
        if simulation is not None and simulation in self._roster.set_aside:
            self._table.give_up(simulation)

    def forget_name(self, name: str, death: str) -> None:
        """The same for the producer of that name."""
        for producer in [producer for producer, session in self._sessions.items() if session.name == name]:
            self.forget(producer, death)

    def _continue(self, sender: bytes, message: Message, now: float) -> list[Letter]:
        session = self._sessions.get(sender)
        if session is None:
            raise StreamError("this producer is not connected; it was silent too long, or never said hello.")
        session.heard = now
        session.conversation.advance(message)
        match message:
            case Next():
                self._roster.release(sender)  # if left before its last step, it is handed out again
                self._table.release(sender)  # credits are for one simulation: who waits for one holds none
                session.returned = ()
            case Commit():
                self.check_commit(sender, message)
                self._commit(sender, session, message)
                session.moved, session.behind = now, 1
            case Keep():
                self._keep(sender, message)
            case Bye(reason, failed):
                self.forget(sender, reason if failed else None)
            case _:
                raise StreamError(f"{type(message).__name__} is not for a producer to say.")
        return []

    def _beat(self, sender: bytes, producer: bytes, now: float) -> list[Letter]:
        session = self._sessions.get(producer)
        if session is None:  # it was given up, and may be waiting for a credit that will never come
            return [(producer, Refuse(f"no heartbeat for {self._welcome.patience:g} s"))]
        session.heard = now
        return [(sender, Heartbeat(producer))]

    def _greet(self, sender: bytes, hello: Hello, now: float) -> list[Letter]:
        if hello.version != VERSION:
            raise StreamError(f"the producer speaks version {hello.version} of the protocol; this is {VERSION}.")
        if (hello.shape, hello.dtype) != (self._shape, DTYPE):
            expected, got = _layout(self._shape, DTYPE), _layout(hello.shape, hello.dtype)
            raise StreamError(f"the study expects fields of {expected}; the producer has {got}.")
        named = hello.simulation if hello.simulation >= 0 else None
        if named is not None:
            self._check_named(named)
        session = _Session(hello.name, named, now)
        session.conversation.advance(hello)
        session.conversation.advance(self._welcome)
        self._sessions[sender] = session
        return [(sender, self._welcome)]

    def _check_named(self, simulation: int) -> None:
        if simulation >= len(self._roster.owed):
            raise StreamError(f"there is no simulation {simulation}; the study has {len(self._roster.owed)}, from 0.")
        holder = self._roster.holder(simulation)
        taken = holder is not None or any(session.simulation == simulation for session in self._sessions.values())
        if taken:
            name = self._sessions[holder].name if holder in self._sessions else "another producer"
            raise StreamError(f"simulation {simulation} is already connected ({name}).")

    def _assign(self, producer: bytes, session: _Session, now: float) -> list[Letter]:
        retired = session.name in self._retired
        simulation = None if retired else self._roster.hand_out(producer, session.simulation)
        answer: Message
        if simulation is not None:
            owed = int(self._roster.owed[simulation])
            step, state = self._roster.kept(simulation) or (-1, b"")
            answer = Assign(simulation, self._roster.parameters(simulation), owed, step, state)
            self.begun.add(session.name)
            session.moved, session.behind, session.starved = now, owed - step, False
            session.following = owed
        elif retired or self._roster.finished or self._roster.closed or session.simulation is not None:
            answer = NoMore()
        else:
            return []  # all are running; should one come back, this producer gets it
        session.conversation.advance(answer)
        return [(producer, answer)]

    def _commit(self, sender: bytes, session: _Session, commit: Commit) -> None:
        slots = np.array(commit.slots, np.int64)
        new = self._roster.arrive(commit.simulation, commit.step, len(slots))
        self._table.commit(sender, commit.simulation, commit.step, slots, new)
        session.returned += tuple(slots[~new].tolist())
        self.duplicates += int(np.count_nonzero(~new))
        session.starved = len(slots) >= self._table.held(sender)
        session.following = commit.step + len(slots)

    def _keep(self, sender: bytes, keep: Keep) -> None:
        steps, size = self._roster.steps, 8 * math.prod(self._shape)
        if self._roster.held_by(sender) != keep.simulation:
            raise StreamError(f"A state of simulation {keep.simulation} came from a producer that does not run it.")
        if not 0 <= keep.step < steps:
            raise StreamError(f"A state after step {keep.step} came; simulation {keep.simulation} has {steps}, from 0.")
        if len(keep.state) != size:
            raise StreamError(f"A state of {len(keep.state)} bytes came; a field of float64 has {size}.")
        self._roster.keep(keep.simulation, keep.step, keep.state)

    def _credit(self, now: float) -> list[Letter]:
        """Fill up the credits of those who have less than half of their window, within what the policy leaves to writers."""
        running = {p: session for p, session in self._sessions.items() if self._left(session) > 0}
        writable = max(1, self._welcome.capacity - self._table.policy.reserve(len(self._sessions)))
        share = max(1, min(self._window, writable // max(2, len(running))))
        held = {producer: self._table.held(producer) for producer in running}
        wants = {}
        for producer, session in running.items():
            window = min(session.window, share, self._left(session))
            if 2 * held[producer] <= window:
                wants[producer] = window - held[producer]
        granted = self._table.grant(wants, max(0, writable - self._table.granted))
        letters: list[Letter] = []
        self.hungry = False
        for producer, session in running.items():
            slots = granted.get(producer, ())
            if len(slots) < wants.get(producer, 0):
                self.hungry = True
            elif session.starved:
                session.window = min(2 * session.window, self._window)
            if credit := session.returned + tuple(slots):
                session.moved = session.moved if held[producer] else now
                session.starved, session.returned = False, ()
                letters.append((producer, Credit(credit)))
        return letters

    def _left(self, session: _Session) -> int:
        """Steps that a producer will still stream of its simulation."""
        return self._roster.steps - session.following if session.conversation.state is State.RUNNING else 0

    def _is_stuck(self, producer: bytes, session: _Session, now: float) -> bool:
        late = now - session.moved > self._step_timeout * session.behind
        return late and self._left(session) > 0 and self._table.held(producer) > 0


def _layout(shape: Sequence[int], dtype: str) -> str:
    return f"{dtype} {'x'.join(map(str, shape))}"


def _some(slots: Sequence[int]) -> str:
    return ", ".join([*map(str, slots[:_SHOWN]), *(["…"] if len(slots) > _SHOWN else [])]) or "()"
