"""What is compared with a figure and no number: above the average, less than the average intern, more than Moscow.

The values that tell whose figure it is are no conditions on what is asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from nl2sql.plan import (
    AgainstPeers,
    Compare,
    Condition,
    Figure,
    Function,
    Having,
    Measure,
    OneOf,
    Plan,
    Share,
)
from nl2sql.semantics.comparing import Comparing, find_comparing
from nl2sql.semantics.facts import PEOPLE, PROJECT, QUALITIES, TABLES_OF_DIMS, Facts
from nl2sql.semantics.multiples import find_multiple
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.quantities import whole
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
_PEERS = ("department", "position", "city", "country", "project", "level", "family")
"""Attributes that people share with those they are compared with."""
_LISTING = ("with", "and", "show", "give", "list", "including", "plus", "showing")
_FUNCTIONS = ("avg", "median")
_SUMS = ("days", "hours", "budget", "payroll")
_PLACES = ("city", "country", "department", "project")
_WITHIN = frozenset({"in", "on", "at", "в", "во", "на", "по"})
_LOCATIVES = ("da", "de", "ta", "te")
_THAN = "чем"
"""What a comma stands before in Russian."""
_OF_OWN = re.compile(
    r"\baverage (salary |pay |age )?(of|for|in) the (department|position|city|country|project)\b(?! of)|"
    r"\bсредн\w+ (зарплат\w+ |возраст\w* |стаж\w* )?по "
    r"(?:(?:его|её|ее|их|своему|своей) )?(отделу|должности|городу|стране|проекту)\b",
    re.IGNORECASE,
)
"""Above the average of the department: in the singular, that of one's own."""
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
    if standard.is_whole and not attributes and _shares(reader):
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


def _shares(reader: Reader) -> bool:
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


def apply_standards(reader: Reader, facts: Facts) -> None:
    """Conditions on rows, or on groups if their figures are compared."""
    if facts.standards and reader.subject == PROJECT and reader.keys == [PROJECT]:
        reader.keys = []  # above the average of projects
    for standard in facts.standards:
        grouped = facts.target is not None or bool(reader.keys) or facts.counted in (*TABLES_OF_DIMS, "country")
        aggs = reader.open("agg", "avg", "sum", "median")
        attribute = standard.attribute or _attribute(reader)
        own = _own_group(reader, facts, standard) if standard.function is not None else None
        if own is None and grouped and (aggs or attribute is None or not reader.names_people):
            _compare_groups(reader, facts, standard, attribute)
            continue
        if attribute is None:
            raise NotUnderstoodError("an average of what is not said")
        reader.use(*(n for n in reader.open("column", attribute) if not _is_asked(reader, n)))
        ref = reader.ref(facts.table, attribute)
        position, operator = standard.comparing.positions[0], standard.comparing.operator
        if own is not None:
            if standard.function != "avg" or standard.values:
                raise NotUnderstoodError("a median of one's own group")
            facts.where.append((position, AgainstPeers(ref, operator, reader.ref(facts.table, own))))
            continue
        where = _conditions(reader, facts.table, standard)
        if standard.function is None:
            if standard.times != 1:
                raise NotUnderstoodError("so many times of what is not said")
            if reader.subject != PROJECT:
                raise NotUnderstoodError("compared with a figure that is not said")
            plan = Plan(facts.table, (ref,), where=where)
        else:
            table = ref.table if attribute == "budget" else facts.table  # a budget counts once, not once a person
            figure = Figure(standard.function, ref, times=whole(standard.times))
            plan = Plan(table, measures=(figure,), where=where)
        facts.where.append((position, Compare(ref, operator, plan)))


def _is_asked(reader: Reader, number: int) -> bool:
    """Ortalamanın altında kazananlar kim, maaşları ne: what is asked of those people."""
    after = reader.pieces[number + 1 : number + 2]
    return reader.language == "tr" and bool(after) and after[0].has("ask", "what", "much")


def _attribute(reader: Reader) -> str | None:
    columns = reader.open("column")
    keys = {reader.pieces[number].key("column") for number in columns}
    return keys.pop() if len(keys) == 1 else None


def _conditions(reader: Reader, table: str, standard: Standard) -> tuple[Condition, ...]:
    named: dict[str, list[str]] = {}
    for value in standard.values:
        named.setdefault(value.attribute, []).append(value.value)
    return tuple(OneOf(reader.ref(table, key), tuple(dict.fromkeys(names))) for key, names in named.items())


def _compare_groups(reader: Reader, facts: Facts, standard: Standard, attribute: str | None) -> None:
    """Cities with more people than Moscow; departments whose average age is above that of the company."""
    of_all = standard.function in (None, "avg") and attribute is None and not standard.values
    if standard.is_whole and of_all and _shares(reader):
        _compare_shares(reader, facts, standard)
        return
    if standard.times != 1:
        raise NotUnderstoodError("groups compared with so many times a figure")
    aggs = reader.open("agg", "avg", "sum", "median")
    figure = Figure("count") if reader.subject in (PEOPLE, PROJECT) or facts.counted != PEOPLE else None
    if attribute is not None:
        said = reader.pieces[aggs[0]].key("agg") if aggs else standard.function
        function = said or ("sum" if attribute in _SUMS else None)
        if function is None:
            raise NotUnderstoodError("groups compared by a figure that is not said")
        figure = Figure(function, reader.ref(facts.table, attribute))  # type: ignore[arg-type]
    elif figure is None:
        figure = Figure("distinct", reader.ref(facts.table, "person"))
    if figure.ref is None and standard.function is not None:
        raise NotUnderstoodError("an average number")
    same = {value.attribute for value in standard.values} & {facts.target, facts.counted, *reader.keys}
    others = tuple(one for _, one in facts.where)
    if others and not (same or standard.values or standard.is_whole):
        raise NotUnderstoodError("above the average of all, or of those who are spoken of")
    reader.use(*aggs, *reader.open("column"), *reader.open("subject", PEOPLE))
    where = (*(others if same else ()), *_conditions(reader, facts.table, standard))
    whole = Plan(facts.table, measures=(figure,), where=where)
    facts.having.append(Having(figure, standard.comparing.operator, whole))


def _is_of_peers(reader: Reader, place: int) -> bool:
    """The department average, departman ortalaması: an attribute right before the average."""
    ahead = reader.beside(place, 1)[1]
    piece = reader.pieces[place]
    return piece.is_open and reader.dim(piece) in _PEERS and ahead is not None and ahead.has("agg", *_FUNCTIONS)


def _compare_shares(reader: Reader, facts: Facts, standard: Standard) -> None:
    """Cities where the share of women is above that of the company."""
    refs = {reader.ref(facts.table, value.attribute) for value in reader.values if value.attribute in QUALITIES}
    some = tuple(one for _, one in facts.where if isinstance(one, OneOf) and one.ref in refs)
    if len(some) != 1 or len(facts.where) > 1:
        raise NotUnderstoodError("a share of some, with other conditions")
    facts.where.clear()
    reader.values = [value for value in reader.values if value.attribute not in QUALITIES]
    reader.use(*reader.open("ask", "share"), *reader.open("subject", PEOPLE))
    share: Measure = Share(some)
    facts.having.append(Having(share, standard.comparing.operator, Plan(facts.table, measures=(share,))))


def _lists_own(reader: Reader, number: int) -> bool:
    """Paid less than the company average, with their salary: what is shown of them, and no standard of theirs."""
    before = reader.pieces[number - 1].text.lower() if number else ""
    ahead = reader.pieces[number + 1 : number + 2]
    told = bool(ahead) and not ahead[0].has("agg") and any(map(ahead[0].has, ("column", "title", "date", "filler")))
    return reader.language == "en" and before in _LISTING and told


def _own_group(reader: Reader, facts: Facts, standard: Standard) -> str | None:
    """Than the average of their own department; of what is one's own otherwise is not understood."""
    if standard.peers is not None and facts.table == "staff":
        if facts.counted is None and reader.said("ask", "count", "count_after"):
            facts.counted = PEOPLE  # how many are paid below the average of their position
        facts.wants_rows |= facts.target is None and facts.counted is None and not reader.keys
        return standard.peers
    said = {piece.text.lower() for number, piece in enumerate(reader.pieces) if not _lists_own(reader, number)}
    if standard.values or (not said & OWN and not _OF_OWN.search(reader.text)):
        return None
    for key in (facts.target, *reader.keys):
        if key in _PEERS and facts.table == "staff":
            facts.target = None
            reader.keys = [other for other in reader.keys if other != key]
            return key
    shown = [n for n, key in facts.shown.items() if key in _PEERS and reader.pieces[n - 1].text.lower() in OWN]
    if len(shown) == 1 and facts.table == "staff":
        return facts.shown.pop(shown[0])  # more than the average of their department: it is not asked for
    for number in reader.open("dim", *_PEERS):
        if facts.table == "staff":
            reader.use(number)
            return reader.dim(reader.pieces[number])
    raise NotUnderstoodError("an average of one's own, but of which group is not said")
