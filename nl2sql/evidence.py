"""Where a word of a question shows in a statement that answers it.

The words are those of `semantics`; which of them speak against a statement is `doubts`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Final

from sqlglot import exp

from nl2sql.guard import Checked
from nl2sql.semantics.pieces import Piece

_ANY: Final = ""
_SORTED: Final = (exp.Order, exp.Max, exp.Min)
_GROUPED: Final = (exp.Group, exp.Window)
_COMPARED: Final = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.Between)

_NODES: Final[Mapping[str, Mapping[str, tuple[type[exp.Expr], ...]]]] = {
    "agg": {
        "avg": (exp.Avg, exp.PercentileCont),
        "sum": (exp.Sum,),
        "median": (exp.PercentileCont, exp.PercentileDisc),
        "max": _SORTED,
        "min": _SORTED,
        "distinct": (exp.Distinct, exp.Group),
    },
    "ask": {
        "count": (exp.Count, exp.Sum, exp.Avg, exp.Sub),
        "share": (exp.Div,),
        "difference": (exp.Sub,),
        "ratio": (exp.Div,),
    }
    | {"versus": (*_GROUPED, exp.Filter, exp.Sub, exp.Div)},
    "column": {"payroll": (exp.Sum,)},
    "rank": {_ANY: _SORTED},
    "group": {_ANY: (*_GROUPED, exp.Order)},
    "each": {_ANY: _GROUPED},
    "running": {_ANY: (exp.Window,)},
    "time": dict.fromkeys(("since", "since_after", "after"), (exp.GT, exp.GTE, exp.Between, exp.Order))
    | dict.fromkeys(("before", "until", "until_after"), (exp.LT, exp.LTE, exp.Between, exp.Order)),
    "compare": {_ANY: _COMPARED},
}
"""Kind of a word -> its key, or any -> what must be somewhere in the statement."""
_COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "column": {
        "salary": "monthly_usd first_usd raise_usd raise_percent",
        "age": "age age_decade",
        "tenure": "service_years hire_date",
        "days": "days start_date",
        "hours": "hours",
        "budget": "budget_usd budget_each",
        "duration": "duration_days start_date end_date days",
        "first_salary": "first_usd effective_date",
        "raise": "raise_usd raise_percent effective_date",
    },
    "event": {
        "hire": "hire_date service_years",
        "birth": "birth_date age age_decade",
        "start": "start_date effective_date hire_date",
        "end": "end_date",
        "complete": "completed_on end_date status course",
        "left": "status",
    },
    "subject": {
        "leave": "leave_type days leave_id",
        "training": "course completed_on hours training_id",
        "contract": "contract_type contract_id end_date",
        "raise": "effective_date raise_usd raise_percent",
    },
    "dim": {
        "city": "city",
        "country": "country",
        "department": "department name code",
        "position": "position title",
        "family": "family",
        "level": "level",
        "gender": "gender",
        "contract_type": "contract_type",
        "leave_type": "leave_type",
        "project_status": "status",
        "first_name": "first_name",
        "last_name": "last_name",
        "patronymic": "patronymic",
        "age_decade": "age age_decade birth_date",
    },
}
"""Kind of a word -> its key -> columns, one of which must be read."""
ASKED_BY: Final[Mapping[str, str]] = {
    "city": "dim:city",
    "country": "dim:country",
    "department": "dim:department",
    "position": "dim:position",
    "family": "dim:family",
    "level": "dim:level",
    "gender": "dim:gender",
    "contract_type": "dim:contract_type subject:contract",
    "leave_type": "dim:leave_type",
    "course": "dim:course subject:training event:complete",
    "age": "column:age dim:age_decade ask:howlong event:birth compare:gt compare:ge compare:lt compare:le range:between",
    "service_years": "column:tenure ask:howlong event:hire",
    "monthly_usd": "column:salary column:payroll column:first_salary column:raise unit:usd subject:raise",
    "hours": "column:hours subject:training unit:hour",
    "budget_usd": "column:budget",
}
"""Column -> words that ask for it, besides values of it and what is compared or ranked by it."""
TABLES: Final[Mapping[str, frozenset[str]]] = {
    "leave": frozenset({"leave", "leave_taken"}),
    "training": frozenset({"training", "training_done"}),
    "contract": frozenset({"contracts"}),
    "raise": frozenset({"salaries"}),
}
"""Subject -> tables that are about nothing else."""
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


class Evidence:
    """A statement, as what words may show in."""

    def __init__(self, checked: Checked) -> None:
        self.tree = checked.tree
        self.tables = checked.tables
        self.columns = frozenset(path.rpartition(".")[2] for path in checked.columns)

    def has(self, *nodes: type[exp.Expr]) -> bool:
        """Whether the statement has one of these anywhere."""
        return self.tree.find(*nodes) is not None

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All texts that it compares with or shows."""
        return tuple(literal.name for literal in self.tree.find_all(exp.Literal) if literal.is_string)

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        """All numbers, also those of days."""
        literals = [literal for literal in self.tree.find_all(exp.Literal) if literal.name[:1].isdigit()]
        return frozenset(Decimal(text) for literal in literals for text in _NUMBER.findall(literal.name))

    @cached_property
    def used(self) -> frozenset[str]:
        """Names of columns that rows are chosen, grouped or counted by; what is merely shown or joined by is not."""
        selects = self.tree.selects
        shown = {id(column.unalias()) for column in selects} if len(selects) > 1 else set()
        shown |= {
            id(column)
            for join in self.tree.find_all(exp.Join)
            if (on := join.args.get("on"))
            for column in on.find_all(exp.Column)
        }
        return frozenset(column.name for column in self.tree.find_all(exp.Column) if id(column) not in shown)

    def shows(self, piece: Piece) -> bool:
        """Whether a piece of the question shows; one that may be read in several ways always does."""
        if piece.values:
            return bool(piece.readings) or self._shows_value(piece)
        if len(piece.readings) != 1:
            return True
        ((kind, keys),) = piece.readings.items()
        return any(self._shows_word(kind, key) for key in keys)

    def _shows_value(self, piece: Piece) -> bool:
        """Seniors have it in their title, women and men may be groups; those who work here now need no condition."""
        fine = {
            "status",
            *(column.name for group in self.tree.find_all(exp.Group) for column in group.find_all(exp.Column)),
        }
        return any(
            attribute in fine or any(value.lower() in text.lower() for text in self.texts)
            for attribute, value in piece.values
        )

    def _shows_word(self, kind: str, key: str) -> bool:
        if kind == "calendar" and key[0] == "m":
            return Decimal(key[1:]) in self.numbers
        columns = _COLUMNS.get(kind, {}).get(key)
        if columns is not None:
            of_subject = TABLES.get(key, frozenset()) if kind == "subject" else frozenset()
            return bool(self.columns.intersection(columns.split()) or self.tables & of_subject)
        if kind == "negation":
            return self.denies(of_others=key == "nobody")
        keys = _NODES.get(kind, {})
        nodes = keys.get(key, keys.get(_ANY))
        return nodes is None or self.has(*nodes)

    def denies(self, *, of_others: bool = False) -> bool:
        """IS NOT NULL denies nothing; that there is nobody takes more than a column without a value."""
        empty = any(
            isinstance(one.expression, exp.Null) and not isinstance(one.parent, exp.Not)
            for one in self.tree.find_all(exp.Is)
        )
        denied = any(not isinstance(one.this, exp.Is | exp.Null) for one in self.tree.find_all(exp.Not))
        return denied or self.has(exp.NEQ, exp.Except) or (empty and not of_others)
