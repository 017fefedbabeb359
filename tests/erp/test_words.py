"""Vocabulary cells: other languages and scripts, and misspelt words."""

import csv
from pathlib import Path

import polars as pl
import pytest

from erp import spelling, translate
from erp.letters import fold
from erp.plan import Plan
from erp.vocabulary import Label, Vocabulary


def cases(name: str) -> list[tuple[str, ...]]:
    with (Path(__file__).parent / "cases" / name).open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


@pytest.mark.parametrize(("column", "typed", "value", "rule"), cases("words.csv"))
def test_the_dictionary_finds(column, typed, value, rule):
    verdict = translate.word(Vocabulary.shipped(), column, typed)
    assert (verdict[:2] if verdict else ("", "")) == (value, rule)


@pytest.mark.parametrize("case", cases("spelling.csv"))
def test_misspelt_words(records, knowledge, case):
    column, typed, value, sure = case
    table_column = {"projects.code": "project"}.get(column, column.partition(".")[2])
    changes = spelling.words(records({table_column: typed}), knowledge)
    certain = changes.filter(pl.col("confidence") >= Plan.sure)
    if value == "":
        assert certain.is_empty()
    else:
        assert changes["after"].to_list() == [value]
        assert ("yes" if len(certain) else "no") == sure


def test_every_label_finds_its_own_value():
    vocabulary = Vocabulary.shipped()
    owners: dict[tuple[str, str], set[str]] = {}
    for label in vocabulary.labels:
        owners.setdefault((label.column_name, fold(label.label)), set()).add(label.value)
    for label in vocabulary.labels:
        if len(owners[label.column_name, fold(label.label)]) == 1:
            found = vocabulary.find(label.column_name, label.label)
            assert found is not None, label
            assert found.value == label.value, label


def test_every_value_has_labels_in_three_languages():
    frame = Vocabulary.shipped().frame
    spoken = frame.group_by("column_name", "value").agg(pl.col("language").n_unique())
    # M and F, and codes of projects, are written in Latin letters everywhere and have words besides.
    assert spoken.filter(pl.col("language") < 3).is_empty()


def test_a_label_of_two_values_decides_nothing():
    vocabulary = Vocabulary(
        (
            Label("c", "One", "en", "one"),
            Label("c", "Two", "en", "two"),
            Label("c", "One", "tr", "x"),
            Label("c", "Two", "ru", "x"),
        )
    )
    assert vocabulary.find("c", "x") is None
    assert vocabulary.find("c", "ONE").value == "One"


def test_reference_tables_of_the_source_add_to_the_dictionary(records):
    tables = records(
        {"city": "Gotham", "country": "Turkey"}, {"city": "Москва", "country": "Россия"}, table="locations"
    )
    again = records({"city": " GOTHAM", "country": "Turkey"}, table="locations")["locations"]
    tables["locations"] = pl.concat([tables["locations"], again])
    learnt = Vocabulary.shipped().learn(tables)
    assert {learnt.find("employees.city", text).value for text in ("gotham", "GOTHAM", "Готхам")} == {"Gotham"}
    assert len(learnt.labels) == len(Vocabulary.shipped().labels) + 1


@pytest.mark.parametrize("typed", ["работает", "Работает", "çalışıyor", "ACTIVE"])
def test_a_word_of_the_dictionary_is_no_misspelling_where_its_translation_rests(typed, knowledge, records):
    tables = records({"status": typed})
    assert translate.words(tables, knowledge)["after"].to_list() == ["active"]
    assert spelling.words(tables, knowledge).is_empty()
