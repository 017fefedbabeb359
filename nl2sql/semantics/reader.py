"""One question on its way to a plan: its pieces, what is known of it, and looking around in it.

What is read of it is `reading`, what it asks for `assembly`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nl2sql.language import Language
from nl2sql.phrases import phrase
from nl2sql.plan import Part, Ref
from nl2sql.semantics.lexicon import load_schema
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.quantities import Quantities

_DIM_OF_SUBJECT = {"project": "project", "training": "course"}
_OF_PERSONS = ("leave_taken", "training_done", "contracts", "salaries", "employees")
"""Tables with rows that belong to one person each."""
_ENDED = re.compile(r"[?:;.!](?=\s)|[—–]")
_PARTICIPLE = re.compile(r"(an|en)l[ae]r")
ONES = ("one", "ones")
"""English words for a noun that was said before."""


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

    @property
    def first(self) -> int | None:
        """Where the first piece stands that is no mere filler."""
        return next((number for number, piece in enumerate(self.pieces) if not piece.is_filler), None)

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

    def is_participle(self, piece: Piece) -> bool:
        """İşe alınanlar: those who were hired; sözleşmesi bitenler: those whose contract ends."""
        events = ("hire", "left", *(("end",) if self.said("subject", "contract") else ()))
        said = self.language == "tr" and piece.has("event", *events)
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

    def around(self, position: int) -> tuple[int, int]:
        """Where what is said of a number may stand: after the number before it, before the one after it."""
        before = [place for place in self.bounded if place < position]
        after = [place for place in self.bounded if place > position]
        return (before[-1] + 1 if before else 0), (after[0] if after else len(self.pieces))
