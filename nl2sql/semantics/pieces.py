"""A question cut into pieces: phrases of the lexicon, values and numbers, each with every reading that it has.

Which reading holds is decided by what stands beside it (`quantities`, `compose`); a piece without any is a
word that was not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from nl2sql.language import Language
from nl2sql.persons import Person
from nl2sql.semantics.lexicon import Lexicon, load_lexicon, load_schema
from nl2sql.semantics.spelling import corrected
from nl2sql.text import Word
from nl2sql.values import Link

_NUMBER = re.compile(r"\d{1,3}(?:[.,\u00a0 ]\d{3})+(?!\d)|\d+(?:[.,]\d{1,2}(?!\d))?")
_SHORTENED = re.compile(r"(\d+(?:[.,]\d+)?)(k|к|m|mn|mln|млн|bn|млрд)\b", re.IGNORECASE)
_MULTIPLIERS = {"k": 10**3, "к": 10**3, "m": 10**6, "mn": 10**6, "mln": 10**6, "млн": 10**6, "bn": 10**9, "млрд": 10**9}
_PAUSE, _BREAK = re.compile(r"[;:.!?](?=\s)"), re.compile(r"[,;:.!?](?=\s)")
_DECADE = re.compile(r"((?:19|20)?[1-9]0)s|((?:19|20)00)s")
_SURE = 0.9
"""Likeness of a value that only inflection or script separates from its label."""
_ASKED = frozenset({"date", "asked", "title", "state"})
"""Kinds of words that are asked for in a list, and that say nothing else."""
_KNOWN_IN_PASSING = frozenset({"filler", "work", "take", "conjunction", "exist"})
"""Kinds that add nothing by themselves."""
CHOICES = frozenset({"gender", "contract_type", "leave_type", "status", "project_status", "level", "family"})
"""Attributes whose values are ordinary words: the lexicon says when they are meant."""


@dataclass(eq=False)
class Piece:
    """One or more words of a question."""

    text: str
    start: int
    """Of the first letter."""
    end: int
    readings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Kind -> keys."""
    values: tuple[tuple[str, str], ...] = ()
    """(attribute, value) of linked values, the likeliest first."""
    number: Decimal | None = None
    suffix: str = ""
    """A Turkish ending after an apostrophe."""
    is_used: bool = False
    is_corrected: bool = False
    """Whether a letter of it was wrong."""

    def key(self, kind: str) -> str | None:
        """The key of a reading, if there is such a reading."""
        found = self.readings.get(kind)
        return found[0] if found else None

    def has(self, kind: str, *keys: str) -> bool:
        """Whether it may be read so."""
        found = self.readings.get(kind, ())
        return bool(found) and (not keys or any(key in found for key in keys))

    @property
    def is_open(self) -> bool:
        """Whether nothing has been made of it yet."""
        return not self.is_used

    @property
    def is_quiet(self) -> bool:
        """Whether a question says the same without it."""
        told = any(attribute != "project_status" for attribute, _ in self.values)
        told |= self.has("conjunction", "or") or self.has("intent", "opinion")
        told |= self.has("absent") and not self.has("work")
        return not told and self.number is None and bool(_KNOWN_IN_PASSING & self.readings.keys())

    @property
    def is_filler(self) -> bool:
        """Whether it cannot say anything."""
        return self.readings.keys() - _ASKED == {"filler"} and not self.values and self.number is None


_CERTAIN, _PHRASE, _GUESSED = 0, 1, 2
_Found = tuple[int, int, int, Piece]
"""(rank, first word, word after the last, piece)."""


class Line:
    """The pieces of a question in a row."""

    def __init__(self, pieces: Sequence[Piece], text: str) -> None:
        self.pieces = pieces
        self.text = text

    def beside(self, number: int, step: int) -> tuple[int, Piece | None]:
        """The next piece in a direction that is not a mere filler."""
        number += step
        while 0 <= number < len(self.pieces):
            piece = self.pieces[number]
            if not piece.is_filler:
                return number, piece
            number += step
        return number, None

    def is_dashed(self, number: int) -> bool:
        """Whether a dash follows a piece: 2018–2020, 30-40."""
        return self.text[self.pieces[number].end :].lstrip()[:1] in ("-", "–", "—")

    def use(self, *pieces: Piece | None) -> None:
        """Mark pieces as understood."""
        for piece in pieces:
            if piece is not None:
                piece.is_used = True


def cut(
    text: str, words: Sequence[Word], links: Iterable[Link], language: Language, persons: Sequence[Person] = ()
) -> list[Piece]:
    """Cut a question into pieces, the longest phrases first."""
    kept = [word for word in words if not word.is_suffix or (language == "en" and word.folded == "t")]
    suffixes = {word.start: word.folded for word in words if word.is_suffix}
    taken: dict[int, Piece] = {}
    covered: set[int] = set()
    links = tuple(links)
    names = {person.start: person.readings for person in persons}
    written, kept = (
        kept,
        _spelt(kept, [*((one.start, one.end) for one in links), *((one.start, one.end) for one in persons)], language),
    )
    wrong = {word.start for word, meant in zip(written, kept, strict=True) if word != meant}
    phrases = [one for one in _phrases(text, kept, load_lexicon(language)) if not _is_named(kept, one, links)]
    found = [*_numbers(text, kept), *_values(kept, links), *phrases]
    # longest first; of equal length certain values, then phrases, then values with other letters
    for rank, start, end, piece in sorted(found, key=lambda one: (one[1] - one[2], one[0], one[1])):
        span = range(start, end)
        if start in taken and taken[start].end == piece.end:
            _add(taken[start], piece, rank)
        elif not covered.intersection(span):
            taken[start] = piece
            covered.update(span)
    for number, word in enumerate(kept):
        if number not in covered:
            taken[number] = Piece(word.text, word.start, word.end, values=names.get(word.start, ()))
    pieces = [taken[number] for number in sorted(taken)]
    for piece in pieces:
        piece.suffix = suffixes.get(piece.end + 1, "")
        piece.text = text[piece.start : piece.end]
        piece.is_corrected = any(piece.start <= start < piece.end for start in wrong)
    return pieces


def _is_named(words: Sequence[Word], found: _Found, links: Iterable[Link]) -> bool:
    """Engineering employees: those of the department that is written so, and not a kind of job."""
    _, start, end, piece = found
    family = [value for attribute, value in piece.values if attribute == "family"]
    if not family or start == 0 or end == start + 1:
        return False
    first = words[start]
    named = any(link.start == first.start and link.end == first.end and link.value == first.text for link in links)
    return named and first.text not in family


def _spelt(kept: list[Word], spans: Sequence[tuple[int, int]], language: Language) -> list[Word]:
    """The words with those corrected that nothing is known of."""
    lexicon = load_lexicon(language)
    known = {number for start in range(len(kept)) for _, end in lexicon.at(kept, start) for number in range(start, end)}
    spelt = list(kept)
    for number, word in enumerate(kept):
        is_name = number > 0 and word.text[0].isupper()
        is_value = any(start <= word.start < end for start, end in spans)
        if number not in known and not is_name and not is_value and not word.text[0].isdigit():
            spelt[number] = corrected(word, language) or word
    return spelt


def _add(piece: Piece, other: Piece, rank: int) -> None:
    """Add the readings of another piece of the same words."""
    if piece.number is not None or (piece.values and rank != 0 and piece.values[0][0] not in CHOICES):
        return  # a name is that name: the city Kazan is no form of a verb
    for kind, keys in other.readings.items():
        piece.readings[kind] = tuple(dict.fromkeys((*piece.readings.get(kind, ()), *keys)))
    if rank < _GUESSED:
        piece.values = tuple(dict.fromkeys((*piece.values, *other.values)))


def _phrases(text: str, words: Sequence[Word], lexicon: Lexicon) -> Iterable[_Found]:
    for start in range(len(words)):
        for entry, end in lexicon.at(words, start):
            broken = _PAUSE if lexicon.language == "ru" else _BREAK  # больше, чем
            if broken.search(text, words[start].end, words[end - 1].start):
                continue  # per project, by project: no phrase goes on after a comma
            piece = Piece("", words[start].start, words[end - 1].end)
            if entry.kind == "value":
                attribute, _, value = entry.key.partition("=")
                piece.values = ((attribute, value),)
            elif entry.kind == "number":
                piece.number = Decimal(entry.key)
                piece.readings = {"number": (entry.key,)}
            elif entry.kind == "yearly":
                piece.readings = {"column": (entry.key,), "yearly": (entry.key,)}
            else:
                piece.readings = {entry.kind: (entry.key,)}
            yield _PHRASE, start, end, piece


def _values(words: Sequence[Word], links: Iterable[Link]) -> Iterable[_Found]:
    domains, _ = load_schema()
    starts = {word.start: number for number, word in enumerate(words)}
    ends = {word.end: number + 1 for number, word in enumerate(words)}
    for link in links:
        attribute = domains.get(link.domain)
        inner = [number for start, number in starts.items() if link.start <= start < link.end]
        if attribute is None or attribute in CHOICES or not inner:
            continue
        end = ends.get(link.end, inner[-1] + 1)
        rank = _CERTAIN if link.score >= _SURE else _GUESSED
        yield rank, inner[0], end, Piece("", link.start, link.end, values=((attribute, link.value),))


def _numbers(text: str, words: Sequence[Word]) -> Iterable[_Found]:
    for number, word in enumerate(words):
        short = _SHORTENED.match(text, word.start)
        if decade := _DECADE.fullmatch(word.text):
            yield 0, number, number + 1, Piece("", word.start, word.end - 1, number=Decimal(decade[1] or decade[2]))
        elif short:
            value = Decimal(short[1].replace(",", ".")) * _MULTIPLIERS[short[2].lower()]
            end = next(n + 1 for n in reversed(range(len(words))) if words[n].start < short.end())
            yield 0, number, end, Piece("", word.start, words[end - 1].end, number=value)
        elif word.folded.isdigit() and (found := _NUMBER.match(text, word.start)):
            end = next(n + 1 for n in reversed(range(len(words))) if words[n].start < found.end())
            yield 0, number, end, Piece("", word.start, words[end - 1].end, number=_decimal(found[0]))


def _decimal(text: str) -> Decimal:
    if re.fullmatch(r"\d{1,3}(?:[.,\u00a0 ]\d{3})+", text):
        return Decimal(re.sub(r"\D", "", text))
    return Decimal(text.replace(",", "."))
