"""A surrogate in a file: weights with everything that is needed to use them, or to go on training.

Written to a temporary file that replaces the old one at once, and read without running anything in it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Final

import torch

from surrogate.errors import CheckpointError

FORMAT: Final = 1
_PARTS: Final = frozenset({"format", "study", "solver", "trainer", "normalisation", "done", "history", "counters"})


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
    if not isinstance(parts, dict) or not parts.keys() >= _PARTS:
        raise CheckpointError(f"{path} is no checkpoint of millrace: it lacks some of {', '.join(sorted(_PARTS))}.")
    if parts["format"] != FORMAT:
        raise CheckpointError(f"{path} has the format {parts['format']}; this version reads {FORMAT}. Train it again.")
    return parts
