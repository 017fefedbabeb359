"""Turkish words that say another thing together than alone: read before anything else of a question is.

To take so many dollars is to earn them; Dubai ofisi is an office in Dubai, and no office job; a project, bir proje, is
not one of them in number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from nl2sql.semantics.pieces import Line, Piece
from nl2sql.semantics.quantities import ONLY
from nl2sql.semantics.together_tr_words import read_turkish_words

_Reading = Callable[[Line, int], None]
_PROJECT = ("proje",)
_TAKE = ("alıyor", "alır", "almakta", "alıyordu", "alıyorlar")
_AMOUNT, _NUMBER = "ne", "kaç"
_MONEY = ("ne kadar", "kaç dolar", "kaç para", _AMOUNT, _NUMBER)
_OTHERS_TAKEN = ("salary", "payroll", "raise", "days", "hours", "first_salary", "last_salary")
_OFFICE = ("ofisi", "bürosu")
_ASSIGNED = ("görevli",)
_AN = "bir"
_GONE = ("gitti", "giden")
_FROM = ("den", "dan", "ten", "tan")
_EACH = ("düş",)
"""Bir müdüre düşen: for each manager."""
_EVEN = ("bile", "dahi", "olsun")
_MEAN = "ortalama ne"
_RISEN = ("artan", "arttırılan")
_COSTS = ("mal ol",)
_TERMS, _EXPIRES = ("süresi", "süreleri"), "dol"
_DIFFERENT = ("farklı",)
_OWNED = re.compile(r"proje(nin|lerin|mizin|lerimizin) ")
_OF_PROJECTS = ("max:budget", "min:budget", "max:start", "min:start", "max:tenure", "min:tenure")
_NAMED = ("position", "department", "city", "country", "family", "level", "contract_type", "leave_type")
_LACKING, _ENDING = ("siz", "sız", "suz", "süz"), 3
_TRAININGS = ("eğitimler", "kurslar")
_LACKED = ("project", "leave", "training", "contract")
_NOT_ONE = frozenset({"tek bir", "bir tane", "tek", "tek bir tane"})
_NEAR = 5
_AMOUNTS = ("unit", "compare", "compare_after", "time", "calendar", "multiplier", "range", "ordinal", "agg")


def _read_earned(line: Line, number: int) -> None:
    """Ortalama kaç dolar alıyor: what is earned, unless it is said what else is taken."""
    asked = [
        piece for piece in line.pieces[:number] if piece.has("ask", "much", "difference") or piece.has("agg", "avg")
    ]
    money = any(piece.text.lower().startswith((*_MONEY, _MEAN)) for piece in asked)
    others = any(
        piece.has("column", *_OTHERS_TAKEN)
        or piece.has("subject", "leave", "training", "raise")
        or any(attribute in ("course", "leave_type") for attribute, _ in piece.values)
        for piece in line.pieces
    )
    if money and not others:
        line.pieces[number].readings = {"column": ("salary",)}


def _read_office_of(line: Line, number: int) -> None:
    """Dubai ofisi çalışanları: those who work there, whatever their jobs are."""
    piece, before = line.pieces[number], line.pieces[number - 1] if number else None
    if before is not None and any(attribute == "city" for attribute, _ in before.values) and piece.values:
        piece.values, piece.readings = (), {"subject": ("people",)}


def _read_article(line: Line, number: int) -> None:
    """Bir proje: a project; bir yıl, en az bir kurs are numbers."""
    before, after = line.beside(number, -1)[1], line.beside(number, 1)[1]
    even = line.pieces[number + 2].text.lower() if number + 2 < len(line.pieces) else ""
    only = number > 0 and line.pieces[number - 1].text.lower() in ONLY  # sadece bir kurs: one and no more
    if only or line.pieces[number].number is None:
        return
    if after is not None and after.has("unit", "times") and even in _EVEN:
        after.readings, after.number = {"filler": ("filler",)}, None  # bir kez bile … çıkmamış: never
    elif after is None or (before is not None and before.has("compare")) or any(map(after.has, _AMOUNTS)):
        return
    if any(piece.text.lower().startswith(_EACH) for piece in line.pieces[number + 1 : number + 1 + _NEAR]):
        return
    if after.is_filler or after.values or after.has("subject") or after.has("dim"):
        line.pieces[number].number, line.pieces[number].readings = None, {"filler": ("filler",)}


def _read_not_one(line: Line, number: int) -> None:
    """Tek bir avukatı bile yok: none at all."""
    near = line.pieces[number + 1 : number + 1 + _NEAR]
    denied = next((place for place, piece in enumerate(near) if piece.has("negation")), None)
    done = [piece for piece in near[:denied] if piece.has("event") or piece.has("work", "take")]
    if line.pieces[number].number is not None and denied is not None and not done:
        line.pieces[number].number, line.pieces[number].readings = None, {"filler": ("filler",)}


def _read_worked(line: Line, number: int) -> None:
    """Ortalama kaç yıldır çalışıyor: how long people have worked here."""
    before = line.beside(number, -1)[1]
    asked = line.pieces[number].has("ask", "howlong") and line.pieces[number].text.lower().endswith("dır")
    if asked and before is not None and before.has("agg", "avg"):
        line.pieces[number].readings = {"column": ("tenure",)}


def _read_gone(line: Line, number: int) -> None:
    """Hukuktan kaç kişi gitti: from where, and on no leave, is for good."""
    away = any(piece.has("subject", "leave", "training") for piece in line.pieces)
    places = [piece for piece in line.pieces[:number] if piece.values and (piece.suffix or piece.text).endswith(_FROM)]
    if (
        places
        and not away
        and not any(attribute == "leave_type" for piece in line.pieces for attribute, _ in piece.values)
    ):
        line.pieces[number].readings = {"event": ("left",)}


def _read_asked_again(line: Line, number: int) -> None:
    """Stajyerler ne kadar alıyor, kadrolular ne kadar; 2025'te kaç kişi: of the second nothing is said but who or when."""
    if not line.pieces[number].has("ask", "much", "count"):
        return
    counts = line.pieces[number].has("ask", "count")
    asked = [n for n, piece in enumerate(line.pieces[:number]) if _asks(piece, counts=counts)]
    between = line.pieces[asked[-1] + 1 : number] if asked else []
    last = line.pieces[number + 1 :]
    alone = all(piece.is_filler or piece.has("subject", "people") or _is_take(piece) for piece in last)
    if not alone or not any(piece.values or piece.number is not None for piece in between):
        return
    if counts or line.pieces[number].text.lower() in _MONEY:
        line.pieces[number].readings = {"ask": ("versus",)}


def _read_bare(line: Line, number: int) -> None:
    """Ortalama yaş Moskova'da kaç, İstanbul'da kaç: how much, with nothing after it that is counted."""
    after = line.pieces[number + 1] if number + 1 < len(line.pieces) else None
    gap = line.text[line.pieces[number].end : after.start] if after is not None else "?"
    means = any(piece.has("agg", "avg") for piece in line.pieces[:number])
    if means and any(mark in gap for mark in ",?;"):
        line.pieces[number].readings = {"ask": ("much",)}


def _asks(piece: Piece, *, counts: bool) -> bool:
    return piece.has("ask", "count" if counts else "much") or (not counts and piece.text.lower().startswith(_MEAN))


def _is_take(piece: Piece) -> bool:
    return piece.text.lower().startswith(_TAKE)


def _read_risen(line: Line, number: int) -> None:
    """Maaşı en az yüzde 25 artan çalışanlar: those who got such a raise."""
    pay = [piece for piece in line.pieces[max(number - _NEAR, 0) : number] if piece.has("column", "salary")]
    after = line.pieces[number + 1 : number + 1 + _NEAR]
    if pay and any(piece.has("subject", "people") for piece in after):
        line.pieces[number].readings = {"column": ("raise",)}


def _split_lacking(pieces: list[Piece]) -> None:
    """Projesiz çalışanlar: those without a project."""
    for number in reversed(range(len(pieces))):
        piece = pieces[number]
        lacks = piece.text.lower().endswith(_LACKING) and " " not in piece.text and piece.has("subject", *_LACKED)
        if lacks:
            denial = Piece(piece.text[-_ENDING:], piece.end - _ENDING, piece.end, readings={"negation": ("not",)})
            pieces.insert(number + 1, denial)
            piece.text, piece.end = piece.text[:-_ENDING], piece.end - _ENDING


def _read_owned(line: Line, number: int) -> None:
    """En pahalı projenin adı: projects are what is ranked, and their names are what is shown of them anyway."""
    before, piece = line.beside(number, -1)[1], line.pieces[number]
    owned = piece.has("dim", "project_name", "project_code") and _OWNED.match(piece.text.lower())
    if owned and before is not None and before.has("rank", *_OF_PROJECTS):
        line.pieces[number].readings = {"subject": ("project",)}


def _read_assigned(line: Line, number: int) -> None:
    """Projede görevli: at work on it, and no position."""
    line.pieces[number].readings.pop("dim", None)


def _read_costs(line: Line, number: int) -> None:
    """Maaş olarak kaça mal oluyor: what is paid in all."""
    if any(piece.has("column", "salary") for piece in line.pieces):
        line.pieces[number].readings = {"column": ("payroll",)}


def _read_term(line: Line, number: int) -> None:
    """Sözleşmenin süresi doluyor: it ends."""
    if any(piece.text.lower().startswith(_EXPIRES) for piece in line.pieces[number + 1 :]):
        line.pieces[number].readings = {"filler": ("filler",)}


def _read_different(line: Line, number: int) -> None:
    """Farklı unvanlar: different ones, and no difference."""
    line.pieces[number].readings.pop("ask", None)


def _read_amount(line: Line, number: int) -> None:
    """Ne alıyor: how much."""
    if number + 1 < len(line.pieces) and _is_take(line.pieces[number + 1]):
        line.pieces[number].readings = {"ask": ("much",)}


def _read_title(line: Line, number: int) -> None:
    """Pozisyonların adları: the positions themselves, and nobody's names."""
    if number and line.pieces[number].has("title") and line.pieces[number - 1].has("dim", *_NAMED):
        line.pieces[number].readings = {"ask": ("list",)}


def _read_which_trained(line: Line, number: int) -> None:
    """Hangi eğitimleri aldı: which trainings, and not that somebody had one."""
    before = line.pieces[number - 1] if number else None
    if before is not None and before.has("ask", "which") and line.pieces[number].has("event", "complete"):
        line.pieces[number].readings = {"subject": ("training",)}


_BEGINNINGS: Final[Mapping[tuple[str, ...], _Reading]] = {
    _TAKE: _read_earned,
    _OFFICE: _read_office_of,
    _ASSIGNED: _read_assigned,
    _GONE: _read_gone,
    _RISEN: _read_risen,
    _COSTS: _read_costs,
    _DIFFERENT: _read_different,
    _PROJECT: _read_owned,
    _TRAININGS: _read_which_trained,
}
_WORDS: Final[Mapping[str, _Reading]] = {
    _AN: _read_article,
    _AMOUNT: _read_amount,
    _NUMBER: _read_bare,
    **dict.fromkeys(_TERMS, _read_term),
    **dict.fromkeys(_NOT_ONE, _read_not_one),
}
_ALL: Final[Sequence[_Reading]] = (_read_worked, _read_title, _read_asked_again)


def read_turkish(pieces: list[Piece], text: str) -> None:
    """Give such words the readings that they have together."""
    read_turkish_words(pieces, text)
    _split_lacking(pieces)
    line = Line(pieces, text)
    for number, piece in enumerate(line.pieces):
        said = piece.text.lower()
        for beginnings, read in _BEGINNINGS.items():
            if said.startswith(beginnings):
                read(line, number)
        if said in _WORDS:
            _WORDS[said](line, number)
        for read in _ALL:
            read(line, number)
