"""Which of the three languages a question is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

from lingua import Language as LinguaLanguage
from lingua import LanguageDetector, LanguageDetectorBuilder

Language = Literal["en", "tr", "ru"]
LANGUAGES: tuple[Language, ...] = ("en", "tr", "ru")
IN_ENGLISH: Mapping[Language, str] = {"en": "English", "tr": "Turkish", "ru": "Russian"}

_TURKISH = frozenset("çğışöüÇĞİŞÖÜ")
# In a short question one Turkish name outweighs all else: "How many women work in Istanbul?" is English.
_ENGLISH_WORDS = frozenset(
    ["how", "many", "much", "what", "which", "who", "the", "of", "is", "are", "and", "by", "each", "work", "there"]
)
_TURKISH_WORDS = frozenset(
    ["kac", "kim", "hangi", "hangisi", "ne", "kadar", "var", "her", "ve", "ile", "nedir", "peki"]
)


def detect(text: str) -> Language:
    """The language of a question: Russian by its script, Turkish by its letters, else by small words, else by statistics.

    >>> detect("How many women work in Istanbul?")
    'en'
    >>> detect("Kac kisi calisiyor?"), detect("Сколько людей?"), detect("How many?")
    ('tr', 'ru', 'en')
    """
    letters = [letter for letter in text if letter.isalpha()]
    cyrillic = sum("Ѐ" <= letter <= "ӿ" for letter in letters)
    # A third is enough: project codes and names stay in Latin letters within a Russian sentence.
    if 3 * cyrillic > len(letters):
        return "ru"
    if _TURKISH.intersection(text):
        return "tr"
    words = set(re.findall(r"\w+", text.lower()))
    votes = len(words & _ENGLISH_WORDS) - len(words & _TURKISH_WORDS)
    if votes:
        return "en" if votes > 0 else "tr"
    found = _detector().detect_language_of(text)
    return "tr" if found == LinguaLanguage.TURKISH else "en"


@cache
def _detector() -> LanguageDetector:
    return LanguageDetectorBuilder.from_languages(LinguaLanguage.ENGLISH, LinguaLanguage.TURKISH).build()
