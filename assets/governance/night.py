"""Which run of the pipeline a step of a Dagster run belongs to, kept as a tag of the Dagster run.

A night opens its run when it synchronises. Cleaning again after decisions, or one asset by hand, synchronises
nothing and opens a run of its own with its first step.
"""

import dagster as dg
from sqlalchemy.engine import Engine

from assets.governance.source import source_label
from assets.needs import Installation

RUN = "millrace/run"
"""Tag: the number of the run in `governance.runs`, as ledger and lineage show it."""


def open_night(context: dg.AssetExecutionContext, installation: Installation, engine: Engine) -> int:
    """Open a run for this Dagster run, whatever it was tagged with when it was a copy of another."""
    from erp.pipeline import start_run

    run_id = start_run(engine, source_label(installation))
    context.instance.add_run_tags(context.run_id, {RUN: str(run_id)})
    return run_id


def the_night(context: dg.AssetExecutionContext, installation: Installation, engine: Engine) -> int:
    """The run that a step of this Dagster run opened and nobody has closed; a new one, if there is none."""
    from erp.pipeline import is_open

    run = context.instance.get_run_by_id(context.run_id)
    known = run.tags.get(RUN) if run is not None else None
    if known is not None and is_open(engine, int(known)):
        return int(known)
    return open_night(context, installation, engine)
