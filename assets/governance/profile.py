"""What is in the raw columns, and the alert when what arrived is not like what was there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from assets.explain import explained
from assets.governance.alerts import outcome, spec
from assets.governance.night import the_night
from assets.metadata import table
from assets.needs import Installation, Store

if TYPE_CHECKING:
    from erp.pipeline import ProfileResult

ASSET = "source_profile"


@dg.asset(
    group_name="governance",
    kinds={"polars"},
    deps=["raw_records"],
    check_specs=[
        spec("no_drift", ASSET, "What arrived is distributed like what was there; notices, of small changes, pass.")
    ],
)
def source_profile(
    context: dg.AssetExecutionContext,
    installation: dg.ResourceParam[Installation],
    database: dg.ResourceParam[Store],
) -> dg.MaterializeResult:
    """What every column of the source holds: types, nulls, distinct values, patterns, scripts, languages."""
    from erp.pipeline import profile

    with explained():
        result = profile(database.engine, the_night(context, installation, database.engine), installation.reports)
    return dg.MaterializeResult(
        metadata={
            "rows": result.rows,
            "columns": len(result.columns),
            "summary": dg.MetadataValue.md(result.summary),
            "profile": table(result.columns.to_dicts(), limit=100),
            **({} if result.report is None else {"report": dg.MetadataValue.path(result.report)}),
        },
        check_results=list(_checks(result)),
    )


def _checks(result: "ProfileResult") -> Iterator[dg.AssetCheckResult]:
    warnings = result.drift.filter(severity="warning")
    columns = warnings.select(pl.format("{}.{}", "table_name", "column_name")).to_series().unique(maintain_order=True)
    yield outcome(
        "no_drift",
        ASSET,
        "What arrived is like what was there."
        if warnings.is_empty()
        else f"What arrived is not like what was there: {', '.join(columns)}.",
        result.drift,
        passed=warnings.is_empty(),
    )
