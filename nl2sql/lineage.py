"""Where a column of a query comes from, through aliases, subqueries and common table expressions."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.optimizer.scope import Scope


def origin(column: exp.Column, scope: Scope) -> str | None:
    """The `table.column` whose values a qualified column shows as they are, or `None` if it is computed."""
    source = scope.sources.get(column.table)
    if isinstance(source, exp.Table):
        return f"{source.name}.{column.name}"
    if isinstance(source, Scope):
        return shown(source).get(column.name)
    return None


def shown(scope: Scope) -> dict[str, str]:
    """The columns of a query's result that show a column of a table as it is: name -> `table.column`."""
    found: dict[str, str] = {}
    if isinstance(scope.expression, exp.Select):
        for projection in scope.expression.selects:
            column = projection.unalias()
            path = origin(column, scope) if isinstance(column, exp.Column) else None
            if path is not None:
                found[projection.alias_or_name] = path
    return found
