"""What goes on from a question before is completed in the asker's words, or is a question of its own."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from nl2sql.conversation import Previous, complete
from nl2sql.engine import ask
from nl2sql.language import detect

WELDERS = "How many welders work in Moscow?"
KAYNAKCI = "Moskova'da kaç kaynakçı çalışıyor?"
SVARSHIK = "Сколько сварщиков работает в Москве?"


@pytest.mark.parametrize(
    ("before", "text", "whole"),
    [
        (WELDERS, "and in Kazan?", "How many welders work in Kazan?"),
        (WELDERS, "Kazan?", "How many welders work in Kazan?"),
        (WELDERS, "what about electricians?", "How many electricians work in Moscow?"),
        (WELDERS, "and electricians in Kazan?", "How many electricians work in Kazan?"),
        (WELDERS, "And the accountants there?", "How many accountants work in Moscow?"),
        (WELDERS, "and in project GPP?", "How many welders work in Moscow in project GPP?"),
        (WELDERS, "and women?", "How many welders work in Moscow, only women?"),
        (WELDERS, "by department?", "How many welders work in Moscow by department?"),
        ("How many people work in Moscow?", "and women?", "How many women work in Moscow?"),
        (
            "How many employees does each city have?",
            "and by department?",
            "How many employees does each department have?",
        ),
        ("How many people were hired in 2020?", "and in 2021?", "How many people were hired in 2021?"),
        (KAYNAKCI, "peki Kazan'da?", "Kazan'da kaç kaynakçı çalışıyor?"),
        (KAYNAKCI, "ya Kazan?", "Kazan'da kaç kaynakçı çalışıyor?"),
        (KAYNAKCI, "peki ya Dubai?", "Dubai'de kaç kaynakçı çalışıyor?"),
        (KAYNAKCI, "Kazan'da ya?", "Kazan'da kaç kaynakçı çalışıyor?"),
        (KAYNAKCI, "peki Kazan'da kaç?", "Kazan'da kaç kaynakçı çalışıyor?"),
        (KAYNAKCI, "peki elektrikçiler?", "Moskova'da kaç elektrikçi çalışıyor?"),
        ("Moskova'da kaç kişi çalışıyor?", "peki ya kadınlar?", "Moskova'da kaç kadın çalışıyor?"),
        ("Her şehirde kaç çalışan var?", "peki departmanlara göre?", "Departmanlara göre kaç çalışan var?"),
        ("How many women work in Moscow?", "and welders in Kazan?", "How many women work in Kazan, only welders?"),
        ("Kaç kaynakçı çalışıyor?", "peki Kazan'da?", "Kazan'da kaç kaynakçı çalışıyor?"),
        (SVARSHIK, "а в Дубае?", "Сколько сварщиков работает в Дубае?"),
        (SVARSHIK, "А бухгалтеров?", "Сколько бухгалтеров работает в Москве?"),
        (SVARSHIK, "а сколько в Казани?", "Сколько сварщиков работает в Казани?"),
        ("Сколько человек работает в Москве?", "а женщин?", "Сколько женщин работает в Москве?"),
        ("Сколько сотрудников в каждом отделе?", "а по городам?", "Сколько сотрудников по городам?"),
        (WELDERS, "peki Kazan'da?", "How many welders work in Kazan?"),
        (KAYNAKCI, "а в Дубае?", "Dubai'de kaç kaynakçı çalışıyor?"),
    ],
)
def test_what_is_left_out_comes_from_the_question_before(before, text, whole, index):
    found = complete(text, detect(text), Previous(before, detect(before), None), index)
    assert found is not None
    assert (found.text, found.language, found.needs_sql) == (whole, detect(before), False)


@pytest.mark.parametrize(
    "text",
    [
        "How many accountants work in Kazan?",
        "Average salary by department?",
        "Her departmanda kaç çalışan var?",
        "Сколько сотрудников в каждом городе?",
        "How many women work in Kazan?",
        "Kazan'da kaç kadın çalışıyor?",
        "Сколько женщин работает в Казани?",
        "Kaç kadın kaynakçı çalışıyor?",
        "Москва",
        "Will it rain tomorrow?",
        "Thank you!",
        "list the welders who left in 2020",
    ],
)
def test_a_whole_question_is_not_changed(text, index):
    assert complete(text, detect(text), Previous(WELDERS, "en", None), index) is None


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("And how many people work in Kazan?", "How many people work in Kazan?"),
        ("Peki Kazan'da kaç kişi çalışıyor?", "Kazan'da kaç kişi çalışıyor?"),
        ("Peki Kazan'da kaç kadın çalışıyor?", "Kazan'da kaç kadın çalışıyor?"),
        ("А сколько женщин работает в Казани?", "Сколько женщин работает в Казани?"),
        ("А сколько сотрудников в каждом городе?", "Сколько сотрудников в каждом городе?"),
    ],
)
def test_a_whole_question_loses_the_word_that_joins_it(text, whole, index):
    found = complete(text, detect(text), Previous(WELDERS, "en", None), index)
    assert found.text == whole


@pytest.mark.parametrize("text", ["and the average salary?", "what about their average age?"])
def test_another_figure_needs_the_statement_before(text, index):
    found = complete(text, "en", Previous(WELDERS, "en", "SELECT 1"), index)
    assert found.needs_sql
    assert found.text.startswith(WELDERS)


@given(
    text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=80),
    before=st.sampled_from([WELDERS, KAYNAKCI, SVARSHIK]),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_said_is_completed_or_left_alone(text, before, index):
    found = complete(text, "en", Previous(before, detect(before), None), index)
    assert found is None or found.text


@pytest.fixture
def talk(company, index):
    """Ask within a conversation."""

    def talk(name, question, *replies):
        model = FakeListChatModel(responses=list(replies)) if replies else None
        return ask(question, owner=company.engine, reader=company.reader, model=model, index=index, conversation=name)

    return talk


@pytest.mark.parametrize(
    ("first", "then", "last"),
    [
        (WELDERS, ("and in Kazan?", "How many welders work in Kazan?"), ("and electricians?", "How many electricians work in Kazan?")),
        (KAYNAKCI, ("peki Kazan'da?", "Kazan'da kaç kaynakçı çalışıyor?"), ("ya elektrikçi?", "Kazan'da kaç elektrikçi çalışıyor?")),
        (SVARSHIK, ("а в Казани?", "Сколько сварщиков работает в Казани?"), ("а электриков?", "Сколько электриков работает в Казани?")),
    ],
)  # fmt: skip
def test_a_conversation_goes_on_and_on(first, then, last, talk):
    name = f"talk {first}"
    assert talk(name, first).read_as is None
    for text, whole in (then, last):
        answer = talk(name, text)
        assert (answer.question, answer.read_as, answer.source) == (text, whole, "verified")
        assert whole in answer.to_markdown()
    assert "position = 'Electrician'" in answer.sql
    assert "city = 'Kazan'" in answer.sql


def test_conversations_do_not_hear_each_other(talk):
    talk("one", WELDERS)
    answer = talk("two", "and in Kazan?", "no")
    assert answer.read_as is None
    assert not answer.answered


def test_what_was_not_understood_is_not_gone_on_from(talk):
    talk("three", WELDERS)
    talk("three", "How many people work in Atlantis?")
    assert talk("three", "and in Kazan?").read_as == "How many welders work in Kazan?"


def test_the_model_sees_the_statement_that_it_goes_on_from(talk):
    talk("four", WELDERS)
    answer = talk(
        "four",
        "and the average salary?",
        "SELECT avg(monthly_usd) FROM staff WHERE position = 'Welder' AND city = 'Moscow'",
    )
    assert answer.answered
    assert answer.read_as == f"{WELDERS} The average salary?"
