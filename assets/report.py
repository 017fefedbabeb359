"""The report of the night: the figures of all other assets in one file."""

import json
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from assets.metadata import FIGURES
from assets.needs import Installation

SECTIONS = {
    "surrogate": "training",
    "raw_records": "sync",
    "repaired_cells": "corrections",
    "entities": "entities",
    "clean_records": "published",
    "cleaning_score": "score",
    "ask_quality": "quality",
    "standing_answers": "answers",
}
"""Asset -> section of the report."""

PARTITION = "dagster/partition"
"""Dagster's own tag: the partition that a run is for. The report itself has none."""


@dg.asset(group_name="reporting", kinds={"json"}, deps=["surrogate", "cleaning_score", "standing_answers"])
def nightly_report(
    context: dg.AssetExecutionContext, installation: dg.ResourceParam[Installation]
) -> dg.MaterializeResult:
    """`reports/nightly.json`: what the night measured, in one place, for people and for machines."""
    report: dict[str, Any] = {
        "run_id": context.run.run_id,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "home": str(installation.home),
    }
    for asset, section in SECTIONS.items():
        report[section] = _latest_figures(context, asset)
    text = json.dumps(report, ensure_ascii=False, indent=2)
    path = installation.reports / "nightly.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)
    return dg.MaterializeResult(
        metadata={"report": dg.MetadataValue.path(str(path)), "figures": dg.MetadataValue.json(report)}
    )


def _latest_figures(context: dg.AssetExecutionContext, asset: str) -> Any:
    """Of the asset; of a surrogate, for the study that this run trains, or the last one if it trains none."""
    study = context.run.tags.get(PARTITION)
    wanted = dg.AssetRecordsFilter(
        asset_key=dg.AssetKey(asset), asset_partitions=[study] if asset == "surrogate" and study else None
    )
    records = context.instance.fetch_materializations(wanted, limit=1).records
    materialisation = records[0].asset_materialization if records else None
    figures = materialisation.metadata.get(FIGURES) if materialisation else None
    return figures.value if figures else None
