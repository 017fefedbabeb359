"""Russian words that say another thing together than alone: how long ago the last one was, veterans, whose birthdays they are."""

from __future__ import annotations

from nl2sql.semantics.facts import PEOPLE
from nl2sql.semantics.pieces import Line, Piece

_DATE = frozenset({"дата", "дату", "даты", "датой", "датами"})
_HAVE_PASSED = frozenset({"прошло", "прошел", "прошёл", "прошла", "минуло", "миновало"})
_STUDIED = ("обучени", "учёб", "учеб")
_VETERANS = ("ветеран", "старожил")
_SAME_YEAR = frozenset({"в том же году", "в тот же год"})
_LONGEST = frozenset({"дольше всех", "дольше всего", "дольше остальных"})
_BIRTHDAYS = ("дни рождения", "дней рождения")
_OF_WHAT = frozenset({"где", "кого", "каких", "у кого"})


def read_russian(pieces: list[Piece], text: str) -> None:
    """Give such words the readings that they have together."""
    _read_date_of_contract(pieces)
    _read_elapsed(pieces)
    _read_veterans(pieces)
    line = Line(pieces, text)
    for number in range(len(pieces)):
        _read_small(line, number)


def _read_date_of_contract(pieces: list[Piece]) -> None:
    """У кого договор истекает в 2027 году и дата: when it does, and no date of those people."""
    spoken = False
    dated = False
    for piece in pieces:
        spoken |= piece.has("subject", "contract")
        dated |= spoken and piece.has("event", "start", "end") and not piece.has("date")
        if dated and piece.has("date", "any") and piece.text.lower() in _DATE:
            piece.readings = {"ask": ("when",), "date": ("any",)}


def _read_elapsed(pieces: list[Piece]) -> None:
    """У кого с последней учёбы прошло больше двух лет: whose last one was more than two years ago."""
    since = [n for n in range(1, len(pieces)) if _is_last_since(pieces, n)]
    passed = [n for n, piece in enumerate(pieces) if since and n > since[0] and _says_passed(piece)]
    units = [n for n in range(passed[0] + 2, len(pieces)) if _is_length(pieces, n)] if passed else []
    if not units:
        return
    verb, unit = pieces[passed[0]], pieces[units[0]]
    pieces[since[0] - 1].readings = {"filler": ("filler",)}
    verb.readings = {"subject": ("training",)} if verb.text.lower().startswith(_STUDIED) else {"filler": ("filler",)}
    pieces.insert(units[0] + 1, Piece("назад", unit.end, unit.end, {"time": ("ago",)}))


def _is_last_since(pieces: list[Piece], number: int) -> bool:
    return pieces[number].text.lower().startswith("последн") and pieces[number - 1].text.lower() in ("с", "со")


def _says_passed(piece: Piece) -> bool:
    return piece.text.lower().split()[-1] in _HAVE_PASSED


def _is_length(pieces: list[Piece], number: int) -> bool:
    return pieces[number].has("unit", "year", "month", "week", "day") and pieces[number - 1].number is not None


def _read_veterans(pieces: list[Piece]) -> None:
    """Ветераны со стажем от 20 лет, ветераны, кто дольше всех: people, of whom it is told which ones are meant."""
    for number, piece in enumerate(pieces):
        told = any(one.has("column", "tenure") for one in pieces[number + 1 : number + 3])
        told |= any(one.has("rank", "max:tenure") for one in pieces[number + 1 :])
        if piece.text.lower().startswith(_VETERANS) and told:
            piece.readings = {"subject": (PEOPLE,)}


def _read_small(line: Line, number: int) -> None:
    """Words that say what was said before once more, or that something is told of each of the groups."""
    piece = line.pieces[number]
    said = piece.text.lower()
    if piece.has("ask", "which", "who") and said in _OF_WHAT:
        _read_of_what(line, number)
    elif said in _SAME_YEAR and any(one.has("calendar") for one in line.pieces):
        piece.readings = {}  # в марте 2025 … и в том же году: not in that month
    elif piece.has("sequence", "asc:time") and any(one.has("rank", "max:tenure") for one in line.pieces):
        piece.readings = {"filler": ("filler",)}  # начиная с самого давнего: they are in that order anyway
    elif said in _LONGEST and (after := line.beside(number, 1)[1]) is not None and after.has("negation"):
        piece.readings = {}  # дольше всех не был в отпуске: no length of service
    elif said.startswith(_BIRTHDAYS) and piece.has("event", "birth") and _opens_question(line, number):
        piece.readings = {**piece.readings, "subject": (PEOPLE,)}  # дни рождения в апреле: whose they are


def _opens_question(line: Line, number: int) -> bool:
    """Whether nothing but a period or a word for a list stands before."""
    before = line.pieces[:number]
    return all(piece.is_filler or piece.has("ask", "list") or piece.has("calendar") for piece in before)


def _read_of_what(line: Line, number: int) -> None:
    """Штат по отделам: где сколько народу; расклад по должностям, кого сколько: of each of the groups that are named."""
    after = line.beside(number, 1)[1]
    grouped = any(
        piece.has("group") and (ahead := line.beside(place, 1)[1]) is not None and ahead.has("dim")
        for place, piece in enumerate(line.pieces[:number])
    )
    if grouped and after is not None and after.has("ask", "count"):
        line.pieces[number].readings = {"filler": ("filler",)}
