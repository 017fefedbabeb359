"""Pay of a year: salaries are monthly, so figures of them are twelvefold when a question speaks of a year's.

Rows show what is stored; a year's pay of each is not understood.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from nl2sql.plan import Figure, Plan, Ref
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_MONTHS = 12
_PAY = "monthly_usd"
_YEARLY = ("annually", "yearly")
_BEFORE = ("a", "per", "в", "за", "bir")
"""What stands before the word for a year where pay is told for one."""


def find_yearly(reader: Reader) -> None:
    """Annual payroll; salaries a year."""
    paid = bool(reader.open("column", "salary", "payroll"))
    paid |= any(bound.unit == "usd" for bound in reader.quantities.bounds)
    for number in reader.open("dim", "year"):
        before = reader.pieces[number - 1] if number else None
        if paid and before is not None and before.text.lower() in _BEFORE and not reader.open("event"):
            reader.use(number)
            if before.has("group"):
                before.is_used = True
            reader.is_yearly = True
    for number in reader.open("each", "year"):
        if paid and reader.pieces[number].text.lower() in _YEARLY:
            reader.use(number)
            reader.is_yearly = True
    reader.is_yearly |= reader.said("yearly")


def of_year(plan: Plan) -> Plan:
    """The same plan with figures of twelve months.

    Raises:
        NotUnderstoodError: it has none, or it speaks of what each person earns.
    """
    found = _twelvefold(plan)
    if found == plan:
        raise NotUnderstoodError("a year of what is not said")
    return found  # type: ignore[no-any-return]


def _twelvefold(part: Any) -> Any:
    if isinstance(part, Figure) and part.ref is not None and part.ref.column == _PAY:
        return replace(part, times=_MONTHS, where=tuple(_twelvefold(one) for one in part.where))
    if isinstance(part, Ref) and part.column == _PAY:
        raise NotUnderstoodError("a year's pay of each person")
    if isinstance(part, tuple):
        return tuple(_twelvefold(one) for one in part)
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{field.name: _twelvefold(getattr(part, field.name)) for field in fields(part)})
    return part
