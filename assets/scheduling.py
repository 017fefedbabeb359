"""The run queue as an asset: each materialisation is a picture of it, and its figures are plotted over time."""

import time

import dagster as dg

from assets.metadata import picture, rounded, table
from assets.needs import RunQueue

QUIET_S = 120.0
"""Without a round of decisions for so long, the queue is first in, first out."""


@dg.asset(
    group_name="reporting",
    kinds={"dagster"},
    check_specs=[
        dg.AssetCheckSpec(
            "somebody_decides",
            asset="run_queue",
            description="The sensor that releases runs has ticked; without it, the queue is first in, first out.",
        )
    ],
)
def run_queue(context: dg.AssetExecutionContext, queue: dg.ResourceParam[RunQueue]) -> dg.MaterializeResult:
    """Which runs work, which wait, for what and why, and when each is expected to start.

    The figures show over time how much of the machine is reserved and how long the queue is.
    """
    seen = queue.look(context.instance)
    quiet = None if seen.decided is None else time.time() - seen.decided
    return dg.MaterializeResult(
        metadata={
            **rounded(seen.figures()),
            "plan": table(seen.rows()),
            "charts": picture(seen.charts(), "what is reserved, and what is expected to run"),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name="somebody_decides",
                passed=quiet is not None and quiet < QUIET_S,
                severity=dg.AssetCheckSeverity.WARN,
                description="Nobody has decided yet." if quiet is None else f"Somebody decided {quiet:.0f} s ago.",
            )
        ],
    )
