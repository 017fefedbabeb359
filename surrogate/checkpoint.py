"""A surrogate in a file: weights with everything that is needed to use them, or to go on training.

Written to a temporary file that replaces the old one at once, and read without running anything in it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from surrogate.errors import CheckpointError

Mask = npt.NDArray[np.bool_]

FORMAT: Final = 2
_PARTS: Final = frozenset(
    {"format", "study", "solver", "trainer", "normalisation", "used", "counters", "random", "history"}
)


def save(path: Path, parts: dict[str, Any]) -> None:
    """Write a checkpoint; whoever reads the path sees the old one or the whole new one.

    Args:
        path: where.
        parts: everything but the format: tensors and plain values only.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            torch.save({"format": FORMAT, **parts}, file)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def read(path: Path) -> dict[str, Any]:
    """Read a checkpoint.

    Raises:
        CheckpointError: there is none, or the file is something else.
    """
    try:
        parts = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"There is no checkpoint at {path}; train a study first.") from None
    except Exception as error:  # torch raises some ten kinds for foreign bytes
        raise CheckpointError(f"{path} is no checkpoint of millrace ({type(error).__name__}).") from error
    if not isinstance(parts, dict) or "format" not in parts:
        raise CheckpointError(f"{path} is no checkpoint of millrace: it has no format.")
    if parts["format"] != FORMAT:
        raise CheckpointError(f"{path} has the format {parts['format']}; this version reads {FORMAT}. Train it again.")
    if missing := _PARTS - parts.keys():
        raise CheckpointError(f"{path} is not whole: it lacks {', '.join(sorted(missing))}.")
    return parts


def pack_used(done: Iterable[int], partial: Mapping[int, Mask]) -> dict[str, Any]:
    """Which steps were trained on, small enough to be written often.

    Args:
        done: simulations of which every step was used.
        partial: others of which some were, each with a mask of shape (steps,).

    Returns:
        Of a checkpoint the part `used`; a step takes a bit.
    """
    return {"done": sorted(done), "partial": {number: _bits(mask) for number, mask in sorted(partial.items())}}


def unpack_used(used: Mapping[str, Any], steps: int) -> tuple[list[int], dict[int, Mask]]:
    """What was given to `pack_used`, for simulations of so many steps."""
    partial = {
        number: np.unpackbits(bits.numpy(), count=steps).astype(bool) for number, bits in used["partial"].items()
    }
    return list(used["done"]), partial


def random_state(rng: np.random.Generator) -> dict[str, Any]:
    """Of a checkpoint the part `random`: where NumPy's generator and those of torch are."""
    state: dict[str, Any] = {"numpy": rng.bit_generator.state, "torch": torch.get_rng_state()}
    return {**state, "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []}


def restore_random(state: Mapping[str, Any], rng: np.random.Generator) -> None:
    """Go on with the random numbers from where `random_state` was taken; on another number of GPUs those begin anew."""
    rng.bit_generator.state = state["numpy"]
    torch.set_rng_state(state["torch"])
    if len(state["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["cuda"])


def _bits(mask: Mask) -> torch.Tensor:
    return torch.from_numpy(np.packbits(mask))
