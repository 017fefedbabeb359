"""A question cut into words and expressions, each with what the dictionary says that it may mean in English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from nl2sql.anywhere.cues import COMPARATIVES, CUES, STOP, SUPERLATIVES
from nl2sql.language import Language
from nl2sql.lexicon import gloss
from nl2sql.text import Word, fold

_COMPOUND_NUMBERS: Final = {
    "одно": "one", "двух": "two", "трех": "three", "четырех": "four", "пяти": "five", "шести": "six", "семи": "seven",
    "восьми": "eight", "девяти": "nine", "десяти": "ten",
}  # fmt: skip
_COMPOUND_NOUNS: Final = {
    "звездоч": "star", "звездн": "star", "комнатн": "room", "этажн": "floor", "местн": "seat", "дверн": "door", "страничн": "page",
    "дневн": "day", "часов": "hour", "минутн": "minute",
}  # fmt: skip
"""Stems of adjectives that are made with a number."""
_DENIED: Final = frozenset(
    {"haven", "hasn", "hadn", "isn", "aren", "wasn", "weren", "don", "doesn", "didn", "can", "couldn", "won"}
)
"""What stands before an apostrophe and t."""
_COMPOUND: Final = re.compile(rf"({'|'.join(_COMPOUND_NUMBERS)})(\w+)")


@dataclass(frozen=True)
class Part:
    """A word or expression of the question and what it may mean in English."""

    text: str
    start: int
    end: int
    folded: tuple[str, ...]
    english: tuple[str, ...]
    """Dictionary words, the likeliest first; none if it is not known."""
    is_denial: bool = False
    """Whether the word denies what its dictionary words say."""


def parts_of(question: Sequence[Word], language: Language) -> Iterable[Part]:
    """The question cut into what the dictionary knows, word by word elsewhere."""
    glosses = {part.span[0]: part for part in gloss(question, language)}
    place = 0
    while place < len(question):
        known = glosses.get(place)
        end = known.span[1] if known is not None else place + 1
        inside = question[place:end]
        compound = _compound(inside[0], language) if known is None else ()
        if compound:
            yield from compound
        elif (
            language == "en"
            and inside[0].folded in _DENIED
            and [word.folded for word in question[end : end + 1]] == ["t"]
        ):
            yield Part(inside[0].text, inside[0].start, question[end].end, ("not",), ("not",))
        elif not inside[0].is_suffix:
            text = " ".join(word.text for word in inside)
            folded = tuple(word.folded for word in inside)
            yield Part(text, inside[0].start, inside[-1].end, folded, known.lemmas if known is not None else ())
        place = end


def _compound(word: Word, language: Language) -> tuple[Part, ...]:
    """The number and the noun of a Russian adjective: пятизвёздочный is of five stars."""
    found = _COMPOUND.fullmatch(word.lower) if language == "ru" else None
    noun = next((noun for stem, noun in _COMPOUND_NOUNS.items() if found and found[2].startswith(stem)), None)
    if found is None or noun is None:
        return ()
    middle = word.start + len(found[1])
    return (
        Part(word.text[: len(found[1])], word.start, middle, (fold(found[1]),), (_COMPOUND_NUMBERS[found[1]],)),
        Part(word.text[len(found[1]) :], middle, word.end, (fold(found[2]),), (noun,)),
    )


def shapes(english: str) -> bool:
    """Whether a word shapes a statement, or says nothing."""
    return any(english in words for words in (CUES, SUPERLATIVES, COMPARATIVES, STOP))
