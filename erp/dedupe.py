"""Which employee records are the same person: Fellegi and Sunter's model, run by Splink on DuckDB.

Records are compared only if they share a blocking key. The weight of an agreement is log2(m/u): u, how
often two different persons agree by chance, is measured in the data; m, how often the records of one
person agree, is stated here, because a company's few duplicates are too few to estimate it. Ids of
persons are `erp.entities`', what is published of them `erp.golden`'s.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import numpy as np
import polars as pl
import splink.comparison_level_library as levels
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_library import CustomComparison

from erp.changes import look_up
from erp.letters import sound

SAME: Final = 0.95
"""Probability from which two records are one person."""
DOUBTFUL: Final = 0.5
"""Probability from which a pair that is not joined is worth a look."""

_EXPECTED: Final = 0.02
"""Share of records that repeat another, before anything is known."""
_ALIKE: Final = 0.88
"""Jaro-Winkler similarity of names that may be one name with a slip."""
_SAMPLE: Final = 300_000
_LEAST_U: Final = 1e-7
_NAMES: Final = ("first_key", "last_key", "middle_key")
_BLOCKS: Final = (
    ("national_id",),
    ("email",),
    ("phone",),
    ("last_key", "birth_date"),
    ("first_key", "birth_date"),
    ("first_key", "last_key", "birth_year"),
)
# column -> share of the pairs of one person's records that agree (for names: exactly, nearly)
_AGREE: Final[dict[str, tuple[float, ...]]] = {
    "first_key": (0.93, 0.05),
    "last_key": (0.93, 0.05),
    "middle_key": (0.93, 0.05),
    "birth_date": (0.92, 0.03),
    "national_id": (0.97,),
    "phone": (0.65,),
    "email": (0.95,),
    "gender": (0.99,),
}


@dataclass(frozen=True)
class Matches:
    """What the comparison came to."""

    clusters: pl.DataFrame
    """`row_key, cluster` of every record; the cluster is the smallest key in it."""
    pairs: pl.DataFrame
    """`left, right, probability` of all pairs from `DOUBTFUL` on."""


def match(employees: pl.DataFrame) -> Matches:
    """Find the records of equal persons.

    Args:
        employees: cleaned records with `row_key` and the columns of `erp.schema`.
    """
    alone = employees.select("row_key", cluster="row_key")
    nobody = pl.DataFrame(schema={"left": pl.Int64, "right": pl.Int64, "probability": pl.Float64})
    if len(employees) < 2:  # noqa: PLR2004 - a pair needs two
        return Matches(alone, nobody)
    frame = features(employees)
    pairs = _predict(frame)
    same = pairs.filter(pl.col("probability") >= SAME)
    return Matches(_components(alone, same), pairs)


def features(employees: pl.DataFrame) -> pl.DataFrame:
    """What is compared: names by sound, the other facts as they are."""
    keys = {}
    for key, column in zip(_NAMES, ("first_name", "last_name", "patronymic"), strict=True):
        heard = {name: sound(name) for name in employees[column].drop_nulls().unique()}
        keys[key] = look_up(column, heard)
    same = ("birth_date", "national_id", "phone", "email", "gender")
    year = pl.col("birth_date").str.slice(0, 4)
    return employees.select(pl.col("row_key").alias("unique_id"), *same, birth_year=year, **keys)


def _predict(frame: pl.DataFrame) -> pl.DataFrame:
    chance = _chance(frame)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(column, chance[column]) for column in _AGREE],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in _BLOCKS],
        probability_two_random_records_match=min(0.5, 2 * _EXPECTED / len(frame)),
        retain_matching_columns=False,
    )
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        api = DuckDBAPI(connection)
        linker = Linker(api.register(frame.to_arrow()), settings, log_level=logging.ERROR)
        found: pl.DataFrame = linker.inference.predict(threshold_match_probability=DOUBTFUL).as_duckdbpyrelation().pl()
    ordered = found.select(left="unique_id_l", right="unique_id_r", probability="match_probability")
    return ordered.sort("left", "right")


def _comparison(column: str, chance: tuple[float, ...]) -> CustomComparison:
    """Agreement of one column, with its probabilities fixed."""
    agree = _AGREE[column]
    scale: list[Any] = [
        levels.NullLevel(column),
        levels.ExactMatchLevel(column, term_frequency_adjustments=column in _NAMES),
    ]
    if column in _NAMES:
        scale.append(levels.JaroWinklerLevel(column, _ALIKE))
    if column == "birth_date":
        scale.append(levels.LevenshteinLevel(column, 1))
    scale.append(levels.ElseLevel())
    for level, m, u in zip(scale[1:], (*agree, 1 - sum(agree)), (*chance, 1 - sum(chance)), strict=True):
        level.configure(m_probability=m, u_probability=u)
    return CustomComparison(scale, output_column_name=column)


def _chance(frame: pl.DataFrame) -> dict[str, tuple[float, ...]]:
    """How often two different persons agree: exactly by the sum of squared shares, nearly in a sample of pairs."""
    rng = np.random.default_rng(0)
    found = {}
    for column, agree in _AGREE.items():
        values = frame[column].drop_nulls()
        if values.is_empty():
            found[column] = tuple(_LEAST_U for _ in agree)
            continue
        shares = values.value_counts()["count"].to_numpy() / len(values)
        exact = max(float((shares**2).sum()) - 1 / len(values), _LEAST_U)
        near: tuple[float, ...] = ()
        if column in _NAMES:
            one, other = (values.gather(rng.integers(0, len(values), _SAMPLE)).to_list() for _ in range(2))
            alike = process.cpdist(one, other, scorer=JaroWinkler.similarity)
            near = (max(float((alike >= _ALIKE).mean()) - exact, _LEAST_U),)
        elif len(agree) > 1:
            near = (20 * exact,)  # dates that differ in one digit
        found[column] = (exact, *near)
    return found


def _components(alone: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Connected components, each named after its smallest key."""
    parent = dict(alone.iter_rows())

    def root(key: int) -> int:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for left, right in pairs.select("left", "right").iter_rows():
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    return pl.DataFrame({"row_key": list(parent), "cluster": [root(key) for key in parent]}, schema=alone.schema)
