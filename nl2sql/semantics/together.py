"""Words that say another thing together than alone: read before anything else of a question is.

Those of one language alone are `together_en`, `together_ru` and `together_tr`.

How many in 2025 and how many in 2026 is one question of two periods; how many years *on average* is an age that other
words stand inside of; to whom there are more than 30 are people of that age.
"""

from __future__ import annotations

from nl2sql.language import Language
from nl2sql.semantics.facts import GROUPS, PEOPLE, PROJECT
from nl2sql.semantics.forms import is_nominative
from nl2sql.semantics.how_long import read_how_long
from nl2sql.semantics.pieces import Line, Piece
from nl2sql.semantics.spreads import read_spreads
from nl2sql.semantics.together_en import read_english
from nl2sql.semantics.together_ru import read_russian
from nl2sql.semantics.together_tr import read_turkish
from nl2sql.semantics.unsaid import read_one_unit, read_within

_ASKS = ("сколько", "how many", "how much")
_NUMBER = frozenset({"число", "числа", "количество", "количества", "численность", "численности", "number"})
_MONEY = ("budget", "payroll")
_NEAR = 2
_BY_HOW_MUCH = frozenset({"на сколько", "насколько"})
_LONGER = ("compare", "compare_after", "comparative", "versus")
_DIFFERS = ("отлич", "разн", "раньше", "позже", "дольше", "длиннее", "короче")
_ON_CONTRACTS = frozenset(
    {"договорам", "договору", "договорах", "договоре", "контрактам", "контракту", "контрактах", "контракте"}
)
_TO_WHOM = frozenset({"кого", "которым", "которому", "кому"})
_HIRED = ("кого наня",)
_OVER = ("кому за",)
_RANKS = ("min:age", "max:age", "min:tenure", "max:tenure", "min:salary", "max:salary")
_AGES = (14, 100)
_YEARS = frozenset({"лет"})
_WORKS = ("работа", "труд", "служ", "прорабо", "отрабо")
_ONES = frozenset({"один", "одна", "one", "bir"})
_KINDS = ("position", "gender", "level", "family")
_NEEDED = frozenset({"нужна", "нужен", "нужно", "нужны", "требуется"})
_RELATIVE = ("кто", "котор")


def read_together(pieces: list[Piece], text: str, language: Language) -> None:
    """Give such words the readings that they have together."""
    read_one_unit(pieces, language)
    read_spreads(pieces)
    read_how_long(pieces, language)
    read_within(pieces, language)
    line = Line(pieces, text)
    if language == "ru":
        read_russian(pieces, text)
    for number, piece in enumerate(pieces):
        _read_asked(line, number)
        if piece.has("date", "start", "end", "complete"):
            _read_date_of_project(line, number)
    _read_days(line)
    if language == "en":
        read_english(pieces, text)
    elif language == "tr":
        read_turkish(pieces, text)


def _read_asked(line: Line, number: int) -> None:
    """What a word asks for, or says of whom is asked."""
    piece = line.pieces[number]
    said = piece.text.lower()
    if said.startswith(_ASKS) and piece.has("ask", "count", "much"):
        _read_again(line, number)
        _read_much(line, number)
    elif piece.has("ask", "count") and said.split()[0] in _NUMBER:
        _read_number_again(line, number)
    elif said in _BY_HOW_MUCH:
        _read_length(line, number)
    elif said.split()[0] in _TO_WHOM:
        _read_whom(line, number)
    elif piece.has("agg", "avg"):
        _read_years(line, number)
        _read_one(line)
    elif said in _ON_CONTRACTS:
        _read_kind(line, number)
    elif piece.has("ask", "howlong"):
        _read_age(line, number)
    elif said in _NEEDED:
        _read_needed(line, number)


def _read_date_of_project(line: Line, number: int) -> None:
    """The completion date of Istanbul Airport: when it was completed."""
    piece, before = line.pieces[number], line.beside(number, -1)[1]
    place = line.beside(number, -1)[0]
    first = before is None or (before.has("ask", "what", "list", "when") and line.beside(place, -1)[1] is None)
    values = [attribute for one in line.pieces for attribute, _ in one.values if one is not piece]
    after = [one for one in line.pieces[number + 1 :] if not (one.is_filler or one.has("ask", "what", "list"))]
    if (first or not after) and values == [PROJECT] and not any(one.has("subject", PEOPLE) for one in line.pieces):
        piece.readings = {"ask": ("when",), "event": (piece.key("date") or "",)}


def _read_again(line: Line, number: int) -> None:
    """Сколько в 2025 году и сколько в 2026-м: nothing but another period or others, so each is asked for on its own."""
    joint, after = line.beside(number, -1)[1], _ahead(line, number)
    asked = [place for place, piece in enumerate(line.pieces[:number]) if piece.text.lower().startswith(_ASKS)]
    if not asked or after is None or joint is None or not joint.has("conjunction", "and"):
        return
    figure = any(piece.has("agg") or piece.has("column") for piece in line.pieces[asked[0] : number])
    placed = bool(after.values) and line.pieces[number + 1].has("time", "during")  # and how much in Turkey
    others = figure and (placed or is_nominative(after.text.split()[0].lower()))  # и сколько женщины, but: и … женщин
    if after.number is not None or after.has("calendar") or others:
        line.pieces[number].readings = {"ask": ("versus",)}


def _ahead(line: Line, number: int) -> Piece | None:
    """The next piece but for those that only say that a period follows."""
    place, piece = line.beside(number, 1)
    while piece is not None and piece.has("time", "during"):
        place, piece = line.beside(place, 1)
    return piece


def _read_much(line: Line, number: int) -> None:
    """Сколько в сумме составляют бюджеты: how much, and no number of what has them."""
    place, total = line.beside(number, 1)
    joint = line.pieces[number - 1] if number else None
    if total is None and joint is not None and joint.has("conjunction", "and"):
        _read_how_many_those(line, number)
        return
    who = any(piece.has("ask", "who", "list") for piece in line.pieces[:number])
    if who and joint is not None and joint.has("conjunction", "and") and _is_last_column(line, place):
        line.pieces[number].readings = {"filler": ("filler",)}  # кто они и сколько получают
        return
    near = line.pieces[place + 1 : place + 1 + _NEAR]
    if total is not None and total.has("agg", "sum") and any(piece.has("column", *_MONEY) for piece in near):
        line.pieces[number].readings = {"ask": ("much",)}


def _is_last_column(line: Line, place: int) -> bool:
    """Whether pay stands at the end, of which nothing more is said, and nothing was before."""
    told = [n for n, piece in enumerate(line.pieces) if piece.has("column", "salary")]
    return told == [place] and line.beside(place, 1)[1] is None


def _read_how_many_those(line: Line, number: int) -> None:
    """Кто получает меньше всех и сколько; which department has the most women, and how many: what they are ranked by."""
    ranks = [key for piece in line.pieces[:number] for key in piece.readings.get("rank", ())]
    amounts = any(piece.has("column") for piece in line.pieces[:number]) or any(":" in key for key in ranks)
    if amounts and ranks:
        line.pieces[number].readings = {"ask": ("much",)}
    elif ranks and any(piece.has("ask", "which") for piece in line.pieces[:number]):
        line.pieces[number].readings = {"filler": ("filler",)}
    elif not ranks and any(piece.has("ask", "who") for piece in line.pieces[:number]):
        _name_amount(line, number)


def _name_amount(line: Line, number: int) -> None:
    """Кто взял больше 30 дней отпуска и сколько: the days of each, which are not named again."""
    before = line.pieces[:number]
    said = {key for piece in before for key in piece.readings.get("column", ()) if key in ("days", "hours")}
    if len(said) == 1 and any(piece.has("compare") or piece.has("compare_after") for piece in before):
        line.pieces[number].readings = {"column": (said.pop(),)}


def _read_number_again(line: Line, number: int) -> None:
    """Число стажёров превышает число срочников: than the others, whose number is what is compared."""
    before = line.beside(number, -1)[1]
    asked = [piece for piece in line.pieces[:number] if piece.text.lower().split()[0] in _NUMBER]
    if len(asked) == 1 and before is not None and before.has("compare"):
        asked[0].readings = line.pieces[number].readings = {"filler": ("filler",)}


def _read_length(line: Line, number: int) -> None:
    """На сколько дней берут отпуск: how many, unless something is longer than something else."""
    after = line.beside(number, 1)[1]
    compares = any(
        any(piece.has(kind) for kind in _LONGER) or piece.text.lower().startswith(_DIFFERS) for piece in line.pieces
    )
    if after is not None and after.has("column", "days") and not compares:
        line.pieces[number].readings = {"ask": ("count",)}


def _read_years(line: Line, number: int) -> None:
    """Сколько в среднем лет сварщикам, сколько лет в среднем они работают."""
    before, after = line.beside(number, -1)[1], line.pieces[number + 1 : number + 2]
    if after and after[0].text.lower() == "kaç yıldır":  # ortalama kaç yıldır çalışıyor
        after[0].readings = {"column": ("tenure",)}
        return
    if before is None or not before.has("ask"):
        return
    if before.has("ask", "howlong"):
        years = before
    elif before.has("ask", "count") and after and after[0].text.lower() in _YEARS:
        years = after[0]
        before.readings = {"filler": ("filler",)}
    else:
        return
    years.readings = {"column": ("tenure" if _works(line, number) else "age",)}


def _read_one(line: Line) -> None:
    """Сколько курсов в среднем прошёл один сварщик: one is any of them, and no number."""
    for number, piece in enumerate(line.pieces):
        after = line.beside(number, 1)[1]
        of_people = after is not None and any(attribute in _KINDS for attribute, _ in after.values)
        of_people |= after is not None and not after.values and after.has("dim", *GROUPS)
        if piece.text.lower() in _ONES and of_people:
            piece.number, piece.readings = None, {"filler": ("filler",)}


def _read_days(line: Line) -> None:
    """Projelerin ortalama süresi kaç gün: the unit of how long they are, and no leave is counted."""
    of_projects = any(piece.has("subject", "project") for piece in line.pieces)
    long = any(piece.has("column", "duration") for piece in line.pieces)
    others = any(piece.has("subject", "leave", "people", "contract") for piece in line.pieces)
    for number, piece in enumerate(line.pieces):
        ahead, after = line.beside(number, 1)
        asks = piece.has("ask", "count") and not piece.text.lower().startswith(_ASKS)
        if asks and after is not None and after.has("unit", "day") and of_projects and long and not others:
            piece.readings = line.pieces[ahead].readings = {"filler": ("filler",)}


def _read_aged(line: Line, number: int) -> None:
    """Сотрудники, которым больше 30: it is their age, and no number of them."""
    near = line.pieces[number + 1 : number + 4]
    if len(near) < _NEAR or not near[0].has("compare") or near[1].number is None:
        return
    is_age = _AGES[0] <= near[1].number <= _AGES[1]
    if is_age and not any(piece.has("unit") and not piece.has("unit", "year") for piece in near[2:]):
        near[0].readings = {"compare": (f"{(near[0].key('compare') or '').partition(':')[0]}:age",)}


def _read_whom(line: Line, number: int) -> None:
    """Кого наняли is who was hired; кому за последний год повысили зарплату, and not those over so many years."""
    piece, after = line.pieces[number], line.beside(number, 1)[1]
    said = piece.text.lower()
    if said.startswith(_HIRED):
        asks = {"ask": ("who",)} if number == 0 else {}
        piece.readings = {"event": ("hire",), **asks}
    elif said in _OVER and after is not None and after.number is None:
        piece.readings = {"ask": ("who",)}
    else:
        _read_aged(line, number)


def _read_kind(line: Line, number: int) -> None:
    """По каким договорам работают: the kinds of them, and no single ones."""
    if number and line.pieces[number - 1].has("ask", "which") and any(piece.has("work") for piece in line.pieces):
        line.pieces[number].readings = {"dim": ("contract_type",)}


def _read_age(line: Line, number: int) -> None:
    """Сколько лет самому молодому, самому опытному: the age itself; кто самый молодой и сколько ему лет: shown beside."""
    ranked = any(piece.has("rank", *_RANKS) for piece in line.pieces) and not _works(line, number)
    asked = [place for place, piece in enumerate(line.pieces) if piece.has("ask", "who", "which", "list")]
    joint = line.pieces[number - 1] if number else None
    beside = joint is not None and (joint.has("conjunction", "and") or joint.has("ask", "list"))
    if ranked and (not asked or (beside and max(asked) < number)):
        line.pieces[number].readings = {"column": ("age",)}


def _read_needed(line: Line, number: int) -> None:
    """Кому ещё нужна пожарная безопасность: who has not done it."""
    after = line.beside(number, 1)[1]
    if number and after is not None and any(attribute == "course" for attribute, _ in after.values):
        line.pieces[number].readings = {"negation": ("without",)}


def _works(line: Line, number: int) -> bool:
    """Whether the years are those that people have worked, and not those of people who work somewhere."""
    for place in range(number + 1, len(line.pieces)):
        if line.pieces[place].text.lower().startswith(_WORKS):
            return not line.pieces[place - 1].text.lower().startswith(_RELATIVE)
    return False
