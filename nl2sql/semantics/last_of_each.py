"""When each of some people last had leave or a training: one day a person, beside the name.

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
    "en son",
    "son",
)
_BEGINNING: Final = ("последн", "в последн")
_EACH: Final = re.compile(r"\b(?:each|every|their|they|her bir|her|кажд\w+|их)\b", re.IGNORECASE)
_ELSE: Final = ("count", "count_after", "share", "difference", "ratio", "versus", "who", "much", "howlong")
_AWAY: Final = ("status", "on leave")
_KINDS: Final = {"leave_type": LEAVE, "course": TRAINING}


def last_of_each(reader: Reader) -> Plan | None:
    """The plan of such a question; none if it is another."""
    last = [n for n, piece in enumerate(reader.pieces) if _says_last(reader, n, piece)]
    dated = [*reader.open("date"), *reader.open("ask", "when")]
    subject = _subject(reader)
    if len(last) != 1 or not dated or subject is None or not _asks_of_each(reader):
        return None
    table = TABLES[subject]
    reader.values = [value for value in reader.values if (value.attribute, value.value) != _AWAY]
    where: list[Condition] = [one for _, one in named_values(reader, table)]
    for span in reader.quantities.spans:
        where += period(reader, table, span, "date")
    where.append(Missing(reader.ref("staff", "person"), negated=True))
    reader.quantities.ranks.clear()
    reader.use(
        *last, *dated, *reader.open("group"), *reader.open("subject", subject, PEOPLE), *reader.open("dim", "course")
    )
    reader.use(*reader.open("event", "complete"), *reader.open("ask", "list", "which"), *reader.open("title"))
    day = Figure("max", reader.ref(table, "date"))
    columns = tuple(reader.ref(table, name) for name in NAMES)
    return Plan(table, columns, (day,), tuple(where), order=Order(day), unseen=(reader.ref(table, "person"),))


def _says_last(reader: Reader, number: int, piece: Piece) -> bool:
    """Last, and neither last year nor a last name."""
    ranked = any(rank.position == number and rank.descending for rank in reader.quantities.ranks)
    said, after = piece.text.lower(), reader.pieces[number + 1 : number + 2]
    if after and after[0].has("title"):
        return False
    return (said in _LAST or said.startswith(_BEGINNING)) and (piece.is_open or ranked) and not piece.has("dim")


def _subject(reader: Reader) -> str | None:
    """Leave or trainings, if one of them is spoken of and nothing else is."""
    found = {key for n in reader.open("subject", LEAVE, TRAINING) for key in reader.pieces[n].readings["subject"]}
    found |= {LEAVE for value in reader.values if (value.attribute, value.value) == _AWAY}
    found |= {_KINDS[value.attribute] for value in reader.values if value.attribute in _KINDS}
    columns = [n for n in reader.open("column") if not _says_last(reader, n, reader.pieces[n])]
    others = columns or reader.open("subject", "contract", "project", "raise") or reader.open("negation")
    return found.pop() if len(found) == 1 and not others else None


def _asks_of_each(reader: Reader) -> bool:
    """Whether people are told one by one, and nothing is counted or compared."""
    quantities = reader.quantities
    people = bool(reader.open("subject", PEOPLE)) or any(value.attribute in QUALITIES for value in reader.values)
    plain = not (
        quantities.bounds or quantities.windows or reader.open("agg") or reader.open("ask", *_ELSE) or reader.keys
    )
    ranks = [rank for rank in quantities.ranks if rank.attribute != "start"]
    named = any(value.attribute in NAMES for value in reader.values)
    return (named or (people and _EACH.search(reader.text) is not None)) and plain and not ranks
