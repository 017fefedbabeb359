"""What a question speaks of must be in its plan: contracts, a date that something happened on, the unit that is asked for.

A word for it may have been taken for a part of something else: "sözleşmesi olan" for a verb, "on their birthday" for a date
that is to be shown. Words that turn a meaning are `heeded`.
"""

from __future__ import annotations

import re

from nl2sql.persons import NAMES
from nl2sql.plan import Compare, OneOf, Plan, Ref, Related, nodes_of
from nl2sql.semantics.facts import CONTRACT_WORDS
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_CONTRACTS = re.compile(rf"\b(?:{'|'.join(CONTRACT_WORDS)})", re.IGNORECASE)
_OF_CONTRACTS = ("contract_type", "end_date", "start_date")
_ON_DATE = re.compile(
    r"\bon (?:the day of )?(?:their|his|her|its)(?: own)? (?:birthday|birth|hire|hiring|start|end|completion)|"
    r"\bв (?:сво[йию] |их )?(?:день|дату) (?:\w+ )?(?:рождени|при[её]ма|найма|окончани|начала)|"
    r"\b(?:doğum|işe giriş|başlangıç|bitiş) (?:gün|tarih)\w*nd[ae]\b",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\bin (?:months|weeks|years)\b|\bhow many (?:months|weeks|years)\b|\bв (?:месяцах|неделях|годах)\b|"
    r"\bсколько (?:месяцев|недель|лет)\b|\bkaç (?:ay|hafta|yıl)\b|\b(?:ay|hafta|yıl) olarak\b",
    re.IGNORECASE,
)
"""Units that lengths in days are not told in."""
_A_YEAR = re.compile(
    r"\b(?:per|a|each) year\b|\b(?:за|в) год\b|\byılda\b|\bв месяц\b|\bper month\b|\bayda\b", re.IGNORECASE
)
_ON_PROJECT = re.compile(
    r"\bbeen (?:working |assigned |placed |employed )?(?:on|to)\b|\bstay\w* (?:longer |long )?on\b|\b(?:assigned|placed) (?:on|to)\b",
    re.IGNORECASE,
)
"""Of which it is not known since when."""
_ONE = re.compile(r"\b(?:сотрудник|работник)\b|\b(?:an|one) (?:employee|worker)\b", re.IGNORECASE)
_LENGTHS = ("days", "duration_days")


def check_spoken_of(reader: Reader, plan: Plan) -> None:
    """Refuse a plan that has nothing of what is spoken of.

    Raises:
        NotUnderstoodError: it has no contracts, compares no date, tells a length in days.
    """
    nodes = list(nodes_of(plan))
    for check in (_contracts, _on_date, _unit, _a_year, _one_of_them, _on_project):
        if reason := check(reader, plan, nodes):
            raise NotUnderstoodError(reason)


def _contracts(reader: Reader, plan: Plan, nodes: list[object]) -> str | None:
    tables = {plan.subject, *(node.table for node in nodes if isinstance(node, Ref | Related))}
    told = "contracts" in tables or any(isinstance(node, Ref) and node.column in _OF_CONTRACTS for node in nodes)
    return "contracts, of which nothing is asked" if _CONTRACTS.search(reader.text) and not told else None


def _on_date(reader: Reader, plan: Plan, _nodes: list[object]) -> str | None:
    """Whose leave began on their birthday: two dates that are compared, and none that is shown."""
    shown = any(ref.column.endswith(("_date", "_on")) for ref in plan.columns) and not plan.measures
    return "on a date that is another's" if shown and _ON_DATE.search(reader.text) else None


def _unit(reader: Reader, plan: Plan, _nodes: list[object]) -> str | None:
    """How long it took in months: not in days."""
    lengths = any(isinstance(node, Ref) and node.column in _LENGTHS for node in nodes_of(plan.measures))
    return "a length in months, which is told in days" if lengths and _UNIT.search(reader.text) else None


def _a_year(reader: Reader, plan: Plan, nodes: list[object]) -> str | None:
    """How many courses one of them takes a year: not how many in all years together."""
    events = plan.subject in ("leave_taken", "training_done") and bool(plan.measures)
    parted = any(isinstance(node, Ref) and node.part for node in nodes) or any(isinstance(n, Compare) for n in nodes)
    return (
        "so many a year, but all years are taken together"
        if events and not parted and _A_YEAR.search(reader.text)
        else None
    )


def _one_of_them(reader: Reader, plan: Plan, nodes: list[object]) -> str | None:
    """How many days an employee takes: one of them, and not all together."""
    told = any(isinstance(node, Ref) and node.column in (*NAMES, "employee_id") for node in nodes)
    missed = plan.subject in ("leave_taken", "training_done") and bool(plan.measures) and not told
    return "so many of one person, but all are taken together" if missed and _ONE.search(reader.text) else None


def _on_project(reader: Reader, _plan: Plan, nodes: list[object]) -> str | None:
    """Who has been on Dubai Towers for more than two years: not in the company."""
    served = any(isinstance(node, Ref) and node.column == "service_years" for node in nodes)
    of_project = any(isinstance(node, OneOf) and node.ref.column == "project" for node in nodes)
    missed = served and of_project and _ON_PROJECT.search(reader.text)
    return "so long on a project, of which only the present is known" if missed else None
