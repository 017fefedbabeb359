"""`millrace schedule`: jobs of a CSV file, in the order of a policy. The rules are in `scheduling`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def schedule(
    jobs: Annotated[Path, typer.Option(help="CSV file with the columns id, processing_time, due_date.")],
    policy: Annotated[str, typer.Option(help="Name of a policy, for example mdd; a wrong one lists them.")] = "mdd",
    out: Annotated[Path | None, typer.Option(help="Write id, start, end, tardiness here, as CSV.")] = None,
) -> None:
    """Sequence jobs on one machine by a policy, and say how late they are."""
    from scheduling.single_machine import plain, read_jobs, sequence

    done = sequence(read_jobs(jobs), policy)
    if out is not None:
        done.write(out)
    print("\n".join(done.ids))
    print(f"total tardiness: {plain(float(done.tardiness.sum()))}")
