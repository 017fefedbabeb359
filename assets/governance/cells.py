"""The four stages of cleaning: one step that sees every record once, and an asset a stage.

They are made together because a cell passes all of them before the next record is looked at; each has its own
history, figures and examples, and the last one what waits for people.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl
from sqlalchemy.engine import Engine

from assets.explain import explained
from assets.governance.alerts import outcome, spec
from assets.governance.columns import cleaned_columns
from assets.governance.night import the_night
from assets.metadata import FIGURES, table
from assets.needs import Installation, Store

if TYPE_CHECKING:
    from erp.pipeline import CorrectionResult

STAGES = {
    "normalise": "normalised_cells",
    "translate": "translated_cells",
    "spelling": "spelt_cells",
    "repair": "repaired_cells",
}
"""First part of the names of stages -> the asset that shows what they changed; what else there is, the last one does."""

LAST = "repaired_cells"
DOUBTFUL_SHARE = 0.02
"""Cells that wait for people, or are kept back, for each record; above it somebody should look at the rules."""

_DESCRIPTIONS = {
    "normalised_cells": "Cells that were put into one form: encoding, letters of two scripts, case, dates, phones, "
    "e-mail addresses, ids, numbers.",
    "translated_cells": "Words that were typed in another language than the company's own name for the thing, and "
    "names written in another alphabet.",
    "spelt_cells": "Words and names with a typing mistake, corrected from the dictionary and from how the company "
    "writes them most often.",
    "repaired_cells": "Cells that follow from others or cannot be: names in each other's place, a department that the "
    "position tells, a birth in the future. With them, what waits for people and what is kept back.",
}


def _specs() -> Iterator[dg.AssetSpec]:
    origin = "raw_records"
    for asset in STAGES.values():
        yield dg.AssetSpec(
            asset, deps=[origin], group_name="governance", kinds={"polars"}, description=_DESCRIPTIONS[asset]
        )
        origin = asset


@dg.multi_asset(
    specs=list(_specs()),
    check_specs=[
        spec(
            "review_is_short",
            LAST,
            f"Doubtful changes that wait for people are at most {DOUBTFUL_SHARE:.0%} of the records.",
        ),
        spec(
            "little_in_quarantine",
            LAST,
            f"Cells that are kept back because they cannot be published are at most {DOUBTFUL_SHARE:.0%} of the records.",
        ),
    ],
)
def corrected(
    context: dg.AssetExecutionContext,
    installation: dg.ResourceParam[Installation],
    database: dg.ResourceParam[Store],
) -> Iterator[dg.MaterializeResult]:
    """Every cell that cleaning changed, in the ledger: before, after, rule, confidence."""
    from erp.pipeline import correct
    from erp.plan import Plan
    from erp.watch import list_sizes

    with explained():
        run_id = the_night(context, installation, database.engine)
        plan = Plan.load(installation.cleaning)
        result = correct(database.engine, run_id, plan, progress=context.log.info)
        sizes = list_sizes(database.engine)
        checks = list(_checks(database.engine, sizes))
    origin = "raw_records"
    for stage, asset in STAGES.items():
        rules = _rules_of(result.by_rule, stage)
        examples = result.examples.filter(pl.col("rule").is_in(rules["rule"].implode()))
        metadata: dict[str, Any] = {
            "run": run_id,
            "records": result.records,
            "cells": int(rules["cells"].sum()),
            "by_rule": table(rules.to_dicts()),
            "examples": table(examples.to_dicts()),
            **cleaned_columns(origin),
        }
        if asset == LAST:
            metadata |= _figures(result, sizes)
        yield dg.MaterializeResult(asset_key=asset, metadata=metadata, check_results=checks if asset == LAST else [])
        origin = asset


def _rules_of(by_rule: pl.DataFrame, stage: str) -> pl.DataFrame:
    """What the rules of a stage did, in words too; what people decided and own stages did is shown with the last."""
    from erp.rules import meaning

    group = pl.col("stage").str.split(".").list.first()
    rules = by_rule.filter(~group.is_in([*STAGES][:-1]) if STAGES[stage] == LAST else group == stage)
    return rules.with_columns(pl.Series("meaning", [meaning(rule) for rule in rules["rule"]], dtype=pl.String))


def _figures(result: "CorrectionResult", sizes: Mapping[str, int]) -> dict[str, Any]:
    figures = {
        "records": result.records,
        "why_all": result.why_all,
        "changed": result.changed_cells,
        "new_in_ledger": result.ledger.added,
        "retired_in_ledger": result.ledger.retired,
        **sizes,
    }
    return {**figures, FIGURES: dg.MetadataValue.json(figures)}


def _checks(engine: Engine, sizes: Mapping[str, int]) -> Iterator[dg.AssetCheckResult]:
    from erp.watch import kept_back, live_records

    records = live_records(engine)
    waiting, back = sizes["review"], sizes["quarantine"]
    yield outcome(
        "review_is_short",
        LAST,
        f"{waiting:,} doubtful changes wait for people, among {records:,} records.",
        pl.DataFrame(),
        passed=waiting <= DOUBTFUL_SHARE * records,
    )
    yield outcome(
        "little_in_quarantine",
        LAST,
        f"{back:,} cells are in quarantine, among {records:,} records.",
        kept_back(engine),
        passed=back <= DOUBTFUL_SHARE * records,
    )
