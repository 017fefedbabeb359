"""`millrace simulate`: a recorded workload under several policies. Formats and figures are in `scheduling`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def simulate(
    trace: Annotated[Path, typer.Option(help="SWF file, CSV of Alibaba's pods, or our CSV; docs/scheduling.md.")],
    policy: Annotated[list[str], typer.Option(help="Name of a policy; give several to compare them with the first.")],
    capacity: Annotated[str, typer.Option(help="Of each host, for example cpu=32,mem=64; all else is not limited.")],
    hosts: Annotated[int, typer.Option(help="How many hosts there are.")] = 1,
    estimates: Annotated[str, typer.Option(help="Of run times: declared, perfect or learnt.")] = "declared",
) -> None:
    """Run a recorded workload under policies, without a clock, and print what each would have done."""
    from scheduling.comparison import as_table, compare
    from scheduling.resources import Resources
    from scheduling.traces import read_trace

    limits = Resources.parse(capacity)
    read = read_trace(trace)
    if read.account:
        print(read.account, file=sys.stderr)
    compared = compare(read, policy, limits, hosts=hosts, estimates=estimates)
    unlimited = sorted(read.resources - set(limits))
    print(f"{len(read.arrivals)} requests; not limited: {', '.join(unlimited) or 'nothing'}")
    print(as_table(compared))
