"""One run of a study at a time: two would train from the same checkpoint and overwrite each other's."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surrogate.errors import StudyError


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Hold the study of that name for as long as the context lasts, or the process lives.

    The file stays behind, empty: whoever removed it could take a lock away that another process has just got.

    Args:
        folder: of its checkpoint; made if missing.
        name: of the study.

    Raises:
        StudyError: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".{name}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)  # not inherited by workers, which would keep it
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode() or "unknown"
            raise StudyError(
                f"The study {name!r} is being trained already, by process {holder}; "
                "wait for it, stop it, or give this one another name."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
