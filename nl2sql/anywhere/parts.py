"""A question cut into words and expressions, each with what the dictionary says that it may mean in English."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nl2sql.anywhere.cues import COMPARATIVES, CUES, STOP, SUPERLATIVES
from nl2sql.language import Language
from nl2sql.lexicon import gloss
from nl2sql.text import Word


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
        if not inside[0].is_suffix:
            text = " ".join(word.text for word in inside)
            folded = tuple(word.folded for word in inside)
            yield Part(text, inside[0].start, inside[-1].end, folded, known.lemmas if known is not None else ())
        place = end


def shapes(english: str) -> bool:
    """Whether a word shapes a statement, or says nothing."""
    return any(english in words for words in (CUES, SUPERLATIVES, COMPARATIVES, STOP))
