"""Every verified example runs, in every language, and only what says the same matches one."""

from collections import Counter

import pytest

from nl2sql import examples
from nl2sql.examples import DOMAINS, load, mask, match, readings, render, sample_values
from nl2sql.execute import execute
from nl2sql.guard import check
from nl2sql.language import LANGUAGES, detect
from nl2sql.text import words

EXAMPLES = load()
PAIRS = [
    (example, language, number)
    for example in EXAMPLES
    for language in LANGUAGES
    for number in range(len(example.questions[language]))
]


def ids(value):
    return value.questions["en"][0] if isinstance(value, examples.Example) else str(value)


def asked(example, language, number, values):
    """The question as somebody would type it: values in the asker's language."""
    filled = sample_values(values, example)
    names = {
        name: values.name(DOMAINS[name.rstrip("2")], value, language) if name.rstrip("2") in DOMAINS else value
        for name, value in filled.items()
    }
    return render(example.questions[language][number], names), filled


def of(language):
    return [(example, number) for example, asked_in, number in PAIRS if asked_in == language]


def test_there_are_many():
    assert len(EXAMPLES) >= 200
    assert len(PAIRS) >= 1000


def test_no_statement_is_there_twice():
    counts = Counter(example.sql for example in EXAMPLES)
    assert [sql for sql, count in counts.items() if count > 1] == []


def test_no_question_is_there_twice():
    counts = Counter((language, example.masked[language][number].text) for example, language, number in PAIRS)
    assert [question for question, count in counts.items() if count > 1] == []


def test_every_way_to_ask_has_the_placeholders_of_the_statement():
    for example, language, number in PAIRS:
        assert example.masked[language][number].places == set(example.placeholders), example.questions[language][number]


def test_those_of_every_prompt_have_an_order():
    places = sorted(example.place for example in EXAMPLES if example.place is not None)
    assert places == list(range(1, len(places) + 1))


@pytest.mark.parametrize("example", EXAMPLES, ids=ids)
def test_its_statement_passes_the_guard_and_runs(example, index, company):
    sql = example.fill(sample_values(index.values, example))
    assert execute(company.reader, check(sql, index.catalog)).columns


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_finds_its_own_example(language, index):
    astray = []
    for example, number in of(language):
        question, filled = asked(example, language, number, index.values)
        links = index.values.link(words(question))
        found = [(match(masked, EXAMPLES), masked.values) for masked in readings(question, language, links)]
        if detect(question) != language or (example, filled) not in found:
            astray.append((question, detect(question), [(other.sql, values) for other, values in found if other]))
        astray += [(question, other.sql) for other, _ in found if other not in (None, example)]
    assert astray == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_the_nearest_to_its_own_questions(language, index):
    astray = [
        example.questions[language][number]
        for example, number in of(language)
        if index.retriever.nearest(example.masked[language][number], 1)[0][0] != example
    ]
    assert astray == []


@pytest.mark.parametrize(
    ("language", "question", "like"),
    [
        ("en", "how many employee are there in each departments", "How many employees are there in each department?"),
        ("en", "Please, how many welders work at Kazan", "How many {position}s work in {city}?"),
        ("tr", "Moskova'da kaç kaynakçı çalışıyor", "How many {position}s work in {city}?"),
        ("ru", "Сколько сварщиков сейчас работает в Казани?", "How many {position}s work in {city}?"),
        ("ru", "В каком отделе больше всего сотрудников", "Which department has the most employees?"),
        ("ru", "В каком отделе меньше всего сотрудников?", "Which department has the fewest employees?"),
        ("en", "In Kazan, how many welders are there?", "How many {position}s work in {city}?"),
        ("en", "Show me the number of people by city", "How many employees does each city have?"),
        ("tr", "Bölümlere göre kişi sayısını göster", "How many employees are there in each department?"),
        ("ru", "Покажите кол-во работников по городам", "How many employees does each city have?"),
        ("en", "Which welders have no project?", "Which {position}s have no project?"),
        ("en", "Which projects have no welders?", "Which projects have no {position}s?"),
        ("tr", "2023 yılında Kazan'da kaç kişi işe alındı", "How many people were hired in {city} in {year}?"),
    ],
)
def test_what_says_the_same_matches(language, question, like, index):
    found = match(mask(question, language, index.values.link(words(question))), EXAMPLES)
    assert found is not None
    assert found.questions["en"][0] == like


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Which department has the fewest women?"),
        ("en", "Number of departments by city"),
        ("en", "How many more employees than Moscow does Kazan have?"),
        ("en", "How many employees are not there in each department?"),
        ("en", "How many welders work in Kazan and Moscow?"),
        ("en", "How many employees work in Atlantis?"),
        ("en", "How many welders left in Kazan?"),
        ("tr", "En az kadın çalışanı olan departman hangisi?"),
        ("tr", "Moskova'dan Kazan'da kaç kişi fazla çalışıyor?"),
        ("ru", "Сколько сварщиков не работает в Казани?"),
        ("ru", "В каком отделе меньше всего женщин?"),
    ],
)
def test_what_says_something_else_does_not(language, question, index):
    assert match(mask(question, language, index.values.link(words(question))), EXAMPLES) is None


@pytest.mark.parametrize("amount", ["2000", "2 000", "2,000", "2.000"])
def test_an_amount_may_look_like_a_year_or_have_separators(amount):
    question = f"How many employees earn more than {amount} dollars?"
    found = [(match(masked, EXAMPLES), masked.values) for masked in readings(question, "en", [])]
    assert [values for example, values in found if example] == [{"number": "2000"}]


def test_values_are_quoted():
    example = next(example for example in EXAMPLES if example.placeholders == ("city",))
    assert "'O''Hare; --'" in example.fill({"city": "O'Hare; --"})
