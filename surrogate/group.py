"""Trainer ranks that learn together: the few collectives that a study needs, over torch.distributed.

gloo carries them between hosts and processes; on GPUs the gradients go over NCCL, but what the hosts tell each
other stays with gloo, which notices at once when a rank is gone. What is averaged, `surrogate.trainer` decides.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final, Self

import torch
from torch import distributed
from torch.distributed import TCPStore  # type: ignore[attr-defined]  # it is public, but not in __all__

from sims.closing import Closing
from surrogate.errors import TrainingError

_PATIENCE_S: Final = 600.0


class Group(Closing):
    """The ranks of one study, of which this process is one.

    Attributes:
        rank: of this process, from 0.
        size: number of ranks.
    """

    def __init__(self, rank: int, size: int, *, host: distributed.ProcessGroup | None = None) -> None:
        self.rank, self.size, self._host = rank, size, host

    @classmethod
    def alone(cls) -> Self:
        """The group of one; no network."""
        return cls(0, 1)

    @classmethod
    def join(
        cls,
        rank: int,
        size: int,
        meeting: TCPStore | str,
        *,
        device: torch.device | None = None,
        patience: float = _PATIENCE_S,
    ) -> Self:
        """Meet the other ranks; returns when all are there.

        Args:
            rank: of this process.
            size: number of ranks.
            meeting: where: what `listen` gave on rank 0, its address `host:port` on the others.
            device: where this rank trains.
            patience: seconds to wait for a rank, here and in every exchange. A rank that dies is noticed at once;
                this is for one that hangs, or whose machine is cut off.

        Raises:
            TrainingError: not all ranks came.
        """
        cuda = device is not None and device.type == "cuda"
        if cuda:
            torch.cuda.set_device(device)  # NCCL takes the current one
        limit = timedelta(seconds=patience)
        try:
            store = meeting if isinstance(meeting, TCPStore) else _visit(meeting, limit)
            if _is_local(store.host):
                os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")  # else gloo takes the interface of the host's name
            # torch names groups by a count that a meeting which failed leaves raised: the next would wait for ever
            distributed.distributed_c10d._world.group_count = 0  # noqa: SLF001 - there is no other way to begin anew
            distributed.init_process_group(
                "nccl" if cuda else "gloo", store=store, rank=rank, world_size=size, timeout=limit
            )
            host = distributed.new_group(backend="gloo", timeout=limit) if cuda else distributed.group.WORLD
        except RuntimeError as error:
            raise TrainingError(
                f"Trainer rank {rank} of {size} did not find the others within {patience:g} s ({_brief(error)}); "
                "look for what they printed."
            ) from error
        return cls(rank, size, host=host)

    def sum(self, numbers: Sequence[float]) -> list[float]:
        """Sum each number over the ranks; every rank must call it.

        Raises:
            TrainingError: another rank is gone.
        """
        tensor = torch.tensor(numbers, dtype=torch.float64)
        if self.size > 1:
            with self.watching():
                distributed.all_reduce(tensor, group=self._host)
        return list(map(float, tensor.tolist()))

    def gather(self, value: Any) -> list[Any]:
        """What each rank gave, in their order, on every rank; it is pickled, so only for ranks that trust each other.

        Raises:
            TrainingError: another rank is gone.
        """
        values = [value]
        if self.size > 1:
            values *= self.size
            with self.watching():
                distributed.all_gather_object(values, value, group=self._host)
        return values

    def highest_(self, tensor: torch.Tensor) -> None:
        """Put the maximum over the ranks in place, on the device of the tensor and without waiting for it."""
        if self.size > 1:
            distributed.all_reduce(tensor, distributed.ReduceOp.MAX)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Say it in a sentence if an exchange inside fails because another rank is gone."""
        try:
            yield
        except RuntimeError as error:
            if self.size == 1 or not _is_loss(error):
                raise
            raise TrainingError(
                f"Trainer rank {self.rank} of {self.size} has lost another one ({_brief(error)}); "
                "the study can be gone on with from its last checkpoint."
            ) from error

    def close(self) -> None:
        """Leave; the others notice at their next exchange."""
        if self.size > 1 and distributed.is_initialized():
            distributed.destroy_process_group()


def listen(host: str = "127.0.0.1") -> tuple[TCPStore, str]:
    """Open the place where the ranks meet, on a free port: for rank 0, before the others start.

    Args:
        host: the interface. There is no login: whoever reaches it can join.

    Returns:
        What rank 0 gives to `Group.join`, and the address for the others.
    """
    store = TCPStore(host, 0, is_master=True, wait_for_workers=False)
    return store, f"{host}:{store.port}"


def _visit(address: str, limit: timedelta) -> TCPStore:
    host, _, port = address.rpartition(":")
    return TCPStore(host, int(port), is_master=False, timeout=limit, wait_for_workers=False)


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_loss(error: RuntimeError) -> bool:
    """Whether an error comes from the exchange and not from the computation."""
    text = str(error)
    return isinstance(error, distributed.DistError) or any(
        word in text for word in ("Connection closed", "Connection reset", "gloo", "Timed out waiting", "Broken pipe")
    )


def _brief(error: BaseException) -> str:
    """The first sentence of an error, without the place in the sources of torch."""
    return re.sub(r"^\[[^\]]*\] ", "", str(error).strip()).splitlines()[0].partition(". ")[0].rstrip(".")
