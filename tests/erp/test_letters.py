"""Keys and forms of words in three alphabets."""

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.letters import fold, lower, romanise, sound, sounds, title, unmix

CASES = Path(__file__).parent / "cases"
letters = st.text(alphabet="abcçgğıioöşuüyzABCÇĞIİÖŞÜабвгдежзийклмнопрстуфхцчшщъыьэюяёАБЁЮЯ -'", max_size=24)


def cases(name: str) -> list[tuple[str, ...]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


@pytest.mark.parametrize(("typed", "right"), cases("homoglyphs.csv"))
def test_a_word_in_mixed_script_becomes_one_script(typed, right):
    assert unmix(typed) == right


@pytest.mark.parametrize(("one", "other"), cases("sounds_alike.csv"))
def test_transliterations_meet_in_one_key(one, other):
    assert set(sounds(one)) & set(sounds(other))


@pytest.mark.parametrize(
    ("one", "other"), [("Ivan", "Ivana"), ("Hasan", "Hakan"), ("Orlov", "Orlova"), ("Selim", "Salim")]
)
def test_different_names_keep_different_keys(one, other):
    assert not set(sounds(one)) & set(sounds(other))


def test_all_four_kinds_of_i_have_one_key():
    assert {fold(letter) for letter in "iıİI"} == {"i"}
    assert fold("İSTANBUL") == fold("istanbul") == fold("ıstanbul")


def test_turkish_case_is_its_own():
    assert lower("IŞIK", turkish=True) == "ışık"
    assert lower("İNCI") == "inci"
    assert len(lower("İ")) == 1  # Python's own makes two code points of it
    assert title("ışıl irmak", turkish=True) == "Işıl İrmak"


def test_breve_of_cyrillic_is_a_letter_and_of_turkish_a_mark():
    assert fold("Йошкар") == "йошкар"
    assert fold("Ağrı") == "agri"


@given(letters)
def test_forms_are_stable(text):
    assert unmix(unmix(text)) == unmix(text)
    assert romanise(romanise(text)) == romanise(text)
    assert fold(fold(text)) == fold(text)


@given(letters)
def test_keys_ignore_composition(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(letters)
def test_a_sound_is_latin(text):
    assert sound(text).isascii()
