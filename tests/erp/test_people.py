"""Duplicates, ids of persons, and golden records."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from erp.clusters import cluster
from erp.dedupe import features, find_pairs
from erp.entities import stable_ids
from erp.golden import golden_records
from erp.learned import Memory
from erp.synth import make_erp


def frame(pairs, names):
    return pl.DataFrame(pairs, schema=dict.fromkeys(names, pl.Int64), orient="row")


def clusters(*groups):
    return frame([(key, min(group)) for group in groups for key in group], ("row_key", "cluster"))


def match(employees, decided=()):
    pairs = find_pairs(features(employees), Memory()).with_columns(decision=pl.lit(None, pl.String))
    return cluster(employees["row_key"], pl.concat([pairs, pl.DataFrame(decided, schema=pairs.schema, orient="row")]))


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
    found = match(employees).filter(pl.col("row_key") != pl.col("cluster"))
    assert found.rows() == [(202, 201)]


def test_matching_is_repeatable_and_survives_empty_columns(records):
    tables, _ = make_erp(300, 3)
    employees = tables["employees"].rename({"employee_id": "row_key"}).with_columns(patronymic=pl.lit(None, pl.String))
    one, other = match(employees), match(employees)
    assert one.equals(other)
    assert match(employees.head(1)).rows() == [(1, 1)]


def test_changed_records_are_compared_with_all_as_if_all_were(records):
    tables, _ = make_erp(400, 5)
    employees = tables["employees"].rename({"employee_id": "row_key"})
    memory = Memory()
    everything = find_pairs(features(employees), memory)
    assert len(everything) > 5
    for changed in (
        employees["row_key"].sample(40, seed=1),
        everything["right_key"].head(3),
        employees["row_key"].head(0),
    ):
        touching = everything.filter(
            pl.col("left_key").is_in(changed.implode()) | pl.col("right_key").is_in(changed.implode())
        )
        found = find_pairs(features(employees), Memory(memory.frames), changed)
        assert found.select("left_key", "right_key").equals(touching.select("left_key", "right_key"))
        assert ((found["probability"] - touching["probability"]).abs().max() or 0) < 1e-9


def test_columns_of_one_value_say_nothing(records):
    same = {"first_name": "Ali", "last_name": "Kaya", "birth_date": "1990-01-01", "gender": "M"}
    employees = records(*({**same, "email": f"a{i}@b.c"} for i in range(30)))["employees"]
    assert find_pairs(features(employees), Memory())["probability"].max() is None


pairs_of_six = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.integers(1, 6),
        st.sampled_from([0.6, 0.96, 0.99]),
        st.sampled_from([None, "same", "different"]),
    ),
    max_size=8,
    unique_by=lambda pair: frozenset(pair[:2]),
)


@given(pairs_of_six)
def test_what_was_decided_about_pairs_holds(pairs):
    ordered = [(min(a, b), max(a, b), p, d) for a, b, p, d in pairs if a != b]
    schema = {"left_key": pl.Int64, "right_key": pl.Int64, "probability": pl.Float64, "decision": pl.String}
    found = ids(
        cluster(pl.Series("row_key", range(1, 7)), pl.DataFrame(ordered, schema=schema, orient="row")).rename(
            {"cluster": "entity_id"}
        )
    )
    assert all(found[a] != found[b] for a, b, _, decision in ordered if decision == "different")
    if not any(decision == "different" for *_, decision in ordered):
        assert all(found[a] == found[b] for a, b, p, decision in ordered if p >= 0.95 or decision == "same")
    assert all(found[key] <= key for key in found)


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
