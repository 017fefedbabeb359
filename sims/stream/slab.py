"""The slab: one memory-mapped file with a header and a fixed number of equal slots, one field a slot.

Solver ranks write their rows straight into a slot, and the trainer gathers batches from the slots by index.
Who may touch which slot when is decided by credits; there is no lock in the file.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import math
import mmap
import os
import secrets
import shutil
import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from sims.closing import Closing
from sims.stream.messages import DTYPE, StreamError

Fields = npt.NDArray[np.float32]
"""All slots as one array, shape (slots, *shape of the field)."""

_MAGIC: Final = b"millrace"
_HEADER: Final = struct.Struct("<8s16sQQQ")  # magic, token, number of slots, bytes from slot to slot, the first slot
_DATA: Final = 4096
_LINE: Final = 64  # slots start on a cache line, so that two ranks never share one across slots
_SHARED: Final = Path("/dev/shm")  # noqa: S108 - the names in it are random and the files private to the user
_PATTERN: Final = "millrace-*.slab"


class Slab(Closing):
    """A mapped slab; `create` makes one and `attach` opens it from another process.

    Attributes:
        path: the file.
        token: random bytes at its head.
        fields: the slots, shape (slots, *shape), float32.
        lines: the same memory flat and with the padding, shape (slots, values + padding): contiguous, so that a
            gather by index copies nothing but what it gathers.
    """

    def __init__(self, path: Path, descriptor: int, slots: int, shape: Sequence[int], token: bytes) -> None:
        self.path, self.token, self._descriptor = path, token, descriptor
        stride = _stride(shape)
        self._map = mmap.mmap(descriptor, _DATA + slots * stride)
        self.lines: Fields = np.frombuffer(self._map, DTYPE, offset=_DATA).reshape(slots, stride // 4)
        inner = np.cumprod([4, *reversed(shape)])[:-1][::-1]
        self.fields: Fields = np.ndarray(
            (slots, *shape), DTYPE, self._map, offset=_DATA, strides=(stride, *map(int, inner))
        )

    @classmethod
    def create(cls, slots: int, shape: Sequence[int], folder: Path | None = None) -> Self:
        """Make a slab that lives until `close`, and claim all its memory at once.

        Args:
            slots: number of slots.
            shape: of one field.
            folder: where; by default /dev/shm, or the folder of temporary files where there is none.

        Raises:
            StreamError: there is no room; with what is needed, what is free, and what to change.
        """
        place = folder or default_folder()
        remove_stale(place)
        size = _DATA + slots * _stride(shape)
        free = shutil.disk_usage(place).free
        full = (
            f"The slab needs {_mebibytes(size)} in {place} for {slots} fields of {'x'.join(map(str, shape))}, and "
            f"{_mebibytes(free)} are free; lower the capacity of the study, or set its slab_folder to one with room."
        )
        if place == _SHARED:
            full += " In a container, shared memory is small unless asked for: docker run --shm-size=4g."
        if size > free:
            raise StreamError(full)
        descriptor, draft = tempfile.mkstemp(prefix=".millrace-", dir=place)
        path = place / f"millrace-{Path(draft).name.removeprefix('.millrace-')}.slab"
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held as long as this process lives
            os.posix_fallocate(descriptor, 0, size)
            token = secrets.token_bytes(16)
            os.pwrite(descriptor, _HEADER.pack(_MAGIC, token, slots, _stride(shape), _DATA), 0)
            Path(draft).rename(path)  # only now may others see it: it is locked
            return cls(path, descriptor, slots, shape, token)
        except OSError as error:
            os.close(descriptor)
            Path(draft).unlink(missing_ok=True)
            if error.errno == errno.ENOSPC:
                raise StreamError(full) from error
            raise

    @classmethod
    def attach(cls, path: Path, slots: int, shape: Sequence[int], token: bytes) -> Self | None:
        """Open the slab of another process, or return `None` if it cannot be reached from this machine."""
        try:
            descriptor = os.open(path, os.O_RDWR)
        except OSError:
            return None
        expected = _HEADER.pack(_MAGIC, token, slots, _stride(shape), _DATA)
        if os.pread(descriptor, _HEADER.size, 0) != expected:
            os.close(descriptor)
            return None
        return cls(path, descriptor, slots, shape, token)

    def close(self, *, unlink: bool = False) -> None:
        """Let go of the file; the memory returns when the last array on it is gone."""
        if unlink:
            self.path.unlink(missing_ok=True)
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def default_folder() -> Path:
    """Where a slab is made unless the study says otherwise: memory if the system offers it as files."""
    return _SHARED if os.access(_SHARED, os.W_OK) else Path(tempfile.gettempdir())


def remove_stale(folder: Path) -> None:
    """Remove the slabs of processes that were killed: nobody holds their lock any more."""
    for path in folder.glob(_PATTERN):
        with contextlib.suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _stride(shape: Sequence[int]) -> int:
    return -(-4 * math.prod(shape) // _LINE) * _LINE


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:.1f} MiB"
