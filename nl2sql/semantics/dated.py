"""Days as figures of groups: the first and the last date of each, when each last did something."""

from __future__ import annotations

from nl2sql.persons import NAMES
from nl2sql.plan import Figure, Function, Plan
from nl2sql.semantics.facts import PEOPLE, QUALITIES, TRAINING, Facts
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.shapes import figures
from nl2sql.semantics.shown import date_named
from nl2sql.semantics.timing import date_of

_IN_TIME = (None, "start", "tenure")


def find_dated(reader: Reader, facts: Facts) -> None:
    """Which days of groups are asked for; the words for them are used."""
    both = reader.open("extremes")
    functions: list[Function] = ["min", "max"] if both else _one(reader)
    if not functions or facts.counted is not None or reader.open("agg", "avg", "median", "sum"):
        return
    dates = {n: key for n in reader.open("date") if (key := _named(reader, facts, n))}
    if not dates and not facts.events and not reader.open("ask", "when") and not reader.open("date"):
        if both:
            raise NotUnderstoodError("the first and the last of what is not said")
        return
    if len(set(dates.values())) > 1:
        return
    attribute = next(iter(dates.values()), None) or date_of(reader, facts, _position(reader, both))
    ref = reader.ref(facts.table, attribute)
    _free_verbs(reader)
    facts.days = tuple(Figure(function, ref) for function in functions)
    reader.quantities.ranks.clear()
    lasts = [n for n in reader.open("time", "last") if not reader.pieces[n].has("event")]
    reader.use(*reader.open("subject", reader.subject, PEOPLE))
    reader.use(*both, *dates, *lasts, *reader.open("ask", "when"), *reader.open("date", "any"))
    same = [n for n, key in facts.events.items() if key == attribute or reader.pieces[n].has("date")]
    same += [n for n, key in facts.events.items() if attribute == "date" and key in ("complete", "start")]
    reader.use(*same)
    if not reader.quantities.spans:
        facts.events = {n: key for n, key in facts.events.items() if n not in same}


def _free_verbs(reader: Reader) -> None:
    """When a course was completed: no status of projects, though one may be spoken of beside it."""
    for value in tuple(reader.values):
        if reader.subject == TRAINING and value.attribute == "project_status" and value.piece.has("event", "complete"):
            reader.values.remove(value)


def _named(reader: Reader, facts: Facts, number: int) -> str | None:
    keys = tuple(key for key in reader.pieces[number].readings["date"] if key != "any")
    return date_named(reader, facts, number, keys) if keys else None


def _position(reader: Reader, both: list[int]) -> int:
    return both[0] if both else next(iter(reader.open("ask", "when")), 0)


def _one(reader: Reader) -> list[Function]:
    """The first or the last day of each group: nobody's name is asked for beside it."""
    asked = reader.open("ask", "when") or reader.open("date")
    people = reader.subject != PEOPLE and reader.open("subject", PEOPLE)
    others = [n for n in reader.open("dim") if reader.subject != PEOPLE and reader.dim(reader.pieces[n]) != "year"]
    rows = (
        people
        or others
        or reader.open("ask", "who")
        or reader.open("dim", *NAMES)
        or reader.open("title")
        or reader.open("column")
    )
    ranks = reader.quantities.ranks
    served = reader.subject == PEOPLE and any(rank.attribute not in (None, "start") for rank in ranks)
    named = any(value.attribute in QUALITIES for value in reader.values) or served
    named = named and not reader.open("ask", "when")  # the one who has been here longest, with the date
    if not reader.keys or not asked or rows or reader.open("asked") or (named and ranks and ranks[0].attribute):
        return []
    if len(ranks) == 1 and ranks[0].attribute in _IN_TIME and ranks[0].count is None and ranks[0].place == 1:
        rank = ranks[0]
        last = reader.pieces[rank.position].has("time", "last") or reader.pieces[rank.position].text.lower() == "son"
        later = last or (rank.descending if rank.attribute != "tenure" else not rank.descending)
        return ["max" if later else "min"]
    lasts = [n for n in reader.open("time", "last") if not reader.pieces[n].has("event")]
    return ["max"] if lasts and not ranks else []


def days(reader: Reader, facts: Facts) -> Plan:
    """Those days of each group."""
    facts.more += facts.days[1:]
    if facts.target is not None and facts.target not in reader.keys:
        raise NotUnderstoodError("days, and something else")
    facts.target = None
    return figures(reader, facts, facts.days[0], None)
