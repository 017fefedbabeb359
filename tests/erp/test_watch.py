"""Quality that falls is noticed, where there is enough of it, and nothing else is."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from erp.watch import EVERYWHERE, by_department, fallen


def nights(*shares: float, department: str = "Design", cells: int = 10_000) -> pl.DataFrame:
    """A history of one department and one column; a share of cells right as typed for each run from 1 on."""
    rows = []
    for run, share in enumerate(shares, 1):
        right = round(share * cells)
        rows.append(
            {
                "run_id": run,
                "table_name": "employees",
                "department": department,
                "column_name": "city",
                "cells": cells,
                "right_as_typed": right,
                "repaired": cells - right,
                "review": 0,
                "quarantined": 0,
                "empty": 0,
            }
        )
    return pl.DataFrame(rows)


def judged(history: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """Departments that fell in the last run: what was usual, and what is."""
    found = fallen(history, history["run_id"].max(), by=0.02, runs=7)
    return {row["department"]: (round(row["before"], 4), round(row["now"], 4)) for row in found.iter_rows(named=True)}


def test_a_fall_of_more_than_two_points_is_noticed_in_the_department_and_in_all():
    assert judged(nights(0.9, 0.9, 0.87)) == {EVERYWHERE: (0.9, 0.87), "Design": (0.9, 0.87)}
    assert judged(nights(0.9, 0.9, 0.89)) == {}
    assert judged(nights(0.9, 0.9, 0.99)) == {}


def test_one_bad_night_before_does_not_hide_a_fall():
    assert judged(nights(0.9, 0.9, 0.5, 0.9, 0.86)) == {EVERYWHERE: (0.9, 0.86), "Design": (0.9, 0.86)}


def test_only_the_last_seven_runs_say_what_is_usual():
    assert judged(nights(*[0.99] * 9, *[0.8] * 7, 0.8)) == {}


def test_the_first_run_has_nothing_to_fall_from():
    assert judged(nights(0.1)) == {}


def test_a_department_of_few_cells_is_left_out():
    small = nights(0.9, 0.5, department="Archive", cells=100)
    assert judged(pl.concat([nights(0.9, 0.9), small])) == {}


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=5))
def test_all_departments_are_the_sum_of_them(rights):
    parts = [nights(right / 10_000, department=f"D{number}") for number, right in enumerate(rights)]
    whole = by_department(pl.concat(parts)).row(0, named=True)
    assert whole["department"] == EVERYWHERE
    assert whole["right_as_typed"] == sum(rights)
    assert whole["score"] == sum(rights) / (10_000 * len(rights))


def test_no_cells_have_no_score_and_fall_from_nothing():
    empty = nights(0.9, 0.0).with_columns(
        cells=pl.when(run_id=2).then(0).otherwise("cells"), repaired=pl.when(run_id=2).then(0).otherwise("repaired")
    )
    assert by_department(empty.filter(run_id=2))["score"].to_list() == [None, None]
    assert judged(empty) == {}
    assert judged(pl.concat([empty, nights(0.9).with_columns(run_id=pl.lit(3, pl.Int64))])) == {}
