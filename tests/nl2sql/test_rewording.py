"""What the model says a question means is composed, and is an answer only if nothing got lost or came in on the way."""

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from nl2sql.attempt import Attempt
from nl2sql.compose import Composed, compose
from nl2sql.engine import ask
from nl2sql.language import LANGUAGES, detect
from nl2sql.parts import Parts
from nl2sql.rewording import examples, messages

ENGLISH = "How many welders in Kazan have turned 50 or are past it already?"
TURKISH = "Kaynakçılarımızın Kazan'daki ortalama yaşını merak eder dururum"
RUSSIAN = "Сколько сварщиков в Казани перевалило за 50?"


@pytest.fixture
def said(company, index):
    """Ask of a model that says a question in plain English, and knows no statement."""

    def said(question, plain, **parts):
        model = FakeListChatModel(responses=[plain, "I do not know."])
        return ask(question, owner=None, reader=company.reader, model=model, index=index, parts=Parts(**parts))

    return said


@pytest.mark.parametrize("example", examples(), ids=lambda example: example["plain"])
def test_the_composer_understands_every_plain_example(example, index):
    found = compose(example["plain"], "en", index.asked(example["plain"], "en"), index.catalog)
    assert isinstance(found, Composed), found


def test_they_are_of_every_language():
    assert {detect(example["asked"]) for example in examples()} == set(LANGUAGES)


@pytest.mark.parametrize(
    ("question", "plain", "conditions"),
    [
        (ENGLISH, "How many welders in Kazan are 50 or older?", ("'Welder'", "'Kazan'", "age >= 50")),
        (TURKISH, "Average age of welders in Kazan", ("AVG(staff.age)", "'Welder'", "'Kazan'")),
        (RUSSIAN, "How many welders in Kazan are older than 50?", ("'Welder'", "'Kazan'", "age > 50")),
    ],
)
def test_what_is_said_again_is_composed_and_the_asker_sees_how_it_was_understood(question, plain, conditions, said):
    answer = said(question, plain)
    assert (answer.answered, answer.source) == (True, "model"), answer.reason
    assert [part for part in conditions if part not in answer.sql] == []
    assert any(plain in note for note in answer.assumptions)


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        pytest.param(RUSSIAN, "How many welders are older than 50?", id="a value is lost"),
        pytest.param(RUSSIAN, "How many welders are in Kazan?", id="a number is lost"),
        pytest.param(RUSSIAN, "How many electricians in Kazan are older than 50?", id="another value"),
        pytest.param(RUSSIAN, "How many welders in Kazan are older than 60?", id="another number"),
        pytest.param(RUSSIAN, "How many welders in Kazan are not older than 50?", id="denied"),
        pytest.param(RUSSIAN, "How many welders in Kazan are older than 50 by department?", id="groups come in"),
        pytest.param(RUSSIAN, "How many welders in Kazan older than 50 were hired this year?", id="a period comes in"),
        pytest.param(TURKISH, "Average salary of welders in Kazan", id="another figure"),
        pytest.param(TURKISH, "Maximum age of welders in Kazan", id="another aggregate"),
        pytest.param(TURKISH, "Average age of welders in Kazan by year of hire", id="another group"),
        pytest.param(TURKISH, "I am sorry, I cannot help with that.", id="nonsense"),
        pytest.param(TURKISH, "", id="nothing"),
    ],
)
def test_what_got_lost_or_came_in_makes_no_answer(question, plain, said):
    answer = said(question, plain)
    assert not answer.answered, answer.sql


def test_it_can_be_left_out(said):
    assert not said(TURKISH, "Average age of welders in Kazan", rewording=False).answered


def test_the_model_is_told_the_names_as_the_data_has_them(index):
    told = [
        str(messages(Attempt(text, detect(text), index.asked(text, detect(text))))[-1].text)
        for text in (RUSSIAN, ENGLISH)
    ]
    assert "(сварщиков: Welder; Казани: Kazan)" in told[0]
    assert "Welder" not in told[1]
