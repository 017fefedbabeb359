"""No number of a question is lost on the way to its statement."""

from __future__ import annotations

from decimal import Decimal

import pytest

from nl2sql.semantics.numbers_kept import check_numbers
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import NotUnderstoodError


def said(*numbers: str, **readings: tuple[str, ...]) -> list[Piece]:
    """Pieces that are numbers, and a word with readings."""
    return [*(Piece(one, 0, 0, number=Decimal(one)) for one in numbers), Piece("word", 0, 0, readings)]


@pytest.mark.parametrize(
    ("pieces", "sql"),
    [
        (said("2"), "HAVING COUNT(*) >= 2"),
        (said("40"), "age >= 41"),
        (said("2025"), "hire_date < CAST('2026-01-01' AS DATE)"),
        (said("20"), "monthly_usd > 1.2 * first_usd"),
        (said("30"), "monthly_usd > 30000"),
        (said("2"), "CURRENT_DATE - INTERVAL '24 MONTHS'"),
        (said("2"), "days > 14"),
        (said("1"), "SELECT COUNT(*)"),
        (said("2027", "50"), "birth_date >= CAST('1977-01-01' AS DATE)"),
        (said("2027", jubilee=("50",)), "birth_date >= CAST('1977-01-01' AS DATE)"),
        (said("2027", "30", calendar=("m6",)), "end_date < CAST('2027-07-01' AS DATE)"),
        (said("20", "29", "30", "39"), "SELECT age / 10 * 10 AS age_decade"),
    ],
)
def test_numbers_may_be_reckoned_with(pieces, sql):
    check_numbers(pieces, sql)


@pytest.mark.parametrize(
    ("pieces", "sql"),
    [
        (said("2"), "WHERE EXISTS(SELECT 1 FROM leave_taken)"),
        (said("2025"), "SELECT COUNT(*) FROM staff"),
        (said("2027", "50"), "birth_date < CAST('2027-01-01' AS DATE)"),
        (said("12", calendar=("m6",)), "end_date < CAST('2027-07-01' AS DATE)"),
    ],
)
def test_a_lost_number_is_a_lost_condition(pieces, sql):
    with pytest.raises(NotUnderstoodError, match="does not say"):
        check_numbers(pieces, sql)
