"""The profile of one column, counted on its distinct values.

Values of personal columns, and values that look like somebody's in any column, are not in it: of those only
shapes, lengths and counts are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from erp.contacts import mask
from erp.profiling.shapes import CYRILLIC, LATIN, OTHER, TURKISH, describe
from erp.profiling.types import MASKED, days, numbers, type_of
from erp.schema import Column, Kind
from erp.vocabulary import Vocabulary

Mix: TypeAlias = Mapping[str, int]
"""Cells by category."""

KEPT_SHAPES: Final = 30
KEPT_VALUES: Final = 200
REST: Final = "(other)"
_LONGEST: Final = 60
"""Characters of a value or shape that are kept."""
_CLEAR: Final = 0.9
"""Share of its cells that a column's type must have."""
_CROWD: Final = 1_000
"""Cells of a personal column whose percentiles are nobody's."""
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True)
class Spread:
    """How numbers or days are distributed."""

    cells: int
    points: tuple[float, ...]
    """The 0th to 100th percentile; days are counted from 1970-01-01."""

    def day(self, percentile: int) -> str:
        """A percentile of days as ISO 8601."""
        return (_EPOCH + timedelta(days=int(self.points[percentile]))).isoformat()


@dataclass(frozen=True)
class ColumnProfile:
    """What one column holds."""

    table: str
    column: str
    kind: str
    personal: bool
    """Whether its values are somebody's."""
    rows: int
    nulls: int
    distinct: int
    types: Mix = field(default_factory=dict)
    shapes: Mix = field(default_factory=dict)
    """The most frequent ones and `REST`."""
    shape_count: int = 0
    scripts: Mix = field(default_factory=dict)
    """Latin, Cyrillic, mixed, other, none."""
    languages: Mix = field(default_factory=dict)
    """en, tr, ru, ? of the cells with letters: from the dictionary, else from the letters."""
    lengths: tuple[int, float, int] | None = None
    """Shortest, mean, longest in characters."""
    lowest: str | None = None
    highest: str | None = None
    numbers: Spread | None = None
    days: Spread | None = None
    no_day: int = 0
    """Cells that are written like a date and are none."""
    frequent: Mix = field(default_factory=dict)
    """Values that occur more than once, the `KEPT_VALUES` most frequent; none of a personal column."""
    most: int = 0
    """Cells with the most frequent value."""

    @property
    def cells(self) -> int:
        """Cells that are not null."""
        return self.rows - self.nulls

    @property
    def type(self) -> str:
        """The type of nine in ten cells, else `mixed`; `empty` without a cell."""
        if not self.cells:
            return "empty"
        found = dict(self.types)
        for part, whole in (("integer", "decimal"), ("digits", "phone")):
            if found.get(whole, 0) >= found.get(part, 0):
                found[whole] = found.get(whole, 0) + found.pop(part, 0)
        best = max(sorted(found), key=lambda name: found[name])
        return best if found[best] >= _CLEAR * self.cells else "mixed"

    @property
    def constant(self) -> bool:
        """Whether all its cells are equal."""
        return self.distinct == 1 and self.cells > 1


def labels_of(vocabulary: Vocabulary) -> pl.DataFrame:
    """The dictionary by what is typed: `column_name, label` (small letters), `language, value`; a label once."""
    return vocabulary.frame.with_columns(pl.col("label").str.to_lowercase()).unique(
        ["column_name", "label"], keep="first", maintain_order=True
    )


def profile_column(table: str, column: Column, cells: pl.Series, labels: pl.DataFrame, this_year: int) -> ColumnProfile:
    """Look at a column.

    Args:
        table: its name.
        column: which one.
        cells: its text, one a row.
        labels: as `labels_of` gives them.
        this_year: two digits of a year mean the last hundred years, this one included.
    """
    personal = column.personal or column.kind is Kind.NAME
    rows, nulls = len(cells), cells.null_count()
    counts = cells.rename("value").drop_nulls().value_counts(name="n").with_columns(pl.col("n").cast(pl.Int64))
    if counts.is_empty():
        return ColumnProfile(table, column.name, column.kind.value, personal, rows, nulls, 0)
    seen = pl.concat([counts, describe(counts["value"])], how="horizontal")
    by_shape = seen.group_by("shape").agg(pl.col("n").sum()).with_columns(type=type_of(pl.col("shape")))
    seen = seen.join(by_shape.select("shape", "type"), on="shape", how="left", maintain_order="left")
    length = pl.col("value").str.len_chars()
    shortest, total, longest = counts.select(
        length.min(), (length * pl.col("n")).sum().alias("s"), length.max().alias("l")
    ).row(0)
    counted = not personal or column.kind in {Kind.DATE, Kind.NUMBER}  # an id of digits is no number
    readable = seen.filter(pl.col("type") == "date")
    day = days(readable["value"], this_year)
    return ColumnProfile(
        table,
        column.name,
        column.kind.value,
        personal,
        rows,
        nulls,
        len(counts),
        types=_mix(by_shape, "type"),
        shapes=_head(by_shape.with_columns(pl.col("shape").str.slice(0, _LONGEST)), "shape", KEPT_SHAPES),
        shape_count=len(by_shape),
        scripts=_mix(seen.with_columns(script=_script()), "script"),
        languages=_languages(seen, column, labels),
        lengths=(shortest, total / (rows - nulls), longest),
        lowest=None if personal else _shown(seen, counts["value"].min()),
        highest=None if personal else _shown(seen, counts["value"].max()),
        numbers=_spread(*_numbers(seen), personal=personal) if counted else None,
        days=_spread(day.cast(pl.Int32).cast(pl.Float64), readable["n"], personal=personal) if counted else None,
        no_day=int(readable.filter(day.is_null())["n"].sum()),
        frequent={} if personal else _frequent(seen),
        most=int(counts["n"].max()),  # type: ignore[arg-type]
    )


def _mix(frame: pl.DataFrame, name: str) -> dict[str, int]:
    found = frame.group_by(name).agg(pl.col("n").sum()).sort("n", name, descending=[True, False])
    return dict(found.select(name, "n").iter_rows())


def _head(frame: pl.DataFrame, name: str, size: int) -> dict[str, int]:
    """The most frequent entries, and what remains as `REST`."""
    found = frame.group_by(name).agg(pl.col("n").sum())
    if len(found) > size:  # most are rare, sorting them all would be in vain
        found = found.filter(pl.col("n") >= found["n"].top_k(size).min())
    kept = dict(found.sort("n", name, descending=[True, False]).head(size).iter_rows())
    rest = int(frame["n"].sum()) - sum(kept.values())
    return kept | ({REST: rest} if rest else {})


def _script() -> pl.Expr:
    letters = pl.col("letters")
    latin, cyrillic = letters & LATIN > 0, letters & CYRILLIC > 0
    return (
        pl.when(latin & cyrillic)
        .then(pl.lit("mixed"))
        .when(cyrillic)
        .then(pl.lit("Cyrillic"))
        .when(letters & OTHER > 0)
        .then(pl.lit("other"))
        .when(latin)
        .then(pl.lit("Latin"))
        .otherwise(pl.lit("none"))
    )


def _languages(seen: pl.DataFrame, column: Column, labels: pl.DataFrame) -> dict[str, int]:
    """Of what has letters; the dictionary knows more than the letters tell."""
    lettered = seen.filter(pl.col("letters") > 0)
    letters = pl.col("letters")
    told = (
        pl.when(letters & CYRILLIC > 0)
        .then(pl.lit("ru"))
        .when(letters & TURKISH > 0)
        .then(pl.lit("tr"))
        .otherwise(pl.lit("?"))
    )
    if column.vocabulary is None:
        return _mix(lettered.with_columns(language=told), "language")
    known = labels.filter(pl.col("column_name") == column.vocabulary).select("label", "language")
    lettered = lettered.with_columns(label=pl.col("value").str.to_lowercase(), told=told)
    found = lettered.join(known, on="label", how="left").with_columns(language=pl.coalesce("language", "told"))
    return _mix(found, "language")


def _numbers(seen: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    typed = seen.filter(pl.col("type").is_in(["integer", "decimal"]))
    return numbers(typed["value"]), typed["n"]


def _spread(values: pl.Series, counts: pl.Series, *, personal: bool) -> Spread | None:
    """Percentiles of values that occur several times each; the ends are somebody's if the column is personal."""
    frame = pl.DataFrame({"value": values, "n": counts}).drop_nulls().sort("value")
    if frame.is_empty():
        return None
    reached = frame["n"].cum_sum().to_numpy()
    total = int(reached[-1])
    ranks = np.maximum(1, np.ceil(np.linspace(0, 1, 101) * total))
    points = frame["value"].to_numpy()[np.searchsorted(reached, ranks)]
    if personal and total < _CROWD:
        return None
    if personal:
        points[0], points[-1] = points[1], points[-2]
    return Spread(total, tuple(float(point) for point in points))


def _frequent(seen: pl.DataFrame) -> dict[str, int]:
    several = seen.filter((pl.col("n") > 1) & ~pl.col("type").is_in(MASKED))
    several = several.group_by(pl.col("value").str.slice(0, _LONGEST)).agg(pl.col("n").sum())
    if len(several) > KEPT_VALUES:
        several = several.filter(pl.col("n") >= several["n"].top_k(KEPT_VALUES).min())
    return dict(several.sort("n", "value", descending=[True, False]).head(KEPT_VALUES).iter_rows())


def _shown(seen: pl.DataFrame, value: object) -> str:
    text = str(value)
    kind = seen.filter(pl.col("value") == text)["type"][0]
    return (mask(text) if kind in MASKED else text)[:_LONGEST]
