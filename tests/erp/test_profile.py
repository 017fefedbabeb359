"""What is said of raw columns: types, shapes, languages, keys, dependencies; and nothing of persons."""

from __future__ import annotations

import json
from dataclasses import asdict

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.profiling.columns import KEPT_SHAPES, KEPT_VALUES, labels_of, profile_column
from erp.profiling.relations import Dependency, Key, dependencies, keys
from erp.profiling.shapes import describe
from erp.profiling.types import TYPES, days, numbers, type_of
from erp.schema import BY_NAME, Column, Kind
from erp.vocabulary import Vocabulary, read_data
from tests.erp.test_normalise import cases

LABELS = labels_of(Vocabulary.shipped())
YEAR = 2026
TEXT = Column("note", Kind.TEXT)


def seen(values, column=TEXT):
    return profile_column("t", column, pl.Series("v", values, dtype=pl.String), LABELS, YEAR)


@pytest.mark.parametrize(("value", "shape", "kind", "letters"), cases("shapes.csv"))
def test_the_shape_and_the_type_of_a_value(value, shape, kind, letters):
    found = describe(pl.Series([value])).with_columns(type=type_of(pl.col("shape")))
    assert found.row(0) == (shape, int(letters), kind)


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
def test_any_text_has_a_shape_and_a_type(values):
    found = describe(pl.Series(values, dtype=pl.String)).with_columns(type=type_of(pl.col("shape")))
    assert len(found) == len(values)
    assert set(found["type"]) <= set(TYPES)
    alone = [describe(pl.Series([value])).row(0) for value in values]
    assert found.drop("type").rows() == alone


@pytest.mark.parametrize(("typed", "iso"), cases("dates.csv"))
def test_days_are_those_of_cleaning_where_the_shape_is_a_date(typed, iso):
    kind = describe(pl.Series([typed.strip()])).select(type_of(pl.col("shape"))).item()
    if kind == "date":
        day = days(pl.Series([typed.strip()]), YEAR)[0]
        assert (day.isoformat() if day else "") == iso
    else:
        assert kind in {"integer", "text", "digits"}  # 20190315 and the numbers of spreadsheets


@pytest.mark.parametrize(("typed", "right"), cases("amounts.csv"))
def test_numbers_are_those_of_cleaning(typed, right):
    kind = describe(pl.Series([typed])).select(type_of(pl.col("shape"))).item()
    if kind in {"integer", "decimal"}:
        assert numbers(pl.Series([typed]))[0] == float(right)


def test_a_column_in_three_languages():
    city = seen(
        ["Moskova", "Москва", "Moscow", "Moscow", None, "İzmr", "Мoсква"],
        Column("city", Kind.VOCABULARY, "employees.city"),
    )
    assert (city.rows, city.nulls, city.distinct, city.type) == (7, 1, 5, "text")
    assert city.scripts == {"Latin": 4, "Cyrillic": 1, "mixed": 1}
    assert city.languages == {"en": 2, "ru": 2, "tr": 2}
    assert city.frequent == {"Moscow": 2}
    assert (city.lengths, city.lowest) == ((4, 35 / 6, 7), "Moscow")


def test_types_by_share_and_ranges():
    mostly = seen(["1.5", "2,50", "3"] * 10 + ["none"])
    assert (mostly.type, mostly.types) == ("decimal", {"decimal": 20, "integer": 10, "text": 1})
    assert (mostly.numbers.points[0], mostly.numbers.points[50], mostly.numbers.points[100]) == (1.5, 2.5, 3)
    half = seen(["1", "one"] * 5)
    assert half.type == "mixed"
    dates = seen(["31.12.2019", "2020-01-01", "1 Ocak 2020", "30.02.2020"])
    assert (dates.type, dates.days.day(0), dates.days.day(100), dates.no_day) == ("date", "2019-12-31", "2020-01-01", 1)


@pytest.mark.parametrize(
    ("values", "kind", "constant"), [([], "empty", False), ([None] * 9, "empty", False), (["x"] * 9, "text", True)]
)
def test_columns_with_nothing_in_them(values, kind, constant):
    profile = seen(values)
    assert (profile.type, profile.constant, profile.rows) == (kind, constant, len(values))


@pytest.mark.parametrize("kind", [Kind.NAME, Kind.EMAIL, Kind.PHONE, Kind.NATIONAL_ID])
@given(values=st.lists(st.from_regex(r"[A-Za-zА-Яа-я0-9@.+ -]{5,20}", fullmatch=True), min_size=1))
def test_a_personal_column_shows_no_value(kind, values):
    profile = seen(values * 2, Column("c", kind, personal=kind is not Kind.NAME))
    assert (profile.lowest, profile.highest, profile.frequent) == (None, None, {})
    assert not any(
        character.isalpha() and character not in "Aax"
        for shape in profile.shapes
        for character in shape
        if shape != "(other)"
    )


def test_what_is_somebody_s_is_hidden_in_any_column():
    kept = json.dumps(asdict(seen(["11223344595", "11223344595", "a.b@c.com", "a.b@c.com", "+905321234567"] * 20)))
    assert not any(value in kept for value in ("11223344595", "a.b@c.com", "905321234567"))


@given(st.lists(st.sampled_from(["Moscow", "Москва", "1", "2,5", "1.1.2020", None, "x y"]), max_size=40), st.randoms())
def test_the_order_of_rows_does_not_matter(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert seen(shuffled) == seen(values)


def table_of(columns, name="employees"):
    """A frame of a known table; columns that are not named are empty."""
    table = BY_NAME[name]
    size = len(next(iter(columns.values())))
    data = {one: columns.get(one, [None] * size) for one in table.column_names}
    return table, pl.DataFrame(
        {"row_key": list(range(1, size + 1)), **data}, schema={"row_key": pl.Int64, **dict.fromkeys(data, pl.String)}
    )


def looked_at(columns, name="employees"):
    table, frame = table_of(columns, name)
    profiles = [profile_column(name, one, frame[one.name], LABELS, YEAR) for one in table.columns]
    return keys(table, frame, profiles), dependencies(table, frame, LABELS)


def test_keys_single_and_in_pairs():
    found, _ = looked_at(
        {
            "email": [f"p{number}@x.com" for number in range(100)],
            "city": [f"c{number % 10}" for number in range(100)],
            "project": [f"p{number // 10}" for number in range(100)],
            "phone": [None] + [str(number) for number in range(99)],
        }
    )
    assert set(found) == {Key("employees", ("email",)), Key("employees", ("project", "city"))}


def test_one_repeated_pair_in_many_rows_is_no_key():
    size = 120_000
    left, right = [str(number // 400) for number in range(size)], [str(number % 400) for number in range(size)]
    unique, _ = looked_at({"city": left, "project": right})
    left[-1], right[-1] = left[0], right[0]
    repeated, _ = looked_at({"city": left, "project": right})
    assert (unique, repeated) == ([Key("employees", ("project", "city"))], [])


def test_a_dependency_in_three_languages_with_errors():
    departments = {row["value"]: row for row in read_data("departments.csv").iter_rows(named=True)}
    some = list(departments)[:6]
    typed, positions = [], []
    for number in range(1_200):
        value = some[number % 6] if number % 20 else some[(number + 1) % 6]  # one in twenty is wrong
        row = departments[value]
        typed.append((value, row["tr"].split("|")[0], row["ru"].split("|")[0])[number // 6 % 3])
        positions.append(f"job {number % 6 + 6 * (number // 600)}")
    _, found = looked_at({"department": typed, "position": positions, "status": ["active"] * 1_200})
    (one,) = [one for one in found if one.determinant == "position"]
    assert (one.dependent, round(one.holds, 2)) == ("department", 0.95)
    assert one.strength == pytest.approx((one.holds - one.guessed) / (1 - one.guessed))
    assert not any(one.determinant == "department" for one in found)  # each has two positions, evenly
    assert not any("status" in (one.determinant, one.dependent) for one in found)


def test_keys_and_chance_are_no_dependencies():
    size = 3_000
    _, found = looked_at(
        {
            "email": [str(number) for number in range(size)],
            "phone": [str(number // 2) for number in range(size)],
            "city": [str(number * 7919 % 13) for number in range(size)],
            "project": [str(number * 104_729 % 17) for number in range(size)],
        }
    )
    assert found == []


@given(st.randoms())
def test_the_order_of_rows_changes_no_relation(random):
    rows = list(range(300))
    random.shuffle(rows)
    columns = {
        "city": [f"c{n % 10}" for n in range(300)],
        "project": [f"p{n // 2 % 5}" for n in range(300)],
        "email": [f"e{n}" for n in range(300)],
    }
    found = looked_at(columns)
    assert found == looked_at({name: [values[row] for row in rows] for name, values in columns.items()})
    assert [one for one in found[1] if isinstance(one, Dependency)] == found[1]


@pytest.mark.slow
def test_two_million_different_values():
    numbers_ = pl.int_range(2_000_000, eager=True)
    values = pl.select(
        pl.format("Пользователь №{} / {}@x<{}>", numbers_, numbers_ * 7919 % 1_000_003, numbers_ % 97)
    ).to_series()
    profile = profile_column("t", TEXT, values, LABELS, YEAR)
    assert (profile.distinct, profile.frequent, profile.scripts) == (2_000_000, {}, {"mixed": 2_000_000})
    assert len(json.dumps(asdict(profile), ensure_ascii=False)) < 20_000


@pytest.mark.slow
def test_two_million_different_shapes():
    numbers_ = pl.int_range(2_000_000, eager=True)
    digits = numbers_.cast(pl.String)
    for digit, sign in enumerate("-.,;:!?/#="):
        digits = digits.str.replace_all(str(digit), sign, literal=True)
    profile = profile_column("t", TEXT, pl.concat([digits, digits.head(10)]), LABELS, YEAR)
    assert profile.distinct == 2_000_000
    assert len(profile.shapes) == KEPT_SHAPES + 1
    assert len(profile.frequent) == 10 <= KEPT_VALUES
    assert sum(profile.shapes.values()) == profile.rows
