"""When each of some people last or first had leave or a training, and what it was.

Who was the last of all, and when, is a ranking; whose last one was in a year is `clause_last`.
"""

from __future__ import annotations

import re
from typing import Final

from nl2sql.persons import NAMES
from nl2sql.plan import Condition, Figure, Missing, Order, Plan
from nl2sql.semantics.facts import LEAVE, PEOPLE, QUALITIES, TABLES, TRAINING
from nl2sql.semantics.named import named_values
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import Reader
from nl2sql.semantics.timing import period

_LAST: Final = (
    "last",
    "latest",
    "most recent",
    "most recently",
    "the last",
    "the latest",
    "last time",
    "the last time",
    "en son",
    "son",
)
_FIRST: Final = ("first", "the first", "earliest", "very first", "first time", "the first time", "ilk", "ilk kez")
_BEGINNING: Final = {"max": ("последн", "в последн"), "min": ("перв", "в перв", "впервые")}
_STARTED: Final = ("начал", "начина")
_EACH: Final = re.compile(
    r"\b(?:each|every|their|they|dates|her bir|her|herkes\w*|\w*tarihleri|кажд\w+|их|даты)\b", re.IGNORECASE
)
_ELSE: Final = ("count", "count_after", "share", "difference", "ratio", "versus", "who", "much", "howlong")
_AWAY: Final = ("status", "on leave")
_KINDS: Final = {"leave_type": LEAVE, "course": TRAINING}
_RECORD: Final = {LEAVE: ("leave_type", "date", "days"), TRAINING: ("course", "date")}
"""What is told of one that is asked for, and not only when it was."""
_SAID: Final = ("group", "per", "date", "work", "edge")


def last_of_each(reader: Reader) -> Plan | None:
    """The plan of such a question; none if it is another."""
    edges = {n: edge for n, piece in enumerate(reader.pieces) if (edge := _edge(reader, n, piece)) is not None}
    subject = _subject(reader, edges)
    if len(edges) != 1 or subject is None or not _asks_of_each(reader, edges):
        return None
    (edge,) = edges.values()
    asked = [*reader.open("date"), *reader.open("ask", "when")]
    table = TABLES[subject]
    reader.values = [value for value in reader.values if (value.attribute, value.value) != _AWAY]
    where: list[Condition] = [one for _, one in named_values(reader, table)]
    for span in reader.quantities.spans:
        where += period(reader, table, span, "date")
    where.append(Missing(reader.ref("staff", "person"), negated=True))
    reader.quantities.ranks.clear()
    reader.use(*edges, *asked, *(n for kind in _SAID for n in reader.open(kind)))
    reader.use(*reader.open("subject", subject, PEOPLE), *reader.open("dim", "course", "city"))
    reader.use(
        *reader.open("event", "complete", *(["start"] if asked or subject == LEAVE else [])),
        *reader.open("ask", "list", "which", "what"),
        *reader.open("title"),
    )
    names = tuple(reader.ref(table, name) for name in NAMES)
    person, day = (reader.ref(table, "person"),), reader.ref(table, "date")
    if asked:
        figure = Figure("max" if edge == "max" else "min", day)
        return Plan(table, names, (figure,), tuple(where), order=Order(figure), unseen=person)
    columns = (*names, *(reader.ref(table, key) for key in _RECORD[subject]))
    order = Order(day, edge == "max")
    return Plan(table, columns, where=tuple(where), order=order, limit=1, each=person, unseen=person)


def _edge(reader: Reader, number: int, piece: Piece) -> str | None:
    """Last or first, and neither last year, a last name nor First Aid."""
    ranked = any(rank.position == number and rank.place == 1 and not rank.count for rank in reader.quantities.ranks)
    said, after = piece.text.lower(), reader.pieces[number + 1 : number + 2]
    if (after and after[0].has("title")) or piece.has("dim") or piece.values or not (piece.is_open or ranked):
        return None
    started = said.startswith(_STARTED)  # когда начался последний отпуск
    word = said.split()[-1] if started else said
    if said in _LAST or word.startswith(_BEGINNING["max"]):
        return "max"
    return "min" if said in _FIRST or word.startswith(_BEGINNING["min"]) else None


def _subject(reader: Reader, edges: dict[int, str]) -> str | None:
    """Leave or trainings, if one of them is spoken of and nothing else is."""
    found = {key for n in reader.open("subject", LEAVE, TRAINING) for key in reader.pieces[n].readings["subject"]}
    found |= {LEAVE for value in reader.values if (value.attribute, value.value) == _AWAY}
    found |= {_KINDS[value.attribute] for value in reader.values if value.attribute in _KINDS}
    found |= {TRAINING for n in reader.open("date", "complete")}
    columns = [n for n in reader.open("column") if n not in edges]
    others = columns or reader.open("subject", "contract", "project", "raise") or reader.open("negation")
    return found.pop() if len(found) == 1 and not others else None


def _asks_of_each(reader: Reader, edges: dict[int, str]) -> bool:
    """Whether people are told one by one, and nothing is counted or compared."""
    quantities = reader.quantities
    said = reader.open("subject", PEOPLE) or reader.open("per")
    people = bool(said) or any(value.attribute in QUALITIES for value in reader.values)
    plain = not (
        quantities.bounds or quantities.windows or reader.open("agg") or reader.open("ask", *_ELSE) or reader.keys
    )
    ranks = [rank for rank in quantities.ranks if rank.position not in edges]
    named = any(value.attribute in NAMES for value in reader.values)
    return (named or (people and _EACH.search(reader.text) is not None)) and plain and not ranks
