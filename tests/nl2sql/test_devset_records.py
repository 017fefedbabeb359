"""The development questions about projects, contracts, leave, training and salary history have sound answers."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
import sqlglot

from nl2sql.evaluation.evaluate import load, rows_of
from nl2sql.guard import check
from nl2sql.index import Index
from nl2sql.language import LANGUAGES
from pipelines.database import Database

FILE: Final = Path(__file__).parent / "devset_records.toml"
ENTRIES: Final[list[dict[str, Any]]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["question"]
KEYS: Final = {*LANGUAGES, "sql", "also", "loose", "ordered"}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["en"])
def test_every_statement_passes_the_guard_and_gives_whole_rows(
    entry: dict[str, Any], company: Database, index: Index
) -> None:
    for statement in (entry["sql"], *entry.get("also", ())):
        rows = rows_of(check(statement, index.catalog).sql, company.reader)
        assert rows, statement
        assert not [row for row in rows if None in row], statement
        assert (most := _limit(statement)) is None or len(rows) == most, statement


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["en"])
def test_no_tie_decides_what_a_limit_cuts(entry: dict[str, Any], company: Database) -> None:
    for statement in (entry["sql"], *entry.get("also", ())):
        if (most := _limit(statement)) is not None:
            assert len(rows_of(_with_ties(statement, most), company.reader)) == most, statement


def test_every_intent_is_asked_once_in_every_language() -> None:
    questions = load(FILE)
    assert Counter(question.language for question in questions) == dict.fromkeys(LANGUAGES, len(ENTRIES))
    assert len({question.text.casefold() for question in questions}) == len(questions)
    assert all(set(entry) <= KEYS for entry in ENTRIES)


def _limit(statement: str) -> int | None:
    limit = sqlglot.parse_one(statement, dialect="postgres").args.get("limit")
    return int(limit.expression.name) if limit is not None else None


def _with_ties(statement: str, most: int) -> str:
    tree = sqlglot.parse_one(statement, dialect="postgres")
    tree.set("limit", None)
    return f"{tree.sql(dialect='postgres')} FETCH FIRST {most} ROWS WITH TIES"
