"""What is compared with a figure and no number: above the average, less than the average intern, more than Moscow.

The values that tell whose figure it is are no conditions on what is asked about. What becomes of it is `against_standards`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from nl2sql.plan import (
    Function,
)
from nl2sql.semantics.comparing import Comparing, find_comparing
from nl2sql.semantics.facts import PEOPLE, QUALITIES
from nl2sql.semantics.multiples import find_multiple
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.reader import Named, NotUnderstoodError, Reader

OWN = frozenset(
    {
        "own",
        "their",
        "his",
        "her",
        "kendi",
        "kendilerinin",
        "свой",
        "своего",
        "своей",
        "своему",
        "своём",
        "своем",
        "их",
        "его",
        "её",
        "ее",
    }
)
PEERS = ("department", "position", "city", "country", "project", "level", "family")
"""Attributes that people share with those they are compared with."""
_FUNCTIONS = ("avg", "median")
_PLACES = ("city", "country", "department", "project")
_WITHIN = frozenset({"in", "on", "at", "в", "во", "на", "по"})
_LOCATIVES = ("da", "de", "ta", "te")
_THAN = "чем"
"""What a comma stands before in Russian."""
WHOLE = (
    "company",
    "overall",
    "firm",
    "whole",
    "şirket",
    "genel",
    "компани",
    "общ",
    "фирм",
    "предприят",
    "в целом",
    "по компании",
    "по всей компании",
)
_EVERY = frozenset({"every", "any", "all", "bütün", "tüm", "любого", "любой", "любых", "всех", "каждого"})


@dataclass
class Standard:
    """A figure that something is compared with."""

    comparing: Comparing
    function: Function | None = None
    attribute: str | None = None
    values: list[Named] = field(default_factory=list)
    """Whose figure it is; everybody's if there are none."""
    is_whole: bool = False
    """Whether it is said to be that of the whole company."""
    peers: str | None = None
    """What those share whose figure it is, if the figure is called by it: the department average."""
    is_of_every: bool = False
    """Whether it is that of each of them: more than every lawyer."""
    rank: Rank | None = None
    """The superlative that says which: more than the best paid lawyer."""
    times: Decimal = Decimal(1)
    """What it is multiplied by: more than twice the average."""
    pieces: list[int] = field(default_factory=list)


def find_standards(reader: Reader) -> list[Standard]:
    """Find them, and take their values out of those that are conditions."""
    found = []
    multiple = find_multiple(reader)
    for comparing in [multiple[0]] if multiple is not None else find_comparing(reader):
        standard = _standard(reader, comparing)
        if standard is None:
            continue
        if standard.rank is not None:
            reader.quantities.ranks.remove(standard.rank)
        if multiple is not None:
            standard.times = multiple[1]
        taken = {id(value) for value in standard.values}
        reader.values = [value for value in reader.values if id(value) not in taken]
        reader.use(*comparing.positions, *standard.pieces)
        found.append(standard)
    return found


def _standard(reader: Reader, comparing: Comparing) -> Standard | None:
    standard = Standard(comparing, attribute=comparing.attribute)
    place = comparing.start + comparing.step
    while 0 <= place < len(reader.pieces) and not _is_cut(reader, place, comparing.step):
        if not _takes(reader, standard, place):
            break
        place += comparing.step
    return standard if _is_told(reader, standard) else None


def _takes(reader: Reader, standard: Standard, place: int) -> bool:
    """Whether a piece belongs to the figure: it is added to what is known of it."""
    piece, step = reader.pieces[place], standard.comparing.step
    said = piece.text.lower()
    named = next((value for value in reader.values if value.position == place), None)
    standard.is_whole |= said.startswith(WHOLE)
    standard.is_of_every |= said in _EVERY
    if named is not None:
        if step == -1 and _is_where(piece.suffix or said):
            return False
        if step == -1 and any(one.attribute == named.attribute for one in standard.values):
            return False  # kadınlar … erkeklerden fazla: who is compared, not with whom
        standard.values.append(named)
    elif _is_superlative(reader, standard, place):
        return True
    elif piece.is_open and piece.has("agg", *_FUNCTIONS):
        of_groups = standard.is_whole and standard.attribute is None and step == -1  # ortalaması şirket genelinden
        if standard.function is not None or of_groups:
            return False  # the figure that is compared: whose average age is above the average
        standard.function = "avg" if piece.has("agg", "avg") else "median"
        standard.pieces.append(place)
    elif _is_column(reader, piece) and standard.attribute in (None, piece.key("column")):
        standard.attribute = piece.key("column")
        standard.pieces.append(place)
    elif _tells_whose(reader, standard, place):
        standard.pieces.append(place)
    else:
        peers = step == 1 and place + 1 < len(reader.pieces) and _is_of_peers(reader, place + 1)
        own = said in OWN and not standard.values and not peers  # the welders' own average is theirs
        return not own and (piece.is_filler or piece.is_used or piece.is_quiet)
    return True


def _is_column(reader: Reader, piece: Piece) -> bool:
    """Whether a figure is called by a piece, and not a number: 20 yıldır bizde olup ortalamanın altında kazananlar."""
    units = [bound.unit_piece for bound in reader.quantities.bounds]
    return piece.is_open and piece.has("column") and not any(unit is piece for unit in units)


def _is_superlative(reader: Reader, standard: Standard, place: int) -> bool:
    """Older than the oldest lawyer: the highest of those, and no ranking of rows."""
    rank = next((one for one in reader.quantities.ranks if one.position == place), None)
    plain = rank is not None and rank.count is None and rank.place == 1 and standard.function is None
    if rank is None or not plain or rank.attribute not in (None, standard.attribute):
        return False
    standard.function, standard.rank = "max" if rank.descending else "min", rank
    return True


def _is_cut(reader: Reader, place: int, step: int) -> bool:
    """Whether a comma or a full stop lies between a piece and the one before it on the way."""
    one, other = sorted((reader.pieces[place], reader.pieces[place - step]), key=lambda piece: piece.start)
    if other.text.lower().startswith(_THAN):
        return False
    return any(mark in reader.text[one.end : other.start] for mark in ",.;:?")


def _is_where(text: str) -> bool:
    return text.endswith(_LOCATIVES)


def _tells_whose(reader: Reader, standard: Standard, place: int) -> bool:
    """One, people, those of the department: whose figure it is."""
    piece = reader.pieces[place]
    if standard.peers is None and _is_of_peers(reader, place):
        standard.peers = reader.dim(piece)
        return True
    said = piece.text.lower()
    is_people = standard.comparing.step == 1 and piece.has("subject", PEOPLE)
    adds_nothing = said in ("bir", "один", "одного", *_EVERY) or said.startswith(WHOLE)
    return piece.is_open and (is_people or adds_nothing)


def _is_told(reader: Reader, standard: Standard) -> bool:
    """Whether it is a figure, and not the other half of a pair: departments where women are younger than men."""
    attributes = {value.attribute for value in standard.values}
    if standard.function is None:
        standard.function = _function(reader, standard)
    if standard.is_whole and not attributes and shares_are_compared(reader):
        return True
    others = {value.attribute for value in reader.values if value not in standard.values}
    dims = {reader.dim(piece) for piece in reader.pieces if piece.is_open} | set(reader.keys)
    if (len(attributes) > 1 and standard.function is None) or (attributes & others and dims - {None} - {"course"}):
        return False
    if _is_half_of_gap(reader, standard):
        return False
    if standard.function is not None:
        _refuse_doubtful(reader, standard)
        return True
    return len(standard.values) == 1 and bool(attributes & dims)


def _function(reader: Reader, standard: Standard) -> Function | None:
    """What is meant though it is not said: more on average than the company as a whole, more than every lawyer."""
    if standard.is_whole and not standard.values and reader.open("agg", "avg"):
        return "avg"
    if standard.is_of_every and standard.values and _are_of_one(reader, standard):
        return "max" if standard.comparing.operator in (">", ">=") else "min"
    return None


def _are_of_one(reader: Reader, standard: Standard) -> bool:
    """Every lawyer in Ankara: one kind in one place, and nothing that is joined to them."""
    places = sorted(value.position for value in standard.values)
    joined = any(piece.has("conjunction") for piece in reader.pieces[places[0] : places[-1]])
    kinds = {value.attribute for value in standard.values}
    return len(kinds) == 1 or (len(kinds) == len(places) and not joined)


def _is_half_of_gap(reader: Reader, standard: Standard) -> bool:
    """By how much the average is above the median, the highest above the lowest, the average of some above that of others."""
    if standard.rank is not None and not standard.values:
        return True
    kinds = {value.attribute for value in standard.values}
    if reader.open("ask", "difference", "ratio") and len(kinds) == 1:
        return any(value.attribute in kinds for value in reader.values if value not in standard.values)
    other = reader.open("agg", *(name for name in (*_FUNCTIONS, "max", "min") if name != standard.function))
    return bool(reader.open("ask", "difference") and other) and not (standard.values or standard.is_whole)


def shares_are_compared(reader: Reader) -> bool:
    """Whether a share of some is what is compared."""
    return bool(reader.open("ask", "share")) and any(value.attribute in QUALITIES for value in reader.values)


def _refuse_doubtful(reader: Reader, standard: Standard) -> None:
    """How many earn above the average in Moscow: those there, or those anywhere?"""
    others = [value for value in reader.values if value not in standard.values]
    for value in standard.values:
        before = reader.pieces[value.position - 1].text.lower() if value.position else ""
        if not others and value.attribute in _PLACES and before in _WITHIN and not reader.keys:
            dims = {reader.dim(piece) for piece in reader.pieces if piece.is_open}
            if not dims - {None}:
                raise NotUnderstoodError("an average in a place, or those in that place")


def _is_of_peers(reader: Reader, place: int) -> bool:
    """The department average, departman ortalaması: an attribute right before the average."""
    ahead = reader.beside(place, 1)[1]
    piece = reader.pieces[place]
    return piece.is_open and reader.dim(piece) in PEERS and ahead is not None and ahead.has("agg", *_FUNCTIONS)
