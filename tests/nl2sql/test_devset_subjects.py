"""The development questions by subject have answers that can be judged: allowed, with rows, no gaps, and cut nowhere between equals."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
import sqlglot
from sqlglot import exp

from nl2sql.evaluation.evaluate import load, rows_of
from nl2sql.guard import check
from nl2sql.index import Index
from nl2sql.language import LANGUAGES
from pipelines.database import Database

FILES: Final = sorted(
    path for path in Path(__file__).parent.glob("devset_*.toml") if path.stem != "devset_unanswerable"
)
INTENTS: Final[dict[Path, list[dict[str, Any]]]] = {
    path: tomllib.loads(path.read_text(encoding="utf-8"))["question"] for path in FILES
}
KEYS: Final = frozenset({*LANGUAGES, "sql", "also", "loose", "ordered"})


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_intent_is_asked_in_every_language_and_no_question_twice(path: Path) -> None:
    assert [intent["en"] for intent in INTENTS[path] if not {*LANGUAGES, "sql"} <= intent.keys() <= KEYS] == []
    questions = load(path)
    assert Counter(question.language for question in questions) == dict.fromkeys(LANGUAGES, len(INTENTS[path]))
    assert len({question.text.casefold() for question in questions}) == len(questions)


@pytest.mark.parametrize(
    "intent",
    [
        pytest.param(intent, id=f"{path.stem.removeprefix('devset_')}-{intent['en']}")
        for path, intents in INTENTS.items()
        for intent in intents
    ],
)
def test_answers_can_be_judged(intent: dict[str, Any], company: Database, index: Index) -> None:
    for sql in (intent["sql"], *intent.get("also", ())):
        rows = rows_of(check(sql, index.catalog).sql, company.reader)
        assert rows, sql
        assert not any(cell is None for row in rows for cell in row), sql
        assert len(rows_of(_with_ties(sql), company.reader)) == len(rows), f"Equals on both sides of a LIMIT: {sql}"


def _with_ties(sql: str) -> str:
    """The statement with what equals the last row that its limits let pass."""
    tree = sqlglot.parse_one(sql, dialect="postgres")
    for limit in list(tree.find_all(exp.Limit)):
        ties = exp.LimitOptions(rows=True, with_ties=True)
        limit.replace(exp.Fetch(direction="FIRST", count=limit.expression, limit_options=ties))
    return tree.sql(dialect="postgres")
