"""When two results say the same, and how questions with known answers are read."""

import json
from datetime import date
from decimal import Decimal

import pytest

from nl2sql.errors import AskError
from nl2sql.evaluation.compare import same
from nl2sql.evaluation.evaluate import ordering
from nl2sql.evaluation.questions import read_questions


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ([(1, "a"), (2, "b")], [(2, "b"), (1, "a")]),
        ([("a", 1), ("b", 2)], [(1, "a"), (2, "b")]),
        ([(Decimal("3.50"),)], [(3.5,)]),
        ([(1234.57,)], [(1234.5678,)]),
        ([(47.3,)], [(47.25,)]),  # halves go up in databases
        ([(0.1 + 0.2,)], [(0.3,)]),
        ([(date(2024, 1, 2),)], [("2024-01-02",)]),
        ([(None, 1)], [(1, None)]),
        ([], []),
        ([(1, 1), (1, 2)], [(1, 1), (2, 1)]),
    ],
)
def test_rows_that_say_the_same(found, wanted):
    assert same(found, wanted)
    assert same(wanted, found)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ([(1,)], [(1,), (1,)]),
        ([(1,), (1,), (2,)], [(1,), (2,), (2,)]),
        ([(1, 2), (3, 4)], [(1, 4), (3, 2)]),  # cells of other rows
        ([(5.0,)], [(4.6,)]),  # a whole number is no rounding that nobody asked for
        ([(1, "a")], [(1,)]),
        ([("1",)], [("01",)]),
    ],
)
def test_rows_that_differ(found, wanted):
    assert not same(found, wanted)


def test_further_columns_are_fine_only_where_the_question_is_loose():
    assert same([("a", 9), ("b", 8)], [("b",), ("a",)], loose=True)
    assert not same([("a", 9), ("b", 8)], [("b",), ("c",)], loose=True)


def test_order_matters_where_it_was_asked_for():
    assert not same([(2, "b"), (1, "a")], [(1, "a"), (2, "b")], order_by=[0])
    assert same([("a", 1), ("b", 1)], [("b", 1), ("a", 1)], order_by=[1])  # equal in what they are ordered by
    assert not same([("a",), ("b",)], [("b",), ("a",)], order_by=[None])


@pytest.mark.parametrize(
    ("sql", "order"),
    [
        ("SELECT a, count(*) AS n FROM t GROUP BY a ORDER BY n DESC, 1", [1, 0]),
        ("SELECT a FROM t ORDER BY b", [None]),
        ("SELECT a FROM (SELECT a FROM t ORDER BY a)", None),
        ("SELECT count(*) FROM t", None),
    ],
)
def test_only_the_order_at_the_top_counts(sql, order):
    assert ordering(sql, "sqlite") == order


def test_a_broken_line_does_not_cost_the_others(tmp_path):
    file = tmp_path / "questions.jsonl"
    good = {"question": "How many?", "sql": "SELECT 1", "language": "en", "also": ["SELECT 2"], "loose": True}
    lines = [
        json.dumps(good),
        "{not json",
        "",
        '{"question": "?", "language": "en"}',
        '{"question": "?", "sql": "SELECT 1", "language": "de"}',
        '{"question": "?", "sql": null, "language": "ru"}',
        "[1]",
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    questions, faults = read_questions(file)
    assert [(one.statements, one.is_loose) for one in questions] == [(("SELECT 1", "SELECT 2"), True), ((), False)]
    assert [fault.line for fault in faults] == [2, 4, 5, 7]
    assert "language is 'de'; it must be one of en, tr, ru" in faults[2].reason


def test_a_file_without_questions_is_an_error(tmp_path):
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(AskError, match="has no question; a line must look like"):
        read_questions(tmp_path / "empty.jsonl")
    with pytest.raises(AskError, match="cannot be read"):
        read_questions(tmp_path / "missing.jsonl")
