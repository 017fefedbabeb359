"""Numbers as questions write them are one word each; days, times, ranges and versions are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nl2sql.anywhere.figures import words_and_figures


def read(text, language):
    return [word.text for word in words_and_figures(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "parts"),
    [
        ("over 10,000 people", "en", ["over", "10000", "people"]),
        ("1,250,000.50 dollars", "en", ["1250000.50", "dollars"]),
        ("more than 1.15 kg.", "en", ["more", "than", "1.15", "kg"]),
        ("since 2020, 100 trees", "en", ["since", "2020", "100", "trees"]),
        ("In 2019 300 films", "en", ["In", "2019", "300", "films"]),
        ("1.500'den fazla", "tr", ["1500", "den", "fazla"]),
        ("2,5 kilo", "tr", ["2.5", "kilo"]),
        ("больше 10 000 жителей", "ru", ["больше", "10000", "жителей"]),
        ("от 2,5 до 3,5", "ru", ["от", "2.5", "до", "3.5"]),
        ("12.05.2023", "ru", ["12", "05", "2023"]),
        ("at 10:30", "en", ["at", "10", "30"]),
        ("10-15 years", "en", ["10", "15", "years"]),
        ("version 1.2.3", "en", ["version", "1", "2", "3"]),
    ],
)
def test_marks_make_no_second_number(text, language, parts):
    assert read(text, language) == parts


@given(st.integers(0, 10**9), st.sampled_from([("en", ","), ("tr", "."), ("ru", " "), ("ru", "\u00a0")]))
def test_thousands_are_read_back(number, kind):
    language, mark = kind
    written = f"{number:,}".replace(",", mark)
    assert read(f"x {written} y", language) == ["x", str(number), "y"]


@given(st.decimals(0, 10**6, places=2))
def test_decimals_are_read_back_in_every_language(number):
    for language, point in (("en", "."), ("tr", ","), ("ru", ",")):
        assert float(read(f"x {number:f} y".replace(".", point), language)[1]) == float(number)
