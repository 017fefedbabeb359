"""Every verified example runs, in every language, and only what says the same matches one."""

import pytest

from nl2sql import examples
from nl2sql.examples import DOMAINS, load, mask, match, render, sample_values
from nl2sql.execute import execute
from nl2sql.guard import check
from nl2sql.language import LANGUAGES, detect
from nl2sql.text import words

EXAMPLES = load()
PAIRS = [(example, language) for example in EXAMPLES for language in LANGUAGES]


def ids(value):
    return value.questions["en"] if isinstance(value, examples.Example) else str(value)


def asked(example, language, values):
    """The question as somebody would type it: values in the asker's language."""
    filled = sample_values(values, example)
    names = {
        name: values.name(DOMAINS[name.rstrip("2")], value, language) if name.rstrip("2") in DOMAINS else value
        for name, value in filled.items()
    }
    return render(example.questions[language], names), filled


@pytest.mark.parametrize("example", EXAMPLES, ids=ids)
def test_its_statement_passes_the_guard_and_runs(example, index, company):
    sql = example.fill(sample_values(index.values, example))
    assert execute(company.reader, check(sql, index.catalog)).columns


@pytest.mark.parametrize(("example", "language"), PAIRS, ids=ids)
def test_its_own_question_finds_it(example, language, index):
    question, filled = asked(example, language, index.values)
    assert detect(question) == language
    masked = mask(question, language, index.values.link(words(question)))
    assert match(masked, EXAMPLES) is example
    assert masked.values == filled


@pytest.mark.parametrize(("example", "language"), PAIRS, ids=ids)
def test_it_is_the_nearest_to_its_own_question(example, language, index):
    assert index.retriever.nearest(example.masked[language], 1)[0][0].questions[language] == example.questions[language]


@pytest.mark.parametrize(
    ("language", "question", "like"),
    [
        ("en", "how many employee are there in each departments", "How many employees are there in each department?"),
        ("en", "Please, how many welders work at Kazan", "How many {position}s work in {city}?"),
        ("tr", "Moskova'da kaç kaynakçı çalışıyor", "How many {position}s work in {city}?"),
        ("ru", "Сколько сварщиков сейчас работает в Казани?", "How many {position}s work in {city}?"),
        ("ru", "В каком отделе больше всего сотрудников", "Which department has the most employees?"),
    ],
)
def test_what_says_the_same_matches(language, question, like, index):
    found = match(mask(question, language, index.values.link(words(question))), EXAMPLES)
    assert found is not None
    assert found.questions["en"] == like


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Which department has the fewest employees?"),
        ("en", "How many employees are not there in each department?"),
        ("en", "How many welders work in Kazan and Moscow?"),
        ("en", "How many employees work in Atlantis?"),
        ("en", "How many welders left in Kazan?"),
        ("tr", "En az çalışanı olan departman hangisi?"),
        ("ru", "Сколько сварщиков не работает в Казани?"),
        ("ru", "В каком отделе меньше всего сотрудников?"),
    ],
)
def test_what_says_something_else_does_not(language, question, index):
    assert match(mask(question, language, index.values.link(words(question))), EXAMPLES) is None


def test_values_are_quoted():
    example = next(example for example in EXAMPLES if example.placeholders == ("city",))
    assert "'O''Hare; --'" in example.fill({"city": "O'Hare; --"})
