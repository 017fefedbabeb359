"""Duplicates, ids of persons, and golden records."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from erp.dedupe import match
from erp.entities import stable_ids
from erp.golden import golden_records
from erp.synth import make_erp


def frame(pairs, names):
    return pl.DataFrame(pairs, schema=dict.fromkeys(names, pl.Int64), orient="row")


def clusters(*groups):
    return frame([(key, min(group)) for group in groups for key in group], ("row_key", "cluster"))


def ids(found):
    return dict(found.sort("row_key").iter_rows())


def test_records_of_one_person_are_found(records):
    crowd = [
        {
            "first_name": f"Name{i}",
            "last_name": f"Family{i * 7 % 50}",
            "birth_date": f"19{60 + i % 40}-0{1 + i % 9}-1{i % 10}",
            "gender": "MF"[i % 2],
        }
        for i in range(200)
    ]
    person = {
        "first_name": "Ayşe",
        "last_name": "Yılmaz",
        "birth_date": "1990-02-03",
        "national_id": "12345678901",
        "gender": "F",
    }
    typed_again = person | {"first_name": "Ayse", "national_id": None, "phone": "+905321234567"}
    namesake = person | {"birth_date": "1971-11-30", "national_id": "98765432109"}
    employees = records(*crowd, person, typed_again, namesake)["employees"]
    found = match(employees).clusters.filter(pl.col("row_key") != pl.col("cluster"))
    assert found.rows() == [(202, 201)]


def test_matching_is_repeatable_and_survives_empty_columns(records):
    tables, _ = make_erp(300, 3)
    employees = tables["employees"].rename({"employee_id": "row_key"}).with_columns(patronymic=pl.lit(None, pl.String))
    one, other = match(employees), match(employees)
    assert one.clusters.equals(other.clusters)
    assert match(employees.head(1)).clusters.rows() == [(1, 1)]


def test_ids_stay_when_records_come_join_and_part():
    first = stable_ids(clusters([1, 5], [2], [9]), frame([], ("row_key", "entity_id")))
    assert ids(first) == {1: 1, 2: 2, 5: 1, 9: 9}
    joined = stable_ids(clusters([1, 5, 9], [2], [12]), first)
    assert ids(joined) == {1: 1, 2: 2, 5: 1, 9: 1, 12: 12}
    parted = stable_ids(clusters([1, 9], [5], [2], [12]), joined)
    assert ids(parted) == {1: 1, 2: 2, 5: 5, 9: 1, 12: 12}


def test_a_person_keeps_the_id_of_a_record_that_is_gone():
    assert ids(stable_ids(clusters([5]), frame([(1, 1), (5, 1)], ("row_key", "entity_id")))) == {5: 1}


partitions = st.lists(st.integers(0, 5), min_size=1, max_size=20)


@given(partitions, partitions)
def test_ids_are_unique_and_the_same_night_twice_changes_none(before, after):
    def grouped(labels):
        rows = [(key, label) for key, label in enumerate(labels, 1)]
        table = frame(rows, ("row_key", "group"))
        return table.select("row_key", cluster=pl.col("row_key").min().over("group"))

    first = stable_ids(grouped(before), frame([], ("row_key", "entity_id")))
    groups = grouped(after)
    second = stable_ids(groups, first)
    both = second.join(groups, on="row_key")
    assert both["entity_id"].n_unique() == both["cluster"].n_unique() == both.select("entity_id", "cluster").n_unique()
    known = pl.concat([second, first.join(second, on="row_key", how="anti")])
    assert stable_ids(groups, known).equals(second)


def test_a_golden_record_takes_each_value_where_it_is_best(records):
    old = {
        "first_name": "Ayşe",
        "last_name": "Yılmaz",
        "birth_date": "1990-02-03",
        "city": "Ankara",
        "hire_date": "2012-01-01",
        "status": "left",
    }
    new = {
        "first_name": "Ayse",
        "last_name": "Yılmaz",
        "city": "Moscow",
        "hire_date": "2020-01-01",
        "status": "active",
        "phone": "+7",
    }
    third = {"first_name": "Ayşe", "last_name": "Yilmaz", "hire_date": None, "status": "active"}
    employees = records(old, new, third, {"first_name": "Ali", "status": "active"})["employees"]
    golden = golden_records(employees, frame([(1, 1), (2, 1), (3, 1), (4, 4)], ("row_key", "entity_id")))
    row = golden.row(0, named=True)
    assert (row["first_name"], row["last_name"], row["birth_date"]) == ("Ayşe", "Yılmaz", "1990-02-03")
    assert (row["city"], row["status"], row["phone"], row["hire_date"]) == ("Moscow", "active", "+7", "2012-01-01")
    assert golden["entity_id"].to_list() == [1, 4]
