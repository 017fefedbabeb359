"""Letters of three alphabets: which script a word is in, look-alikes, case, romanisation, folding, keys.

Everything here is a pure function of one string, for words of any language; what a word means is
`erp.vocabulary`'s. Functions are called once a distinct value, never once a row.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from anyascii import anyascii

CYRILLIC: Final = re.compile(r"[\u0400-\u04ff]")
LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
TURKISH: Final = re.compile(r"[çğıöşüÇĞİÖŞÜ]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_NO_LETTERS: Final = re.compile(r"[\W_]+")

# Pairs that print alike (Unicode confusables, UTS 39), Latin on the left.
_ALIKE: Final = dict(zip("aceopxyABCEHKMOPTXi", "асеорхуАВСЕНКМОРТХі", strict=True))
_TO_CYRILLIC: Final = str.maketrans(_ALIKE)
_TO_LATIN: Final = str.maketrans({cyrillic: latin for latin, cyrillic in _ALIKE.items()})

# BGN/PCGN 1947 without its soft and hard signs; Kazakh letters by the same habit.
_ROMAN: Final = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіәғқңөұүһ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "_",
            "y",
            "_",
            "e",
            "yu",
            "ya",
            "i",
            "a",
            "g",
            "k",
            "n",
            "o",
            "u",
            "u",
            "h",
        ],
        strict=True,
    )
)
_ROMANISE: Final = str.maketrans(
    {
        **{letter: latin.strip("_") for letter, latin in _ROMAN.items()},
        **{letter.upper(): latin.strip("_").capitalize() for letter, latin in _ROMAN.items()},
    }
)
# How a Turkish word sounds to who writes it down in Cyrillic, in the Latin letters of `romanise`.
_TURKISH_SOUND: Final = {"ş": "sh", "ç": "ch", "c": "dzh", "j": "zh", "ı": "y", "ğ": "g", "ü": "u"}
_SPOKEN: Final = tuple(str.maketrans(_TURKISH_SOUND | {"ö": heard}) for heard in "oe")  # Гокхан, Гёкхан

_FOLD: Final = str.maketrans({"ı": "i", "İ": "i", "I": "i", "ё": "е", "Ё": "е"})
_TURKISH_LOWER: Final = str.maketrans({"I": "ı", "İ": "i"})
_TURKISH_UPPER: Final = str.maketrans({"i": "İ", "ı": "I"})

# Spellings of one sound in the Latin transliterations of Russian in use (GOST, ICAO, BGN, ISO 9, German, French).
# Capitals are symbols of the key, not letters.
_SOUNDS: Final = (
    (re.compile(r"shch|sch|sh"), "X"),
    (re.compile(r"tch|ch"), "C"),
    (re.compile(r"dzh|dj"), "J"),
    (re.compile(r"zh"), "Z"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"kh|h"), "h"),
    (re.compile(r"ts|tz|c"), "T"),
    (re.compile(r"[yij]u"), "u"),
    (re.compile(r"[yij]a"), "a"),
    (re.compile(r"[yij][oe]"), "e"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"w"), "v"),
    (re.compile(r"q"), "k"),
    (re.compile(r"[yj]"), "i"),
    (re.compile(r"[^a-zA-Z0-9]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


def is_cyrillic(text: str) -> bool:
    """Whether a Cyrillic letter is in the text."""
    return CYRILLIC.search(text) is not None


def unmix(text: str) -> str:
    """Replace look-alike letters in words that mix scripts: the script of a word's other letters wins.

    Words in one script stay as they are, whatever they look like.
    """
    return _WORD.sub(lambda match: _unmix_word(match.group()), text)


def _unmix_word(word: str) -> str:
    if not (CYRILLIC.search(word) and LATIN.search(word)):
        return word
    latin, cyrillic = word.translate(_TO_LATIN), word.translate(_TO_CYRILLIC)
    whole_latin, whole_cyrillic = not CYRILLIC.search(latin), not LATIN.search(cyrillic)
    if whole_latin and whole_cyrillic:
        return latin if len(LATIN.findall(word)) >= len(CYRILLIC.findall(word)) else cyrillic
    if whole_latin:
        return latin
    return cyrillic if whole_cyrillic else word


def lower(text: str, *, turkish: bool = False) -> str:
    """Lower case; in Turkish I becomes ı and İ becomes i, in other languages İ must not become two letters."""
    if turkish:
        return text.translate(_TURKISH_LOWER).lower()
    return text.replace("İ", "i").lower()


def title(text: str, *, turkish: bool = False) -> str:
    """A capital at the start of every word, small letters after it."""

    def capital(match: re.Match[str]) -> str:
        head, tail = match.group()[0], match.group()[1:]
        first = head.translate(_TURKISH_UPPER) if turkish else head
        capital_letter = first.upper()
        # the capital of ß is two letters, and no word starts with it
        return (capital_letter if len(capital_letter) == 1 else head) + lower(tail, turkish=turkish)

    return _WORD.sub(capital, text)


def is_turkish(text: str) -> bool:
    """Whether a letter is in the text that Turkish has and English and Russian do not."""
    return TURKISH.search(text) is not None


@lru_cache(maxsize=1 << 16)
def romanise(text: str) -> str:
    """Cyrillic to Latin letters after BGN/PCGN, without soft and hard signs; other letters stay.

    >>> romanise("Юрий Соловьёв")
    'Yuriy Solovev'
    """
    return text.translate(_ROMANISE)


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """A language-neutral key: no case, no marks, ı i İ I alike, punctuation as one space.

    >>> fold("İNŞAAT  Mühendisi") == fold("insaat muhendisi")
    True
    """
    kept = text.lower() if text.isascii() else _without_marks(text)
    return " ".join(_NO_LETTERS.sub(" ", kept).split())


def _without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_FOLD).lower())
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter) or letter == "\u0306")
    return unicodedata.normalize("NFC", kept).replace("ğ", "g")  # й keeps its breve, which ğ loses


@lru_cache(maxsize=1 << 16)
def sound(text: str) -> str:
    """A key that is the same for the common transliterations of a word.

    >>> sound("Юрий") == sound("Yuri") == sound("Jurij") == sound("Iurii")
    True
    """
    key = anyascii(romanise(fold(text)))
    for pattern, symbol in _SOUNDS:
        key = pattern.sub(symbol, key)
    return key


@lru_cache(maxsize=1 << 16)
def sounds(text: str) -> tuple[str, ...]:
    """All keys under which a canonical word should be found: as it is written, and as Turkish sounds.

    >>> sound("Джан") in sounds("Can") and sound("Шахин") in sounds("Şahin")
    True
    """
    spoken = lower(text, turkish=True)
    return tuple(dict.fromkeys((sound(text), *(sound(spoken.translate(table)) for table in _SPOKEN))))
