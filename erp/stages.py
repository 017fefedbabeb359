"""The run through the stages of cleaning.

A stage is a pure function of records and of what is known; it returns proposed changes. Sure ones are
applied before the next stage looks, so a cell may pass several; doubtful ones are kept aside. What a person
has decided comes before the first stage and is not touched by any. Which stages there are is `erp.plan`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from erp.changes import SCHEMA, Tables, apply, one_each
from erp.knowledge import Knowledge
from erp.ledger import masked
from erp.plan import Plan

CELL: Final = ("table_name", "row_key", "column_name")
REFUSED: Final = {name: SCHEMA[name] for name in (*CELL, "rule", "before")}


@dataclass(frozen=True)
class Bars:
    """What rules may not do."""

    rules_off: frozenset[str] = frozenset()
    """Rules that were undone."""
    refused: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REFUSED))
    """`table_name, row_key, column_name, rule, before`: undone changes, national ids masked."""
    decided: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SCHEMA))
    """Changes that a person decided; a cell that is to stay as it is has its value as `after` too."""

    def filter(self, changes: pl.DataFrame) -> pl.DataFrame:
        """The changes that may be made."""
        if self.rules_off:
            changes = changes.filter(~pl.col("rule").is_in(list(self.rules_off)))
        if len(self.decided):
            changes = changes.join(self.decided, on=CELL, how="anti", maintain_order="left")
        if len(self.refused):
            shown = changes.with_columns(masked(changes).select(pl.col("before").alias("_shown")).to_series())
            on = (*CELL, "rule")
            changes = shown.join(
                self.refused.rename({"before": "_shown"}),
                on=[*on, "_shown"],
                how="anti",
                nulls_equal=True,
                maintain_order="left",
            ).drop("_shown")
        return changes


@dataclass(frozen=True)
class Cleaned:
    """What the stages came to."""

    tables: dict[str, pl.DataFrame]
    """After the sure changes."""
    made: pl.DataFrame
    """Sure changes, with the `step` at which each was made; a person's have 0."""
    doubtful: pl.DataFrame
    """The others, with their `step`; none for cells that a later stage settled."""


def run_stages(
    tables: Tables,
    knowledge: Knowledge,
    plan: Plan | None = None,
    bars: Bars | None = None,
    progress: Callable[[str], None] | None = None,
) -> Cleaned:
    """Run the stages of a plan over the records."""
    plan, bars = plan or Plan(), bars or Bars()
    decided = bars.decided.filter(pl.col("before").ne_missing(pl.col("after")))
    current, made, doubtful = apply(tables, decided), [_at(decided, 0)], []
    for step, stage in enumerate(plan.stages, 1):
        changes = _at(one_each(bars.filter(stage.propose(current, knowledge))), step)
        sure = changes.filter(pl.col("confidence") >= plan.sure)
        doubtful.append(changes.filter(pl.col("confidence") < plan.sure))
        current = apply(current, sure)
        made.append(sure)
        if progress is not None:
            progress(f"{stage.name}: {len(sure)} cells")
    return Cleaned(current, pl.concat(made), _still_open(current, pl.concat([_at(decided.clear(), 0), *doubtful])))


def _at(changes: pl.DataFrame, step: int) -> pl.DataFrame:
    return changes.with_columns(step=pl.lit(step, pl.Int16))


def _still_open(tables: Tables, doubtful: pl.DataFrame) -> pl.DataFrame:
    """Doubtful changes of cells that still hold what the change would replace."""
    kept = []
    for (table, column), group in doubtful.group_by("table_name", "column_name", maintain_order=True):
        now = tables[str(table)].select("row_key", now=str(column))
        kept.append(group.join(now, on="row_key").filter(pl.col("now").eq_missing(pl.col("before"))).drop("now"))
    return pl.concat([doubtful.clear(), *kept])
