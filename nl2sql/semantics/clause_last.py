"""Whose last training was in 2024: who had one then and none afterwards; who had none since then.

The last of all in a period is something else, see `ranks`: here every person has a last one.
"""

from __future__ import annotations

from nl2sql.semantics.clause_parts import Clause, Parts
from nl2sql.semantics.facts import LEAVE, RAISE, TRAINING
from nl2sql.semantics.reader import Reader
from nl2sql.semantics.spans import Span

_DATED = (LEAVE, TRAINING, RAISE)
_OWNERS = frozenset(
    {
        "whose",
        "their",
        "had",
        "got",
        "took",
        "чей",
        "чья",
        "чьё",
        "чье",
        "чьи",
        "которых",
        "кого",
        "свой",
        "свою",
        "своё",
        "своего",
    }
)
_WITH = ("с", "со")
_POSSESSED = ("ini", "ını", "ünü", "unu", "leri", "ları")
_TIMES = ("последний раз", "в последний раз", "en son", "last time")
_SINCE_THEN = frozenset(
    {"since then", "с тех пор", "o zamandan beri", "o tarihten beri", "o günden beri", "o yıldan beri", "ondan beri"}
)


def find_last(parts: Parts) -> None:
    """Find the event that is each person's last, if its period is said."""
    reader = parts.reader
    spans = reader.quantities.spans
    if len(spans) != 1 or spans[0].parts or spans[0].others or spans[0].high is None:
        return
    if reader.open("ask", "when", "howlong") or reader.open("agg") or reader.open("date"):
        return
    for number, piece in enumerate(reader.pieces):
        if number >= spans[0].position or not _says_last(reader, parts, number):
            continue
        fitting = [one for one in parts.clauses if one.subject in _DATED]
        clause = min(fitting, key=lambda one: abs(one.first - number), default=None)
        if clause is not None:
            clause.is_last = True
            piece.is_used = True
            ranks = reader.quantities.ranks
            ranks[:] = [rank for rank in ranks if rank.position != number]
        return


def _says_last(reader: Reader, parts: Parts, number: int) -> bool:
    said = reader.pieces[number].text.lower()
    behind = reader.pieces[number - 1].text.lower().split() if number else [""]
    place, ahead = reader.beside(number, 1)
    if said in _TIMES:
        return True
    if ahead is None or not (said in ("last", "son", "latest") or said.startswith("последн")):
        return False
    if reader.language == "tr":
        return parts.clause_at(place) is not None and ahead.text.lower().endswith(_POSSESSED)
    verb = reader.language == "en" and said == "last" and (parts.is_verb(place) or ahead.has("work", "take"))
    return verb or (parts.clause_at(place) is not None and behind[-1] in (*_OWNERS, *_WITH))


def says_since_then(reader: Reader, number: int) -> bool:
    """But not since; с тех пор: since the period that was spoken of before."""
    piece = reader.pieces[number]
    if not piece.is_open:
        return False
    if piece.text.lower() in _SINCE_THEN:
        return True
    return piece.text.lower() == "since" and reader.beside(number, 1)[1] is None


def find_since_then(parts: Parts) -> None:
    """Give the clause that a period before opens its own: all that came after it."""
    for number in range(len(parts.reader.pieces)):
        if not says_since_then(parts.reader, number):
            continue
        own = [one for one in parts.clauses if one.segment == parts.segments[number] and not one.spans]
        before = [one for one in parts.clauses if one not in own and len(one.spans) == 1]
        if len(own) == 1 and len(before) == 1 and before[0].spans[0].high is not None:
            own[0].spans.append(Span(number, before[0].spans[0].high))
            parts.used.add(number)


def afterwards(clause: Clause) -> Span:
    """All the time after the period of a clause."""
    return Span(clause.spans[0].position, clause.spans[0].high)
