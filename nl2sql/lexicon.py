"""What words of questions are called in English, the language of most schemas: the dictionary in `data/`.

`lexicon.tsv` and `names.tsv` go from English to both other languages, `words_tr.tsv` and `words_ru.tsv` from one of
them to English: what the first do not read. The dictionary says what a word may mean in a question to a database; which
table or column is meant is for whoever knows the schema. Inflection is in `morphology`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from nl2sql.language import Language
from nl2sql.morphology import Forms, dictionary_form, forms
from nl2sql.text import Word, words

_FILES = ("lexicon.tsv", "names.tsv")
_COLUMNS: dict[Language, str] = {"en": "english", "tr": "turkish", "ru": "russian"}


@dataclass(frozen=True)
class Gloss:
    """What a part of a question is called in English."""

    span: tuple[int, int]
    """Places of its words in the question: first, and one after the last."""
    lemmas: tuple[str, ...]
    """English dictionary words, the likeliest first."""
    parts: tuple[Gloss, ...] = ()
    """What its words are called one by one, if it is an expression: a schema may have only those."""


@dataclass(frozen=True)
class Lexicon:
    """The dictionary read from one language into English."""

    forms: Forms
    entries: dict[tuple[str, ...], tuple[str, ...]]
    """The words of an entry → its English lemmas, the likeliest first."""
    longest: dict[str, int]
    """First word of an entry → the most words that an entry beginning with it has."""


def gloss(question: Sequence[Word], language: Language) -> list[Gloss]:
    """The parts of a question that the dictionary knows, in order; of entries that overlap, the longest.

    English words outside the dictionary are glossed by themselves: they may be names of a schema.

    >>> [part.lemmas[0] for part in gloss(words("Doğum tarihi en eski çalışanlar"), "tr")]
    ['birth date', 'oldest', 'employee']
    """
    lexicon = _lexicon(language)
    known = [() if word.is_suffix else tuple(lexicon.forms.lemmas(word)) for word in question]
    found = []
    place = 0
    while place < len(question):
        part = _longest(lexicon, known, place)
        if part is None and language == "en" and known[place] and not question[place].text.isdigit():
            part = Gloss((place, place + 1), known[place][:1])
        if part:
            found.append(part)
        place = part.span[1] if part else place + 1
    return found


def lemmas(word: str, language: Language) -> tuple[str, ...]:
    """The English lemmas of one word or expression, the likeliest first; none if the dictionary lacks it.

    >>> lemmas("sefer", "tr")[:2], lemmas("рейсов", "ru")
    (('flight', 'trip'), ('flight',))
    """
    parts = words(word)
    found = gloss(parts, language)
    whole = (0, sum(not part.is_suffix for part in parts))
    return found[0].lemmas if found and found[0].span == whole else ()


def _longest(lexicon: Lexicon, known: Sequence[tuple[str, ...]], place: int) -> Gloss | None:
    most = max((lexicon.longest.get(word, 0) for word in known[place]), default=0)
    for end in range(min(place + most, len(known)), place, -1):
        found = _meanings(lexicon, known[place:end])
        if found and end == place + 1:
            return Gloss((place, end), found)
        if found:
            words_alone = ((each, _meanings(lexicon, known[each : each + 1])) for each in range(place, end))
            return Gloss(
                (place, end), found, tuple(Gloss((each, each + 1), alone) for each, alone in words_alone if alone)
            )
    return None


def _meanings(lexicon: Lexicon, known: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    ranked = (lexicon.entries[key] for key in product(*known) if key in lexicon.entries)
    return tuple(dict.fromkeys(lemma for lemmas_of_key in ranked for lemma in lemmas_of_key))


@cache
def _lexicon(language: Language) -> Lexicon:
    ranked: dict[tuple[str, ...], list[tuple[int, str]]] = {}
    for expression, english, place in _senses(language):
        key = tuple(word.lower for word in words(expression))
        keys = {key} if len(key) == 1 else {key, tuple(dictionary_form(word, language) for word in key)}
        for each in keys:
            ranked.setdefault(each, []).append((place, english))
    longest: dict[str, int] = {}
    for key in ranked:
        longest[key[0]] = max(len(key), longest.get(key[0], 0))
    # sorting is stable: what is equally likely stays in the order of the file
    entries = {key: tuple(english for _, english in sorted(found, key=lambda f: f[0])) for key, found in ranked.items()}
    return Lexicon(forms(language, (word for key in entries for word in key)), entries, longest)


def _senses(language: Language) -> Iterator[tuple[str, str, int]]:
    """Expressions of a language, an English word for each, and its place among those that are as likely or likelier."""
    for name in _FILES:
        for row in rows(name):
            for place, expression in enumerate(row[_COLUMNS[language]].split("|")):
                yield expression, row["english"], place
    if language == "en":
        return  # words that no file has are themselves
    for row in rows(f"words_{language}.tsv"):
        for place, english in enumerate(row["english"].split("|")):
            yield row["word"], english, place


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one file of the dictionary."""
    with Path(__file__).with_name("data").joinpath(name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")
