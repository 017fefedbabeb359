"""The golden record of a person: which of several records' values is published.

Survivorship. Who somebody is (names, sex, birth date, national id, e-mail): the value that most of the
records have, in doubt the most complete record's. What somebody does now (department, position, project,
city, phone, status): the record of the latest hire. The hire is the earliest one. Empty cells never win.
"""

from __future__ import annotations

from typing import Final

import polars as pl

IDENTITY: Final = ("first_name", "patronymic", "last_name", "gender", "birth_date", "national_id", "email")
CURRENT: Final = ("phone", "department", "position", "project", "city", "status")


def golden_records(employees: pl.DataFrame, entities: pl.DataFrame) -> pl.DataFrame:
    """One record a person.

    Args:
        employees: cleaned records.
        entities: `row_key, entity_id` of each of them.

    Returns:
        The columns of `employees` with `entity_id` in the place of `row_key`.
    """
    facts = [*IDENTITY, *CURRENT, "hire_date"]
    records = employees.join(entities, on="row_key", maintain_order="left")
    several = pl.len().over("entity_id") > 1
    single = records.filter(~several).select("entity_id", *facts)
    complete = pl.sum_horizontal(pl.col(name).is_not_null() for name in facts)
    joined = (
        records.filter(several)
        .with_columns(_complete=complete)
        .sort(["_complete", "row_key"], descending=[True, False])
    )
    latest = joined.sort("hire_date", descending=True, nulls_last=True, maintain_order=True)
    who = joined.select("entity_id").unique(maintain_order=True)
    for name in IDENTITY:
        who = who.join(_most_frequent(joined, name), on="entity_id", how="left")
    what = latest.group_by("entity_id", maintain_order=True).agg(pl.col(name).drop_nulls().first() for name in CURRENT)
    since = joined.group_by("entity_id").agg(pl.col("hire_date").min())
    merged = who.join(what, on="entity_id").join(since, on="entity_id").select("entity_id", *facts)
    return pl.concat([single, merged]).sort("entity_id")


def _most_frequent(records: pl.DataFrame, name: str) -> pl.DataFrame:
    """Of every person the most frequent value of a column; of equally frequent ones the first in the order of records."""
    return (
        records.with_row_index("_place")
        .drop_nulls(name)
        .group_by("entity_id", name)
        .agg(times=pl.len(), place=pl.col("_place").min())
        .sort("times", "place", descending=[True, False])
        .unique("entity_id", keep="first", maintain_order=True)
        .select("entity_id", name)
    )
