"""Who is who: the records that are one person."""

from collections.abc import Iterator

import dagster as dg
from sqlalchemy.engine import Engine

from assets.explain import explained
from assets.governance.alerts import outcome, spec
from assets.governance.columns import entity_columns
from assets.governance.night import the_night
from assets.metadata import FIGURES, table
from assets.needs import Installation, Store

MOST_RECORDS = 5
"""Records that a person may have; more are several people that somebody's empty fields or a shared phone joined."""


@dg.asset(
    group_name="governance",
    kinds={"duckdb", "splink"},
    deps=["repaired_cells"],
    check_specs=[
        spec("no_giant_persons", "entities", f"Nobody was typed more than {MOST_RECORDS} times.", blocking=True)
    ],
)
def entities(
    context: dg.AssetExecutionContext,
    installation: dg.ResourceParam[Installation],
    database: dg.ResourceParam[Store],
) -> dg.MaterializeResult:
    """Which records are one person typed more than once; every person has an id that stays."""
    from erp.pipeline import deduplicate

    with explained():
        run_id = the_night(context, installation, database.engine)
        result = deduplicate(database.engine, run_id, progress=context.log.info)
        checks = list(_checks(database.engine))
    figures = {
        "records": result.records,
        "persons": result.persons,
        "duplicates": result.duplicates,
        "doubtful_pairs": result.doubtful_pairs,
    }
    return dg.MaterializeResult(
        metadata={
            **figures,
            "run": run_id,
            "new_ids": result.new_ids,
            "examples": table(result.examples.to_dicts()),
            FIGURES: dg.MetadataValue.json(figures),
            **entity_columns("repaired_cells"),
        },
        check_results=checks,
    )


def _checks(engine: Engine) -> Iterator[dg.AssetCheckResult]:
    from erp.watch import giants

    found = giants(engine, MOST_RECORDS)
    who = "1 person has" if len(found) == 1 else f"{len(found)} persons have"
    many = f"{who} more than {MOST_RECORDS} records; nothing is published meanwhile"
    yield outcome(
        "no_giant_persons",
        "entities",
        f"Nobody has more than {MOST_RECORDS} records."
        if found.is_empty()
        else f"{many}. Part them with `millrace review different`, and look at what their records share.",
        found,
        passed=found.is_empty(),
        severity=dg.AssetCheckSeverity.ERROR,
    )
