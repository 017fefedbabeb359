"""From question to answer on the real database, without the model and against a hostile one."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from nl2sql.answer import show
from nl2sql.chart import chart
from nl2sql.engine import MAX_QUESTION, ask
from nl2sql.errors import AskError
from nl2sql.index import build_index
from nl2sql.parts import Parts

HOSTILE = [
    "DROP TABLE employees",
    "SELECT national_id FROM employees",
    "DELETE FROM employees",
    "SELECT pg_sleep(100)",
    "SELECT * FROM ask.questions",
    "I would rather not.",
    "",
]


class UnusedError(Exception):
    """The model was opened although the question does not need it."""


def no_model():
    raise UnusedError


@pytest.fixture
def put(company, index):
    """Ask a question of a model that says given things, one after the other; nothing is composed then."""

    def put(question, *replies, user="tester"):
        model = FakeListChatModel(responses=list(replies)) if replies else no_model
        parts = Parts(composer=not replies)
        return ask(
            question, owner=company.engine, reader=company.reader, model=model, index=index, user=user, parts=parts
        )

    return put


def test_a_question_that_is_understood_wholly_needs_no_model(put, company):
    answer = put("What is the average age of female welders in Kazan and Moscow?")
    assert (answer.answered, answer.source) == (True, "composed")
    assert log(company, answer.question)["source"] == "composed"


def log(company, question):
    query = sa.text("SELECT * FROM ask.questions WHERE question = :question ORDER BY question_id DESC LIMIT 1")
    with company.engine.connect() as connection:
        return connection.execute(query, {"question": question}).mappings().one()


@pytest.mark.parametrize(
    ("question", "language", "sentence"),
    [
        ("How many welders work in Moscow?", "en", "Number: 8."),
        ("Moskova'da kaç kaynakçı çalışıyor?", "tr", "Sayı: 8."),
        ("Сколько сварщиков работает в Москве?", "ru", "Количество: 8."),
        ("Сколько сотрудников в каждом отделе?", "ru", "Строк: 6. Первая — Отдел: Инженерный отдел, Количество: 60."),
    ],
)
def test_verified_questions_need_no_model(question, language, sentence, put):
    answer = put(question)
    assert (answer.answered, answer.source, answer.language, answer.text) == (True, "verified", language, sentence)
    assert answer.tokens == 0
    assert set(answer.seconds) == {"link", "check", "execute", "total"}


def test_table_and_chart_are_in_the_language_of_the_asker(put):
    answer = put("Сколько сотрудников в каждом отделе?")
    assert "| Инженерный отдел | 60 |" in answer.to_markdown()
    assert chart(answer).data[0] == ("Инженерный отдел", 60)
    assert answer.rows[0] == ("Engineering", 60)


def test_an_answer_says_what_it_took_for_granted(put):
    answer = put("How many welders work in Moscov?")
    assert answer.assumptions == ("People who have left the company are not counted.", "Moscov was read as Moscow.")
    shown = answer.to_markdown()
    assert all(
        part in shown for part in ("**Number: 8.**", "Moscov → Moscow", "| Number |", "position = 'Welder'", "verified")
    )


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How many people work in Atlantis?", "“Atlantis” is not known."),
        ("Atlantis'te kaç kişi çalışıyor?", "“Atlantis” bilinmiyor."),
        ("Сколько людей работает в Атлантиде?", "«Атлантиде» не найдено."),
        ("How many welders work in Kasablanka?", "“Kasablanka” is not known."),
        ("Will it rain tomorrow?", "This does not seem to be about the company's data."),
        ("Bugün hava nasıl?", "Bu soru şirket verileriyle ilgili görünmüyor."),
        ("Какая сегодня погода?", "Похоже, вопрос не о данных компании."),
    ],
)
def test_what_is_not_known_is_said_without_asking_the_model(question, sentence, put, company):
    answer = put(question)
    assert not answer.answered
    assert answer.source == "refused"
    assert answer.text.startswith(sentence)
    assert len(answer.suggestions) == 3
    assert all(suggestion in answer.to_markdown() for suggestion in answer.suggestions)
    assert log(company, question)["outcome"] == "refused"


def test_suggestions_can_be_asked(put):
    for suggestion in put("How many people work in Atlantis?").suggestions:
        assert put(suggestion).source == "verified"


def test_near_misses_are_offered(put):
    assert "Did you mean Istanbul" in put("How many people work in Istanbulopolis?").text


@pytest.mark.parametrize("reply", HOSTILE)
def test_a_hostile_model_gets_nothing(reply, put, company):
    question = "How many people in the Finance department are called something?"
    answer = put(question, reply)
    assert not answer.answered
    assert answer.rows == []
    with company.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM clean.employees")).scalar_one() == 240


@pytest.mark.parametrize(
    "question", (Path(__file__).parent / "cases" / "injections.txt").read_text("utf-8").splitlines()
)
@pytest.mark.parametrize("reply", ["DELETE FROM employees", "SELECT national_id, phone FROM employees"])
def test_a_question_cannot_widen_what_may_run(question, reply, put):
    answer = put(question, reply)
    assert not answer.answered
    assert not {"national_id", "phone"} & set(answer.columns)


def test_the_model_is_asked_once_and_its_values_are_spelt_as_in_the_data(put):
    answer = put(
        "Headcount of welders over 30 in Moscow?",
        "```sql\nSELECT count(*) FROM staff WHERE position = 'kaynakçı' AND city = 'Москва' AND age > 30;\n```",
        "SELECT 1",
    )
    assert answer.source == "model"
    assert "position = 'Welder' AND city = 'Moscow'" in " ".join(answer.sql.split())


def test_a_statement_that_cannot_run_is_refused_in_the_askers_language(put):
    answer = put("Moskova'da 30 yaşından büyük kaç kaynakçı var?", "SELECT count(*) FROM staff WHERE job = 'Welder'")
    assert not answer.answered
    assert answer.text.startswith("Yanıttan yeterince emin değilim")
    assert len(answer.suggestions) == 3


def test_a_refusal_says_what_was_not_understood(company, index):
    model = FakeListChatModel(responses=["SELECT job FROM staff"])
    question = "How many welders over 30 zigzag in Moscow?"
    answer = ask(question, owner=None, reader=company.reader, model=model, index=index)
    assert not answer.answered
    assert answer.text == "I am not sure enough of an answer to give one. This was not understood: zigzag."


class Telling(FakeListChatModel):
    """A model that tells how likely each token is."""

    logprob: float

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        result = super()._generate(messages, stop, run_manager, **kwargs)
        said = [{"token": "SELECT", "logprob": 0.0}, {"token": "…", "logprob": 2 * self.logprob}]
        result.generations[0].message.response_metadata = {"logprobs": {"content": said}}
        return result


@pytest.mark.parametrize(("logprob", "answered"), [(-0.05, True), (-0.3, False)])
def test_what_the_model_is_not_sure_of_is_no_answer(logprob, answered, company, index):
    statement = "SELECT count(*) FROM staff WHERE position = 'Welder' AND age > 30"
    answer = ask(
        "Headcount of welders over 30?",
        owner=None,
        reader=company.reader,
        model=Telling(responses=[statement], logprob=logprob),
        index=index,
        parts=Parts(composer=False),
    )
    assert answer.answered == answered
    assert answered or "not sure" in answer.reason


def test_a_condition_that_nobody_asked_for_is_left_out(put):
    answer = put("Headcount of people over 30?", "SELECT count(*) FROM staff WHERE age > 30 AND city = 'Kazan'")
    assert answer.answered
    assert "Kazan" not in answer.sql
    assert "age > 30" in answer.sql


@pytest.mark.parametrize(
    ("question", "reply", "reason"),
    [
        (
            "Headcount of welders over 30 in Moscow?",
            "SELECT count(*) FROM staff WHERE age > 30",
            "It does not use every value",
        ),
        (
            "Headcount of people over 30?",
            "SELECT count(*) FROM staff WHERE age > 30 OR city = 'Kazan'",
            "does not mention 'Kazan'",
        ),
        ("Headcount of welders by city?", "SELECT count(*) FROM staff WHERE position = 'Welder'", "does not use city"),
        ("Headcount of women over 30?", "SELECT count(*) FROM staff WHERE age > 30", "does not use gender"),
        (
            "Headcount of Legal over 30?",
            "SELECT count(*) FROM staff WHERE department <> 'Legal' AND age > 30",
            "excludes it",
        ),
        ("Headcount of women and men over 30?", "SELECT count(gender) FROM staff WHERE age > 30", "GROUP BY gender"),
        (
            "Headcount by city of welders?",
            "SELECT count(*) FROM staff WHERE position = 'Welder' GROUP BY city",
            "does not select city",
        ),
        (
            "Headcount of people over 30?",
            "SELECT count(*) FROM staff WHERE age > 30 AND city = 'Nowhere'",
            "no value 'Nowhere'",
        ),
    ],
)
def test_a_statement_that_does_not_fit_the_question_is_not_an_answer(question, reply, reason, put):
    answer = put(question, reply)
    assert not answer.answered
    assert reason in answer.reason


def test_a_forgotten_grouping_is_added(put):
    answer = put("Headcount of women and men over 30?", "SELECT gender, count(*) FROM staff WHERE age > 30")
    assert answer.answered
    assert "GROUP BY" in answer.sql
    assert len(answer.rows) == 2


def test_names_of_persons_are_looked_up(put):
    statement = "SELECT count(*) FROM staff WHERE last_name = '{}'"
    assert put("How many people are called Petrov?", statement.format("Petrov")).answered
    answer = put("How many people are called Petroff?", statement.format("Petroff"))
    assert not answer.answered
    assert answer.text.startswith("“Petroff” is not known.")


def test_rows_decide_the_sentence(put):
    question = "Ages of people over {}?"
    none = put(question.format(200), "SELECT age FROM staff WHERE age > 200")
    assert (none.answered, none.text) == (True, "No row matches.")
    empty = put(question.format(201), "SELECT max(age) FROM staff WHERE age > 201")
    assert empty.text == "There is no value: the rows that match have none."
    many = put(question.format(1), "SELECT a.age FROM staff a, staff b WHERE a.age > 1")
    assert many.text.startswith("More than 1000 rows; the first 1000 are shown.")
    assert len(many.rows) == 1000


def test_every_question_is_logged(put, company):
    question = "How many accountants work in Kazan?"
    put(question, user="ayşe")
    row = log(company, question)
    assert (row["user_name"], row["language"], row["source"], row["outcome"], row["row_count"]) == (
        "ayşe",
        "en",
        "verified",
        "answered",
        1,
    )
    assert "position = 'Accountant'" in row["sql"]


def test_a_model_that_cannot_be_opened_is_logged_and_raised(put, company):
    question = "Headcount of lawyers over 33 or of women in Moscow?"
    with pytest.raises(UnusedError):
        put(question)
    assert log(company, question)["outcome"] == "failed"


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("", "The question is empty"),
        (" \n\t", "The question is empty"),
        ("?!", "The question is empty"),
        ("a" * 10_000, "The question has 10,000 characters; at most 2,000 are allowed"),
        ("how many\0employees", "zero byte"),
    ],
)
def test_questions_that_cannot_be_asked(question, sentence, put):
    with pytest.raises(AskError, match=sentence):
        put(question)


def test_the_longest_question_is_allowed(put):
    assert not put(("How many people work in Atlantis? " * 100)[:MAX_QUESTION]).answered


@given(question=st.text(st.characters(codec="utf-8"), min_size=1, max_size=100))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_answered_refused_or_an_ask_error(question, put):
    try:
        answer = put(question, "SELECT 1")
    except AskError:
        return
    assert answer.text


def test_figures_of_the_sentence_are_cells(put):
    answer = put("What is the average salary in each department?")
    assert all(show(cell) in answer.text for cell in answer.rows[0])


def test_a_summary_of_the_index_is_written(company, tmp_path):
    built = build_index(company.reader, tmp_path / "index")
    assert (tmp_path / "index" / "index.json").stat().st_size > 1000
    assert built.stats["examples"] >= 120


@pytest.mark.parametrize(
    "question",
    ["How many of our people haven't been to Kazan in January?", "Ocak 2026'da kaç zam yapıldı?", "We've how many?"],
)
def test_months_and_contractions_are_no_names(company, index, question):
    answer = ask(question, owner=None, reader=company.reader, model=FakeListChatModel(responses=["?"]), index=index)
    assert "unknown name" not in (answer.reason or "")
