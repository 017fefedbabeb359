"""Which of several has more: who earns more, welders or electricians; do women earn more than men; in 2024 or in 2025.

Each of them is told with its figure, the highest first, which answers a yes or no as well. The word that compares becomes
the word that asks for the figure, so that the rest is an ordinary question about several values, each on its own.
Groups that differ so, and by how much, are `gaps`; people compared with a figure are `standards`.
"""

from __future__ import annotations

import re
from typing import Final

from nl2sql.semantics.facts import CONTRACT, LEAVE, PROJECT, QUALITIES, TRAINING
from nl2sql.semantics.forms import is_nominative
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.rivals import Rivals, find_rivals, is_said_of_all, tell_periods_apart

_PAIR: Final = 2
_SUMMED: Final = ("budget", "payroll", "days", "hours")
"""Columns that are added up, where no word says otherwise; of others the average is compared."""
_OF_WORDS: Final = ("salary", "age", "tenure", "budget")
"""What a comparing word itself may say."""
_OTHERS: Final = ("much", "list", "share", "difference", "ratio", "growth", "distribution", "howlong", "minus")
_PARTICLES: Final = frozenset({"mı", "mi", "mu", "mü"})
_ABLATIVES: Final = ("den", "dan", "ten", "tan")
_ATTRIBUTIVE: Final = "ki"
_WHICH: Final = "hangisi"
_THAN: Final = frozenset({"than", "чем"})
_BETWEEN: Final = frozenset({"between", "of", "which of", "из", "между"})
_ASKS: Final = re.compile(
    r"(?:do|does|did|is|are|was|were|has|have)\b(?! (?:you|any)\b)(?! (?:we have|there)\b(?! (?:more|fewer|less)\b))",
    re.IGNORECASE,
)
_PAYING: Final = re.compile(r"\b(?:we|are|it|they) pay|\bwe paying|ödü|ödeniyor|плат[ия]", re.IGNORECASE)
_ASKS_RU: Final = re.compile(r"\bли\b|\?\s*$", re.IGNORECASE)


def find_which_more(reader: Reader) -> None:
    """Read such a question as one for the figure of each."""
    sides = find_rivals(reader)
    word = None if sides is None else _word(reader, sides)
    if sides is None or word is None or not _is_plain(reader, sides, word) or not is_said_of_all(reader, sides, word):
        return
    either = _is_either(reader, sides, word)
    if not (either or _is_yes_or_no(reader, sides, word)):
        return
    readings = _figure(reader, sides, word)
    if readings is None and either and reader.pieces[word].is_used:  # or it would rank people
        raise NotUnderstoodError("which of several, but by what is not said")
    if readings is None:
        return
    piece = reader.pieces[word]
    piece.readings, piece.is_used = readings, False
    reader.quantities.ranks.clear()
    reader.use(*reader.open("ask", "who", "which", "when"), *reader.open("claim"), *reader.open("exist"))
    reader.use(*reader.open("conjunction", "or"), *reader.open("range", "between"), *reader.open("group"))
    if sides.attribute is not None:
        reader.wants_each = True
        dims = [n for n in _open_dims(reader) if reader.dim(reader.pieces[n]) == sides.attribute]
        reader.use(*(dims if readings.get("column") != ("duration",) else ()))
    else:
        reader.use(*reader.open("dim", "year", "month", "quarter"))
        tell_periods_apart(reader)


def _word(reader: Reader, sides: Rivals) -> int | None:
    """The one word that compares; дольше may be a ranking as well."""
    kinds = ("comparative", "compare_after") if reader.language == "tr" else ("comparative", "compare")
    ranked = [rank.position for rank in reader.quantities.ranks]
    found = [
        number
        for number, piece in enumerate(reader.pieces)
        if (piece.is_open or number in ranked) and any(map(piece.has, kinds)) and _key(piece)[0] in ("gt", "lt")
    ]
    if not found:
        return _superlative(reader, sides)
    return found[0] if len(found) == 1 else None


def _superlative(reader: Reader, sides: Rivals) -> int | None:
    """Who earns the most, welders, electricians or lawyers: these kinds of people, and not one of them."""
    ranks = reader.quantities.ranks
    plain = len(ranks) == 1 and ranks[0].place == 1 and ranks[0].count is None and sides.attribute in QUALITIES
    figure = plain and (ranks[0].attribute in _OF_WORDS or bool(reader.open("column")))
    return ranks[0].position if figure and _is_either(reader, sides, ranks[0].position) else None


def _open_dims(reader: Reader) -> list[int]:
    return [n for n, piece in enumerate(reader.pieces) if piece.is_open and reader.dim(piece) is not None]


def _key(piece: Piece) -> tuple[str, str | None]:
    """Which way a word compares, and what it is about if it says so itself."""
    kinds = ("comparative", "compare", "compare_after", "rank")
    said = next((key for kind in kinds if (key := piece.key(kind))), "")
    way, _, attribute = said.partition(":")
    return way, attribute or None


def _is_plain(reader: Reader, sides: Rivals, word: int) -> bool:
    """Whether nothing else is asked for, ranked or grouped."""
    own = (sides.attribute,) if sides.attribute is not None else ("year", "month", "quarter")
    groups = [n for n in reader.open("dim") if reader.dim(reader.pieces[n]) not in own]
    others = _OTHERS if sides.attribute is None else (*_OTHERS, "when")
    ranked = any(rank.position != word for rank in reader.quantities.ranks) or bool(reader.keys)
    grouped = [n for n in reader.open("group") if reader.beside(n, -1)[0] not in sides.positions]
    return not (ranked or groups or grouped or reader.open("ask", *others) or reader.open("negation"))


# -- how it is asked ---------------------------------------------------------------------------------------


def _is_either(reader: Reader, sides: Rivals, word: int) -> bool:
    """Welders or electricians; kaynakçılar mı elektrikçiler mi: none of them is what others are compared with."""
    between = reader.pieces[sides.first + 1 : sides.last]
    joined = any(piece.has("conjunction", "or") for piece in between)
    listed = any(piece.has("conjunction", "and") for piece in between)
    if reader.language == "tr":
        asked = any(piece.text.lower().startswith(_WHICH) for piece in reader.pieces[sides.last :])
        return joined or asked or all(_is_questioned(reader, place) for place in sides.positions)
    opening = reader.pieces[sides.first - 1].text.lower() if sides.first else ""
    among = opening in _BETWEEN and "," in reader.text[reader.pieces[sides.last].end : reader.pieces[word].start]
    joined |= among and listed
    asked = any(n < sides.first for n in reader.open("ask", "who", "which")) and sides.last < word
    if not joined or _says_than(reader, word) or (asked and not opening.startswith("which of")):
        return False
    return not (
        any(_is_asked_for(reader, n, sides) for n in reader.open("ask", "which")) or _is_after(reader, sides, word)
    )


def _is_questioned(reader: Reader, place: int) -> bool:
    """Hukukta mı, hukuk departmanında mı."""
    after = [piece for piece in reader.pieces[place + 1 : place + 3] if not (piece.is_used and piece.has("dim"))]
    return bool(after) and after[0].text.lower() in _PARTICLES


def _says_than(reader: Reader, word: int) -> bool:
    piece = reader.pieces[word]
    own = _THAN & set(piece.text.lower().replace(",", "").split())
    compared = reader.language == "en" and piece.has("compare")
    return compared or bool(own) or any(piece.text.lower() in _THAN for piece in reader.pieces[word:])


def _is_asked_for(reader: Reader, number: int, sides: Rivals) -> bool:
    """Which welders earn more: people are asked for, and not which of both."""
    place, after = reader.beside(number, 1)
    if after is None or place in sides.positions or reader.dim(after) == sides.attribute:
        return False
    return after.has("subject") or bool(after.values)


def _is_after(reader: Reader, sides: Rivals, word: int) -> bool:
    """Кто получает больше сварщиков или электриков: than those, which are in the genitive right after the word."""
    said = reader.text[reader.pieces[word].end : reader.pieces[sides.first].start]
    of_pay = bool(reader.open("column")) or _key(reader.pieces[word])[1] is not None
    direct = reader.language == "ru" and of_pay and not said.strip()
    return direct and not is_nominative(reader.pieces[sides.first].text.lower())


def _is_yes_or_no(reader: Reader, sides: Rivals, word: int) -> bool:
    """Do women earn more than men: one of two stands after the word, in Turkish in the ablative before it."""
    if len(sides.positions) != _PAIR or reader.open("ask", "who", "which", "when"):
        return False
    if reader.language == "tr":
        asks = any(piece.text.lower() in _PARTICLES for piece in reader.pieces[sides.last + 1 :])
        ablative = [_is_standard(reader, place) for place in sides.positions]
        done = any(reader.pieces[n].text.lower().endswith(("an", "en")) for n in reader.open("column"))
        return asks and sum(ablative) == 1 and sides.last < word and not done
    asks = (_ASKS.match(reader.text) if reader.language == "en" else _ASKS_RU.search(reader.text)) is not None
    related = reader.language == "ru" and any("котор" in piece.text.lower() for piece in reader.pieces)
    between = reader.pieces[sides.first + 1 : sides.last]
    apart = any(piece.text.lower() in _THAN for piece in between)  # more welders in Kazan than in Moscow
    return (asks or bool(reader.open("claim"))) and not related and (sides.first < word < sides.last or apart)


def _is_standard(reader: Reader, place: int) -> bool:
    """Erkeklerden, erkeklere göre, Kazan'daki kaynakçılardan."""
    piece, after = reader.pieces[place], reader.beside(place, 1)[1]
    if after is not None and after.has("group", "after"):
        return True
    own = piece.suffix or piece.text.lower()
    if own.endswith(_ATTRIBUTIVE) and any(value.piece is after for value in reader.values) and after is not None:
        own = after.text.lower()
    return own.endswith(_ABLATIVES)


# -- what is compared --------------------------------------------------------------------------------------


def _figure(reader: Reader, sides: Rivals, word: int) -> dict[str, tuple[str, ...]] | None:
    """What the comparing word asks for: an average or a total of a column, or how many there are."""
    attribute = _key(reader.pieces[word])[1]
    _read_paying(reader)
    columns = {key for n in reader.open("column") if n != word for key in reader.pieces[n].readings["column"][:1]}
    if attribute == "count" and not (columns or reader.open("agg")):
        return {"ask": ("count",)}
    if attribute == "tenure" and sides.attribute == PROJECT:
        return {"agg": ("sum",), "column": ("duration",)} if columns <= {"duration"} else None
    if attribute is not None or columns:
        return _function(reader, attribute, columns)
    of_leave = reader.open("subject", LEAVE) or any(one.attribute == "leave_type" for one in reader.values)
    if reader.open("agg") or of_leave:
        return None  # so many leaves, or so many days of them
    if reader.open("ask", "count"):
        return {"filler": ("filler",)}
    return {"ask": ("count",)} if _counts(reader, sides, word) else None


def _function(reader: Reader, attribute: str | None, columns: set[str]) -> dict[str, tuple[str, ...]] | None:
    """The function of a column, unless it is said; how many of the one earn less than the other is no question of two."""
    others = attribute is not None and (attribute not in _OF_WORDS or columns - {attribute})
    lengths = attribute == "tenure" and bool(reader.open("subject", LEAVE, TRAINING, CONTRACT))
    if others or lengths or reader.open("ask", "count"):
        return None
    function = "sum" if {attribute, *columns} & set(_SUMMED) else "avg"
    readings: dict[str, tuple[str, ...]] = {} if reader.open("agg") else {"agg": (function,)}
    if attribute is not None and not columns:
        readings["column"] = (attribute,)  # the word itself
    return readings or {"filler": ("filler",)}


def _read_paying(reader: Reader) -> None:
    """Do we pay welders more than electricians: each of them, and not all of them together."""
    for number in reader.open("column", "payroll"):
        if _PAYING.search(reader.pieces[number].text):
            reader.pieces[number].readings = {"column": ("salary",)}


def _counts(reader: Reader, sides: Rivals, word: int) -> bool:
    """Whether it is said who or what there is more of: more employees, more women, кого больше."""
    after = reader.beside(word, 1)[1]
    named = {value.position for value in reader.values if value.attribute in (*QUALITIES, "course")}
    beside = [reader.beside(word, step) for step in (1, -1)]
    noun = any(piece is not None and (piece.has("subject") or n in named) for n, piece in beside)
    people = sides.attribute in QUALITIES
    asked = bool(reader.open("ask", "who")) or reader.said("exist") or reader.said("work")
    return noun or (people and (asked or after is None))
