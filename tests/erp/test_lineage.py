"""Where a published cell comes from is told completely, in words, and without national ids."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

import erp
from erp import pipeline
from erp.contacts import mask
from erp.errors import ErpError
from erp.golden import CURRENT, IDENTITY
from erp.lineage import why
from erp.review import decide
from erp.rules import meaning, meanings
from erp.schema import BY_NAME, TABLES
from erp.undo import undo_run
from pipelines.database import Database

ROOT = Path(erp.__file__).parent


def night(engine, url):
    """One run of all steps that change records."""
    run = pipeline.start_run(engine, "demo")
    pipeline.sync(engine, run, url)
    for step in (pipeline.correct, pipeline.deduplicate, pipeline.publish):
        step(engine, run)
    pipeline.finish_run(engine, run, "succeeded", {})
    return run


def rows(engine, query):
    with engine.connect() as connection:
        return connection.exec_driver_sql(query).all()


@pytest.fixture(scope="module")
def company_once(postgres, tmp_path_factory):
    """A night in which one person had two records, for others to be copied from; the source's file."""
    folder = tmp_path_factory.mktemp("lineage")
    url = f"sqlite:///{folder}/erp.sqlite"
    pipeline.make_demo_source(url, folder / "truth", 200)
    source = sa.create_engine(url)
    with source.begin() as connection:
        run = connection.exec_driver_sql
        run(
            "UPDATE employees SET city = ' Moskova', position = 'Kaynakçı', hire_date = '1.2.2015', gender = 'F', "
            "department = 'Şantiyye Dairesi Xyz', national_id = '112 233 445 95' WHERE employee_id = 3"
        )
        run("DELETE FROM employees WHERE employee_id > 200")  # nobody else is there twice
        run(
            "INSERT INTO employees (employee_id, first_name, patronymic, last_name, gender, birth_date, national_id, email, phone, "
            "department, position, project, city, hire_date, status) SELECT 900, first_name, patronymic, last_name, gender, birth_date, national_id, email, "
            "phone, department, 'Сварщик', project, 'Kazan', '2020-05-01', status FROM employees WHERE employee_id = 3"
        )
    source.dispose()
    database = Database(postgres.database("template_lineage", template="template_millrace"))
    night(database.engine, url)
    database.dispose()
    return shutil.copy(folder / "erp.sqlite", folder / "as_it_was.sqlite")


@pytest.fixture
def company(copied, company_once):
    """The database after that night, and the source's URL."""
    source = company_once.with_name("erp.sqlite")
    shutil.copy(company_once, source)
    return copied("template_lineage").engine, f"sqlite:///{source}"


def test_every_rule_of_the_code_is_told_in_words():
    stages = {"normalise", "translate", "spelling", "repair"}
    literals = {text for path in ROOT.glob("*.py") for text in _texts(ast.parse(path.read_text("utf-8")))}
    rules = {text for text in literals if text.partition(".")[0] in stages and text.partition(".")[2].isidentifier()}
    assert rules >= {"normalise.spaces", "translate.marks", "spelling.word", "repair.impossible_birth"}
    assert rules | {"decision", "translate.en", "translate.tr", "translate.ru"} == meanings().keys()
    assert meaning("ours.codes") == "a rule of the company's own, ours.codes"


def _texts(node):
    """Text constants below a node, but for the names under which rules remember what they learned."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if name in {"of", "recall"}:
            return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _texts(child)


def test_every_rule_that_was_met_is_told_in_words(company):
    met = {
        rule for table in ("ledger", "review") for (rule,) in rows(company[0], f"SELECT rule FROM governance.{table}")
    }
    assert met <= meanings().keys()


def test_a_cell_is_followed_from_what_was_typed_to_what_is_published(company):
    found = why(company[0], "employees", 3, "city")
    first, second = found.records
    assert (first.key, first.typed, first.value, first.wins) == (3, " Moskova", "Moscow", False)
    assert [(step.before, step.after, step.rule) for step in first.steps] == [
        (" Moskova", "Moskova", "normalise.spaces"),
        ("Moskova", "Moscow", "translate.tr"),
    ]
    assert (second.key, second.value, second.wins) == (900, "Kazan", True)
    assert found.published == "Kazan"
    assert "the record of the latest hire (2020-05-01)" in found.choice
    for said in ("“ Moskova” → “Moskova”", "spaces around and between words", "record 900 ← chosen", "run 1"):
        assert said in found.text


def test_each_rule_of_survivorship_is_named(company):
    engine = company[0]
    position, name, hire = (why(engine, "employees", 3, column) for column in ("position", "last_name", "hire_date"))
    assert position.published == "Welder"
    assert "latest hire" in position.choice
    assert "most records have, 2 of 2" in name.choice
    assert all(record.wins for record in name.records)
    assert hire.published == "2015-02-01"
    assert "earliest hire" in hire.choice
    assert [record.wins for record in hire.records] == [True, False]


def test_the_chosen_value_is_the_published_one_for_every_column(company):
    engine = company[0]
    for column in (*IDENTITY, *CURRENT, "hire_date"):
        found = why(engine, "employees", 3, column)
        assert found.is_published
        if found.published is not None:
            assert {record.value for record in found.records if record.wins} == {found.published}, column


def test_words_that_nobody_knows_are_in_quarantine_and_not_chosen(company):
    found = why(company[0], "employees", 3, "department")
    assert all(record.quarantine == ("not in the dictionary",) for record in found.records)
    assert found.published is None
    assert found.choice == "no record of the person has a value"
    assert "in quarantine: not in the dictionary" in found.text


def test_national_ids_are_masked_wherever_they_show(company):
    engine = company[0]
    found = why(engine, "employees", 3, "national_id")
    clear = rows(engine, "SELECT national_id FROM clean.employees WHERE employee_id = 3")[0][0]
    assert clear == "11223344595"
    assert found.published == mask(clear)
    assert found.records[0].typed == "*** *** *** 95"
    assert found.records[0].steps[0].rule == "normalise.national_id"
    for text in (found.text, repr(found)):
        assert clear not in text
        assert "112 233" not in text


def test_what_waits_what_people_decided_and_what_was_undone_is_told(company):
    engine, url = company
    with engine.begin() as connection:
        review = connection.exec_driver_sql(
            "INSERT INTO governance.review (run_id, table_name, row_key, column_name, before, after, rule, step, confidence) "
            "VALUES (1, 'employees', 3, 'city', 'Moscow', 'Kazan', 'spelling.word', 9, 0.5) RETURNING review_id"
        ).scalar_one()
    text = why(engine, "employees", 3, "city").text
    assert f"waits in review as {review}: “Moscow” → “Kazan”" in text

    assert decide(engine, [review], "set", "Ankara", by="ayse") == 1
    waiting = why(engine, "employees", 3, "city")
    assert [(w.decision, w.decided_by) for w in waiting.records[0].waiting] == [("set", "ayse")]
    assert "ayse decided: set; the next cleaning carries it out" in waiting.text

    night(engine, url)
    found = why(engine, "employees", 3, "city")
    made = found.records[0].decision
    assert (made.verdict, made.value, made.decided_by, made.holds) == ("set", "Ankara", "ayse", True)
    assert found.records[0].steps[-1].rule == "decision"
    assert found.records[0].value == "Ankara"
    assert "decided by ayse" in found.text

    source = sa.create_engine(url)
    with source.begin() as connection:
        connection.exec_driver_sql("UPDATE employees SET city = 'Москва' WHERE employee_id = 3")
    source.dispose()
    run = night(engine, url)
    later = why(engine, "employees", 3, "city")
    assert later.records[0].value == "Moscow"
    assert not later.records[0].decision.holds
    assert "it holds no longer, the source has something else since" in later.text

    undo_run(engine, run, by="ayse")
    night(engine, url)
    undone = why(engine, "employees", 3, "city")
    assert undone.records[0].undone == (("translate.ru", run),)
    assert f"run {run} was taken back: translate.ru leaves the cell alone" in undone.text


def test_events_say_whose_they_are_and_rows_that_are_refused_say_why(company):
    engine, url = company
    source = sa.create_engine(url)
    with source.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO leave (leave_id, employee_id, leave_type, start_date, days) VALUES (90001, '900', 'yıllık izin', '2024-05-01', '3')"
        )
        connection.exec_driver_sql(
            "INSERT INTO leave (leave_id, employee_id, leave_type, start_date, days) VALUES (90002, '3', 'yıllık izin', '2024-05-01', '-3')"
        )
    source.dispose()
    night(engine, url)
    owned = why(engine, "leave", 90001, "employee_id")
    assert owned.published == "3"
    assert owned.choice == "the employee record 900 is of the person 3"
    assert why(engine, "leave", 90001, "leave_type").published == "annual"
    refused = why(engine, "leave", 90002, "days")
    assert not refused.is_published
    assert refused.refused == ("days is empty or not valid",)
    assert "not published, days is empty or not valid" in refused.text
    assert refused.records[0].quarantine == (meaning("repair.impossible_number"),)


def test_every_cell_of_every_table_can_be_asked_for(company):
    engine = company[0]
    for table in TABLES:
        key = rows(engine, f"SELECT min(row_key) FROM raw.{table.name}")[0][0]
        for column in table.column_names:
            assert why(engine, table.name, key, column).text.startswith(f"{table.name} {key} {column}: ")


def test_a_record_that_is_gone_is_told_with_the_day(company):
    engine, url = company
    source = sa.create_engine(url)
    with source.begin() as connection:
        connection.exec_driver_sql("DELETE FROM employees WHERE employee_id IN (900, 17)")
    source.dispose()
    night(engine, url)
    left = why(engine, "employees", 3, "city")
    assert left.published == "Moscow"
    assert [record.deleted_at is not None for record in left.records] == [False, True]
    assert "record 900, gone from the source since" in left.text
    with pytest.raises(
        ErpError, match=r"employees 17 is gone from the source since \d{4}-.*not published any more; raw"
    ):
        why(engine, "employees", 17, "city")


@pytest.mark.parametrize(
    ("table", "key", "column", "sentence"),
    [
        ("employes", 3, "city", r"no table 'employes', perhaps employees is meant; there are locations, dep"),
        ("employees", 3, "citty", r"employees has no column 'citty', perhaps city is meant; it has first_name"),
        ("employees", 3, "row_key", r"no column 'row_key'; it has"),
        ("employees", 12345, "city", r"There is no 12345 in employees; ask for the employee_id of clean.employees\."),
        ("projects", 12345, "city", r"There is no 12345 in projects; ask for the row_key of raw.projects\."),
        ("employees", 900, "city", r"Record 900 of employees was merged into the person 3; ask for employees 3\."),
    ],
)
def test_what_cannot_be_asked_for_is_told(company, table, key, column, sentence):
    with pytest.raises(ErpError, match=sentence):
        why(company[0], table, key, column)


def test_a_record_without_a_person_says_what_to_run(database, demo):
    run = pipeline.start_run(database.engine, "demo")
    pipeline.sync(database.engine, run, demo.url)
    with pytest.raises(ErpError, match="Record 3 of employees has no person yet; run the de-duplication first"):
        why(database.engine, "employees", 3, "city")
    assert not why(database.engine, "locations", 1, BY_NAME["locations"].column_names[0]).is_published
