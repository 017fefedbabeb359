"""Which date each period of a question is about; how periods are read from words is `periods`."""

from __future__ import annotations

from dataclasses import replace

from nl2sql.plan import AllOf, AnyOf, Compare, Condition, Ref, Today
from nl2sql.semantics.facts import LEAVE, PARTS, TRAINING, Facts
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.spans import Span

_YOUNGEST = 120
"""Months before today in which nobody of those who work was born."""

_OF_EVENTS = ("leave_taken", "training_done")


def find_periods_of(reader: Reader, facts: Facts) -> None:
    """Every period with the date that it is about; two of one date would exclude each other."""
    dated: set[str] = set()
    parts: set[tuple[str, str]] = set()
    for span in reader.quantities.spans:
        attribute = date_of(reader, facts, span.position)
        own = {(attribute, part) for part, _ in span.parts}
        if own & parts or (attribute in dated and not span.parts):
            raise NotUnderstoodError("two periods of one date")
        parts |= own
        if attribute == "birth" and isinstance(span.low, Today) and span.low.months > -_YOUNGEST:
            raise NotUnderstoodError("birthdays, not births")
        dated |= set() if span.parts else {attribute}
        facts.where += [(span.position, one) for one in period(reader, facts.table, span, attribute)]


def date_of(reader: Reader, facts: Facts, position: int) -> str:
    """The attribute that a period is about: the nearest event's, else the subject's own date."""
    fitting = {number: key for number, key in facts.events.items() if reader.has_attribute(facts.table, key)}
    if fitting and facts.table in _OF_EVENTS and (owner := _own_span(reader, fitting)) is not None:
        number, nearest = owner
        return fitting[number] if position == nearest else "date"
    if fitting:
        nearest = min(fitting, key=lambda number: abs(number - position))
        verbs = [number for number in fitting if not reader.pieces[number].has("date")]
        if (
            reader.language != "tr"
            and nearest > position
            and (just := _just_before(reader, verbs, position)) is not None
        ):
            return fitting[just]  # courses that people hired after 2020 completed
        if reader.language == "tr" and nearest in verbs and nearest < position < max(verbs):
            nearest = min(number for number in verbs if number > position)  # a verb comes after its period
        return fitting[nearest]
    if "date" in reader.schema[facts.table]:
        return "date"
    if reader.open("column", "first_salary") and reader.has_attribute(facts.table, "hire"):
        return "hire"
    raise NotUnderstoodError("a period, but of what is not said")


def _just_before(reader: Reader, verbs: list[int], position: int) -> int | None:
    """The verb that a period follows, with nothing between but what says how it follows."""
    behind = [number for number in verbs if number < position]
    last = max(behind, default=position)
    follows = all(piece.is_filler or piece.has("time") for piece in reader.pieces[last + 1 : position])
    return last if behind and follows else None


def _own_span(reader: Reader, fitting: dict[int, str]) -> tuple[int, int] | None:
    """Leave taken in 2025 by people hired in 2024: which of two periods is that of being hired."""
    hired = [number for number, key in fitting.items() if key in ("hire", "birth")]
    spans = [span.position for span in reader.quantities.spans if not span.parts]
    if len(spans) < 2 or len(hired) != 1:  # noqa: PLR2004
        return None
    side = -1 if reader.language == "tr" else 1
    return hired[0], min(spans, key=lambda place: (abs(place - hired[0]), (place - hired[0]) * side < 0))


def period(reader: Reader, table: str, span: Span, attribute: str) -> list[Condition]:
    """The conditions that a date is within a period, or within one of several."""
    ref = reader.ref(table, attribute)
    if not span.others:
        return _within(ref, span)
    alternatives = [_within(ref, one) for one in (replace(span, others=()), *span.others)]
    return [AnyOf(tuple(one[0] if len(one) == 1 else AllOf(tuple(one)) for one in alternatives))]


def _within(ref: Ref, span: Span) -> list[Condition]:
    found: list[Condition] = []
    if span.low is not None:
        found.append(Compare(ref, ">=", span.low))
    if span.high is not None:
        found.append(Compare(ref, "<", span.high))
    for part, numbers in span.parts:
        same: list[Condition] = [Compare(replace(ref, part=part), "=", number) for number in numbers]
        found.append(same[0] if len(same) == 1 else AnyOf(tuple(same)))
    return found


def is_understood(reader: Reader, facts: Facts, key: str) -> bool:
    """Whether an event dates something, or says again what the subject is."""
    ranked = any(rank.attribute in ("start", None) for rank in reader.quantities.ranks)
    dated = bool(reader.quantities.spans) or bool({*reader.keys, facts.target} & set(PARTS)) or ranked
    again = {TRAINING: ("complete", "start", "end", "left"), LEAVE: ("start", "complete")}
    return key in again.get(reader.subject, ()) or (dated and reader.has_attribute(facts.table, key))
