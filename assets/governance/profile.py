"""What is in the raw columns."""

import dagster as dg

from assets.explain import explained
from assets.governance.night import the_night
from assets.metadata import table
from assets.needs import Installation, Store


@dg.asset(group_name="governance", kinds={"polars"}, deps=["raw_records"])
def source_profile(
    context: dg.AssetExecutionContext,
    installation: dg.ResourceParam[Installation],
    database: dg.ResourceParam[Store],
) -> dg.MaterializeResult:
    """What every column of the source holds: types, nulls, distinct values, patterns, scripts, languages."""
    from erp.pipeline import profile

    with explained():
        columns = profile(database.engine, the_night(context, installation, database.engine)).columns
    return dg.MaterializeResult(metadata={"columns": len(columns), "profile": table(columns.to_dicts(), limit=100)})
