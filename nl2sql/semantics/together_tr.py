"""Turkish words that say another thing together than alone: read before anything else of a question is.

To take so many dollars is to earn them; Dubai ofisi is an office in Dubai, and no office job; a project, bir proje, is
not one of them in number.
"""

from __future__ import annotations

from nl2sql.semantics.pieces import Line

_TAKE = ("alıyor", "alır", "almakta", "alıyordu", "alıyorlar")
_MONEY = ("ne kadar", "kaç dolar", "kaç para", "ortalama ne", "ne")
_OTHERS_TAKEN = ("salary", "payroll", "raise", "days", "hours", "first_salary", "last_salary")
_OFFICE = ("ofisi", "bürosu")
_ASSIGNED = "görevli"
_AN = "bir"
_NOT_ONE = frozenset({"tek bir", "bir tane", "tek", "tek bir tane"})
_NEAR = 5
_AMOUNTS = ("unit", "compare", "compare_after", "time", "calendar", "multiplier", "range", "ordinal", "agg")


def read_turkish(line: Line) -> None:
    """Give such words the readings that they have together."""
    for number, piece in enumerate(line.pieces):
        said = piece.text.lower()
        if said.startswith(_TAKE):
            _read_earned(line, number)
        elif said.startswith(_OFFICE):
            _read_office_of(line, number)
        elif said.startswith(_ASSIGNED):
            piece.readings.pop("dim", None)
        elif said == _AN and piece.number is not None:
            _read_article(line, number)
        elif said in _NOT_ONE and piece.number is not None:
            _read_not_one(line, number)
        elif piece.has("ask", "howlong"):
            _read_worked(line, number)


def _read_earned(line: Line, number: int) -> None:
    """Ortalama kaç dolar alıyor: what is earned, unless it is said what else is taken."""
    asked = [piece for piece in line.pieces[:number] if piece.has("ask", "much", "difference") or piece.has("agg", "avg")]
    money = any(piece.text.lower().startswith((*_MONEY, "ortalama ne kadar")) for piece in asked)
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
    if after is None or (before is not None and before.has("compare")) or any(map(after.has, _AMOUNTS)):
        return
    if after.values or after.has("subject") or after.has("dim"):
        line.pieces[number].number, line.pieces[number].readings = None, {"filler": ("filler",)}


def _read_not_one(line: Line, number: int) -> None:
    """Tek bir avukatı bile yok: none at all."""
    near = line.pieces[number + 1 : number + 1 + _NEAR]
    if any(piece.has("negation") for piece in near):
        line.pieces[number].number, line.pieces[number].readings = None, {"filler": ("filler",)}


def _read_worked(line: Line, number: int) -> None:
    """Ortalama kaç yıldır çalışıyor: how long people have worked here."""
    before = line.beside(number, -1)[1]
    if line.pieces[number].text.lower().endswith("dır") and before is not None and before.has("agg", "avg"):
        line.pieces[number].readings = {"column": ("tenure",)}
