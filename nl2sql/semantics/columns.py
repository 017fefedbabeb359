"""Lists of attributes that rows are asked for with: "…: name, city, hire date", "… with their budget and status".

A list stands at the end, after a word or a sign that opens it, or in front of what it belongs to. What its words
are is decided by `records`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from nl2sql.language import Language
from nl2sql.semantics.facts import PARTS, QUALITIES
from nl2sql.semantics.pieces import Line, Piece

_ITEMS = ("dim", "date", "column", "title", "asked")
_DATED = ("start", "end", "hire", "birth", "complete")
_SEPARATOR = re.compile(r"[,;/&+]|\b(?:and|ve|ile|и|а также|plus|as well as)\b", re.IGNORECASE)
_OPENERS = {
    "en": [
        "with",
        "along",
        "together",
        "the",
        "their",
        "its",
        "his",
        "her",
        "and",
        "showing",
        "including",
        "plus",
        "give",
        "show",
        "display",
        "me",
        "please",
        "as",
        "well",
        "also",
        "each",
        "s",
        "list",
        "only",
        "state",
        "include",
        "that",
    ],
    "ru": [
        "с",
        "со",
        "вместе",
        "и",
        "их",
        "его",
        "её",
        "а",
        "также",
        "включая",
        "указав",
        "указанием",
        "с",
        "укажи",
        "указать",
        "выведи",
        "покажи",
        "нужны",
        "для",
        "каждого",
        "каждой",
        "эту",
    ],
    "tr": ["ve", "ile", "birlikte", "ayrıca", "bir", "de"],
}
_MARKS = re.compile(r"[:;.?—–]|\s-\s")
_INSTRUMENTAL = ("le", "la")
_WITH_THEIR = ("larıyla", "leriyle")
_OF_THEIR = ("larının", "lerinin")
_PLURAL = ("lar", "ler")
_GENITIVE = ("ın", "in", "un", "ün")
_OWNED = ("people", "leave", "training", "contract", "project")
_POSSESSIVES = frozenset(("their", "its", "his", "her", "их", "его", "её"))
_BARE = ("sözleşme", "kontrat")
"""Turkish nouns that say whose an attribute is, right before it: sözleşme bitiş tarihi."""
_ADDED = re.compile(r"\s*,?\s*(?:along |together )?(?:with|including|showing|вместе|с|со|включая|указав)\b")
_EACH = ("each", "every", "каждого", "каждой")
_OF = {"en": re.compile(r"\b(?:of|for)\b", re.IGNORECASE), "ru": re.compile(r"")}


@dataclass(frozen=True)
class Listed:
    """Pieces that name attributes, in the order in which they stand, and those that say whose they are."""

    items: list[int] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    is_possessed: bool = False
    """Whether it is said to be theirs: "with their position"."""
    is_added: bool = False
    """Whether it is told beside rows: "with position"."""
    is_apart: bool = False
    """Whether a comma parts it from those rows."""


def find_columns(line: Line, language: Language, taken: Collection[int]) -> Listed:
    """The list at the end, else the one in front; pieces are not used yet."""
    return _trailing(line, language, taken) or _leading(line, language, taken) or Listed()


def find_exception(line: Line) -> list[int]:
    """With their city, leaving out Moscow: what closes the question after the list, and is no part of it."""
    last = len(line.pieces) - 1
    named = last > 0 and bool(line.pieces[last].values) and line.pieces[last].is_open
    return [last - 1, last] if named and line.pieces[last - 1].has("negation", "except") else []


def _trailing(line: Line, language: Language, taken: Collection[int]) -> Listed | None:
    number = len(line.pieces) - 1
    items: list[int] = []
    owners: list[int] = []
    while number >= 0:
        piece = line.pieces[number]
        said = [*owners, *items]
        if number in taken:
            pass
        elif not said and language != "tr" and _is_owner(piece) and _tells_whose(line, number):
            owners.append(number)
        elif _is_item(piece) and _continues(line, number, said) and not _is_head(line, language, number, said):
            items.append(number)
        elif _is_owner(piece) and not _is_head(line, language, number, said) and not _is_apart(line, number, said):
            owners.append(number)
        elif not (_is_joint(piece, language) or (not items and _closes(piece)) or (items and _is_asking(piece))):
            break
        number -= 1
    return _opened(line, language, items, owners, taken) if items else None


def _opened(
    line: Line, language: Language, items: list[int], owners: list[int], taken: Collection[int]
) -> Listed | None:
    """The list, if what stands before it says that one begins."""
    items.sort()
    whole = [
        n
        for n in range(min(*items, *owners, len(line.pieces)))
        if n not in taken and not _is_joint(line.pieces[n], language)
    ]
    if not whole and len(items) > 1 and (line.pieces[items[0]].has("subject") or line.pieces[items[0]].has("dim")):
        whole, items = [items[0]], items[1:]  # departments and codes
    if not whole and len(items) > 1 and " " in line.pieces[items[0]].text and language == "tr":
        return Listed(items, owners)  # projeleri bütçeleri ve …
    if not items or not whole:
        return None
    first = min(n for n in (*items, *owners) if n > whole[-1])
    if line.pieces[max(whole[-1] - 1, 0)].has("asked", "city") and line.pieces[whole[-1]].has("work"):
        return None  # в городе, где находится их проект: what the city is told by
    if _opens(line, language, whole[-1], first, items[-1]):
        gap = _gap(line, whole[-1], first).lower()
        possessed = bool(set(re.findall(r"\w+", gap)) & _POSSESSIVES)
        possessed |= language == "tr" and line.pieces[items[-1]].text.lower().endswith(_WITH_THEIR)
        added = _is_added(line, language, gap, items[-1])
        return Listed(items, owners, possessed, added, added and gap.lstrip().startswith(","))
    headed = len(items) > 1 and line.pieces[items[0]].has("subject")
    return Listed(items[1:], owners) if headed else None  # active projects and start dates


def _is_added(line: Line, language: Language, gap: str, last: int) -> bool:
    """Whether the list is what is told beside rows: "with position"."""
    if language != "tr":
        return _ADDED.match(gap) is not None
    together = line.text[line.pieces[last].end :].lower().lstrip().startswith("birlikte")
    return gap.strip() == "," and (together or line.pieces[last].text.lower().endswith(_INSTRUMENTAL))


def _tells_whose(line: Line, number: int) -> bool:
    """Name and city of the employee: what closes the list is no attribute."""
    place = number - 1
    while place >= 0 and line.pieces[place].text.lower() in ("of", "the", *_POSSESSIVES):
        place -= 1
    return place >= 0 and _is_item(line.pieces[place]) and not _SEPARATOR.search(_gap(line, place, number))


def _is_apart(line: Line, number: int, later: Collection[int]) -> bool:
    """Whether a comma parts what may say whose an attribute is from the attribute."""
    following = min((place for place in later if place > number), default=None)
    return following is not None and bool(_SEPARATOR.search(_gap(line, number, following)))


def _is_head(  # noqa: PLR0911
    line: Line, language: Language, number: int, later: Collection[int]
) -> bool:
    """Whether what stands before the list is what it is of, and not one of its words nor whose they are."""
    piece = line.pieces[number]
    if not piece.has("subject") and not piece.has("dim"):
        return False
    following = min((place for place in later if place > number), default=None)
    if following is None:
        return piece.has("subject") and language == "tr"
    gap = _gap(line, number, following)
    possessed = bool(_POSSESSIVES & set(re.findall(r"\w+", gap.lower())))
    if possessed or _MARKS.search(gap):
        return True
    if language == "tr" and _is_headed(line, number, gap, max(later)):
        return True
    if not piece.has("subject") or _SEPARATOR.search(gap):
        return False
    if language == "tr":
        if piece.text.lower() in _BARE or piece.text.lower().endswith(_OF_THEIR):
            return False
        behind = line.beside(number, -1)[1]
        return behind is None or not (behind.has("subject") and not behind.values)
    return _opens(line, language, number, following) and not _before(line, language, number)


def _is_headed(line: Line, number: int, gap: str, last: int) -> bool:
    """İzin kullanan çalışanlar, departmanlarıyla: those whose attributes come after the comma, or after "ve"."""
    said = line.pieces[number].text.lower()
    begins = number > 0 and not _SEPARATOR.search(_gap(line, number - 1, number))
    joined = gap.strip() == "ve" and line.pieces[number].has("subject", "people")
    return said.endswith(_PLURAL) and begins and (joined or _is_added(line, "tr", gap, last))


def _before(line: Line, language: Language, number: int) -> bool:
    """Whether what says whose an attribute is stands inside of the list: with the employee's name."""
    boundary = number - 1
    while boundary >= 0 and _is_joint(line.pieces[boundary], language):
        boundary -= 1
    return boundary >= 0 and _opens(line, language, boundary, number)


def _continues(line: Line, number: int, later: Collection[int]) -> bool:
    """Whether an item is followed by another one of the list."""
    following = min((place for place in later if place > number), default=None)
    if following is None:
        return True
    gap = _gap(line, number, following)
    if following == max(later) and _is_owner(line.pieces[following]) and not _SEPARATOR.search(gap):
        return set(gap.lower().split()) <= {"of", "the", "each", *_POSSESSIVES}
    opened = bool({"with", "с", "со"} & set(re.findall(r"\w+", gap.lower())))
    return bool(_SEPARATOR.search(gap)) and not opened and not re.search(r"[:—–]", gap)


def _opens(line: Line, language: Language, boundary: int, first: int, last: int | None = None) -> bool:
    """Whether what stands between says that a list begins."""
    gap = _gap(line, boundary, first)
    words = re.findall(r"\w+", gap.lower())
    if _MARKS.search(gap):
        return True
    if any(word not in _OPENERS[language] for word in words):
        return False
    if "," in gap:
        return True
    if language != "tr":
        return bool(words)
    said = line.pieces[boundary]
    closing = line.pieces[last if last is not None else first].text.lower()
    after = line.text[line.pieces[last if last is not None else first].end :].lower()
    return (
        bool(words)
        or closing.endswith(_INSTRUMENTAL)
        or after.lstrip().startswith(("ile", "birlikte"))
        or (said.suffix or said.text.lower()).endswith(_GENITIVE)
    )


def _leading(line: Line, language: Language, taken: Collection[int]) -> Listed | None:
    """Names and hire dates of lawyers."""
    if language == "tr":
        return None
    number, items = 0, list[int]()
    while number < len(line.pieces):
        piece = line.pieces[number]
        if number in taken or _is_joint(piece, language) or (piece.has("ask", "list") and not _is_item(piece)):
            number += 1
        elif (
            _is_item(piece)
            and not piece.has("subject")
            and not (items and piece.has("asked"))  # города, где
            and (not items or _SEPARATOR.search(_gap(line, items[-1], number)))
        ):
            items.append(number)
            number += 1
        else:
            break
    while number < len(line.pieces) and _says_of(line.pieces[number]):
        number += 1
    if not items or number >= len(line.pieces):
        return None
    gap = line.text[line.pieces[items[-1]].end : line.pieces[number].start]
    several = len(items) > 1 or _is_of_people(line, items[0], number)
    return Listed(items) if _OF[language].search(gap) and not _SEPARATOR.search(gap) and several else None


def _says_of(piece: Piece) -> bool:
    """Of, of each, каждого."""
    return piece.is_open and (_OF["en"].match(piece.text) is not None or piece.text.lower() in _EACH)


def _is_of_people(line: Line, item: int, number: int) -> bool:
    """Salaries of welders, the age of each lawyer."""
    owner = line.pieces[number]
    people = owner.has("subject", "people") or (bool(owner.values) and owner.values[0][0] in QUALITIES)
    return people and line.pieces[item].has("column", "salary", "first_salary", "age", "tenure")


def _gap(line: Line, first: int, last: int) -> str:
    """What stands between two pieces, without what an order is made of."""
    parts, start = [], line.pieces[first].end
    for piece in line.pieces[first + 1 : last]:
        if piece.is_used:
            parts.append(line.text[start : piece.start])
            start = piece.end
    return " ".join((*parts, line.text[start : line.pieces[last].start]))


def _is_item(piece: Piece) -> bool:
    if not piece.is_open or piece.number is not None or piece.values or piece.has("dim", *PARTS):
        return False
    if piece.has("subject") and piece.has("ask", "count"):
        return False  # their headcount
    if piece.has("ask", "much"):
        return True
    named = any(piece.has(kind) for kind in _ITEMS) or piece.has("event", *_DATED) or piece.has("ask", "when", "who")
    return not piece.has("agg") and (named or piece.has("named") or piece.has("subject", *_OWNED))


def _is_owner(piece: Piece) -> bool:
    return piece.is_open and piece.has("subject", *_OWNED) and not piece.values and not piece.has("ask", "count")


def _is_joint(piece: Piece, language: Language) -> bool:
    """Words that only bind."""
    if not piece.is_open or piece.values:
        return False
    small = piece.text.lower() in _OPENERS[language] and piece.has("filler")
    return piece.is_filler or small or piece.has("conjunction", "and")


def _closes(piece: Piece) -> bool:
    """What may stand after a list: the verb, "of each"."""
    return piece.is_open and (piece.has("ask", "list") or piece.text.lower().split()[-1] in _EACH)


def _is_asking(piece: Piece) -> bool:
    """Which course, how many hours: the word before an attribute of a list."""
    return piece.is_open and piece.has("ask", "which", "what", "count") and piece.number is None
