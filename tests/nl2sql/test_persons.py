"""Names of persons are found in every case and script, and words without a capital are none."""

from __future__ import annotations

import pytest

from nl2sql.language import Language
from nl2sql.persons import Persons
from nl2sql.text import words

PERSONS = Persons({"first_name": ["Olga", "Ivan", "Kaya"], "last_name": ["Ivanova", "Petrov", "Kaya", "Yılmaz"]})


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Where does Ivan Petrov work?", "en", ["Ivan", "Petrov"]),
        ("all the Petrovs", "en", ["Petrov"]),
        ("Yılmaz'ın maaşı", "tr", ["Yılmaz"]),
        ("Petrovlar nerede", "tr", ["Petrov"]),
        ("зарплата Ольги Ивановой", "ru", ["Olga", "Ivanova"]),
        ("кто из Петровых", "ru", ["Petrov"]),
    ],
)
def test_names_are_found_in_any_form(text: str, language: Language, found: list[str]) -> None:
    assert [person.readings[0][1] for person in PERSONS.find(words(text), language)] == found


def test_a_name_may_be_a_first_and_a_last_name() -> None:
    (person,) = PERSONS.find(words("Kaya"), "tr")
    assert {column for column, _ in person.readings} == {"first_name", "last_name"}


def test_a_word_without_a_capital_is_no_name() -> None:
    assert PERSONS.find(words("kaya ivan"), "tr") == ()
