"""What people say about answers is remembered, and what they confirm is answered again without a model."""

import pytest
import sqlalchemy as sa
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from nl2sql import feedback, memory
from nl2sql.engine import ask
from nl2sql.errors import AskError
from nl2sql.index import build_index
from nl2sql.parts import Parts


def no_model():
    raise AssertionError("the model is not needed")


@pytest.fixture
def put(company, index):
    """Ask a question of a model that says given things, with the examples that were learnt meanwhile."""

    def put(question, *replies, known=index, **given):
        model = FakeListChatModel(responses=list(replies)) if replies else no_model
        parts = Parts(composer=not replies)
        return ask(
            question, owner=company.engine, reader=company.reader, model=model, index=known, parts=parts, **given
        )

    return put


@pytest.fixture
def taught(company):
    """The index with what was learnt."""
    return lambda: build_index(company.reader, learnt=memory.learnt(company.engine))


@pytest.fixture
def confirm(company, index):
    """Confirm an answer."""
    return lambda number: feedback.confirm(company.engine, company.reader, index, number, by="ayşe")


def logged(company, number):
    with company.engine.connect() as connection:
        query = sa.text("SELECT * FROM ask.questions WHERE question_id = :id")
        return connection.execute(query, {"id": number}).mappings().one()


def test_the_log_says_who_asked_with_whose_rights_and_how_sure_the_answer_was(company, put):
    answer = put("How many accountants work in Moscov?", user="ivan", role="finance_analyst", conversation="c1")
    row = logged(company, answer.question_id)
    assert (row["user_name"], row["role_name"], row["conversation"]) == ("ivan", "finance_analyst", "c1")
    assert [(link["text"], link["value"]) for link in row["linked"]] == [
        ("accountants", "Accountant"),
        ("Moscov", "Moscow"),
    ]
    assert 0.6 < row["confidence"] < 0.9
    assert row["confidence"] == answer.confidence.score
    assert set(row["stages"]) == {"link", "check", "execute"}


@pytest.mark.parametrize(
    ("question", "replies", "low", "high"),
    [
        ("How many accountants work in Kazan?", [], 1.0, 1.0),
        (
            "Headcount of welders over 31 in Moscow?",
            ["SELECT count(*) FROM staff WHERE position = 'Welder' AND city = 'Moscow' AND age > 31"],
            0.9,
            0.9,
        ),
    ],
)
def test_confidence_falls_with_what_can_be_wrong(question, replies, low, high, put):
    answer = put(question, *replies)
    assert low <= answer.confidence.score <= high
    assert answer.confidence.reasons


def test_a_confirmed_answer_is_given_again_without_a_model_and_for_other_values(company, put, confirm, taught):
    question = "Moskova'daki kaynakçıların kaçı 40 yaşından büyük?"
    first = put(
        question, "SELECT count(*) FROM staff WHERE position = 'Welder' AND city = 'Moscow' AND age > 40", user="mehmet"
    )
    assert first.source == "model"
    example = confirm(first.question_id)
    assert example.placeholders == ("position", "city", "number")
    known = taught()
    again = put(question, known=known)
    assert (again.source, again.rows, again.tokens) == ("verified", first.rows, 0)
    other = put("İstanbul'daki elektrikçilerin kaçı 30 yaşından büyük?", known=known)
    assert other.source == "verified"
    assert "'Electrician'" in other.sql
    assert "'Istanbul'" in other.sql
    assert "age > 30" in other.sql
    assert memory.turn(company.engine, first.question_id).is_example


def test_a_value_that_the_statement_does_not_hold_is_not_replaced(company, put, confirm, taught):
    said = "SELECT count(*) FROM staff WHERE city = 'Moscow' AND hire_date >= '2019-01-01' AND hire_date < '2020-01-01'"
    first = put("Number of newcomers in Moscow in 2019, hired?", said)
    example = confirm(first.question_id)
    assert dict(example.fixed) == {"year": "2019"}
    known = taught()
    assert put("Number of newcomers in Kazan in 2019, hired?", known=known).source == "verified"
    other = put("Number of newcomers in Kazan in 2021, hired?", said.replace("Moscow", "Kazan"), known=known)
    assert other.source != "verified"


def test_a_corrected_statement_wins_over_the_one_that_came_with_the_package(company, index, put, taught):
    question = "How many electricians work in Dubai?"
    first = put(question)
    sql = "SELECT count(*) AS electricians FROM staff WHERE position = 'elektrikçi' AND city = 'Dubai' AND status = 'active'"
    feedback.correct(company.engine, company.reader, index, first.question_id, sql, by="ayşe")
    again = put(question, known=taught())
    assert again.columns == ("electricians",)
    assert "position = 'Electrician'" in again.sql, "values are spelt as the database has them"
    assert memory.turn(company.engine, first.question_id).verdict == "wrong"
    assert feedback.reject(company.engine, first.question_id, by="ayşe") == 1
    assert put(question, known=taught()).columns == ("count",)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("DELETE FROM employees", "Only SELECT"),
        ("SELECT national_id FROM employees", "national_id"),
        ("SELECT count(*) FROM staff WHERE city = 'Atlantis'", "Atlantis"),
        ("SELECT 1 / 0", "division by zero"),
    ],
)
def test_a_statement_that_may_not_run_is_not_learnt(sql, says, company, index, put):
    first = put("How many lawyers work in London?")
    with pytest.raises(AskError, match=says):
        feedback.correct(company.engine, company.reader, index, first.question_id, sql, by="ayşe")
    assert not memory.turn(company.engine, first.question_id).is_example


def test_a_refusal_cannot_be_confirmed_but_corrected(company, index, put, taught, confirm):
    question = "How many colleagues of ours are between thirty and forty?"
    refused = put(question, "no")
    with pytest.raises(AskError, match="refused, so there is nothing to confirm"):
        confirm(refused.question_id)
    sql = "SELECT count(*) FROM staff WHERE age BETWEEN 30 AND 40"
    feedback.correct(company.engine, company.reader, index, refused.question_id, sql, by="ayşe")
    assert put(question, known=taught()).source == "verified"


def test_an_unknown_number_is_said(company, confirm):
    with pytest.raises(AskError, match="There is no question 999999"):
        confirm(999999)
    with pytest.raises(AskError, match="There is no question 999999"):
        feedback.say(company.engine, 999999, "right", by="ayşe")


def test_an_example_whose_statement_does_not_run_any_more_is_put_out_of_use(company, index, put, confirm):
    confirm(put("How many project managers work in Almaty?").question_id)
    assert feedback.revalidate(company.engine, company.reader, index) == []
    with company.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE ask.confirmed SET statement = replace(statement, 'city', 'town') WHERE question ~ 'project managers'"
        )
    ((one, reason),) = feedback.revalidate(company.engine, company.reader, index)
    assert "town" in reason
    (kept,) = [
        stored for stored in memory.confirmed(company.engine, active=False) if stored.example_id == one.example_id
    ]
    assert kept.reason == reason


def test_thumbs_are_only_recorded(company, put):
    answer = put("How many welders work in Ankara?", user="olga")
    feedback.say(company.engine, answer.question_id, "right", by="olga", note="as in the payroll")
    (turn,) = memory.recent(company.engine, user="olga")
    assert (turn.verdict, turn.is_example, turn.outcome) == ("right", False, "answered")


def test_the_reading_role_sees_no_memory(company):
    for table in ("questions", "feedback", "confirmed"):
        with company.reader.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            connection.exec_driver_sql(f"SELECT * FROM ask.{table}")
