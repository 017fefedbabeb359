"""The stages of cleaning, in order, and the run through them.

A stage is a pure function of the tables and of what is known; it returns proposed changes. Sure ones are
applied before the next stage looks, so a cell may pass several; doubtful ones are kept aside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import polars as pl

from erp import normalise, repair, spelling, translate
from erp.changes import Tables, apply, one_each
from erp.knowledge import Knowledge

Stage: TypeAlias = Callable[[Tables, Knowledge], pl.DataFrame]

STAGES: Final[tuple[Stage, ...]] = (
    normalise.encoding,
    normalise.spaces,
    normalise.homoglyphs,
    normalise.name_case,
    normalise.dates,
    normalise.phones,
    normalise.emails,
    normalise.national_ids,
    normalise.numbers,
    translate.words,
    translate.names,
    repair.swapped_patronymics,
    repair.swapped_names,
    spelling.words,
    spelling.names,
    repair.dependent_cells,
    repair.impossible,
)

SURE: Final = 0.85
"""Changes of at least this confidence are made; less sure ones wait in review."""


@dataclass(frozen=True)
class Cleaned:
    """What the stages came to."""

    tables: dict[str, pl.DataFrame]
    """After the sure changes."""
    made: pl.DataFrame
    """Sure changes, with the `step` at which each was made."""
    doubtful: pl.DataFrame
    """The others, with their `step`; none for cells that a later stage settled."""


def run_stages(tables: Tables, knowledge: Knowledge, progress: Callable[[str], None] | None = None) -> Cleaned:
    """Run all stages over the tables."""
    current, made, doubtful = dict(tables), [], []
    for step, stage in enumerate(STAGES, 1):
        changes = one_each(stage(current, knowledge)).with_columns(step=pl.lit(step, pl.Int16))
        sure = changes.filter(pl.col("confidence") >= SURE)
        doubtful.append(changes.filter(pl.col("confidence") < SURE))
        current = apply(current, sure)
        made.append(sure)
        if progress is not None:
            progress(f"{stage.__module__.removeprefix('erp.')} {stage.__name__}: {len(sure)} cells")
    return Cleaned(current, pl.concat(made), _still_open(current, pl.concat(doubtful)))


def _still_open(tables: Tables, doubtful: pl.DataFrame) -> pl.DataFrame:
    """Doubtful changes of cells that still hold what the change would replace."""
    kept = []
    for (table, column), group in doubtful.group_by("table_name", "column_name", maintain_order=True):
        now = tables[str(table)].select("row_key", now=str(column))
        kept.append(group.join(now, on="row_key").filter(pl.col("now").eq_missing(pl.col("before"))).drop("now"))
    return pl.concat([doubtful.clear(), *kept])
