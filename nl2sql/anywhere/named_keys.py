"""Keys that a statement compares with a name: compared with the keys of what has that name.

Asked for members on the Student plan, small models write `plan_id = 'Student'`. Where one column of the table that the key
is of has that text, it can only mean the rows that are called so; where only another column of the same table has it, that
one is meant; and a text that is part of one value alone is that value.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.engine import Engine
from sqlglot import exp

from nl2sql.anywhere.fit import identifier, written
from nl2sql.catalog import Catalog, Column
from nl2sql.grounding import spelt
from nl2sql.guard import Checked, Comparison, again
from nl2sql.text import words
from nl2sql.values import Values


def with_names_looked_up(checked: Checked, values: Values, reader: Engine) -> tuple[Checked, list[str]]:
    """The statement with names where they are, the same if there is nothing to mend; and what was read as a longer name."""
    names = _Names(checked.catalog, values, reader)
    mended = [_mend(comparison, names, checked.catalog) for comparison in checked.comparisons]
    if not any(mended):
        return checked, names.notes
    return again(checked), names.notes


class _Names:
    """Where texts occur in a database."""

    def __init__(self, catalog: Catalog, values: Values, reader: Engine) -> None:
        self._catalog, self._values, self._reader = catalog, values, reader
        self.notes: list[str] = []

    def spelt(self, path: str, text: str) -> str | None:
        """How a column spells a text, if it has it."""
        found = spelt(text, path, self._values, self._reader, schema=self._catalog.schema)
        return found and found[0]

    def longer(self, path: str, text: str) -> str | None:
        """The one value of a column that a text is part of."""
        wanted = {word.folded for word in words(text)}
        found = [value for value in self._values.of(path) or () if wanted < {word.folded for word in words(value)}]
        return found[0] if len(found) == 1 else None

    def only(self, columns: Iterable[Column], text: str) -> tuple[Column, str] | None:
        """The one column that has a text, and how it spells it."""
        found = [(column, value) for column in columns if (value := self.spelt(column.path, text)) is not None]
        return found[0] if len(found) == 1 else None


def _mend(comparison: Comparison, names: _Names, catalog: Catalog) -> bool:
    """Put one comparison right, in place; whether there was anything to do."""
    condition, text = comparison.literal.parent, comparison.literal.name
    column = catalog.column(comparison.path)
    if column is None or not isinstance(condition, exp.EQ | exp.NEQ) or not any(letter.isalpha() for letter in text):
        return False
    asked = condition.left if condition.right is comparison.literal else condition.right
    if not isinstance(asked, exp.Column) or (column.type == "text" and names.spelt(column.path, text) is not None):
        return False
    if (value := names.longer(column.path, text)) is not None:
        comparison.literal.set("this", value)
        names.notes.append(f"{text} → {value}")
        return True
    key = catalog.column(column.references or "")
    if key is not None and (found := names.only(_texts(catalog, key), text)) is not None:
        name, value = found
        called = exp.EQ(this=_named(name, catalog), expression=exp.Literal.string(value))
        keys = exp.select(_named(key, catalog)).from_(written(key.table, catalog)).where(called)
        among = exp.In(this=asked.copy(), query=keys.subquery())
        condition.replace(among if isinstance(condition, exp.EQ) else exp.not_(among))
        return True
    if (found := names.only(_texts(catalog, column), text)) is not None:
        name, value = found
        asked.set("this", identifier(name.name, catalog))
        comparison.literal.set("this", value)
        return True
    return False


def _texts(catalog: Catalog, beside: Column) -> list[Column]:
    """The other columns of a table that hold texts."""
    return [
        column
        for column in catalog.tables[beside.table].columns
        if column.type == "text" and column.references is None and column.path != beside.path
    ]


def _named(column: Column, catalog: Catalog) -> exp.Column:
    return exp.column(identifier(column.name, catalog))
