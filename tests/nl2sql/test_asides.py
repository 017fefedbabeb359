"""Why somebody asks is passed over; nothing that may be a condition is, and the answer says what was read."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from nl2sql.engine import ask
from nl2sql.semantics.asides import without_asides
from nl2sql.semantics.pieces import cut

LINES = (Path(__file__).parent / "cases" / "asides.tsv").read_text(encoding="utf-8").splitlines()
CASES = list(csv.DictReader(LINES, delimiter="\t"))


@pytest.mark.parametrize("case", CASES, ids=[case["question"] for case in CASES])
def test_only_what_tells_why_is_left_out(case, index):
    text, language = case["question"], case["language"]
    asked = index.asked(text, language)
    pieces = cut(text, asked.words, asked.links, language, asked.persons)
    assert without_asides(text, pieces, language) == (case["read"] or None)


def test_the_answer_says_what_was_read(company, index):
    question = "We're drafting the brochure. How many welders are there?"

    def no_model():
        raise AssertionError("no model is needed")

    answer = ask(question, owner=None, reader=company.reader, model=no_model, index=index)
    assert answer.question == question
    assert answer.read_as == "How many welders are there?"
    assert answer.rows == ask(answer.read_as, owner=None, reader=company.reader, model=no_model, index=index).rows
