"""Cells that contradict others, or cannot be."""

import polars as pl
import pytest

from erp import repair
from erp.quarantine import refused_cells


def test_empty_cells_are_filled_as_most_records_have_them(records, knowledge):
    engineers = [{"position": "Architect", "department": "Design"}] * 9 + [
        {"position": "Architect", "department": "Legal"}
    ]
    changes = repair.dependent_cells(records(*engineers, {"position": "Architect"}), knowledge)
    assert changes.select("column_name", "after", "confidence").rows() == [("department", "Design", pytest.approx(0.9))]


def test_nothing_is_filled_from_a_handful_of_records(records, knowledge):
    rows = [{"position": "Architect", "department": "Design"}] * 4
    assert repair.dependent_cells(records(*rows, {"position": "Architect"}), knowledge).is_empty()


def test_a_city_is_that_of_the_project_as_surely_as_the_others_agree(records, knowledge):
    sites = records({"code": "GPP", "city": "Moscow"}, table="projects")["projects"]
    rows = [{"project": "GPP", "city": "Moscow"}] * 3 + [{"project": "GPP", "city": "Kazan"}]
    tables = records(*rows, {"project": "GPP"}) | {"projects": sites}
    changes = repair.dependent_cells(tables, knowledge)
    assert changes.select("row_key", "after", "confidence").rows() == [(5, "Moscow", 0.75)]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"birth_date": "2066-01-01"}, "birth_date"),
        ({"birth_date": "1900-01-01"}, "birth_date"),
        ({"birth_date": "1990-01-01", "hire_date": "2130-01-01"}, "hire_date"),
        ({"birth_date": "1990-01-01", "hire_date": "1995-01-01"}, "hire_date"),
        ({"birth_date": "1990-01-01", "hire_date": "2010-01-01"}, None),
    ],
)
def test_impossible_dates_are_emptied_and_kept_in_quarantine(records, knowledge, cells, column):
    tables = records(cells)
    changes = repair.impossible(tables, knowledge)
    assert changes["column_name"].to_list() == ([column] if column else [])
    assert changes["after"].null_count() == len(changes)
    kept = refused_cells(tables, changes, knowledge.vocabulary)
    assert kept["value"].to_list() == ([cells[column]] if column else [])


def test_a_salary_is_more_than_nothing(records, knowledge):
    tables = records({"monthly_usd": "-1500.00"}, {"monthly_usd": "0"}, {"monthly_usd": "1"}, table="salaries")
    assert repair.impossible(tables, knowledge)["row_key"].to_list() == [1, 2]


def test_cells_in_no_right_form_are_refused(records, knowledge):
    tables = records(
        {"birth_date": "yesterday", "phone": "12", "email": "none", "city": "Atlantis", "position": "Cook"}
    )
    refused = refused_cells(
        tables,
        pl.DataFrame(
            schema={
                "table_name": pl.String,
                "row_key": pl.Int64,
                "column_name": pl.String,
                "before": pl.String,
                "after": pl.String,
                "rule": pl.String,
            }
        ),
        knowledge.vocabulary,
    )
    assert dict(refused.select("column_name", "reason").rows()) == {
        "birth_date": "not a date",
        "phone": "not a phone number",
        "email": "not an e-mail address",
        "city": "not in the dictionary",
    }
