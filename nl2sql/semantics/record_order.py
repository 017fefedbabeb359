"""What rows are in order of: the attribute that is named, the one amount that is shown or bounds them, their date."""

from __future__ import annotations

from nl2sql.persons import NAMES
from nl2sql.plan import Compare
from nl2sql.semantics.facts import CONTRACT, LEAVE, OF_PEOPLE, PEOPLE, PROJECT, RAISE, TRAINING, Facts
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.record_columns import meant
from nl2sql.semantics.sequence import Ordering

_BOUNDED = ("salary", "age", "tenure", "budget", "days", "hours")
_AMOUNTS = ("salary", "first_salary", "age", "tenure", "days", "hours", "budget", "duration", "raise")
_AGES = ("age", "tenure")
"""What is higher the earlier its date is: by age, oldest first."""
_DEFAULT_DATES = {LEAVE: "date", TRAINING: "date", RAISE: "date", PROJECT: "start", PEOPLE: "hire"}


def order_of(reader: Reader, facts: Facts, shown: list[str], ordering: Ordering) -> tuple[str, bool]:
    """The attribute that rows are in order of, and in which direction."""
    descending = ordering.descending
    if ordering.by is not None:
        number = reader.pieces.index(ordering.by)
        keys = meant(reader, facts, number, set())
        key = keys[-1] if keys[0] in NAMES else keys[0]
        return key, descending != (ordering.kind == "time" and key in _AGES)
    kind = ordering.kind
    columns = {one.ref.column for _, one in facts.where if isinstance(one, Compare)}
    bounded = [
        key
        for key in _BOUNDED
        if reader.has_attribute(facts.table, key) and reader.ref(facts.table, key).column in columns
    ]  # over 5 million, largest first
    if kind == "alphabet":
        return ("name" if reader.subject == PROJECT else NAMES[-1]), descending
    if kind == "time" and reader.subject == PEOPLE and "age" in (*shown, *bounded) and not _dates(shown):
        return "age", not descending
    if kind == "time":
        return _time(reader, facts, shown), descending
    if kind in OF_PEOPLE or kind == "budget":
        return kind or "", descending
    amounts = [key for key in shown if key in _AMOUNTS] or bounded
    if len(amounts) == 1 and kind is None:
        return amounts[0], descending
    raise NotUnderstoodError("an order of what is not said")


def _dates(shown: list[str]) -> list[str]:
    return [key for key in shown if key in ("hire", "birth", "start", "end", "date", "complete")]


def _time(reader: Reader, facts: Facts, shown: list[str]) -> str:
    """The date that rows are in order of: the one that is shown or spoken of, else their own."""
    dates = _dates(shown)
    if len(dates) == 1:
        return dates[0]
    said = list(dict.fromkeys(key for key in facts.events.values() if reader.has_attribute(facts.table, key)))
    if len(said) == 1:
        return said[0]
    if reader.subject in _DEFAULT_DATES and (not dates or "start" in dates):
        return _DEFAULT_DATES[reader.subject]
    if reader.subject == CONTRACT and "start" in dates and not said:
        return "start"
    raise NotUnderstoodError("an order by which date is not said")
