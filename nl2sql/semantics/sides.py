"""The two sides of a comparison: two values of an attribute, men and women, or two periods, 2024 and 2025."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from nl2sql.plan import AllOf, AnyOf, Condition, OneOf, Part
from nl2sql.semantics.comparing import Comparing, find_comparing
from nl2sql.semantics.facts import TABLES_OF_DIMS, Facts
from nl2sql.semantics.forms import is_genitive, is_nominative
from nl2sql.semantics.reader import Named, NotUnderstoodError, Reader
from nl2sql.semantics.spans import Span
from nl2sql.semantics.timing import date_of, period

_PAIR = 2
_MONTHS = 12
_AS_MUCH = re.compile(r"\bas (?:in |on |at |an? |the |our )*$", re.IGNORECASE)
_THAN = "чем"
_ABLATIVES = ("den", "dan", "ten", "tan")
_HOW_MUCH = ("kaç", "ne", "kaçar")
_LESS = ("az", "düş", "kısa", "genç", "küçük", "ucuz")


@dataclass(frozen=True)
class Sides:
    """Conditions on the rows of each side."""

    first: tuple[Condition, ...]
    second: tuple[Condition, ...]
    attribute: str | None = None
    """What the sides are values of."""
    is_said_twice: bool = False
    """Whether both are named once more: and give the figures of both."""


def of_values(reader: Reader, facts: Facts) -> Sides | None:
    """The one attribute of which two values are named."""
    named: dict[str, list[Named]] = {}
    for value in sorted(reader.values, key=lambda one: one.position):
        named.setdefault(value.attribute, []).append(value)
    pairs = {key: one for key, one in named.items() if len({value.value for value in one}) == _PAIR}
    if len(pairs) != 1:
        return None
    attribute, mentions = pairs.popitem()
    if any(value.negated for value in mentions):
        return None
    order = list(dict.fromkeys(value.value for value in _ordered(reader, mentions)))
    ref = reader.ref(facts.table, attribute)
    first, second = ((OneOf(ref, (name,)),) for name in order)
    return Sides(first, second, attribute, len(mentions) > _PAIR)


def _ordered(reader: Reader, mentions: list[Named]) -> list[Named]:
    """The standard comes second: after "than", in Turkish before "fazla"; "minus" stands between the two."""
    minus = reader.open("ask", "minus")
    reader.use(*minus)
    if minus:
        return mentions[-_PAIR:]
    before = reader.text[: mentions[0].piece.start]
    if len(mentions) == _PAIR and reader.said("ask", "ratio") and _AS_MUCH.search(before):
        return mentions[::-1]  # how many times as much as a worker a specialist earns
    comparing = find_comparing(reader)
    if len(comparing) == 1 and len(mentions) >= _PAIR and _is_second(reader, comparing[0], mentions[0]):
        return [mentions[1], mentions[0], *mentions[_PAIR:]]
    return mentions


def _is_second(reader: Reader, comparing: Comparing, value: Named) -> bool:
    """Whether the value that is named first is what the other is compared with."""
    if reader.language == "tr":
        piece = value.piece
        return (piece.suffix or piece.text.lower()).endswith(_ABLATIVES)
    if reader.language == "ru" and _THAN not in reader.pieces[comparing.start].text.lower():
        said = value.piece.text.lower().split()[0]
        than = any(piece.text.lower() == _THAN for piece in reader.pieces[value.position :])
        if than or is_nominative(said) or not is_genitive(said):
            return False  # на сколько старше сварщики, чем электрики
    return reader.beside(comparing.start, 1)[0] == value.position


def split_periods(reader: Reader) -> tuple[list[Span], list[Span]]:
    """Two periods of the same date, and the periods that hold for both of them.

    In the first quarter, 2022 against 2023; January against February of 2025.
    """
    spans = reader.quantities.spans
    dated = [span for span in spans if isinstance(span.low, date) and isinstance(span.high, date)]
    parts = [span for span in spans if span not in dated and span.parts and span.low is None]
    if len(dated) + len(parts) != len(spans):
        return [], spans
    if len(dated) == _PAIR:
        return dated, parts
    if len(parts) == _PAIR and len(dated) <= 1 and parts[0].parts[0][0] == parts[1].parts[0][0]:
        return parts, dated
    return [], spans


def of_periods(reader: Reader, facts: Facts, pair: list[Span]) -> tuple[Sides, str]:
    """The two periods as conditions, and the date that they are of."""
    attributes = {date_of(reader, facts, span.position) for span in pair}
    if len(attributes) != 1:
        raise NotUnderstoodError("two periods of different dates")
    attribute = attributes.pop()
    if len({_length(span) for span in pair}) > 1:
        raise NotUnderstoodError("periods of different lengths")  # the first quarter of 2024 and 2025
    first, second = (tuple(period(reader, facts.table, span, attribute)) for span in pair)
    return Sides(first, second), attribute


def _same_part(pair: list[Span]) -> list[Span]:
    """The first quarter of 2023 and 2024: what is said of one year holds for both."""
    years = [one for one in pair if _is_year(one)]
    parts = [one for one in pair if one not in years]
    if len(years) != 1 or len(parts) != 1 or _length(parts[0]) >= _MONTHS:
        return pair
    (part,), (year,) = parts, years
    low, high, first = part.low, part.high, year.low
    if not (isinstance(low, date) and isinstance(high, date) and isinstance(first, date)) or low.day > 1:
        return pair
    ahead = first.year - low.year
    moved = replace(year, low=low.replace(year=low.year + ahead), high=high.replace(year=high.year + ahead))
    return [part if one is part else moved for one in pair]


def _is_year(span: Span) -> bool:
    low, high = span.low, span.high
    whole = isinstance(low, date) and isinstance(high, date) and _length(span) == _MONTHS
    return whole and isinstance(low, date) and (low.month, low.day) == (1, 1)


def part_between(pair: list[Span]) -> Part | None:
    """The part of a date that tells two periods apart: years, or quarters or months of one year."""
    first, second = pair
    if first.parts:
        one = len(first.parts[0][1]) == len(second.parts[0][1]) == 1
        return first.parts[0][0] if one else None
    ends = [(span.low, span.high) for span in pair]
    lengths = {_months(low, high) for low, high in ends if isinstance(low, date) and isinstance(high, date)}
    years = {low.year for low, _ in ends if isinstance(low, date)}
    starts = {(low.month, low.day) for low, _ in ends if isinstance(low, date)}
    length = lengths.pop() if len(lengths) == 1 else None
    if length is None or any(isinstance(low, date) and low.day > 1 for low, _ in ends):
        return None
    if len(years) == _PAIR and len(starts) == 1:
        return "year"
    named: dict[int, Part] = {1: "month", 3: "quarter"}
    return named.get(length) if len(years) == 1 else None


def _length(span: Span) -> int:
    if isinstance(span.low, date) and isinstance(span.high, date):
        return _months(span.low, span.high)
    return len(span.parts[0][1])


def _months(low: date, high: date) -> int:
    return (high.year - low.year) * 12 + high.month - low.month


def either(sides: Sides) -> tuple[Condition, ...]:
    """What holds on the one side or the other."""
    return tuple(side[0] if len(side) == 1 else AllOf(side) for side in (sides.first, sides.second))


def find_growth(reader: Reader) -> None:
    """What grew from one period to another is no raise of anybody's pay, and no word of an event."""
    words = reader.open("ask", "growth")
    if not words or not split_periods(reader)[0]:
        return
    for number in words:
        reader.pieces[number].readings = {"ask": ("growth",)}
    for number in reader.open("group"):
        if any(reader.beside(number, step)[0] in _positions(reader) for step in (-1, 1)):
            reader.use(number)  # 2024'e göre


def _positions(reader: Reader) -> set[int]:
    return {span.position for span in reader.quantities.spans}


def find_compared_periods(reader: Reader, facts: Facts) -> bool:
    """Two periods side by side, or one less the other; what else a question says of time holds for both."""
    pair, common = split_periods(reader)
    versus = reader.open("ask", "versus")
    apart = reader.open("ask", "difference", "ratio", "growth")
    grouped = facts.target is not None or facts.counted in TABLES_OF_DIMS
    comparing = find_comparing(reader) if grouped or apart else []
    if not pair or not (versus or apart or comparing):
        return False
    pair = _same_part(pair)
    sides, attribute = of_periods(reader, facts, pair)
    reader.use(*[number for number, key in facts.events.items() if reader.has_attribute(facts.table, key)], *versus)
    for span in common:
        facts.where += [(span.position, one) for one in period(reader, facts.table, span, attribute)]
    part = part_between(pair)
    if apart or comparing:
        kept = comparing or (_is_later(pair) if (told := _is_told_first(reader, pair)) is None else told)
        facts.sides = sides if kept else replace(sides, first=sides.second, second=sides.first)
    elif part is None:
        facts.sides = sides
    else:
        facts.where.append((pair[0].position, AnyOf(either(sides))))
        facts.dated = attribute
        reader.wants_each |= bool(versus)  # Turkey and Russia, 2024 and 2025: each of both in each of both
        reader.keys += [part] * (part not in reader.keys)
    return True


def tells_less(reader: Reader) -> bool:
    """Kaç dolar az, ne kadar azaldı: how much less, which is told from the larger side."""
    return (asked := _asked_amount(reader)) is not None and asked.split()[-1].startswith(_LESS)


def _asked_amount(reader: Reader) -> str | None:
    """Kaç gün fazla, kaç saat azaldı: the Turkish words that ask by how much, and by no per cent."""
    asked = [n for n, piece in enumerate(reader.pieces) if piece.has("ask", "difference", "growth")]
    if reader.language != "tr" or len(asked) != 1 or reader.said("ask", "share") or "%" in reader.text:
        return None
    said = reader.pieces[asked[0]].text.lower()
    before = reader.pieces[max(asked[0] - 2, 0)].text.lower()
    return said if said.startswith(_HOW_MUCH) or before in _HOW_MUCH else None


def _is_told_first(reader: Reader, pair: list[Span]) -> bool | None:
    """2025'teki 2026'dakinden kaç gün fazla, kaç gün azaldı: whether the first is what the other is taken from."""
    if _asked_amount(reader) is None:
        return None
    standard = [span.position for span in pair if _is_than(reader, span.position)]
    told = pair[0].position != standard[0] if len(standard) == 1 else _is_later(pair)
    return told != tells_less(reader)


def _is_than(reader: Reader, number: int) -> bool:
    """2026'dakinden, 2026'da kullanılandan: than in that year."""
    after = reader.pieces[number + 1 : number + 2]
    words = [reader.pieces[number].suffix, *(piece.text.lower() for piece in after if piece.has("work", "take"))]
    return any(word.endswith(_ABLATIVES) for word in words)


def _is_later(pair: list[Span]) -> bool:
    """Whether the first period is the later one: changes are told from the earlier to the later."""
    first, second = pair
    if isinstance(first.low, date) and isinstance(second.low, date):
        return first.low > second.low
    return first.parts > second.parts
