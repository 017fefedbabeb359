"""The dictionary read from English: how a word is said in Turkish and Russian, and which words say the same.

Reading it into English, with inflection, is `lexicon`; both read `lexicon.tsv`. The terms of special fields, `terms.tsv`, are
read here alone: as values they are called by them in other languages, and their single words are in `words_tr.tsv` and
`words_ru.tsv`, too.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import chain
from typing import Final

from nl2sql.language import Language
from nl2sql.lexicon import rows
from nl2sql.text import words

_FILES: Final = ("lexicon.tsv", "terms.tsv")
_NOUNS: Final = frozenset({"ekmek", "yemek", "emek", "çakmak", "kaymak", "parmak", "ırmak", "yumak", "basamak"})
"""Turkish nouns that end like infinitives: bread, food, a step."""
_COLUMNS: Final[dict[Language, str]] = {"en": "english", "tr": "turkish", "ru": "russian"}


def translations(english: str, language: Language) -> tuple[str, ...]:
    """How an English dictionary word is said, the usual way first."""
    return _forward().get(english, {}).get(language, ())


def is_verb(english: str) -> bool:
    """Whether a word is a verb first of all: its usual Turkish one is an infinitive."""
    return any(word.endswith(("mek", "mak")) and word not in _NOUNS for word in translations(english, "tr")[:1])


def is_known(english: str) -> bool:
    """Whether the dictionary has an English word."""
    return english in _forward() or english in _words()


@cache
def near(english: str) -> frozenset[str]:
    """English words that one Turkish and one Russian word both say: pay, wage, salary."""
    found = [
        {other for word in translations(english, language) for other in _backward(language)[word]}
        for language in ("tr", "ru")
    ]
    return frozenset(found[0] & found[1]) - {english}


@cache
def ordinary() -> frozenset[str]:
    """Folded words of the dictionary: what is written like one of them is no misspelt name."""
    return frozenset(
        word.folded
        for english, others in _forward().items()
        for text in (english, *others["tr"], *others["ru"])
        for word in words(text)
    )


@cache
def _words() -> frozenset[str]:
    """Single English words of the expressions too."""
    return frozenset(word for english in _forward() for word in english.split())


@cache
def _forward() -> dict[str, dict[Language, tuple[str, ...]]]:
    found: dict[str, dict[Language, tuple[str, ...]]] = {}
    for row in chain.from_iterable(map(rows, _FILES)):
        known = found.setdefault(row["english"], {"tr": (), "ru": ()})
        for language in ("tr", "ru"):
            known[language] += tuple(row[_COLUMNS[language]].split("|"))
    return found


@cache
def _backward(language: Language) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for english, others in _forward().items():
        for word in others[language]:
            found[word].add(english)
    return found
