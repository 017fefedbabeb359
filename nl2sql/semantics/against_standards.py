"""Conditions that compare with a figure (`standards`): of rows, of groups, or of each with those of their own group."""

from __future__ import annotations

import re

from nl2sql.plan import AgainstPeers, Compare, Condition, Figure, Having, Measure, OneOf, Plan, Share
from nl2sql.semantics.facts import PEOPLE, PROJECT, QUALITIES, TABLES_OF_DIMS, Facts
from nl2sql.semantics.quantities import whole
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.standards import OWN, PEERS, Standard, shares_are_compared

_LISTING = ("with", "and", "show", "give", "list", "including", "plus", "showing")
_SUMS = ("days", "hours", "budget", "payroll")
_OF_OWN = re.compile(
    r"\baverage (salary |pay |age )?(of|for|in) the (department|position|city|country|project)\b(?! of)|"
    r"\bсредн\w+ (зарплат\w+ |возраст\w* |стаж\w* )?по "
    r"(?:(?:его|её|ее|их|своему|своей) )?(отделу|должности|городу|стране|проекту)\b",
    re.IGNORECASE,
)
"""Above the average of the department: in the singular, that of one's own."""


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
    if standard.is_whole and of_all and shares_are_compared(reader):
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
        if key in PEERS and facts.table == "staff":
            facts.target = None
            reader.keys = [other for other in reader.keys if other != key]
            return key
    shown = [n for n, key in facts.shown.items() if key in PEERS and reader.pieces[n - 1].text.lower() in OWN]
    if len(shown) == 1 and facts.table == "staff":
        return facts.shown.pop(shown[0])  # more than the average of their department: it is not asked for
    for number in reader.open("dim", *PEERS):
        if facts.table == "staff":
            reader.use(number)
            return reader.dim(reader.pieces[number])
    raise NotUnderstoodError("an average of one's own, but of which group is not said")
