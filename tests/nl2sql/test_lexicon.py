"""Words of Turkish and Russian questions are found in the dictionary whatever their form, and quickly."""

import csv
import json
import re
from pathlib import Path

import pytest

from nl2sql.lexicon import gloss, lemmas
from nl2sql.text import words

FORMS = Path(__file__).with_name("cases") / "forms.tsv"
DATA = Path(__file__).parents[2] / "nl2sql" / "data"
QUESTIONS = Path(__file__).with_name("databases") / "questions.jsonl"
COVERED = 0.985


def forms():
    with FORMS.open(encoding="utf-8", newline="") as file:
        return [(row["language"], row["form"], row["english"]) for row in csv.DictReader(file, delimiter="\t")]


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize(("language", "form", "english"), forms())
def test_a_form_leads_to_its_english_word(language, form, english):
    assert english in lemmas(form, language)[:4]


@pytest.mark.parametrize("name", ["lexicon.tsv", "names.tsv", "terms.tsv"])
def test_entries_are_complete_and_single(name):
    entries = rows(name)
    assert len({row["english"] for row in entries}) == len(entries)
    for row in entries:
        for column in ("english", "turkish", "russian"):
            expressions = row[column].split("|")
            assert all(expression and expression == expression.strip() for expression in expressions), row
            assert len(set(expressions)) == len(expressions), row
        assert not any("а" <= letter <= "я" for letter in (row["english"] + row["turkish"]).lower()), row


@pytest.mark.parametrize("language", ["tr", "ru"])
def test_words_of_one_language_are_complete_and_in_no_other_file(language):
    column = {"tr": "turkish", "ru": "russian"}[language]
    known = {word for name in ("lexicon.tsv", "names.tsv") for row in rows(name) for word in row[column].split("|")}
    said = rows(f"words_{language}.tsv")
    assert len({row["word"] for row in said}) == len(said)
    for row in said:
        assert re.fullmatch("[а-я]+" if language == "ru" else "[a-zçğıöşüâîû]+", row["word"]), row
        assert row["word"] not in known, row
        senses = row["english"].split("|")
        assert all(re.fullmatch("[a-z][a-z0-9' -]*", sense) for sense in senses), row
        assert len(set(senses)) == len(senses), row


def test_terms_are_no_common_words():
    assert {row["english"] for row in rows("terms.tsv")}.isdisjoint(row["english"] for row in rows("lexicon.tsv"))


def test_the_longest_entry_wins_and_spans_are_places_of_words():
    question = words("Öğretmenlerin doğum tarihlerini ve telefonlarını listele")
    assert [(part.span, part.lemmas[0]) for part in gloss(question, "tr")] == [
        ((0, 1), "teacher"),
        ((1, 3), "birth date"),
        ((3, 4), "and"),
        ((4, 5), "phone"),
        ((5, 6), "list"),
    ]


def test_words_of_an_expression_are_glossed_too():
    (part,) = gloss(words("дата рождения"), "ru")
    assert part.lemmas[:2] == ("birth date", "date of birth")
    assert [(word.span, word.lemmas[0]) for word in part.parts] == [((0, 1), "date"), ((1, 2), "birth")]


def test_endings_after_an_apostrophe_are_no_words():
    assert [part.lemmas[0] for part in gloss(words("Fransa'da konserler"), "tr")] == ["France", "concert"]


def test_english_words_that_no_dictionary_has_are_glossed_by_themselves():
    assert [part.lemmas for part in gloss(words("flurbles of companies"), "en")] == [
        ("flurble",),
        ("of",),
        ("company",),
    ]


@pytest.mark.parametrize("language", ["tr", "ru"])
def test_nearly_all_words_of_questions_are_glossed(language):
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    total, missing = 0, []
    for question in (question for question in asked if question["language"] == language):
        # what stands in the statement is a value, and no word of the dictionary
        values = re.findall(r"\w+", " ".join(re.findall("'([^']*)'", question["sql"])))
        cut = words(question["question"])
        found = {place for part in gloss(cut, language) for place in range(*part.span)}
        content = [
            place
            for place, word in enumerate(cut)
            if not word.is_suffix and not word.text.isdigit() and word.text not in values
        ]
        total += len(content)
        missing += [cut[place].text for place in content if place not in found]
    assert len(missing) < (1 - COVERED) * total, missing


def test_words_of_other_languages_are_left_out():
    assert gloss(words("qwxz бвгджк"), "tr") == []
    assert gloss(words("qwxz бвгджк"), "ru") == []
