"""Which attributes of rows a piece of a list means: those of people, of their contracts, of events, of projects."""

from __future__ import annotations

from nl2sql.persons import NAMES
from nl2sql.plan import Related
from nl2sql.semantics.facts import CONTRACT, PEOPLE, PROJECT, RAISE, Facts
from nl2sql.semantics.measures import possible_columns
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.shown import DATES_OF_PEOPLE, OF_EVENTS, date_named
from nl2sql.semantics.subject import typed

OF_CONTRACTS = ("start", "end", "duration")


def meant(reader: Reader, facts: Facts, number: int, owners: set[str]) -> list[str]:
    """The attributes that a piece of the list means for what is listed."""
    piece, head = reader.pieces[number], reader.subject
    if found := _called(reader, number):
        return found
    if piece.has("column") and (keys := _columns(reader, number)):
        return keys[:1]
    if date := _date(reader, facts, number, owners):
        return [date]
    if piece.has("ask", "much") and head == RAISE:
        return ["salary"]
    if (key := reader.dim(piece) or piece.key("asked")) is None:
        raise NotUnderstoodError("an attribute of what is not said")
    return [typed(reader, key)]


def _called(reader: Reader, number: int) -> list[str]:
    """Names of people or of projects."""
    piece, person = reader.pieces[number], _is_person(reader, number)
    if reader.subject == PROJECT and not person:
        return ["name"] if piece.has("title") or piece.has("dim", "project_name") else []
    if not (piece.has("title") or piece.has("named") or piece.has("ask", "who") or person):
        return []
    only = piece.has("dim", "last_name", "first_name") and not piece.has("title")
    return [piece.key("dim") or ""] if only else list(NAMES)


def _is_person(reader: Reader, number: int) -> bool:
    piece = reader.pieces[number]
    return piece.has("subject", PEOPLE) and not piece.has("title") and reader.subject != PEOPLE


def _columns(reader: Reader, number: int) -> list[str]:
    piece = reader.pieces[number]
    if reader.subject == RAISE and piece.has("column", "salary", "payroll"):
        return ["salary"]
    extra = (PEOPLE,) if reader.subject in OF_EVENTS else ()
    return ["salary" if key == "payroll" else key for key in possible_columns(reader, piece, *extra)]


def _date(reader: Reader, facts: Facts, number: int, owners: set[str]) -> str | None:
    """The date that a piece names: that of the contract, if it is said whose."""
    piece = reader.pieces[number]
    events = [key for key in piece.readings.get("event", ()) if key in DATES_OF_PEOPLE or key != "left"]
    keys = (*piece.readings.get("date", ()), *(("any",) if piece.has("ask", "when") else ()), *events)
    if reader.subject == PEOPLE and "any" in keys and (told := of_contracts(facts)):
        dates = {ref.column for one in told for inner in one.where if (ref := getattr(inner, "ref", None)) is not None}
        keys = tuple(key for key in OF_CONTRACTS if f"{key}_date" in dates)  # with that date
    if reader.subject == PEOPLE and facts.clauses and "any" in keys:
        raise NotUnderstoodError("a date of people or of what they did")
    if reader.subject == PEOPLE and (CONTRACT in owners or of_contracts(facts)):
        return next((key for key in keys if key in OF_CONTRACTS), None)
    if reader.subject == CONTRACT and not set(keys) & {"start", "end", "hire", "birth"}:
        return None
    return date_named(reader, facts, number, keys) if keys else None


def of_contracts(facts: Facts) -> list[Related]:
    """What is said of people's contracts: that they end in 2027."""
    clauses = [one for _, one in facts.clauses if isinstance(one, Related) and one.table == "contracts"]
    return [one for one in clauses if not one.negated and one.having is None]
