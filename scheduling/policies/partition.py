"""Runtime partitioning: pieces so short that nobody waits long for one to end.

A piece cannot be pre-empted, so its length bounds by how much a policy's real schedule lags what it intends. As many
pieces are cut as make each take about the *advisory task runtime* (ATR): floor(estimate / ATR), at least one
(*Balancing Fairness and Performance in Multi-User Spark Workloads with Dynamic Scheduling*, arXiv 2510.15485).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from scheduling.request import Request


@dataclass(frozen=True)
class RuntimePartitioning:
    """Says into how many pieces to cut a request; a stage *split* of `stages`."""

    advisory_task_runtime: float = 0.5
    """Seconds; half a second is the paper's, for Spark tasks."""

    def __call__(self, request: Request) -> int:
        """1 if its run time is unknown."""
        if request.estimate is None:
            return 1
        return max(1, min(request.divisible, int(request.estimate / self.advisory_task_runtime)))


def cut(request: Request, pieces: int) -> list[Request]:
    """The equal pieces of a request, which stay one job."""
    estimate = None if request.estimate is None else request.estimate / pieces
    return [
        replace(
            request,
            id=f"{request.id}/{number}",
            estimate=estimate,
            group=request.job,
            divisible=1,
            parent=request.id,
        )
        for number in range(pieces)
    ]
