"""Candidate keys of a table, and which column tells which: both measured with counts of pairs.

What is measured on a sample is measured on the same rows whatever their order: the key decides. A dependency is
approximate, as real data are; repairing by it is `erp.repair`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from erp.profiling.columns import ColumnProfile
from erp.schema import Table

_SAMPLE: Final = 50_000
_MOST_KEYS: Final = 20
"""Pairs that pass the sample and are counted on all rows."""
_ROWS_A_VALUE: Final = 5
"""A column with fewer rows a value on average determines everything by accident."""
_FEWEST: Final = 20
_STRONG: Final = 0.5
_SPREADING: Final = np.uint64(0x9E3779B97F4A7C15)

_Codes: TypeAlias = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Key:
    """Columns that are filled in every row and differ from row to row; no single one of a pair does."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Dependency:
    """A determinant, and the column that it tells."""

    table: str
    determinant: str
    dependent: str
    holds: float
    """Share of rows with the usual dependent of their determinant (1 - g3 of Kivinen and Mannila, 1995)."""
    guessed: float
    """The same share if one did not know the determinant."""
    strength: float
    """Of the errors of that guess, what knowing the determinant saves: lambda of Goodman and Kruskal (1954)."""


def keys(table: Table, frame: pl.DataFrame, columns: list[ColumnProfile]) -> list[Key]:
    """Single columns and pairs that identify every row.

    Args:
        table: which one.
        frame: `row_key` and its columns.
        columns: their profiles.
    """
    if len(frame) < 2:  # noqa: PLR2004 - one row says nothing
        return []
    filled = [profile for profile in columns if not profile.nulls]
    single = [profile.column for profile in filled if profile.distinct == profile.rows]
    others = [profile for profile in filled if profile.distinct < profile.rows]
    possible = [(a.column, b.column) for a, b in combinations(others, 2) if a.distinct * b.distinct >= len(frame)]
    sample = _sampled(frame)
    passed = [pair for pair in possible if _unique(sample, *pair)][:_MOST_KEYS]
    return [Key(table.name, (name,)) for name in single] + [
        Key(table.name, pair) for pair in passed if _unique(frame, *pair)
    ]


def dependencies(table: Table, frame: pl.DataFrame, labels: pl.DataFrame) -> list[Dependency]:
    """Which column tells which, strongest first; keys and constant columns tell nothing and are not told of.

    Words of the dictionary count as what they mean, so İnşaat is Construction.

    Args:
        table: which one.
        frame: `row_key` and its columns.
        labels: as `columns.labels_of` gives them.
    """
    meant = _meant(table, _sampled(frame), labels)
    codes = {name: _coded(meant[name]) for name in meant.columns}
    useful = [name for name, code in codes.items() if _useful(code)]
    found = []
    for a, b in combinations(useful, 2):
        both = (codes[a] > 0) & (codes[b] > 0)
        if both.sum() >= _FEWEST:
            found += [
                Dependency(table.name, determinant, dependent, *told)
                for determinant, dependent in ((a, b), (b, a))
                if (told := _told(codes[determinant][both], codes[dependent][both]))[2] >= _STRONG
            ]
    return sorted(found, key=lambda one: (-one.strength, one.determinant, one.dependent))


def _sampled(frame: pl.DataFrame) -> pl.DataFrame:
    """At most about `_SAMPLE` rows, chosen by their keys alone."""
    if len(frame) <= _SAMPLE:
        return frame
    spread = frame["row_key"].cast(pl.Int64).to_numpy().astype(np.uint64) * _SPREADING
    return frame.filter(pl.Series(spread < np.uint64(_SAMPLE / len(frame) * 2**64)))


def _unique(frame: pl.DataFrame, left: str, right: str) -> bool:
    """Whether no two rows agree in both; 64 bits of a million values meet once in 40 million tables."""
    pair = frame[left].hash().to_numpy() * _SPREADING + frame[right].hash().to_numpy()
    return bool(pl.Series(pair).n_unique() == len(frame))


def _meant(table: Table, frame: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """The columns with words of the dictionary as what they mean; null is what a known list does not have."""
    result = frame.drop("row_key")
    for column in table.columns:
        if column.vocabulary is not None:
            known = labels.filter(pl.col("column_name") == column.vocabulary).select("label", meaning="value")
            meaning = (
                result.select(label=pl.col(column.name).str.to_lowercase())
                .join(known, on="label", how="left", maintain_order="left")
                .get_column("meaning")
            )
            if 2 * meaning.count() > result[column.name].count():
                result = result.with_columns(meaning.alias(column.name))
    return result


def _coded(values: pl.Series) -> _Codes:
    """Numbers from 1 for the values, 0 for null."""
    numbers = (
        values.to_frame("v")
        .select(pl.when(pl.col("v").is_not_null()).then(pl.col("v").hash()).rank("dense").fill_null(0).cast(pl.UInt64))
        .to_series()
    )
    return numbers.to_numpy()


def _useful(codes: _Codes) -> bool:
    filled = codes[codes > 0]
    return len(filled) >= _FEWEST and 2 <= len(np.unique(filled)) <= len(filled) / _ROWS_A_VALUE  # noqa: PLR2004


def _told(determinant: _Codes, dependent: _Codes) -> tuple[float, float, float]:
    """`holds, guessed, strength`; a pair of values that was seen once proves nothing and counts as an error."""
    width = dependent.max() + np.uint64(1)
    pairs, seen = np.unique(determinant * width + dependent, return_counts=True)
    groups = pairs // width
    starts = np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]]))
    usual = np.maximum.reduceat(seen, starts)
    total = len(dependent)
    holds = float(usual[usual > 1].sum()) / total
    guessed = float(np.unique(dependent, return_counts=True)[1].max()) / total
    return holds, guessed, 0.0 if guessed == 1 else (holds - guessed) / (1 - guessed)
