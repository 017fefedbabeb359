"""How well departments type, as the page of the published records shows it, and the alert when it gets worse."""

from typing import Any

import dagster as dg
from sqlalchemy.engine import Engine

from assets.governance.alerts import outcome, spec
from assets.metadata import picture, rounded, table

FELL = 0.02
"""A score that is so much lower than it used to be is an alert."""

RUNS = 7
"""Runs before that say what it used to be, by their median."""

SPEC = spec(
    "quality_holds",
    "clean_records",
    f"The share of cells that are right as typed is at most {100 * FELL:.0f} points under the median of the last {RUNS} "
    "runs, in all and in each department.",
)


def quality(engine: Engine, run_id: int) -> tuple[dict[str, Any], dg.AssetCheckResult]:
    """Measure the run; metadata of the published records, and the alert."""
    from erp.quality import history, measure
    from erp.quality_chart import chart
    from erp.watch import by_department, fallen

    scores = by_department(measure(engine, run_id))
    past = history(engine)
    fell = fallen(past, run_id, by=FELL, runs=RUNS)
    overall = scores.row(0, named=True)["score"]
    metadata = {
        **rounded({"quality": overall}),
        "quality_by_department": table(map(rounded, scores.to_dicts())),
        "quality_over_time": picture(chart(past), "share of cells that are right as typed, by run"),
    }
    check = outcome(
        "quality_holds",
        "clean_records",
        ("There are no cells." if overall is None else f"{overall:.1%} of the cells are right as typed.")
        if fell.is_empty()
        else f"The share of cells that are right as typed fell: {', '.join(fell['department'])}.",
        fell,
        passed=fell.is_empty(),
    )
    return metadata, check
