"""What the intake answers to its producers: sessions, parameter sets and credits, without sockets or threads.

Time is passed in, messages go in and come out; `surrogate.intake` carries them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

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
"""Credits of one producer, at most: enough that it never waits for the answer to a commit."""


@dataclass
class _Session:
    name: str
    simulation: int | None
    heard: float
    conversation: Conversation = field(default_factory=Conversation)


class Reception:
    """The intake's side of all conversations.

    Args:
        welcome: what a new producer is told.
        shape: of a field.
        table: the slots.
        roster: the parameter sets.
        watermark: fields that must find room beside all slots that are being written.
        repeats: how often a field is drawn on average before production may go on beyond the capacity.
    """

    def __init__(
        self,
        welcome: Welcome,
        shape: Sequence[int],
        table: SlotTable,
        roster: Roster,
        *,
        repeats: float,
        watermark: int,
    ) -> None:
        self._welcome, self._shape, self._repeats = welcome, tuple(shape), repeats
        self._table, self._roster = table, roster
        self._sessions: dict[bytes, _Session] = {}
        self._writable = welcome.capacity - watermark
        self._window = max(1, min(_WINDOW, self._writable // 2))
        self.duplicates = 0
        """Steps that arrived a second time and were dropped."""
        self.begun: set[str] = set()
        """Names of the producers that ever got a parameter set."""
        self.silent: set[str] = set()
        """Names of the producers whose heartbeats stopped."""

    @property
    def connected(self) -> list[str]:
        """Names of the producers."""
        return [session.name for session in self._sessions.values()]

    def handle(self, sender: bytes, message: Message, now: float) -> list[Letter]:
        """Answer one message. What is wrong with it ends that producer's session and nothing else."""
        try:
            match message:
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
        slots = set(commit.slots)
        if not slots or len(slots) < len(commit.slots):
            raise StreamError(f"A commit names the slots {commit.slots}; it names one or more, each once.")
        if unheld := slots - self._table.held(sender):
            raise StreamError(f"Slot {min(unheld)} was committed without a credit for it.")
        if self._roster.held_by(sender) != commit.simulation:
            raise StreamError(f"A step of simulation {commit.simulation} came from a producer that does not run it.")
        owed = self._roster.owed[commit.simulation]
        if commit.step > owed:
            raise StreamError(f"Step {commit.step} of simulation {commit.simulation} came; step {owed} is owed.")
        if commit.step + len(slots) > self._roster.steps:
            last = commit.step + len(slots) - 1
            raise StreamError(f"Step {last} of simulation {commit.simulation} came; it has {self._roster.steps}.")

    def serve(self) -> list[Letter]:
        """Hand out what can be handed out now: parameter sets to those who asked, and credits to those who run."""
        letters: list[Letter] = []
        for producer, session in self._sessions.items():
            if session.conversation.state is State.ASKED:
                letters += self._assign(producer, session)
        running = [producer for producer, s in self._sessions.items() if s.conversation.state is State.RUNNING]
        for producer in sorted(running, key=lambda producer: len(self._table.held(producer))):
            letters += self._credit(producer)
        return letters

    def expire(self, now: float) -> list[Letter]:
        """End the sessions whose heartbeats have stopped; their slots and parameter sets return."""
        late = [p for p, session in self._sessions.items() if now - session.heard > self._welcome.patience]
        self.silent |= {self._sessions[producer].name for producer in late}
        reason = f"no heartbeat for {self._welcome.patience:g} s"
        return [letter for producer in late for letter in self.refuse(producer, reason)]

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
        self._roster.release(producer, death)

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
            case Commit():
                self.check_commit(sender, message)
                return self._commit(sender, message)
            case Keep():
                pass  # nobody asks for it yet: a simulation is solved again from its start
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

    def _assign(self, producer: bytes, session: _Session) -> list[Letter]:
        simulation = self._roster.hand_out(producer, session.simulation)
        answer: Message
        if simulation is not None:
            owed = int(self._roster.owed[simulation])
            answer = Assign(simulation, self._roster.parameters(simulation), owed)
            self.begun.add(session.name)
        elif self._roster.finished or session.simulation is not None:
            answer = NoMore()
        else:
            return []  # all are running; one may come back from a producer that dies
        session.conversation.advance(answer)
        return [(producer, answer)]

    def _commit(self, sender: bytes, commit: Commit) -> list[Letter]:
        returned = []
        new = self._roster.arrive(commit.simulation, commit.step, len(commit.slots))
        for step, (slot, is_new) in enumerate(zip(commit.slots, new, strict=True), commit.step):
            if is_new:
                self._table.commit(sender, slot, commit.simulation, step)
            else:
                self.duplicates += 1
                returned.append(slot)  # it is still the producer's
        return [(sender, Credit(tuple(returned)))] if returned else []

    def _credit(self, producer: bytes) -> list[Letter]:
        held = len(self._table.held(producer))
        if held > self._window // 2:
            return []
        ahead = self._table.produced + self._table.granted
        allowed = self._welcome.capacity + int(self._table.drawn / self._repeats) - ahead
        room = self._writable - self._table.granted
        slots = self._table.grant(producer, max(0, min(self._window - held, allowed, room)))
        return [(producer, Credit(slots))] if slots else []


def _layout(shape: Sequence[int], dtype: str) -> str:
    return f"{dtype} {'x'.join(map(str, shape))}"
