"""Who got the largest raise, and how much the pay of each has grown since being hired.

Such a question is read as a whole. Average raises, and those who got one above some amount, are `pay`; the largest raise
without whose it was is a figure like any other.
"""

from __future__ import annotations

import re
from typing import Final

from nl2sql.persons import NAMES
from nl2sql.plan import Compare, Condition, Missing, Order, Plan, Ref
from nl2sql.semantics.comparing import direction_of
from nl2sql.semantics.facts import LEAVE, PEOPLE, PROJECT, QUALITIES, TRAINING
from nl2sql.semantics.named import named_values
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.timing import period

_EACH: Final = re.compile(r"\b(?:each|every|her|кажд\w+)\b", re.IGNORECASE)
_NOW: Final = re.compile(
    r"\b(?:now|today|currently|current|present|şimdi\w*|bugün\w*|güncel|mevcut|şu anki?|сейчас|теперь|сегодня\w*|текущ\w+|нынешн\w+)\b",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(r"per ?cent|%|yüzde|процент", re.IGNORECASE)
_ELSE: Final = ("count", "count_after", "ratio", "versus", "when", "distribution")
_PAY: Final = ("salary", "first_salary", "raise")


def raises(reader: Reader) -> Plan | None:
    """The plan of such a question; none if it is another."""
    others = [n for n in reader.open("column") if not reader.pieces[n].has("column", *_PAY)]
    quantities = reader.quantities
    if (
        others
        or quantities.bounds
        or quantities.windows
        or reader.open("agg")
        or reader.open("negation")
        or reader.open("ask", *_ELSE)
        or reader.open("subject", LEAVE, TRAINING, PROJECT, "contract")
        or len(quantities.ranks) > 1
    ):
        return None
    return _largest(reader) or _since_hired(reader)


def _largest(reader: Reader) -> Plan | None:
    """Who got the largest raise, the five people with the largest raises."""
    said = reader.open("column", "raise")
    rank = reader.quantities.ranks[0] if reader.quantities.ranks else None
    firsts = reader.open("column", "first_salary") or reader.open("event", "hire")
    if len(said) != 1 or rank is None or rank.attribute is not None or firsts:
        return None
    if direction_of(reader.pieces[said[0]].text.lower()) is not None:
        raise NotUnderstoodError("whose pay grew the most, but at once, or since when, is not said")
    if not _asks_persons(reader):
        return None
    table, amount = "salaries", reader.ref("salaries", "raise_percent" if _is_of_percent(reader) else "raise")
    where = [one for _, one in named_values(reader, table)]
    for span in reader.quantities.spans:
        where += period(reader, table, span, "date")
    where += [Missing(reader.ref("staff", "person"), negated=True), Compare(reader.ref(table, "raise"), ">", 0)]
    reader.use(*reader.open("event", "complete"), *reader.open("work"))
    reader.assume("raise")
    return _ranked(reader, table, (amount,), where, rank)


def _since_hired(reader: Reader) -> Plan | None:
    """How much the pay of each has grown since then, and whose the most; what each earned then and earns now."""
    hired = [*reader.open("column", "first_salary"), *_since_events(reader)]
    grown = [*reader.open("ask", "growth", "difference"), *reader.open("column", "raise"), *reader.open("order")]
    rank = reader.quantities.ranks[0] if reader.quantities.ranks else None
    each = _EACH.search(reader.text) is not None
    falls = any(direction_of(reader.pieces[n].text.lower()) == "<" for n in grown)
    if not hired or falls or reader.keys or reader.quantities.spans or not _asks_persons(reader, each=each):
        return None
    ranked = rank is not None and rank.attribute is None
    then_and_now = rank is None and each and not grown and _NOW.search(reader.text) is not None
    shown: tuple[Ref, ...]
    if grown and (ranked or (rank is None and each and reader.open("ask", "much", "difference"))):
        shown = (Ref("staff", "rise_percent") if _is_of_percent(reader) else reader.ref("staff", "rise"),)
    elif then_and_now:
        shown = reader.ref("staff", "first_salary"), reader.ref("staff", "salary")
    else:
        return None
    where = [one for _, one in named_values(reader, "staff")]  # takes the values: nothing else can be made of them
    return _ranked(reader, "staff", shown, where, rank)


def _since_events(reader: Reader) -> list[int]:
    """С момента приёма, işe girdiğinden beri: being hired, with a word for since then beside it."""
    found = []
    for number in reader.open("event", "hire"):
        beside = [n for n in (number - 1, number + 1) if 0 <= n < len(reader.pieces)]
        times = [n for n in beside if reader.pieces[n].has("time", "since", "since_after")]
        found += [number, *times] if times else []
    return found


def _asks_persons(reader: Reader, *, each: bool = False) -> bool:
    """Who, which welder, five people; each of some."""
    kinds = any(value.attribute in QUALITIES for value in reader.values)
    people = kinds or bool(reader.open("subject", PEOPLE) or reader.open("per"))
    which = bool(reader.open("ask", "which", "list"))
    counted = any(rank.count for rank in reader.quantities.ranks)
    return bool(reader.open("ask", "who")) or (people and (which or counted or each))


def _is_of_percent(reader: Reader) -> bool:
    return _PERCENT.search(reader.text) is not None or bool(reader.open("ask", "share"))  # zam oranı


def _ranked(reader: Reader, table: str, shown: tuple[Ref, ...], where: list[Condition], rank: Rank | None) -> Plan:
    """People with what is told of them, in its order; all of their words are used."""
    kinds = ("column", "group", "per", "time", "order")
    reader.use(*(n for kind in kinds for n in reader.open(kind)))
    reader.use(*reader.open("ask", "who", "which", "list", "much", "difference", "growth", "share", "what"))
    reader.use(*reader.open("subject", PEOPLE, "raise"), *reader.open("event", "hire"), *reader.open("unit", "usd"))
    reader.use(*reader.open("title"))
    reader.quantities.ranks.clear()
    columns = (*(reader.ref(table, name) for name in NAMES), *shown)
    person = (reader.ref(table, "person"),)
    order = Order(shown[-1], rank is None or rank.descending)
    if rank is None:
        return Plan(table, columns, where=tuple(where), order=order, ties=person)
    where = [*where, Missing(shown[-1], negated=True)]
    skip, limit = rank.place - 1, rank.count or 1
    each = tuple(reader.ref(table, key) for key in reader.keys)
    if each:
        where += [Missing(key, negated=True) for key in each]
        return Plan(table, columns, where=tuple(where), order=order, limit=limit, skip=skip, each=each)
    if rank.count is None or skip:
        return Plan(table, columns, where=tuple(where), order=order, limit=limit, skip=skip, equals=True)
    return Plan(table, columns, where=tuple(where), order=order, ties=person, limit=limit)
