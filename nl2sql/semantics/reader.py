"""The pieces of a question put together: what is counted or shown, of whom, by what, in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nl2sql.feminine import is_feminine
from nl2sql.language import Language
from nl2sql.persons import NAMES
from nl2sql.phrases import phrase
from nl2sql.plan import Part, Ref
from nl2sql.semantics.lexicon import load_schema
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.quantities import Quantities

_DIM_OF_SUBJECT = {"project": "project", "training": "course"}
_OF_PERSONS = ("leave_taken", "training_done", "contracts", "salaries", "employees")
"""Tables with rows that belong to one person each."""


_ENDED = re.compile(r"[?:;.!](?=\s)|[—–]")
_RELATIVE = re.compile(r",(\s*(в|во|на|у|с|со|к|из|для|по|о|за))?$")
_PARTICIPLE = re.compile(r"(an|en)l[ae]r")
_PROFESSIONS = ("position", "family", "level")
_LISTED = ("position", "project")
"""Attributes whose name may begin a list after a value: welders position, city; not: Ankara office, names."""
_TIMES = ("year", "quarter", "month")
_PARTS_OF_EVENTS = {"year": "year", "год": "year", "yıl": "year", "month": "month", "месяц": "month"}
_OF_EVENTS = ("course", "leave_type")
_LEAST = ("at least", "en az", "хотя бы", "хоть", "минимум")
_ONES = ("one", "ones")
_WORKERS = ("worker", "işçi", "isci")


def _is_of(between: Sequence[Piece]) -> bool:
    """Whether nothing but small words stands there."""
    return all(piece.has("filler") or piece.has("negation") for piece in between)


class NotUnderstoodError(Exception):
    """The pieces do not make a whole."""


@dataclass
class Named:
    """A value that the question names."""

    piece: Piece
    attribute: str
    value: str
    position: int
    negated: bool = False
    is_spent: bool = False
    """Whether it is a condition already."""


class Reader:
    """One question on its way to a plan."""

    def __init__(self, text: str, pieces: Sequence[Piece], quantities: Quantities, language: Language) -> None:
        self.text = text
        self.pieces = pieces
        self.quantities = quantities
        self.language = language
        self.bounded = tuple(bound.position for bound in quantities.bounds)
        """Where numbers stand that something is compared with."""
        self.assumptions: list[str] = []
        self.schema = load_schema()[1]
        self.values: list[Named] = []
        self.keys: list[str] = []
        self.subject = ""
        self.head: str | None = None
        """The subject that a list is of."""
        self.names_people = False
        self.speaks_of_people = False
        self.wants_each = False
        """Whether a number is asked for several values, each on its own."""
        self.is_yearly = False
        """Whether pay is that of a year."""
        self.counts_leavers = False
        """Whether those who left are meant as well."""
        self.is_about_leavers = False
        """Then what is known of those who work here cannot be asked."""

    def assume(self, name: str) -> None:
        """Say how the question was read, where it may be read in another way; `phrases.toml` has the sentence."""
        sentence = phrase(self.language, f"assume_{name}")
        if sentence not in self.assumptions:
            self.assumptions.append(sentence)

    # -- looking around ----------------------------------------------------------------------------------

    def open(self, kind: str, *keys: str) -> list[int]:
        """Numbers of the pieces that may still be read so."""
        return [number for number, piece in enumerate(self.pieces) if piece.is_open and piece.has(kind, *keys)]

    def said(self, kind: str, *keys: str) -> bool:
        """Whether a piece may be read so, whatever has been made of it."""
        return any(piece.has(kind, *keys) for piece in self.pieces)

    def beside(self, number: int, step: int) -> tuple[int, Piece | None]:
        """The next piece in a direction that is no mere filler."""
        number += step
        while 0 <= number < len(self.pieces):
            if not self.pieces[number].is_filler:
                return number, self.pieces[number]
            number += step
        return number, None

    def is_apart(self, one: int, other: int) -> bool:
        """Whether a sentence or a colon ends between two pieces."""
        first, last = sorted((one, other))
        return _ENDED.search(self.text, self.pieces[first].end, self.pieces[last].start + 1) is not None

    def use(self, *numbers: int) -> None:
        """Mark pieces as understood."""
        for number in numbers:
            self.pieces[number].is_used = True

    def dim(self, piece: Piece) -> str | None:
        """The attribute that a piece names."""
        found = piece.key("dim")
        if found is None and piece.has("subject"):
            found = _DIM_OF_SUBJECT.get(piece.key("subject") or "")
        return found

    # -- the whole ---------------------------------------------------------------------------------------

    def read(self) -> None:
        """Find values and groups."""
        self._read_relatives()
        self.names_people = bool(self.open("subject", "people")) or any(
            "kiler" in piece.suffix or self.is_participle(piece) for piece in self.pieces
        )
        self._read_values()
        self.speaks_of_people = bool(
            self.open("subject", "people") or self.open("ask", "who") or self.names_people
        ) or any(value.attribute in ("gender", "position", "level", "family", *NAMES) for value in self.values)
        self._read_workers()
        self._absorb_dims()
        self._absorb_positions()
        self._absorb_ones()
        self._read_at_least_one()
        self._absorb_owners_of_codes()
        self._join_alternatives()
        self._read_names()
        self._read_keys()

    def _read_relatives(self) -> None:
        """Отделы, в которых: such a word asks nothing."""
        for number in self.open("ask", "which"):
            before = self.text[: self.pieces[number].start].rstrip()
            near = self.pieces[number + 1 : number + 4]
            # cities in which there is a project; people who by profession are none
            of_project = any(piece.has("subject", "project") or piece.text.lower() == "по" for piece in near)
            said = self.pieces[number].text.lower()
            if not _RELATIVE.search(before) or of_project:
                continue
            if said == "где":
                self.pieces[number].readings = {"filler": ("filler",)}
            elif said.startswith("котор"):
                del self.pieces[number].readings["ask"]

    def is_participle(self, piece: Piece) -> bool:
        """İşe alınanlar: those who were hired."""
        said = self.language == "tr" and piece.has("event", "hire", "left")
        return said and _PARTICIPLE.search(piece.text.lower()) is not None

    def ref(self, table: str, attribute: str, part: Part | None = None) -> Ref:
        """The column of an attribute for a subject, through its keys if it is not its own."""
        found = self.schema[table].get(attribute)
        if found is None and table in _OF_PERSONS and not self.is_about_leavers:
            found = self.schema["staff"].get(attribute)
        if found is None:
            raise NotUnderstoodError(f"{table} has no {attribute}")
        return found if part is None else replace(found, part=part)

    def attribute(self, ref: Ref) -> str:
        """The attribute that a column is of."""
        found = next((key for key, own in self.schema[ref.table].items() if own == ref), None)
        if found is None:
            raise NotUnderstoodError(f"{ref.table}.{ref.column} is no attribute of its own")
        return found

    def has_attribute(self, table: str, attribute: str) -> bool:
        """Whether an attribute can be asked of a subject."""
        return attribute in self.schema[table] or (table in _OF_PERSONS and attribute in self.schema["staff"])

    # -- values ------------------------------------------------------------------------------------------

    def _read_values(self) -> None:
        """Values with the reading that the words beside them choose."""
        others = [
            number
            for number in self.open("subject", "people", "leave", "training", "contract")
            if self.pieces[number].text.lower() not in _ONES
        ]
        of_events = any(piece.values and piece.values[0][0] in _OF_EVENTS for piece in self.pieces)
        about_projects = bool(self.open("subject", "project")) and not (others or of_events)
        for number, piece in enumerate(self.pieces):
            if not piece.is_open or not piece.values or piece.has("compare"):
                continue
            near = {self.dim(one) for step in (-1, 1) if (one := self.beside(number, step)[1]) is not None}
            readings = [reading for reading in piece.values if reading[0] in near] or list(piece.values)
            if piece.readings and readings[0][0] == "project_status":
                # finished, active: of projects if one is named, else what the words say otherwise
                around = [one for step in (-1, 1) if (one := self.beside(number, step)[1]) is not None]
                around += [self.beside(place, 1)[1] or piece for place in self._each_after(number)]
                if not (about_projects or any(one.has("subject", "project") for one in around)):
                    continue
            if readings[0][0] == "project_status" and not self.open("subject", "project"):
                continue
            attribute, value = readings[0]
            if attribute in NAMES:
                self._read_name(number, readings)
                continue
            self.values.append(Named(piece, attribute, value, number))
            if self.language == "ru" and attribute in _PROFESSIONS and is_feminine(piece.text):
                self.values.append(Named(piece, "gender", "F", number))
            self.use(number)

    def _each_after(self, number: int) -> list[int]:
        """Devam eden her proje: the word for each that stands between."""
        place, piece = self.beside(number, 1)
        return [place] if self.language == "tr" and piece is not None and piece.has("group", "before") else []

    def _read_name(self, number: int, readings: list[tuple[str, str]]) -> None:
        """Somebody's first or last name; what may be either is told by the name beside it."""
        attributes = list(dict.fromkeys(attribute for attribute, _ in readings))
        if len(attributes) > 1:
            step = next((step for step in (1, -1) if self._is_name(self.beside(number, step)[1])), None)
            if step is None:
                raise NotUnderstoodError("a name that is a first and a last name")
            attributes = [NAMES[0] if step == 1 else NAMES[1]]
        for attribute, value in readings:
            if attribute == attributes[0]:
                self.values.append(Named(self.pieces[number], attribute, value, number))
        self.use(number)

    def _is_name(self, piece: Piece | None) -> bool:
        return piece is not None and bool(piece.values) and piece.values[0][0] in NAMES

    def _read_workers(self) -> None:
        """Specialists and workers: a level beside another one, not people."""
        if any(value.attribute == "level" for value in self.values):
            for number in self.open("subject", "people"):
                if self.pieces[number].text.lower().startswith(_WORKERS):
                    self.values.append(Named(self.pieces[number], "level", "worker", number))
                    self.use(number)

    def _join_alternatives(self) -> None:
        """In Moscow or Kazan; "or" between anything else is not understood."""
        for number in self.open("conjunction", "or"):
            named = {self.beside(number, step)[0]: step for step in (-1, 1)}
            attributes = [value.attribute for value in self.values if value.position in named]
            if len(attributes) == len(named) and len(set(attributes)) == 1:
                self.use(number)

    def _absorb_dims(self) -> None:
        """The Finance department, the city of Moscow: a value says more than the word beside it."""
        for value in self.values:
            for step in (1, -1):
                number, piece = self.beside(value.position, step)
                denied = piece is not None and piece.has("negation")
                if denied:
                    number, piece = self.beside(number, step)  # departments other than Construction
                if piece is None or not piece.is_open:
                    continue
                behind = self.beside(number, -1)[1]
                if denied and behind is not None and behind.has("ask", "which"):
                    continue  # which departments other than Construction
                grouped = behind is not None and behind.has("group") and step == 1
                if self.dim(piece) == value.attribute and not grouped and not self._begins_list(value, number, step):
                    self.use(number)

    def _absorb_positions(self) -> None:
        """People in positions of specialist level: those who have the level."""
        people = self.open("subject", "people")
        if self.keys or not people or not self.open("ask", "count", "count_after"):
            return
        for value in self.values:
            number, piece = self.beside(value.position, 1)
            if self.language != "tr":
                places = [n for n in self.open("dim", "position") if people[0] < n < value.position]
                number = places[-1] if places else -1
                piece = (
                    self.pieces[number] if number >= 0 and _is_of(self.pieces[number + 1 : value.position]) else None
                )
            if value.attribute in ("level", "family") and piece is not None and piece.has("dim", "position"):
                self.use(number)

    def _absorb_ones(self) -> None:
        """A fixed-term one, the active ones: the noun that was said before."""
        for value in self.values:
            number, piece = self.beside(value.position, 1)
            if piece is not None and piece.is_open and self.language == "en" and piece.text.lower() in _ONES:
                self.use(number)

    def _read_at_least_one(self) -> None:
        """With at least one employee over 65: that there is one, and no number for each."""
        for number in self.open("per"):
            place, behind = self.beside(number, -1)
            least = behind is not None and (behind.has("compare", "ge") or behind.text.lower() in _LEAST)
            if least:
                self.use(place, number)
                ranks = self.quantities.ranks
                ranks[:] = [rank for rank in ranks if rank.position != place]  # en az: no smallest number
                self.names_people = self.speaks_of_people = True

    def _begins_list(self, value: Named, number: int, step: int) -> bool:
        """Whether an attribute after a value is the first of several that are asked for: "welders: position, city"."""
        after = self.text[value.piece.end : self.pieces[number].start]
        if step == 1 and any(mark in after for mark in ":,—–"):
            return True
        further, ahead = self.beside(number, 1)
        if (
            step == -1
            or value.attribute not in _LISTED
            or ahead is None
            or "," not in self.text[self.pieces[number].end : ahead.start]
        ):
            return False
        return self.pieces[further].is_open and any(ahead.has(kind) for kind in ("dim", "date", "column", "title"))

    def _absorb_owners_of_codes(self) -> None:
        """The department code: whose code it is says nothing more."""
        for number in self.open("dim", "code"):
            for step in (-1, 1):
                place, piece = self.beside(number, step)
                if piece is not None and piece.text.lower() == "of":
                    place, piece = self.beside(place, step)
                if piece is not None and piece.is_open and piece.has("dim", "department"):
                    self.use(place)

    def _read_names(self) -> None:
        """People called Olga, adı Olga olan, по имени Olga: the words that say that something is a name."""
        names = {value.position for value in self.values if value.attribute in NAMES}
        firsts = {value.position for value in self.values if value.attribute == "first_name"}
        if len(firsts) > 1 and names - firsts:
            raise NotUnderstoodError("several persons")
        for number in self.open("named"):
            if any(self.beside(number, step)[0] in names for step in (1, -1)):
                self.use(number)

    def _is_rate(self) -> bool:
        return bool(self.open("column", "salary", "payroll")) and not self.open("event")

    # -- groups ------------------------------------------------------------------------------------------

    def _read_keys(self) -> None:
        """By city, per department, şehre göre, her şehirde, по городам."""
        for number in self.open("group", "before"):
            self._read_key_after(number)
        for number in self.open("order", "sorted"):
            found = self._dims_from(self.beside(number, 1)[0], 1)  # rank the cities by …
            if found and self.language != "tr":
                self.use(number)
                self._add_keys(found)
        for number in self.open("each"):
            key = self.pieces[number].key("each")
            rate = self._is_rate() or bool(self.open("column", "age", "tenure"))
            if key is not None and not (key in _TIMES and rate):
                self.keys += [key] * (key not in self.keys)
                self.use(number)
        for number in self.open("group", "after"):
            found = self._dims_from(self.beside(number, -1)[0], -1)
            if found:
                self.use(number)
                self._add_keys(list(reversed(found)))

    def _read_key_after(self, number: int) -> None:
        """By city, by year of hire."""
        ahead, piece = self.beside(number, 1)
        found = self._dims_from(self._past_values(ahead), 1)
        if piece is not None and piece.is_open and (part := self._part_of_event(piece)):
            self.use(number)
            self.keys += [part] * (part not in self.keys)
        elif found and piece is not None:
            self.use(number)
            self._add_keys(found)
        elif piece is not None and self.language == "en" and piece.has("subject", "people"):
            self.use(number)  # taken by employees
        elif self._counts_each(number, ahead):
            self.pieces[number].readings = {"per": ("person",)}

    def _counts_each(self, number: int, ahead: int) -> bool:
        """Per ill person: for each of those who have some."""
        named = {value.position for value in self.values}
        person = self.beside(ahead, 1)[1]
        said = self.pieces[number].text.lower()
        return said == "per" and ahead in named and person is not None and person.has("subject", "people")

    def _part_of_event(self, piece: Piece) -> str | None:
        """By year of hire: the year is part of the phrase."""
        said = piece.text.lower() if piece.has("event") else ""
        return next((part for word, part in _PARTS_OF_EVENTS.items() if word in said), None)

    def around(self, position: int) -> tuple[int, int]:
        """Where what is said of a number may stand: after the number before it, before the one after it."""
        before = [place for place in self.bounded if place < position]
        after = [place for place in self.bounded if place > position]
        return (before[-1] + 1 if before else 0), (after[0] if after else len(self.pieces))

    def _past_values(self, number: int) -> int:
        """For every ongoing project: what stands between says which of them."""
        named = {value.position for value in self.values if value.attribute not in ("gender", "position")}
        place = number
        while place in named:
            place = self.beside(place, 1)[0]
        inside = place != number and place < len(self.pieces) and self.pieces[place].is_open
        return place if inside and self.dim(self.pieces[place]) is not None else number

    def _dims_from(self, number: int, step: int) -> list[int]:
        """Attributes in a row, joined by "and" or commas."""
        found: list[int] = []
        if 0 <= number < len(self.pieces) and step == 1 and self.pieces[number].has("event"):
            number = self.beside(number, 1)[0]  # by birth year
        while 0 <= number < len(self.pieces):
            piece = self.pieces[number]
            key = self.dim(piece)
            again = step == 1 and key in [self.dim(self.pieces[n]) for n in found]
            if not piece.is_open or key is None or again:
                break  # her projede, projenin bulunduğu şehirde
            found.append(number)
            ahead, joint = self.beside(number, step)
            if joint is not None and joint.has("conjunction", "and"):
                further, other = self.beside(ahead, step)
                if other is not None and other.is_open and self.dim(other) is not None:
                    self.use(ahead)
                    number = further
                    continue
            one, other = sorted((self.pieces[number], joint or piece), key=lambda each: each.start)
            comma = joint is not None and "," in self.text[one.end : other.start]
            number = ahead if comma else -1
        return found

    def _add_keys(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            key = self.dim(self.pieces[number])
            if key in ("month", "year") and self._is_rate():
                key = None  # a salary per month is what salaries are
            if key is not None and key not in self.keys:
                self.keys.append(key)
            self.use(number)
