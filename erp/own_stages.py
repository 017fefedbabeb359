"""Stages of a company's own: functions of a file that a plan names, held to what a stage may propose.

Whatever is wrong with one is the company's to mend, so it is said in a sentence; in the shipped stages it would be
a defect. Plans are `erp.plan`'s.
"""

from __future__ import annotations

import runpy
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

import polars as pl

from erp.changes import SCHEMA, Tables
from erp.errors import ErpError
from erp.knowledge import Knowledge
from erp.rules import meanings
from erp.schema import BY_NAME

_ALWAYS: Final = ("table_name", "row_key", "column_name", "rule", "confidence")
"""Columns of changes that hold something in every row."""


def load_stage(name: str, plan: Path) -> Callable[[Tables, Knowledge], pl.DataFrame]:
    """The function that `file.py:function` names, the file relative to the plan's; what it returns is checked.

    Raises:
        ErpError: there is none, or the file cannot be run.
    """
    file, _, function = name.rpartition(":")
    source = plan.parent / file
    try:
        found = runpy.run_path(str(source)).get(function)
    except Exception as error:
        raise ErpError(f"The own stage {name!r} of {plan} cannot be loaded: {_said(error, source)}.") from error
    if not callable(found):
        raise ErpError(f"The own stage {name!r} of {plan}: {source} has no function {function!r}.")

    def propose(tables: Tables, knowledge: Knowledge) -> pl.DataFrame:
        try:
            changes = found(dict(tables), knowledge)
        except Exception as error:
            raise ErpError(f"The own stage {name!r} failed: {_said(error, source)}.") from error
        return _checked(changes, tables, f"The own stage {name!r}")

    return propose


def _said(error: Exception, source: Path) -> str:
    """An error, and the last line of the file that it came from."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(source)]
    place = f" in line {lines[-1]} of {source.name}" if lines else ""
    return f"{type(error).__name__}{place}: {error}".rstrip(".")


def _checked(changes: object, tables: Tables, stage: str) -> pl.DataFrame:
    """The changes, if each of them is one of a cell that is there."""
    if not isinstance(changes, pl.DataFrame) or not set(SCHEMA) <= set(changes.columns):
        what = f"columns {', '.join(changes.columns)}" if isinstance(changes, pl.DataFrame) else type(changes).__name__
        raise ErpError(
            f"{stage} returned {what}; it must return a frame with {', '.join(SCHEMA)}, as erp.changes.propose makes it."
        )
    try:
        changes = changes.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    except pl.exceptions.PolarsError as error:
        raise ErpError(f"{stage} returned a frame that does not fit: {str(error).splitlines()[0]}.") from error
    empty = [name for name in _ALWAYS if changes[name].null_count()]
    if empty:
        raise ErpError(f"{stage} left {' and '.join(empty)} empty; a change needs them.")
    if wrong := changes.filter(~pl.col("confidence").is_between(0, 1))["confidence"].to_list():
        raise ErpError(f"{stage} gave the confidence {wrong[0]:g}; it must be a number from 0 to 1.")
    if taken := sorted(set(changes["rule"]) & meanings().keys()):
        raise ErpError(f"{stage} calls its rule {taken[0]!r}, as one of millrace is called; give it another name.")
    for (table, column), group in changes.group_by("table_name", "column_name", maintain_order=True):
        _check_cells(str(table), str(column), group, tables, stage)
    return changes


def _check_cells(table: str, column: str, changes: pl.DataFrame, tables: Tables, stage: str) -> None:
    if table not in BY_NAME or column not in BY_NAME[table].column_names:
        allowed = ", ".join(BY_NAME[table].column_names if table in BY_NAME else BY_NAME)
        what = f"column {column!r} of {table}" if table in BY_NAME else f"table {table!r}"
        raise ErpError(f"{stage} changes the {what}, which there is not; there are {allowed}.")
    cells = changes.select("row_key", "before").join(
        tables[table].select("row_key", pl.col(column).alias("now"), there=pl.lit(True)), on="row_key", how="left"
    )
    wrong = cells.filter(pl.col("there").is_null() | pl.col("before").ne_missing(pl.col("now")))
    if len(wrong):
        key, _, _, there = wrong.row(0)
        why = "does not hold what it says as `before`" if there else "is not among the records that it was given"
        raise ErpError(f"{stage} changes {column} of {table} {key}, which {why}.")
