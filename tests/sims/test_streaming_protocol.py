"""The page on the wire protocol says what the code does: types, messages, states, header and a conversation in bytes."""

from __future__ import annotations

import re
import struct
from dataclasses import fields
from pathlib import Path

import numpy as np

from sims.stream import messages
from sims.stream.messages import KINDS, decode, encode
from sims.stream.protocol import TABLE, Conversation, State
from sims.stream.slab import Slab

PAGE = (Path(__file__).parents[2] / "docs" / "streaming-protocol.md").read_text()
SENDERS = {"Welcome": "intake", "Refuse": "intake", "Assign": "intake", "NoMore": "intake", "Credit": "intake",
           "Heartbeat": "both"}  # fmt: skip


def rows_of(heading: str) -> list[list[str]]:
    """The cells of the table under that heading line, without the heading."""
    lines = PAGE.partition(heading)[2].splitlines()[2:]
    table = lines[: next(number for number, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_the_page_lists_every_message_with_its_fields():
    expected = [
        [str(number), kind.__name__, SENDERS.get(kind.__name__, "producer"),
         ", ".join(f"{field.name}: {field.type}" for field in fields(kind))]
        for number, kind in enumerate(KINDS)
    ]  # fmt: skip
    assert rows_of("| kind | message | from | fields |") == expected


def test_the_page_describes_every_type():
    used = {str(field.type) for kind in KINDS for field in fields(kind)}
    assert {row[0] for row in rows_of("| type | bytes |")} == used


def test_the_page_shows_the_table_of_states():
    expected = [
        [state.name, ", ".join(f"{kind.__name__} → {following.name}" for kind, following in TABLE[state].items())]
        for state in State
    ]
    assert rows_of("| state | message → next state |") == expected


def test_the_example_is_a_whole_conversation_in_the_bytes_of_the_code():
    example = PAGE.partition("## A whole conversation")[2].split("```")[1].strip()
    conversation, said = Conversation(), set()
    for part in example.split("\n\n"):
        first, *lines = part.splitlines()
        arrow, text = first.split(" ", 1)
        message = eval(text, vars(messages))  # the repr of a dataclass
        assert bytes.fromhex("".join(lines)) == encode(message), text
        assert decode(encode(message)) == message
        sender = SENDERS.get(type(message).__name__, "producer")
        assert arrow == ("<-" if sender == "intake" else "->") or sender == "both"
        conversation.advance(message)
        said.add(type(message))
    assert conversation.state is State.CLOSED
    assert set(KINDS) - said == {messages.Refuse}


def test_the_page_describes_the_head_of_the_slab(tmp_path):
    with Slab.create(3, (5, 7), tmp_path) as slab:
        slab.fields[2] = np.arange(35).reshape(5, 7)
        data = slab.path.read_bytes()
        magic, token, slots, stride, start = struct.unpack("<8s16sQQQ", data[:48])
        assert (magic, token, slots, stride, start) == (b"millrace", slab.token, 3, 192, 4096)
        np.testing.assert_array_equal(np.frombuffer(data, "<f4", 35, start + 2 * stride), np.arange(35))
        slab.close(unlink=True)
    assert [row[:2] for row in rows_of("| offset | bytes | |")] == [
        ["0", "8"], ["8", "16"], ["24", "8"], ["32", "8"], ["40", "8"], ["4096", "slots × stride"],
    ]  # fmt: skip


def test_the_page_names_the_version_and_the_calls_of_the_client():
    assert f"`version` is {messages.VERSION}," in PAGE
    header = (Path(messages.__file__).parent / "c" / "millrace.h").read_text()
    for call in set(re.findall(r"millrace_[a-z]+(?=\()", PAGE)) | {"millrace_where", "millrace_attach"}:
        assert re.search(rf"\b{call}\(", header), call
