"""Conditions of a question: its values, numbers, periods and negations, each with the column that it is about."""

from __future__ import annotations

from nl2sql.plan import OneOf
from nl2sql.semantics.absence import deny_all, find_groups_without
from nl2sql.semantics.against_standards import apply_standards
from nl2sql.semantics.both import find_contracts_of_both
from nl2sql.semantics.bound_columns import is_bare
from nl2sql.semantics.bounds import bind
from nl2sql.semantics.compared_dates import compared_dates
from nl2sql.semantics.everybody import find_groups_of_all
from nl2sql.semantics.facts import CONTRACT, PEOPLE, PROJECT, RAISE, Facts
from nl2sql.semantics.inner_groups import in_inner_groups
from nl2sql.semantics.known_dates import known_dates
from nl2sql.semantics.named import named_values
from nl2sql.semantics.outside import join_outside
from nl2sql.semantics.pay import find_raises, find_rises
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.sides import find_compared_periods
from nl2sql.semantics.small_words import find_groups_of_only
from nl2sql.semantics.some_and_none import groups_of_some_and_none
from nl2sql.semantics.states import drop_status, find_states
from nl2sql.semantics.thresholds import find_thresholds
from nl2sql.semantics.timing import find_periods_of, is_understood
from nl2sql.semantics.whose import find_whose

_COMPLETED = ("завершил", "закончил")


def find_conditions(reader: Reader, facts: Facts) -> None:
    """Turn values, numbers, periods and negations into conditions."""
    drop_status(reader)
    facts.where += facts.clauses
    in_inner_groups(reader, facts)
    facts.where += known_dates(reader, facts)
    facts.where += compared_dates(reader, facts)
    _find_leavers(reader, facts)
    find_whose(reader, facts)
    if reader.subject == RAISE and reader.open("column", "raise"):
        find_raises(reader, facts)
    find_rises(reader, facts)
    find_states(reader, facts)
    find_groups_without(reader, facts)
    deny_all(reader, facts)
    find_groups_of_only(reader, facts)
    groups_of_some_and_none(reader, facts)
    find_groups_of_all(reader, facts)
    find_contracts_of_both(reader, facts)
    find_thresholds(reader, facts)
    facts.where += named_values(reader, facts.table)
    for bound in sorted(reader.quantities.bounds, key=is_bare):  # at least 2000, at most 2500 dollars
        bind(reader, facts, bound)
    join_outside(reader, facts)
    _find_completed(reader, facts)
    if not find_compared_periods(reader, facts):
        find_periods_of(reader, facts)
    apply_standards(reader, facts)
    for number, key in facts.events.items():
        if is_understood(reader, facts, key):
            reader.use(number)
    if reader.subject in (CONTRACT, PROJECT) and facts.events:
        reader.use(*reader.open("intent", "future"))  # what is planned will begin or end
    if reader.quantities.windows:
        raise NotUnderstoodError("a time since being hired, but of what is not said")
    if reader.quantities.spans or reader.quantities.bounds:
        reader.use(*reader.open("inclusive"))


def _find_completed(reader: Reader, facts: Facts) -> None:
    """Какие проекты завершились: those that are completed, where it is not said or asked when."""
    dated = reader.quantities.spans or reader.quantities.ranks or reader.open("ask", "when") or reader.open("date")
    if reader.subject != PROJECT or dated or facts.days:
        return
    for number, key in facts.events.items():
        piece = reader.pieces[number]
        if key == "end" and piece.is_open and piece.text.lower().startswith(_COMPLETED):
            facts.where.append((number, OneOf(reader.ref(facts.table, "project_status"), ("completed",))))
            reader.use(number)


def _find_leavers(reader: Reader, facts: Facts) -> None:
    if reader.subject == PEOPLE and "left" in facts.events.values():
        facts.where.append((-1, OneOf(reader.ref("employees", "status"), ("left",))))
        reader.use(*[number for number, key in facts.events.items() if key == "left"])
