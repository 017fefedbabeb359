"""A model that is slow, hangs, is not there or talks nonsense: a clear answer in the asker's language, in time."""

import threading
import time
from typing import Any

import pytest
import sqlalchemy as sa
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from llm.errors import ModelError
from nl2sql.engine import ask
from nl2sql.parts import Parts

pytestmark = pytest.mark.alone
NEEDS_THE_MODEL = {
    "en": "Headcount of welders over 34 in Moscow?",
    "tr": "Moskova'da 34 yaş üstü kaynakçıların sayısı nedir?",
    "ru": "Какова численность сварщиков старше 34 лет в Москве?",
}
CHECKED = {
    "en": ("How many welders work in Moscow?", "Number: 8."),
    "tr": ("Moskova'da kaç kaynakçı çalışıyor?", "Sayı: 8."),
    "ru": ("Сколько сварщиков работает в Москве?", "Количество: 8."),
}


class Hanging(FakeListChatModel):
    """Says nothing until it is released."""

    released: threading.Event

    def _call(self, *args: Any, **kwargs: Any) -> str:
        self.released.wait(60)
        return "SELECT 1"


class Broken(FakeListChatModel):
    """Its server is gone."""

    def _call(self, *args: Any, **kwargs: Any) -> str:
        raise ModelError("The model local does not answer: connection refused")


def no_model():
    raise ModelError("the weights are not there")


@pytest.fixture
def put(company, index):
    """Ask with one second for the model."""

    def put(question, model):
        return ask(
            question,
            owner=company.engine,
            reader=company.reader,
            model=model,
            index=index,
            deadline_s=1,
            parts=Parts(composer=False),
        )

    return put


@pytest.fixture
def hanging():
    """A model that hangs until the test is over."""
    released = threading.Event()
    yield Hanging(responses=[""], released=released)
    released.set()


def outcome(company, answer):
    with company.engine.connect() as connection:
        query = sa.text("SELECT outcome FROM ask.questions WHERE question_id = :id")
        return connection.execute(query, {"id": answer.question_id}).scalar_one()


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "did not finish within 1 seconds"), ("tr", "1 saniye içinde bitiremedi"), ("ru", "не успела за 1 с")],
)
def test_a_model_that_hangs_is_left_alone(language, says, put, hanging, company):
    begun = time.monotonic()
    answer = put(NEEDS_THE_MODEL[language], hanging)
    assert time.monotonic() - begun < 30, "far from the minute that the model takes"
    assert (answer.answered, answer.failed, answer.language) == (False, True, language)
    assert says in answer.text
    assert answer.suggestions
    assert outcome(company, answer) == "failed"


@pytest.mark.parametrize("model", [no_model, Broken(responses=[""])], ids=["cannot be opened", "breaks off"])
@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "does not answer at the moment"), ("tr", "şu anda yanıt vermiyor"), ("ru", "сейчас не отвечает")],
)
def test_a_model_that_is_not_there_is_said(language, says, model, put, company):
    answer = put(NEEDS_THE_MODEL[language], model)
    assert says in answer.text
    assert answer.failed
    assert outcome(company, answer) == "failed"


@pytest.mark.parametrize(
    "reply",
    [
        "Как языковая модель, я не могу на это ответить.",
        "SELECT SELECT FROM FROM",
        "🙂" * 3000,
        "SELECT count(*) FROM staff; DROP TABLE staff",
        "SELECT '" + "x" * 50_000,
    ],
)
@pytest.mark.parametrize("language", ["en", "tr", "ru"])
def test_nonsense_is_no_answer(reply, language, put, company):
    answer = put(NEEDS_THE_MODEL[language], FakeListChatModel(responses=[reply]))
    assert (answer.answered, answer.failed, answer.language) == (False, False, language)
    assert answer.suggestions
    assert len(answer.text) < 1000
    assert outcome(company, answer) == "refused"


@pytest.mark.parametrize("language", ["en", "tr", "ru"])
def test_what_was_checked_is_answered_whatever_the_model_does(language, put, hanging):
    question, says = CHECKED[language]
    for model in (hanging, no_model, Broken(responses=[""])):
        assert put(question, model).text == says


def test_opening_does_not_count_but_asking_does(put):
    def slow_to_open():
        time.sleep(1.2)
        return FakeListChatModel(
            responses=["SELECT count(*) FROM staff WHERE position = 'Welder' AND city = 'Moscow' AND age > 34"]
        )

    assert put(NEEDS_THE_MODEL["en"], slow_to_open).answered
