"""Which tables and columns the model is told of: all if there is room, else those that the question needs.

Needed is what its words and values were linked with, and the tables that join them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from nl2sql.anywhere.linking import Linked
from nl2sql.anywhere.schema_text import schema_text, table_text
from nl2sql.anywhere.tokens import bound
from nl2sql.catalog import Catalog

WHOLE: Final = 1800
"""Tokens of a database that is told whole: it stays in the model's cache between questions."""
BUDGET: Final = 1500
"""Tokens of the part that a question needs; it is read anew for each."""
_MEANT: Final = 0.5
"""Score of a table or column that is meant."""
_STEPS: Final = 3
"""Joins between two tables that are both meant."""


@dataclass(frozen=True)
class Told:
    """The database as the model is told."""

    text: str
    is_whole: bool


def narrow(
    catalog: Catalog, examples: Mapping[str, Sequence[str]], linked: Linked, *, budget: int = BUDGET, whole: int = WHOLE
) -> Told:
    """Describe what the question needs, in no more tokens than there are."""
    everything = schema_text(catalog, examples) if len(catalog.tables) <= whole // 8 else ""
    if everything and bound(everything) <= whole:
        return Told(everything, is_whole=True)
    chosen = _tables(catalog, linked)
    kept: list[str] = []
    spent = 0
    for number, name in enumerate(chosen):
        text = table_text(catalog, catalog.tables[name], examples)
        if bound(text) > budget // 3 or spent + bound(text) > budget:
            meant = {path for path, score in linked.scores.items() if score >= _MEANT}
            text = table_text(catalog, catalog.tables[name], {}, columns=meant | _first_columns(catalog, name))
        cost = bound(text) + 1
        if spent + cost > budget:
            if number:
                continue
            text = table_text(catalog, catalog.tables[name], {}, columns=_first_columns(catalog, name))
            cost = bound(text) + 1
        kept.append(text)
        spent += cost
    return Told("\n".join(kept), is_whole=False)


def _first_columns(catalog: Catalog, table: str) -> set[str]:
    """A few columns that say what a row is."""
    names = [column for column in catalog.tables[table].columns if not column.is_key and column.references is None]
    return {column.path for column in names[:4]}


def _tables(catalog: Catalog, linked: Linked) -> list[str]:
    """Tables in the order of their use: meant ones, those that join them, their neighbours, the rest."""
    scores = dict.fromkeys(catalog.tables, 0.0)
    for path, score in linked.scores.items():
        table, _, column = path.partition(".")
        if table in scores:
            scores[table] = max(scores[table], score * (0.9 if column else 1.0)) + 0.05 * score
    ranked = sorted(scores, key=lambda name: -scores[name])
    meant = [name for name in ranked if scores[name] >= _MEANT][:8]
    neighbours = _neighbours(catalog)
    order = dict.fromkeys(meant[:2])
    for number, one in enumerate(meant):
        for other in meant[:number]:
            order.update(dict.fromkeys(_path(neighbours, other, one)))
        order.setdefault(one)
    for name in meant:
        order.update(dict.fromkeys(sorted(neighbours[name], key=lambda other: -scores[other])))
    order.update(dict.fromkeys(ranked))
    return list(order)


def _neighbours(catalog: Catalog) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in catalog.tables}
    for column in catalog.columns():
        other = (column.references or "").partition(".")[0]
        if other in found and other != column.table:
            found[column.table].add(other)
            found[other].add(column.table)
    return found


def _path(neighbours: Mapping[str, set[str]], start: str, end: str) -> list[str]:
    """The tables from one to another by their keys, if they are near."""
    came: dict[str, str | None] = {start: None}
    queue = deque([(start, 0)])
    while queue:
        name, steps = queue.popleft()
        if name == end:
            path = [name]
            while (before := came[path[-1]]) is not None:
                path.append(before)
            return path[::-1]
        if steps < _STEPS:
            for other in sorted(neighbours[name] - came.keys()):
                came[other] = name
                queue.append((other, steps + 1))
    return []
