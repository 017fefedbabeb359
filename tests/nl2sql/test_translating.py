"""A question to any database, said in English by the model and answered from that; what got lost is noticed."""

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from nl2sql.anywhere.translating import messages, translated
from nl2sql.attempt import Attempt
from nl2sql.engine import ask
from nl2sql.language import detect
from nl2sql.parts import Parts
from tests.nl2sql.unseen import replying, unseen

SCRIPT = """
CREATE TABLE Boat (BoatID INTEGER PRIMARY KEY, BoatName TEXT, LengthM REAL, Built INTEGER);
CREATE TABLE Trip (TripID INTEGER PRIMARY KEY, BoatID INTEGER REFERENCES Boat(BoatID), Harbour TEXT, Guests INTEGER);
INSERT INTO Boat VALUES (1, 'Gull', 7.5, 2001), (2, 'Tern', 12.0, 2015), (3, 'Auk', 9.5, 2020);
INSERT INTO Trip VALUES (1, 1, 'Kavala', 4), (2, 2, 'Kavala', 9), (3, 2, 'Varna', 8);
"""
TURKISH = "2010'dan beri denize indirilmiş teknelerin boyu ortalama ne kadarmış acaba?"
RUSSIAN = "А каких лодок ещё никто никуда не выводил, подскажи по именам?"


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    with unseen(tmp_path_factory.mktemp("boats") / "boats.db", SCRIPT) as opened:
        yield opened


def attempted(database, question):
    index = database[1]
    language = detect(question)
    attempt = Attempt(question, language)
    return attempt, index.foreign.linker.link(question, language)


SURE, UNSURE = -0.01, -0.3
WRONG = "SELECT x FROM nothing"
"""Said twice, it is given up."""
LONG = "SELECT AVG(LengthM) FROM Boat WHERE Built >= 2010"
UNUSED = "SELECT BoatName FROM Boat LEFT JOIN Trip USING (BoatID) WHERE Harbour IS NULL"


@pytest.mark.parametrize(
    ("question", "english", "confirming", "rows"),
    [
        (TURKISH, "Average length of boats built since 2010", LONG, [(10.75,)]),
        (RUSSIAN, "Names of boats that have no trip", UNUSED, [("Auk",)]),
    ],
)
def test_what_is_said_in_english_is_composed_and_believed_if_another_statement_says_the_same(
    question, english, confirming, rows, database
):
    reader, index = database
    model = replying((english, SURE), (confirming, UNSURE))
    answer = ask(question, owner=None, reader=reader, model=model, index=index)
    assert (answer.answered, answer.rows) == (True, rows), answer.reason
    assert any(english in note for note in answer.assumptions)
    model = FakeListChatModel(responses=[english, *[WRONG] * 6])
    answer = ask(question, owner=None, reader=reader, model=model, index=index)
    assert (answer.answered, answer.reason) == (False, "no statement is confirmed by another")


def test_a_statement_for_what_is_said_in_english_is_believed_if_the_model_is_sure(database):
    reader, index = database
    english = "What would the boats that met the sea in or after 2010 average in terms of how long they are?"
    answer = ask(TURKISH, owner=None, reader=reader, model=replying((english, SURE), (LONG, SURE)), index=index)
    assert answer.rows == [(10.75,)]
    assert any(english in note for note in answer.assumptions)


@pytest.mark.parametrize("english", ["Names of boats that have a trip", "How many boats are there?"])
def test_what_denies_nothing_is_no_translation_of_a_denial(english, database):
    reader, index = database
    attempt = FakeListChatModel(responses=[english, *[WRONG] * 4])
    answer = ask(RUSSIAN, owner=None, reader=reader, model=attempt, index=index)
    assert not answer.answered
    assert answer.reason != "no statement is confirmed by another"  # there was none


def test_without_this_part_the_model_is_asked_for_statements_alone(database):
    reader, index = database
    model = FakeListChatModel(responses=[WRONG, WRONG, UNUSED])
    answer = ask(RUSSIAN, owner=None, reader=reader, model=model, index=index, parts=Parts(rewording=False))
    assert answer.rows == [("Auk",)]
    assert "NOT IN" not in answer.sql


def test_without_the_composer_what_is_said_in_english_is_not_composed_either(database):
    reader, index = database
    replies = [("Average length of boats built since 2010", SURE), (LONG, UNSURE), *[(WRONG, SURE)] * 4]
    for parts, is_answered in ((Parts(), True), (Parts(composer=False), False)):
        answer = ask(TURKISH, owner=None, reader=reader, model=replying(*replies), index=index, parts=parts)
        assert answer.answered is is_answered


@pytest.mark.parametrize(
    ("english", "is_taken"),
    [("Average length of boats built since 2010", True), ("Average length of boats", False), ("Boats of 2001", False)],
)
def test_an_english_question_without_a_figure_of_the_asked_one_is_not_taken(english, is_taken, database):
    attempt, linked = attempted(database, TURKISH)
    model = FakeListChatModel(responses=[english])
    assert (translated(attempt, linked, model=model, user="local") is not None) is is_taken


def test_the_prompt_says_what_words_are_in_the_database_and_begins_the_same_for_all(database):
    first, second = (messages(*attempted(database, question)) for question in (TURKISH, RUSSIAN))
    assert first[:-1] == second[:-1]
    assert "Question in Turkish" in first[-1].content
    assert "teknelerin is Boat" in first[-1].content


@pytest.mark.parametrize(
    ("question", "english", "is_taken"),
    [
        ("Сколько лодок длиннее 1 250 метров?", "How many boats are longer than 1,250 metres?", True),
        ("Uzunluğu 7,5 metreyi aşan tekneler", "Boats longer than 7.5 metres", True),
        ("Uzunluğu 7,5 metreyi aşan tekneler", "Boats longer than 75 metres", False),
        ("Какие лодки водил Курочкин?", "Which boats did Kurochkin sail?", True),
        ("Какие лодки водил Курочкин?", "Which boats are there?", False),
        ("Покажи лодки. Только имена.", "Names of boats", True),
    ],
)
def test_figures_and_names_are_kept_whatever_their_marks_and_script(question, english, is_taken, database):
    attempt, linked = attempted(database, question)
    model = FakeListChatModel(responses=[english])
    assert (translated(attempt, linked, model=model, user="local") is not None) is is_taken
