"""Periods of a question: "since 2020", "from March 2021 to June 2022", "June, July or August", "the last five years".

Single periods are found by `moments`; here those that belong together are joined to ranges and lists, and words such
as "since" are taken in. Which date they are about is decided by `timing`, which knows the rest of the question.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from nl2sql.semantics.moments import Moment, around, is_passing, moment_at
from nl2sql.semantics.pieces import Line, Piece
from nl2sql.semantics.spans import Relation, Span, months_of, related
from nl2sql.semantics.years import day_of

_ABLATIVES = ("den", "dan", "ten", "tan")
_APART = ("versus", "difference", "ratio", "growth", "distribution")
"""Figures of each of several periods are asked for, not of all of them."""
_CONTRASTS = frozenset({"а", "но", "but", "ama", "fakat", "ancak"})
"""What is said after them is said of another period alone."""


@dataclass(frozen=True)
class _Found:
    """A period with the pieces that it is made of."""

    first: int
    last: int
    used: tuple[int, ...]
    span: Span
    moment: Moment | None = None
    """If it is a single one."""


def find_periods(line: Line) -> list[Span]:
    """Find them, and mark what they were made of as used."""
    # from one to the other is no range
    grows = any(piece.has("ask", "growth") for piece in line.pieces) or _differs(line)
    found = _related_all(line, _with_ranges(line, _moments(line), joins=not grows))
    apart = any(piece.has("ask", *_APART) or piece.has("both") for piece in line.pieces)
    listed = found if apart else _with_lists(line, found)
    for one in listed:
        line.use(*(line.pieces[number] for number in one.used))
        line.use(*(piece for number in (one.first - 1, one.last + 1) for piece in _passing(line, number)))
    return [one.span for one in listed]


def _differs(line: Line) -> bool:
    """The difference in leave days between 2025 and 2026: of nothing else but two periods."""
    if not any(piece.has("ask", "difference") for piece in line.pieces):
        return False
    if any(piece.has("rank") or piece.has("agg", "max", "min") for piece in line.pieces):
        return False
    named = Counter(attribute for piece in line.pieces for attribute in {key for key, _ in piece.values[:1]})
    return max(named.values(), default=0) < 2  # noqa: PLR2004


def _passing(line: Line, number: int) -> list[Piece]:
    inside = 0 <= number < len(line.pieces)
    return [line.pieces[number]] if inside and is_passing(line.pieces[number]) else []


def _moments(line: Line) -> list[Moment]:
    found: list[Moment] = []
    number = 0
    while number < len(line.pieces):
        moment = moment_at(line, number)
        if moment is not None:
            found.append(moment)
        number = number + 1 if moment is None else moment.last + 1
    return found


# -- ranges ----------------------------------------------------------------------------------------------


def _with_ranges(line: Line, moments: list[Moment], *, joins: bool) -> list[_Found]:
    found = []
    number = 0
    while number < len(moments):
        following = moments[number + 1] if number + 1 < len(moments) else None
        joined = _range_of_days(line, moments[number]) or (following and _range(line, moments[number], following))
        if joined and following and not joins and joined.last != moments[number].last:
            found += _ends(line, joined, moments, number)
            number += 2
            continue
        if joined:
            found.append(joined)
            number += 1 if joined.last == moments[number].last else 2
            continue
        moment = moments[number]
        span = _inherited(line, moments, number).span()
        if span is not None:
            found.append(_Found(moment.first, moment.last, moment.used, span, moment))
        number += 1
    return found


def _ends(line: Line, joined: _Found, moments: list[Moment], number: int) -> list[_Found]:
    """From 2023 to 2024, of what grew: both, each on its own."""
    spans = [(moments[place], _inherited(line, moments, place).span()) for place in (number, number + 1)]
    return [_Found(one.first, one.last, joined.used, span) for one, span in spans if span is not None]


def _inherited(line: Line, moments: list[Moment], number: int) -> Moment:
    """June and July 2024, June 2024 and July: a part of a year without one has that of its neighbour in a list."""
    moment = moments[number]
    if not moment.key or moment.key[0] == "w" or moment.year is not None or moment.relative is not None:
        return moment
    for step in (1, -1):
        place = number
        while 0 <= place + step < len(moments):
            one, other = sorted((moments[place], moments[place + step]), key=lambda each: each.first)
            place += step
            found = moments[place]
            if _listed(line, one.last, other.first) is None or not found.key:
                break
            if found.year is not None or found.relative is not None:
                return replace(moment, year=found.year, relative=found.relative)
    return moment


def _range(line: Line, first: Moment, second: Moment) -> _Found | None:
    """From January to March 2027, 2018–2020, between March 2021 and June 2022, 2018'den 2020'ye kadar."""
    place, opener = around(line, first.first, -1)
    after, closing = around(line, second.last, 1)
    joint, how = _joint(line, first, second, closing)
    opened = opener is not None and _opens(opener)
    closed = closing is not None and closing.has("range", "between_after")
    if how is None or (how == "and" and not (opened or closed)):
        return None
    low, high = _filled(first, second)
    span = _between(low, high)
    if span is None:
        return None
    used = [*first.used, *second.used, *joint, *([place] if opened else [])]
    if closed or how == "kadar":
        used.append(after)
    return _Found(place if opened else first.first, max(used), tuple(used), span)


def _opens(piece: Piece) -> bool:
    return piece.has("range", "between", "from") or piece.has("time", "since")


def _joint(line: Line, first: Moment, second: Moment, closing: Piece | None) -> tuple[list[int], str | None]:
    """The pieces between two periods of a range, and what joins them."""
    if line.is_dashed(first.last) and second.first == first.last + 1:
        return [], "dash"
    between = _between_pieces(line, first.last, second.first)
    if not between:
        until = closing is not None and closing.has("time", "until_after")
        piece = line.pieces[first.last]
        ends = (piece.suffix or piece.text.lower()).endswith(_ABLATIVES)
        return [], "kadar" if until and ends else None
    if len(between) > 1:
        return [], None
    piece = line.pieces[between[0]]
    if piece.has("range", "to") or piece.has("time", "until"):
        return between, "to"
    return between, "and" if piece.has("conjunction", "and") else None


def _between_pieces(line: Line, last: int, first: int) -> list[int]:
    """What stands between two periods, without fillers."""
    return [
        number
        for number in range(last + 1, first)
        if not (line.pieces[number].is_filler or is_passing(line.pieces[number]))
    ]


def _filled(first: Moment, second: Moment) -> tuple[Moment, Moment]:
    """January to March 2027: the year of one is that of the other; November to February 2027 began before."""
    if first.key and second.key and (first.year is None) != (second.year is None):
        later = months_of(second.key)[0] < months_of(first.key)[0]
        if first.year is None and first.relative is None and second.year is not None:
            return replace(first, year=second.year - later), second
        if second.year is None and second.relative is None and first.year is not None:
            return first, replace(second, year=first.year + later)
    return first, second


def _between(first: Moment, second: Moment) -> Span | None:
    low, high = first.span(), second.span()
    if low is None or high is None:
        return None
    if low.parts or high.parts:
        return _between_months(first, second)
    if isinstance(low.low, date) and isinstance(high.high, date) and low.low >= high.high:
        return None
    return Span(first.position, low.low, high.high)


def _between_months(first: Moment, second: Moment) -> Span | None:
    """June to August of whatever year, from March to May of last year."""
    if first.key[:1] != "m" or second.key[:1] != "m" or first.day or second.day:
        return None
    start, end = months_of(first.key)[0], months_of(second.key)[0]
    months = tuple((start + step - 1) % 12 + 1 for step in range((end - start) % 12 + 1))
    relative = second.relative or first.relative
    if relative is not None and end < start:
        return None
    return replace(relative or Span(first.position), parts=(("month", months),))


def _range_of_days(line: Line, second: Moment) -> _Found | None:
    """1–15 March 2024, between 1 and 15 March 2024, с 1 по 15 марта 2024."""
    if second.day is None or second.year is None:
        return None
    place, joint = around(line, second.first, -1)
    dashed = joint is not None and line.is_dashed(place)
    joined = joint is not None and (joint.has("range", "to") or joint.has("conjunction", "and"))
    start, piece = (place, joint) if dashed else around(line, place, -1)
    day = None if piece is None else day_of(piece)
    if day is None or not (dashed or joined):
        return None
    before, opener = around(line, start, -1)
    opened = opener is not None and _opens(opener)
    after, closing = line.beside(second.last, 1)
    closed = closing is not None and closing.has("range", "between_after")
    span = _between(replace(second, day=day), second)
    if span is None or not (dashed or opened or closed):
        return None
    used = [
        *second.used,
        start,
        *([] if dashed else [place]),
        *([before] if opened else []),
        *([after] if closed else []),
    ]
    return _Found(min(used), second.last, tuple(used), span)


# -- since, before ---------------------------------------------------------------------------------------


def _related_all(line: Line, found: list[_Found]) -> list[_Found]:
    return [one if one.moment is None else _with_relation(line, one) for one in found]


def _with_relation(line: Line, found: _Found) -> _Found:
    relation, place = _relation(line, found)
    if place is None or (found.span.parts and not found.span.low):
        return found  # since March: of which year is not said
    span = related(found.span, relation)
    first, last = min(found.first, place), max(found.last, place)
    return replace(found, first=first, last=last, used=(*found.used, place), span=span)


def _relation(line: Line, found: _Found) -> tuple[Relation, int | None]:
    place, after = line.beside(found.last, 1)
    if after is not None and after.is_open:
        for key in after.readings.get("time", ()):
            if key.endswith("_after"):
                return key.removesuffix("_after"), place  # type: ignore[return-value]
    place, before = around(line, found.first, -1)
    if before is not None and before.is_open:
        relations: tuple[Relation, ...] = ("since", "after", "before", "until")
        for relation in relations:
            if before.has("time", relation):
                return relation, place
        if before.text.lower() == "by" and found.moment is not None and found.moment.day is not None:
            return "until", place
        if before.has("range", "from"):
            return "since", place
    return "in", None


# -- lists -----------------------------------------------------------------------------------------------


def _with_lists(line: Line, found: list[_Found]) -> list[_Found]:
    """In 2021 or 2023; June, July and August: one of them."""
    listed: list[_Found] = []
    for one in found:
        last = listed[-1] if listed else None
        joint = None if last is None else _listed(line, last.last, one.first)
        if last is not None and joint is not None and _is_alike(last, one) and not _is_each(line, last, joint):
            used = (*last.used, *joint, *one.used)
            listed[-1] = _Found(last.first, one.last, used, _either(last.span, one.span), one.moment)
        else:
            listed.append(one)
    return listed


def _listed(line: Line, last: int, first: int) -> list[int] | None:
    """The joint of two periods in a list: or, and, a comma."""
    between = _between_pieces(line, last, first)
    if not between:
        gap = line.text[line.pieces[last].end : line.pieces[first].start]
        return [] if "," in gap else None
    joint = line.pieces[between[0]]
    joins = joint.has("conjunction", "or", "and") and not joint.values and joint.text.lower() not in _CONTRASTS
    return between if len(between) == 1 and joins else None


def _is_each(line: Line, first: _Found, joint: list[int]) -> bool:
    """И в 2025, и в 2026: what is said of each holds of both."""
    behind = around(line, first.first, -1)[1]
    also = behind is not None and behind.has("conjunction", "and") and not behind.has("range")
    return also and any(line.pieces[number].has("conjunction", "and") for number in joint)


def _is_alike(one: _Found, other: _Found) -> bool:
    """Whether both are periods of one kind; a year and a month of every year narrow each other."""
    return bool(one.span.parts) == bool(other.span.parts)


def _either(one: Span, other: Span) -> Span:
    if not one.others and one.parts and other.parts and (one.low, one.high) == (other.low, other.high):
        ((part, numbers),), ((second, more),) = one.parts, other.parts
        if part == second:
            return replace(one, parts=((part, tuple(dict.fromkeys((*numbers, *more)))),))
    last = (one, *one.others)[-1]
    if isinstance(last.high, date) and last.high == other.low:  # 2023 and 2024 are one period of two years
        longer = replace(last, high=other.high)
        return replace(one, others=(*one.others[:-1], longer)) if one.others else longer
    return replace(one, others=(*one.others, other))
