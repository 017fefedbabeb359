"""How tables are joined: by their keys, along the shortest way, and only if there is one.

Whether a way multiplies rows decides what may be counted over it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from nl2sql.anywhere.naming import name_words
from nl2sql.catalog import Catalog


@dataclass(frozen=True)
class Edge:
    """One key between two tables."""

    column: str
    """`table.column` on the side that is joined from."""
    other: str
    """`table.column` on the side that is joined to."""
    multiplies: bool
    """Whether a row of the one side meets many of the other."""


class UnclearError(Exception):
    """There is no way, or there are several."""


class Joins:
    """The keys of a database.

    Args:
        catalog: its tables.
        chosen: foreign keys, as `table.column`, that are meant where two tables have several.
    """

    def __init__(self, catalog: Catalog, chosen: Iterable[str] = ()) -> None:
        self._edges: dict[str, dict[str, list[Edge]]] = {name: {} for name in catalog.tables}
        self._chosen = frozenset(chosen)
        self.roles: list[frozenset[str]] = []
        """Tables that are tied by a third one, and by a key that is not meant."""
        for column in catalog.columns():
            other = (column.references or "").partition(".")[0]
            if column.references is not None and other in catalog.tables and other != column.table:
                self._add(column.table, other, Edge(column.path, column.references, multiplies=False))
                self._add(other, column.table, Edge(column.references, column.path, multiplies=True))
        self._forget_roles()

    def direct(self, table: str, other: str) -> Edge:
        """The key between two tables.

        Raises:
            UnclearError: there is none, or there are several.
        """
        edges = self._edges.get(table, {}).get(other, [])
        if len(edges) > 1 or any(self._is_between(table, name, other) for name in self._edges.get(table, {})):
            # the chair of a committee is not all of its members
            edges = [edge for edge in edges if {edge.column, edge.other} & self._chosen]
        if len(edges) != 1:
            raise UnclearError(f"{len(edges)} keys between {table} and {other}")
        return edges[0]

    def distance(self, table: str, other: str) -> int:
        """How many joins are between two tables; many if there is no way."""
        return self._distances(table).get(other, 99)

    def way(self, table: str, other: str) -> list[Edge]:
        """The keys from one table to another.

        Raises:
            UnclearError: there is no way, or there are several as short.
        """
        names = [table]
        distances = self._distances(other)
        if table not in distances:
            raise UnclearError(f"no way between {table} and {other}")
        while names[-1] != other:
            nearer = [name for name in self._edges[names[-1]] if distances.get(name, 99) == distances[names[-1]] - 1]
            between = [name for name in nearer if self._is_between(names[-1], name, other)]
            nearer = between if len(between) == 1 else nearer
            if len(nearer) != 1:
                raise UnclearError(f"several ways between {table} and {other}")
            names.append(nearer[0])
        return [self.direct(one, next_one) for one, next_one in pairwise(names)]

    def _forget_roles(self) -> None:
        """Tables that a third one ties together are joined by that, not by a key that is one of them in a role.

        The members of a committee are not its chair, unless the question says chair.
        """
        for table, others in self._edges.items():
            for other in list(others):
                edges = others[other]
                if len(edges) != 1 or edges[0].multiplies or edges[0].column in self._chosen:
                    continue
                is_role = not set(name_words(edges[0].column.partition(".")[2])) & set(name_words(other))
                if is_role and any(self._is_between(table, name, other) for name in others):
                    del others[other], self._edges[other][table]
                    self.roles.append(frozenset({table, other}))

    def _is_between(self, table: str, name: str, other: str) -> bool:
        """Whether a table only ties two others together: it has keys to both."""
        there, back = self._edges[table].get(name, []), self._edges[name].get(other, [])
        return any(edge.multiplies for edge in there) and any(not edge.multiplies for edge in back)

    def _add(self, table: str, other: str, edge: Edge) -> None:
        self._edges[table].setdefault(other, []).append(edge)

    def _distances(self, start: str) -> Mapping[str, int]:
        found = {start: 0}
        queue = deque([start])
        while queue:
            name = queue.popleft()
            for other in self._edges[name]:
                if other not in found:
                    found[other] = found[name] + 1
                    queue.append(other)
        return found
