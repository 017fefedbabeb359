"""Times that are counted from the day when people were hired: within six months of joining, in their first year.

They are read from the text as it stands: numbers and halves of years in them are none of the calendar's. What they
are conditions on is `clauses`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nl2sql.plan import Compare, Condition, Later, Ref
from nl2sql.semantics.pieces import Piece

_ENGLISH = re.compile(
    r"\b(?:within|(?:in|during|over) (?:the |their |his |her )?first)"
    r" (?:the |their |his |her )?(?:first )?(?:(?P<n>\w+)[ -])?(?P<unit>day|week|month|quarter|year)s?"
    r" (?:of|after|from|following|since|with|at) (?:(?:the|their|his|her|they|being|getting|having|were|was|got|been|date|day|of) )*"
    r"(?:hire date|hir(?:e|ed|ing)|joining|joined|recruitment|employment|starting(?: work)?|start date|started(?: work)?|us|the company|taken on)\b"
    r"(?: the company| us| work)?",
    re.IGNORECASE,
)
_TURKISH = re.compile(
    r"\b(?:işe (?:gir|başla|alın|alım)|şirkete katıl|bize katıl)\w*(?: tarih\w+)?"
    r"(?: (?:sonra|sonraki|itibaren|takip eden|izleyen))?(?P<first> ilk)?(?: (?P<n>\w+))? (?P<unit>gün|hafta|ay|çeyrek|yıl|sene)"
    r"(?:(?P<in> içinde| içerisinde| zarfında)|[ıiuü]?n?d[ae])(?!\w)",
    re.IGNORECASE,
)
_RUSSIAN = re.compile(
    r"\b(?:в течение|за|в)(?P<first> перв\w+)?(?: сво\w+)?(?: (?P<n>\w+))??"
    r" (?P<unit>дн\w+|день|недел\w+|месяц\w*|квартал\w*|полгода|год\w*|лет)"
    r" (?:(?:после|с момента|со дня|с даты|от|с) (?:сво\w+ |их )?(?:при[её]ма|найма|трудоустройства|устройства|поступления|прихода|начала работы)|работы|службы)"
    r"(?: на (?:работу|службу|должность)| в (?:компанию|компании|фирме|фирму))?(?: у нас)?\b",
    re.IGNORECASE,
)
_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "a an one bir один одного одной",
            "two iki два двух две",
            "three üç три трёх трех",
            "four dört четыре четырёх четырех",
            "five beş пять пяти",
            "six altı шесть шести",
            "seven yedi семь семи",
            "eight sekiz восемь восьми",
            "nine dokuz девять девяти",
            "ten on десять десяти",
            "eleven onbir одиннадцать",
            "twelve oniki двенадцать двенадцати",
        ),
        1,
    )
    for word in words.split()
}
_MONTHS = {"month": 1, "ay": 1, "месяц": 1, "quarter": 3, "çeyrek": 3, "квартал": 3, "полгод": 6}
_YEARS = ("year", "yıl", "sene", "год", "лет")
_WEEKS = ("week", "hafta", "недел")


@dataclass(frozen=True)
class Window:
    """So long after being hired."""

    position: int
    """Its first piece."""
    months: int
    days: int

    def holds(self, date: Ref) -> list[Condition]:
        """The conditions that a date lies in it."""
        hired = Ref("employees", "hire_date")
        return [Compare(date, ">=", hired), Compare(date, "<=", Later(hired, self.months, self.days))]


def find_windows(pieces: Sequence[Piece], text: str) -> list[Window]:
    """Find them, and mark the pieces that they are made of as used."""
    found = []
    for pattern in (_ENGLISH, _TURKISH, _RUSSIAN):
        for match in pattern.finditer(text):
            length = _length(match)
            inside = [n for n, piece in enumerate(pieces) if match.start() <= piece.start < match.end()]
            if length is None or not inside or any(pieces[n].values for n in inside):
                continue
            for n in inside:
                pieces[n].is_used = True
            found.append(Window(inside[0], *length))
    return found


def _length(match: re.Match[str]) -> tuple[int, int] | None:
    """Months and days; a time without a number is one, if it is said to be the first."""
    groups = match.groupdict()
    said, unit = (groups["n"] or "").lower(), groups["unit"].lower()
    if "first" in groups and not (groups["first"] or groups.get("in") or match[0].lower().startswith("в течение")):
        return None
    number = int(said) if said.isdigit() else _WORDS.get(said) if said else 1
    if number is None:
        return None
    months = next((count for stem, count in _MONTHS.items() if unit.startswith(stem)), None)
    if unit.startswith(_YEARS):
        months = 12
    if months is not None:
        return number * months, 0
    return 0, number * (7 if unit.startswith(_WEEKS) else 1)
