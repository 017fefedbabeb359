"""Words with one letter wrong: which word of the lexicon they were meant to be.

Only a word that is no word at all is read so, and only if a single one is near: a guess at what a question says
would be a guess at its answer. Names are not corrected here; `values` knows those.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from nl2sql.language import Language
from nl2sql.lexicon import lemmas, rows
from nl2sql.semantics.forms import ending_fits, is_russian_word, lexemes, lexical
from nl2sql.semantics.lexicon import vocabulary
from nl2sql.text import Word, words

_SHORTEST = 5
"""Letters of a word that is still recognised with one of them wrong."""


def corrected(word: Word, language: Language) -> Word | None:
    """The word that was meant, or `None` if it is not sure."""
    said = lexical(word.text, language)
    if len(said) < _SHORTEST or not said.isalpha() or _is_word(word, said, language):
        return None
    meant = _meant(said, language)
    return None if meant is None else _as_word(meant, word)


@lru_cache(maxsize=1 << 12)
def _meant(said: str, language: Language) -> str | None:
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for token, readings in vocabulary(language).items():
        for form in _forms(token, said, language):
            if form[0] == said[0] and abs(len(form) - len(said)) <= 1 and OSA.distance(form, said, score_cutoff=1) == 1:
                known = found.get(form) or readings
                found[form] = known & readings if readings else known
    shared = frozenset.intersection(*found.values()) if found else frozenset()
    return min(found) if len(found) == 1 or shared else None


def _forms(token: str, said: str, language: Language) -> Iterable[str]:
    """Forms of a word that may have been meant: those that end as the word that was written."""
    if language == "ru":
        return lexemes(token)
    cuts = range(max(len(token) - 1, _SHORTEST - 1), min(len(token) + 1, len(said)) + 1)
    endings = {said[cut:] for cut in cuts}
    return [token + ending for ending in endings if not ending or ending_fits(ending, language)]


def _is_word(word: Word, said: str, language: Language) -> bool:
    """Whether it is an ordinary word, which nobody mistyped."""
    match language:
        case "ru":
            return is_russian_word(said)
        case "tr":
            return bool(lemmas(word.lower, language))
        case "en":
            return not _english().isdisjoint(lemmas(word.lower, language))


@cache
def _english() -> frozenset[str]:
    return frozenset(word for row in rows("lexicon.tsv") for word in row["english"].lower().split())


def _as_word(meant: str, word: Word) -> Word:
    (found,) = words(meant)
    return Word(word.text, word.start, word.end, found.lower, found.folded, word.is_suffix)
