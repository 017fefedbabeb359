"""The first stages, and the forms they bring cells to."""

import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp import normalise
from erp.changes import apply
from erp.contacts import address, amount, e164, mask, national_id
from erp.dates import iso_date
from erp.normalise import cased_name
from erp.plan import STAGES


def cases(name: str) -> list[tuple[str, ...]]:
    with (Path(__file__).parent / "cases" / name).open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


@pytest.mark.parametrize(("typed", "iso"), cases("dates.csv"))
def test_dates(typed, iso):
    assert iso_date(typed, 2026) == (iso or None)


@pytest.mark.parametrize(("region", "typed", "expected"), cases("phones.csv"))
def test_phones(region, typed, expected):
    assert e164(typed, region) == (expected or None)


@pytest.mark.parametrize(("typed", "expected"), cases("emails.csv"))
def test_addresses(typed, expected):
    assert address(typed) == (expected or None)


@pytest.mark.parametrize(("typed", "expected"), cases("amounts.csv"))
def test_amounts(typed, expected):
    assert amount(typed) == (expected or None)


@pytest.mark.parametrize(("typed", "expected"), cases("name_case.csv"))
def test_capitals_of_names(typed, expected):
    assert cased_name(typed) == expected


def test_a_masked_id_shows_its_form_and_two_digits():
    assert mask("112-233-445 95") == "***-***-*** 95"
    assert mask(national_id("112-233-445 95") or "") == "*********95"


@given(st.dates())
def test_every_day_is_read_in_every_way(day):
    iso = day.isoformat()
    ways = [iso, f"{day.day:02}.{day.month:02}.{day.year:04}", f"{day.year:04}/{day.month}/{day.day}"]
    assert {iso_date(way, 2026) for way in ways} == {iso}


@given(st.text(max_size=30))
def test_forms_are_stable(text):
    for form in (lambda value: iso_date(value, 2026), address, national_id, amount, cased_name):
        once = form(text)
        assert once is None or form(once) == once


def test_damaged_text_is_read_again(records, knowledge):
    tables = records({"last_name": "Ã–zdemir"}, {"last_name": "Güler"}, {"last_name": "Yildiz &amp; co"})
    after = apply(tables, normalise.encoding(tables, knowledge))["employees"]["last_name"].to_list()
    assert after == ["Özdemir", "Güler", "Yildiz & co"]


def test_a_phone_is_read_in_the_country_of_its_city(records, knowledge):
    tables = records({"city": "Moskova", "phone": "8 (916) 123-45-67"}, {"city": "Ankara", "phone": "0532 123 45 67"})
    assert normalise.phones(tables, knowledge)["after"].to_list() == ["+79161234567", "+905321234567"]


def test_all_first_stages_change_nothing_the_second_time(records, knowledge):
    tables = records(
        {
            "first_name": " MEHMET\u00a0 ali ",
            "last_name": "Mоrozov",
            "birth_date": "1.2.1990",
            "phone": "0532 123 45 67",
            "email": "A@B,COM",
            "national_id": "1234 5678 901",
            "city": "Ankara",
        }
    )
    stages = [stage.propose for stage in STAGES if stage.group == "normalise"]
    assert len(stages) == 9
    for stage in stages:
        tables = apply(tables, stage(tables, knowledge))
    row = tables["employees"].row(0, named=True)
    assert (row["first_name"], row["last_name"], row["birth_date"]) == ("MEHMET ali", "Morozov", "1990-02-01")
    assert pl.concat([stage(tables, knowledge) for stage in stages]).is_empty()
