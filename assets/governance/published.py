"""The records that are published, and whether every record of the source is accounted for."""

import dataclasses

import dagster as dg
import polars as pl

from assets.explain import explained
from assets.freshness import NIGHTLY
from assets.governance.alerts import outcome, spec
from assets.governance.columns import published_columns
from assets.governance.night import the_night
from assets.governance.quality import SPEC, quality
from assets.metadata import FIGURES, table
from assets.needs import Installation, Store


@dg.asset(
    group_name="governance",
    kinds={"postgres"},
    deps=["entities"],
    freshness_policy=NIGHTLY,
    check_specs=[
        spec(
            "every_record_accounted_for",
            "clean_records",
            "Published, merged and quarantined employee records add up to those of the source.",
            blocking=True,
        ),
        SPEC,
    ],
)
def clean_records(
    context: dg.AssetExecutionContext,
    installation: dg.ResourceParam[Installation],
    database: dg.ResourceParam[Store],
) -> dg.MaterializeResult:
    """The published records: one row a person, canonical values, with the vocabulary of their spellings."""
    from erp.account import account
    from erp.pipeline import finish_run, publish

    with explained():
        run_id = the_night(context, installation, database.engine)
        result = publish(database.engine, run_id)
        people = account(database.engine)
        measured, holds = quality(database.engine, run_id)
    counts = dataclasses.asdict(people)
    figures = {
        **counts,
        "rows": sum(written.rows for written in result.tables),
        "written": result.written,
        "removed": result.removed,
        "quarantined_rows": result.quarantined_rows,
        "quality": measured["quality"],
    }
    finish_run(database.engine, run_id, "succeeded", figures)
    balance = f"{people.records:,} records = {people.published:,} published + {people.merged:,} merged + {people.quarantined:,} in quarantine"
    return dg.MaterializeResult(
        metadata={
            **figures,
            "run": run_id,
            **measured,
            "tables": table(dataclasses.asdict(written) for written in result.tables),
            FIGURES: dg.MetadataValue.json(figures),
            **published_columns("repaired_cells", "entities"),
        },
        check_results=[
            outcome(
                "every_record_accounted_for",
                "clean_records",
                f"{balance}." if people.balanced else f"It should be {balance}, and is not.",
                pl.DataFrame([counts]),
                passed=people.balanced,
                severity=dg.AssetCheckSeverity.ERROR,
            ),
            holds,
        ],
    )
