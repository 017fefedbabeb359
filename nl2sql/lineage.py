"""Where a column of a query comes from, through aliases, subqueries and common table expressions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlglot import exp
from sqlglot.optimizer.scope import Scope


def origin(column: exp.Column, scope: Scope) -> str | None:
    """The `table.column` whose values a qualified column shows as they are, or `None` if it is computed."""
    source: object = scope.sources.get(column.table)
    while isinstance(source, Scope):  # one name at a time: all columns of each level would be a power of the depth
        shown_here = _projections(source).get(column.name)
        if not isinstance(shown_here, exp.Column):
            return None
        column, source = shown_here, source.sources.get(shown_here.table)
    return f"{source.name}.{column.name}" if isinstance(source, exp.Table) else None


def shown(scope: Scope) -> dict[str, str]:
    """The columns of a query's result that show a column of a table as it is: name -> `table.column`."""
    columns = {name: value for name, value in _projections(scope).items() if isinstance(value, exp.Column)}
    return {name: path for name, column in columns.items() if (path := origin(column, scope)) is not None}


def _projections(scope: Scope) -> dict[str, exp.Expr]:
    if not isinstance(scope.expression, exp.Select):
        return {}
    return {projection.alias_or_name: projection.unalias() for projection in scope.expression.selects}


_FUNCTIONS: Final[dict[type[exp.Expr], str]] = {
    exp.Count: "count",
    exp.Avg: "avg",
    exp.Sum: "sum",
    exp.Min: "min",
    exp.Max: "max",
}
_DRESSES: Final = (exp.Round, exp.Cast, exp.Paren, exp.Coalesce)
"""They change how a value looks, not what it is."""


@dataclass(frozen=True)
class Output:
    """What a column of the result is."""

    function: str | None
    """`count`, `avg`, `sum`, `min`, `max`, or `None` for a column as it is and for anything else."""
    path: str | None
    """The `table.column` that is shown or that the function is over."""


def outputs(scope: Scope) -> tuple[Output, ...]:
    """What each column of a query's result is, in order; empty for unions."""
    if not isinstance(scope.expression, exp.Select):
        return ()
    return tuple(_output(projection.unalias(), scope) for projection in scope.expression.selects)


def _output(value: exp.Expr, scope: Scope) -> Output:
    while isinstance(value, _DRESSES):
        value = value.this
    function = _FUNCTIONS.get(type(value))
    if function is not None:
        value = value.this
    path = origin(value, scope) if isinstance(value, exp.Column) else None
    return Output(function, path)
