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
    "corrected_cells": "corrections",
    "entities": "entities",
    "clean_records": "published",
    "cleaning_score": "score",
    "standing_answers": "answers",
}
"""Asset -> section of the report."""


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
        event = context.instance.get_latest_materialization_event(dg.AssetKey(asset))
        materialisation = event.asset_materialization if event else None
        figures = materialisation.metadata.get(FIGURES) if materialisation else None
        report[section] = figures.value if figures else None
    text = json.dumps(report, ensure_ascii=False, indent=2)
    path = installation.reports / "nightly.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)
    return dg.MaterializeResult(
        metadata={"report": dg.MetadataValue.path(str(path)), "figures": dg.MetadataValue.json(report)}
    )
