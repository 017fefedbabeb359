"""Columns that a statement takes from a table that has no such column, taken from the one that has it.

Small models know better what a column is called than where it is. What has one possible place is put there: in a table
that is read already, or in one that a single chain of keys leads to; a table that served only for the slip is no longer
joined. Nothing is made allowed by it: the guard reads the statement afterwards. Spelling is `fit`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from nl2sql.anywhere.fit import written
from nl2sql.anywhere.joins import Edge, Joins, UnclearError
from nl2sql.catalog import Catalog


def with_columns_in_place(tree: exp.Query, catalog: Catalog) -> exp.Query:
    """The statement with every column where it is; as it was if that is not clear."""
    mended = tree.copy()
    try:
        for scope in traverse_scope(mended):
            if isinstance(scope.expression, exp.Select):
                _Query(scope, scope.expression, catalog).mend()
    except (UnclearError, SqlglotError):
        return tree
    return mended


class _Query:
    """One SELECT with the tables that it reads itself."""

    def __init__(self, scope: Scope, select: exp.Select, catalog: Catalog) -> None:
        self._scope, self._select, self._catalog = scope, select, catalog
        self._tables = {
            alias: source.name
            for alias, (_, source) in scope.selected_sources.items()
            if isinstance(source, exp.Table) and source.name in catalog.tables
        }
        """By the names that they have here."""

    @cached_property
    def _joins(self) -> Joins:
        return Joins(self._catalog)

    def mend(self) -> None:
        """Put columns in place, in the tree.

        Raises:
            UnclearError: one may be in several places.
        """
        lost = [column for column in self._own_columns() if self._is_lost(column)]
        slipped = {id(column.find_ancestor(exp.Join, exp.Select)) for column in lost}
        if lost:
            self._qualify()  # a table that is joined may have columns of the same name
        for column in lost:
            column.set("table", exp.to_identifier(self._holder(column)))
        for join in list(self._select.args.get("joins") or ()):
            if id(join) in slipped:
                self._mend_join(join)

    def _qualify(self) -> None:
        for column in self._own_columns():
            here = [alias for alias, table in self._tables.items() if self._has(table, column.name)]
            if not column.table and len(here) == 1:
                column.set("table", exp.to_identifier(here[0]))

    def _own_columns(self) -> list[exp.Column]:
        return [column for column in self._scope.columns if column.parent_select is self._select]

    def _has(self, table: str, name: str) -> bool:
        return self._catalog.column(f"{table}.{name}") is not None

    def _is_lost(self, column: exp.Column) -> bool:
        """Whether no table has it where it is looked for."""
        if column.table in self._tables:
            return not self._has(self._tables[column.table], column.name)
        if len(self._tables) < len(self._scope.selected_sources) or self._scope.parent is not None:
            return False  # what comes from elsewhere may have any name
        aliases = {projection.alias for projection in self._select.selects}
        return bool(column.table) or not (
            column.name in aliases or any(self._has(table, column.name) for table in self._tables.values())
        )

    def _holder(self, column: exp.Column) -> str:
        """What the table that has a column is called here; it is joined if it is not read yet."""
        here = [alias for alias, table in self._tables.items() if self._has(table, column.name)]
        if (under := [alias for alias in here if self._tables[alias] == column.table]) and len(under) == 1:
            return under[0]  # by its own name, where it has another
        is_named = column.table in self._catalog.tables and self._has(column.table, column.name)
        if is_named or not here:
            tables = [column.table] if is_named else self._catalog.tables
            holders = [table for table in tables if self._has(table, column.name)]
            if len(holders) > 1 and column.table in self._tables:
                keys = self._catalog.tables[self._tables[column.table]].columns
                targets = {(key.references or "").partition(".")[0] for key in keys}
                holders = [table for table in holders if table in targets]  # that it refers to
            if len(holders) == 1 and holders[0] not in self._tables:
                self._join(holders[0])
                here = holders
        if len(here) != 1:
            raise UnclearError(f"{len(here)} places of {column.name}")
        return here[0]

    def _join(self, table: str) -> None:
        """Join a table from the nearest one, if every row has one there."""
        start = self._nearest(table, list(self._tables))
        way = self._joins.way(self._tables[start], table)
        if any(edge.multiplies for edge in way):
            raise UnclearError("rows would be repeated")
        for edge, alias in self._along(way, start, table):
            other = edge.other.partition(".")[0]
            self._select.join(written(other, self._catalog), on=self._on(edge, alias, other), copy=False)
            self._tables[other] = other

    def _nearest(self, table: str, aliases: Sequence[str]) -> str:
        if not aliases:
            raise UnclearError("no table to join it to")
        return min(aliases, key=lambda alias: self._joins.distance(self._tables[alias], table))

    def _along(self, way: Sequence[Edge], start: str, table: str) -> Iterator[tuple[Edge, str]]:
        """The keys of a way, and what the table is called here that each begins at; none that is read may lie on it."""
        alias = start
        for edge in way:
            other = edge.other.partition(".")[0]
            if other != table and other in self._tables.values():
                raise UnclearError("a table twice")
            yield edge, alias
            alias = other

    def _on(self, edge: Edge, alias: str, other: str) -> exp.EQ:
        left, right = (path.partition(".")[2] for path in (edge.column, edge.other))
        return exp.EQ(this=exp.column(left, alias), expression=exp.column(right, other))

    def _mend_join(self, join: exp.Join) -> None:
        """A join by a slip: left out if it served nothing else, or by the key between the two."""
        alias, start = join.this.alias_or_name, self._select.args.get("from_")
        if start is None or not {alias, start.this.alias_or_name} <= self._tables.keys():
            raise UnclearError("a join with what is no table")
        if not self._is_used(alias, join):
            join.pop()
            del self._tables[alias]
        elif not self._is_used(start.this.alias_or_name, join):
            del self._tables[start.this.alias_or_name]
            start.set("this", join.this.copy())
            join.pop()
        else:
            self._tie(alias, join)

    def _tie(self, alias: str, join: exp.Join) -> None:
        """Join by the one chain of keys between a table and the others, which may lead over others that only tie."""
        table, order = self._tables[alias], list(self._tables)
        start = self._nearest(table, order[: order.index(alias)])
        way = self._joins.way(self._tables[start], table)
        if not way:
            raise UnclearError("a table twice")
        *before, last = self._along(way, start, table)
        if len(before) > 1 or (before and way[1].multiplies):
            raise UnclearError("rows would be repeated")
        joins = list(self._select.args["joins"])
        for edge, near in before:
            other = edge.other.partition(".")[0]
            between = exp.Join(this=exp.to_table(written(other, self._catalog)), on=self._on(edge, near, other))
            joins.insert(joins.index(join), between)
        self._select.set("joins", joins)
        join.set("on", self._on(last[0], last[1], alias))

    def _is_used(self, alias: str, join: exp.Join) -> bool:
        inside = {id(column) for column in join.find_all(exp.Column)}
        return any(
            column.table == alias or (not column.table and self._has(self._tables[alias], column.name))
            for column in self._select.find_all(exp.Column)
            if id(column) not in inside
        )
