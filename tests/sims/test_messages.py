"""The bytes of the messages: each means one message and nothing else, wherever they come from."""

from __future__ import annotations

import math
from dataclasses import astuple, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sims.stream.messages import (
    KINDS,
    VERSION,
    Assign,
    Commit,
    Credit,
    Heartbeat,
    Keep,
    Next,
    StreamError,
    decode,
    encode,
)

VALUES = {
    "int": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(),
    "bool": st.booleans(),
    "bytes": st.binary(max_size=40),
    "str": st.text(max_size=20),
    "tuple[int, ...]": st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20).map(tuple),
    "dict[str, float]": st.dictionaries(st.text(max_size=10), st.floats(), max_size=5),
}
MESSAGES = st.one_of(
    [
        st.builds(
            kind, *[st.just(VERSION) if field.name == "version" else VALUES[str(field.type)] for field in fields(kind)]
        )
        for kind in KINDS
    ]
)


@given(MESSAGES)
def test_a_message_comes_back_from_its_bytes(message):
    again = decode(encode(message))
    assert type(again) is type(message)
    assert repr(astuple(again)) == repr(astuple(message))  # in words, so that NaN is NaN


@given(MESSAGES)
def test_a_message_cut_anywhere_or_with_a_byte_more_is_refused(message):
    data = encode(message)
    for end in range(len(data)):
        with pytest.raises(StreamError):
            decode(data[:end])
    with pytest.raises(StreamError):
        decode(data + b"\0")


@given(st.binary(max_size=80) | MESSAGES.map(encode), st.integers(0, 200), st.integers(0, 255))
def test_foreign_bytes_are_refused_or_are_exactly_a_message(data, at, byte):
    data = data[:at] + bytes((byte,)) + data[at + 1 :]
    try:
        message = decode(data)
    except StreamError:
        return
    assert encode(message) == data


@pytest.mark.parametrize(
    ("message", "data"),
    [
        (Next(), "03"),
        (Credit((1, -2)), "06 02000000 0100000000000000 feffffffffffffff"),
        (Commit(3, 4, (5,), inline=True), "07 0300000000000000 0400000000000000 01000000 0500000000000000 01"),
        (Heartbeat(b"pq"), "09 02000000 7071"),
        (Keep(1, 2, b"x"), "0a 0100000000000000 0200000000000000 01000000 78"),
        (
            Assign(0, {"\u03b1": 1.5}, 7),
            "04 0000000000000000 01000000 02000000 ceb1 000000000000f83f 0700000000000000 ffffffffffffffff 00000000",
        ),
    ],
)
def test_the_bytes_are_those_that_other_languages_write(message, data):
    assert encode(message) == bytes.fromhex(data)
    assert decode(bytes.fromhex(data)) == message


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("", "Bytes arrived that are no message of a millrace stream, version 2."),
        (
            "96 00 01 a1 77 91 02 a7 66 6c 6f 61 74 33 32 ff",
            "no message of a millrace stream, version 2",
        ),  # a hello of 1
        ("00 0300000000000000 00", "The producer speaks version 3 of the protocol; this is 2."),
        ("0b", "no message"),
        ("0300", "A Next of 2 bytes arrived whose fields are not none"),
        ("06 ffffffff", "A Credit of 5 bytes arrived whose fields are not slots"),
        ("07 0300000000000000 0400000000000000 00000000 02", "are not simulation, step, slots, inline"),
        ("02 01000000 ff", "A Refuse of 6 bytes arrived whose fields are not reason"),
    ],
)
def test_wrong_bytes_are_refused_with_what_they_should_be(data, sentence):
    with pytest.raises(StreamError, match=sentence):
        decode(bytes.fromhex(data))


def test_a_name_twice_is_refused():
    data = encode(Assign(0, {"a": 1.0, "b": math.pi}, 0))
    with pytest.raises(StreamError, match="A Assign of"):
        decode(data.replace(b"b", b"a"))
