"""Whose rows a question is about: people, leave, trainings, contracts, raises, projects."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nl2sql.persons import NAMES
from nl2sql.plan import OneOf, Related
from nl2sql.semantics.clause_parts import TRAINED
from nl2sql.semantics.contract_lengths import asks_length_of_contract, names_contract, ranks_length_of_contract
from nl2sql.semantics.facts import (
    CONTRACT,
    EVIDENCE,
    LEAVE,
    OF_PEOPLE,
    PEOPLE,
    PROJECT,
    RAISE,
    TABLES,
    TRAINING,
    Facts,
)
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.sides import split_periods
from nl2sql.semantics.terms import is_term, months_of

_TYPES = {LEAVE: "leave_type", CONTRACT: "contract_type", PEOPLE: "contract_type", TRAINING: "course"}
"""What "by type" means."""
_STILL = re.compile(
    r"still|hâlâ|hala|halen|всё ещё|ещё|все еще|еще|до сих пор|по-прежнему|по прежнему|продолжа|работает до"
)
_OF_LEAVE = re.compile(r"izin|izn|leave|отпуск", re.IGNORECASE)
_COMING = ("приш", "прих", "join", "katıl", "enter")


def find_subject(reader: Reader, facts: Facts) -> None:
    """Decide whose rows are asked for, and which table has them."""
    reader.subject = reader.head or _subject(reader, facts)
    facts.table = TABLES[reader.subject]
    _settle_events(reader, facts)
    events = set(facts.events.values())
    reader.is_about_leavers = "left" in events
    if (
        reader.subject == PEOPLE
        and ("left" in events or ("hire" in events and not _needs_staff(reader)))
        and not ("left" not in events and any(piece.has("current") for piece in reader.pieces))
    ):
        facts.table = "employees"
    if reader.subject == PEOPLE and "hire" in events and (stayed := _stayed(reader)) is not None:
        facts.table = "employees"
        facts.where.append((stayed, OneOf(reader.ref("employees", "status"), ("left",), negated=True)))
    if reader.counts_leavers:
        if reader.subject != PEOPLE or _needs_staff(reader):
            raise NotUnderstoodError("what is not known of those who left")
        facts.table = "employees"
    if facts.clauses and facts.table == "staff" and reader.subject == PEOPLE and not _is_of_today(reader, facts):
        facts.table = "employees"
    reader.keys = [typed(reader, key) for key in reader.keys]
    if reader.subject == PEOPLE and facts.table == "employees" and "department_code" in reader.keys:
        facts.table = "staff"


def _settle_events(reader: Reader, facts: Facts) -> None:
    # taken: leave is taken, people are taken on
    meant = {PEOPLE: "hire", LEAVE: "complete", TRAINING: "complete"}.get(reader.subject, "")
    facts.events |= {
        number: meant
        for number in facts.events
        if reader.pieces[number].has("event", meant) or _came_to(reader, facts, number)
    }
    if reader.subject in (LEAVE, TRAINING):  # departments that took so many hours took nobody on
        taken = [n for n, key in facts.events.items() if key == "hire" and reader.pieces[n].has("work", "take")]
        facts.events = {number: key for number, key in facts.events.items() if number not in taken}
        reader.use(*taken)


def _stayed(reader: Reader) -> int | None:
    """What share of those hired in 2020 still works here: what is said last is asked of those hired."""
    hired, current = reader.open("event", "hire"), reader.open("current")
    spans = [span.position for span in reader.quantities.spans]
    if not reader.open("ask", "share") or len(current) != 1 or len(spans) != 1 or not hired:
        return None
    said = reader.pieces[current[0]].text.lower()
    return current[0] if current[0] > max(*hired, *spans) and _STILL.match(said) else None


def _subject(reader: Reader, facts: Facts) -> str:
    """Whose rows are asked for, where no list says it."""
    people = _speaks_of_people(reader, facts)
    events = set(facts.events.values())
    leave, training = _speaks_of(reader, facts, LEAVE), _speaks_of(reader, facts, TRAINING)
    training |= _is_trained_in_both(reader)
    if leave and training:
        raise NotUnderstoodError("both leave and training")
    if leave or training:
        return LEAVE if leave else TRAINING
    if _speaks_of(reader, facts, RAISE):
        return RAISE
    if _is_about_contracts(reader, facts, events, people=people):
        return CONTRACT
    lasts = facts.counted == "days" and _is_length_of_project(reader)
    return PROJECT if not people and (_speaks_of(reader, facts, PROJECT) or lasts) else PEOPLE


def _is_trained_in_both(reader: Reader) -> bool:
    """Where fewer people were trained in 2025 than in 2024: two periods side by side are of what was done in them."""
    verbs = [reader.pieces[n].text.lower().split() for n in reader.open("event", "complete")]
    trained = any(word.startswith(TRAINED) for words in verbs for word in words)
    return trained and bool(split_periods(reader)[0])


def _is_of_today(reader: Reader, facts: Facts) -> bool:
    """Who did one thing once may have left since, unless more is asked of them than is known of those."""
    clause = facts.clauses[0][1]
    return (
        len(facts.clauses) > 1
        or not isinstance(clause, Related)
        or clause.negated
        or clause.table not in ("leave_taken", "training_done")
        or _needs_staff(reader)
        or bool(reader.open("ask", "share") or reader.open("current"))
        or any(bound.attribute in OF_PEOPLE or bound.unit_piece is not None for bound in reader.quantities.bounds)
        or any(value.attribute in ("status", "project_status") for value in reader.values)
        or any(piece.has("current") for piece in reader.pieces)
    )


def _speaks_of(reader: Reader, facts: Facts, subject: str) -> bool:
    """Whether a question speaks of a subject, in what remains of it or in what it counts."""
    if subject in facts.anti:
        return False
    attributes, columns, unit = EVIDENCE.get(subject, ((), (), None))
    units = [bound.unit_piece for bound in reader.quantities.bounds if bound.unit_piece is not None]
    if subject == LEAVE and (_is_length_of_project(reader) or facts.counted in (PROJECT, CONTRACT)):
        columns, unit = (), None
    return (
        facts.counted in (subject, *columns, *attributes)
        or any(value.attribute in attributes for value in reader.values)
        or any(key in attributes for key in reader.keys)
        or any(key != "course" and reader.open("dim", key) for key in attributes)
        or bool(reader.open("subject", subject))
        or (subject == PROJECT and bool(reader.open("dim", "project_status")))
        or bool(columns and reader.open("column", *columns) and not _is_length_of_service(reader, columns))
        or any(one.has("subject", subject) or (unit is not None and one.has("unit", unit)) for one in units)
    )


def _is_length_of_project(reader: Reader) -> bool:
    """Whether days are those that a project or a contract lasts."""
    projects = reader.said("subject", PROJECT, CONTRACT) or any(
        value.attribute in (PROJECT, "project_status") for value in reader.values
    )
    leave = any(_OF_LEAVE.search(reader.pieces[n].text) for n in reader.open("column", "days"))
    leave |= bool(reader.open("subject", LEAVE)) or any(value.attribute == "leave_type" for value in reader.values)
    if asks_length_of_contract(reader):
        return not leave
    return projects and not leave and not reader.speaks_of_people


def _is_length_of_service(reader: Reader, columns: Iterable[str]) -> bool:
    """Whether "how long" asks about people, since no leave is spoken of."""
    pieces = [reader.pieces[number] for number in reader.open("column", *columns)]
    return all(piece.has("column", "tenure") for piece in pieces) and not reader.open("subject", LEAVE)


def _speaks_of_people(reader: Reader, facts: Facts) -> bool:
    quantities = reader.quantities
    return (
        _speaks_of(reader, facts, PEOPLE)
        or bool(asks_who(reader) or reader.open("column", *OF_PEOPLE))
        or any(rank.attribute in OF_PEOPLE and not _is_length_of_project(reader) for rank in quantities.ranks)
        or any(bound.attribute in OF_PEOPLE and not _is_length_of_project(reader) for bound in quantities.bounds)
        or any(
            value.attribute in ("gender", "position", "status", "level", "family", *NAMES)
            or (value.attribute == "contract_type" and not names_contract(value))  # interns
            for value in reader.values
        )
    )


def _is_about_contracts(reader: Reader, facts: Facts, events: set[str], *, people: bool) -> bool:
    typed = any(value.attribute == "contract_type" for value in reader.values)
    asked = facts.counted == "?" or reader.open("ask", "when") or reader.open("date")
    ranked = bool(reader.quantities.ranks) and any(names_contract(value) for value in reader.values)
    dated = typed and (asked or ranked) and events and events <= {"end", "start"}
    if facts.counted == CONTRACT or dated or (asks_length_of_contract(reader) and facts.counted in (None, "days")):
        return True
    if any(ranks_length_of_contract(reader, rank) for rank in reader.quantities.ranks):
        return True
    if any(names_contract(value) for value in reader.values) and (
        (_has_term(reader) and not reader.speaks_of_people)
        or (not people and (reader.open("ask", "share") or (events and events <= {"end", "start"})))
        or (facts.counted == "?" and reader.open("state"))
    ):
        return True
    if not (reader.open("subject", CONTRACT) or "contract_type" in reader.keys):
        return False
    is_dated = bool(events & {"end", "start"} or reader.open("date", "start", "end"))
    is_dated |= bool(reader.open("state")) and not people
    return is_dated or not (people or facts.counted or "contract_type" in reader.keys)


def _has_term(reader: Reader) -> bool:
    """Contracts of at most three years."""
    bounds = [bound for bound in reader.quantities.bounds if months_of(bound) is not None]
    return any(bound.attribute is None or is_term(reader, bound) for bound in bounds)


def _needs_staff(reader: Reader) -> bool:
    """Whether people hired once are asked for something that is known of those who work here only."""
    return (
        any(rank.attribute in OF_PEOPLE for rank in reader.quantities.ranks)
        or bool(reader.open("column", *OF_PEOPLE) or reader.open("agg"))
        or (reader.head == PEOPLE and reader.said("column", *OF_PEOPLE))
        or any(value.attribute == "contract_type" for value in reader.values)
    )


def _came_to(reader: Reader, facts: Facts, number: int) -> bool:
    """Who joined or came to a course joined no company."""
    said = reader.pieces[number].text.lower()
    return reader.subject == TRAINING and facts.events[number] == "hire" and said.startswith(_COMING)


def typed(reader: Reader, key: str) -> str:
    """The attribute that "type", "status" or "code" means for the subject."""
    if key == "project_code":
        return PROJECT
    if key == "code":
        return PROJECT if reader.subject == PROJECT else "department_code"
    if key == "status" and reader.subject == PROJECT:
        return "project_status"
    if key != "type":
        return key
    if reader.subject not in _TYPES:
        raise NotUnderstoodError("types of what is not said")
    return _TYPES[reader.subject]


def asks_who(reader: Reader) -> bool:
    """Who, at the beginning: "people who work" asks nothing."""
    return any(
        number == reader.first
        or reader.language == "tr"
        or _follows_groups(reader, number)
        or _follows_colon(reader, number)
        or _follows_place(reader, number)
        for number in reader.open("ask", "who")
    )


def _follows_colon(reader: Reader, number: int) -> bool:
    """Moscow office, who: what is asked comes after a colon."""
    return ":" in reader.text[reader.pieces[number - 1].end : reader.pieces[number].start]


def _follows_place(reader: Reader, number: int) -> bool:
    """In Moscow, who …: nothing but whom it is about stands before."""
    before = reader.pieces[:number]
    named = {value.position for value in reader.values}
    parted = "," in reader.text[reader.pieces[number - 1].end : reader.pieces[number].start]
    plain = all(
        n in named or reader.pieces[n].is_filler or reader.pieces[n].has("time", "during") for n in range(number)
    )
    return parted and bool(before) and plain


def _follows_groups(reader: Reader, number: int) -> bool:
    """For every department, who …: of every one."""
    behind, piece = reader.beside(number, -1)
    if piece is not None and piece.has("conjunction", "and"):
        behind = reader.beside(behind, -1)[0]  # the highest salary by department and who earns it
    return (
        bool(reader.keys)
        and behind >= 0
        and reader.pieces[behind].is_used
        and (reader.dim(reader.pieces[behind]) is not None or reader.pieces[behind].has("each"))
    )
