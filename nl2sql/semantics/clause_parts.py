"""Clauses about events that a question has inside: which words belong to which of them.

A clause has something it is about (leave, a course), and may have periods, numbers and a negation of its own. What
they become is `clauses`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from nl2sql.plan import Comparison
from nl2sql.semantics.facts import CONTRACT, CONTRACT_WORDS, LEAVE, PROJECT, RAISE, TRAINING
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.quantities import Bound
from nl2sql.semantics.reader import Named, NotUnderstoodError, Reader
from nl2sql.semantics.spans import Span
from nl2sql.semantics.terms import is_term
from nl2sql.semantics.windows import Window

KIND = {LEAVE: "leave_type", TRAINING: "course", CONTRACT: "contract_type"}
"""Subject -> the attribute that its values are of."""
_RELATIVE = frozenset(
    {"who", "whose", "that", "which", "whom", "кто", "чей", "чья", "чьи", "чьё", "чьего", "чьей", "у"}
)
_CONVERBS = ("ıp", "ip", "up", "üp")
_BUT = frozenset({"but", "но", "а", "ama", "fakat", "ancak", "yet", "while", "when", "although", "though"})
TRAINED = ("eğitim", "train", "обуч", "учи", "отучи", "выучи", "проучи")
_EXCEPT = frozenset({"dışında", "dışındaki", "haricinde", "haricindeki", "hariç", "other than", "кроме", "помимо"})
_RISEN = ("artan", "artmış", "arttı")
"""What verbs of training have in them."""
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
    against: Comparison | None = None
    """How its day is compared with that of being hired."""
    excepted: list[Named] = field(default_factory=list)
    """Values that other rows than theirs are meant by: courses except First Aid."""
    windows: list[Window] = field(default_factory=list)
    """Times since being hired that it was in."""
    after: tuple[Comparison, Clause] | None = None
    """How its day is compared with that of another event."""
    is_last: bool = False
    """Whether there was none afterwards."""
    dates_other: bool = False
    """Whether it only dates another event."""


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
        reader = self.reader
        kinds = {attribute: subject for subject, attribute in KIND.items()}
        left = bool(reader.open("event", "left"))
        found = {
            value.position: kinds[value.attribute]
            for value in reader.values
            if value.attribute in kinds
            and (left or value.attribute != KIND[CONTRACT] or self._is_dated_contract(value))
        }
        for number in reader.open("subject", LEAVE, TRAINING):
            found[number] = reader.pieces[number].key("subject") or ""
        for number in reader.open("event", "complete"):
            if any(word.startswith(TRAINED) for word in reader.pieces[number].text.lower().split()):
                found[number] = TRAINING
        for bound in reader.quantities.bounds:
            unit = bound.unit_piece
            subject = LEAVE if unit is not None and unit.has("column", "days") else TRAINING
            if unit is not None and unit.has("column", "days", "hours") and subject not in found.values():
                found |= {} if unit.has("unit") else {reader.pieces.index(unit): subject}
        found |= dict.fromkeys(reader.open("column", "raise"), RAISE)
        found |= dict.fromkeys((n for n in range(len(reader.pieces)) if self._says_rise(n)), RAISE)
        having = [n for n in reader.open("work") if reader.pieces[n].text.lower().startswith("sözleşme")]
        for number in (*reader.open("subject", CONTRACT), *having):
            dated = self._has_dates(number) and not self._is_ranked()
            if left or dated or self._has_term(number) or self._is_counted(number):
                found[number] = CONTRACT
        for number in reader.open("subject", PROJECT):
            spans = {self.segments[span.position] for span in reader.quantities.spans}
            if self._has_dates(number) and self.segments[number] in spans:
                found[number] = PROJECT
        return dict(sorted(found.items()))

    def _says_rise(self, number: int) -> bool:
        """Maaşı yüzde 20'den fazla artan: said of an amount, not of an order."""
        reader = self.reader
        behind = reader.beside(number, -1)[1]
        compared = behind is not None and behind.is_used and behind.has("compare_after")
        return compared and reader.pieces[number].is_open and reader.pieces[number].text.lower().startswith(_RISEN)

    def _has_dates(self, number: int) -> bool:
        """Whether something is said to begin or to end where a piece stands."""
        return any(self.segments[n] == self.segments[number] for n in self.reader.open("event", "start", "end"))

    def _has_term(self, number: int) -> bool:
        """Whose contract is longer than two years: a length is told where contracts stand."""
        bounds = self.reader.quantities.bounds
        return any(self.segments[one.position] == self.segments[number] and is_term(self.reader, one) for one in bounds)

    def _is_ranked(self) -> bool:
        """Чей договор истекает раньше всех: the first of all to end, which is no condition."""
        reader = self.reader
        near = [reader.beside(rank.position, step)[1] for rank in reader.quantities.ranks for step in (-1, 1)]
        dated = any(piece is not None and piece.has("event", "start", "end") for piece in near)
        return dated and not reader.quantities.spans

    def _is_dated_contract(self, value: Named) -> bool:
        """People on a project contract that runs out before July."""
        said = value.piece.text.lower()
        dated = self._has_dates(value.position) and not self._is_ranked()
        return dated and any(word in said for word in CONTRACT_WORDS)

    def _is_counted(self, number: int) -> bool:
        return any(bound.unit_piece is self.reader.pieces[number] for bound in self.reader.quantities.bounds)

    def _cut(self) -> list[int]:
        """The segment of every piece: they end at commas, at "and" and "who", and after Turkish verbs in -ip."""
        reader, found, segment = self.reader, [], 0
        for number, piece in enumerate(reader.pieces):
            said = piece.text.lower()
            before = reader.pieces[number - 1] if number else None
            comma = before is not None and "," in reader.text[before.end : piece.start]
            opens = said in _RELATIVE or said.startswith("котор") or comma
            opens |= piece.has("conjunction", "and") or (said.split()[0] in _BUT and not self._is_not_yet(number))
            opens = opens and not self._tells_of_noun(number)
            if opens and not self._is_list(number, comma=comma):
                segment += 1
            found.append(segment)
            if reader.language == "tr" and said.endswith(_CONVERBS) and not piece.values:
                segment += 1
        return found

    def _is_not_yet(self, number: int) -> bool:
        """Have not yet completed: "yet" sets nothing against anything."""
        behind = self.reader.pieces[number - 1] if number else None
        return behind is not None and behind.has("negation") and self.reader.pieces[number].text.lower() == "yet"

    def _tells_of_noun(self, number: int) -> bool:
        """Contracts that end, projects, begun in 2022: what follows such a noun says more about it."""
        reader, piece = self.reader, self.reader.pieces[number]
        behind = reader.beside(number, -1)[1]
        said = piece.text.lower()
        relative = said in ("that", "which") or said.startswith("котор")
        dated = piece.has("event", "start", "end")
        noun = behind is not None and behind.has("subject", LEAVE, TRAINING, CONTRACT, PROJECT)
        return noun and (relative or dated)

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
        if self._excepts(clause, number, between):
            return True
        if any("," in self.reader.text[one.end : two.start] for one, two in self._neighbours(clause.last, number)):
            joined = "and" if number in {v.position for v in self.reader.values} and clause.values else None
            if joined is None:
                return False
            clause.joined = clause.joined or joined
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

    def _excepts(self, clause: Clause, number: int, between: range) -> bool:
        """Leave other than annual; yıllık izin dışında izin: rows of another kind, not people without."""
        pieces = self.reader.pieces
        said = [n for n in between if pieces[n].has("negation", "except") or pieces[n].text.lower() in _EXCEPT]
        own = [value for value in self.reader.values if value.position == number]
        if not said or any(not pieces[n].has("filler") for n in between if n not in said):
            return False
        if bool(own) == bool(clause.values):
            return False
        self.used.update(said)
        clause.excepted += own or clause.values
        return True

    def _neighbours(self, first: int, last: int) -> list[tuple[Piece, Piece]]:
        pieces = self.reader.pieces[first : last + 1]
        return list(pairwise(pieces))

    def clause_at(self, number: int) -> Clause | None:
        """The clause whose words stand there."""
        return next((one for one in self.clauses if one.first <= number <= one.last), None)

    def is_own(self, place: int) -> bool:
        """Whether a date of the people's own is said; who went on leave left no company."""
        piece = self.reader.pieces[place]
        if not piece.is_open or piece.has("event", "complete"):
            return False
        return piece.has("event", *_OWN_DATES) and not self.is_date(place)

    def is_date(self, place: int) -> bool:
        """Whether a contract or a project is said to begin or to end."""
        dated = any(one.segment == self.segments[place] for one in self.clauses if one.subject in (CONTRACT, PROJECT))
        return dated and self.reader.pieces[place].has("event", "start", "end")

    def is_verb(self, place: int) -> bool:
        """Whether it says that something was done, taken or not."""
        piece = self.reader.pieces[place]
        verb = piece.has("event", "complete", "start") or piece.has("take")
        verb |= piece.has("negation", "never") and not piece.has("negation", "nobody")
        return verb or self.is_date(place)
