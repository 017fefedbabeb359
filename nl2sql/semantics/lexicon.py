"""The language of analysis: which words of a question say what, read from one file for every language.

Words mean *concepts* here (a kind and a key, such as `rank` `max:age`); what columns attributes are is
`erp.toml`, what a question as a whole asks is `compose`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from nl2sql.language import Language
from nl2sql.plan import Ref
from nl2sql.semantics.forms import is_form, lexemes, lexical
from nl2sql.text import Word, words

_SHORT = 4
_NEVER_MEANT = ("absent", "intent", "analysis")
"""Kinds of words that nothing is read as: what they refuse would be refused by mistake."""


@dataclass(frozen=True)
class Entry:
    """A phrase of the lexicon."""

    kind: str
    key: str
    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """All phrases of a language."""

    language: Language
    by_start: Mapping[str, tuple[Entry, ...]]
    """By the first two letters of the first token."""

    def at(self, question: Sequence[Word], start: int) -> Iterator[tuple[Entry, int]]:
        """The phrases that begin at a word, with the number of the word after each."""
        for entry in _beginning(self.language, _said(question[start], self.language)):
            end = start + len(entry.tokens)
            if end <= len(question) and all(
                is_form(_said(word, self.language), token, self.language)
                for word, token in zip(question[start + 1 : end], entry.tokens[1:], strict=True)
            ):
                yield entry, end


def _said(word: Word, language: Language) -> str:
    return word.lower if language == "ru" else word.folded


@lru_cache(maxsize=1 << 14)
def _beginning(language: Language, said: str) -> tuple[Entry, ...]:
    """The phrases whose first token a word is a form of."""
    by_start = load_lexicon(language).by_start
    alike = dict.fromkeys(entry for start in (said[:1], said[:2]) for entry in by_start.get(start, ()))
    return tuple(entry for entry in alike if is_form(said, entry.tokens[0], language))


@cache
def load_lexicon(language: Language) -> Lexicon:
    """Read the lexicon of a language."""
    text = Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8")
    found: dict[str, list[Entry]] = {}
    for kind, keys in tomllib.loads(text).items():
        for key, phrases in keys.items():
            for phrase in phrases:
                entry = Entry(kind, key, tuple(_tokens(phrase, language)))
                for start in _starts(entry.tokens[0], language):
                    found.setdefault(start, []).append(entry)
    return Lexicon(language, {start: tuple(entries) for start, entries in found.items()})


@cache
def vocabulary(language: Language) -> Mapping[str, frozenset[tuple[str, str]]]:
    """The words that may be mistyped, long enough to be told apart, with what each says alone."""
    found: dict[str, set[tuple[str, str]]] = {}
    for entry in {entry for entries in load_lexicon(language).by_start.values() for entry in entries}:
        for token in entry.tokens if entry.kind not in _NEVER_MEANT else ():
            bare = token.rstrip("*!")
            if len(bare) > _SHORT:
                alone = {(entry.kind, entry.key)} if len(entry.tokens) == 1 else set()
                found.setdefault(bare, set()).update(alone)
    return {token: frozenset(readings) for token, readings in found.items()}


@cache
def load_schema() -> tuple[Mapping[str, str], Mapping[str, Mapping[str, Ref]]]:
    """Domain of values -> attribute, and subject -> attribute -> column."""
    content = tomllib.loads(Path(__file__).with_name("erp.toml").read_text(encoding="utf-8"))
    domains = content.pop("domains")
    subjects = {
        subject: {attribute: Ref(*path.split(".")) for attribute, path in attributes.items()}
        for subject, attributes in content.items()
    }
    return domains, subjects


def _tokens(phrase: str, language: Language) -> Iterator[str]:
    for part in phrase.split():
        mark = part[-1] if part[-1] in "*!" else ""
        cut = words(part.rstrip("*!"))
        for number, word in enumerate(cut):
            yield lexical(word.text, language) + (mark if number == len(cut) - 1 else "")


def _starts(token: str, language: Language) -> frozenset[str]:
    """How forms begin: with the first two letters, but Russian ones also otherwise: день, дней; человек, люди."""
    bare = token.rstrip("*!")
    if language != "ru" or token[-1] in "*!":
        return frozenset([bare[:2]])
    return frozenset({bare[:2], *(form[:2] for form in lexemes(bare))})
