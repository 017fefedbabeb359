"""The ERP, from what departments typed to records that can be asked.

Each asset is one step of `erp.pipeline`; the database carries what passes between them.
"""

import dataclasses
from pathlib import Path

import dagster as dg

from assets.explain import explained
from assets.freshness import NIGHTLY
from assets.metadata import FIGURES, rounded, table
from assets.needs import Installation, Store


def demo_source_url(installation: Installation) -> str:
    """The generated company's database."""
    return f"sqlite:///{installation.home / 'demo' / 'erp.db'}"


def truth_folder(installation: Installation) -> Path:
    """The generated company's truth, which only scoring reads."""
    return installation.home / "demo-truth"


def source_label(installation: Installation) -> str:
    """The ERP's name in the runs' log, without a password."""
    if installation.source_url is None:
        return "demonstration"
    return installation.source_url.render_as_string(hide_password=True)


def source_url(installation: Installation) -> str:
    """The ERP to synchronise."""
    if installation.source_url is None:
        return demo_source_url(installation)
    return installation.source_url.render_as_string(hide_password=False)


@dg.asset(group_name="governance", kinds={"sqlite"})
def erp_source(context: dg.AssetExecutionContext, installation: dg.ResourceParam[Installation]) -> dg.MaterializeResult:
    """The ERP as its departments typed it, in Turkish, Russian and English, with every kind of mistake.

    `MILLRACE_SOURCE_URL` names a company's own database, which is left as it is. Without it a multinational
    construction company is generated, and the truth about its records is kept apart from them.
    """
    from erp.pipeline import make_demo_source

    if installation.source_url is not None:
        return dg.MaterializeResult(metadata={"source": installation.source_url.render_as_string(hide_password=True)})
    with explained():
        summary = make_demo_source(
            demo_source_url(installation),
            truth_folder(installation),
            installation.employees,
            progress=context.log.info,
        )
    return dg.MaterializeResult(
        metadata={
            "source": summary.url,
            "employees": summary.employees,
            "rows": summary.rows,
            "wrong_cells": summary.wrong_cells,
            "duplicates": summary.duplicates,
            "reused": summary.reused,
        }
    )


@dg.asset(group_name="governance", kinds={"postgres"}, deps=["erp_source"], freshness_policy=NIGHTLY)
def raw_records(
    context: dg.AssetExecutionContext,
    installation: dg.ResourceParam[Installation],
    database: dg.ResourceParam[Store],
) -> dg.MaterializeResult:
    """The source's rows, copied as they are into `raw`: new, changed and deleted ones only."""
    from erp.pipeline import start_run, sync

    with explained():
        run_id = start_run(database.engine, source_label(installation))
        result = sync(database.engine, run_id, source_url(installation), progress=context.log.info)
    rows = result.inserted + result.updated + result.unchanged
    figures = {
        "run": run_id,
        "tables": len(result.tables),
        "rows": rows,
        **{name: getattr(result, name) for name in ("inserted", "updated", "deleted", "unchanged")},
    }
    return dg.MaterializeResult(
        metadata={
            **figures,
            "by_table": table(dataclasses.asdict(counts) for counts in result.tables),
            FIGURES: dg.MetadataValue.json(figures),
        }
    )


@dg.asset(group_name="governance", kinds={"polars"}, deps=["raw_records"])
def source_profile(database: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """What every column of the source holds: types, nulls, distinct values, patterns, scripts, languages."""
    from erp.pipeline import current_run, profile

    with explained():
        columns = profile(database.engine, current_run(database.engine)).columns
    return dg.MaterializeResult(metadata={"columns": len(columns), "profile": table(columns.to_dicts(), limit=100)})


@dg.asset(group_name="governance", kinds={"polars"}, deps=["raw_records"])
def corrected_cells(context: dg.AssetExecutionContext, database: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Every cell that cleaning changed, in the ledger: before, after, rule, confidence.

    Normalise, translate, spell, repair; doubtful changes wait in review, impossible values in quarantine.
    """
    from erp.pipeline import correct, current_run

    with explained():
        result = correct(database.engine, current_run(database.engine), progress=context.log.info)
    figures = {
        "changed": result.changed_cells,
        "ledger": result.ledger.active,
        "new_in_ledger": result.ledger.added,
        "review": result.review.active,
        "quarantine": result.quarantine.active,
    }
    return dg.MaterializeResult(
        metadata={
            **figures,
            "by_rule": table(result.by_rule.to_dicts()),
            "examples": table(result.examples.to_dicts()),
            FIGURES: dg.MetadataValue.json(figures),
        }
    )


@dg.asset(group_name="governance", kinds={"duckdb", "splink"}, deps=["corrected_cells"])
def entities(context: dg.AssetExecutionContext, database: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """Which records are one person typed more than once; every person has an id that stays."""
    from erp.pipeline import current_run, deduplicate

    with explained():
        result = deduplicate(database.engine, current_run(database.engine), progress=context.log.info)
    figures = {
        "records": result.records,
        "persons": result.persons,
        "duplicates": result.duplicates,
        "doubtful_pairs": result.doubtful_pairs,
    }
    return dg.MaterializeResult(
        metadata={
            **figures,
            "new_ids": result.new_ids,
            "examples": table(result.examples.to_dicts()),
            FIGURES: dg.MetadataValue.json(figures),
        }
    )


@dg.asset(
    group_name="governance",
    kinds={"postgres"},
    deps=["entities"],
    freshness_policy=NIGHTLY,
    check_specs=[
        dg.AssetCheckSpec(
            "every_record_accounted_for",
            asset="clean_records",
            blocking=True,
            description="Published, merged and quarantined employee records add up to those of the source.",
        )
    ],
)
def clean_records(database: dg.ResourceParam[Store]) -> dg.MaterializeResult:
    """The published records: one row a person, canonical values, with the vocabulary of their spellings."""
    from erp.account import account
    from erp.pipeline import current_run, finish_run, publish

    with explained():
        run_id = current_run(database.engine)
        result = publish(database.engine, run_id)
        people = account(database.engine)
    counts = dataclasses.asdict(people)
    figures = {
        **counts,
        "rows": sum(written.rows for written in result.tables),
        "written": result.written,
        "removed": result.removed,
        "quarantined_rows": result.quarantined_rows,
    }
    finish_run(database.engine, run_id, "succeeded", figures)
    return dg.MaterializeResult(
        metadata={
            **figures,
            "tables": table(dataclasses.asdict(written) for written in result.tables),
            FIGURES: dg.MetadataValue.json(figures),
        },
        check_results=[
            dg.AssetCheckResult(check_name="every_record_accounted_for", passed=people.balanced, metadata=counts)
        ],
    )


@dg.asset(group_name="governance", kinds={"polars"}, deps=["clean_records"])
def cleaning_score(
    installation: dg.ResourceParam[Installation], database: dg.ResourceParam[Store]
) -> dg.MaterializeResult:
    """How right cleaning was, against the truth of the generated company; an own ERP has no truth to compare."""
    from erp.pipeline import current_run
    from erp.score import score

    if installation.source_url is not None:
        return dg.MaterializeResult(metadata={"scored": False})
    with explained():
        result = score(database.engine, current_run(database.engine), truth_folder(installation))
    figures = {
        "cells": {name: getattr(result.cells, name) for name in ("precision", "recall", "f1")},
        "pairs": {name: getattr(result.pairs, name) for name in ("precision", "recall", "f1")},
    }
    return dg.MaterializeResult(
        metadata={
            "scored": True,
            **rounded({f"cell_{name}": value for name, value in figures["cells"].items()}),
            **rounded({f"pair_{name}": value for name, value in figures["pairs"].items()}),
            "by_kind": table(result.by_kind.to_dicts()),
            "by_column": table(result.by_column.to_dicts()),
            FIGURES: dg.MetadataValue.json(figures),
        }
    )
