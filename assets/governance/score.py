"""How right cleaning was."""

import dagster as dg

from assets.explain import explained
from assets.governance.source import truth_folder
from assets.metadata import FIGURES, rounded, table
from assets.needs import Installation, Store


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
