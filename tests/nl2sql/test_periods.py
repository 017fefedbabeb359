"""Periods as people write them, in each language, and the days that they mean."""

from __future__ import annotations

import pytest

from nl2sql.language import detect
from nl2sql.plan import Today
from nl2sql.semantics.periods import find_periods
from nl2sql.semantics.pieces import Line, cut
from nl2sql.semantics.spans import Span
from nl2sql.text import words


def read(text: str) -> list[Span]:
    """The periods of a question that names no values."""
    pieces = cut(text, words(text), (), detect(text))
    return find_periods(Line(pieces, text))


def days(span: Span) -> str:
    """A period as its first day and the first after it."""
    low, high = ("" if end is None else str(end) for end in (span.low, span.high))
    return f"{low}..{high}" if low or high else ""


@pytest.mark.parametrize(
    ("meant", "texts"),
    [
        ("2024-01-01..2025-01-01", ["hired in 2024", "2024 yılında işe alınan", "приняли в 2024 году"]),
        ("2024-03-01..2024-04-01", ["hired in March of 2024", "2024 yılının mart ayında", "в марте 2024 года"]),
        ("2024-06-01..2024-09-01", ["in the summer of 2024", "2024 yaz aylarında işe alınan", "летом 2024 года"]),
        (
            "2024-05-05..2024-05-06",
            ["hired on 5 May 2024", "hired on May 5, 2024", "hired on May 5th, 2024", "hired on 2024-05-05"],
        ),
        ("2024-05-05..2024-05-06", ["5 Mayıs 2024'te işe alınan", "приняли 5 мая 2024 года", "приняли 05.05.2024"]),
        ("2024-07-01..2024-10-01", ["in Q3 2024", "2024'ün üçüncü çeyreğinde", "в третьем квартале 2024 года"]),
        ("2024-07-01..2025-01-01", ["second half of 2024", "2024'ün ikinci yarısında", "во втором полугодии 2024"]),
        ("1990-01-01..2000-01-01", ["born in the nineties", "born in the 90s", "90'larda doğan", "родились в 90-х"]),
        ("1980-01-01..1990-01-01", ["born in the 1980s", "seksenli yıllarda doğan", "в восьмидесятые годы"]),
        ("2021-03-01..2022-07-01", ["hired between March 2021 and June 2022", "from March 2021 to June 2022"]),
        ("2021-03-01..2022-07-01", ["Mart 2021 ile Haziran 2022 arasında", "с марта 2021 по июнь 2022 года"]),
        ("2027-01-01..2027-04-01", ["January to March 2027", "Ocak ile Mart 2027 arasında", "с января по март 2027"]),
        ("2026-11-01..2027-03-01", ["from November to February 2027", "с ноября по февраль 2027 года"]),
        ("2018-01-01..2021-01-01", ["2018–2020", "2018'den 2020'ye kadar işe alınan", "с 2018 по 2020 год"]),
        (
            "2024-03-01..2024-03-16",
            ["between 1 and 15 March 2024", "с 1 по 15 марта 2024 года", "1-15 Mart 2024'te işe alınan"],
        ),
        ("2024-03-01..2024-04-16", ["from 01.03.2024 to 15.04.2024", "1 Mart 2024 ile 15 Nisan 2024 arasında"]),
        ("2023-01-01..2025-01-01", ["in 2023 and 2024", "2023 ve 2024 yıllarında", "в 2023 и 2024 годах"]),
        (
            "2025-03-01..2025-05-01",
            ["in March and April 2025", "2025 mart ve nisan aylarında", "в марте и апреле 2025"],
        ),
        ("2020-01-01..", ["since 2020", "in 2020 or later", "no earlier than 2020", "2020'den beri", "с 2020 года"]),
        ("2020-01-01..", ["2020 yılı ve sonrasında", "2020 başından itibaren", "не раньше 2020 года"]),
        ("2021-01-01..", ["after 2020", "after the end of 2020", "2020'den sonra", "после окончания 2020 года"]),
        ("..2020-01-01", ["before 2020", "before the start of 2020", "2020'den önce", "до 2020 года"]),
        ("..2021-01-01", ["by the end of 2020", "before the end of 2020", "2020 sonuna kadar", "до конца 2020 года"]),
    ],
)
def test_periods_of_certain_years(meant: str, texts: list[str]) -> None:
    for text in texts:
        assert [days(span) for span in read(text)] == [meant], text


@pytest.mark.parametrize(
    ("meant", "texts"),
    [
        ((3,), ["born in March", "mart ayında doğan", "родились в марте"]),
        ((6, 7, 8), ["in June, July or August", "haziran, temmuz veya ağustosta", "в июне, июле или августе"]),
        ((6, 7, 8), ["from June to August", "haziran-ağustos", "с июня по август", "in summer", "летом"]),
        ((12, 1, 2), ["in winter", "kış aylarında", "зимой"]),
        ((11, 12, 1), ["from November to January", "с ноября по январь"]),
        ((7, 8, 9, 10, 11, 12), ["in the second half of the year", "yılın ikinci yarısında", "во втором полугодии"]),
    ],
)
def test_months_of_whatever_year(meant: tuple[int, ...], texts: list[str]) -> None:
    for text in texts:
        (span,) = read(text)
        assert (days(span), span.parts) == ("", (("month", meant),)), text


@pytest.mark.parametrize(
    ("period", "first", "end", "texts"),
    [
        ("year", 0, 12, ["this year", "bu yıl", "в этом году"]),
        ("year", -12, 0, ["last year", "geçen yıl", "в прошлом году"]),
        ("year", -24, -12, ["the year before last", "evvelki yıl", "в позапрошлом году"]),
        ("month", -1, 0, ["last month", "geçen ay", "в прошлом месяце"]),
    ],
)
def test_periods_that_depend_on_today(period: str, first: int, end: int, texts: list[str]) -> None:
    for text in texts:
        (span,) = read(text)
        assert (span.low, span.high) == (Today(period, first), Today(period, end)), text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["the first quarter of last year", "geçen yılın ilk çeyreğinde", "в первом квартале прошлого года"]
)
def test_parts_of_a_year_that_depends_on_today(text: str) -> None:
    (span,) = read(text)
    assert (span.low, span.parts) == (Today("year", -12), (("quarter", (1,)),))


@pytest.mark.parametrize("text", ["in 2021 or 2023", "2021 veya 2023'te", "в 2021 или 2023 году"])
def test_one_of_several_periods(text: str) -> None:
    (span,) = read(text)
    assert [days(one) for one in (span, *span.others)] == ["2021-01-01..2022-01-01", "2023-01-01..2024-01-01"]


@pytest.mark.parametrize(
    "text",
    [
        "compare 2021 and 2023",
        "difference between 2021 and 2023",
        "both in 2021 and in 2023",
        "и в 2021, и в 2023 году",
    ],
)
def test_periods_told_apart_stay_apart(text: str) -> None:
    assert [days(span) for span in read(text)] == ["2021-01-01..2022-01-01", "2023-01-01..2024-01-01"]


@pytest.mark.parametrize("text", ["more than 2000 dollars", "between 1500 and 2000 dollars", "2000 dolardan fazla"])
def test_amounts_are_no_years(text: str) -> None:
    assert read(text) == []


def test_a_winter_of_a_year_is_not_guessed() -> None:
    assert read("hired in winter 2024") == []


def test_ends_of_a_range_out_of_order_are_no_range() -> None:
    assert len(read("from 2023 to 2021")) == 2
