"""The guard: which statements may run at all.

A statement is parsed, and only what is known to be harmless passes: one SELECT, over tables and columns
of the catalogue, made of what `guard_allowed` lists. There is no list of what is forbidden; what is unknown
is refused. What runs is printed from the checked tree, never the text that came in, with every name quoted
and every table named with its schema; and what was printed must be read as what was checked, so that parser,
printer and database cannot disagree about comments, quotes, encodings or search paths.

The database holds the same line once more by itself: the role may only read, and only these columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.scope import build_scope, traverse_scope

from nl2sql.anywhere.fit import fit
from nl2sql.catalog import Catalog
from nl2sql.errors import GuardError
from nl2sql.guard_allowed import ALLOWED, UNITS, Allowed
from nl2sql.guard_names import check_columns, check_growth, check_places, comparisons, qualified, tables_read
from nl2sql.guard_text import parse
from nl2sql.lineage import Output, origin, outputs

MAX_ROWS: Final = 1000
"""Rows of an answer."""
_MAX_PRINTED: Final = 100_000
"""Characters of a statement with all its names quoted and its stars written out."""
MAX_DEPTH: Final = 200
"""Levels of a tree; beyond them it is a text made to break a parser."""
MAX_LENGTH: Final = 1000
"""Of a type, such as varchar(20)."""


@dataclass(frozen=True)
class Comparison:
    """A column that a statement compares with a text."""

    path: str
    """`table.column`."""
    literal: exp.Literal
    """Part of `Checked.tree`, so that a spelling can be corrected in place."""


@dataclass(frozen=True)
class Checked:
    """A statement that may run."""

    tree: exp.Query
    max_rows: int
    tables: frozenset[str]
    columns: frozenset[str]
    """`table.column` of everything that is read."""
    comparisons: tuple[Comparison, ...]
    outputs: tuple[Output, ...]
    """What the columns of the result are; empty where that is not known."""
    catalog: Catalog

    @property
    def dialect(self) -> str:
        """As sqlglot names it."""
        return self.catalog.dialect

    @property
    def sql(self) -> str:
        """What to run: one row more than wanted is read, to know that there are more.

        Raises:
            GuardError: what is printed is not what was checked.
        """
        tree = _limited(self.tree, self.max_rows + 1)
        for table in tables_read(tree):
            table.set("db", exp.to_identifier(self.catalog.schema) if self.catalog.schema else None)
        return _read_again(_printed(tree, self.catalog), self.catalog)

    @property
    def pretty(self) -> str:
        """What to show."""
        return self.tree.sql(dialect=self.catalog.dialect, comments=False, pretty=True)


def check(sql: str, catalog: Catalog, *, max_rows: int = MAX_ROWS) -> Checked:
    """Let a statement pass, to give at most `max_rows` rows.

    Raises:
        GuardError: it is not one harmless SELECT over the catalogue; the message says what is wrong, and
            where as far as the parser knows.
    """
    try:
        return _check(parse(sql, catalog.dialect), catalog, max_rows)
    except RecursionError as error:
        raise GuardError("The statement is nested too deeply.") from error
    except SqlglotError as error:
        first = str(error).strip().splitlines() or ["the parser gives no reason"]
        raise GuardError(f"The statement cannot be understood: {first[0].rstrip('.')}.") from error


def again(checked: Checked) -> Checked:
    """A statement whose tree was changed, checked like any other.

    Raises:
        GuardError: what it is now may not run.
    """
    return check(checked.tree.sql(dialect=checked.dialect), checked.catalog, max_rows=checked.max_rows)


def _check(tree: exp.Query, catalog: Catalog, max_rows: int) -> Checked:
    _examine(tree, catalog)
    tree = fit(normalize_identifiers(tree, dialect=catalog.dialect), catalog)
    check_places(tree)
    for table in tables_read(tree):
        if table.name not in catalog.tables:
            known = ", ".join(sorted(catalog.tables))
            raise GuardError(f"There is no table {table.name}{_where(table)}; there are {known}.")
    check_growth(tree, catalog)
    resolved = qualified(tree, catalog)
    check_columns(resolved, catalog)
    _examine(resolved, catalog)  # names that stand for whole rows show only now
    compared = list(comparisons(resolved))
    if any(isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count) for node in tree.walk()):
        tree = resolved  # a star must stand for the readable columns, whatever the table has
    columns = {origin(column, scope) for scope in traverse_scope(resolved) for column in scope.columns}
    literals = {literal.meta.get("start"): literal for literal in tree.find_all(exp.Literal)}
    checked = Checked(
        tree,
        max_rows,
        frozenset(table.name for table in tables_read(resolved)),
        frozenset(path for path in columns if path),
        tuple(Comparison(path, literals[start]) for path, start in compared if start in literals),
        outputs(scope) if (scope := build_scope(resolved)) is not None else (),
        catalog,
    )
    checked.sql  # noqa: B018 - raises what only printing shows
    return checked


@lru_cache(maxsize=64)
def _read_again(printed: str, catalog: Catalog) -> str:
    """What was printed, if it is read as what was printed; asked twice of each statement, which may be corrected between."""
    again = parse(printed, catalog.dialect, limit=_MAX_PRINTED)
    _examine(again, catalog)
    sql = _printed(again, catalog)
    if sql.replace(" ", "") != printed.replace(" ", ""):  # ANY (…) is printed with and without one
        raise GuardError("The statement has more than one meaning; write it more simply.")
    return sql


def _examine(tree: exp.Query, catalog: Catalog) -> None:
    allowed = ALLOWED[catalog.dialect]
    depths: dict[int, int] = {}
    for node in tree.walk(bfs=False):
        depth = depths[id(node)] = 1 + depths.get(id(node.parent), 0)
        if depth > MAX_DEPTH:
            raise GuardError(f"The statement is nested too deeply; {MAX_DEPTH} levels are allowed.")
        _examine_kind(node, allowed)
        if isinstance(node, exp.Table):
            _examine_table(node, catalog)
        elif isinstance(node, exp.DataType):
            _examine_type(node, allowed, catalog.dialect)
        elif isinstance(node, exp.Star):
            _examine_star(node)
        elif isinstance(node, exp.Var) and node.name.upper().removesuffix("S") not in UNITS:
            raise GuardError(f"{node.name!r} is not a unit of time{_where(node)}; {', '.join(sorted(UNITS))} are.")


def _examine_kind(node: exp.Expr, allowed: Allowed) -> None:
    """Only listed kinds of syntax and functions, and no part of them that is not listed."""
    if isinstance(node, exp.Anonymous):
        if node.name.upper() not in allowed.names:
            raise GuardError(f"The function {node.name.lower()} is not allowed{_where(node)}.")
        return
    parts = allowed.kinds.get(type(node))
    if parts is None:
        what = f"The function {node.sql_name().lower()}" if isinstance(node, exp.Func) else node.key.upper()
        raise GuardError(f"{what} is not allowed{_where(node)}.")
    for name, value in node.args.items():
        if value and name not in parts:
            raise GuardError(f"{name.strip('_').upper()} is not allowed in {node.key.upper()}{_where(node)}.")


def _examine_table(node: exp.Table, catalog: Catalog) -> None:
    """Only tables of the schema and names that the statement defines itself."""
    if not isinstance(node.this, exp.Identifier):
        raise GuardError(f"A function may not stand for a table{_where(node)}.")
    if node.alias_column_names:  # the table may have columns that the catalogue does not, and they would be counted
        raise GuardError(f"The columns of a table may not be renamed by place{_where(node)}.")
    if node.catalog or node.db not in ("", catalog.schema):
        where = f"of the schema {catalog.schema}" if catalog.schema else "without a schema"
        raise GuardError(f"Only tables {where} may be read, not {node.sql(dialect=catalog.dialect)}{_where(node)}.")


def _examine_type(node: exp.DataType, allowed: Allowed, dialect: str) -> None:
    if node.this not in allowed.types:
        raise GuardError(f"The type {node.sql(dialect=dialect)} is not allowed{_where(node)}.")
    for size in node.expressions:
        if not (isinstance(size.this, exp.Literal) and size.this.is_int and int(size.this.name) <= MAX_LENGTH):
            raise GuardError(
                f"The type {node.sql(dialect=dialect)} is not allowed{_where(node)}: it may be {MAX_LENGTH} long."
            )


def _examine_star(node: exp.Star) -> None:
    """A star counts rows or is all of a result's columns; inside an expression it would be a whole row."""
    place = node.parent if isinstance(node.parent, exp.Column) else node
    is_all = isinstance(place.parent, exp.Select) and place.arg_key == "expressions"
    if not is_all and not (place is node and isinstance(place.parent, exp.Count)):
        raise GuardError(f"A whole row as a value is not allowed{_where(node)}.")


def _limited(tree: exp.Query, rows: int) -> exp.Query:
    limit = tree.args.get("limit")
    given = limit.args.get("count" if isinstance(limit, exp.Fetch) else "expression") if limit is not None else None
    limited = tree.copy()
    if isinstance(given, exp.Literal) and given.is_int and int(given.name) <= rows:
        return limited
    limited.set("limit", None)
    return limited.limit(rows, copy=False)


def _printed(tree: exp.Query, catalog: Catalog) -> str:
    return tree.sql(dialect=catalog.dialect, comments=False, identify=True)


def _where(node: exp.Expr) -> str:
    """The place of a node, as far as it or what is in it is known."""
    for inner in node.walk():
        if "line" in inner.meta:
            return f" (line {inner.meta['line']}, column {inner.meta['col']})"
    return ""
