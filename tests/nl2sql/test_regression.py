"""The questions that people have checked are asked again, and what is not answered as before is found."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from nl2sql import feedback, memory
from nl2sql.engine import ask
from nl2sql.evaluation import regression
from nl2sql.index import build_index

QUESTION = "How many lawyers work in Ankara?"


@pytest.fixture(scope="module")
def taught(company, index):
    """The index with one confirmed answer."""
    given = ask(QUESTION, owner=company.engine, reader=company.reader, model=None, index=index)
    feedback.confirm(company.engine, company.reader, index, given.question_id, by="ayşe")
    return build_index(company.reader, learnt=memory.learnt(company.engine))


def the_case(company, index):
    """The one that was confirmed here."""
    return next(case for case in regression.cases(index, company.engine) if case.question == QUESTION)


def check(chosen, company, index):
    return list(regression.check(chosen, index, company.engine, company.reader))


def test_everything_that_was_checked_is_answered_as_it_was(company, taught):
    cases = regression.cases(taught, company.engine)
    assert {case.origin for case in cases} == {"confirmed", "packaged"}
    assert {case.language for case in cases} == {"en", "tr", "ru"}
    outcomes = check(regression.sample(cases, 150, seed=3), company, taught)
    assert [(one.case.question, one.note) for one in outcomes if one.verdict != "right"] == []
    assert {one.source for one in outcomes} == {"verified"}


def test_a_question_that_gets_another_statement_is_wrong(company, taught):
    case = the_case(company, taught)
    other = replace(case, statement="SELECT count(*) AS count FROM staff", shape=None)
    (outcome,) = check([other], company, taught)
    assert outcome.verdict == "wrong"
    assert "gives other rows" in outcome.note


def test_a_statement_that_does_not_run_or_has_other_columns_is_wrong(company, taught):
    case = the_case(company, taught)
    (gone,) = check([replace(case, statement="SELECT town FROM staff")], company, taught)
    assert "does not run" in gone.note
    (changed,) = check([replace(case, shape="lawyers number")], company, taught)
    assert "columns count number; they were lawyers number" in changed.note


def test_a_question_that_nobody_recognises_is_refused_without_a_model(company, taught):
    case = the_case(company, taught)
    (outcome,) = check([replace(case, question="Lawyers of Ankara, counted one by one?")], company, taught)
    assert (outcome.verdict, outcome.note) == ("refused", "the question is not answered without a model")


def test_the_model_is_asked_what_it_would_write_without_the_example(company, taught):
    from langchain_core.language_models.fake_chat_models import FakeListChatModel

    case = the_case(company, taught)
    wrong = FakeListChatModel(responses=["SELECT count(*) FROM staff WHERE position = 'Lawyer' AND city <> 'Ankara'"])
    right = FakeListChatModel(responses=["SELECT count(*) FROM staff WHERE position = 'Lawyer' AND city = 'Ankara'"])
    verdicts = [
        next(regression.check_model([case], taught, company.engine, company.reader, lambda model=model: model)).verdict
        for model in (right, wrong)
    ]
    assert verdicts[0] == "right"
    assert verdicts[1] != "right"


def test_samples_differ_from_day_to_day(company, taught):
    cases = regression.cases(taught, company.engine)
    assert regression.sample(cases, 5, seed=1) == regression.sample(cases, 5, seed=1)
    assert regression.sample(cases, 5, seed=1) != regression.sample(cases, 5, seed=2)


def test_a_digest_knows_rows_whatever_their_order():
    assert regression.digest([("a", 1), ("b", 2)]) == regression.digest([("b", 2), ("a", 1)])
    assert regression.digest([("a", 1)]) != regression.digest([("a", 1), ("a", 1)])


def test_the_log_says_who_asked(company, taught):
    query = sa.text("SELECT count(*) FROM ask.questions WHERE user_name = 'regression'")
    counts = []
    for chosen in ([], regression.cases(taught, company.engine)[:2]):
        check(chosen, company, taught)
        with company.engine.connect() as connection:
            counts.append(connection.execute(query).scalar_one())
    assert counts[1] == counts[0] + 2
