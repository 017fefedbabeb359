"""Attributes that a question asks to be shown for each of its rows, in the order in which it names them.

Names of people and projects, dates ("hire date", "since when") and attributes of every other kind; columns with
numbers are shown if nothing else is said of them, which is known last. Whether rows are asked for is `target`.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from nl2sql.persons import NAMES
from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, PROJECT, RAISE, TRAINING, Facts
from nl2sql.semantics.measures import possible_columns
from nl2sql.semantics.reader import NotUnderstoodError, Reader

OF_EVENTS = {
    LEAVE: ("leave_type", "start", "days", "date"),
    TRAINING: ("course", "complete", "hours", "date"),
    CONTRACT: ("contract_type", "start", "end", "duration"),
    RAISE: ("salary", "date", "raise"),
}
"""Attributes of a row that belongs to a person, for every subject that has such rows."""
DATES_OF_PEOPLE = {"start": "hire", "any": "hire"}
DOERS = re.compile(r"[ae]nl[ae]r(ın|in|ı|i)?$|([вд]ш|ющ|ящ)(ие|их|им|ими)(ся)?$")
"""How participles of many end."""
_DATE = ("date", "tarih", "дат")
_QUESTION_WORDS = ("city", "position")
_ADD = ("add", "ekle", "ekleyin", "добавь", "добавьте")
_LISTED_AFTER = (":", "—", "–")


def speaks_of_doers(reader: Reader) -> bool:
    """The list of those who completed a course, прошедших его: whose rows they are, though no noun says people."""
    return any(
        piece.has("ask", "who") or (not piece.values and DOERS.search(piece.text.lower().split()[-1]) is not None)
        for piece in reader.pieces
    )


def dates_shown(reader: Reader, facts: Facts) -> dict[int, str]:
    """Dates that are asked for: those that no period is about."""
    found = {}
    for number in (*reader.open("date"), *reader.open("ask", "when")):
        piece = reader.pieces[number]
        if number in found or number in (*facts.known, *facts.compared) or _is_of_period(reader, facts, number):
            continue
        attribute = date_named(reader, facts, number, piece.readings.get("date", ("any",)))
        if attribute is not None:
            found[number] = attribute
    return found


def _is_of_period(reader: Reader, facts: Facts, number: int) -> bool:
    """Whether a date is the one that a period is about: it is the nearest of all that are spoken of."""
    dated = {place for place, event in facts.events.items() if reader.has_attribute(facts.table, event)}
    spans = [span.position for span in reader.quantities.spans]
    if number in dated and len(dated) > 1 and spans and all(n < number and reader.is_apart(n, number) for n in spans):
        return False  # hired since July: name, hire date
    if number not in dated and not reader.pieces[number].has("date", "any"):
        return False
    if reader.subject in (LEAVE, TRAINING) and reader.pieces[number].has("date") and _is_in_list(reader, number):
        return False  # their own date is the one that periods are about
    for span in reader.quantities.spans:
        nearest = min(dated, key=lambda place: (abs(place - span.position), place == number), default=None)
        if nearest == number:
            return True
    return False


def _is_in_list(reader: Reader, number: int) -> bool:
    piece = reader.pieces[number]
    return reader.text[: piece.start].rstrip().endswith(",") or reader.text[piece.end :].lstrip().startswith(",")


def date_named(reader: Reader, facts: Facts, number: int, keys: tuple[str, ...]) -> str | None:
    """The attribute that a date is, for what the question is about."""
    own = OF_EVENTS.get(reader.subject, ())
    for key in keys:
        if key == "any":
            return _date_of_event(reader, facts, number)
        meant = DATES_OF_PEOPLE.get(key, key) if reader.subject == PEOPLE else key
        if meant != key and facts.clauses:
            raise NotUnderstoodError("a start of people or of what they did")
        if meant in own or reader.has_attribute(facts.table, meant):
            return meant
        if key in ("complete", "end", "start") and "date" in own:
            return "date"
    return None


def _date_of_event(reader: Reader, facts: Facts, number: int) -> str | None:
    """When: the date of the event that is spoken of, else of the row itself."""
    fitting = {
        place: DATES_OF_PEOPLE.get(key, key) if reader.subject == PEOPLE else key for place, key in facts.events.items()
    }
    fitting = {place: key for place, key in fitting.items() if reader.has_attribute(facts.table, key)}
    if fitting:
        return fitting[min(fitting, key=lambda place: abs(place - number))]
    if "date" in reader.schema[facts.table]:
        return "date"
    if reader.subject == PROJECT and any(
        rank.attribute in ("start", "tenure", "age") for rank in reader.quantities.ranks
    ):
        return "start"
    if facts.clauses and reader.pieces[number].text.lower().startswith(_DATE):
        raise NotUnderstoodError("a date of people or of what they did")
    return "hire" if reader.subject == PEOPLE and not facts.events else None


def words_shown(reader: Reader, facts: Facts) -> dict[int, str]:
    """Where, as what: questions for an attribute that one word asks; who, what and when of leave and training."""
    found = {
        number: reader.pieces[number].key("asked") or ""
        for number in reader.open("asked")
        if reader.pieces[number].has("asked", *_QUESTION_WORDS) and asks_by_itself(reader, number)
    }
    thing = {LEAVE: "leave_type", TRAINING: "course"}.get(reader.subject)
    whats = [n for n in reader.open("ask", "what") if is_after_colon(reader, n) and asks_by_itself(reader, n)]
    return found | {n: thing for n in whats if thing is not None and thing not in facts.shown.values()}


def asks_by_itself(reader: Reader, number: int) -> bool:
    """Whether a word begins a question, or one more of them; "cities where" and "города, где" ask nothing."""
    if number == 0:
        return True
    before = reader.pieces[number - 1]
    gap = reader.text[before.end : reader.pieces[number].start]
    if before.has("conjunction", "and") or any(mark in gap for mark in ":—–?."):
        return True
    return not (reader.dim(before) or before.has("subject"))


def is_of_position(reader: Reader, keys: Collection[str]) -> bool:
    """Job family and level of electricians: what all who hold a position share, and no list of those people."""
    named = any(piece.values and piece.values[0][0] == "position" for piece in reader.pieces)
    return named and set(keys) == {"family", "level"} and not reader.said("subject", PEOPLE)


def show(reader: Reader, facts: Facts, found: dict[int, str]) -> None:
    """Show attributes for every row."""
    for number, attribute in found.items():
        facts.shown[number] = attribute
        facts.events.pop(number, None)
    reader.use(*found, *(n for number in found if (n := reader.beside(number, -1)[0]) in _added(reader)))
    same = [n for n, key in facts.events.items() if DATES_OF_PEOPLE.get(key, key) in found.values()]
    if not reader.quantities.spans:
        reader.use(*same)
    if facts.table == "employees" and not reader.is_about_leavers:
        own = reader.schema["employees"]
        hired = "hire" in facts.events.values()
        if not hired or names_person(reader) or any(attribute not in own for attribute in found.values()):
            facts.table = "staff"


def _added(reader: Reader) -> list[int]:
    """Add the hire date: to what is shown."""
    return [number for number in reader.open("intent", "write") if reader.pieces[number].text.lower() in _ADD]


def show_columns(reader: Reader, facts: Facts) -> None:
    """Salaries, ages, days, budgets of which nothing else is said."""
    for number in reader.open("column"):
        possible = possible_columns(reader, reader.pieces[number], *((PEOPLE,) if reader.subject in OF_EVENTS else ()))
        if not possible or reader.pieces[number].has("time"):  # who last did: no length
            raise NotUnderstoodError("a figure that the subject has not")
        facts.shown[number] = "salary" if possible[0] == "payroll" else possible[0]
        reader.use(number)
    if facts.wants_rows or reader.subject == PROJECT:
        reader.use(*reader.open("ask", "much"))


def is_of_events(reader: Reader, attribute: str) -> bool:
    """Whether an attribute belongs to each leave or training rather than to the person."""
    return attribute in OF_EVENTS.get(reader.subject, ())


def shown_in_order(facts: Facts) -> list[str]:
    """Attributes as they are asked for, each once."""
    return list(dict.fromkeys(facts.shown[number] for number in sorted(facts.shown)))


def names_person(reader: Reader) -> bool:
    """Whether one person is named in full."""
    named = {value.attribute for value in reader.values if not value.negated}
    return set(NAMES) <= named


def is_after_colon(reader: Reader, number: int) -> bool:
    """Whether a piece is one of a list that a colon or a dash opens."""
    before = reader.text[: reader.pieces[number].start]
    return any(mark in before for mark in _LISTED_AFTER)


def is_listed_name(reader: Reader, number: int) -> bool:
    """Whether "name" stands for the names of people: not in "names of the cities"."""
    ahead = reader.beside(number, 1)[1]
    if ahead is None or "," in reader.text[reader.pieces[number].end : ahead.start] or ahead.has("conjunction"):
        return True
    return not (reader.dim(ahead) or (ahead.has("subject") and not ahead.has("subject", PEOPLE)))


def wants_project_name(reader: Reader) -> bool:
    """Name and start date of projects: the name alone, without the code."""
    return reader.subject == PROJECT and any(
        piece.has("title") or piece.has("dim", "project_name") for piece in reader.pieces
    )
