"""The guard: which statements may run at all.

A statement is parsed, and only what is known to be harmless passes: one SELECT, over tables and columns
of the catalogue, made of listed kinds of syntax and listed functions. There is no list of what is
forbidden; what is unknown is refused. What runs is printed from the checked tree, never the text that
came in, so that parser and database cannot disagree about comments, quotes or encodings.

The database holds the same line once more by itself: the role may only read, and only these columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError, TokenError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope, traverse_scope

from nl2sql.catalog import SCHEMA, Catalog
from nl2sql.errors import GuardError
from nl2sql.lineage import Output, origin, outputs

MAX_ROWS: Final = 1000
"""Rows of an answer."""
MAX_CHARACTERS: Final = 10_000

_SYNTAX: Final = frozenset(
    {
        # shape
        exp.Select, exp.Union, exp.Intersect, exp.Except, exp.With, exp.CTE, exp.Subquery, exp.From, exp.Join, exp.Table,
        exp.TableAlias, exp.Alias, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Offset,
        exp.Fetch, exp.LimitOptions, exp.Distinct, exp.Window, exp.WindowSpec, exp.WithinGroup, exp.Filter, exp.Rollup,
        exp.Cube, exp.GroupingSets, exp.Tuple, exp.Paren,
        # names and values
        exp.Column, exp.Identifier, exp.Star, exp.Literal, exp.Boolean, exp.Null, exp.Interval, exp.Var, exp.DataType,
        # conditions
        exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.And, exp.Or, exp.Not, exp.In, exp.Is, exp.Between, exp.Like,
        exp.ILike, exp.Exists, exp.Any, exp.All, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Case, exp.If,
        # arithmetic
        exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe,
    }
)  # fmt: skip

_FUNCTIONS: Final = frozenset(
    {
        exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Stddev, exp.StddevSamp, exp.StddevPop, exp.Variance,
        exp.PercentileCont, exp.PercentileDisc, exp.Median, exp.Mode, exp.GroupConcat,
        exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile, exp.Lag, exp.Lead,
        exp.FirstValue, exp.LastValue,
        exp.Round, exp.Floor, exp.Ceil, exp.Abs, exp.Greatest, exp.Least, exp.Coalesce, exp.Nullif, exp.Cast,
        exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Initcap, exp.Substring, exp.Left, exp.Right, exp.Concat,
        exp.Extract, exp.TimestampTrunc, exp.DateTrunc, exp.CurrentDate, exp.CurrentTimestamp, exp.TimeToStr,
    }
)  # fmt: skip

_FUNCTION_NAMES: Final = frozenset({"AGE", "MAKE_DATE"})
"""Harmless functions that sqlglot does not know."""

_TYPES: Final = frozenset(
    {
        exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT, exp.DType.DECIMAL, exp.DType.DOUBLE, exp.DType.FLOAT,
        exp.DType.TEXT, exp.DType.VARCHAR, exp.DType.CHAR, exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ,
        exp.DType.BOOLEAN, exp.DType.INTERVAL,
    }
)  # fmt: skip


_ARGUMENTS: Final[dict[type[exp.Expr], frozenset[str]]] = {
    exp.Select: frozenset(
        (
            "with_",
            "expressions",
            "distinct",
            "from_",
            "joins",
            "where",
            "group",
            "having",
            "order",
            "limit",
            "offset",
            "windows",
        )
    ),
    exp.Table: frozenset(("this", "alias", "db", "joins")),
    exp.With: frozenset(("expressions",)),
    exp.CTE: frozenset(("this", "alias")),
    exp.Subquery: frozenset(("this", "alias", "with_", "joins")),
    exp.Join: frozenset(("this", "on", "using", "side", "kind", "method")),
    exp.Column: frozenset(("this", "table")),
    exp.LimitOptions: frozenset(("rows", "with_ties")),
}
"""Parts that a node may have; of the other nodes every part is a node, and is looked at as such."""


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

    @property
    def sql(self) -> str:
        """What to run: one row more than wanted is read, to know that there are more."""
        return _limited(self.tree, self.max_rows + 1).sql(dialect="postgres", comments=False)

    @property
    def pretty(self) -> str:
        """What to show."""
        return self.tree.sql(dialect="postgres", comments=False, pretty=True)


def check(sql: str, catalog: Catalog, *, max_rows: int = MAX_ROWS) -> Checked:
    """Let a statement pass, to give at most `max_rows` rows.

    Raises:
        GuardError: it is not one harmless SELECT over the catalogue; the message says what is wrong, and
            where as far as the parser knows.
    """
    tree = _parse(sql)
    _examine(tree, catalog)
    qualified = _qualify(tree, catalog)
    _examine(qualified, catalog)  # names that stand for whole rows show only now
    comparisons = list(_comparisons(qualified))
    if any(isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count) for node in tree.walk()):
        tree = qualified  # a star must stand for the readable columns, whatever the table has
    columns = {origin(column, scope) for scope in traverse_scope(qualified) for column in scope.columns}
    literals = {literal.meta.get("start"): literal for literal in tree.find_all(exp.Literal)}
    return Checked(
        tree,
        max_rows,
        frozenset(table.name for table in qualified.find_all(exp.Table) if table.name in catalog.tables),
        frozenset(path for path in columns if path),
        tuple(Comparison(path, literals[start]) for path, start in comparisons if start in literals),
        outputs(scope) if (scope := build_scope(qualified)) is not None else (),
    )


def _parse(sql: str) -> exp.Query:
    if len(sql) > MAX_CHARACTERS:
        raise GuardError(f"The statement has {len(sql):,} characters; {MAX_CHARACTERS:,} are allowed.")
    if "\0" in sql:
        raise GuardError("The statement contains a zero byte.")
    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect="postgres") if tree is not None]
    except (ParseError, TokenError) as error:
        first = getattr(error, "errors", None) or [{"description": str(error).splitlines()[0]}]
        where = f" at line {first[0]['line']}, column {first[0]['col']}" if "line" in first[0] else ""
        what = str(first[0]["description"]).partition(" <Token")[0].partition(". Line")[0].rstrip(".")
        raise GuardError(f"The statement is not valid SQL{where}: {what}.") from error
    except RecursionError as error:
        raise GuardError("The statement is nested too deeply.") from error
    if len(trees) != 1:
        raise GuardError(f"One SELECT statement is allowed; there are {len(trees)}.")
    if not isinstance(trees[0], exp.Select | exp.SetOperation):
        raise GuardError(f"Only SELECT is allowed; this is {trees[0].key.upper()}.")
    return trees[0]


def _examine(tree: exp.Query, catalog: Catalog) -> None:
    for node in tree.walk():
        for examine in _PASSES:
            examine(node, catalog)


def _examine_syntax(node: exp.Expr, _catalog: Catalog) -> None:
    """Only listed kinds of syntax, functions and types."""
    if isinstance(node, exp.Anonymous):
        if node.name.upper() not in _FUNCTION_NAMES:
            raise GuardError(f"The function {node.name.lower()} is not allowed{_where(node)}.")
    elif isinstance(node, exp.Func) and type(node) not in _SYNTAX:
        if type(node) not in _FUNCTIONS:
            raise GuardError(f"The function {node.sql_name().lower()} is not allowed{_where(node)}.")
    elif type(node) not in _SYNTAX:
        raise GuardError(f"{node.key.upper()} is not allowed{_where(node)}.")
    if isinstance(node, exp.DataType) and node.this not in _TYPES:
        raise GuardError(f"The type {node.sql(dialect='postgres')} is not allowed{_where(node)}.")


def _examine_arguments(node: exp.Expr, _catalog: Catalog) -> None:
    """No locking, no INTO, no recursion, no sampling: parts of harmless nodes that are not harmless."""
    allowed = _ARGUMENTS.get(type(node))
    if allowed is None:
        return
    for name, value in node.args.items():
        if value and name not in allowed:
            raise GuardError(f"{name.strip('_').upper()} is not allowed in {node.key.upper()}{_where(node)}.")


def _examine_tables(node: exp.Expr, catalog: Catalog) -> None:
    """Only tables of the catalogue and names that the statement defines itself."""
    if not isinstance(node, exp.Table):
        return
    if not isinstance(node.this, exp.Identifier):
        raise GuardError(f"A function may not stand for a table{_where(node)}.")
    if node.catalog or node.db not in ("", SCHEMA):
        raise GuardError(
            f"Only tables of the schema {SCHEMA} may be read, not {node.sql(dialect='postgres')}{_where(node)}."
        )
    root = node.root()
    defined = {} if node.db else {cte.alias for cte in root.find_all(exp.CTE)}
    if node.name not in catalog.tables and node.name not in defined:
        raise GuardError(f"There is no table {node.name}{_where(node)}; there are {', '.join(sorted(catalog.tables))}.")


_PASSES: Final[tuple[Callable[[exp.Expr, Catalog], None], ...]] = (
    _examine_syntax,
    _examine_arguments,
    _examine_tables,
)


def _qualify(tree: exp.Query, catalog: Catalog) -> exp.Query:
    """The statement with every column named after its table."""
    schema: dict[str, object] = {
        SCHEMA: {
            table.name: {column.name: column.type for column in table.columns} for table in catalog.tables.values()
        }
    }
    try:
        qualified = qualify(tree.copy(), dialect="postgres", schema=schema, db=SCHEMA, quote_identifiers=False)
    except OptimizeError as error:
        what, _, place = str(error).partition(" Line: ")
        line, _, column = place.partition(", Col: ")
        where = f" (line {line}, column {column})" if place else ""
        raise GuardError(f"{what.rstrip('.')}{where}; {_columns_of(tree, catalog)}.") from error
    if not isinstance(qualified, exp.Query):
        raise GuardError("Only SELECT is allowed.")
    return qualified


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
    return "; ".join(elsewhere or has)


def _comparisons(qualified: exp.Query) -> Iterator[tuple[str, int]]:
    for scope in traverse_scope(qualified):
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


def _limited(tree: exp.Query, rows: int) -> exp.Query:
    limit = tree.args.get("limit")
    given = limit.args.get("count" if isinstance(limit, exp.Fetch) else "expression") if limit is not None else None
    if isinstance(given, exp.Literal) and given.is_int and int(given.name) <= rows:
        return tree
    limited = tree.copy()
    limited.set("limit", None)
    return limited.limit(rows)


def _where(node: exp.Expr) -> str:
    """The place of a node, as far as it or what is in it is known."""
    for inner in node.walk():
        if "line" in inner.meta:
            return f" (line {inner.meta['line']}, column {inner.meta['col']})"
    return ""
