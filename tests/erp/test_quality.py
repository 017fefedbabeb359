"""Quality over time: every cell counts once, by a definition that is checked against a slow, plain count."""

from __future__ import annotations

import io
import shutil
from collections import Counter

import matplotlib.image
import pytest
import sqlalchemy as sa

from erp import pipeline
from erp.errors import ErpError
from erp.quality import chart, history, measure
from erp.schema import TABLES
from erp.undo import undo_rule
from pipelines.database import Database


def night(engine, url):
    """One run of all steps that change records, and its measure."""
    run = pipeline.start_run(engine, "demo")
    pipeline.sync(engine, run, url)
    for step in (pipeline.correct, pipeline.deduplicate, pipeline.publish):
        step(engine, run)
    return run, measure(engine, run)


@pytest.fixture(scope="module")
def company_once(postgres, tmp_path_factory):
    """A night, for others to be copied from: the source's file, the run, and what was measured."""
    folder = tmp_path_factory.mktemp("quality")
    url = f"sqlite:///{folder}/erp.sqlite"
    pipeline.make_demo_source(url, folder / "truth", 200)
    database = Database(postgres.database("template_quality", template="template_millrace"))
    measured = night(database.engine, url)
    database.dispose()
    return shutil.copy(folder / "erp.sqlite", folder / "as_it_was.sqlite"), *measured


@pytest.fixture
def company(copied, company_once):
    """A database after a night, its source, the run, and what was measured."""
    kept, *measured = company_once
    source = kept.with_name("erp.sqlite")
    shutil.copy(kept, source)
    return copied("template_quality").engine, f"sqlite:///{source}", *measured


def cells_by_hand(engine):
    """`table, department, column, state` of every cell, cell by cell."""
    found = Counter()
    with engine.connect() as connection:
        read = connection.exec_driver_sql
        departments = {row[0] for row in read("SELECT name FROM clean.departments")}
        active = {
            name: {
                tuple(row)
                for row in read(
                    f"SELECT table_name, row_key, column_name FROM governance.{name} WHERE retired_run_id IS NULL"
                )
            }
            for name in ("ledger", "review", "quarantine")
        }
        required = {
            tuple(row)
            for row in read(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema = 'clean' AND is_nullable = 'NO'"
            )
        }
        for table in TABLES:
            for row in read(f"SELECT * FROM conformed.{table.name} WHERE NOT _deleted").mappings():
                own = row.get("department")
                department = "-" if table.name != "employees" else own if own in departments else "unknown"
                for column in table.column_names:
                    cell = (table.name, row["row_key"], column)
                    states = {"quarantine": "quarantined", "review": "review", "ledger": "repaired"}
                    state = next((said for name, said in states.items() if cell in active[name]), None)
                    if state is None and row[column] is not None:
                        state = "right_as_typed"
                    if state is None and (table.name, column) in required:
                        state = "empty"
                    found[table.name, department, column, state] += 1
    return found


def spoil(engine, url):
    """Cells change, records go."""
    with sa.create_engine(url).begin() as connection:
        connection.exec_driver_sql("UPDATE employees SET city = 'Мскова', phone = 'none' WHERE employee_id % 20 = 3")
        connection.exec_driver_sql("UPDATE employees SET department = NULL WHERE employee_id % 20 = 4")
        connection.exec_driver_sql("DELETE FROM employees WHERE employee_id % 20 = 5")
        connection.exec_driver_sql("DELETE FROM leave WHERE leave_id % 10 = 1")


def spoil_in_a_night_that_stops(engine, url):
    """Cells change again after a night that cleaned and published nothing; gone records come back."""
    source = sa.create_engine(url)
    with source.begin() as connection:
        gone = connection.exec_driver_sql("SELECT * FROM leave WHERE leave_id % 10 = 1").fetchall()
    spoil(engine, url)
    run = pipeline.start_run(engine, "demo")
    pipeline.sync(engine, run, url)
    pipeline.correct(engine, run)
    with source.begin() as connection:
        connection.exec_driver_sql("UPDATE employees SET city = NULL, phone = ' ' WHERE employee_id % 20 = 3")
        for row in gone:
            connection.exec_driver_sql(f"INSERT INTO leave VALUES ({', '.join('?' * len(row))})", tuple(row))
    source.dispose()


def take_back(engine, url):
    """Cells of records that nobody typed anew change, and lists with them."""
    undo_rule(engine, "normalise.date", by="somebody")


@pytest.mark.parametrize(
    "change",
    [
        spoil,
        pytest.param(spoil_in_a_night_that_stops, marks=pytest.mark.slow),
        pytest.param(take_back, marks=pytest.mark.slow),
    ],
)
def test_a_night_that_counts_what_changed_counts_as_one_that_counts_all(company, change):
    engine, url, _, first = company
    change(engine, url)
    run, second = night(engine, url)
    assert not second.equals(first)
    pipeline.publish(engine, run)  # the same run again counts all
    assert measure(engine, run).equals(second)


STATES = ("right_as_typed", "repaired", "review", "quarantined", "empty")


def test_every_cell_counts_once_as_the_worst_that_holds_for_it(company):
    engine, _, _, measured = company
    by_hand = cells_by_hand(engine)
    assert {key[:3] for key in by_hand} == {tuple(row) for row in measured.select(measured.columns[:3]).iter_rows()}
    for row in measured.iter_rows(named=True):
        place = (row["table_name"], row["department"], row["column_name"])
        assert {state: row[state] for state in STATES} == {state: by_hand[*place, state] for state in STATES}, place
        assert row["cells"] == sum(row[state] for state in STATES)
        assert row["score"] == (row["right_as_typed"] / row["cells"] if row["cells"] else None)
    assert all(measured[state].sum() > 0 for state in STATES[:4])
    assert set(measured.filter(measured["table_name"] != "employees")["department"]) == {"-"}


def test_measuring_the_same_run_again_changes_nothing(company):
    engine, _, run, measured = company
    assert measure(engine, run).equals(measured)
    assert len(history(engine)) == len(measured)


def test_a_cell_that_somebody_spoils_lowers_its_score_and_no_other(company):
    engine, url, first, before = company
    with engine.connect() as connection:
        right = "SELECT row_key, department FROM raw.employees JOIN clean.departments ON name = department WHERE city = 'Moscow'"
        key, department = connection.exec_driver_sql(right).first()
    source = sa.create_engine(url)
    with source.begin() as connection:
        connection.exec_driver_sql(f"UPDATE employees SET city = ' Moscow' WHERE employee_id = {key}")
    source.dispose()
    run, after = night(engine, url)
    changed = before.join(after, on=["table_name", "department", "column_name"], suffix="_after")
    changed = changed.filter(changed["right_as_typed"] != changed["right_as_typed_after"])
    assert changed.select("department", "column_name").rows() == [(department, "city")]
    row = changed.row(0, named=True)
    assert (row["right_as_typed_after"], row["repaired_after"]) == (row["right_as_typed"] - 1, row["repaired"] + 1)
    assert history(engine)["run_id"].unique().sort().to_list() == [first, run]


def test_an_empty_cell_counts_only_where_it_is_required(company):
    engine, url, _, before = company
    source = sa.create_engine(url)
    with source.begin() as connection:
        connection.exec_driver_sql("UPDATE employees SET project = NULL, status = NULL WHERE employee_id = 3")
    source.dispose()
    _, after = night(engine, url)
    sums = [
        {
            column: frame.filter((frame["table_name"] == "employees") & (frame["column_name"] == column))[state].sum()
            for column, state in (("project", "cells"), ("status", "cells"), ("status", "empty"))
        }
        for frame in (before, after)
    ]
    assert sums[1]["status"] == sums[0]["status"] + 1  # now empty
    cells = [
        frame.filter((frame["table_name"] == "employees") & (frame["column_name"] == "status"))["cells"].sum()
        for frame in (before, after)
    ]
    assert cells[0] == cells[1]
    assert sums[1]["project"] <= sums[0]["project"]


def test_the_chart_is_a_small_picture_also_of_nothing(company, database):
    engine, url, *_ = company
    night(engine, url)
    for frame in (history(engine), history(engine).clear()):
        picture = chart(frame)
        assert len(picture) < 200_000
        assert matplotlib.image.imread(io.BytesIO(picture)).shape == (420, 1200, 4)


def test_a_run_that_is_not_known_is_told(database):
    with pytest.raises(ErpError, match="There is no run 999; start_run opens one"):
        measure(database.engine, 999)
