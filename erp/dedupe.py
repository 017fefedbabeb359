"""Which employee records are alike: Fellegi and Sunter's model, run by Splink on DuckDB.

Records are compared only if they share a blocking key. The weight of an agreement is log2(m/u): u, how often
two different persons agree by chance, is measured in all records and remembered; m, how often the records of
one person agree, is stated here, because a company's few duplicates are too few to estimate it. Which of them
are one person is `erp.clusters`' to say, ids of persons are `erp.entities`', what is published `erp.golden`'s.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
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
from erp.learned import Memory
from erp.letters import sound

DOUBTFUL: Final = 0.5
"""Probability from which a pair that is not joined is worth a look."""
FACTS: Final = (
    "first_name", "last_name", "patronymic", "birth_date", "national_id", "phone", "email", "gender",
)  # fmt: skip
"""Columns that are compared."""

_EXPECTED: Final = 0.02
"""Share of records that repeat another, before anything is known."""
_ALIKE: Final = 0.88
"""Jaro-Winkler similarity of names that may be one name with a slip."""
_SAMPLE: Final = 300_000
_LEAST_U: Final = 1e-7
_MOST_U: Final = 0.98
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


_PAIRS: Final = pl.Schema({"left_key": pl.Int64, "right_key": pl.Int64, "probability": pl.Float64})


def find_pairs(frame: pl.DataFrame, memory: Memory, changed: pl.Series | None = None) -> pl.DataFrame:
    """Compare records.

    Args:
        frame: `features` of all records.
        memory: of how often persons agree by chance.
        changed: keys of the records to be compared with all; `None` compares all with all.

    Returns:
        `left_key, right_key, probability` of all pairs from `DOUBTFUL` on, the smaller key on the left.
    """
    chance = memory.recall("dedupe.chance", lambda: _chance(frame))
    terms = {name: memory.recall(f"dedupe.{name}", partial(_shares, frame, name)) for name in _NAMES}
    if changed is not None:
        frame = _neighbours(frame, changed)
    if len(frame) < 2:  # noqa: PLR2004 - a pair needs two
        return pl.DataFrame(schema=_PAIRS)
    pairs = _predict(frame, chance, terms)
    if changed is not None:
        pairs = pairs.filter(pl.col("left_key").is_in(changed.implode()) | pl.col("right_key").is_in(changed.implode()))
    return pairs


def _neighbours(frame: pl.DataFrame, changed: pl.Series) -> pl.DataFrame:
    """The changed records and those that share a blocking key with one."""
    new = frame.filter(pl.col("unique_id").is_in(changed.implode()))
    near = [frame.join(new.select(block).drop_nulls().unique(), on=list(block), how="semi") for block in _BLOCKS]
    return pl.concat([new, *near]).unique("unique_id").sort("unique_id")


def features(employees: pl.DataFrame) -> pl.DataFrame:
    """What is compared: names by sound, the other facts as they are.

    Args:
        employees: conformed records with `row_key` and the columns that are `FACTS`.
    """
    keys = {}
    for key, column in zip(_NAMES, ("first_name", "last_name", "patronymic"), strict=True):
        heard = {name: sound(name) for name in employees[column].drop_nulls().unique()}
        keys[key] = look_up(column, heard)
    same = ("birth_date", "national_id", "phone", "email", "gender")
    year = pl.col("birth_date").str.slice(0, 4)
    return employees.select(pl.col("row_key").alias("unique_id"), *same, birth_year=year, **keys)


def _predict(frame: pl.DataFrame, chance: pl.DataFrame, terms: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    agree = {name: tuple(shares) for name, shares in chance.select("column", "shares").iter_rows() if name in _AGREE}
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(column, agree[column]) for column in _AGREE],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in _BLOCKS],
        probability_two_random_records_match=min(0.5, 2 * _EXPECTED / max(chance["records"][0], 2)),
        retain_matching_columns=False,
    )
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        api = DuckDBAPI(connection)
        linker = Linker(api.register(frame.to_arrow()), settings, log_level=logging.ERROR, validate_settings=False)
        for name, shares in terms.items():
            linker.table_management.register_term_frequency_lookup(
                api.register(_with_strangers(shares, frame, name).to_arrow()), name
            )
        found: pl.DataFrame = linker.inference.predict(threshold_match_probability=DOUBTFUL).as_duckdbpyrelation().pl()
    pair = found.select(
        left_key=pl.min_horizontal("unique_id_l", "unique_id_r"),
        right_key=pl.max_horizontal("unique_id_l", "unique_id_r"),
        probability="match_probability",
    )
    return pair.cast(_PAIRS).sort("left_key", "right_key")


def _shares(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """How frequent each name is among those that are filled."""
    counts = frame[name].drop_nulls().value_counts(sort=True, name="n")
    return counts.select(name, (pl.col("n") / pl.col("n").sum()).alias(f"tf_{name}"))


def _with_strangers(shares: pl.DataFrame, frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The shares, with those of names that came later: as of a name that occurs once."""
    new = frame.select(name).drop_nulls().unique().join(shares, on=name, how="anti")
    rarest = shares[f"tf_{name}"].min() or _LEAST_U
    return pl.concat([shares, new.with_columns(pl.lit(rarest, pl.Float64).alias(f"tf_{name}"))])


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


def _chance(frame: pl.DataFrame) -> pl.DataFrame:
    """How often two different persons agree, by column: exactly by the sum of squared shares, nearly in a sample.

    Returns `column, shares, records`, the last being how many there were.
    """
    rng = np.random.default_rng(0)
    found: dict[str, tuple[float, ...]] = {}
    for column, agree in _AGREE.items():
        values = frame[column].drop_nulls()
        if values.is_empty():
            found[column] = tuple(_LEAST_U for _ in agree)
            continue
        parts = values.value_counts()["count"].to_numpy() / len(values)
        # where nearly all have one value, an agreement says nothing, but Splink's shares must leave some for the rest
        exact = min(max(float((parts**2).sum()) - 1 / len(values), _LEAST_U), _MOST_U)
        near: tuple[float, ...] = ()
        if column in _NAMES:
            one, other = (values.gather(rng.integers(0, len(values), _SAMPLE)).to_list() for _ in range(2))
            alike = process.cpdist(one, other, scorer=JaroWinkler.similarity)
            near = (max(float((alike >= _ALIKE).mean()) - exact, _LEAST_U),)
        elif len(agree) > 1:
            near = (20 * exact,)  # dates that differ in one digit
        found[column] = (exact, *(min(share, (1 - exact) / 2) for share in near))
    return pl.DataFrame({"column": list(found), "shares": list(found.values())}).with_columns(
        records=pl.lit(len(frame))
    )
