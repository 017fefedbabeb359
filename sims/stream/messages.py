"""The messages between a producer of fields and the intake of a trainer, and their bytes.

Both sides are programs of any age and language on any machine, so that the bytes are plain, and what arrives is
checked field by field. What may follow what is `sims.stream.protocol`. The same for people who write a client
in another language: docs/streaming-protocol.md.

A message is one frame: a byte for its kind, which is its position in `KINDS`, then its fields in order and nothing
else, little-endian and without padding:

    int                64 bits, signed              str, bytes         length (32 bits), then the bytes; str in UTF-8
    float              64 bits, IEEE 754            tuple[int, ...]    count (32 bits), then the numbers
    bool               one byte, 0 or 1             dict[str, float]   count (32 bits), then each name with its number
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

VERSION: Final = 2
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
    kept: int = -1
    """The step right after which `state` was kept; -1: there is no state, solve it from the start."""
    state: bytes = b""
    """What `Keep` has handed over."""


@dataclass(frozen=True)
class NoMore:
    """Intake: there is nothing left to solve."""


@dataclass(frozen=True)
class Credit:
    """Intake: these slots are yours to write."""

    slots: tuple[int, ...]


@dataclass(frozen=True)
class Commit:
    """Producer: these slots hold consecutive steps now, or the frames that follow do."""

    simulation: int
    step: int
    """Of the first slot; `slots[i]` holds step + i."""
    slots: tuple[int, ...]
    inline: bool
    """Whether one frame a slot follows, in order, each the whole field as float32 in C order."""


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


@dataclass(frozen=True)
class Keep:
    """Producer: keep this, so that another worker can go on from here should I die."""

    simulation: int
    step: int
    """The step right after which the state was taken."""
    state: bytes
    """The whole field as float64, in C order."""


Message = Hello | Welcome | Refuse | Next | Assign | NoMore | Credit | Commit | Bye | Heartbeat | Keep

KINDS: Final[tuple[type[Any], ...]] = (
    Hello, Welcome, Refuse, Next, Assign, NoMore, Credit, Commit, Bye, Heartbeat, Keep,
)  # fmt: skip
"""All kinds; the position of each is its number."""

_INT, _FLOAT, _COUNT = struct.Struct("<q"), struct.Struct("<d"), struct.Struct("<I")
_BOOL: Final = (b"\0", b"\1")


def encode(message: Message) -> bytes:
    """The bytes of a message."""
    number = KINDS.index(type(message))
    return bytes((number,)) + b"".join([write(getattr(message, name)) for name, write, _ in _LAYOUTS[number]])


def decode(data: bytes) -> Message:
    """The message in these bytes.

    Raises:
        StreamError: they are not one, exactly.
    """
    if not data or data[0] >= len(KINDS):
        raise StreamError(f"Bytes arrived that are no message of a millrace stream, version {VERSION}.")
    kind, layout, reader = KINDS[data[0]], _LAYOUTS[data[0]], _Reader(data, 1)
    try:
        if kind is Hello:
            _check_version(data)
        message: Message = kind(*[read(reader) for _, _, read in layout])
        reader.end()
    except ValueError as error:
        names = ", ".join(name for name, _, _ in layout) or "none"
        raise StreamError(f"A {kind.__name__} of {len(data)} bytes arrived whose fields are not {names}.") from error
    return message


def _check_version(hello: bytes) -> None:
    """The version comes first in every hello, so that it can be read whatever the others are."""
    version = _Reader(hello, 1).read(_INT)
    if version != VERSION:
        raise StreamError(f"The producer speaks version {version} of the protocol; this is {VERSION}.")


class _Reader:
    """What is left of the bytes of a message. Whatever does not fit raises a `ValueError`."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def take(self, size: int) -> bytes:
        """The next bytes, all of them there."""
        end = self._at + size
        if end > len(self._data):
            raise ValueError
        part, self._at = self._data[self._at : end], end
        return part

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise ValueError

    def read(self, number: struct.Struct) -> Any:
        """The next number."""
        return number.unpack(self.take(number.size))[0]

    def count(self) -> int:
        """The length of what follows."""
        count: int = self.read(_COUNT)
        return count


def _with_length(data: bytes) -> bytes:
    return _COUNT.pack(len(data)) + data


def _write_text(text: str) -> bytes:
    return _with_length(text.encode(errors="backslashreplace"))  # a path may hold what is no text


def _write_integers(numbers: tuple[int, ...]) -> bytes:
    return struct.pack(f"<I{len(numbers)}q", len(numbers), *numbers)


def _read_integers(reader: _Reader) -> tuple[int, ...]:
    count = reader.count()
    return struct.unpack(f"<{count}q", reader.take(8 * count))


def _write_named(numbers: Mapping[str, float]) -> bytes:
    items = [_write_text(name) + _FLOAT.pack(number) for name, number in numbers.items()]
    return _COUNT.pack(len(items)) + b"".join(items)


def _read_named(reader: _Reader) -> dict[str, float]:
    count = reader.count()
    numbers = {reader.take(reader.count()).decode(): reader.read(_FLOAT) for _ in range(count)}
    if len(numbers) != count:
        raise ValueError
    return numbers


_Write = Callable[[Any], bytes]
_Read = Callable[[_Reader], Any]

_TYPES: Final[Mapping[str, tuple[_Write, _Read]]] = {
    "int": (_INT.pack, lambda reader: reader.read(_INT)),
    "float": (_FLOAT.pack, lambda reader: reader.read(_FLOAT)),
    "bool": (_BOOL.__getitem__, lambda reader: bool(_BOOL.index(reader.take(1)))),
    "bytes": (_with_length, lambda reader: reader.take(reader.count())),
    "str": (_write_text, lambda reader: reader.take(reader.count()).decode()),
    "tuple[int, ...]": (_write_integers, _read_integers),
    "dict[str, float]": (_write_named, _read_named),
}

_LAYOUTS: Final = [[(field.name, *_TYPES[str(field.type)]) for field in fields(kind)] for kind in KINDS]
"""Of each kind, its fields: name, writer and reader."""
