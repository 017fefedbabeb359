"""The whole demonstration ERP: typed tables on one side, the truth about them on the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from erp.errors import ErpError
from erp.schema import EVENTS, TABLES
from erp.synth.organisation import events, reference_tables
from erp.synth.people import make_people, repeat_some
from erp.synth.rates import rates
from erp.synth.typing_up import type_up

_FEWEST = 100


@dataclass(frozen=True)
class Truth:
    """What the typed tables should say."""

    cells: pl.DataFrame
    """`table_name, row_key, column_name, clean, kind` of every cell that is not typed in its canonical form."""
    persons: pl.DataFrame
    """`row_key, person` of every employee record; equal persons are duplicates."""


def make_erp(employees: int, seed: int) -> tuple[dict[str, pl.DataFrame], Truth]:
    """Make the demonstration ERP.

    Args:
        employees: number of employee records, repeated persons among them.
        seed: the same seed and size make the same ERP.

    Returns:
        The typed tables by name, each with its key, and the truth.

    Raises:
        ErpError: fewer employees than a company of this kind can have.
    """
    if employees < _FEWEST:
        raise ErpError(f"A demonstration company of {employees} employees is too small; ask for {_FEWEST} or more.")
    rng = np.random.default_rng(seed)
    repeats = round(employees * rates()["habits"]["duplicates"])
    people = make_people(employees - repeats, rng)
    staff = pl.concat([people, repeat_some(people, repeats, rng)], how="diagonal")
    staff = staff.with_columns(employee_id=pl.int_range(1, pl.len() + 1)).rename({"_language": "language"})
    clean = {**reference_tables(), "employees": staff.with_columns(pl.col("birth_date", "hire_date").cast(pl.String))}
    clean |= events(staff, rng)

    tables, cells = {}, []
    for table in TABLES:
        right = clean[table.name]
        # Headquarters keep the reference tables in English; offices type the rest.
        language = right["language"] if table.name in ("employees", *EVENTS) else None
        if language is None:
            tables[table.name] = right.select(table.key, *table.column_names)
            continue
        typed = type_up(table.name, right, language, rng)
        tables[table.name] = pl.DataFrame(
            {table.key: right[table.key]} | {name: column.text for name, column in typed.items()}
        )
        for name, column in typed.items():
            cells.append(
                pl.DataFrame(
                    {
                        "row_key": right[table.key],
                        "clean": right[name].cast(pl.String),
                        "kind": column.kind,
                        "typed": column.text,
                    }
                )
                .filter(pl.col("typed").ne_missing(pl.col("clean")))
                .select(
                    pl.lit(table.name).alias("table_name"),
                    "row_key",
                    pl.lit(name).alias("column_name"),
                    "clean",
                    "kind",
                )
            )
    return tables, Truth(pl.concat(cells), staff.select(row_key="employee_id", person="_person"))
