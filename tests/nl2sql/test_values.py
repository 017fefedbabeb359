"""Value linking and the catalogue, on the real database."""

import csv
from pathlib import Path

import pytest

from nl2sql.text import words


def cases():
    with (Path(__file__).parent / "cases" / "links.csv").open(encoding="utf-8", newline="") as file:
        return [(row["question"], row["links"].split("|") if row["links"] else []) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("question", "expected"), cases())
def test_values_are_linked(question, expected, index):
    assert [f"{link.domain}={link.value}" for link in index.values.link(words(question))] == expected


def test_a_link_is_a_span_of_the_question(index):
    question = "Kaç kaynakçı var Sankt Petersburg'da?"
    links = index.values.link(words(question))
    assert [question[link.start : link.end] for link in links] == ["kaynakçı", "Sankt Petersburg"]


def test_every_canonical_value_links_to_itself(index):
    for domain, members in index.values.domains.items():
        if not index.values.is_choice(domain):
            for value in members:
                assert index.values.resolve(domain, value) == (value, 1.0)


def test_columns_that_refer_to_the_same_key_share_values(index):
    for path in ("staff.city", "employees.city", "projects.city", "locations.city"):
        assert index.catalog.root(path) == "locations.city"
        assert "Moscow" in index.values.of(path)
    assert index.values.of("staff.last_name") is None


def test_personal_columns_do_not_exist(index):
    paths = {column.path for column in index.catalog.columns()}
    assert "staff.last_name" in paths
    assert not {path for path in paths if path.endswith(("national_id", "email", "phone"))}
    assert "vocabulary" not in index.catalog.tables


def test_descriptions_are_in_three_languages(index):
    comment = index.catalog.column("staff.monthly_usd").comment
    assert ["salary" in comment["en"], "maaş" in comment["tr"], "зарплата" in comment["ru"]] == [True] * 3


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("ortalama maaş", "staff.monthly_usd"),
        ("зарплаты", "staff.monthly_usd"),
        ("by city", "staff.city"),
        ("bütçesi", "projects.budget_usd"),
    ],
)
def test_terms_are_linked_to_columns(question, path, index):
    assert path in [term.path for term in index.catalog.terms(words(question))]


def test_near_misses_are_offered(index):
    assert index.values.nearest("Moskwa", "ru", path="staff.city")[0] == "Москва"
    assert index.values.nearest("Istanbool", "tr")[0] == "İstanbul"
    assert index.values.nearest("qqqq", "en") == []
