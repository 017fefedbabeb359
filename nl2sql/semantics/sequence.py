"""The order that rows are asked for in: sorted by budget, oldest first, alphabetically, from new to old.

An order is read before rankings are: the newest first are all of them. Which column it is by is `records`, which
knows what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from nl2sql.plan import Figure, Order, Plan, Ref
from nl2sql.semantics.pieces import Line, Piece
from nl2sql.semantics.reader import Reader

_KINDS = ("sequence", "order")
_ATTRIBUTES = ("dim", "date", "column", "title", "named", "event")
_LINK = re.compile(r"(?:\b(?:by|of|on|the|their|its|in|по|их|его|её)\b|\s)*", re.IGNORECASE)
_BY = re.compile(r"\b(?:by|of|по)\b", re.IGNORECASE)
_FIRST_AFTER, _FIRST_BEFORE = ("first", "önce", "başta", "üstte"), ("сначала",)
_LENGTHS = ("age", "service_years")
"""Columns that are higher the earlier something was."""
_COLUMNS = {"age": "age", "salary": "monthly_usd", "budget": "budget_usd"}
_REACH = 4
_FIGURES = ("count", "count_after", "share", "difference", "ratio", "distribution")
_AMOUNTS = ("salary", "age", "tenure", "budget")
_THINGS = ("project", "training")


@dataclass(frozen=True)
class Ordering:
    """How rows follow each other."""

    position: int
    descending: bool
    kind: str | None = None
    """time, age, alphabet, or an attribute that the words themselves say; `None` is by the one amount shown."""
    by: Piece | None = None
    """The attribute that is named."""


def find_ordering(line: Line) -> Ordering | None:
    """Find it, and mark what it was made of as used; `None` if there is none, or more than one."""
    if (superlative := _superlative(line)) is not None:
        return superlative
    anchors = [n for n, piece in enumerate(line.pieces) if piece.is_open and any(piece.has(kind) for kind in _KINDS)]
    told: set[int] = set()
    named: dict[int, Piece] = {}
    for number in anchors:
        found, words = _named(line, number)
        named |= found
        told |= words
    anchors = [n for n in anchors if n in told or not line.pieces[n].has("order", "sorted")]
    if not anchors or len({piece.text.lower()[:_REACH] for piece in named.values()}) > 1:
        return None
    keys = [_key(line.pieces[n]) for n in anchors]
    directions = {direction for direction, _ in keys if direction is not None}
    kinds = {kind for _, kind in keys if kind is not None}
    if len(directions) > 1 or len(kinds) > 1:
        return None
    line.use(*(line.pieces[n] for n in (*anchors, *told)))
    by = next(iter(named.values()), None)
    return Ordering(min(anchors), "desc" in directions, next(iter(kinds), None), by)


def find_order_by_amount(line: Line, listed: Collection[int]) -> Ordering | None:
    """Accountants by salary with their city: with attributes of each, an amount is the order of rows, highest first."""
    asks = [piece for piece in line.pieces if piece.has("agg") or piece.has("ask", *_FIGURES) or piece.has("rank")]
    for number, piece in enumerate(line.pieces if listed and not asks else ()):
        step = -1 if piece.has("group", "after") else 1
        place, by = line.beside(number, step)
        says = piece.has("group", "after") or (piece.has("group", "before") and _BY.fullmatch(piece.text) is not None)
        if says and by is not None and by.is_open and by.has("column", *_AMOUNTS) and place not in listed:
            line.use(piece, by)
            return Ordering(number, descending=True, by=by)
    return None


def in_sequence(reader: Reader, plan: Plan) -> Plan:
    """Groups in the order that is asked for, if it is one of their figure: average age by city, oldest first."""
    said = {*reader.open("sequence"), *reader.open("order", "descending", "ascending")}
    by = plan.order.by if plan.order is not None else None
    if len(said) == 1 and isinstance(by, Ref) and by.part is not None and plan.limit is None:
        direction, kind = _key(reader.pieces[min(said)])
        if kind in (None, "time"):  # years, oldest first
            reader.use(*said, *reader.open("dim", by.part))
            return replace(plan, order=Order(by, direction == "desc"))
    if len(said) != 1 or plan.limit is not None or isinstance(by, Ref) or by is None:
        return plan
    direction, kind = _key(reader.pieces[min(said)])
    column = by.ref.column if isinstance(by, Figure) and by.ref is not None else ""
    in_time = kind == "time" and column in _LENGTHS
    if not (in_time or kind is None or _COLUMNS.get(kind) == column):
        return plan
    reader.use(*said)
    return replace(plan, order=Order(by, (direction == "desc") != in_time))


def _superlative(line: Line) -> Ordering | None:
    """Highest salary first, en yüksek maaş önce, сначала самая высокая зарплата."""
    for number, (one, two, three) in enumerate(zip(line.pieces, line.pieces[1:], line.pieces[2:], strict=False)):
        first, rank, named = (one, two, three) if one.text.lower() in _FIRST_BEFORE else (three, one, two)
        says_first = first.text.lower() in (*_FIRST_BEFORE, *_FIRST_AFTER)
        if (
            says_first
            and rank.has("rank")
            and _is_attribute(named)
            and all(piece.is_open for piece in (one, two, three))
        ):
            line.use(one, two, three)
            return Ordering(number, (rank.key("rank") or "").startswith("max"), by=named)
    return None


def _key(piece: Piece) -> tuple[str | None, str | None]:
    """Direction and kind."""
    if key := piece.key("sequence"):
        direction, _, kind = key.partition(":")
        return direction or None, kind or None
    return {"descending": ("desc", None), "ascending": ("asc", None)}.get(piece.key("order") or "", (None, None))


def _named(line: Line, number: int) -> tuple[dict[int, Piece], set[int]]:
    """The attribute beside an anchor, and the words that bind them."""
    for step in (-1, 1):
        place, words, bound = number, {number}, False
        for _ in range(_REACH):
            place += step
            if not 0 <= place < len(line.pieces):
                break
            piece = line.pieces[place]
            if piece.has("group"):
                bound, words = True, {*words, place}
            elif any(piece.has(kind) for kind in _KINDS) and (step == -1 or bound):
                words.add(place)
            elif _is_attribute(piece):
                if _binds(line, number, place, step, bound=bound):
                    return {place: piece}, {*words, place, *_by_before(line, place, step)}
                break
            elif not piece.is_filler:
                break
    return {}, set()


def _binds(line: Line, number: int, place: int, step: int, *, bound: bool) -> bool:
    """Sorted by budget; bütçeye göre sıralı; by salary, descending."""
    anchor, piece = line.pieces[number], line.pieces[place]
    first, last = sorted((anchor, piece), key=lambda one: one.start)
    gap = line.text[first.end : last.start]
    if step == 1:
        tells = bound or bool(_BY.search(gap)) or anchor.text.lower().endswith((" by", " по"))
        plain = ":" not in (anchor.key("sequence") or "") or anchor.has("sequence", "asc:alphabet", "desc:alphabet")
        starts = piece.text.lower().startswith("по ")
        return (tells or plain or starts) and "," not in gap and ";" not in gap
    if bound and any(line.pieces[n].has("group", "after") for n in range(place, number)):
        return True
    said = piece.text.lower().startswith("по ") or bool(_by_before(line, place, step))
    return said and _LINK.fullmatch(gap.strip(" ,")) is not None


def _by_before(line: Line, place: int, step: int) -> list[int]:
    """The "by" before an attribute."""
    if step == 1 or place == 0:
        return []
    behind = line.pieces[place - 1]
    return [place - 1] if behind.has("group", "before") and _BY.fullmatch(behind.text) else []


def _is_attribute(piece: Piece) -> bool:
    return piece.number is None and (
        any(piece.has(kind) for kind in _ATTRIBUTES) or piece.has("subject", *_THINGS) or piece.has("ask", "much")
    )
