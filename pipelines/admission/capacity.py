"""What this machine has, and what others than runs use of it.

Runs are counted by what they reserved, not by what they use at the moment, which lags: a run that has just begun
uses nothing yet. What is measured only takes away: memory or a GPU that something else uses is not given to a run.
"""

from __future__ import annotations

import os
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from scheduling.resources import Resources

CGROUP: Final = Path("/sys/fs/cgroup")
MB: Final = 1_000_000
IN_USE: Final = 0.05
"""Part of a GPU's memory above which somebody is at work on it: a driver alone takes less."""


@dataclass(frozen=True)
class Machine:
    """What there is, measured."""

    total: Resources
    """`cpu` cores, `memory_mb`, `gpu` devices, and what the configuration adds."""
    available_mb: float
    """Memory that could be used now, MB (10⁶ bytes)."""
    gpus_used: tuple[float, ...] = ()
    """Part of its memory that is in use, of each GPU."""


def measure(configured: Mapping[str, float] | None = None) -> Machine:
    """Look at this machine.

    Args:
        configured: amounts that replace what is found, or add what cannot be found (licences, slots).
    """
    memory = psutil.virtual_memory()
    found: dict[str, float] = {"cpu": _cores(), "memory_mb": min(memory.total, _memory_limit()) / MB}
    gpus = _gpus()
    if gpus:
        found["gpu"] = len(gpus)
    return Machine(Resources(**(found | dict(configured or {}))), memory.available / MB, tuple(gpus))


def busy_gpus(machine: Machine, ours: Container[int]) -> list[int]:
    """Indices of the GPUs that something else than our runs is using."""
    return [gpu for gpu, used in enumerate(machine.gpus_used) if used > IN_USE and gpu not in ours]


def taken_memory(machine: Machine, reserved_mb: float) -> float:
    """MB that must count as held beside what runs have reserved, so that no more is given than is free."""
    return max(0.0, machine.total["memory_mb"] - reserved_mb - machine.available_mb)


def _cores() -> float:
    """Cores that this process may use."""
    cores = float(len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else float(os.cpu_count() or 1)
    quota, _, period = _read(CGROUP / "cpu.max").partition(" ")
    return min(cores, int(quota) / int(period)) if quota.isdigit() else cores


def _memory_limit() -> float:
    """Bytes that a container may use."""
    text = _read(CGROUP / "memory.max")
    return float(text) if text.isdigit() else float("inf")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _gpus() -> list[float]:
    """Part of its memory that is in use, of each NVIDIA GPU; empty without GPUs, driver or nvidia-ml-py."""
    try:
        import pynvml
    except ImportError:
        return []
    nvml: Any = pynvml
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:
        return []
    try:
        handles = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
        memories = [nvml.nvmlDeviceGetMemoryInfo(handle) for handle in handles]
        return [memory.used / memory.total for memory in memories]
    except nvml.NVMLError:
        return []
    finally:
        nvml.nvmlShutdown()
