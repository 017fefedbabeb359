"""Clauses about events that a question has inside: which words belong to which of them.

A clause has something it is about (leave, a course), and may have periods, numbers and a negation of its own. What
they become is `clauses`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from nl2sql.semantics.facts import LEAVE, PEOPLE, TRAINING
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.quantities import Bound
from nl2sql.semantics.reader import Named, NotUnderstoodError, Reader
from nl2sql.semantics.spans import Span

KIND = {LEAVE: "leave_type", TRAINING: "course"}
"""Subject -> the attribute that its values are of."""
_UNITS = {LEAVE: ("day", "days"), TRAINING: ("hour", "hours")}
_RELATIVE = frozenset(
    {"who", "whose", "that", "which", "whom", "кто", "чей", "чья", "чьи", "чьё", "чьего", "чьей", "у"}
)
_CONVERBS = ("ıp", "ip", "up", "üp")
_BUT = frozenset({"but", "но", "а", "ama", "fakat", "ancak", "yet", "while", "when"})
_TIMES = frozenset({"once", "twice", "birden", "дважды", "однажды", "единожды", "bir", "один", "одного"})
_TRAINED = ("eğitim", "train", "обуч", "учи")
"""What verbs of training have in them."""
_NEITHER = frozenset({"neither", "nor", "ни", "ne"})
_AWAY = ("уш", "уход", "уйт", "ayrıl")
"""How verbs of leaving begin that are said of leave, too."""
_SMALL = 20
"""Numbers that people may have of something, said without a unit."""
_OWN_DATES = ("hire", "birth", "left", "end")


@dataclass
class Clause:
    """One condition on people: that they did something, or did not."""

    subject: str
    first: int
    last: int
    values: list[Named] = field(default_factory=list)
    segment: int = 0
    joined: str | None = None
    """How its values are: "and", "or"."""
    spans: list[Span] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    negated: list[int] = field(default_factory=list)
    """Where it is denied."""
    segments: set[int] = field(default_factory=set)
    """Others that speak of it."""
    excepted: list[Named] = field(default_factory=list)
    """Values that other rows than theirs are meant by: courses except First Aid."""


class Parts:
    """The clauses of a question with what belongs to each."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.used: set[int] = set()
        self.segments = self._cut()
        self.clauses = self._find()

    # -- where clauses are ---------------------------------------------------------------------------------

    def anchors(self) -> dict[int, str]:
        """Pieces that speak of an event, and of which."""
        found = {
            value.position: LEAVE if value.attribute == "leave_type" else TRAINING
            for value in self.reader.values
            if value.attribute in KIND.values()
        }
        for number in self.reader.open("subject", LEAVE, TRAINING):
            found[number] = self.reader.pieces[number].key("subject") or ""
        for number in self.reader.open("event", "complete"):
            if any(word in self.reader.pieces[number].text.lower() for word in _TRAINED):
                found[number] = TRAINING
        return dict(sorted(found.items()))

    def _cut(self) -> list[int]:
        """The segment of every piece: they end at commas, at "and" and "who", and after Turkish verbs in -ip."""
        reader, found, segment = self.reader, [], 0
        for number, piece in enumerate(reader.pieces):
            said = piece.text.lower()
            before = reader.pieces[number - 1] if number else None
            comma = before is not None and "," in reader.text[before.end : piece.start]
            opens = said in _RELATIVE or said.startswith("котор") or comma
            opens |= piece.has("conjunction", "and") or said.split()[0] in _BUT
            if opens and not self._is_list(number, comma=comma):
                segment += 1
            found.append(segment)
            if reader.language == "tr" and said.endswith(_CONVERBS) and not piece.values:
                segment += 1
        return found

    def _is_list(self, number: int, *, comma: bool) -> bool:
        """Between two values of one attribute, or inside of a period or a range, nothing ends."""
        reader = self.reader
        before, after = reader.beside(number, -1)[0], number if comma else reader.beside(number, 1)[0]
        kinds = {value.position: value.attribute for value in reader.values}
        if before in kinds and kinds.get(before) == kinds.get(after):
            return True
        return reader.pieces[number].is_used

    def _find(self) -> list[Clause]:
        clauses: list[Clause] = []
        values = {value.position: value for value in self.reader.values}
        for number, subject in self.anchors().items():
            clause = clauses[-1] if clauses else None
            if clause is None or clause.subject != subject or not self._continues(clause, number):
                clause = Clause(subject, number, number, segment=self.segments[number])
                clauses.append(clause)
            clause.last = number
            if number in values:
                clause.values.append(values[number])
        return clauses

    def _continues(self, clause: Clause, number: int) -> bool:
        """Whether an anchor belongs to the one before: "sick leave", "First Aid or Fire Safety"."""
        between = range(clause.last + 1, number)
        pieces = [self.reader.pieces[n] for n in between]
        if any("," in self.reader.text[one.end : two.start] for one, two in self._neighbours(clause.last, number)):
            joined = "and" if number in {v.position for v in self.reader.values} and clause.values else None
            if joined is None:
                return False
            clause.joined = clause.joined or joined
        excepting = [n for n in between if self.reader.pieces[n].has("negation", "except") and len(pieces) <= 2]  # noqa: PLR2004
        if excepting and not clause.values:
            self.used.update(excepting)
            clause.excepted += [value for value in self.reader.values if value.position == number]
            return True
        if excepting and self.reader.language == "tr" and number not in {v.position for v in self.reader.values}:
            self.used.update(excepting)
            clause.excepted += clause.values
            return True
        if not all(piece.has("filler") or piece.has("conjunction") or piece.has("both") for piece in pieces):
            return False
        for key in ("or", "and"):
            if any(piece.has("conjunction", key) and piece.text.lower() not in _BUT for piece in pieces):
                if clause.joined not in (None, key):
                    raise NotUnderstoodError("values joined by and by or")
                clause.joined = key
                break
        else:
            if any(piece.text.lower() in _BUT for piece in pieces):
                return False
        return True

    def _neighbours(self, first: int, last: int) -> list[tuple[Piece, Piece]]:
        pieces = self.reader.pieces[first : last + 1]
        return list(pairwise(pieces))

    # -- what belongs to them ------------------------------------------------------------------------------

    def assign(self) -> None:
        """Give every period, number and negation that is not the people's own to a clause."""
        for number in self.reader.open("negation"):
            self._assign_negation(number)
        self._find_neither()
        for bound in list(self.reader.quantities.bounds):
            self._assign_bound(bound)
        for span in sorted(self.reader.quantities.spans, key=lambda one: one.position):
            self._assign_span(span)
        self._share_spans()
        for clause in self.clauses:
            self._use_words(clause)

    def denies(self) -> bool:
        """Whether a clause is denied."""
        count = len(self.clauses)
        found = any(self._denied_by(number) is not None for number in self.reader.open("negation"))
        del self.clauses[count:]
        return found

    def _find_neither(self) -> None:
        """Ne … ne de: both are denied."""
        said = [n for n in self.reader.open("ask", "what") if self.reader.pieces[n].text.lower() == "ne"]
        denied = [(n, self._clause_at(self.reader.beside(n, 1)[0])) for n in said]
        if len(said) > 1 and all(clause is not None for _, clause in denied):
            for number, clause in denied:
                if clause is not None:
                    clause.negated.append(number)
                    self.used.add(number)

    def _clause_at(self, number: int) -> Clause | None:
        return next((one for one in self.clauses if one.first <= number <= one.last), None)

    def _assign_negation(self, number: int) -> None:
        clause = self._denied_by(number)
        if clause is not None and number not in self.used:
            clause.negated.append(number)
            self.used.add(number)

    def _denied_by(self, number: int) -> Clause | None:
        """What a negation denies: the clause that comes next, in Turkish the one before the verb."""
        reader, piece = self.reader, self.reader.pieces[number]
        if piece.has("negation", "nobody"):
            return None
        steps = [-1, 1] if reader.language == "tr" and not piece.text.lower().startswith("hiç") else [1, -1]
        if reader.language == "tr":
            return next((found for step in steps if (found := self._reach(number, step))), None)
        found = self._reach(number, 1)
        return found

    def _reach(self, number: int, step: int) -> Clause | None:
        """The clause in a direction, if nothing else that may be denied stands before it."""
        reader, places = self.reader, {value.position for value in self.reader.values}
        spans = {span.position for span in reader.quantities.spans}
        place, segment, passed = number + step, self.segments[number], False
        while 0 <= place < len(reader.pieces):
            piece = reader.pieces[place]
            if (clause := self._clause_at(place)) is not None:
                return self._elided(clause, segment, place) if passed and self.segments[place] != segment else clause
            if place in places or piece.has("subject", PEOPLE):
                return None
            passed |= place in spans
            if self.segments[place] != segment and not passed:
                return None
            known = piece.is_used or piece.is_quiet or piece.has("negation") or piece.number is not None
            known |= piece.has("event", "complete", "start") or piece.has("column", "days", "hours")
            known |= piece.has("agg", "distinct", "sum") or piece.has("compare") or piece.has("compare_after")
            known |= piece.has("unit") or piece.is_filler
            if not known:
                return None
            place += step
        return self._elided(self.clauses[-1], segment, number) if passed and self.clauses else None

    def _elided(self, clause: Clause, segment: int, _place: int) -> Clause | None:
        """But not in 2026: the same as before, in another segment."""
        own = next((one for one in self.clauses if one.segment == segment), None)
        if own is not None:
            return own
        found = Clause(clause.subject, -1, -1, list(clause.values), segment, clause.joined)
        self.clauses.append(found)
        return found

    def _assign_bound(self, bound: Bound) -> None:
        unit, reader = bound.unit_piece, self.reader
        clause: Clause | None = None
        if unit is not None:
            fitting = [one for one in self.clauses if self._is_unit_of(unit, one)]
            clause = min(fitting, key=lambda one: abs(one.first - bound.position), default=None)
        elif bound.attribute is None and bound.unit is None and bound.value <= _SMALL:
            clause = self._counted_by(bound)
        if clause is not None:
            clause.bounds.append(bound)
            reader.quantities.bounds.remove(bound)

    def _is_unit_of(self, unit: Piece, clause: Clause) -> bool:
        key, column = _UNITS[clause.subject]
        return (
            unit.has("unit", key, "times")
            or unit.has("column", column)
            or unit.has("subject", clause.subject)
            or (clause.subject == TRAINING and unit.has("dim", "course"))
        )

    def _counted_by(self, bound: Bound) -> Clause | None:
        """More than once; two different courses; at least one sick leave."""
        reader = self.reader
        if reader.pieces[bound.position].text.lower() in _TIMES and len(self.clauses) == 1:
            return self.clauses[0]
        place = bound.position
        for _ in range(3):
            place, piece = reader.beside(place, 1)
            if piece is None:
                return None
            if (clause := self._clause_at(place)) is not None:
                return clause
            if not (piece.has("agg", "distinct") or (piece.is_used and not piece.values)):
                return None
        return None

    def _assign_span(self, span: Span) -> None:
        segment = self.segments[span.position]
        owners = self._owners(segment)
        own = next((one for one in self.clauses if one.segment == segment), None)
        if not owners:
            if own is None:
                own = self._inherited(span, segment)
            if own is None:
                return
            owners = {own.first: own}
        steps = (1, -1) if self.reader.language == "tr" else (-1, 1)
        for step in steps:
            beside = [place for place in owners if (place - span.position) * step > 0]
            if beside:
                owner = owners[min(beside, key=lambda place: abs(place - span.position))]
                break
        else:
            owner = next(iter(owners.values()))
        if owner is not None:
            owner.spans.append(span)
            owner.segments.add(segment)
            self.reader.quantities.spans.remove(span)

    def _share_spans(self) -> None:
        """Neither A nor B in 2025 is about one year; who did A and B in 2025 is not clear."""
        for one, two in pairwise(self.clauses):
            first, second = (one, two) if self.reader.language != "tr" else (two, one)
            if first.spans or not second.spans or (first.subject != second.subject and not first.negated):
                continue
            words = {self.reader.pieces[n].text.lower() for n in (*one.negated, *two.negated)}
            if words & _NEITHER:
                first.spans = list(second.spans)

    def _owners(self, segment: int) -> dict[int, Clause | None]:
        """What a period in a segment may date: a clause and its verb, or (no clause) a date of the people's own."""
        reader = self.reader
        places = [n for n, one in enumerate(self.segments) if one == segment]
        owners: dict[int, Clause | None] = {}
        for place in places:
            if (clause := self._clause_at(place)) is not None:
                if reader.language != "tr" or not any(self._is_verb(n) for n in places if n > place):
                    owners[place] = clause
            elif self._is_own(place):
                owners[place] = None
            elif self._is_verb(place):
                owners[place] = self._of_verb(place, segment)
        return {place: owner for place, owner in owners.items() if owner is not None or self._is_own(place)}

    def _is_own(self, place: int) -> bool:
        """A date of the people's own; who went on leave left no company."""
        piece = self.reader.pieces[place]
        if self.leaves(place):
            return False
        return piece.is_open and piece.has("event", *_OWN_DATES) and not piece.has("event", "complete")

    def _is_verb(self, place: int) -> bool:
        piece = self.reader.pieces[place]
        verb = piece.has("event", "complete", "start") or piece.has("take") or piece.has("negation", "never")
        return verb or self.leaves(place)

    def leaves(self, place: int) -> bool:
        """Ушли в отпуск, izne ayrılan: they left for a while."""
        reader = self.reader
        piece = reader.pieces[place]
        if not piece.has("event", "left") or not piece.text.lower().startswith(_AWAY):
            return False
        step = -1 if reader.language == "tr" else 1
        beside = place + step
        while 0 <= beside < len(reader.pieces) and reader.pieces[beside].has("filler"):
            beside += step
        clause = self._clause_at(beside)
        return clause is not None and clause.subject == LEAVE

    def _of_verb(self, place: int, segment: int) -> Clause | None:
        fitting = [one for one in self.clauses if one.segment == segment]
        return min(fitting, key=lambda one: abs(one.first - place), default=None)

    def _inherited(self, span: Span, segment: int) -> Clause | None:
        """A period apart: of the only clause there is, or of that before it."""
        before = [one for one in self.clauses if one.segment < segment and one.first >= 0]
        if not before:
            later = [one for one in self.clauses if one.segment > segment]
            return later[0] if len(self.clauses) == 1 and later else None
        clause = before[-1]
        if not clause.spans:
            return clause if clause is self.clauses[-1] else None
        return self._elided(clause, segment, span.position)

    def _use_words(self, clause: Clause) -> None:
        """Verbs, "both", "in total", "a single": what says no more than the clause does."""
        reader = self.reader
        others = {one.segment for one in self.clauses if one is not clause}
        self.used.update(n for n in range(clause.first, clause.last + 1) if n >= 0)
        for place, segment in enumerate(self.segments):
            piece = reader.pieces[place]
            if segment not in (clause.segment, *clause.segments) or not piece.is_open:
                continue
            several = len(self.clauses) + len(clause.values) + len(clause.spans) > 1
            if (
                self._is_verb(place)
                or piece.has("subject", clause.subject)
                or (bool(clause.bounds) and piece.has("agg", "sum"))
                or (bool(clause.negated) and piece.number == 1 and segment not in others)
                or (several and piece.has("both"))
            ):
                self.used.add(place)
