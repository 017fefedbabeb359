"""The protocol as a table: every message in every state."""

from __future__ import annotations

import pytest

from sims.stream.messages import (
    VERSION,
    Assign,
    Bye,
    Commit,
    Credit,
    Heartbeat,
    Hello,
    Keep,
    Next,
    NoMore,
    Refuse,
    StreamError,
    Welcome,
)
from sims.stream.protocol import TABLE, Conversation, State

HELLO = Hello(VERSION, "worker 0", (4, 4), "float32", -1)
WELCOME = Welcome("/dev/shm/x", b"token", 8, 10, 1.0, 10.0)
ASSIGN = Assign(3, {"left": 100.0}, 0)
COMMIT = Commit(3, 0, (5,), inline=False)
KEEP = Keep(3, 0, b"12345678")
MESSAGES = [
    HELLO,
    WELCOME,
    Refuse("no"),
    Next(),
    ASSIGN,
    NoMore(),
    Credit((1, 2)),
    COMMIT,
    Bye("done", failed=False),
    Heartbeat(b"p"),
    KEEP,
]
PATHS = {
    State.IDLE: [],
    State.GREETED: [HELLO],
    State.READY: [HELLO, WELCOME],
    State.ASKED: [HELLO, WELCOME, Next()],
    State.RUNNING: [HELLO, WELCOME, Next(), ASSIGN],
    State.CLOSED: [HELLO, WELCOME, Bye("done", failed=False)],
}


def conversation_in(state):
    conversation = Conversation()
    for message in PATHS[state]:
        conversation.advance(message)
    assert conversation.state is state
    return conversation


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
@pytest.mark.parametrize("state", State, ids=lambda state: state.name)
def test_a_message_leads_where_the_table_says_or_is_refused(state, message):
    conversation = conversation_in(state)
    following = TABLE[state].get(type(message))
    if following is None:
        with pytest.raises(StreamError, match=f"{type(message).__name__} came while the conversation is {state.value}"):
            conversation.advance(message)
        assert conversation.state is state
    else:
        conversation.advance(message)
        assert conversation.state is following


def test_a_whole_life():
    conversation = Conversation()
    life = [
        HELLO,
        WELCOME,
        Next(),
        ASSIGN,
        Credit((5,)),
        COMMIT,
        KEEP,
        Next(),
        Credit((6,)),
        NoMore(),
        Bye("finished", failed=False),
    ]
    for message in life:
        conversation.advance(message)
    assert conversation.state is State.CLOSED
    assert not TABLE[State.CLOSED]
