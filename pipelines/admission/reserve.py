"""The reservation made true at the start of a run's process: cores, threads, memory, GPUs.

`reserving` wraps an executor, since that is what runs first in the process of a run, before any step; what steps start
inherits all of it. A run that was not admitted (in a terminal, or while nobody decided) is left as it is.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import dagster as dg
import psutil

from pipelines.admission import instance as store
from pipelines.admission.devices import read_units
from pipelines.admission.tags import CORES, GATE, GO, GPUS, NEEDS, NO_GPU

MB: Final = 1_000_000
THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
"""Of libraries that would otherwise start a thread for each core of the machine."""


def reserving(inner: dg.ExecutorDefinition) -> dg.ExecutorDefinition:
    """An executor that first confines its process to what was reserved for the run, and then is `inner`."""

    def create(context: dg.InitExecutorContext) -> dg.Executor:
        build = inner.executor_creation_fn
        if build is None:
            raise dg.DagsterInvalidDefinitionError(f"The executor {inner.name} has nothing that makes it.")
        return _Reserving(build(context))

    schema: Any = inner.config_schema
    return dg.ExecutorDefinition(
        name=inner.name,
        config_schema=schema,
        requirements=inner.get_requirements,
        executor_creation_fn=create,
        description=inner.description,
    )


class _Reserving(dg.Executor):
    def __init__(self, inner: dg.Executor) -> None:
        self._inner = inner

    @property
    def retries(self) -> Any:
        return self._inner.retries

    @property
    def step_dependency_config(self) -> Any:
        return self._inner.step_dependency_config

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[dg.DagsterEvent]:
        run = plan_context.dagster_run
        if run.tags.get(GATE) == GO:
            store.report(plan_context.instance, run, f"Reserved: {'; '.join(confine(run.tags))}.")
        yield from self._inner.execute(plan_context, execution_plan)


def confine(tags: Mapping[str, str]) -> list[str]:
    """Confine this process, and what it starts, to what the tags of its run reserve; a phrase for each part."""
    cores = read_units(tags, CORES)
    return [*_pin(cores), *_limit_threads(max(1, len(cores))), *_limit_memory(tags), *_choose_gpus(tags)]


def _pin(indices: Iterable[int]) -> Iterator[str]:
    if not hasattr(os, "sched_setaffinity"):
        yield "no cores, as this system cannot pin a process"
        return
    present = sorted(os.sched_getaffinity(0))
    cores = {present[index] for index in indices if index < len(present)}
    if cores:
        # each thread has its own mask, and those that came with the code are there already
        for thread in psutil.Process().threads():
            _set_affinity(thread.id, cores)
        yield f"cores {', '.join(map(str, sorted(cores)))}"


def _set_affinity(thread: int, cores: set[int]) -> None:
    with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
        os.sched_setaffinity(thread, cores)


def _limit_threads(count: int) -> Iterator[str]:
    os.environ.update(dict.fromkeys(THREADS, str(count)))
    torch = sys.modules.get("torch")
    if torch is not None:  # too late for the variables
        torch.set_num_threads(count)
    yield f"{count} threads for each library that asks"


def _limit_memory(tags: Mapping[str, str]) -> Iterator[str]:
    """Make allocations beyond what was declared fail, here, rather than have the system end whatever it likes.

    A default is not a declaration: nobody has said that the run needs no more. The limit is of each process, and of
    what it may write, so that files which are only read (weights, code) do not count.
    """
    text = tags.get(NEEDS + "memory_mb", "")
    if not text:
        return
    declared = (
        psutil.virtual_memory().total * float(text.removesuffix("%")) / 100 if text.endswith("%") else float(text) * MB
    )
    resident = psutil.Process().memory_info().rss
    if declared <= resident:
        yield (
            f"no limit of memory, as needs/memory_mb is {text}, but the process takes {resident / MB:.0f} MB as soon as "
            "its code is loaded"
        )
    elif _set_data_limit(int(_writable() + declared - resident)):
        yield f"{declared / MB:.0f} MB of memory"
    else:
        yield "no limit of memory, as this system has none for a process"


def _writable() -> int:
    """Bytes of address space that this process may write, most of which it has never touched."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


def _set_data_limit(size: int) -> bool:
    if sys.platform != "linux":
        return False
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        size = min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (size, hard))
    return True


def _choose_gpus(tags: Mapping[str, str]) -> Iterator[str]:
    chosen = tags.get(GPUS)
    if chosen is None:
        return  # a machine without GPUs, or one where they cannot be counted
    # without the order, CUDA counts the fastest first, and NVML does not
    os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
    os.environ["CUDA_VISIBLE_DEVICES"] = "" if chosen == NO_GPU else chosen
    yield f"GPU {chosen}"
