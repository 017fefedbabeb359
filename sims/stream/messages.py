"""The messages between a producer of fields and the intake of a trainer, and their bytes.

Both sides are programs of any age on any machine, so that what arrives is checked field by field. What may
follow what is `sims.stream.protocol`.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import Any, ClassVar, Final

import msgpack

VERSION: Final = 1
"""Both sides must speak the same version."""
DTYPE: Final = "float32"
"""Type of the values of a field on the way to the trainer."""


class StreamError(Exception):
    """Streaming cannot start or go on; the sentence says whose fault it is and what to do."""


@dataclass(frozen=True)
class Hello:
    """Producer: here I am."""

    version: int
    name: str
    """Who it is, for messages to people and to the process that started it."""
    shape: tuple[int, ...]
    """Shape of the whole field that it makes."""
    dtype: str
    simulation: int
    """The one simulation that it was started for; -1: it asks for parameter sets."""


@dataclass(frozen=True)
class Welcome:
    """Intake: you may stream."""

    slab: str
    """Path of the file of slots."""
    token: bytes
    """What the file must hold at its head; another file of that name is on another machine."""
    capacity: int
    """Number of slots in the file."""
    steps: int
    """Time steps of a simulation."""
    beat: float
    """Seconds between heartbeats."""
    patience: float
    """Seconds without a heartbeat after which either side is taken for dead."""


@dataclass(frozen=True)
class Refuse:
    """Intake: no, because."""

    reason: str


@dataclass(frozen=True)
class Next:
    """Producer: give me a parameter set."""


@dataclass(frozen=True)
class Assign:
    """Intake: solve this."""

    simulation: int
    parameters: dict[str, float]
    owed: int
    """The first step, from 0, that is still needed; earlier ones have arrived."""


@dataclass(frozen=True)
class NoMore:
    """Intake: there is nothing left to solve."""


@dataclass(frozen=True)
class Credit:
    """Intake: these slots are yours to write."""

    slots: tuple[int, ...]


@dataclass(frozen=True)
class Commit:
    """Producer: the slot holds this step now, or the next frame does."""

    simulation: int
    step: int
    slot: int
    inline: bool


@dataclass(frozen=True)
class Bye:
    """Producer: I end; unused slots and the parameter set are yours again."""

    reason: str
    failed: bool
    """Whether the simulation at hand is to blame."""


@dataclass(frozen=True)
class Heartbeat:
    """Producer: I live. The intake answers with the same message."""

    producer: bytes


Message = Hello | Welcome | Refuse | Next | Assign | NoMore | Credit | Commit | Bye | Heartbeat


class _Codec:
    kinds: ClassVar[tuple[type[Any], ...]] = (
        Hello,
        Welcome,
        Refuse,
        Next,
        Assign,
        NoMore,
        Credit,
        Commit,
        Bye,
        Heartbeat,
    )
    number: ClassVar[dict[type[Any], int]] = {kind: index for index, kind in enumerate(kinds)}
    names: ClassVar[dict[type[Any], tuple[str, ...]]] = {
        kind: tuple(field.name for field in fields(kind)) for kind in kinds
    }
    types: ClassVar[dict[type[Any], tuple[str, ...]]] = {
        kind: tuple(str(field.type) for field in fields(kind)) for kind in kinds
    }


def encode(message: Message) -> bytes:
    """The bytes of a message: a MessagePack array of its kind and its fields."""
    packed: bytes = msgpack.packb((_Codec.number[type(message)], *astuple(message)))
    return packed


def decode(data: bytes) -> Message:
    """The message in these bytes.

    Raises:
        StreamError: they are not one.
    """
    try:
        kind_number, *values = msgpack.unpackb(data, use_list=False)
        kind = dict(enumerate(_Codec.kinds))[kind_number]
    except Exception as error:  # msgpack raises some ten kinds for foreign bytes
        raise StreamError("Bytes arrived that are no message of a millrace stream.") from error
    types = _Codec.types[kind]
    if len(values) != len(types) or not all(map(_is_of, values, types)):
        raise StreamError(f"A {kind.__name__} arrived whose fields are not {', '.join(_Codec.names[kind])}.")
    message: Message = kind(*values)
    return message


def _is_of(value: Any, kind: str) -> bool:
    match kind:
        case "tuple[int, ...]":
            return isinstance(value, tuple) and all(type(item) is int for item in value)
        case "dict[str, float]":
            return isinstance(value, dict) and all(
                isinstance(name, str) and isinstance(number, float) for name, number in value.items()
            )
        case _:
            return type(value).__name__ == kind
