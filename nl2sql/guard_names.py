"""What the names of a statement mean: tables, columns, and how much it is once all of them are written out.

Names are resolved by scope, as a database does it; whether what they mean may be read is asked in `guard`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope

from nl2sql.catalog import Catalog
from nl2sql.dialects import exact
from nl2sql.errors import GuardError
from nl2sql.lineage import origin

MAX_COLUMNS: Final = 1000
"""Of a query or of one inside it."""
MAX_NODES: Final = 20_000
"""Of the tree once aliases stand for what they name."""


def tables_read(tree: exp.Query) -> list[exp.Table]:
    """The tables that are not names of the statement's own."""
    return [
        source for scope in traverse_scope(tree) for source in scope.sources.values() if isinstance(source, exp.Table)
    ]


def check_places(tree: exp.Query) -> None:
    """Every table stands where scopes are looked for: another would be printed, and never asked about.

    Raises:
        GuardError: one does not.
    """
    found = {id(node) for scope in traverse_scope(tree) for node, _ in scope.selected_sources.values()}
    for table in tree.find_all(exp.Table):
        if id(table) not in found:
            raise GuardError(f"The table {table.name} may not be read at this place.")


def check_growth(tree: exp.Query, catalog: Catalog) -> None:
    """Count what stars and aliases stand for before writing them out: a short text can stand for millions.

    Raises:
        GuardError: it is too much.
    """
    widths: dict[int, int] = {}
    nodes = 0
    for scope in traverse_scope(tree):
        select = scope.expression
        if not isinstance(select, exp.Select):
            widths[id(scope)] = max((widths.get(id(part), 1) for part in scope.set_operation_scopes), default=1)
            continue
        widths[id(scope)] = sum(_width(projection, scope, widths, catalog) for projection in select.selects)
        if widths[id(scope)] > MAX_COLUMNS:
            raise GuardError(
                f"The statement has {widths[id(scope)]:,} columns where its stars are written out; {MAX_COLUMNS:,} are allowed."
            )
        nodes += _size(select)
        if nodes > MAX_NODES:
            raise GuardError("The statement is too long where its aliases are written out; use fewer of them.")


def _width(projection: exp.Expr, scope: Scope, widths: dict[int, int], catalog: Catalog) -> int:
    if not projection.is_star:
        return 1
    wanted = projection.table if isinstance(projection, exp.Column) else ""
    return sum(
        len(catalog.tables[source.name].columns) if isinstance(source, exp.Table) else widths.get(id(source), 1)
        for name, (_, source) in scope.selected_sources.items()
        if wanted in ("", name)
    )


def _size(select: exp.Select) -> int:
    """Nodes of a query, where each alias counts as what it names."""
    sizes: dict[str, int] = {}

    def size(tree: exp.Expr) -> int:
        return sum(
            1 + (sizes.get(node.name, 0) if isinstance(node, exp.Column) and not node.table else 0)
            for node in tree.walk()
        )

    total = 0
    for projection in select.selects:
        sizes[projection.alias_or_name] = size(projection.unalias())
        total += sizes[projection.alias_or_name]
    return total + sum(
        size(part) for name in ("where", "group", "having", "order", "distinct") if (part := select.args.get(name))
    )


def qualified(tree: exp.Query, catalog: Catalog) -> exp.Query:
    """The statement with every column named after its table.

    Raises:
        GuardError: there is no such column, or more than one.
    """
    try:
        resolved = qualify(
            tree.copy(),
            dialect=exact(catalog.dialect),
            schema=catalog.as_known,
            db=catalog.schema,
            quote_identifiers=False,
        )
    except OptimizeError as error:
        what, _, place = str(error).partition(" Line: ")
        line, _, column = place.partition(", Col: ")
        where = f" (line {line}, column {column})" if place else ""
        raise GuardError(f"{what.rstrip('.')}{where}; {_columns_of(tree, catalog)}.") from error
    if not isinstance(resolved, exp.Query):
        raise GuardError("Only SELECT is allowed.")
    return resolved


def check_columns(resolved: exp.Query, catalog: Catalog) -> None:
    """Every column, wherever it stands: the parser itself leaves some places out, such as HAVING.

    Raises:
        GuardError: one is of no table of the catalogue, and is no name of the statement's own.
    """
    seen = set()
    for scope in traverse_scope(resolved):
        for column in scope.columns:
            source = scope.sources.get(column.table) if column.table else None
            if isinstance(source, exp.Table):
                is_known = catalog.column(f"{source.name}.{column.name}") is not None
            else:
                is_known = isinstance(source, Scope) and column.name in _names(source.expression)
            if is_known:
                seen.add(id(column))
    for column in resolved.find_all(exp.Column):
        query = column.find_ancestor(exp.Query)
        is_alias = not column.table and query is not None and column.name in query.named_selects
        if id(column) not in seen and not is_alias and not isinstance(column.this, exp.Star):
            raise GuardError(f"Column '{column.name}' could not be resolved; {_columns_of(resolved, catalog)}.")


def _names(query: exp.Expr) -> list[str]:
    return query.named_selects if isinstance(query, exp.Query) else []


def _columns_of(tree: exp.Query, catalog: Catalog) -> str:
    """Where the unknown columns of a statement are, or else what its tables have."""
    read = [table.name for table in tree.find_all(exp.Table) if table.name in catalog.tables]
    present = {column.name for name in read for column in catalog.tables[name].columns}
    wanted = dict.fromkeys(column.name for column in tree.find_all(exp.Column) if column.name not in present)
    elsewhere = [
        f"{name} is in {' and '.join(tables)}"
        for name in wanted
        if (tables := [table.name for table in catalog.tables.values() if catalog.column(f"{table.name}.{name}")])
    ]
    has = [
        f"{name} has {', '.join(column.name for column in catalog.tables[name].columns)}"
        for name in dict.fromkeys(read)
    ]
    return "; ".join(elsewhere or has) or "the statement reads no table"


def comparisons(resolved: exp.Query) -> Iterator[tuple[str, int]]:
    """Columns that are compared with texts: `table.column`, and where the text begins."""
    for scope in traverse_scope(resolved):
        for column in scope.columns:
            comparison = column.parent
            if isinstance(comparison, exp.Lower | exp.Upper | exp.Trim):
                comparison = comparison.parent
            if not isinstance(comparison, exp.EQ | exp.NEQ | exp.In | exp.Like | exp.ILike):
                continue
            path = origin(column, scope)
            for literal in comparison.find_all(exp.Literal):
                own = literal.parent_select is column.parent_select  # what a subquery compares is its own
                if own and path is not None and literal.is_string and "start" in literal.meta:
                    yield path, literal.meta["start"]
