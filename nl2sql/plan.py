"""The typed query plan: what a question asks for, as figures, conditions and groups, in no language of queries.

A plan cannot say what is not a question about the data: it has no text that runs. How it becomes SQL is
`plan_sql`, how a question becomes a plan is `compose`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Part = Literal["year", "quarter", "month", "day", "isodow"]
"""Of a date; `isodow` is the day of the week, from Monday."""
Comparison = Literal["=", "<>", "<", "<=", ">", ">="]
Function = Literal["count", "distinct", "avg", "median", "sum", "min", "max"]


@dataclass(frozen=True)
class Ref:
    """A column of the subject, or of a table that the subject points to."""

    table: str
    column: str
    part: Part | None = None
    band: int | None = None
    """How wide the bands are that a number is told by."""
    before: date | None = None
    """The day before which pay is meant that has changed since."""


@dataclass(frozen=True)
class Today:
    """A day that depends on when the question is asked: the start of today's period, moved; or a part of that day."""

    period: Literal["day", "week", "month", "quarter", "year"] = "day"
    months: int = 0
    days: int = 0
    part: Part | None = None


@dataclass(frozen=True)
class Later:
    """A day so long after the one in a column."""

    ref: Ref
    months: int = 0
    days: int = 0


Value = str | int | Decimal | date | Today
"""What a column is compared with."""


@dataclass(frozen=True)
class Compare:
    """A column compared with a value, with another column, or with a figure over all rows of another plan."""

    ref: Ref
    operator: Comparison
    value: Value | Ref | Later | Plan


@dataclass(frozen=True)
class OneOf:
    """A column that has, or has not, one of several values."""

    ref: Ref
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True)
class Missing:
    """A column without a value, or with one."""

    ref: Ref
    negated: bool = False


@dataclass(frozen=True)
class Related:
    """Rows of another table belong to the subject, or (negated) none does, or so many of them."""

    table: str
    where: tuple[Condition, ...] = ()
    negated: bool = False
    having: Having | None = None
    per: tuple[Ref, ...] = ()
    """What the rows that are counted share: the same course twice."""


@dataclass(frozen=True)
class Ordered:
    """Rows of two other tables belong to the subject, dated one before or after the other."""

    first: Related
    operator: Comparison
    second: Related
    dates: tuple[Ref, Ref]


@dataclass(frozen=True)
class AgainstPeers:
    """A column compared with the average of those who share another: of one's own department."""

    ref: Ref
    operator: Comparison
    within: Ref


@dataclass(frozen=True)
class Within:
    """A column with one of the values that another plan lists: in cities with an active project."""

    ref: Ref
    plan: Plan


@dataclass(frozen=True)
class AnyOf:
    """At least one of several conditions holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class AllOf:
    """All of several conditions hold: one of those that `AnyOf` tells apart."""

    conditions: tuple[Condition, ...]


Condition = Compare | OneOf | Missing | Related | Ordered | AgainstPeers | Within | AnyOf | AllOf


@dataclass(frozen=True)
class Figure:
    """One number over rows; `where` narrows its own rows only."""

    function: Function
    ref: Ref | None = None
    """`None` counts rows."""
    where: tuple[Condition, ...] = ()
    times: int | Decimal = 1
    """What it is multiplied by: twelve, for a year of months."""


@dataclass(frozen=True)
class Share:
    """Per cent that the rows that meet conditions have of a count or a sum."""

    where: tuple[Condition, ...]
    of: Figure = Figure("count")


@dataclass(frozen=True)
class OfTotal:
    """Per cent that a group's figure (a count or a sum) has of all groups' together."""

    figure: Figure


@dataclass(frozen=True)
class Gap:
    """One figure less another, how far apart both are, divided by it, as per cent of it, or its growth in per cent.

    The other may be that of a plan over all rows.
    """

    first: Figure
    second: Figure | Plan
    operator: Literal["-", "distance", "/", "%", "growth"] = "-"


@dataclass(frozen=True)
class Running:
    """A group's figure (a count or a sum) with those of all groups before it."""

    figure: Figure
    by: Ref


Measure = Figure | Share | OfTotal | Gap | Running


@dataclass(frozen=True)
class Having:
    """A measure of a group compared with a number, or with a figure over all rows of another plan."""

    measure: Measure
    operator: Comparison
    value: int | Decimal | Plan


@dataclass(frozen=True)
class Order:
    """Which rows or groups come first."""

    by: Measure | Ref
    descending: bool = True


@dataclass(frozen=True)
class Plan:
    """What is asked for.

    With measures or order by one, rows are groups of `columns`; else they are rows of the subject, or
    distinct combinations of `columns`.
    """

    subject: str
    columns: tuple[Ref, ...] = ()
    measures: tuple[Measure, ...] = ()
    where: tuple[Condition, ...] = ()
    having: tuple[Having, ...] = ()
    order: Order | None = None
    ties: tuple[Ref, ...] = ()
    """What decides between equals, so that the same question has the same answer."""
    limit: int | None = None
    skip: int = 0
    """Rows before the first that is wanted: the second largest."""
    each: tuple[Ref, ...] = ()
    """The order and the limit are those within each of these: the best paid of every department."""
    equals: bool = False
    """Whether rows equal to the last belong to the first as well: all those who earn the most."""
    unseen: tuple[Ref, ...] = ()
    """Keys that tell groups apart without being shown: people of one name are several."""
    distinct: bool = False
    over: Function | None = None
    """A figure over the rows is asked for, and not they: how many groups there are, the median of their figures."""
    known_keys: bool = field(default=False)
    """Whether groups without a name (people without a project) are left out."""

    @property
    def is_grouped(self) -> bool:
        """Whether rows of the result are groups."""
        by_measure = self.order is not None and not isinstance(self.order.by, Ref)
        return bool(self.measures or self.having or by_measure)


def nodes_of(node: object) -> Iterator[object]:
    """Everything that a plan is made of."""
    if isinstance(node, tuple):
        for one in node:
            yield from nodes_of(one)
    elif is_dataclass(node):
        yield node
        for part in fields(node):
            yield from nodes_of(getattr(node, part.name))
