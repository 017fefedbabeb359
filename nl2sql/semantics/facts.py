"""What is known of a question while its plan is put together, and the subjects that it may be about."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from nl2sql.plan import Comparison, Condition, Figure, Having, Measure, Plan, Ref

if TYPE_CHECKING:
    from nl2sql.semantics.reader import Named
    from nl2sql.semantics.sides import Sides
    from nl2sql.semantics.standards import Standard

PEOPLE, LEAVE, TRAINING, CONTRACT, RAISE, PROJECT = "people", "leave", "training", "contract", "raise", "project"
TABLES = {
    PEOPLE: "staff",
    LEAVE: "leave_taken",
    TRAINING: "training_done",
    CONTRACT: "contracts",
    RAISE: "salaries",
    PROJECT: "projects",
}
TABLES_OF_DIMS = {"department": "departments", "position": "positions", "city": "locations", "project": "projects"}
"""Tables with one row for each value of an attribute."""
CONTRACT_WORDS = ("contract", "agreement", "sözleşme", "kontrat", "договор", "контракт", "соглаш")
GROUPS = (*TABLES_OF_DIMS, "country", "course", "family", "level")
"""Attributes whose values are counted by what is known of those who have them."""
PARTS = ("year", "quarter", "month")
OF_PEOPLE = ("salary", "first_salary", "last_salary", "rise", "payroll", "age", "hire_age", "tenure")
"""Attributes that say that people are meant."""
EVIDENCE = {
    # subject -> attributes of values, columns, unit
    LEAVE: (("leave_type",), ("days",), "day"),
    TRAINING: (("course",), ("hours",), "hour"),
    PROJECT: (("project_status",), ("budget", "budget_a_day"), None),
    RAISE: ((), ("raise",), None),
}
REACH = 5
"""Pieces between a word and what it is about."""
QUALITIES = ("gender", "position", "level", "family", "contract_type", "status")
"""Attributes whose values say people: welders, women, interns."""
OF_PERSONS = (*QUALITIES, "department", "project", "city")
"""Attributes of people, whose values a group may lack: departments without women."""


@dataclass
class Facts:
    """What is known of a question while its plan is put together."""

    counted: str | None = None
    """A subject, an attribute, "?" if it is not said, or `None` if nothing is counted."""
    also: list[str] = field(default_factory=list)
    """What else is counted: how many leaves, how many days."""
    target: str | None = None
    """The attribute whose values are asked for: which city."""
    keeps_unknown: bool = False
    """Whether those of no group are a group, too."""
    is_target_asked: bool = False
    """Whether "which" stands before it."""
    wants_rows: bool = False
    wants_people: bool = False
    """Whether those at the head are asked for: the welder with the highest salary."""
    shown: dict[int, str] = field(default_factory=dict)
    """Attributes to show for every row, and where they are asked for."""
    shows_events: bool = False
    """Whether every leave, training or contract is a row of its own."""
    events: dict[int, str] = field(default_factory=dict)
    """Where something is said to be hired, born, begun, ended, completed."""
    some_and_none: tuple[int, list[Named], list[Named]] | None = None
    """Where it is said, and the people that groups have and those that they have not."""
    anti: dict[str, int] = field(default_factory=dict)
    """What must not exist, and where that is said."""
    table: str = ""
    clauses: list[tuple[int, Condition]] = field(default_factory=list)
    """Conditions that events are for people, and where they are said."""
    inner: list[Condition] = field(default_factory=list)
    """Conditions on people whom a group must not have: where nobody took leave."""
    where: list[tuple[int, Condition]] = field(default_factory=list)
    """Conditions and where they are said."""
    having: list[Having] = field(default_factory=list)
    sides: Sides | None = None
    """Two periods whose figures are compared."""
    has_opposite: bool = False
    """Whether those to whom the condition does not apply are asked about as well."""
    denominators: list[Named] = field(default_factory=list)
    """Those for each of whom others are counted."""
    standards: list[Standard] = field(default_factory=list)
    """What is compared with figures."""
    dated: str | None = None
    """The date that years as groups are of, if it is not the first that is spoken of."""
    inner_groups: list[tuple[int, str, Plan]] = field(default_factory=list)
    """Where groups are told by rank or size, the attribute that they are values of, and the plan that finds them."""
    known: dict[int, bool] = field(default_factory=dict)
    """Where dates are said to be there or (true) missing."""
    compared: dict[int, tuple[str, Comparison, Ref | str]] = field(default_factory=dict)
    """Dates that are compared with others, and where they are said."""
    band: Ref | None = None
    """The column that is told in bands."""
    paid_before: date | None = None
    """The day before which pay is asked for, of people of today."""
    more: list[Measure] = field(default_factory=list)
    """Figures beside the first: the lowest and the highest salary."""
    days: tuple[Figure, ...] = ()
    """First and last days that are asked for."""
