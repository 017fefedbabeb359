"""Both of two values: positions that are both in Moscow and in Kazan, people who had both kinds of contract."""

from __future__ import annotations

from dataclasses import replace

from nl2sql.plan import Figure, Having, OneOf, Plan, Ref, Related
from nl2sql.semantics.facts import CONTRACT, GROUPS, PEOPLE, Facts
from nl2sql.semantics.reader import Reader
from nl2sql.semantics.shapes import where_of


def groups_of_both(reader: Reader, facts: Facts, ref: Ref) -> Plan | None:
    """Positions both in Moscow and in Kazan: groups with rows of each of the values."""
    several = [
        one
        for _, one in facts.where
        if isinstance(one, OneOf) and one.ref != ref and len(one.values) > 1 and not one.negated
    ]
    if not several or not says_both(reader):
        return None
    reader.use(*reader.open("both"))
    having = tuple(Having(Figure("distinct", one.ref), "=", len(one.values)) for one in several)
    return Plan(facts.table, (ref,), where=where_of(facts), having=having, known_keys=True)


def number_of_both(reader: Reader, facts: Facts) -> Plan | None:
    """In how many cities there are both lawyers and accountants."""
    if facts.counted not in GROUPS or facts.having or reader.keys or facts.target is not None or facts.more:
        return None
    found = groups_of_both(reader, facts, reader.ref(facts.table, facts.counted or ""))
    if found is None or reader.quantities.ranks or reader.open("column"):
        return None
    reader.use(*reader.open("agg", "distinct"))
    return replace(found, over="count")


def find_contracts_of_both(reader: Reader, facts: Facts) -> None:
    """Who had both a permanent and a fixed-term contract: the present one is one of them only."""
    types = [value for value in reader.values if value.attribute == "contract_type" and not value.negated]
    if reader.subject != PEOPLE or len({value.value for value in types}) < 2 or not says_both(reader):  # noqa: PLR2004
        return
    reader.use(*reader.open("both"), *reader.open("subject", CONTRACT))
    for value in types:
        one = OneOf(reader.ref("contracts", "contract_type"), (value.value,))
        facts.where.append((value.position, Related("contracts", (one,))))
        value.is_spent = True


def says_both(reader: Reader) -> bool:
    """Both in Moscow and in Kazan, hem … hem, и … и."""
    named = {value.position for value in reader.values}
    doubled = [
        number
        for number, piece in enumerate(reader.pieces)
        if piece.text.lower() == "и" and reader.language == "ru" and _next_meant(reader, number) in named
    ]
    return reader.said("both") or len(doubled) > 1


def _next_meant(reader: Reader, number: int) -> int:
    number += 1
    while number < len(reader.pieces) and reader.pieces[number].has("filler"):
        number += 1
    return number
