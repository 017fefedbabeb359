"""What Turkish says in other words: budgets set apart, six and below, the same year, what is before a named one.

These are rules of `together_tr`, which applies them before its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, TRAINING
from nl2sql.semantics.pieces import Line, Piece
from nl2sql.semantics.years import is_year

_LEAST: Final = {"en az": "ge", "en fazla": "le", "en çok": "le"}
_SIX: Final = "altı"
_PRESENT: Final = ("mevcut", "şimdiki", "şu anki", "bugünkü")
_KINDS: Final = ("position", "family", "level", "gender")
_ALLOCATED: Final = ("ayrıl",)
_YEARS: Final = ("yıl", "sene", "yılda", "senede", "yıl içinde", "sene içinde", "yılın", "senenin")
_HIRED: Final = re.compile(r"(?:l[ae]r|m[ıi]z|n)[ıi]n$")
_CONTRACT: Final = ("sözleşmesi", "kontratı")
_BEING: Final = ("olan", "bulunan", "olmayan", "bulunmayan")
_CHANGES: Final = ("değiş", "farklılaş", "seyre")
_HOW: Final = "nasıl"
_BUDGET: Final = ("bütçesi",)
_BEFORE: Final = ("bir önceki", "önceki")
_OFFICE: Final = ("ofis", "büro")
_DAY: Final = ("tarihte", "tarihlerde", "dönemde")
_HEADCOUNT: Final = ("mevcud", "mevcutlar")
_OF_ALL: Final = ("ların", "lerin")
_COMING: Final = re.compile(r"[ae]ca[ğk]|ece[ğk]")
_WITHIN: Final = frozenset({"içinde", "içerisinde", "zarfında"})
_NEAR: Final = 3
_WITHOUT: Final = ("madan", "meden")
_EARLIER: Final = "önce"
_THAT: Final = ("o", "aynı")


def _split_least(pieces: list[Piece]) -> None:
    """Kıdemi en az 15 yıl olanlar: at least so many, and nobody who has the least."""
    for number in reversed(range(len(pieces) - 1)):
        piece = pieces[number]
        told = next((word for word in _LEAST if piece.text.lower().endswith(f" {word}")), None)
        column = (piece.key("rank") or "").partition(":")[2]
        if told is None or not column or not piece.has("rank") or pieces[number + 1].number is None:
            continue
        start = piece.end - len(told)
        least = Piece(piece.text[-len(told) :], start, piece.end, readings={"compare": (_LEAST[told],)})
        pieces.insert(number + 1, least)
        piece.text, piece.end = piece.text[: -len(told)].rstrip(), start - 1
        piece.readings = {"ask": ("count_after",)} if column == "count" else {"column": (column,)}


def _read_six(line: Line, number: int) -> None:
    """Önümüzdeki altı ay: a number, unless one stands before it that something is below."""
    before = line.beside(number, -1)[1]
    below = before is not None and (before.number is not None or before.has("unit") or before.has("multiplier"))
    if not below:
        line.pieces[number].readings, line.pieces[number].number = {"number": ("6",)}, Decimal(6)


def _read_present(line: Line, number: int) -> None:
    """Mevcut elektrikçiler: those who work here now, and no number of them."""
    after = line.pieces[number + 1] if number + 1 < len(line.pieces) else None
    if after is not None and any(attribute in _KINDS for attribute, _ in after.values):
        line.pieces[number].readings = {"current": ("current",), "filler": ("filler",)}
    elif after is not None and (after.has("subject") or after.has("dim")):
        line.pieces[number].readings.pop("ask", None)


def _read_allocated(line: Line, number: int) -> None:
    """Bütçe ayrıldı, eğitime kaç saat ayrılmış: what was set apart, and nobody who left."""
    piece, before = line.pieces[number], line.pieces[:number]
    if before and piece.has("event", "left") and _is_leave(before[-1]):
        people = {"subject": (PEOPLE,)} if " " in piece.text else {}  # iznine ayrılan çalışan
        piece.readings = {"work": ("take",), **people}
    if not piece.has("event", "left") or any(one.has("subject", PEOPLE) for one in before):
        return
    trained = any(one.has("subject", TRAINING) or any(key == "course" for key, _ in one.values) for one in line.pieces)
    if any(one.has("column", "budget") for one in line.pieces[max(number - 1, 0) : number]):
        piece.readings = {"filler": ("filler",)}
    elif trained and any(one.has("column", "hours") for one in before):
        piece.readings = {"work": ("take",)}


def _is_leave(piece: Piece) -> bool:
    """Ebeveyn iznine, izne."""
    return piece.has("subject", LEAVE) or any(attribute == "leave_type" for attribute, _ in piece.values)


def _read_that_day(line: Line, number: int) -> None:
    """O tarihte: on a day that is not said."""
    if number and line.pieces[number - 1].text.lower() in _THAT:
        line.pieces[number].readings = {}


def _read_headcount(line: Line, number: int) -> None:
    """Departmanların mevcudu: how many people each of them has."""
    piece, before = line.pieces[number], line.pieces[number - 1] if number else None
    if not piece.has("ask", "count_after"):
        return
    piece.readings = {"ask": ("count_after",), "subject": (PEOPLE,)}
    if before is not None and before.text.lower().endswith(_OF_ALL) and (key := before.key("dim")) is not None:
        before.readings = {"each": (key,)}


def _open_coming(pieces: list[Piece]) -> None:
    """Altı ay içinde bitecek: in the next six months."""
    for number in reversed(range(len(pieces) - 3)):
        piece, unit, within = pieces[number : number + 3]
        counted = piece.number is not None and unit.has("unit", "day", "week", "month", "year")
        before = pieces[number - 1] if number else None
        told = before is not None and (before.has("time") or before.has("calendar") or before.number is not None)
        coming = any(one.has("event") and _COMING.search(one.text) for one in pieces[number + 3 : number + 3 + _NEAR])
        if counted and coming and not told and within.text.lower() in _WITHIN:
            pieces.insert(number, Piece(within.text, piece.start, piece.start, readings={"time": ("next",)}))


def _read_same_year(line: Line, number: int) -> None:
    """O yıl, aynı yıl: the year that was named before."""
    told = line.pieces[number - 1].text.lower() if number else ""
    named = [n for n in range(number - 1) if is_year(line, n)]
    if told in _THAT and len({line.pieces[n].number for n in named}) == 1:
        _set_year(line.pieces[number], line.pieces[named[0]].number or Decimal(0))
        line.pieces[number - 1].readings = {"filler": ("filler",)}


def _read_hired(line: Line, number: int) -> None:
    """İşe aldıklarımızın yüzde kaçı ayrılmış: everybody who was ever hired, if no period is told."""
    gone = any(piece.has("event", "left") for piece in line.pieces[number + 1 :])
    dated = any(piece.number is not None or piece.has("calendar") or piece.has("relative") for piece in line.pieces)
    if gone and not dated and not any(piece.has("time", "this", "last", "next") for piece in line.pieces):
        line.pieces[number].readings = {"subject": (PEOPLE,)}


def _read_kind_of_contract(line: Line, number: int) -> None:
    """Sözleşmesi süresiz olanların oranı: what kind of contract people have, and no contracts."""
    named, after = line.pieces[number + 1 : number + 2], line.pieces[number + 2 : number + 3]
    kind = bool(named) and line.pieces[number].has("subject", CONTRACT)
    kind &= any(attribute == "contract_type" for piece in named for attribute, _ in piece.values)
    if kind and after and after[0].text.lower().startswith(_BEING):
        line.pieces[number].readings = {"filler": ("filler",)}


def _read_budget_of_pay(line: Line, number: int) -> None:
    """Maaş bütçesi en yüksek: the most that is paid, and no budget of a project."""
    piece, before = line.pieces[number], line.pieces[number - 1 : number]
    ranked = piece.has("rank", "max:budget", "min:budget")
    if ranked and before and before[0].has("column", "salary"):
        before[0].readings = {"column": ("payroll",)}
        piece.readings = {"rank": ((piece.key("rank") or "").partition(":")[0],)}


def _read_no_office(line: Line, number: int) -> None:
    """Projemiz var ama ofisimiz yok: no office, of which nothing is known."""
    after = line.pieces[number + 1 : number + 2]
    if line.pieces[number].is_filler and after and after[0].has("negation"):
        line.pieces[number].readings = {}


def _read_changes(line: Line, number: int) -> None:
    """İşe alımlar yıllara göre nasıl değişmiş: figures of each period, unless two periods are named."""
    how = number > 0 and line.pieces[number - 1].text.lower() == _HOW
    each = how and any(piece.has("each") or piece.has("group") for piece in line.pieces)
    if each and not any(is_year(line, n) for n in range(len(line.pieces))):
        line.pieces[number].readings = {"filler": ("filler",)}


def _read_year_before(line: Line, number: int) -> None:
    """2025'te bir önceki yıla göre: the year before the one that is named, and not before today."""
    named = {piece.number for n, piece in enumerate(line.pieces) if n != number and is_year(line, n)}
    is_named = line.pieces[number].has("relative", "year:-1")
    if is_named and len(named) == 1 and (year := named.pop()) is not None:
        _set_year(line.pieces[number], year - 1)


def _set_year(piece: Piece, year: Decimal) -> None:
    """Take a piece for a year as if it were written in figures."""
    piece.readings, piece.number, piece.text = {}, year, str(year)


_BEGINNINGS: Final[Mapping[tuple[str, ...], Callable[[Line, int], None]]] = {
    _ALLOCATED: _read_allocated,
    _BEFORE: _read_year_before,
    _BUDGET: _read_budget_of_pay,
    _CONTRACT: _read_kind_of_contract,
    _CHANGES: _read_changes,
    _OFFICE: _read_no_office,
    _DAY: _read_that_day,
    _HEADCOUNT: _read_headcount,
}


def read_turkish_words(pieces: list[Piece], text: str) -> None:
    """Give such words the readings that they have together."""
    _split_least(pieces)
    line = Line(pieces, text)
    for number, piece in enumerate(pieces):
        said = piece.text.lower()
        for beginnings, read in _BEGINNINGS.items():
            if said.startswith(beginnings):
                read(line, number)
        if said.endswith(_WITHOUT) and number + 1 < len(pieces) and pieces[number + 1].text.lower() == _EARLIER:
            piece.readings.pop("negation", None)  # tamamlamadan önce: before they did, and not that they never did
        if said == _SIX:
            _read_six(line, number)
        elif said in _PRESENT:
            _read_present(line, number)
        elif said in _YEARS:
            _read_same_year(line, number)
        elif piece.has("event", "hire") and _HIRED.search(said):
            _read_hired(line, number)
    _open_coming(pieces)
