"""The protocol as a table: every message in every state, and the bytes of every message."""

from __future__ import annotations

import contextlib

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims.stream.messages import (
    VERSION,
    Assign,
    Bye,
    Commit,
    Credit,
    Heartbeat,
    Hello,
    Message,
    Next,
    NoMore,
    Refuse,
    StreamError,
    Welcome,
    decode,
    encode,
)
from sims.stream.protocol import TABLE, Conversation, State

HELLO = Hello(VERSION, "worker 0", (4, 4), "float32", -1)
WELCOME = Welcome("/dev/shm/x", b"token", 8, 10, 1.0, 10.0)
ASSIGN = Assign(3, {"left": 100.0}, 0)
COMMIT = Commit(3, 0, 5, inline=False)
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
        Next(),
        Credit((6,)),
        NoMore(),
        Bye("finished", failed=False),
    ]
    for message in life:
        conversation.advance(message)
    assert conversation.state is State.CLOSED
    assert not TABLE[State.CLOSED]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_bytes_and_back(message: Message):
    assert decode(encode(message)) == message


@given(st.binary(max_size=80))
def test_foreign_bytes_are_refused_and_never_crash(data):
    with contextlib.suppress(StreamError):
        decode(data)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ((7, 3, 0), "A Commit arrived whose fields are not simulation, step, slot, inline"),
        ((7, 3, 0, "5", False), "A Commit arrived"),
        ((6, (1, "2")), "A Credit arrived"),
        ((99, 1), "no message"),
        ((-1, b"p"), "no message"),
        (5, "no message"),
    ],
)
def test_wrong_fields_are_refused(values, sentence):
    with pytest.raises(StreamError, match=sentence):
        decode(msgpack.packb(values))
