"""Numbers of a question that something is compared with: "over 40", "between 30 and 40".

They are found by what stands beside a number; which column they are about is decided by `conditions`, which
knows the rest of the question. Periods are `periods`, rankings `ranks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from nl2sql.plan import Comparison
from nl2sql.semantics.band_width import width_of_bands
from nl2sql.semantics.moments import around, is_passing
from nl2sql.semantics.periods import find_periods
from nl2sql.semantics.pieces import Line, Piece
from nl2sql.semantics.ranks import Rank, find_ranks
from nl2sql.semantics.spans import Span
from nl2sql.semantics.windows import Window, find_windows

_OPERATORS: dict[str, Comparison] = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "="}
_PERCENT = ("percent", "per cent", "процент")
ONLY = frozenset({"only", "sadece", "yalnızca", "yalnız", "только", "лишь", "исключительно", "solely", "exclusively"})
_LOCATIVES = ("da", "de", "ta", "te")
_IN = ("in", "on", "в", "во", "на")
_JOINTS = ("and ", "и ", "or ", "или ")
_UNIT_KINDS = ("unit", "subject", "column", "dim")


@dataclass(frozen=True)
class Bound:
    """A number that something is compared with."""

    position: int
    operator: Comparison
    value: Decimal
    high: Decimal | None = None
    """The other end of a range, which belongs to it."""
    attribute: str | None = None
    """What the comparing word itself says: older is about age."""
    unit: str | None = None
    unit_piece: Piece | None = None
    follower: Piece | None = None
    """What comes after the number, if no unit does."""
    word: str = ""
    """The comparing word, folded."""


@dataclass
class Quantities:
    """All of a question."""

    spans: list[Span] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    ranks: list[Rank] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    width: int | None = None
    """Of bands."""


def find_quantities(pieces: Sequence[Piece], text: str) -> Quantities:
    """Find them, and mark what they were made of as used."""
    line = Line(pieces, text)
    windows = find_windows(pieces, text)
    spans = find_periods(line)
    width = width_of_bands(line)
    bounds = []
    for number, piece in enumerate(pieces):
        if piece.is_open and piece.has("part"):
            bounds += _part(line, number)
        elif piece.is_open and piece.number is not None:
            bound = _range(line, number) or _bound_after(line, number) or _bound_before(line, number)
            bounds += [bound] if bound is not None else []
    return Quantities(spans, bounds, find_ranks(line), windows, width)


def _part(line: Line, number: int) -> list[Bound]:
    """More than half of them: fifty per cent."""
    piece = line.pieces[number]
    piece.number = Decimal(piece.key("part") or 0)
    bound = _bound_after(line, number) or _bound_before(line, number)
    if bound is None:
        piece.number = None
        return []
    return [replace(bound, unit="percent", unit_piece=None)]


def _range(line: Line, number: int) -> Bound | None:
    """30 to 40, 30 ile 40 arasında, between 30 and 40, 30-40."""
    value, last, money = _scaled(line, number)
    before = line.beside(number, -1)[1]
    end = _range_end(line, last, before)
    if end is None:
        return None
    high, far, other_money = _scaled(line, end)
    if value == (line.pieces[number].number or 0) <= (line.pieces[end].number or 0) < high:
        value *= high / (line.pieces[end].number or 1)  # 2 to 3 thousand
    opened = before is not None and before.has("range", "between", "from")
    line.use(line.pieces[number], line.pieces[end], before if opened else None)
    place, unit = _unit_after(line, far)
    closing = line.beside(place, 1)[1]
    if closing is not None and closing.has("range", "between_after"):
        line.use(closing)
    return Bound(number, ">=", value, high, None, "usd" if money or other_money else None, unit)


def _bound_after(line: Line, number: int) -> Bound | None:
    """5 or more, 40 yaşından büyük, 3000 dolardan fazla: the comparing word comes last."""
    value, last, money = _scaled(line, number)
    before = line.beside(number, -1)[1]
    if before is not None and before.is_open and before.has("compare"):
        return None  # more than 5 years: a word before it decides
    place, unit = _unit_after(line, last)
    followers = [(line.beside(last, 1)[1], None), (line.beside(place, 1)[1] if unit is not None else None, unit)]
    for candidate, said in followers:
        if (
            candidate is not None
            and candidate.is_open
            and candidate.has("compare_after")
            and not _begins(line, candidate)
        ):
            line.use(line.pieces[number], candidate)
            key = candidate.key("compare_after") or ""
            is_bare = said is None and not money and ":" not in key and (before is None or not before.has("column"))
            counted = _counted_after(line, candidate) if is_bare else said
            follower = _after(line, candidate) if said is None else None
            found = _bound(number, key, value, "usd" if money else None, counted)
            found = replace(found, follower=follower, word=candidate.text.lower())
            piece = line.pieces[number]
            percent, sign = _percent(line, number), line.text[max(piece.start - 2, 0) : piece.end + 2]
            if percent is not None or "%" in sign:
                line.use(percent)
                return replace(found, unit="percent", unit_piece=None)
            return found
    return None


def _after(line: Line, candidate: Piece) -> Piece | None:
    """What comes after a word: ten or more women."""
    place = next(number for number, piece in enumerate(line.pieces) if piece is candidate)
    return line.beside(place, 1)[1]


def _counted_after(line: Line, candidate: Piece) -> Piece | None:
    """What is counted after the comparing word: 30'dan fazla çalışan."""
    place = next(number for number, piece in enumerate(line.pieces) if piece is candidate)
    counted = _unit_after(line, place)[1]
    if counted is None:
        return None
    within = counted.has("dim") and counted.text.lower().endswith(_LOCATIVES)  # beşten fazla şehirde
    return counted if within or counted.has("subject") or counted.has("unit") else None


def _bound_before(line: Line, number: int) -> Bound | None:
    """More than 5, at least 5, 40+."""
    value, last, money = _scaled(line, number)
    piece, (place, before) = line.pieces[number], line.beside(number, -1)
    percent = _percent(line, number)
    if before is not None and is_passing(before):
        place, before = around(line, number, -1)  # менее чем за 700 дней
        before = before if before is not None and before.has("compare", "lt", "le", "gt", "ge") else None
    if percent is not None and before is percent:
        before = line.beside(place, -1)[1]
    key = None
    if before is not None and before.is_open:
        key = before.key("compare") or ("lt" if before.has("range", "to") else None) or _joined(line, before)
    if key is not None:
        line.use(before)
    elif line.text[piece.end : piece.end + 1] == "+":
        key = "ge"
    elif _is_only(line, number):
        key = "eq"
    if key is None:
        return None
    line.use(piece)
    unit = _unit_after(line, last)[1]
    if key.endswith(":age") and unit is not None and unit.has("column") and not unit.has("column", "age"):
        unit = None  # старше 50 получают
    bound = _bound(number, key, value, "usd" if money else None, unit)
    if percent is not None or "%" in line.text[max(piece.start - 1, 0) : piece.end + 2]:
        line.use(percent)
        bound = replace(bound, unit="percent", unit_piece=None)
    word = before.text.lower() if before is not None else ""
    word = next((word.removeprefix(joint) for joint in _JOINTS if word.startswith(joint)), word)
    return replace(bound, follower=line.beside(last, 1)[1], word=word)


def _is_only(line: Line, number: int) -> bool:
    """Only one course, sadece iki kurs: so many and no more."""
    unit = _unit_after(line, number)[1]
    place = number - 1
    while place > 0 and line.pieces[place].text.lower() in _IN:
        place -= 1
    behind = line.pieces[place].text.lower() if number else ""
    return behind in ONLY and unit is not None and (unit.has("subject") or unit.has("dim"))


def _joined(line: Line, before: Piece) -> str | None:
    """And more than five men: a word that would be of the number before, if no other came after it."""
    strict = {"ge": "gt", "le": "lt"}
    key, _, attribute = (before.key("compare_after") or "").partition(":")
    found = strict.get(key) if _begins(line, before) else None
    return f"{found}:{attribute}" if found and attribute else found


def _begins(line: Line, candidate: Piece) -> bool:
    """Whether "and more" tells of the number after it."""
    place = next(number for number, piece in enumerate(line.pieces) if piece is candidate)
    after = line.beside(place, 1)[1]
    return candidate.text.lower().startswith(_JOINTS) and after is not None and after.number is not None


def _percent(line: Line, number: int) -> Piece | None:
    """The word for per cent beside a number: yüzde 25, 30 процентов от."""
    before, after = line.beside(number, -1)[1], line.beside(number, 1)[1]
    if before is not None and before.text.lower() == "yüzde":
        return before
    said = after is not None and after.has("ask", "share") and after.text.lower().startswith(_PERCENT)
    return after if said else None


def _bound(number: int, key: str, value: Decimal, unit: str | None, unit_piece: Piece | None) -> Bound:
    operator, _, attribute = key.partition(":")
    return Bound(number, _OPERATORS[operator], value, None, attribute or None, unit, unit_piece)


def _scaled(line: Line, number: int) -> tuple[Decimal, int, bool]:
    """A number times its multiplier, the last piece of it, and whether it is money."""
    piece = line.pieces[number]
    value, last = piece.number or Decimal(0), number
    money = line.text[max(piece.start - 2, 0) : piece.start].strip()[-1:] == "$"
    money |= line.text[piece.end : piece.end + 2].strip()[:1] == "$"
    ahead, after = line.beside(number, 1)
    if after is not None and after.has("multiplier"):
        value *= Decimal(after.key("multiplier") or 1)
        line.use(after)
        last = ahead
    return value, last, money


def _unit_after(line: Line, last: int) -> tuple[int, Piece | None]:
    """What a number counts, right after it."""
    ahead, after = line.beside(last, 1)
    then = after is not None and after.has("column", "first_salary")  # over 40 when they were hired
    if after is None or then or not after.is_open or after.values or not any(after.has(kind) for kind in _UNIT_KINDS):
        return last, None
    only_column = not any(after.has(kind) for kind in ("unit", "subject", "dim"))
    return (last, None) if only_column and ahead > last + 1 else (ahead, after)  # over 60 are still working here


def _range_end(line: Line, last: int, before: Piece | None) -> int | None:
    """The number that a range ends with, if one begins with this number."""
    place, _ = _unit_after(line, last)
    for start in (last, place):
        ahead, joint = line.beside(start, 1)
        if line.is_dashed(start) and joint is not None and joint.number is not None:
            return ahead
        if joint is None or not (joint.has("conjunction", "and") or joint.has("range", "to")):
            continue
        second, other = line.beside(ahead, 1)
        if other is None or other.number is None or other.is_used:
            continue
        opened = before is not None and before.has("range", "between", "from")
        follow, after = line.beside(second, 1)
        if after is not None and after.has("multiplier"):
            follow, after = line.beside(follow, 1)
        _, later = line.beside(follow, 1)
        closed = any(one is not None and one.has("range", "between_after") for one in (after, later))
        if opened or closed or joint.has("range", "to"):
            line.use(joint)
            return second
    return None


def whole(value: Decimal) -> int | Decimal:
    """A number without needless decimals."""
    return int(value) if value == value.to_integral_value() else value


def is_money(bound: Bound) -> bool:
    """Whether a number is of dollars."""
    return bound.unit == "usd" or (bound.unit_piece is not None and bound.unit_piece.has("unit", "usd"))
