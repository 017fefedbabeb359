"""Words across scripts, inflections and typing errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nl2sql.language import detect
from nl2sql.text import fold, likeness, words

SURE, LIKELY = 0.9, 0.7


def compare(form, dictionary):
    return likeness(words(form)[0], words(dictionary)[0])


@pytest.mark.parametrize(
    ("form", "dictionary"),
    [
        ("Москве", "Москва"), ("Казани", "Казань"), ("инженеров", "инженер"), ("отделе", "Отдел"), ("завершённых", "завершенный"),
        ("Moskovada", "Moskova"), ("mühendislerinin", "mühendisi"), ("müdürleri", "müdürü"), ("departmanında", "departman"),
        ("ISTANBUL", "İstanbul"), ("ıstanbul", "İstanbul"), ("engineers", "Engineer"), ("companies", "company"), ("Moskva", "Москва"),
    ],
)  # fmt: skip
def test_forms_of_a_word_are_recognised(form, dictionary):
    assert compare(form, dictionary) >= SURE


@pytest.mark.parametrize(
    ("form", "dictionary"), [("Istambul", "Istanbul"), ("Moscov", "Moscow"), ("enginer", "engineer")]
)
def test_a_typing_error_is_likely_but_not_sure(form, dictionary):
    assert LIKELY <= compare(form, dictionary) < SURE


@pytest.mark.parametrize(
    ("form", "dictionary"),
    [
        ("engineers", "Engineering"), ("most", "least"), ("hired", "fired"), ("male", "female"), ("2020", "2021"), ("it", "is"),
        ("active", "inactive"), ("проекте", "проектный"), ("больше", "меньше"), ("fazla", "az"), ("Kazan", "Kaz"),
    ],
)  # fmt: skip
def test_other_words_are_other_words(form, dictionary):
    assert compare(form, dictionary) < LIKELY


@given(st.text())
def test_folding_is_idempotent_and_ascii(text):
    assert fold(fold(text)) == fold(text)
    assert fold(text).isascii()


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_words_are_spans_of_the_text(text):
    import unicodedata

    normal = unicodedata.normalize("NFC", text)
    assert all(normal[word.start : word.end] == word.text for word in words(text))


def test_endings_after_an_apostrophe_are_endings():
    assert [word.is_suffix for word in words("Moskova'da GPP’nin 5")] == [False, True, False, True, False]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How many employees work in Moscow?", "en"),
        ("headcount by city", "en"),
        ("Moskova'da kaç kişi çalışıyor?", "tr"),
        ("Moskovada kac kisi calisiyor", "tr"),
        ("Сколько сотрудников на GPP?", "ru"),
        ("GPP бюджет", "ru"),
        ("budget of İstanbul Havalimanı", "tr"),
    ],
)
def test_languages_are_told_apart(text, language):
    assert detect(text) == language


@pytest.mark.parametrize(
    ("russian", "latin", "is_same"),
    [
        ("Кристи", "Christie", True),
        ("Агаты", "Agatha", True),
        ("Чикаго", "CHICAGO", True),
        ("Лидса", "Leeds", True),
        ("фильмов", "Phil", False),
        ("Каждой", "Cage", False),
    ],
)
def test_russian_writes_names_by_ear(russian, latin, is_same):
    assert (likeness(words(russian)[0], words(latin)[0]) >= 0.9) is is_same


@pytest.mark.parametrize("text", ["the movie 'Silent Lake'", "«Silent Lake»"])
def test_quotation_marks_make_no_endings(text):
    assert not any(word.is_suffix for word in words(text))
