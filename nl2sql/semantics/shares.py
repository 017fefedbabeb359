"""Which of several conditions a share is of: women among welders, what share of women are welders.

What the share becomes is `special`.
"""

from __future__ import annotations

from nl2sql.semantics.facts import LEAVE, TRAINING
from nl2sql.semantics.reader import Reader

COPULAS = frozenset(
    {
        "are",
        "is",
        "have",
        "has",
        "hold",
        "holds",
        "work",
        "works",
        "составляют",
        "являются",
        "имеют",
        "работает",
        "работают",
        "трудится",
        "трудятся",
        "приходится",
    }
)
"""What stands between those of whom a share is and those who make it."""
AMONG = frozenset({"among", "amongst", "within", "среди", "между", "arasında", "içinde", "arasındaki", "içindeki"})
_ALL = ("all", "tüm", "bütün", "всех")
_DASHES = ("—", "–", " - ")
_RELATIVE = ("who", "that", "кто", "котор")
_PARTICIPLES = ("earning", "making", "получающ", "зарабатывающ", "имеющ")
_OWN_DATES = ("hire", "birth")


def told_of_whole(reader: Reader, position: int, places: list[int], spans: set[int]) -> int | None:
    """What share of women are welders; kadınların yüzde kaçı kaynakçı: what is said after the whole, if one thing is.

    In a Turkish question the whole stands before the word for a share, in others right after it and before a verb. A
    verb that dates people, joined, may be followed by nothing but a period.
    """
    if (among := _told_among(reader, position, places)) is not None:
        return among
    if reader.language == "tr":
        dated = any(piece.has("event", *_OWN_DATES) for piece in reader.pieces[position:])
        whole = [n for n in places if n < position]
        after = [n for n in (*places, *(spans if dated else ())) if n > position]
        return after[0] if whole and len(after) == 1 else None
    told = [n for n in places if n > position]
    verbs = [n for n in range(position + 1, len(reader.pieces)) if _is_copula(reader, n)]
    verbs = verbs or [n for n in range(position + 1, len(reader.pieces)) if _is_verb_of_people(reader, n)]
    verb = next((n for n in verbs if told and told[0] < n), None)
    if verb is None:
        return None
    dated = reader.pieces[verb].has("event", *_OWN_DATES)
    after = [n for n in (*told, *(spans if dated else ())) if n >= verb]
    return after[0] if len(after) == 1 else None


def is_share_of_all(reader: Reader) -> bool:
    """Sick leaves among all leaves: of those, and of no people."""
    events = [n for n, piece in enumerate(reader.pieces) if n and piece.has("subject", LEAVE, TRAINING)]
    of_all = any(reader.pieces[n - 1].text.lower() in _ALL for n in events)
    return of_all and reader.said("ask", "share") and not reader.speaks_of_people


def _told_among(reader: Reader, position: int, places: list[int]) -> int | None:
    """The share of welders among women, kadınlar arasında kaynakçıların oranı."""
    words = [n for n, piece in enumerate(reader.pieces) if piece.text.lower() in AMONG]
    if len(words) != 1:
        return None
    if reader.language == "tr":
        rest = [n for n in places if n > words[0]]
        return rest[0] if len(rest) == 1 and len(places) > 1 and min(places) < words[0] else None
    if words[0] < position:  # among women over 40, what share are welders
        rest = [n for n in places if n > position]
        return rest[0] if len(rest) == 1 and any(words[0] < n < position for n in places) else None
    told = [n for n in places if position < n < words[0]]
    return told[0] if len(told) == 1 and max(places) > words[0] else None


def _is_verb_of_people(reader: Reader, number: int) -> bool:
    """What percentage of women earn more than 2000; who earn more: that is said of the whole."""
    piece, before = reader.pieces[number], reader.beside(number, -1)[1]
    said = piece.text.lower()
    relative = before is not None and before.text.lower().startswith(_RELATIVE)
    after = reader.beside(number, 1)[1]
    compares = ":" in (piece.key("compare") or "")
    compares |= piece.has("column", "salary") and after is not None and after.has("compare")
    return (compares or piece.has("event", *_OWN_DATES)) and not relative and not said.startswith(_PARTICIPLES)


def _is_copula(reader: Reader, number: int) -> bool:
    piece = reader.pieces[number]
    if piece.text.lower().split()[0] in COPULAS:
        return True
    before = reader.text[reader.pieces[number - 1].end : piece.start] if number else ""
    return any(mark in before for mark in _DASHES)
