"""The assets of asking, materialised on a real database: one question, a day's file, what is learnt, the gate."""

import csv
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from assets.ask import answer, question_index, standing_answers
from assets.batch import question_batch
from assets.learning import ask_quality, confirmed_examples
from llm.errors import ModelError
from nl2sql import memory
from pipelines.database import Database
from pipelines.settings import Settings

COMPANY = Path(__file__).parent.parent / "nl2sql" / "company.sql"


@pytest.fixture(scope="module")
def company(postgres):
    """A company of this module's own: its tests learn."""
    database = Database(postgres.database("asking", template="template_millrace"))
    with database.engine.begin() as connection:
        script = COMPANY.read_text(encoding="utf-8")
        connection.execution_options(no_parameters=True).exec_driver_sql(script)
    yield database
    database.dispose()


@pytest.fixture
def make(company, tmp_path):
    """Materialise one asset; the model says given things, or cannot be had."""

    def make(asset, config=None, *, replies=(), partition=None):
        def door():
            if not replies:
                raise ModelError("there is no model here")
            return FakeListChatModel(responses=list(replies))

        settings = replace(Settings.from_environ({}), home=tmp_path)
        run_config = {"ops": {asset.key.to_user_string(): {"config": config}}} if config else None
        return dg.materialize(
            [asset],
            resources={"installation": settings, "database": company, "model": door},
            run_config=run_config,
            partition_key=partition,
            raise_on_error=False,
        )

    return make


def metadata(result):
    (event,) = result.get_asset_materialization_events()
    return {name: value.value for name, value in event.materialization.metadata.items()}


def failure(result):
    return next(
        event for event in result.all_events if event.is_step_failure
    ).step_failure_data.user_failure_data.description


def checks(result):
    return {check.check_name: check.passed for check in result.get_asset_check_evaluations()}


def test_an_answer_has_its_chart_and_its_confidence(make):
    result = make(answer, {"question": "Her departmanda kaç çalışan var?"})
    found = metadata(result)
    assert (found["language"], found["source"], found["confidence"]) == ("tr", "verified", 1.0)
    assert "data:image/svg+xml" in found["chart"]
    assert found["question_id"] > 0
    assert checks(result) == {"answered": True}


def test_the_language_can_be_given(make):
    found = metadata(make(answer, {"question": "GPP?", "language": "ru"}))
    assert found["language"] == "ru"


def test_a_refusal_is_a_success_whose_check_did_not_pass(make):
    result = make(answer, {"question": "Will it rain tomorrow?"})
    assert result.success
    assert checks(result) == {"answered": False}


def test_an_answer_is_given_with_the_rights_of_a_role(make, company):
    with company.engine.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE asking_finance LOGIN IN ROLE millrace_asker")
        connection.exec_driver_sql("INSERT INTO governance.row_access VALUES ('asking_finance', 'Finance')")
    try:
        everybody = metadata(make(answer, {"question": "How many employees are there in total?"}))
        finance = metadata(
            make(answer, {"question": "How many employees are there in total?", "role": "asking_finance"})
        )
        assert everybody["text"] == "Number: 216."
        assert finance["text"] == "Number: 30."
        unknown = make(answer, {"question": "How many employees are there in total?", "role": "nobody"})
        assert "nobody" in failure(unknown)
        assert "asking_finance" in failure(unknown), "it says which roles there are"
    finally:
        with company.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM governance.row_access WHERE role_name = 'asking_finance'")
            connection.exec_driver_sql("DROP ROLE asking_finance")


def test_a_days_file_becomes_a_file_of_answers(make, tmp_path):
    folder = tmp_path / "questions"
    folder.mkdir()
    (folder / "2026-03-04.csv").write_text(
        "question;user\nHow many welders work in Moscow?;olga\nСколько сварщиков работает в Москве?;\n???;ivan\n"
        "=Will it rain?;ivan\n",
        encoding="utf-8-sig",
    )
    result = make(question_batch, partition="2026-03-04")
    assert metadata(result)["answered"] == 2
    assert checks(result) == {"all_answered": False}
    with (folder / "2026-03-04.answers.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["outcome"], line["language"], line["user"]) for line in lines] == [
        ("answered", "en", "olga"),
        ("answered", "ru", "batch"),
        ("refused", "", "ivan"),
        ("refused", "en", "ivan"),
    ]
    assert (lines[0]["answer"], lines[0]["result"], lines[0]["source"]) == ("Number: 8.", "8", "verified")
    assert lines[3]["question"] == "'=Will it rain?", "no spreadsheet takes it for a formula"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "There is no file"),
        (b"text\nHow many?\n", "has the columns text. It needs a column named question"),
        (b"question,language\nHow many?,de\n", "line 2: the language is 'de'; it must be en, tr, ru or empty"),
        ("question\nKaç kişi?\n".encode("utf-16"), "is not in UTF-8"),
        (b"question\n", "has 0 questions"),
    ],
)
def test_a_file_that_is_no_table_of_questions_is_explained(content, says, make, tmp_path):
    (tmp_path / "questions").mkdir()
    if content is not None:
        (tmp_path / "questions" / "2026-03-05.csv").write_bytes(content)
    assert says in failure(make(question_batch, partition="2026-03-05"))


def test_what_is_confirmed_in_the_launchpad_is_learnt_and_what_is_wrong_is_undone(make, company):
    question = "Of our welders, how many are past 45?"
    config = {"question": question}
    first = metadata(
        make(answer, config, replies=["SELECT count(*) FROM staff WHERE position = 'Welder' AND age > 45"])
    )
    assert first["source"] in {"composed", "model"}
    assert metadata(make(confirmed_examples, {"question_id": first["question_id"]}))["active"] == 1
    assert metadata(make(answer, config))["source"] == "verified"
    assert metadata(make(question_index))["learnt"] == 1
    sql = "SELECT count(*) AS welders FROM staff WHERE position = 'Welder' AND age > 45"
    make(confirmed_examples, {"question_id": first["question_id"], "sql": sql})
    assert "AS welders" in metadata(make(answer, config))["answer"]
    make(confirmed_examples, {"question_id": first["question_id"], "verdict": "wrong"})
    assert metadata(make(answer, config))["source"] != "verified"
    assert memory.confirmed(company.engine, active=True) == []
    assert "There is no question 987654" in failure(make(confirmed_examples, {"question_id": 987654}))


def test_a_regression_set_of_nothing_is_explained(make, monkeypatch):
    monkeypatch.setattr("nl2sql.evaluation.regression.cases", lambda *_: [])
    result = make(ask_quality, {"packaged_questions": 0})
    (failure,) = result.get_step_failure_events()
    assert "no answer was confirmed, and packaged_questions is 0" in failure.step_failure_data.error.to_string()


def test_the_gate_lets_pass_what_holds_and_stops_what_does_not(make, company):
    good = make(ask_quality, {"packaged_questions": 40})
    assert good.success
    assert metadata(good)["accuracy"] == 1.0
    first = metadata(make(answer, {"question": "How many lawyers work in Kazan?"}))
    make(confirmed_examples, {"question_id": first["question_id"]})
    with company.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE ask.confirmed SET shape = 'lawyers number' WHERE active")
    bad = make(ask_quality, {"packaged_questions": 10})
    assert checks(bad) == {"regression_set_holds": False}
    assert metadata(bad)["wrong"] == 1
    assert not bad.success


def test_the_standing_questions_wait_for_the_gate():
    assert ask_quality.key in standing_answers.asset_deps[standing_answers.key]
