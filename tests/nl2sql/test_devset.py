"""The questions to develop with can be answered, or cannot, as they claim; how well they are is `evaluate`."""

import tomllib
from pathlib import Path

import pytest

from nl2sql.evaluation import evaluate
from nl2sql.examples import match, readings
from nl2sql.execute import execute
from nl2sql.guard import check
from nl2sql.language import LANGUAGES, detect
from nl2sql.text import words

FOLDER = Path(__file__).parent
ANSWERABLE = evaluate.load(FOLDER / "devset.toml")
UNANSWERABLE = tomllib.loads((FOLDER / "devset_unanswerable.toml").read_text(encoding="utf-8"))["question"]
STATEMENTS = list(dict.fromkeys(statement for question in ANSWERABLE for statement in question.statements))
ASKED = [(question.language, question.text) for question in ANSWERABLE]
ASKED += [(language, question[language]) for question in UNANSWERABLE for language in LANGUAGES]


def test_there_are_enough():
    assert len(ANSWERABLE) >= 300
    assert len(UNANSWERABLE) >= 40
    assert all(question["missing"] for question in UNANSWERABLE)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_its_statement_says_something(statement, index, company):
    rows = execute(company.reader, check(statement, index.catalog)).rows
    assert rows
    assert any(cell not in (None, 0) for row in rows for cell in row)


@pytest.mark.parametrize("statement", [statement for statement in STATEMENTS if " LIMIT " in statement])
def test_a_limit_cuts_no_tie(statement, company):
    beginning, _, count = statement.rpartition(" LIMIT ")
    with company.reader.connect() as connection:
        rows = connection.exec_driver_sql(f"{beginning} FETCH FIRST {count} ROWS WITH TIES").all()
    assert len(rows) == int(count)


def test_each_is_asked_in_its_language():
    assert [text for language, text in ASKED if detect(text) != language] == []


def test_none_is_an_example(index):
    known = [
        text
        for language, text in ASKED
        if any(match(masked, index.examples) for masked in readings(text, language, index.values.link(words(text))))
    ]
    assert known == []
