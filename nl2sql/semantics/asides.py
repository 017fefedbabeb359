"""Sentences that tell why somebody asks.

"I'm buying cakes: whose birthday falls in March?" They are left out before anything else is read, and the answer says what
was read. Only what speaks of the asker, asks for nothing and holds nothing that is known of the data is an aside; a sentence
with a condition is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nl2sql.language import Language
from nl2sql.semantics.pieces import Piece

_END: Final = re.compile(r"(?<=\w{3})[.!?:;](?=\s)|\s[—–-](?=\s)")
"""What ends a sentence; the letters before a full stop tell it from St. and No."""
_OF_ASKER: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(?:i|we)(?:'m|'re|’m|’re| am| are|'ve|’ve)\b|\b(?:i|we) (?:have|need|want|plan|intend|must|should) to\b"
        r"|\bneed (?:it|this|that|these|them)\b|\b(?:i|we)(?:'ll|’ll| will)\b|\bfor (?:my|our)\b",
        re.IGNORECASE,
    ),
    "tr": re.compile(r"[ıiuü]yor(?:um|uz)\b|[ae]c[ae]ğ[ıi](?:m|z)\b|m[ae]l[ıi]y[ıi](?:m|z)\b", re.IGNORECASE),
    "ru": re.compile(
        r"\b(?:готов(?:лю|им)|составля(?:ю|ем)|планиру(?:ю|ем)|соб(?:ираюсь|ираемся)|провер(?:яю|яем)|дела(?:ю|ем)"
        r"|пиш(?:у|ем)|обсужда(?:ю|ем)|рассматрива(?:ю|ем)|реша(?:ю|ем)|буд(?:у|ем)|заказыва(?:ю|ем)|вруча(?:ю|ем))\b"
        r"|\b(?:хочу|хотим|нам (?:надо|нужно)|мне (?:надо|нужно)) \w+ть\b|\bэто (?:нужно )?для\b",
        re.IGNORECASE,
    ),
}
_REQUESTS: Final = re.compile(
    r"\b(?:know|see|get|find|list|show|have a list|learn|compare|count"
    r"|öğren\w*|gör\w*|bul\w*|bak[ıi]\w*|listele\w*|istiyor\w*|arıyor\w*|merak\w*|узна\w+|увид\w+|получ\w+|понять|найти|посмотр\w+|посчита\w+|сравн\w+)\b",
    re.IGNORECASE,
)
"""Verbs of those who ask for something there and then."""
_HARMLESS: Final = frozenset({"filler", "work", "take", "conjunction", "range"})
"""Kinds of words that say nothing of the data by themselves."""
_HARMLESS_KEYS: Final = {"time": frozenset({"during", "this"}), "intent": frozenset({"future"})}
"""Words of other kinds that do not either: this is for, I am going to."""


def has_sentences(text: str) -> bool:
    """Whether there may be an aside: more than one sentence, or a part before a colon or a dash."""
    return _END.search(text) is not None


def without_asides(text: str, pieces: Sequence[Piece], language: Language) -> str | None:
    """The question without the sentences that only tell why it is asked; nothing if there is none.

    Args:
        text: the question.
        pieces: all of them, as they are cut from it.
        language: of the question.
    """
    ends = [match.end() for match in _END.finditer(text)]
    parts = list(zip([0, *ends], [*ends, len(text)], strict=True))
    kept = [
        text[start:end].strip()
        for start, end in parts
        if not _is_aside(text[start:end], [piece for piece in pieces if start <= piece.start < end], language)
    ]
    return " ".join(kept) if 0 < len(kept) < len(parts) else None


def _is_aside(sentence: str, pieces: Sequence[Piece], language: Language) -> bool:
    if sentence.rstrip().endswith("?") or _REQUESTS.search(sentence) or not _OF_ASKER[language].search(sentence):
        return False
    unknown = any(not piece.readings and not piece.values and piece.number is None for piece in pieces)
    return unknown and all(map(_says_nothing, pieces))


def _says_nothing(piece: Piece) -> bool:
    """Whether nothing in the data is spoken of."""
    if piece.values or piece.number is not None:
        return False
    return all(
        kind in _HARMLESS or set(keys) <= _HARMLESS_KEYS.get(kind, set()) for kind, keys in piece.readings.items()
    )
