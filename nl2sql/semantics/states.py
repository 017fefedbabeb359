"""What was the case at a time: projects under way in June 2024, contracts in force and people on leave on a day.

Such a period is not that of one date: what was the case began before its end, and ended after its beginning.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from nl2sql.plan import AnyOf, Compare, Condition, Missing, Related, Today
from nl2sql.semantics.clause_parts import Clause, Parts
from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, PROJECT, Facts
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.spans import Span

_BE = ("were", "was", "be", "is", "are", "had been", "has been", "have been", "away", "был", "наход", "числи")
_GOING_ON = re.compile(
    r"\b(running|in force|valid|in effect|under ?way|ongoing|in progress|going on|being built|effective|active|"
    r"yürürlükte\w*|geçerli\w*|devam ed\w*|süren|sürüyor\w*|sürmekte\w*|yürütül\w*|aktif\w*|"
    r"действ\w*|в силе|шл[оиа]|ш[её]л|идущ\w*|вел[оиа]сь|велись|реализовыва\w*|строил\w*|продолжал\w*)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(were|was|had|did|vardı|idi|\w+yordu|\w+teydi|\w+taydı|был[оаи]?|шл[оиа]|ш[её]л|действовал\w*|вел[оиа]сь|"
    r"реализовывал\w*|строил\w*|продолжал\w*)\b",
    re.IGNORECASE,
)
_AT_THE_END = re.compile(r"\bна конец\b|\bat the end of\b|\w+ sonunda\b|\bsonu itibar\w+", re.IGNORECASE)
_LASTING = ("süren", "sürmüş", "sürdü")
_LASTS = frozenset({"sürüyor", "sürer", "sürmekte", "sürmektedir", "süren", "sürmüş", "sürdü"})
_HOW_LONG = ("gün", "kadar")
_ACTIVE, _AWAY = ("project_status", "active"), ("status", "on leave")


def read_lasting(reader: Reader) -> None:
    """Sözleşmeler kaç gün sürüyor, 18 aydan kısa süren: how long they last, and not that they are under way."""
    for number, piece in enumerate(reader.pieces):
        behind = reader.beside(number, -1)[1]
        long = behind is not None and (
            behind.text.lower().endswith(_HOW_LONG) or (behind.is_used and behind.has("compare_after"))
        )
        if long and piece.text.lower() in _LASTS:
            piece.readings, piece.values = {"work": ("take",)}, ()
            reader.values = [value for value in reader.values if value.position != number]


def find_states(reader: Reader, facts: Facts) -> None:
    """Periods in which projects or contracts ran, and days on which people were away."""
    dated = {"start", "end"} & {key for number, key in facts.events.items() if reader.pieces[number].is_open}
    if reader.subject in (PROJECT, CONTRACT) and not dated:
        _find_running(reader, facts)
    if reader.subject == PEOPLE and not facts.events:
        _find_away(reader, facts)


def _find_running(reader: Reader, facts: Facts) -> None:
    words = [
        number
        for number, piece in enumerate(reader.pieces)
        if _ACTIVE in piece.values or (piece.is_open and piece.has("state"))
    ]
    spans = reader.quantities.spans
    if not words or (not spans and reader.subject == PROJECT):
        return
    if len(spans) > 1:
        raise NotUnderstoodError("what was the case at several times")
    span = spans[0] if spans else Span(words[0], Today(), Today())
    if span.low is None and isinstance(span.high, date) and _AT_THE_END.search(reader.text):
        span = replace(span, low=date.fromordinal(span.high.toordinal() - 1))
    if span.low is None or span.high is None or span.parts or span.others:
        return  # until then, or since then
    spans.clear()
    reader.values = [value for value in reader.values if (value.attribute, value.value) != _ACTIVE]
    reader.use(*words)
    start, end = (reader.ref(facts.table, key) for key in ("start", "end"))
    begun = Compare(start, "<=" if span.high == Today() else "<", span.high)
    still = AnyOf((Missing(end), Compare(end, ">=", span.low)))
    facts.where += [(span.position, begun), (span.position, still)]


def _find_away(reader: Reader, facts: Facts) -> None:
    """15 Temmuz 2025'te izinde olan: a day that is past, and so no status."""
    away = [value for value in reader.values if (value.attribute, value.value) == _AWAY]
    spans = reader.quantities.spans
    if len(away) != 1 or len(spans) != 1 or not is_day(spans[0]) or away[0].negated:
        return
    reader.values.remove(away[0])
    if facts.table == "staff" and not (reader.said("current") or reader.open("column") or reader.open("agg")):
        facts.table = "employees"
    facts.where.append((away[0].position, Related("leave_taken", tuple(away_on(reader, spans.pop())))))


def drop_status(reader: Reader) -> None:
    """Projects that were going on in 2024, or that took so many days, may have ended since: no status is asked for."""
    _drop_away(reader)
    status = [one for one in reader.values if one.attribute == "project_status"]
    if reader.subject != PROJECT or len(status) != 1 or status[0].value != "active":
        return
    said = status[0].piece.text
    past = bool(reader.quantities.spans) and _PAST.search(reader.text) and _GOING_ON.search(said)
    units = [bound.unit_piece for bound in reader.quantities.bounds]
    lasting = said.lower().startswith(_LASTING) and any(one is not None and one.has("unit", "day") for one in units)
    if past or lasting:
        reader.values.remove(status[0])


def _drop_away(reader: Reader) -> None:
    """How many days people were on leave in 2026: days that they took, of those who are here now as well."""
    if reader.subject == LEAVE and any(not is_day(span) for span in reader.quantities.spans):
        reader.values = [value for value in reader.values if (value.attribute, value.value) != _AWAY or value.negated]


def is_day(span: Span) -> bool:
    """Whether a period is one day of the calendar."""
    dates = isinstance(span.low, date) and isinstance(span.high, date)
    return dates and (span.high - span.low).days == 1 and not (span.parts or span.others)  # type: ignore[operator]


def away_on(reader: Reader, span: Span) -> list[Condition]:
    """The conditions that a leave had begun on a day and was not over."""
    if span.low is None:
        raise NotUnderstoodError("leave until a day")
    start, back = (reader.ref("leave_taken", key) for key in ("start", "back"))
    return [Compare(start, "<=", span.low), Compare(back, ">", span.low)]


def is_state(parts: Parts, clause: Clause, span: Span) -> bool:
    """Who was on leave on 15 July: nobody is said to have begun or taken it then."""
    if clause.subject != LEAVE or not is_day(span):
        return False
    reader = parts.reader
    segments = {clause.segment, *clause.segments}
    return not any(
        parts.is_verb(place) or _takes(reader.pieces[place])
        for place, segment in enumerate(parts.segments)
        if segment in segments
    )


def _takes(piece: Piece) -> bool:
    """Took and had; were and was say a state."""
    return piece.has("work", "take") and not piece.has("filler") and not piece.text.lower().startswith(_BE)
