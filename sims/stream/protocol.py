"""Which message may follow which, as a table without any input or output.

One table holds for both ends, because everything that changes the state is said in turn:

    IDLE --hello--> GREETED --welcome--> READY --next--> ASKED --assign--> RUNNING --next--> ASKED ...
                       |                   |               |                  |
                    refuse                bye        no more: READY   commit, keep: RUNNING
                       v                   v
                    CLOSED              CLOSED

Credits and heartbeats may come at any time after the welcome and change nothing; a refusal or a bye closes
from everywhere. A commit spends the credits that it names, and credits end with their simulation. Whether a slot
or a step is the right one, the holder of the slots decides; the table decides what may be said.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from sims.stream.messages import (
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


class State(Enum):
    """Where a conversation stands."""

    IDLE = "not begun"
    GREETED = "waiting for a welcome"
    READY = "connected"
    ASKED = "waiting for a parameter set"
    RUNNING = "running a simulation"
    CLOSED = "over"


_ALWAYS: Final[Mapping[type[Any], State]] = {Bye: State.CLOSED, Refuse: State.CLOSED}

TABLE: Final[Mapping[State, Mapping[type[Any], State]]] = {
    State.IDLE: {Hello: State.GREETED},
    State.GREETED: {Welcome: State.READY, Refuse: State.CLOSED},
    State.READY: {Next: State.ASKED, Credit: State.READY, Heartbeat: State.READY, **_ALWAYS},
    State.ASKED: {
        Assign: State.RUNNING,
        NoMore: State.READY,
        Credit: State.ASKED,
        Heartbeat: State.ASKED,
        **_ALWAYS,
    },
    State.RUNNING: {
        Commit: State.RUNNING,
        Keep: State.RUNNING,
        Next: State.ASKED,
        Credit: State.RUNNING,
        Heartbeat: State.RUNNING,
        **_ALWAYS,
    },
    State.CLOSED: {},
}


class Conversation:
    """One end's view of a conversation."""

    def __init__(self) -> None:
        self.state = State.IDLE

    def advance(self, message: Message) -> None:
        """Take note of a message that is about to be sent or has just arrived.

        Raises:
            StreamError: it may not be said now; the state is unchanged.
        """
        following = TABLE[self.state].get(type(message))
        if following is None:
            allowed = ", ".join(kind.__name__ for kind in TABLE[self.state]) or "nothing"
            raise StreamError(
                f"{type(message).__name__} came while the conversation is {self.state.value}; allowed: {allowed}."
            )
        self.state = following
