"""Drift that fires, and drift that does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from erp.profiling.columns import labels_of, profile_column
from erp.profiling.drift import FEWEST, NOTICE, WARNING, drift
from erp.schema import Column, Kind
from erp.vocabulary import Vocabulary

LABELS = labels_of(Vocabulary.shipped())
TODAY = date(2026, 7, 1)
TEXT = Column("note", Kind.TEXT)
NUMBER = Column("monthly_usd", Kind.NUMBER)
DAY = Column("hire_date", Kind.DATE)
PHONE = Column("phone", Kind.PHONE, personal=True)
REFERENCE = Column("employee_id", Kind.REFERENCE)


def measures(old, new, column=TEXT):
    """Measure -> severity of what differs."""
    before, now = (
        profile_column("t", column, pl.Series(values, dtype=pl.String), LABELS, 2026) for values in (old, new)
    )
    found = drift([before], [now], TODAY)
    return dict(found.select("measure", "severity").iter_rows())


def amounts(size, low, high):
    return [str(low + number * 7919 % 10_007 / 10_007 * (high - low)) for number in range(size)]


VALUES = [f"{word} {number}" for number in range(20) for word in ("Aa", "Бб", "12", "x-y", "A@b.c")]


@given(st.integers(0, 2**32), st.integers(FEWEST, 1_000), st.integers(2, len(VALUES)))
def test_the_same_distribution_is_no_drift(seed, size, width):
    random = np.random.default_rng(seed)
    shares = random.dirichlet(np.ones(width))
    old, new = (random.choice(VALUES[:width], number, p=shares).tolist() for number in (20_000, size))
    assert measures(old, new) == {}


@pytest.mark.slow
@given(st.integers(0, 2**32), st.integers(FEWEST, 2_000))
def test_numbers_and_days_of_the_same_distribution_are_no_drift(seed, size):
    random = np.random.default_rng(seed)
    old, new = (np.round(random.lognormal(7, 0.5, number), 2).astype(str).tolist() for number in (20_000, size))
    assert measures(old, new, NUMBER) == {}
    days = np.datetime64("2010-01-01") + random.integers(0, 5_000, 20_000)
    assert measures(days.astype(str).tolist(), days[:size].astype(str).tolist(), DAY) == {}


@pytest.mark.parametrize(("share", "severity"), [(0.01, None), (0.05, "notice"), (0.3, "warning")])
def test_cells_that_become_empty(share, severity):
    full = ["a", "b"] * 1_000
    new = [None if number < share * 1_000 else "ab"[number % 2] for number in range(1_000)]
    assert measures(full, new).get("filled") == severity


@pytest.mark.parametrize(
    ("old", "new", "measure"),
    [
        ("Moskova", "Москва", "scripts"),
        ("Moskova", "Москва", "languages"),
        ("AB-12", "AB12", "shapes"),
        ("12", "12.5", "types"),
    ],
)
def test_a_third_of_another_kind(old, new, measure):
    assert measures([old] * 900, [old] * 600 + [new] * 300)[measure] == "warning"
    assert measures([old] * 600 + [new] * 300, [new] * 300 + [old] * 600) == {}


def test_numbers_out_of_range_and_within_but_shifted():
    old = amounts(5_000, 500, 5_000)
    tenfold = amounts(900, 500, 5_000) + amounts(100, 50_000, 60_000)
    assert {"range": "notice"}.items() <= measures(old, tenfold, NUMBER).items()
    assert measures(old, amounts(1_000, 4_000, 5_000), NUMBER)["spread"] == "warning"


def test_dates_may_come_up_to_today_and_no_later():
    old = [date(2020, 1 + n % 12, 1 + n % 28).isoformat() for n in range(2_000)]
    recent = [date(2026, 1 + n % 6, 1 + n % 28).isoformat() for n in range(500)]
    future = [date(2027, 1 + n % 6, 1 + n % 28).isoformat() for n in range(500)]
    assert measures(old, recent, DAY) == {}
    assert measures(old, future, DAY) == {"range": "warning"}


def test_new_records_refer_to_new_keys():
    assert measures([str(n) for n in range(10_000, 20_000)], [str(n) for n in range(90_000, 91_000)], REFERENCE) == {}


def test_a_value_that_was_rare_is_frequent():
    old = [f"value {n % 500}" for n in range(10_000)]
    new = [f"value {n % 500}" for n in range(980)] + ["unknown x"] * 20
    assert measures(old, new)["values"] == "notice"
    assert measures(old, new + ["unknown x"] * 80)["values"] == "warning"
    assert "values" not in measures(old, [f"value {n % 50}" for n in range(200)])  # 2 % each, but from 0.2 % by chance


def test_one_phone_in_many_records_is_told_without_the_phone():
    old = [f"+90532{n:07}" for n in range(5_000)]
    new = [f"+90533{n:07}" for n in range(900)] + ["+905320000000"] * 100
    before, now = (profile_column("t", PHONE, pl.Series(values), LABELS, 2026) for values in (old, new))
    found = drift([before], [now], TODAY)
    assert found["measure"].to_list() == ["repeats"]
    assert found["now"].to_list() == ["one value in 10.00% of the cells"]


def test_few_cells_and_unknown_columns_are_not_compared():
    assert measures(["a"] * 5_000, ["Б"] * (FEWEST - 1)) == {}
    known = profile_column("t", TEXT, pl.Series(["a"] * 500), LABELS, 2026)
    assert drift([known], [replace(known, column="other")], TODAY).is_empty()


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_distance_is_that_of_the_literature(some, others):
    words, numbers = 4 * (200 + some), 4 * (200 + others)  # so many that no distance of a notice is chance
    found = measures(["a"] * 4_000 + ["1"] * 4_000, ["a"] * words + ["1"] * numbers)
    size = words + numbers
    distance = jensenshannon([0.5, 0.5], [words / size, numbers / size], base=2)
    if "types" in found:
        assert found["types"] == ("warning" if distance >= WARNING else "notice")
    assert distance < NOTICE or "types" in found
    assert distance >= NOTICE or "types" not in found


def test_one_cell_beyond_either_end_is_no_drift():
    old = amounts(20_000, 1_000, 2_000)
    assert measures(old, [*amounts(1_867, 1_000, 2_000), "1", "9000"], NUMBER) == {}


@given(st.randoms())
def test_the_order_of_rows_changes_no_drift(random):
    old, new = VALUES * 10, VALUES[:30] * 20
    shuffled = list(new)
    random.shuffle(shuffled)
    assert measures(old, shuffled) == measures(old, new)
