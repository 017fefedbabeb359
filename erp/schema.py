"""The tables of an ERP as this room reads them: names, columns, and what kind of value a column holds.

The kind decides which rules look at a cell. Types of the published columns belong to the migration of
`clean`; here everything is the text that somebody typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a column holds."""

    NAME = "name"
    VOCABULARY = "vocabulary"
    """One of a list of values that the company's dictionary knows in three languages."""
    DATE = "date"
    PHONE = "phone"
    EMAIL = "email"
    NATIONAL_ID = "national_id"
    NUMBER = "number"
    REFERENCE = "reference"
    """The key of an employee."""
    TEXT = "text"


@dataclass(frozen=True)
class Column:
    """One column of a source table."""

    name: str
    kind: Kind
    vocabulary: str | None = None
    """Name of its list in `clean.vocabulary`, for columns of that kind."""
    personal: bool = False
    """Whether it identifies, reaches or dates a person beyond the name: analysts see it masked."""


@dataclass(frozen=True)
class Table:
    """One source table; its key is a whole number that no two rows share."""

    name: str
    key: str
    columns: tuple[Column, ...]

    def of_kind(self, *kinds: Kind) -> tuple[Column, ...]:
        """Columns that hold such values."""
        return tuple(column for column in self.columns if column.kind in kinds)

    @property
    def column_names(self) -> list[str]:
        """All columns but the key."""
        return [column.name for column in self.columns]


def _vocabulary(name: str, values: str) -> Column:
    return Column(name, Kind.VOCABULARY, values)


def _columns(kind: Kind, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name in names)


def _personal(kind: Kind, name: str) -> Column:
    return Column(name, kind, personal=True)


_EMPLOYEE: Final = Column("employee_id", Kind.REFERENCE)
_CITY: Final = _vocabulary("city", "employees.city")

TABLES: Final = (
    Table("locations", "location_id", (_CITY, _vocabulary("country", "locations.country"))),
    Table("departments", "department_id", (_vocabulary("name", "employees.department"), *_columns(Kind.TEXT, "code"))),
    Table(
        "positions",
        "position_id",
        (_vocabulary("title", "employees.position"), *_columns(Kind.TEXT, "family", "level")),
    ),
    Table(
        "projects",
        "project_id",
        (
            _vocabulary("code", "projects.code"),
            *_columns(Kind.TEXT, "name"),
            _CITY,
            _vocabulary("status", "projects.status"),
            *_columns(Kind.DATE, "start_date", "end_date"),
            *_columns(Kind.NUMBER, "budget_usd"),
        ),
    ),
    Table(
        "employees",
        "employee_id",
        (
            *_columns(Kind.NAME, "first_name", "patronymic", "last_name"),
            _vocabulary("gender", "employees.gender"),
            _personal(Kind.DATE, "birth_date"),
            _personal(Kind.NATIONAL_ID, "national_id"),
            _personal(Kind.EMAIL, "email"),
            _personal(Kind.PHONE, "phone"),
            _vocabulary("department", "employees.department"),
            _vocabulary("position", "employees.position"),
            _vocabulary("project", "projects.code"),
            _CITY,
            *_columns(Kind.DATE, "hire_date"),
            _vocabulary("status", "employees.status"),
        ),
    ),
    Table(
        "contracts",
        "contract_id",
        (
            _EMPLOYEE,
            _vocabulary("contract_type", "contracts.contract_type"),
            *_columns(Kind.DATE, "start_date", "end_date"),
        ),
    ),
    Table(
        "salaries",
        "salary_id",
        (_EMPLOYEE, *_columns(Kind.DATE, "effective_date"), *_columns(Kind.NUMBER, "monthly_usd")),
    ),
    Table(
        "leave",
        "leave_id",
        (
            _EMPLOYEE,
            _vocabulary("leave_type", "leave.leave_type"),
            *_columns(Kind.DATE, "start_date"),
            *_columns(Kind.NUMBER, "days"),
        ),
    ),
    Table(
        "training",
        "training_id",
        (
            _EMPLOYEE,
            _vocabulary("course", "training.course"),
            *_columns(Kind.DATE, "completed_on"),
            *_columns(Kind.NUMBER, "hours"),
        ),
    ),
)
"""Parents before children: the order in which rows may be published."""

BY_NAME: Final = {table.name: table for table in TABLES}
EVENTS: Final = ("contracts", "salaries", "leave", "training")
"""Tables whose rows belong to an employee."""
REFERENCES: Final = ("locations", "departments", "positions", "projects")
"""Tables that define the words of the others."""
