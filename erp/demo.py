"""The demonstration source on disk: its database, and its truth in another folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url

from erp.source.writing import write_source
from erp.synth import make_erp

_RECORD: Final = "source.json"
_EDITION: Final = 2
"""Raised when the same size and seed make another company."""


@dataclass(frozen=True)
class SourceSummary:
    """What the demonstration source holds."""

    url: str
    employees: int
    seed: int
    rows: int
    """Of all tables."""
    wrong_cells: int
    """Cells that are not typed in their canonical form."""
    duplicates: int
    reused: bool
    """Whether it was there already."""


def make_source(url: str | URL, truth_folder: Path, employees: int, seed: int) -> SourceSummary:
    """Write the source and its truth, unless the same are there; see `erp.pipeline.make_demo_source`."""
    target = make_url(url)
    shown, record = target.render_as_string(hide_password=True), Path(truth_folder) / _RECORD
    wanted = {"edition": _EDITION, "url": shown, "employees": employees, "seed": seed}
    file = Path(target.database) if target.get_backend_name() == "sqlite" and target.database else None
    if record.is_file() and (file is None or file.is_file()):
        found = json.loads(record.read_text("utf-8"))
        if all(found.get(name) == value for name, value in wanted.items()):
            return SourceSummary(
                shown, employees, seed, found["rows"], found["wrong_cells"], found["duplicates"], reused=True
            )
    tables, truth = make_erp(employees, seed)
    record.unlink(missing_ok=True)  # it is written last: without it the source is made again
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    write_source(tables, target)
    record.parent.mkdir(parents=True, exist_ok=True)
    truth.cells.write_parquet(record.parent / "cells.parquet")
    truth.persons.write_parquet(record.parent / "persons.parquet")
    figures = {
        "rows": sum(map(len, tables.values())),
        "wrong_cells": len(truth.cells),
        "duplicates": len(truth.persons) - truth.persons["person"].n_unique(),
    }
    partial = record.with_suffix(".partial")
    partial.write_text(json.dumps(wanted | figures), "utf-8")
    partial.replace(record)
    return SourceSummary(
        shown, employees, seed, figures["rows"], figures["wrong_cells"], figures["duplicates"], reused=False
    )
