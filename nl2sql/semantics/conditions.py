"""Conditions of a question: its values, numbers, periods and negations, each with the column that it is about."""

from __future__ import annotations

from dataclasses import replace

from nl2sql.plan import Condition, OneOf, Related
from nl2sql.semantics.absence import deny, find_groups_without
from nl2sql.semantics.bounds import bind
from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, PROJECT, RAISE, TRAINING, Facts
from nl2sql.semantics.named import named_values
from nl2sql.semantics.pay import find_raises, find_rises
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.sides import find_compared_periods
from nl2sql.semantics.standards import apply_standards
from nl2sql.semantics.timing import date_of, find_periods_of, is_understood, period

_BOTH = 2


def find_conditions(reader: Reader, facts: Facts) -> None:
    """Turn values, numbers, periods and negations into conditions."""
    if reader.subject == PEOPLE and "left" in facts.events.values():
        facts.where.append((-1, OneOf(reader.ref("employees", "status"), ("left",))))
        reader.use(*[number for number, key in facts.events.items() if key == "left"])
    if reader.subject == RAISE and reader.open("column", "raise"):
        find_raises(reader, facts)
    find_rises(reader, facts)
    _find_takers(reader, facts)
    _find_both(reader, facts)
    find_groups_without(reader, facts)
    for key, position in facts.anti.items():
        deny(reader, facts, key, position)
    facts.where += named_values(reader, facts.table)
    for bound in reader.quantities.bounds:
        bind(reader, facts, bound)
    if not find_compared_periods(reader, facts):
        find_periods_of(reader, facts)
    apply_standards(reader, facts)
    for number, key in facts.events.items():
        if is_understood(reader, facts, key):
            reader.use(number)
    if reader.subject in (CONTRACT, PROJECT) and facts.events:
        reader.use(*reader.open("intent", "future"))  # what is planned will begin or end
    if reader.quantities.spans or reader.quantities.bounds:
        reader.use(*reader.open("inclusive"))
    if reader.subject == CONTRACT and facts.wants_rows:
        _relate_contracts(reader, facts)


def _find_takers(reader: Reader, facts: Facts) -> None:
    """The average age of those who took parental leave: a figure of people who have such a row."""
    columns = [reader.pieces[number] for number in reader.open("column", "salary", "payroll", "age", "tenure")]
    columns = [piece for piece in columns if not piece.has("column", "days", "hours")]
    if reader.subject not in (LEAVE, TRAINING) or not columns or facts.anti or reader.open("column", "days", "hours"):
        return
    table = facts.table
    inner: list[Condition] = [one for _, one in named_values(reader, table, only=("leave_type", "course"))]
    for span in reader.quantities.spans:
        inner += period(reader, table, span, date_of(reader, facts, span.position))
    reader.quantities.spans.clear()
    reader.use(*[number for number, event in facts.events.items() if event in ("complete", "start")])
    facts.where.append((-1, Related(table, tuple(inner))))
    facts.table, reader.subject = "staff", PEOPLE
    facts.events.clear()


def _find_both(reader: Reader, facts: Facts) -> None:
    """People who completed First Aid and Fire Safety have rows of both."""
    if reader.subject not in (LEAVE, TRAINING) or not (facts.counted == PEOPLE or facts.wants_rows):
        return
    own = [value for value in reader.values if value.attribute in ("leave_type", "course")]
    both = reader.open("both")
    if len({value.value for value in own}) < _BOTH or any(piece.has("conjunction", "or") for piece in reader.pieces):
        return
    if any(value.negated for value in own):
        reader.use(*reader.open("ask", "versus"), *reader.open("conjunction"))
    reader.use(*both)
    table = facts.table
    inner: list[Condition] = []
    for span in reader.quantities.spans:
        inner += period(reader, table, span, date_of(reader, facts, span.position))
    reader.quantities.spans.clear()
    reader.use(*[number for number, event in facts.events.items() if event in ("complete", "start")])
    for value in own:
        value.is_spent = True
        kind = OneOf(reader.ref(table, value.attribute), (value.value,))
        facts.where.append((value.position, Related(table, (kind, *inner), negated=value.negated)))
    facts.table, reader.subject = "employees", PEOPLE


def _relate_contracts(reader: Reader, facts: Facts) -> None:
    """People whose contract ends: those who work here and have such a contract, each once."""
    own = [one for _, one in facts.where if getattr(one, "ref", None) and one.ref.table == "contracts"]  # type: ignore[union-attr]
    others = []
    for place, one in facts.where:
        if one not in own:
            if not isinstance(one, OneOf):
                raise NotUnderstoodError("people by their contracts and by more")
            attribute = next(key for key, ref in reader.schema["contracts"].items() if ref == one.ref)
            others.append((place, replace(one, ref=reader.ref("staff", attribute))))
    facts.table, reader.subject = "staff", PEOPLE
    facts.where = [*others, (0, Related("contracts", tuple(own)))]
