"""Small words that change what values mean: only, all but, neither … nor, women and welders.

Words of this kind are passed over where they say nothing; here are the places where they do.
"""

from __future__ import annotations

import re
from itertools import pairwise

from nl2sql.plan import Condition, OneOf, Related
from nl2sql.semantics.absence import group_of
from nl2sql.semantics.away import read_today
from nl2sql.semantics.collective import read_crowded
from nl2sql.semantics.comparing import find_comparing
from nl2sql.semantics.facts import PEOPLE, PROJECT, TABLES_OF_DIMS, Facts
from nl2sql.semantics.leavers import WITH, find_leavers
from nl2sql.semantics.quantities import ONLY
from nl2sql.semantics.reader import Named, NotUnderstoodError, Reader
from nl2sql.semantics.states import read_lasting

_YES = re.compile(r"(do|does|did|is|are|was|were|has|have)\b|.*\bли\b", re.IGNORECASE)
_YES_TR = re.compile(r"\bm[ıiuü](y?d[ıiuü]r?)?\b\s*\??$|\bm[ıiuü]\b", re.IGNORECASE)
_EVERY = re.compile(r"\b(every|all|each|все|всех|кажд\w+|her|tüm|bütün)\b", re.IGNORECASE)
_OF_EVENTS = ("course", "leave_type")
_ALL = (
    "all",
    "every",
    "any",
    "everyone",
    "everybody",
    "anyone",
    "anybody",
    "everything",
    "nobody",
    "each",
    "everywhere",
    "anywhere",
)
_THOSE = ("those", "ones", "people", "everyone", "the ones")
_INSTRUMENTAL = re.compile(r"(l[ae]|^ile)$")
"""The Turkish ending for with."""
_PLACES = ("city", "country", "department", "project")
_NONE_OR_ANY = re.compile(r"\bнет ли\b|\byok mu\b|^(isn't|aren't|don't we) ", re.IGNORECASE)
_EVER = ("hiç", "hiç bir", "hiçbir")
_OFFICE = ("офисе", "ofiste", "ofisteki")
_NOUNS = ("gender", "position", "level", "family")
"""What people are called by: of two such words that "and" joins, both or either may be meant."""


def read_small_words(reader: Reader) -> None:
    """Deny what is excepted so, and refuse what may mean two things.

    Raises:
        NotUnderstoodError: values are joined in a way that may mean two things.
    """
    _refuse_doubtful_yes(reader)
    _read_including(reader)
    _read_hired_on(reader)
    _read_neither(reader)
    _read_all_but(reader)
    _refuse_doubtful_and(reader)
    _read_costs(reader)
    _read_together_with(reader)
    _read_last(reader)
    _read_shared(reader)
    find_leavers(reader)
    _read_equal(reader)
    _read_office(reader)
    read_today(reader)
    read_crowded(reader)
    read_lasting(reader)
    _read_ever(reader)


def _read_ever(reader: Reader) -> None:
    """Londra'da hiç avukat var mı: whether there is any at all; what denies once more says that there is none."""
    if _NONE_OR_ANY.search(reader.text):
        raise NotUnderstoodError("whether any, or whether none")
    negations = reader.open("negation")
    ever = [n for n in negations if reader.pieces[n].text.lower() in _EVER]
    if reader.language != "tr" or not ever or not _YES_TR.search(reader.text):
        return
    if not reader.open("exist"):
        raise NotUnderstoodError("whether any, or whether none")  # hiç avukat yok mu
    if ever == negations:
        for number in ever:
            reader.pieces[number].readings = {"filler": ("filler",)}


def _refuse_doubtful_yes(reader: Reader) -> None:
    """Does every city have a welder, do welders earn more than lawyers: yes or no, and no list."""
    asks = _YES.match(reader.text) is not None or _YES_TR.search(reader.text) is not None
    universal = _EVERY.search(reader.text) is not None
    numbered = bool(reader.quantities.bounds)
    if asks and not reader.said("exist") and (universal or (not numbered and find_comparing(reader))):
        raise NotUnderstoodError("whether all are so, or whether one is more than another")


def _read_including(reader: Reader) -> None:
    """Including interns, stajyerler dahil: with them, not them alone."""
    positions = any(value.attribute == "position" for value in reader.values)
    for value in tuple(reader.values):
        place: int | None = _before(reader, value.position, WITH)
        if reader.language == "tr":
            behind, after = reader.beside(value.position, 1)
            place = behind if after is not None and after.text.lower() in WITH else None
        if place is None:
            continue
        if positions and value.attribute in ("level", "family"):
            raise NotUnderstoodError("a position with those of another level")
        reader.values.remove(value)
        reader.use(place)


def _read_hired_on(reader: Reader) -> None:
    """Hired on 1 June: an event, and no form of work as in "hired on a permanent contract"."""
    spans = {span.position for span in reader.quantities.spans}
    for number, piece in enumerate(reader.pieces[:-1]):
        if piece.text.lower() == "hired on" and {*range(number + 1, number + 5)} & spans:
            piece.readings = {"event": ("hire",)}


def _before(reader: Reader, number: int, words: frozenset[str]) -> int | None:
    """The word right before a piece, with nothing but articles and prepositions between."""
    for place in range(number - 1, -1, -1):
        if reader.pieces[place].text.lower() in words:
            return place
        if not reader.pieces[place].is_filler:
            return None
    return None


def _only_before(reader: Reader, number: int) -> bool:
    """Only men; only held by men."""
    place, piece = number - 1, reader.pieces[number - 1] if number else None
    while piece is not None and place > 0 and (piece.has("work") or piece.text.lower() == "by"):
        place -= 1
        piece = reader.pieces[place]
    return _before(reader, place + 1, ONLY) is not None


def _read_neither(reader: Reader) -> None:
    """Ne Moskova'da ne Kazan'da: neither of both."""
    if reader.language != "tr":
        return
    people = [value for value in reader.values if value.attribute not in _OF_EVENTS]  # others are denied by clauses
    denied = [(value, place) for value in people if (place := _neither_before(reader, value)) is not None]
    if len(denied) < 2:  # noqa: PLR2004 - ne alone asks what
        return
    for value, place in denied:
        value.negated = True
        reader.use(place)


def _neither_before(reader: Reader, value: Named) -> int | None:
    place = value.position - 1
    while place >= 0 and reader.pieces[place].text.lower() in ("de", "da"):
        place -= 1
    return place if place >= 0 and reader.pieces[place].text.lower() == "ne" else None


def _read_all_but(reader: Reader) -> None:
    """Everyone but welders; "women but not in Moscow" has a negation of its own."""
    for value in reader.values:
        place = _but_before(reader, value.position)
        if place is None or reader.language != "en":
            continue
        if any(one.value == value.value and one.position < value.position for one in reader.values):
            reader.use(place)  # planned but not started yet
            continue
        if not any(set(piece.text.lower().split()) & set(_ALL) for piece in reader.pieces[:place]):
            raise NotUnderstoodError("but, of what is not said")
        value.negated = True
        reader.use(place)


def _but_before(reader: Reader, number: int) -> int | None:
    """But Moscow, but in Moscow, but those in Moscow: the word before what is excepted."""
    for place in range(number - 1, -1, -1):
        piece = reader.pieces[place]
        if piece.text.lower() == "but":
            return place
        if not (piece.is_filler or piece.has("time", "during") or piece.text.lower() in _THOSE):
            return None
    return None


def _refuse_doubtful_and(reader: Reader) -> None:
    """Women and welders: women who are welders, or both kinds together?"""
    for one, two in pairwise(sorted(reader.values, key=lambda value: value.position)):
        kinds = {one.attribute, two.attribute}
        if len(kinds) < 2 or not kinds <= set(_NOUNS) or one.negated or two.negated:  # noqa: PLR2004
            continue
        between = [reader.pieces[place] for place in range(one.position + 1, two.position)]
        joined = any(piece.text.lower() in ("and", "ve", "ile", "и") for piece in between)
        if joined and all(piece.is_filler or piece.has("conjunction") for piece in between):
            raise NotUnderstoodError("those who are both, or both kinds of people")


def _read_costs(reader: Reader) -> None:
    """Projects that cost more than others: their budgets; people cost their pay."""
    for number in reader.open("column", "payroll"):
        before = reader.beside(number, -1)[1]
        if (
            reader.pieces[number].text.lower().startswith("cost")
            and before is not None
            and before.has("subject", PROJECT)
            and not any(piece.has("subject", PEOPLE) for piece in reader.pieces[:number])
        ):
            reader.pieces[number].readings = {"column": ("budget",)}


def _refuse_groups_with_projects(reader: Reader) -> None:
    """People in cities that have a running project need not work on it."""
    for number in reader.open("subject", PROJECT):
        after = reader.pieces[number + 1 : number + 3]
        named = reader.language == "tr" and reader.pieces[number].text.lower() == "projesi" and len(after) > 1
        if (
            named
            and after[0].text.lower() in ("olan", "bulunan")
            and reader.dim(after[1])
            and reader.open("subject", PEOPLE)
        ):
            raise NotUnderstoodError("people of groups that have a project")


def _read_together_with(reader: Reader) -> None:
    """Maaşlarıyla birlikte: with their pay, and no sum of it."""
    for number in reader.open("agg", "sum"):
        before = reader.pieces[number - 1].text.lower() if number else ""
        if reader.pieces[number].text.lower() == "birlikte" and _INSTRUMENTAL.search(before):
            del reader.pieces[number].readings["agg"]


def find_groups_of_only(reader: Reader, facts: Facts) -> None:
    """Departments with only women: some, and nobody else."""
    named = [value for value in reader.values if _only_before(reader, value.position)]
    group = group_of(facts)
    asked = facts.counted is None or facts.counted == group
    if not named or not asked or facts.target not in (None, group) or reader.subject != PEOPLE:
        if named and facts.target in ("country", *_OF_EVENTS) and facts.counted is None:
            raise NotUnderstoodError("countries or courses with only some")
        return
    if group is None or group in reader.keys or reader.open("column") or reader.open("agg") or reader.quantities.ranks:
        return
    attributes = {value.attribute for value in named}
    own = [value for value in reader.values if value.attribute in attributes]
    others = {value.attribute for value in reader.values} - attributes - {"country", "project_status"}
    if len(attributes) > 1 or group in attributes or others or any(value.negated for value in own):
        raise NotUnderstoodError("groups with only some, and more")
    ref = reader.ref("staff", own[0].attribute)
    names = tuple(dict.fromkeys(value.value for value in own))
    some: tuple[Condition, ...] = (OneOf(ref, names),)
    rest: tuple[Condition, ...] = (OneOf(ref, names, negated=True),)
    facts.table = TABLES_OF_DIMS[group]
    place = own[0].position
    facts.where += [(place, Related("staff", some)), (place, Related("staff", rest, negated=True))]
    for value in own:
        value.is_spent = True
    reader.use(*reader.open("subject", PEOPLE))
    facts.anti[PEOPLE] = place


def _read_last(reader: Reader) -> None:
    """The last leave of everybody: no leave that lasts."""
    for number in reader.open("time", "last"):
        ahead = reader.beside(number, 1)[1]
        if reader.pieces[number].text.lower() == "last" and ahead is not None and ahead.has("subject"):
            reader.pieces[number].readings = {"time": ("last",)}


def _read_shared(reader: Reader) -> None:
    """Departments that share the first place: a verb, and no share of anything."""
    for number in reader.open("ask", "share"):
        ahead = reader.pieces[number + 1 : number + 3]
        ranked = any(reader.pieces[rank.position] in ahead for rank in reader.quantities.ranks)
        if reader.pieces[number].text.lower() == "share" and ranked and ahead[0].text.lower() == "the":
            reader.pieces[number].readings = {"filler": ("filler",)}


def _read_equal(reader: Reader) -> None:
    """Erkek sayısına eşit: equal to something, which is more than a way to speak of ties."""
    for before, piece in pairwise(reader.pieces):
        if piece.text.lower() == "eşit" and before.number is None and before.text.lower().endswith(("a", "e")):
            piece.readings = {}


def _read_office(reader: Reader) -> None:
    """В офисе, beside no place: those of the office jobs, or those who are not on site."""
    if any(value.attribute in _PLACES for value in reader.values):
        return
    for piece in reader.pieces:
        if piece.is_filler and piece.text.lower() in _OFFICE:
            piece.readings = {}
