"""The databases and questions that stand for schemas never seen before: every answer can be had and tells something."""

import importlib.util
import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("build", Path(__file__).parent / "databases" / "build.py")
build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build)

INTENTS = {
    name: 14 if name in build.LATER else 18 if name in (*build.LAST, *build.NEWEST) else 20 for name in build.NAMES
}
LONGEST_ANSWER = 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("databases")
    build.build(folder)
    return folder


def answers(folder, question):
    with closing(sqlite3.connect(folder / question["database"].removeprefix("sqlite:///"))) as connection:
        return connection.execute(question["sql"]).fetchall()


@pytest.mark.parametrize("name", build.NAMES)
def test_every_gold_statement_has_an_answer_that_tells_it_from_others(folder, name):
    asked = [question for question in build.questions() if question["database"] == f"sqlite:///{name}.db"]
    found = {question["sql"]: answers(folder, question) for question in asked}
    for sql, rows in found.items():
        assert rows, sql
        assert len(rows) <= LONGEST_ANSWER, sql
        # neither nothing counted nor the sum of nothing: any wrong filter would give the same
        assert rows not in ([(0,)], [(None,)]), sql
    assert max(Counter(map(str, found.values())).values()) == 1, "two questions have the same answer"


@pytest.mark.parametrize("name", build.NAMES)
def test_references_hold_and_tables_have_rows(folder, name):
    with closing(sqlite3.connect(folder / f"{name}.db")) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert all(connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0] for table in tables)


def test_every_intent_is_asked_in_three_languages_with_one_statement():
    intents = {}
    for question in build.questions():
        intents.setdefault(question["id"].rpartition("-")[0], []).append(question)
    assert Counter(intent.rpartition("-")[0] for intent in intents) == INTENTS
    for asked in intents.values():
        assert [question["language"] for question in asked] == ["en", "tr", "ru"]
        assert len({question["sql"] for question in asked}) == 1


def test_built_questions_name_their_databases(folder):
    written = [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [question["id"] for question in written] == [question["id"] for question in build.questions()]
    assert all(Path(question["database"].removeprefix("sqlite:///")).is_file() for question in written)
