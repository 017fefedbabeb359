"""Words: how they are cut from a text, folded, and compared across inflection, script and typing errors.

What words mean is not here: `values` and `catalog` know values and columns.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import OSA

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = "'’ʼ`´"
_ENDING = re.compile(
    r"(l[ae]r)?([iu]?m([iu]z)?|[iu]?n([iu]z)?|s?[iu]n?|l[ae]r[iu]n?)?"  # plural, possessor
    r"(y?[iuae]|n[iuae]|[nd]?[iu]n|n?[dt][ae]n?(ki(l[ae]r)?)?|y?l[ae]|l[iu]k?|s[iu]z)?"  # case
    r"|e?s"  # an English plural
)
"""What may follow a noun: Turkish endings after folding, in their order. Not any letters: "kazanan" (who
earns) is no form of Kazan."""
_SOFTENED = {"k": "g", "c": "c", "t": "d", "p": "b"}
"""Turkish final consonants before a vowel, after folding: bölük/bölüğü, sokak/sokağı, kitap/kitabı."""
_POSSESSIVES = (re.compile(r"(?<=[a-z]{4})[iu]$"), re.compile(r"(?<=[a-z]{4})s[iu]$"))
"""Endings of the head of a Turkish compound, after folding: mühendisi, müdürü; the plural is mühendisleri."""
_RUSSIAN_ENDING_LETTERS = 3
_RUSSIAN_ADJECTIVES = ("ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие")
_IRREGULAR = {"women": "woman", "men": "man"}
_SHORT = 4
"""Shorter words are compared exactly: a suffix or a typing error would make another word of them."""
_SOUND = 0.9
"""Likeness of names that only sound alike."""
_SOUNDS = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        (r"ch(?=[rl])", "k"), (r"ph", "f"), (r"th", "t"), (r"ck", "k"), (r"c(?=[eiy])", "s"), (r"c(?!h)", "k"),
        (r"qu", "kv"), (r"w", "v"), (r"x", "ks"), (r"ee|ea|ie|y", "i"), (r"oo|ou", "u"), (r"dzh", "j"),
        (r"(.)\1", r"\1"), (r"(?<=[^aeiou])e$", ""),
    )
)  # fmt: skip
"""How letters of names sound, so that what Russian writes by ear is found."""
_TYPO = 0.8
"""Share of letters in order; one error in five letters."""


@dataclass(frozen=True)
class Word:
    """One word of a text."""

    text: str
    start: int
    end: int
    lower: str
    """In lower case, in its own script."""
    folded: str
    """In lower-case ASCII letters and digits."""
    is_suffix: bool
    """Whether an apostrophe separates it from the word before, as in Moskova'da or company's."""


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Lower-case ASCII for comparison, the same for every script and for Turkish letters without marks.

    >>> fold("İSTANBUL"), fold("Москва"), fold("şantiye")
    ('istanbul', 'moskva', 'santiye')
    """
    # İ and I both become i: folding by the rules of one language would split spellings of another.
    plain = unicodedata.normalize("NFKC", text).replace("İ", "i").replace("ı", "i")
    return "".join(letter for letter in anyascii(plain).lower() if letter.isalnum() or letter == " ")


def words(text: str) -> list[Word]:
    """The words of a text, in order."""
    text = unicodedata.normalize("NFC", text)
    return [
        Word(
            text=found[0],
            start=found.start(),
            end=found.end(),
            lower=found[0].replace("İ", "i").lower().replace("ё", "е"),
            folded=fold(found[0]),
            is_suffix=found.start() > 1
            and text[found.start() - 1] in _APOSTROPHES
            and text[found.start() - 2].isalnum(),  # else it is a quotation mark
        )
        for found in _WORD.finditer(text)
    ]


@lru_cache(maxsize=1 << 18)
def likeness(one: Word, other: Word) -> float:
    """How surely two words are forms or spellings of the same: 1 is the same, below 0.7 is another.

    `other` is the dictionary form. Inflection is judged by the script: Cyrillic words change their
    ending, Latin ones (Turkish, English) grow suffixes.
    """
    if one.folded == other.folded:
        return 1.0 if one.lower == other.lower else 0.99
    if _IRREGULAR.get(one.folded) == other.folded:
        return 0.95
    shorter = min(len(one.folded), len(other.folded))
    if shorter < _SHORT or one.folded.isdigit() or other.folded.isdigit():
        return 0.0
    if _is_inflection(one, other):
        return 0.95
    if is_foreign(one) and not _is_cyrillic(other.lower) and _sounds_like(one.folded, other.folded):
        return _SOUND
    may_be_mistyped = one.folded[0] == other.folded[0] and shorter > _SHORT
    ratio = OSA.normalized_similarity(one.folded, other.folded) if may_be_mistyped else 0.0
    return 0.9 * ratio if ratio >= _TYPO else 0.0


def is_foreign(word: Word) -> bool:
    """Whether it may be a Latin name as Russian writes it, which may begin with any letter: Хьюстон is Houston."""
    return word.text[0].isupper() and _is_cyrillic(word.lower)


def _sounds_like(russian: str, latin: str) -> bool:
    """Whether a name as Russian writes it, maybe inflected, is one in Latin letters: Кристи and Christie."""
    sound, stem = _sound(russian), _sound(latin).rstrip("aeiou")
    return len(stem) >= _SHORT - 1 and sound.startswith(stem) and len(sound) - len(stem) <= _RUSSIAN_ENDING_LETTERS


@lru_cache(maxsize=1 << 16)
def _sound(folded: str) -> str:
    for pattern, letters in _SOUNDS:
        folded = pattern.sub(letters, folded)
    return folded


def _is_inflection(one: Word, other: Word) -> bool:
    if _is_cyrillic(one.lower) and _is_cyrillic(other.lower):
        common = _common_prefix(one.lower, other.lower)
        lost = 2 if other.lower.endswith(_RUSSIAN_ADJECTIVES) else 1
        return common >= max(3, len(other.lower) - lost) and len(one.lower) - common <= _RUSSIAN_ENDING_LETTERS
    form, stem = one.folded, other.folded
    if stem.endswith("y") and form == stem[:-1] + "ies":
        return True
    bases = [stem, *(ending.sub("", stem) for ending in _POSSESSIVES)]
    if stem[-1] in _SOFTENED:
        bases.append(stem[:-1] + _SOFTENED[stem[-1]])
    return any(form.startswith(base) and _ENDING.fullmatch(form[len(base) :]) for base in bases)


def _is_cyrillic(text: str) -> bool:
    return any("а" <= letter <= "я" for letter in text)


def _common_prefix(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
