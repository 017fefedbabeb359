"""What rows of a table are called by, which is what is shown of them: countries are shown by name and not by code.

Which columns a question asks for is `sketching.shown`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlglot import exp

from nl2sql.anywhere.fit import identifier
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.naming import name_words
from nl2sql.catalog import Catalog, Column, Table
from nl2sql.guard import Checked, again

_NAMES: Final = ("name", "title", "model", "label")
_OF_ONE: Final = frozenset({"name", "title"})
"""Names that things have of their own; many have the same model."""


def called_by(table: Table) -> list[Column]:
    """The columns with the name of a row, first and last name of people; empty if there is none."""
    columns = [c for c in table.columns if c.type == "text" and c.references is None]
    both = [c for c in columns if name_words(c.name) in (("first", "name"), ("last", "name"))]
    if len(both) == 2:  # noqa: PLR2004 - a first and a last name
        return both
    named = [c for word in _NAMES for c in columns if name_words(c.name)[-1] == word]
    own = [c for c in named if name_words(c.name)[0] in (*_NAMES, *name_words(table.name))]
    others = [c for c in named if name_words(c.name)[-1] != "name" or not name_words(c.name)[0].endswith(("er", "or"))]
    return (own or others)[:1]  # a parcel is not called like its sender


def with_names_shown(checked: Checked, items: Sequence[Item]) -> Checked:
    """The statement with names where it shows keys of the same table that nobody asked for."""
    tree, named = checked.tree, {}
    for place, key in unasked_keys(checked, items):
        shown = tree.selects[place]
        # under another name it may be used elsewhere
        if isinstance(tree, exp.Select) and isinstance(shown, exp.Column) and key.references is None:
            names = [identifier(name.name, checked.catalog) for name in called_by(checked.catalog.tables[key.table])]
            named[place] = [exp.column(name, shown.args.get("table")) for name in names]
            _group_by_too(tree, shown, named[place])
    if not named:
        return checked
    wanted = [one for place, shown in enumerate(tree.selects) for one in named.get(place, [shown])]
    tree.set("expressions", list({one.sql(): one for one in wanted}.values()))
    return again(checked)


def unasked_keys(checked: Checked, items: Sequence[Item]) -> list[tuple[int, Column]]:
    """The keys that a statement shows, with their places, where no word asks for them and the things have names."""
    found = []
    for place, output in enumerate(checked.outputs):
        column = checked.catalog.column(output.path or "")
        if output.function is not None or column is None or any(column.path in item.columns for item in items):
            continue
        if (table := _identified(column, checked.catalog)) is not None:
            names = called_by(table)
            if names and column not in names and name_words(names[0].name)[-1] in _OF_ONE:
                found.append((place, column))
    return found


def _identified(column: Column, catalog: Catalog) -> Table | None:
    """The table whose rows a key tells apart."""
    if column.references is not None:
        return catalog.tables.get(column.references.partition(".")[0])
    return catalog.tables[column.table] if column.is_key else None


def _group_by_too(tree: exp.Select, key: exp.Column, names: Sequence[exp.Column]) -> None:
    group = tree.args.get("group")
    if group is not None and any(by == key for by in group.expressions):
        tree.group_by(*(name.copy() for name in names), copy=False)
