"""Questions that no statement answers: about what the database does not have, the future, opinions, or no questions.

Only questions that were not understood come here. A word counts as foreign if nothing explains it, not the semantic
layer, not the values, not the descriptions of columns, not the verified examples, but the dictionary knows it as a thing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from nl2sql.grounding import Asked
from nl2sql.language import Language
from nl2sql.lexicon import lemmas
from nl2sql.semantics.pieces import Piece, cut
from nl2sql.semantics.unknowable import find_unknowable
from nl2sql.thesaurus import is_verb, translations

Kind = Literal["write", "future", "opinion", "chat", "absent", "foreign"]

_DATED = ("start", "end")
"""What is planned has dates in the future: contracts and projects."""
_BEFORE_COMMANDS = frozenset({"please", "to", "and", "then", "now", "just"})
_SENTENCE_END = re.compile(r"[.!](?=\s)")
_OF_THOSE = ("inki", "unki")
"""How Turkish words end that stand for something named before: küçüklerinki, that of the smaller ones."""
_LIKELY = 2
"""Meanings of a word that are looked at."""
_SHORT = 4
"""Letters of a word too short to refuse a question for."""


@dataclass(frozen=True)
class Unanswerable:
    """Why a question cannot be answered."""

    kind: Kind
    word: str
    """As asked."""


def find_unanswerable(text: str, language: Language, asked: Asked, known: Collection[str]) -> Unanswerable | None:
    """The first thing in a question that cannot be answered.

    Args:
        text: the question.
        language: its language.
        asked: what is understood of it.
        known: folded words of the verified examples.
    """
    pieces = cut(text, asked.words, asked.links, language, asked.persons)
    return _wish(pieces, text, language) or _absent(pieces, text) or _foreign(pieces, asked, known, language)


def is_about_data(pieces: Sequence[Piece]) -> bool:
    """Whether anything in a question is a subject, an attribute, an event or a value of the data."""
    kinds = ("subject", "column", "dim", "event", "per")
    return any(piece.values or any(piece.has(kind) for kind in kinds) for piece in pieces)


def _wish(pieces: list[Piece], text: str, language: Language) -> Unanswerable | None:
    """A request that is no question about what is."""
    is_planned = any(piece.has("event", *_DATED) for piece in pieces) and any(
        piece.has("subject", "contract", "project") for piece in pieces
    )
    kinds: tuple[Kind, ...] = ("write", "chat", "opinion", "future")
    for kind in kinds:
        for number, piece in enumerate(pieces):
            if piece.key("intent") != kind or (kind == "future" and is_planned):
                continue
            if kind == "write" and language == "en" and not _is_command(pieces, number):
                continue
            if kind == "opinion" and (_is_said_before(piece, text) or text[piece.end :].startswith("-то")):
                continue  # почему-то asks for no reason
            return Unanswerable(kind, piece.text)
    return None


def _is_command(pieces: list[Piece], number: int) -> bool:
    """Delete …, please delete …, I want you to delete …: not the words of a state such as updated records."""
    before = pieces[number - 1].text.lower() if number else ""
    opened = all(piece.is_filler for piece in pieces[:number])
    return opened or before in _BEFORE_COMMANDS


def _is_said_before(piece: Piece, text: str) -> bool:
    """Contracts should not expire. How many do? The question is the sentence after it."""
    return any(piece.end <= end.start() and "?" in text[end.end() :] for end in _SENTENCE_END.finditer(text))


def _absent(pieces: list[Piece], text: str) -> Unanswerable | None:
    found = next((piece for piece in pieces if piece.has("absent") and not piece.values), None)
    if found is not None:
        return Unanswerable("absent", found.text)
    unknowable = find_unknowable(pieces, text)
    return Unanswerable(unknowable[0], unknowable[1].text) if unknowable else None


def _foreign(pieces: list[Piece], asked: Asked, known: Collection[str], language: Language) -> Unanswerable | None:
    """A thing that the data knows nothing of; what is done with things may be said in any words, or misspelt."""
    described = {term.text for term in asked.terms}
    for piece in pieces:
        word = next(word for word in asked.words if word.start == piece.start)
        is_explained = bool(piece.readings or piece.values) or piece.number is not None or word.text in described
        if language == "tr" and word.folded.endswith(_OF_THOSE):
            continue
        is_name = word.start > 0 and word.text[0].isupper()  # names were looked up before
        if is_name or is_explained or word.folded in known or len(word.folded) < _SHORT or word.folded.isdigit():
            continue
        meanings = [meaning for meaning in lemmas(word.text, language) if translations(meaning, "tr")][:_LIKELY]
        if not meanings or any(is_verb(meaning) for meaning in meanings):
            continue
        return Unanswerable("foreign", piece.text)
    return None
