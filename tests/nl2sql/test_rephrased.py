"""Questions of the development sets said in other words, in one language each, are understood as the same question."""

from __future__ import annotations

import dataclasses
import tomllib
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from nl2sql.compose import Composed, compose
from nl2sql.evaluation import evaluate
from nl2sql.evaluation.questions import Question
from nl2sql.index import Index
from nl2sql.language import Language
from pipelines.database import Database

HERE: Final = Path(__file__).parent
BARS: Final[dict[Language, tuple[float, float]]] = {"ru": (0.9, 0.02), "en": (0.93, 0.01), "tr": (0.88, 0.015)}
"""How many of all are right at least, and wrong at most."""


def intents() -> dict[str, Question]:
    """The questions of all development sets by their English words."""
    sets = (path for path in HERE.glob("devset*.toml") if path.stem != "devset_unanswerable")
    return {question.text: question for path in sets for question in evaluate.load(path) if question.language == "en"}


def rephrased(language: Language) -> list[Question]:
    """Every other way in which a question is said in a language."""
    known = intents()
    entries = tomllib.loads((HERE / "rephrased" / f"{language}.toml").read_text(encoding="utf-8"))["question"]
    return [
        dataclasses.replace(known[entry["intent"]], text=text, language=language)
        for entry in entries
        for text in entry["said"]
    ]


def verdict(question: Question, company: Database, index: Index) -> str:
    asked = index.asked(question.text, question.language)
    composed = compose(question.text, question.language, asked, index.catalog)
    if not isinstance(composed, Composed):
        return "handed over"
    is_right = evaluate.is_right(question, composed.sql, company.reader, index.catalog.dialect)
    return "right" if is_right else "wrong"


@pytest.mark.parametrize("language", BARS)
def test_other_words_are_understood_alike(language: Language, company: Database, index: Index) -> None:
    found = [(question.text, verdict(question, company, index)) for question in rephrased(language)]
    counts = Counter(said for _, said in found)
    print(language, dict(counts), *(f"{said}: {text}" for text, said in found if said != "right"), sep="\n")
    right, wrong = BARS[language]
    assert counts["right"] >= right * counts.total()
    assert counts["wrong"] <= wrong * counts.total()
