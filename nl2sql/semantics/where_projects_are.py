"""Where projects are, and how they stand: in which cities we have projects, in which city Dubai Towers is, its status.

These are columns of projects. People who work on a project have places and a status of their own, which are meant where
people are spoken of; places as conditions are `places`.
"""

from __future__ import annotations

from typing import Final

from nl2sql.plan import Figure, Missing, Order, Plan
from nl2sql.semantics.facts import PEOPLE, PROJECT
from nl2sql.semantics.named import named_values
from nl2sql.semantics.reader import Reader

_PLACES: Final = ("city", "country")
_PLURALS: Final = (
    "cities",
    "countries",
    "towns",
    "offices",
    "places",
    "locations",
    "lar",
    "ler",
    "larda",
    "lerde",
    "города",
    "городах",
    "страны",
    "странах",
)
_ELSE: Final = (
    "count_after",
    "share",
    "difference",
    "ratio",
    "versus",
    "who",
    "much",
    "howlong",
    "when",
    "distribution",
)


def where_projects_are(reader: Reader) -> Plan | None:
    """The plan of such a question; none if it is another."""
    if not _is_plain(reader):
        return None
    named = [value for value in reader.values if value.attribute == PROJECT]
    dims = reader.open("dim", *_PLACES, *(["status"] if named else []))
    asked = reader.open("asked", "city") if len(named) == 1 and not dims else []
    places = dims or asked
    if len(places) != 1 or not (named or reader.open("subject", PROJECT)) or not _is_asked(reader, places[0]):
        return None
    if named and (
        len({value.value for value in named}) > 1 or reader.pieces[places[0]].text.lower().endswith(_PLURALS)
    ):
        return None
    key = (reader.pieces[places[0]].key("dim") if dims else None) or "city"
    counted = reader.open("ask", "count")
    where = tuple(one for _, one in named_values(reader, "projects"))
    reader.use(*places, *counted, *reader.open("subject", PROJECT), *reader.open("ask", "which", "what", "list"))
    ref = reader.ref("projects", "project_status" if key == "status" else key)
    if counted:
        return Plan("projects", measures=(Figure("distinct", ref),), where=where)
    known = (*where, Missing(ref, negated=True))
    return Plan("projects", (ref,), where=known, distinct=True, order=Order(ref, descending=False))


def _is_plain(reader: Reader) -> bool:
    """Whether nothing but projects and places is spoken of."""
    quantities = reader.quantities
    numbers = quantities.spans or quantities.bounds or quantities.ranks or quantities.windows
    words = reader.open("agg") or reader.open("column") or reader.open("negation") or reader.open("event")
    others = reader.open("subject", PEOPLE, "leave", "training", "contract", "raise") or reader.open("ask", *_ELSE)
    values = {value.attribute for value in reader.values} - {PROJECT, "project_status", "country"}
    several = len(reader.open("ask", "which")) > 1 or reader.open("both") or reader.open("conjunction")
    return not (numbers or words or others or values or several or reader.keys or reader.speaks_of_people)


def _is_asked(reader: Reader, place: int) -> bool:
    """Which city, how many cities, cities with projects; not: projects with their city."""
    if reader.pieces[place].has("asked"):
        return True
    before, piece = reader.beside(place, -1)
    if piece is None:
        return reader.language != "tr"
    if reader.language == "tr":
        return piece.has("ask", "which", "count")
    ahead = [one for one in reader.pieces[:before] if not (one.is_filler or one.has("time", "during"))]  # in what city
    return piece.has("ask", "which", "what", "count", "list") and not ahead
